"""Games of chance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import ClassVar, NamedTuple

from ..process import Outcome, Process


@dataclass(frozen=True, slots=True)
class Gambler(Process[int]):
    """Stake money on a coin until a goal is reached or all is lost.

    Attributes:
        goal: the money to reach; a quarter of it is there at first.
        horizon: the number of steps.
        heads: how often the stake is won.
    """

    actions: ClassVar[tuple[str, ...]] = ("one", "half", "all")
    goal: int
    horizon: int
    heads: float = 0.4

    def starts(self) -> list[tuple[float, int]]:
        """A quarter of the goal."""
        return [(1.0, self.goal // 4)]

    def outcomes(self, state: int, action: int) -> list[Outcome]:
        """The stake, never more than what is missing, is won or lost."""
        stake = min((1, max(state // 2, 1), state)[action], self.goal - state)
        won = state + stake
        return [Outcome(self.heads, won, float(won == self.goal)), Outcome(1.0 - self.heads, state - stake)]

    def is_terminal(self, state: int) -> bool:
        """Whether the goal is reached, or nothing is left."""
        return state in (0, self.goal)

    def features(self, state: int) -> tuple[float, ...]:
        """The share of the goal."""
        return (state / self.goal,)

    def picture(self, state: int) -> tuple[str, ...]:
        """The money, and what is missing."""
        return ("o" * state + "." * (self.goal - state),)


class Hand(NamedTuple):
    """What can be seen of a game of blackjack.

    Attributes:
        total: of the player's cards.
        shown: the dealer's card.
        has_ace: whether an ace counts 11.
        result: 1 won, 0 drawn, -1 lost; None while the game goes on.
    """

    total: int
    shown: int
    has_ace: bool
    result: int | None = None


@dataclass(frozen=True, slots=True)
class Blackjack(Process[Hand]):
    """Draw cards to come nearer to a limit than the dealer, and not over it.

    Cards come from a deck without end: each rank alike, and ranks over `highest` count as `highest`.

    Attributes:
        limit: the largest total that is not lost; 21 in the casino.
        stands: from which total on the dealer draws no more; 17 in the casino.
        ranks: how many ranks there are; 13 in the casino.
        highest: what a card counts at most; 10 in the casino.
        horizon: the number of steps.
    """

    actions: ClassVar[tuple[str, ...]] = ("stick", "hit")
    limit: int
    stands: int
    ranks: int
    highest: int
    horizon: int

    def starts(self) -> list[tuple[float, Hand]]:
        """Two cards of the player's, with more until another could be too much, and one of the dealer's."""
        hands = self._dealt(0, False)
        return [
            (p * q, Hand(total, shown, has_ace))
            for (total, has_ace), p in hands.items()
            for shown, q in self._cards().items()
        ]

    def outcomes(self, state: Hand, action: int) -> list[Outcome]:
        """Another card, or the dealer's turn."""
        if action == 0:
            chances: dict[int, float] = {1: 0.0, 0: 0.0, -1: 0.0}
            for total, p in _dealer(self, state.shown).items():
                mine, its = state.total, total if total <= self.limit else 0
                chances[(mine > its) - (mine < its)] += p
            return [Outcome(p, state._replace(result=result), float(result)) for result, p in chances.items() if p]
        found = []
        for card, p in self._cards().items():
            total, has_ace = self._add(state.total, state.has_ace, card)
            lost = total > self.limit
            hand = state._replace(result=-1) if lost else Hand(total, state.shown, has_ace)
            found.append(Outcome(p, hand, -float(lost)))
        return found

    def is_terminal(self, state: Hand) -> bool:
        """Whether the game is over."""
        return state.result is not None

    def features(self, state: Hand) -> tuple[float, ...]:
        """Total, the dealer's card, and whether an ace counts 11."""
        return state.total / self.limit, state.shown / self.highest, float(state.has_ace)

    def picture(self, state: Hand) -> tuple[str, ...]:
        """The player's total over the dealer's card; the row between them tells how it ended."""
        end = {None: ".", 1: "G", 0: "P", -1: "x"}[state.result]
        rows = ("A" * state.total, end * self.limit, "o" * state.shown)
        return tuple(row.ljust(self.limit, ".") for row in rows)

    def _cards(self) -> dict[int, float]:
        chances: dict[int, float] = {}
        for rank in range(1, self.ranks + 1):
            value = min(rank, self.highest)
            chances[value] = chances.get(value, 0.0) + 1 / self.ranks
        return chances

    def _add(self, total: int, has_ace: bool, card: int) -> tuple[int, bool]:
        """A total and whether an ace counts 11 in it, with one more card."""
        total += card
        if card == 1 and not has_ace and total + 10 <= self.limit:
            return total + 10, True
        return (total - 10, False) if has_ace and total > self.limit else (total, has_ace)

    def _dealt(self, total: int, has_ace: bool) -> dict[tuple[int, bool], float]:
        """The hands that a player begins with: below `limit - highest + 1` nobody would stick."""
        if total > self.limit - self.highest:
            return {(total, has_ace): 1.0}
        hands: dict[tuple[int, bool], float] = {}
        for card, p in self._cards().items():
            for hand, q in self._dealt(*self._add(total, has_ace, card)).items():
                hands[hand] = hands.get(hand, 0.0) + p * q
        return hands


@cache
def _dealer(game: Blackjack, shown: int) -> dict[int, float]:
    """The totals that a dealer ends with, from the card that is shown."""

    def play(total: int, has_ace: bool) -> dict[int, float]:
        if total >= game.stands:
            return {total: 1.0}
        totals: dict[int, float] = {}
        for card, p in game._cards().items():
            for end, q in play(*game._add(total, has_ace, card)).items():
                totals[end] = totals.get(end, 0.0) + p * q
        return totals

    return play(*game._add(0, False, shown))
