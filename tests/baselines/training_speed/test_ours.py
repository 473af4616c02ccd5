import pytest
import torch

from palaestra.agents.llm.optimizer import MasterAdamW
from palaestra.baselines.training_speed import ours
from palaestra.baselines.training_speed.setting import Setting


class Enough(Exception):
    pass


class CountingBaton:
    """Lets a contestant take some steps."""

    def __init__(self, steps: int) -> None:
        self._left = steps
        self.phases: list[dict[str, float]] = []

    def wait(self) -> None:
        if not self._left:
            raise Enough
        self._left -= 1

    def hand_over(self, phases: dict[str, float]) -> None:
        self.phases.append(phases)


def test_a_step_plays_and_trains_and_knows_where_its_time_went(monkeypatch):
    norms: list[float] = []
    step = MasterAdamW.step

    def recorded(self, **keywords):
        norms.append(step(self, **keywords))
        return norms[-1]

    monkeypatch.setattr(MasterAdamW, "step", recorded)
    torch.set_num_threads(1)
    baton = CountingBaton(2)
    setting = Setting(parameters="0.34M", precision="float32", groups=2, group_size=3, completion_tokens=4)
    with pytest.raises(Enough):
        ours.run(setting, baton)  # pyright: ignore[reportArgumentType]
    assert len(norms) == len(baton.phases) == 2
    assert all(norm > 0 for norm in norms)
    for phases in baton.phases:
        assert set(phases) == {"prefill", "decode", "log-probabilities", "backward", "optimiser"}
        assert all(seconds >= 0 for seconds in phases.values())
