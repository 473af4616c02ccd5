"""A job on its way into the box: how the caller's side writes it, and how the box reads it."""

from __future__ import annotations

import marshal
import os
import struct
from dataclasses import dataclass


@dataclass(frozen=True)
class BoxLimits:
    """What the box enforces; as `Limits` of the caller's side, in integers."""

    wall_milliseconds: int
    cpu_milliseconds: int
    memory_bytes: int
    address_space: bool
    folder_bytes: int
    processes: int
    open_files: int


@dataclass(frozen=True)
class BoxJob:
    """What the box runs; as `Job` of the caller's side, without the standard input.

    Attributes:
        argv: the program and its arguments.
        warm: whether it is a Python program, to be run by the interpreter that is there already.
        files: name and contents.
        keep: names of files to give back.
        limits: what it may use.
    """

    argv: tuple[str, ...]
    warm: bool
    files: tuple[tuple[str, bytes], ...]
    keep: tuple[str, ...]
    limits: BoxLimits


HEADER = struct.Struct("<QQQ?")
"""What the warden needs: milliseconds, bytes of memory, processes, whether files are to be kept."""


def write_job(job: BoxJob) -> int:
    """A descriptor of a file in memory that holds a job."""
    limits = job.limits
    fields = (
        job.argv,
        job.warm,
        job.files,
        job.keep,
        (
            limits.wall_milliseconds,
            limits.cpu_milliseconds,
            limits.memory_bytes,
            limits.address_space,
            limits.folder_bytes,
            limits.processes,
            limits.open_files,
        ),
    )
    header = HEADER.pack(limits.wall_milliseconds, limits.memory_bytes, limits.processes, bool(job.keep))
    data = memoryview(header + marshal.dumps(fields))
    descriptor = os.memfd_create("job")
    try:
        while data:
            data = data[os.write(descriptor, data) :]
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def read_job(descriptor: int) -> BoxJob:
    """The job that the caller's side wrote."""
    size = os.fstat(descriptor).st_size
    chunks, position = [], HEADER.size
    while position < size:
        chunk = os.pread(descriptor, size - position, position)
        chunks.append(chunk)
        position += len(chunk)
    argv, warm, files, keep, limits = marshal.loads(b"".join(chunks))
    return BoxJob(argv, warm, files, keep, BoxLimits(*limits))
