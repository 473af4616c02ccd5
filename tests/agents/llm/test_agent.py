import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from functools import partial

import gymnasium as gym
import pytest
import torch
from stable_baselines3.common.callbacks import BaseCallback

import palaestra  # noqa: F401
from palaestra.agents.evaluation import evaluate
from palaestra.agents.llm import LLMAgent, LLMConfig, Policy, WarmStartConfig
from palaestra.agents.llm.checkpoint import load_checkpoint, save_checkpoint
from palaestra.agents.llm.config import CriticConfig
from palaestra.agents.llm.tiny import build_tiny
from palaestra.envs.text.guess_number import GuessNumberEnv
from palaestra.wrappers.resets.level import LevelCurriculum

from . import killable_run
from .conftest import SMALL, TEXTS
from .killable_run import GUESS, RESUMABLE, make_agent

PPO = {"advantage": "gae_token", "critic": CriticConfig(warmup_updates=1), "kl_in": "reward"}


def make_wrapped(id: str) -> gym.Env:
    return LevelCurriculum(gym.make(id, disable_env_checker=True))


def test_learning_counts_turns_and_logs_every_update(config):
    agent, memory = make_agent(config)
    agent.learn(60)
    updates = [row for row in memory.rows if "train/loss" in row]
    assert agent.num_timesteps >= 60
    assert updates[-1]["step"] == agent.num_timesteps
    assert len(updates) == agent.updates
    for key in ("rollout/ep_rew_mean", "rollout/success_rate", "rollout/ep_len_mean", "train/kl_sampler", "time/fps"):
        assert key in updates[0]


def test_the_same_seed_gives_the_same_metrics_and_another_one_others(config):
    histories = []
    for seed in (1, 1, 2):
        agent, memory = make_agent(config, seed=seed)
        agent.learn(80)
        histories.append(memory.without_clocks())
    assert histories[0] == histories[1]
    assert histories[0] != histories[2]


def test_callbacks_of_stable_baselines3_are_driven_and_can_stop_training(config):
    calls: list[str] = []

    class Watching(BaseCallback):
        def _on_training_start(self) -> None:
            calls.append("training_start")

        def _on_rollout_start(self) -> None:
            calls.append("rollout_start")

        def _on_rollout_end(self) -> None:
            calls.append("rollout_end")

        def _on_step(self) -> bool:
            calls.append("step")
            return self.model.updates < 2

        def _on_training_end(self) -> None:
            calls.append("training_end")

    make_agent(config)[0].learn(10_000, callback=Watching())
    assert calls == ["training_start", *["rollout_start", "rollout_end", "step"] * 2, "training_end"]


def test_predict_answers_one_observation_or_a_batch_and_carries_the_conversation_on(config):
    agent, _ = make_agent(config)
    one, state = agent.predict("higher", deterministic=True)
    assert isinstance(one, str)
    batch, states = agent.predict(["higher", "lower"], deterministic=True)
    assert batch[0] == one
    _, longer = agent.predict(["lower", "lower"], state=states, episode_start=[False, True], deterministic=True)
    assert longer[0][: len(state[0])] == state[0]
    assert longer[1] == agent.predict("lower", deterministic=True)[1][0]


def test_a_conversation_that_outgrows_the_context_is_answered_with_nothing(config):
    agent, _ = make_agent(replace(config, context_length=40))
    episodes = evaluate(agent, GUESS, range(4), deterministic=False)
    assert all(episode.turns[-1].action == "" for episode in episodes)


def test_evaluation_needs_to_know_nothing_of_the_agents_kind(config):
    agent, _ = make_agent(config)
    first, again = (
        evaluate(agent, partial(gym.make, GUESS), range(100, 110), deterministic=False, batch_size=4) for _ in range(2)
    )
    assert len(first) == 10
    assert [record.turns for record in first] == [record.turns for record in again]


def test_a_saved_agent_answers_alike_after_loading(config, tmp_path):
    agent, _ = make_agent(config)
    agent.learn(40)
    agent.save(tmp_path / "agent")
    loaded = LLMAgent.load(tmp_path / "agent", device="cpu")
    observations = [text for text in TEXTS for _ in range(3)]
    assert loaded.predict(observations, deterministic=True) == agent.predict(observations, deterministic=True)
    assert loaded.config == agent.config


