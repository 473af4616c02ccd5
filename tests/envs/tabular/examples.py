"""Processes small enough to work out by hand, and random ones."""

import numpy as np
from hypothesis import strategies as st

from palaestra.envs.tabular.mdp import TabularMDP


def lure() -> TabularMDP:
    """A choice, and another: left pays 0.6 or 0.7, right 0 or 1, so that random play earns more on the left.

    States: 0 start, 1 left, 2 right, 3 end. Two steps.
    """
    P_S_A_S = np.zeros((4, 2, 4))
    P_S_A_S[0, 0, 1] = P_S_A_S[0, 1, 2] = 1.0
    P_S_A_S[1:, :, 3] = 1.0
    R_S_A = np.array([[0.0, 0.0], [0.6, 0.7], [0.0, 1.0], [0.0, 0.0]])
    return TabularMDP.from_dense(
        P_S_A_S, R_S_A, start_S=np.eye(4)[0], horizon=2, terminal_S=np.array([False, False, False, True])
    )


@st.composite
def processes(draw, states=4, actions=3, steps=4) -> TabularMDP:
    """Random processes, with many ties."""
    S, A = draw(st.integers(2, states)), draw(st.integers(2, actions))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    weights_S_A_S = rng.integers(0, 4, (S, A, S)) + np.eye(S)[:, None] * 0.5
    terminal_S = np.zeros(S, bool)
    terminal_S[1:] = rng.random(S - 1) < 0.2
    return TabularMDP.from_dense(
        weights_S_A_S / weights_S_A_S.sum(axis=-1, keepdims=True),
        rng.integers(-2, 3, (S, A, S)).astype(float),
        start_S=np.eye(S)[0],
        horizon=draw(st.integers(1, steps)),
        terminal_S=terminal_S,
    )
