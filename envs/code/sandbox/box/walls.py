"""What stands around a program; there are weaker and stronger walls."""

from __future__ import annotations

from .job import BoxLimits


class Walls:
    """Made in the zygote, stand in every box.

    Attributes:
        namespaces: the flags of the namespaces that a box is cloned into.
        folder: the private folder of the program that runs.
    """

    namespaces: int
    folder: str

    def build(self) -> None:
        """In a new box: all that stands for every program."""
        raise NotImplementedError

    def enter(self, limits: BoxLimits) -> None:
        """In a program's process: make its private folder, and go there."""
        raise NotImplementedError

    def close(self, limits: BoxLimits) -> None:
        """In a program's process: give up every right that it must not have; there is no way back."""
        raise NotImplementedError

    def kill_all(self) -> None:
        """In the box: kill every process that was started in it."""
        raise NotImplementedError

    def clear(self) -> None:
        """In the box, where no process is left: throw the folder away."""
        raise NotImplementedError