def test_a_folder_may_have_any_name(config, tmp_path, monkeypatch):
    agent, _ = make_agent(config, seed=3)
    agent.learn(1)
    monkeypatch.chdir(tmp_path)
    agent.save("tiny")
    loaded = LLMAgent.load("tiny", device="cpu")
    assert loaded.predict(TEXTS, deterministic=True)[0] == agent.predict(TEXTS, deterministic=True)[0]


def test_an_environment_without_an_expert_can_be_learned_from_nothing(config, monkeypatch):
    monkeypatch.setattr(GuessNumberEnv, "expert", lambda self, episode: None)
    agent, _ = make_agent(config)
    agent.learn(1)
    assert agent.updates == 1
    with pytest.raises(ValueError, match="no oracle to imitate"):
        make_agent(replace(config, warm_start=WarmStartConfig(target_success=0.9)))[0].learn(1)


def test_a_group_of_one_is_refused_where_episodes_are_compared(config):
    with pytest.raises(ValueError, match="group_size must be 2 or more for grpo"):
        LLMAgent(GUESS, replace(config, group_size=1), device="cpu")


def test_replies_longer_than_the_context_are_refused(config):
    with pytest.raises(ValueError, match="max_new_tokens must be under the model's context length of 128, got 128"):
        make_agent(replace(config, max_new_tokens=128))


def test_a_damaged_checkpoint_is_named(config, tmp_path):
    save_checkpoint(make_agent(config)[0], tmp_path)
    [file] = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(ValueError, match="damaged"):
        load_checkpoint(make_agent(config)[0], tmp_path)


def test_loading_what_is_no_agent_says_so(tmp_path):
    with pytest.raises(ValueError, match=r"palaestra\.json is missing"):
        LLMAgent.load(tmp_path)


def test_a_hugging_face_checkpoint_with_its_chat_template_can_be_trained(config, tmp_path):
    tiny = build_tiny(TEXTS, SMALL, seed=5, device="cpu", precision="float32")
    tiny.tokenizer.chat_template = (
        "{% for m in messages %}<begin>{{ m['role'] }} {{ m['content'] }}{{ eos_token }}{% endfor %}"
        "{% if add_generation_prompt %}<begin>assistant <answer>{% endif %}"
    )
    tiny.save(tmp_path / "model")
    agent, memory = make_agent(config, model=tmp_path / "model")
    agent.learn(30)
    assert agent.warm_start_result is None
    assert [row for row in memory.rows if "train/loss" in row]
    reread = Policy.load(tmp_path / "model", device="cpu", precision="float32")
    assert reread.tokenizer.chat_template == tiny.tokenizer.chat_template


def test_a_model_that_is_not_there_is_named(config):
    with pytest.raises(ValueError, match=r"model '\./no/such-folder' is not a folder"):
        LLMAgent(GUESS, config, model="./no/such-folder", device="cpu")


@pytest.mark.parametrize(
    ("env", "message"),
    [("text/GuesNumber-v0", "did you mean text/GuessNumber-v0"), (partial(gym.make, "CartPole-v1"), "of text")],
)
def test_unusable_environments_are_refused(config, env, message):
    with pytest.raises(ValueError, match=message):
        LLMAgent(env, config, device="cpu")


def test_an_instance_is_refused_because_many_copies_are_needed(config):
    with pytest.raises(ValueError, match="many copies"):
        LLMAgent(gym.make(GUESS), config, device="cpu")  # pyright: ignore[reportArgumentType]


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_missing_gpu_is_named_with_what_to_do(config):
    with pytest.raises(ValueError, match="no GPU was found; use device='auto' or 'cpu'"):
        LLMAgent(GUESS, config, device="cuda")


@pytest.mark.parametrize("name", ["groups", "group_size", "learning_rate", "temperature", "minibatches"])
def test_impossible_hyper_parameters_are_refused_by_name(name):
    with pytest.raises(ValueError, match=name):
        LLMConfig(**{name: 0})


