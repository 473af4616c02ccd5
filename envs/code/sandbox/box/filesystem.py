"""The file system that programs see: system folders, read-only, and one private folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence

from . import kernel

FOLDER_PARENT = "/run"
FOLDER = f"{FOLDER_PARENT}/box"
"""A program's private folder, its working directory."""

SYSTEM_FOLDERS = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
SYSTEM_FILES = (
    "/etc/alternatives",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/perl",
    "/etc/R",
)
DEVICES = ("/dev/null", "/dev/full", "/dev/urandom", "/dev/random")
"""Not /dev/zero: mapped, it gives memory that no limit counts."""
_LINKS = {
    "/tmp": FOLDER,
    "/var/tmp": FOLDER,
    "/dev/shm": FOLDER,
}
_WRITTEN = {
    "/etc/passwd": f"box:x:1000:1000::{FOLDER}:/bin/sh\n",
    "/etc/group": "box:x:1000:\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    "/etc/hosts": "",
}
RESERVED = (FOLDER_PARENT, "/dev", "/etc", "/proc", *_LINKS)
"""Where a caller's folders cannot be shown, as something else is there."""

_NEW_ROOT = "/proc"  # covered by the new root until that is the root; any folder that is always there


def shown(readable: Sequence[str]) -> list[str]:
    """What of the host is to be seen, each at its own path: the parts of the system that are here, and `readable`."""
    paths = [path for path in (*SYSTEM_FOLDERS, *SYSTEM_FILES) if os.path.lexists(path)]
    for path in sorted(os.path.realpath(path) for path in readable):
        if not any(path == above or path.startswith(above + "/") for above in paths if not os.path.islink(above)):
            paths.append(path)
    return paths


def enter_root(paths: Sequence[str]) -> None:
    """Make a root that holds `paths` and nothing else of the host, and move into it.

    Needs a mount namespace of its own; what is mounted is gone with the namespace.
    """
    kernel.mount("none", "/", "none", kernel.MS_REC | kernel.MS_PRIVATE)
    links = {path: os.readlink(path) for path in paths if os.path.islink(path)}
    copies = {path: kernel.detached_copy(path) for path in (*paths, *DEVICES) if path not in links}
    folders = {path for path in copies if stat.S_ISDIR(os.stat(path).st_mode)}
    kernel.mount("box", _NEW_ROOT, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "size=1m,mode=0755")
    for path, copy in copies.items():
        target = _NEW_ROOT + path
        if path in folders:
            os.makedirs(target, 0o755, exist_ok=True)
        else:
            _write(target, "")
        allowed = 0 if path in DEVICES else kernel.MOUNT_NO_DEVICES
        kernel.set_mount_attributes(copy, kernel.MOUNT_READ_ONLY | kernel.MOUNT_NO_SUID | allowed)
        kernel.attach(copy, target)
        os.close(copy)
    for path, target in (*links.items(), *_LINKS.items()):
        os.makedirs(os.path.dirname(_NEW_ROOT + path), 0o755, exist_ok=True)
        os.symlink(target, _NEW_ROOT + path)
    for name, number in (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")):
        os.symlink(f"/proc/self/fd{number}", f"{_NEW_ROOT}/dev/{name}")
    for path, text in _WRITTEN.items():
        _write(_NEW_ROOT + path, text)
    for path in (FOLDER, "/proc"):
        os.makedirs(_NEW_ROOT + path, 0o755)
    os.chdir(_NEW_ROOT)
    kernel.pivot_root(".", ".")
    kernel.unmount(".")  # the old root, which lies over the new one
    os.chdir("/")
    root = os.open("/", os.O_PATH | os.O_CLOEXEC)
    kernel.set_one_mount_read_only(root)
    os.close(root)


_MAX_FILES = 16_384


def mount_folder(bytes_: int) -> None:
    """Give this mount namespace a private folder in memory, and go there."""
    options = f"size={bytes_},nr_inodes={_MAX_FILES},mode=0700"
    kernel.mount("box", FOLDER, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, options)
    os.chdir(FOLDER)


def _write(path: str, text: str) -> None:
    os.makedirs(os.path.dirname(path), 0o755, exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
