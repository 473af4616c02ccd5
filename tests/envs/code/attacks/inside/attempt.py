"""Lies beside every attack in Python: what works is told to the tests, what is refused goes to standard error."""

import ctypes
import os
import re
import sys

libc = ctypes.CDLL(None, use_errno=True)


def attempt(what, action):
    """Try what the box must refuse."""
    try:
        value = action()
    except OSError as refusal:
        print(f"{what}: {refusal}", file=sys.stderr, flush=True)
    else:
        print(f"REACHED {what}: {value!r}"[:300], flush=True)


def provoke(action):
    """Do what may work inside the box: what counts is that nobody outside notices."""
    try:
        return action()
    except OSError as refusal:
        print(refusal, file=sys.stderr, flush=True)


def only_in_a_box(victim):
    """End a program that would harm the machine where it is in no box: there it sees the tests' victim."""
    try:
        os.kill(victim, 0)
    except ProcessLookupError:
        return
    except PermissionError:
        pass
    print("REACHED the victim, so this is no box", flush=True)
    os._exit(1)


def look(where, data):
    """Look through bytes for the secret that the tests hold."""
    for secret in re.findall(rb"secret-of-the-tests-[0-9a-f]{32}", data):
        print(f"REACHED the secret in {where}: {secret}", flush=True)


def read(path):
    """Read the beginning of a file, if there is one that may be read."""
    try:
        with open(path, "rb") as file:
            return file.read(1 << 20)
    except OSError:
        return b""


def syscall(number, *arguments):
    """Call the kernel by number, past every wrapper."""
    result = libc.syscall(ctypes.c_long(number), *(ctypes.c_long(a) if isinstance(a, int) else a for a in arguments))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def tried():
    """Say that nothing stopped the attack before its end."""
    print("tried", flush=True)
