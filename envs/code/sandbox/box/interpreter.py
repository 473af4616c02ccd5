"""Makes the interpreter that runs the box one that a program expects to find."""

from __future__ import annotations

import gc
import site
import sys


def tidy_interpreter(executable: str, own_path: str) -> None:
    """Name `executable` as what runs, and forget the modules of the box, which came from `own_path`.

    The interpreter was started without `site`, whose `exit` and `help` programs use.
    """
    gc.disable()  # until a program starts
    site.setquit()
    site.setcopyright()
    site.sethelper()
    sys.executable = executable
    sys.path.remove(own_path)
    for path in [path for path in sys.path_importer_cache if path.startswith(own_path)]:
        del sys.path_importer_cache[path]
    for name in [name for name in sys.modules if name.partition(".")[0] == __package__]:
        del sys.modules[name]
    gc.collect()
    gc.freeze()
