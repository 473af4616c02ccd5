"""Laws of all processes, and numbers of each that are known or worked out by hand."""

import numpy as np
import pytest

from palaestra.envs.core import find_entry
from palaestra.envs.tabular.effective_horizon import effective_horizon
from palaestra.envs.tabular.pictures import COLOURS
from palaestra.envs.tabular.process import count_states
from palaestra.envs.tabular.processes.chains import Chain, CombinationLock, RiverSwim
from palaestra.envs.tabular.processes.games import Blackjack, Gambler, Hand, _dealer
from palaestra.envs.tabular.processes.grids import FrozenGrid
from palaestra.envs.tabular.processes.operations import Inventory, Queue, Replacement
from palaestra.envs.tabular.processes.vehicles import CarState, Racetrack, Taxi, TaxiState
from palaestra.envs.tabular.solvers import optimal_q, optimal_return, random_return
from palaestra.envs.tabular.table import PROCESSES

LEVELS = [
    pytest.param(process, id=f"{name}-{i}") for name, levels in PROCESSES.items() for i, process in enumerate(levels)
]


@pytest.mark.parametrize("process", LEVELS)
def test_every_process_can_be_counted_drawn_and_told_in_numbers(process):
    counted = count_states(process, 0.25)
    assert counted.mdp.n_actions == len(process.actions)
    assert ((counted.features_S_F >= 0) & (counted.features_S_F <= 1)).all()
    live = counted.features_S_F[~counted.mdp.terminal_S]
    assert len(set(map(tuple, live.tolist()))) == len(live), "two states look the same"
    for state, _ in counted.states:
        rows = process.picture(state)
        assert len({len(row) for row in rows}) == 1
        assert set("".join(rows)) <= set(COLOURS)


@pytest.mark.parametrize("process", LEVELS)
def test_there_is_something_to_learn_on_every_level(process):
    mdp = count_states(process, 0.25).mdp
    assert optimal_return(mdp) > random_return(mdp) + 0.03


@pytest.mark.parametrize("name", PROCESSES)
def test_levels_share_actions_and_features(name):
    counted = [count_states(process, 0.25) for process in PROCESSES[name]]
    assert len({each.mdp.n_actions for each in counted}) == 1
    assert len({each.features_S_F.shape[1] for each in counted}) == 1
    assert len(PROCESSES[name]) == 3


def test_the_effective_horizons_range_from_under_three_to_over_thirty():
    found = [effective_horizon(count_states(levels[0], 0.25).mdp).horizon for levels in PROCESSES.values()]
    assert sum(horizon <= 3 for horizon in found) >= 3
    assert max(found) > 20


def test_processes_are_registered_once_each():
    ids = [entry for entry in PROCESSES if entry != "blackjack"]
    for name in ids:
        entry = find_entry(f"tabular/{''.join(word.title() for word in name.split('_'))}-v0")
        assert entry.kwargs == {"process": name}
    assert find_entry("tabular/TwentyOne-v0").kwargs == {"process": "blackjack"}


def test_a_gambler_plays_boldly():
    """In a game that is unfair, all is staked; with p = 0.4, from a quarter of the goal, 0.4² reach it."""
    mdp = count_states(Gambler(32, 20), 0.0).mdp
    assert optimal_return(mdp) == pytest.approx(0.4**2)
    assert optimal_q(mdp)[0, 0].argmax() == 2


def test_the_river_is_the_published_one():
    mdp = count_states(RiverSwim(6, 20), 0.0).mdp
    counted = count_states(RiverSwim(6, 20), 0.0)
    at = {state.state: number for number, state in enumerate(counted.states)}
    assert mdp.P_S_A_S[at[2], 1, [at[1], at[2], at[3]]].tolist() == [0.05, 0.6, 0.35]
    assert mdp.R_S_A[at[0], 0] == 0.005
    assert mdp.R_S_A[at[5], 1] == 0.6


def test_a_chain_slips():
    mdp = count_states(Chain(2, 1), 0.0).mdp
    assert mdp.R_S_A[0].tolist() == pytest.approx([0.2 * 0.2, 0.8 * 0.2])


