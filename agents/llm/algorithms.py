"""Algorithms by name: which stages each is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from pydantic import TypeAdapter

from ...envs.core.names import unknown_name
from .advantages import ADVANTAGES, is_group_relative, needs_critic, reads_divergence
from .config import LLMConfig
from .divergences import DIVERGENCES
from .filters import FILTERS
from .generation.engines import ENGINES
from .learners import LEARNERS
from .named import name_of
from .objectives import OBJECTIVES
from .samplers import SAMPLERS
from .schedule import Schedule
from .shaping import SHAPERS


def _imitation(learner: dict[str, Any]) -> dict[str, Any]:
    """The likelihood of what an offline learner reads."""
    return {
        "learner": {"name": "offline", **learner},
        "advantage": "constant",
        "objective": "reinforce",
        "kl_coef": 0.0,
    }


def _a_lol(**stages: Any) -> dict[str, Any]:
    """A form of A-LoL: texts are summed over, not averaged, as its authors found better."""
    return {
        "learner": {"name": "a_lol", "data": {"policy": 1}},
        "advantage": "over_expected",
        "aggregation": "fixed_length",
        "kl_coef": 0.0,
        **stages,
    }


ALGORITHMS: dict[str, dict[str, Any]] = {
    "grpo": {"advantage": "grpo", "objective": "ppo_clip"},
    "grpo_mean": {"advantage": "grpo_mean", "objective": "ppo_clip"},
    "reinforce": {"advantage": "turn_returns", "objective": "reinforce"},
    "reinforce_plus_plus": {
        "advantage": "token_returns",
        "whiten_advantages": True,
        "objective": "ppo_clip",
        "kl_in": "reward",
    },
    "reinforce_plus_plus_baseline": {
        "advantage": "grpo_mean",
        "whiten_advantages": True,
        "objective": "ppo_clip",
        "divergence": "k2",
    },
    "rloo": {"advantage": "rloo", "objective": "reinforce"},
    "dr_grpo": {
        "advantage": "grpo_mean",
        "objective": "ppo_clip",
        "aggregation": "fixed_length",
        "kl_coef": 0.0,
    },
    "gspo": {"advantage": "grpo", "objective": "gspo", "aggregation": "sequence_mean", "kl_coef": 0.0},
    "cispo": {"advantage": "grpo", "objective": "cispo", "aggregation": "token_mean", "kl_coef": 0.0},
    "lite_ppo": {"advantage": "grpo_batch_std", "objective": "ppo_clip", "aggregation": "token_mean", "kl_coef": 0.0},
    "dapo": {
        "advantage": "grpo",
        "objective": "ppo_clip",
        "clip_low": 0.2,
        "clip_high": 0.28,
        "filters": [{"name": "drop_uniform", "by": "success"}],
        "sampling_rounds": 3,
        "shapers": ["overlong"],
        "aggregation": "token_mean",
        "kl_coef": 0.0,
    },
    "grpo_tcr": {
        "advantage": "grpo",
        "objective": "ppo_clip",
        "clip_low": 0.2,
        "clip_high": 0.28,
        "filters": [{"name": "drop_uniform", "by": "success"}],
        "shapers": ["overlong", "failed_turns"],
        "aggregation": "token_mean",
        "kl_coef": 0.0,
    },
    "scale_rl": {
        "advantage": "grpo_batch_std",
        "objective": "cispo",
        "filters": ["drop_uniform"],
        "sampler": "retire_solved",
        "aggregation": "prompt_mean",
        "kl_coef": 0.0,
    },
    "on_policy_grpo": {
        "advantage": "grpo",
        "objective": "ppo_clip",
        "epochs": 1,
        "minibatches": 1,
        "aggregation": "token_mean",
        "entropy_coef": 0.0,
        "kl_coef": 0.0,
    },
    "mirror_descent": {
        "advantage": "grpo_mean",
        "objective": "mirror_descent",
        "aggregation": "sequence_mean",
        "kl_coef": 0.0,
    },
    "pacs": {"advantage": "rloo", "objective": "pacs", "aggregation": "sequence_mean", "kl_coef": 0.0},
    "rover": {"advantage": "grpo_mean", "objective": "rover", "aggregation": "token_mean", "kl_coef": 0.0},
    "ppo": {"advantage": "gae_token", "objective": "ppo_clip", "critic": {}, "whiten_advantages": True},
    "ppo_within_turn": {
        "advantage": "gae_within_turn",
        "objective": "ppo_clip",
        "critic": {},
        "whiten_advantages": True,
    },
    "ppo_bilevel": {"advantage": "gae_bilevel", "objective": "ppo_clip", "critic": {}, "whiten_advantages": True},
    "turn_ppo": {"advantage": "gae_turn", "objective": "ppo_clip", "critic": {}, "whiten_advantages": True},
    "relift": {"learner": "relift", "advantage": "grpo_mean", "objective": "ppo_clip", "kl_coef": 0.0},
    "rl_plus": {
        "advantage": "grpo_mean",
        "objective": "rl_plus",
        "demonstrations": 1,
        "entropy_coef": 0.001,
        "kl_coef": 0.0,
    },
    "dph": {"learner": "rehearsal", "advantage": "grpo", "objective": "rehearsal", "kl_coef": 0.0},
    "prorl": {
        "advantage": "grpo",
        "objective": "ppo_clip",
        "clip_low": 0.2,
        "clip_high": 0.4,
        "filters": ["drop_uniform"],
        "sampling_rounds": 3,
        "kl_coef": 1e-4,
        "schedule": [{"when": {"stalled": {}}, "reset": ["reference", "optimizer"], "repeat": True}],
    },
    "distribution_matching": {
        "advantage": "distribution_matching",
        "objective": "ppo_clip",
        "kl_in": "reward",
        "kl_coef": 0.2,
    },
    "archer": {
        "learner": "archer",
        "advantage": "turn_returns",
        "whiten_advantages": True,
        "objective": "ppo_clip",
        "groups": 128,
        "group_size": 1,
        "minibatches": 4,
        "kl_coef": 0.0,
    },
    "expert_iteration": {"advantage": "over_threshold", "objective": "reinforce", "kl_coef": 0.0},
    "bc": _imitation({"data": {"expert": 1}}),
    "filtered_bc": _imitation({"data": {"expert": 1}, "best_share": 0.3}),
    "rft": _imitation({"data": {"policy": 1}, "successes_only": True}),
    "reward_weighted_bc": {
        **_imitation({"data": {"expert": 1}, "in_proportion": True}),
        "advantage": {"name": "turn_returns", "to_go": False},
    },
    "mc_returns": {"learner": {"name": "mc_returns", "data": {"expert": 1}}},
    "ilql": {"learner": {"name": "ilql", "data": {"expert": 1}}},
    "a_lol": _a_lol(objective="a_lol"),
    "a_lol_seq": _a_lol(objective={"name": "a_lol", "ratio": "token"}),
    "a_lol_ref_free": _a_lol(objective="reinforce"),
    "a_lol_kl": _a_lol(objective="reinforce", kl_coef=0.05, divergence="k1"),
    "dpo": {
        "learner": {"name": "preference", "data": {"policy": 1, "per_task": 8}},
        "advantage": "grpo_mean",
        "objective": "dpo",
        "aggregation": "sequence_mean",
        "kl_coef": 0.0,
    },
    "online_dpo": {
        "learner": "preference",
        "advantage": "grpo_mean",
        "objective": "dpo",
        "aggregation": "sequence_mean",
        "kl_coef": 0.0,
    },
}
"""Algorithm names, and what each sets; a recipe's own parameters come on top."""


