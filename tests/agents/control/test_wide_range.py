import numpy as np
import pytest
import torch
from gymnasium import spaces

from palaestra.agents.control import make_agent
from palaestra.agents.control.wide_range import WideRangeFeatures

BOX = spaces.Box(-np.inf, np.inf, (3,), np.float32)


def test_small_numbers_count_in_full_and_large_ones_by_their_size():
    features = WideRangeFeatures(BOX, resolution=0.01)(torch.tensor([[0.001, 1.0, -10.0]]))
    assert features[0, 0] == pytest.approx(0.1, rel=1e-2)
    assert features[0, 1] == pytest.approx(np.log(2 * 100), rel=1e-3)
    assert features[0, 2] == pytest.approx(-np.log(2 * 1000), rel=1e-3)


def test_a_recipe_names_them():
    features = {"features_extractor_class": "wide_range", "features_extractor_kwargs": {"resolution": 1}}
    settings = {"policy_kwargs": {"net_arch": [8], **features}, "learning_starts": 4}
    for algorithm in ("sac", "rlpd"):
        more = {"demonstrations": 1} if algorithm == "rlpd" else {}
        model = make_agent(algorithm, "robot/Reach-v0", **settings, **more)
        assert model.critic.features_extractor.resolution == 1
        model.learn(6)


def test_a_resolution_of_nothing_is_refused():
    with pytest.raises(ValueError, match="resolution must be positive, got 0"):
        WideRangeFeatures(BOX, resolution=0)