def test_a_lock_opens_by_its_digits_alone():
    lock = CombinationLock((1, 2), 2)
    mdp = count_states(lock, 0.0).mdp
    assert optimal_return(mdp) == 1.0
    assert random_return(mdp) == pytest.approx(1 / 9)


def test_on_ice_one_may_slip_to_either_side():
    lake = FrozenGrid(("S.", ".G"), 5)
    assert sorted(lake.outcomes((0, 0), 1)) == [
        (pytest.approx(1 / 6), (0, 0), 0.0),
        (pytest.approx(1 / 6), (1, 0), 0.0),
        (pytest.approx(2 / 3), (0, 1), 0.0),
    ]


def test_a_taxi_earns_by_a_delivery():
    taxi = Taxi(("S0", "1."), 2, 12)
    aboard = TaxiState((1, 0), -1, 1)
    (delivered,) = taxi.outcomes(aboard, 5)
    assert (delivered.reward, delivered.state.is_delivered) == (1.0, True)
    (mistake,) = taxi.outcomes(aboard, 4)
    assert (mistake.reward, mistake.state) == (-0.1, aboard)


def test_a_car_that_leaves_the_track_is_out():
    track = Racetrack(("GG", "..", "S#"), 6)
    (out,) = track.outcomes(CarState((2, 0), (0, 0)), 2)
    assert track.is_terminal(out.state)
    assert out.reward == pytest.approx(-0.02)
    (won,) = track.outcomes(CarState((1, 0), (-1, 0)), 0)
    assert won.reward == pytest.approx(0.98)


def test_a_dealer_of_the_casino_busts_as_often_as_is_known():
    """With a 6 shown and no end of cards, 42.3 % (Griffin 1999, table of the dealer's results, soft 17 stood on)."""
    casino = Blackjack(limit=21, stands=17, ranks=13, highest=10, horizon=12)
    busts = sum(p for total, p in _dealer(casino, 6).items() if total > 21)
    assert busts == pytest.approx(0.423, abs=0.001)
    assert sum(_dealer(casino, 1).values()) == pytest.approx(1.0)


def test_the_casino_wins_from_a_player_who_can_only_hit_and_stick():
    """Without doubling and splitting, about 4 to 5 % are lost by the best play (Sutton and Barto 2018, section 5.3)."""
    casino = count_states(Blackjack(limit=21, stands=17, ranks=13, highest=10, horizon=12), 0.0)
    assert optimal_return(casino.mdp) == pytest.approx(-0.045, abs=0.005)
    at = {state.state: number for number, state in enumerate(casino.states)}
    best = optimal_q(casino.mdp)[0].argmax(axis=-1)
    assert best[at[Hand(20, 10, False)]] == 0
    assert best[at[Hand(12, 10, False)]] == 1
    assert best[at[Hand(13, 6, False)]] == 0


def test_a_store_sells_what_it_has():
    store = Inventory(3, 6)
    outcomes = list(store.outcomes(1, 1))
    assert [outcome.state for outcome in outcomes] == [2, 1, 0, 0]
    assert [outcome.reward for outcome in outcomes] == pytest.approx([-0.4 - 0.3, 1 - 0.4 - 0.15, 2 - 0.4, 2 - 0.4])


def test_a_broken_machine_can_only_be_replaced():
    machine = Replacement(3, 6)
    assert list(machine.outcomes(3, 1)) == [(1.0, 3, -0.4)]
    assert list(machine.outcomes(3, 2)) == [(1.0, 0, -1.5)]
    assert list(machine.outcomes(2, 1)) == [(1.0, 1, -0.4)]


def test_a_full_room_loses_customers():
    room = Queue(3, 6)
    chance_of_loss = sum(p for p, _, reward in room.outcomes(3, 0) if reward < -1)
    assert chance_of_loss == pytest.approx(0.7 * 0.5)
    assert np.isclose(sum(p for p, *_ in room.outcomes(3, 0)), 1.0)
