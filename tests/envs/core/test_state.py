import pickle

import numpy as np
import pytest

from palaestra.envs.core import generator_state, restore_generator


@pytest.mark.parametrize("bit_generator", [np.random.PCG64, np.random.MT19937, np.random.Philox, np.random.SFC64])
def test_a_restored_generator_goes_on_where_the_state_was_taken(bit_generator):
    rng = np.random.Generator(bit_generator(5))
    rng.random(7)
    rng.integers(10, size=3, dtype=np.uint8)  # leaves half-used bits behind
    state = pickle.loads(pickle.dumps(generator_state(rng)))
    expected = rng.integers(1000, size=20, dtype=np.uint16).tolist() + rng.random(5).tolist()
    for _ in range(2):
        again = restore_generator(state)
        assert again.integers(1000, size=20, dtype=np.uint16).tolist() + again.random(5).tolist() == expected


def test_a_state_is_not_changed_by_drawing():
    rng = np.random.default_rng(1)
    state = generator_state(rng)
    before = pickle.dumps(state)
    rng.random(10)
    restore_generator(state).random(10)
    assert pickle.dumps(state) == before


def test_an_unknown_bit_generator_is_named():
    state = generator_state(np.random.default_rng(1)) | {"bit_generator": "Dice"}
    with pytest.raises(ValueError, match="Dice"):
        restore_generator(state)
