from pathlib import Path

import pytest

from palaestra.baselines.store.imports.identity import Identity, identity_of_path


@pytest.mark.parametrize(
    ("path", "identity"),
    [
        ("runs/HalfCheetah-v4__ppo_continuous_action__3__1665433045", ("HalfCheetah-v4", "ppo_continuous_action", 3)),
        ("runs/BreakoutNoFrameskip-v4__dqn_atari__1", ("BreakoutNoFrameskip-v4", "dqn_atari", 1)),
        ("logs/ppo/HalfCheetah-v4_2", ("HalfCheetah-v4", "ppo", 2)),
        ("logs/ppo/HalfCheetah-v4_2/0.monitor.csv", ("HalfCheetah-v4", "ppo", 2)),
        ("tb/PPO_1", (None, "ppo", 1)),
        ("results/seed-4", (None, None, 4)),
        ("results/seed_4/log", (None, None, 4)),
        ("results/latest", (None, None, None)),
        ("lightning_logs/version_0", (None, None, None)),
        ("PPO_1/../PPO_2/.", (None, "ppo", 2)),
    ],
)
def test_names_of_folders_are_understood(path, identity):
    assert identity_of_path(Path(path)) == Identity(*identity)


def test_what_is_known_comes_before_what_is_filled_in():
    known = Identity(algorithm="ppo", seed=0)
    assert known.filled_from(Identity("Ant-v4", "sac", 5)) == Identity("Ant-v4", "ppo", 0)
