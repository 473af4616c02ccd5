"""How the process gets the memory of its tensors."""

from __future__ import annotations

import ctypes

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # of mallopt(3)
_KEPT_BYTES = 1 << 30


def keep_freed_memory() -> bool:
    """Have the C library keep memory that was freed, up to a gigabyte, instead of giving it back at once.

    Training frees and wants the same large tensors in every layer of every pass. By default each comes as fresh pages
    from the kernel, which clears them when they are first touched: that took a third of a forward pass with 3 million
    parameters.

    Returns:
        Whether the C library can be told (glibc can).
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    return bool(mallopt(_M_MMAP_THRESHOLD, _KEPT_BYTES)) and bool(mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES))