def algorithm_config(algorithm: str, params: Mapping[str, Any]) -> LLMConfig:
    """The hyper-parameters of an algorithm.

    Args:
        algorithm: its name.
        params: what differs from its settings, by the names of the fields of `LLMConfig`.

    Raises:
        ValueError: the algorithm, a parameter or a stage is unknown, or a value does not fit.
    """
    if algorithm not in ALGORITHMS:
        raise unknown_name(f"unknown algorithm {algorithm!r}", algorithm, ALGORITHMS)
    known = {field.name for field in fields(LLMConfig)}
    for name in params:
        if name not in known:
            raise unknown_name(f"{algorithm} has no parameter {name!r}", name, known)
    config = TypeAdapter(LLMConfig).validate_python({**ALGORITHMS[algorithm], **params})
    check_stages(config)
    return config


def check_stages(config: LLMConfig) -> None:
    """Check that every stage a config names, now and in later phases, exists and takes the settings it is given.

    Raises:
        ValueError: one does not; the message names it.
    """
    for phase_config in Schedule(config).configs:
        _check_stages(phase_config)


def _check_stages(config: LLMConfig) -> None:
    LEARNERS.bind(config.learner)
    SAMPLERS.bind(config.sampler)(0)
    ENGINES.bind(config.engine)
    ADVANTAGES.bind(config.advantage)
    OBJECTIVES.bind(config.objective)
    DIVERGENCES.bind(config.divergence)
    for shaper in config.shapers:
        SHAPERS.bind(shaper)
    for chosen in config.filters:
        FILTERS.bind(chosen)
    advantage = name_of(config.advantage)
    if config.group_size < 2 and is_group_relative(advantage):
        raise ValueError(f"group_size must be 2 or more for {advantage}: it compares episodes of one task")
    if config.kl_coef > 0 and config.kl_in == "reward" and not reads_divergence(advantage):
        raise ValueError(
            f"kl_in must be 'loss' for {advantage}, which reads no divergence out of rewards; those that do are "
            f"{', '.join(name for name in ADVANTAGES if reads_divergence(name))}"
        )
    if needs_critic(advantage) != (config.critic is not None):
        raise ValueError(
            f"critic must be set for {advantage}, which reads values; give critic: {{}} for the defaults"
            if config.critic is None
            else f"critic must be left out for {advantage}, which reads no values"
        )
