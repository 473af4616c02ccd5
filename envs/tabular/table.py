"""Every decision process by name, with its levels of difficulty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .process import Process
from .processes.chains import Chain, CombinationLock, RiverSwim
from .processes.choices import BanditTree, Signals
from .processes.games import Blackjack, Gambler
from .processes.grids import CliffWalk, FrozenGrid, KeyDoor
from .processes.operations import Inventory, Queue, Replacement
from .processes.vehicles import Racetrack, Taxi

PROCESSES: Mapping[str, tuple[Process[Any], ...]] = {
    "bandit_tree": (
        BanditTree((0.1, 0.9), 1),
        BanditTree((0.4, 0.5, 0.9, 0.1), 2),
        BanditTree((0.5, 0.5, 0.6, 0.5, 0.1, 0.1, 0.9, 0.1), 3),
    ),
    "blackjack": (
        Blackjack(limit=9, stands=6, ranks=4, highest=4, horizon=9),
        Blackjack(limit=15, stands=12, ranks=8, highest=6, horizon=12),
        Blackjack(limit=21, stands=17, ranks=13, highest=10, horizon=12),
    ),
    "chain": (Chain(3, 6), Chain(5, 16), Chain(8, 24)),
    "cliff_walk": (
        CliffWalk(("....", "SxxG"), 10),
        CliffWalk(("....", "....", "SxxG"), 14),
        CliffWalk(("......", "......", "SxxxxG"), 20),
    ),
    "combination_lock": (
        CombinationLock((1, 2), 2),
        CombinationLock((1, 0, 2), 9),
        CombinationLock((2, 0, 1, 1, 2), 20),
    ),
    "frozen_grid": (
        FrozenGrid(("S..", ".x.", "..G"), 12),
        FrozenGrid(("S...", ".x.x", "...x", "x..G"), 24),
        FrozenGrid(("S....", "..x..", ".x..x", "...x.", "x...G"), 36),
    ),
    "gambler": (Gambler(8, 6), Gambler(16, 12), Gambler(32, 20)),
    "inventory": (Inventory(3, 6), Inventory(5, 12), Inventory(8, 20)),
    "key_door": (
        KeyDoor(("S.K", "##D", "G.."), 14),
        KeyDoor(("K..S", "##D#", "G..."), 20),
        KeyDoor(("S....", ".##.K", ".#...", "##D##", "G...."), 32),
    ),
    "queue": (Queue(3, 6), Queue(5, 12), Queue(8, 20)),
    "racetrack": (
        Racetrack(("..GG", "..##", "..##", "S.##"), 10),
        Racetrack(("#GG", "...", "S##"), 6),
        Racetrack(("....G", "....G", "..###", "..###", "S.###"), 14),
    ),
    "replacement": (Replacement(3, 6), Replacement(4, 12), Replacement(6, 20)),
    "river_swim": (RiverSwim(3, 8), RiverSwim(6, 20), RiverSwim(8, 30)),
    "signals": (Signals(2), Signals(4), Signals(10)),
    "taxi": (
        Taxi(("S0", "1."), 2, 12),
        Taxi(("0.1", ".S.", "..."), 2, 20),
        Taxi(("0.1", ".S.", "2.."), 3, 24),
    ),
}
"""Name to the process of each level."""
