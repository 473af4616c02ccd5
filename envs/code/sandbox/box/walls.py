"""What stands around a program; there are weaker and stronger walls."""

from __future__ import annotations

from .job import BoxLimits
from .tree import Tree


class Walls:
    """Made in the zygote, stand in every box.

    Attributes:
        namespaces: the flags of the namespaces that a box is cloned into.
        folder: the private folder of the program that runs.
        serves_again: whether a box can be emptied for another program.
        tree: the processes of the box, from `build` on.
        kernel_counts_processes: whether the kernel limits the processes of the program by themselves.
    """

    namespaces: int
    folder: str
    tree: Tree
    serves_again: bool
    kernel_counts_processes: bool

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
