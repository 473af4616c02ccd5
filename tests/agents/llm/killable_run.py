"""A training run that kills itself: `killable_run.py CHECKPOINT METRICS KILL_AT`, run as a program by the tests."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import torch
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.logger import KVWriter, Logger

from palaestra.agents.llm import LLMAgent, LLMConfig, TinyConfig, WarmStartConfig
from palaestra.agents.llm.checkpoint import load_checkpoint, save_checkpoint

GUESS = "text/GuessNumber-v0"
RESUMABLE = LLMConfig(
    groups=2,
    group_size=4,
    minibatches=2,
    max_new_tokens=4,
    kl_coef=0.01,
    entropy_coef=0.01,  # a random policy wins nothing: without this, no update would change a weight
    final_learning_rate=0.0,
    tiny=TinyConfig(hidden_size=32, layers=2, heads=2, intermediate_size=64, context_length=128),
    warm_start=WarmStartConfig(target_success=0.0, evaluation_episodes=4),
)


class Memory(KVWriter):
    """Keeps what is logged."""

    def __init__(self) -> None:
        self.rows: list[dict[str, float]] = []

    def write(self, key_values, key_excluded, step=0) -> None:
        self.rows.append({"step": step, **{key: float(value) for key, value in key_values.items()}})

    def without_clocks(self) -> list[dict[str, float]]:
        clocks = ("fps", "seconds", "tokens_per_second")
        return [{k: v for k, v in row.items() if not any(clock in k for clock in clocks)} for row in self.rows]


def make_agent(config: LLMConfig, **arguments) -> tuple[LLMAgent, Memory]:
    agent, memory = LLMAgent(GUESS, config, device="cpu", **arguments), Memory()
    agent.set_logger(Logger(None, [memory]))
    return agent, memory


class CheckpointAndDie(BaseCallback):
    """Saves every second update, and dies between the rollout and the update of one."""

    def __init__(self, folder: Path, kill_at: int) -> None:
        super().__init__()
        self._folder, self._kill_at = folder, kill_at

    def _on_rollout_start(self) -> None:
        if self.model.updates % 2 == 0:
            save_checkpoint(self.model, self._folder)

    def _on_rollout_end(self) -> None:
        if self.model.updates == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def _on_step(self) -> bool:
        return True


def main(folder: Path, out: Path, kill_at: int) -> None:
    torch.set_num_threads(1)
    agent, memory = make_agent(RESUMABLE, seed=4)
    if folder.exists():
        load_checkpoint(agent, folder)
    callback = CheckpointAndDie(folder, kill_at)
    agent.learn(200 - agent.num_timesteps, reset_num_timesteps=False, callback=callback)
    out.write_text(json.dumps(memory.without_clocks()))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
