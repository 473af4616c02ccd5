"""Bodies simulated by MuJoCo."""

from .rendering import choose_gl

choose_gl()  # MuJoCo reads the choice when it is imported, and the modules of this package import it
