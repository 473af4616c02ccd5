"""What the random policy's values say about a decision tree.

In a tree whose leaves are rewarded with 0 or 1, the uniformly random policy's value of an action is the share of its
random continuations that end well. It is over 0 exactly where something good can still be reached; so whoever always
takes the action of the largest value ends well wherever that is possible at all. Sentences with a verdict at their end
are such a tree, which is what ROVER rests on (He et al. 2025, "Random policy valuation is enough for LLM reasoning",
theorem 1). With rewards other than 0 and 1 it does not hold: a mean of many small ones may outweigh the largest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

Tree: TypeAlias = float | Sequence["Tree"]
"""The reward of a leaf, or what the actions of a node lead to."""


def random_policy_value(tree: Tree) -> float:
    """The expected reward of acting uniformly at random: V(leaf) = its reward, V(node) = mean over a of V(child a)."""
    if isinstance(tree, Sequence):
        return sum(random_policy_value(child) for child in tree) / len(tree)
    return tree


def greedy_reward(tree: Tree) -> float:
    """The reward that is reached by always taking the action whose random-policy value is the largest."""
    while isinstance(tree, Sequence):
        tree = max(tree, key=random_policy_value)
    return tree


def best_reward(tree: Tree) -> float:
    """The largest reward of all leaves."""
    if isinstance(tree, Sequence):
        return max(best_reward(child) for child in tree)
    return tree
