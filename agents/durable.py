"""Files and folders that are replaced as a whole: a kill at any moment leaves the old one or the new one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def replace_file(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write to, which takes the place of `path` once it is written and on the disk.

    Args:
        path: the file to replace; its folder is there.

    Raises:
        OSError: the disk is full or not writable; `path` is as it was.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _flush(path.parent)


@contextmanager
def replace_folder(folder: Path) -> Iterator[Path]:
    """Give an empty folder to write to, which takes the place of `folder` once it is written and on the disk.

    Two renames are needed where `folder` exists; `recover_folder` mends what a kill between them leaves.

    Args:
        folder: the folder to replace; its parents are made.

    Raises:
        OSError: the disk is full or not writable; `folder` is as it was.
    """
    new, old = _neighbours(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    recover_folder(folder)
    new.mkdir()
    try:
        yield new
        for path in (*new.rglob("*"), new):
            _flush(path)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise
    if folder.exists():
        os.rename(folder, old)
    os.rename(new, folder)
    _flush(folder.parent)
    shutil.rmtree(old, ignore_errors=True)


def recover_folder(folder: Path) -> None:
    """Undo a replacement that was cut short: the former folder comes back, a half-written one goes."""
    new, old = _neighbours(folder)
    if old.exists():
        if folder.exists():
            shutil.rmtree(old)
        else:
            os.rename(old, folder)
    if new.exists():
        shutil.rmtree(new)


def _neighbours(folder: Path) -> tuple[Path, Path]:
    return folder.with_name(f".{folder.name}.new"), folder.with_name(f".{folder.name}.old")


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
