"""Run folders made up for the tests."""

import io
import json
import math

import numpy as np
from PIL import Image

from palaestra.baselines.runs import MetricRow, RunFolder, RunInfo, Scores

HARDWARE = {"cpu": "AMD EPYC 9B14", "cores": 2, "memory_gb": 8.2, "gpu": None}


def scores(success, episode_return, episodes=200):
    margin = 1.96 * math.sqrt(max(success * (1 - success), 0.002) / episodes)
    bounds = (max(0.0, success - margin), min(1.0, success + margin))
    return Scores(success, *bounds, episode_return, episode_return - 0.1, episode_return + 0.1, episodes)


def webp(folder, name, shade):
    path = folder / "animations" / name
    path.parent.mkdir(exist_ok=True)
    pictures = []
    for step in range(12):
        picture = np.full((120, 160, 3), 235, dtype=np.uint8)
        picture[40:80, 8 * step : 8 * step + 40] = shade
        pictures.append(Image.fromarray(picture))
    buffer = io.BytesIO()
    pictures[0].save(buffer, "WEBP", save_all=True, append_images=pictures[1:], duration=80, loop=0)
    path.write_bytes(buffer.getvalue())
    return f"animations/{name}"


def guessing_turns(target, clever):
    low, high, turns = 1, 64, []
    observation = f"I think of a number from {low} to {high}. You have 7 guesses."
    for number in range(7):
        guess = (low + high) // 2 if clever else min(64, 1 + 9 * number)
        reward = 1.0 if guess == target else -0.02
        turns.append(
            {
                "observation": observation,
                "action": f"<guess>{guess}</guess>",
                "reward": reward,
                "reward_terms": {"solve": max(reward, 0.0), "turn": min(reward, 0.0)},
            }
        )
        if guess == target:
            return turns, True, "Correct."
        observation = f"{guess} is too {'low' if guess < target else 'high'}."
        low, high = (guess + 1, high) if guess < target else (low, guess - 1)
    return turns, False, f"No guesses left. It was {target}."


def text_episode(source, seed, clever, step=20_000):
    turns, success, last = guessing_turns(1 + (seed * 37) % 64, clever)
    return {
        "step": step,
        "source": source,
        "seed": seed,
        "level": 0,
        "episode_return": sum(turn["reward"] for turn in turns),
        "success": success,
        "verdict": {"status": "correct" if success else "wrong", "score": float(success), "detail": last},
        "turns": turns,
        "final_observation": last,
        "animation": None,
    }


def training_episode(step, seed, advantages, success=True):
    """An episode that was trained on: `<guess>32</guess>` in three tokens, with what each was worth."""
    texts = ("<guess>", "32", "</guess>")
    tokens = [[text, advantage, -0.5] for text, advantage in zip(texts, advantages, strict=True)]
    turn = {"observation": "Guess.", "action": "".join(texts), "reward": 1.0, "reward_terms": {}, "tokens": tokens}
    return text_episode("training", seed, True, step) | {"turns": [turn], "success": success}


def body_episode(source, seed, success, animation, step=20_000):
    turns = [
        {
            "observation": None,
            "action": [round(math.sin(k / 5 + joint), 6) for joint in range(5)],
            "reward": -1 / (k + 1),
            "reward_terms": {"distance": -1 / (k + 1), "control": -0.001},
        }
        for k in range(40)
    ]
    return {
        "step": step,
        "source": source,
        "seed": seed,
        "level": None,
        "episode_return": sum(turn["reward"] for turn in turns),
        "success": success,
        "verdict": None,
        "turns": turns,
        "final_observation": None,
        "animation": animation,
    }


def write_run(
    root,
    env_id="text/GuessNumber-v0",
    recipe="guess-number-grpo",
    algorithm="grpo",
    seed=0,
    status="finished",
    error=None,
    result=None,
    metrics=None,
    episodes=None,
    kwargs=None,
    wall_time=130.0,
    timesteps=20_000,
    lr=0.001,
):
    """Write a run folder below `root`: what is left out is filled with a plausible finished run."""
    folder = RunFolder(root / env_id.replace("/", "-") / recipe / f"seed-{seed}")
    rng = np.random.default_rng(seed + len(recipe))
    final = 0.9 + 0.02 * rng.standard_normal()
    if result is None:
        result = {
            "random": scores(0.11, -0.1),
            "oracle": scores(1.0, 0.93),
            "best": scores(min(1.0, final + 0.02), 0.83),
            "agent": scores(final, 0.8 + 0.01 * rng.standard_normal()),
        }
    info = RunInfo(
        id=f"{recipe}-{seed}",
        recipe=recipe,
        env_id=env_id,
        agent_kind="llm",
        algorithm=algorithm,
        seed=seed,
        status=status,
        error=error,
        created="2026-01-31T12:00:00+00:00",
        wall_time_s=wall_time and wall_time + 5 * seed,
        timesteps=timesteps,
        versions={"palaestra": "0.1.0", "torch": "2.13.0"},
        hardware=HARDWARE,
        commit="9a98778",
        scores=result,
    )
    config = {
        "name": recipe,
        "env": {"id": env_id, "kwargs": kwargs or {}},
        "wrappers": [],
        "agent": {"kind": "llm", "algorithm": algorithm, "params": {"learning_rate": lr}},
        "budget": {"timesteps": 40_000},
        "seeds": [seed],
    }
    folder.create(info, config)
    if metrics is None:
        metrics = []
        for k in range(21):
            grown = 1 - math.exp(-k / 6)
            values = {
                "rollout/ep_rew_mean": -0.1 + 0.9 * grown + 0.03 * rng.standard_normal(),
                "train/entropy": 1.8 - 1.4 * grown + 0.03 * rng.standard_normal(),
                "train/kl": 0.01 + 0.003 * rng.standard_normal(),
                "time/fps": 300 + 10 * rng.standard_normal(),
            }
            if k % 2 == 0:
                share = 0.24 + (final - 0.24) * grown + 0.03 * rng.standard_normal()
                values |= {"eval/success_rate": min(1.0, share), "eval/return_mean": -0.1 + share}
            metrics.append(MetricRow(1000 * k, 250 * k, (6.4 + 0.3 * rng.random()) * k, values))
    for row in metrics:
        folder.append_metrics(row)
    if episodes is None:
        episodes = [
            text_episode(source, 1_000_000 + k, clever)
            for source, clever in (("agent", True), ("best", True), ("oracle", True), ("random", False))
            for k in range(6)
        ]
    for episode in episodes:
        folder.append_episode(episode)
    return folder.path


def write_body_run(root, seed=0, env_id="robot/Reach-v0", recipe="reach-ppo", algorithm="ppo", **changes):
    """Write the run folder of a body, with moving pictures."""
    folder = write_run(root, env_id=env_id, recipe=recipe, algorithm=algorithm, seed=seed, episodes=[], **changes)
    with (folder / "episodes.jsonl").open("w") as file:
        for source, shade in (("agent", (0, 114, 178)), ("oracle", (0, 121, 91)), ("random", (116, 119, 127))):
            for k in range(2):
                name = webp(folder, f"{source}-{k}.webp", shade)
                file.write(json.dumps(body_episode(source, 1_000_000 + k, source != "random", name)) + "\n")
    return folder