def test_the_warm_start_stops_at_the_measured_target():
    config = LLMConfig(
        groups=2,
        group_size=4,
        tiny=replace(SMALL, hidden_size=48),
        warm_start=WarmStartConfig(target_success=0.08, evaluation_episodes=64, evaluate_every=5, max_steps=200),
    )
    agent, memory = make_agent(config)
    agent.learn(1)
    result = agent.warm_start_result
    assert result is not None
    assert result.reached
    assert result.success_rate >= 0.08
    assert memory.rows[0]["warm_start/success_rate"] == result.success_rate
    assert memory.rows[0]["step"] == 0


def test_a_warm_start_that_falls_short_says_so(config):
    config = replace(config, warm_start=WarmStartConfig(target_success=1.0, max_steps=1, evaluation_episodes=4))
    with pytest.warns(UserWarning, match="below warm_start.target_success=1.0"):
        make_agent(config)[0].learn(1)


@pytest.mark.parametrize("differences", [{}, PPO], ids=["grpo", "ppo"])
def test_a_resumed_run_has_the_very_same_metrics(tmp_path, differences):
    config = replace(RESUMABLE, **differences)
    whole, whole_memory = make_agent(config, seed=4)
    whole.learn(200)

    class SaveOnce(BaseCallback):
        def _on_rollout_start(self) -> None:
            if self.model.updates == 3:
                save_checkpoint(self.model, tmp_path / "checkpoint")

        def _on_step(self) -> bool:
            return self.model.updates < 4

    first, _ = make_agent(config, seed=4)
    first.learn(200, callback=SaveOnce())
    second, second_memory = make_agent(config, seed=4)
    load_checkpoint(second, tmp_path / "checkpoint")
    assert second.updates == 3
    second.learn(200 - second.num_timesteps, reset_num_timesteps=False)
    updates = [row for row in whole_memory.without_clocks() if "time/updates" in row]
    assert second_memory.without_clocks() == updates[3:]
    assert all(row["train/grad_norm"] > 0 for row in updates[3:])
    for a, b in zip(whole.policy.parameters(), second.policy.parameters(), strict=True):
        assert torch.equal(a, b)


def test_a_run_killed_in_the_middle_of_an_update_goes_on_to_the_same_metrics(tmp_path):
    def run(kill_at: int) -> int:
        arguments = [
            sys.executable,
            killable_run.__file__,
            str(tmp_path / "checkpoint"),
            str(tmp_path / "metrics.json"),
        ]
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        return subprocess.run([*arguments, str(kill_at)], env=environment, check=False).returncode

    assert run(kill_at=3) == -signal.SIGKILL
    assert run(kill_at=-1) == 0
    whole, memory = make_agent(RESUMABLE, seed=4)
    whole.learn(200)
    expected = [row for row in memory.without_clocks() if "train/loss" in row]
    assert json.loads((tmp_path / "metrics.json").read_text()) == expected[2:]


def test_a_checkpoint_keeps_what_wrappers_have_counted(config, tmp_path):
    make_env = partial(make_wrapped, GUESS)
    agent = LLMAgent(make_env, config, device="cpu")
    agent.learn(1)
    counted = [env.get_wrapper_attr("_successes") for env in agent._player._envs]
    assert any(counted)
    save_checkpoint(agent, tmp_path / "checkpoint")
    resumed = LLMAgent(make_env, config, device="cpu")
    load_checkpoint(resumed, tmp_path / "checkpoint")
    assert [env.get_wrapper_attr("_successes") for env in resumed._player._envs] == counted


def test_a_checkpoint_of_another_size_is_refused(config, tmp_path):
    save_checkpoint(make_agent(config)[0], tmp_path / "checkpoint")
    other, _ = make_agent(replace(config, tiny=replace(SMALL, layers=1)))
    with pytest.raises(ValueError, match="does not fit this agent"):
        load_checkpoint(other, tmp_path / "checkpoint")


def test_a_missing_checkpoint_is_named(config, tmp_path):
    with pytest.raises(ValueError, match="holds no checkpoint"):
        load_checkpoint(make_agent(config)[0], tmp_path / "nothing")
