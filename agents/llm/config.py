"""What an LLM agent can be told."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

from .named import Choice
from .phases import Phase
from .policy import Precision
from .tiny import TinyConfig
from .weights import Aggregation


@dataclass(frozen=True, slots=True)
class WarmStartConfig:
    """Imitation of the expert before reinforcement learning begins.

    Attributes:
        target_success: imitation stops once sampled replies succeed this often.
        episodes: demonstrations a step.
        learning_rate: of imitation.
        evaluate_every: steps between two measurements.
        evaluation_episodes: sampled episodes a measurement.
        max_steps: where to give up; the agent then goes on from what it has, with a warning.
    """

    target_success: float = 0.2
    episodes: int = 64
    learning_rate: float = 2e-3
    evaluate_every: int = 10
    evaluation_episodes: int = 256
    max_steps: int = 2000

    def __post_init__(self) -> None:
        if not 0 <= self.target_success <= 1:
            raise ValueError(f"warm_start.target_success must lie in [0, 1], got {self.target_success}")
        for name in ("episodes", "evaluate_every", "evaluation_episodes", "max_steps"):
            if getattr(self, name) < 1:
                raise ValueError(f"warm_start.{name} must be 1 or more, got {getattr(self, name)}")


@dataclass(frozen=True, slots=True)
class CriticConfig:
    """A critic, which says before every own token what return is to be expected.

    Attributes:
        model: `policy` for a copy of the policy as it is when training begins, or a folder or hub name of a Hugging
            Face causal LM with the same vocabulary.
        learning_rate: step size.
        epochs: passes over an update's episodes.
        minibatches: optimiser steps a pass.
        value_clip: how far a value may move in an update before its gradient is cut off; None for no limit.
        max_grad_norm: gradients are scaled down to this norm.
        warmup_updates: updates at the beginning in which the critic learns alone.
    """

    model: str = "policy"
    learning_rate: float = 1e-3
    epochs: int = 2
    minibatches: int = 4
    value_clip: float | None = None
    max_grad_norm: float = 1.0
    warmup_updates: int = 0

    def __post_init__(self) -> None:
        for name, least in (("epochs", 1), ("minibatches", 1), ("warmup_updates", 0)):
            if getattr(self, name) < least:
                raise ValueError(f"critic.{name} must be {least} or more, got {getattr(self, name)}")
        for name in ("learning_rate", "max_grad_norm"):
            if not getattr(self, name) > 0:
                raise ValueError(f"critic.{name} must be over 0, got {getattr(self, name)}")
        if self.value_clip is not None and not self.value_clip > 0:
            raise ValueError(f"critic.value_clip must be over 0 or None, got {self.value_clip}")


@dataclass(frozen=True, slots=True)
class LLMConfig:
    """Hyper-parameters of an LLM agent.

    The defaults suit the embedded policy. A pretrained model wants a learning rate hundreds of times smaller.

    The stages (learner, sampler, engine, shapers, filters, advantage, objective, divergence) are chosen by name, or by
    a mapping of `name` and the settings of that very function: `{name: overlong, buffer: 8}`.

    Attributes:
        learner: what happens between two looks at the budget (`agents.llm.learners`).
        sampler: which tasks are played (`agents.llm.samplers`).
        engine: what generates replies (`agents.llm.generation`).
        shapers: what is added to returns (`agents.llm.shaping`), one after the other.
        filters: which groups are trained on (`agents.llm.filters`), one after the other.
        sampling_rounds: the most rounds of `groups` tasks an update plays, where filters drop groups.
        demonstrations: episodes of every group that the expert plays in place of the policy.
        advantage: the advantage estimator (`agents.llm.advantages`).
        critic: what the values of an estimator that reads values come from; None for one that reads none.
        whiten_advantages: shift and scale the advantages of an update to mean 0 and deviation 1 over its tokens.
        objective: the objective (`agents.llm.objectives`).
        groups: tasks an update.
        group_size: episodes a task.
        concurrent_episodes: how many are played at once, others begin as they end; None for all of them.
        max_new_tokens: the longest reply, its end token included.
        temperature: of sampling, in training.
        epochs: passes over an update's episodes.
        minibatches: optimiser steps a pass.
        micro_batch_tokens: the most tokens, padding included, of one backward pass.
        learning_rate: step size.
        final_learning_rate: the rate falls to this linearly over `learn`'s budget; None keeps it constant.
        weight_decay: decoupled weight decay.
        max_grad_norm: gradients are scaled down to this norm.
        divergence_grad_norm: a norm over this, before clipping, stops training.
        clip_low: the ratio's lower clip is 1 - clip_low.
        clip_high: the ratio's upper clip is 1 + clip_high.
        aggregation: how tokens are weighted (`agents.llm.weights`).
        entropy_coef: weight of the entropy bonus, per token.
        kl_coef: weight of the divergence from the reference policy (the one training started from); 0 keeps none.
        kl_in: where that divergence goes: into the `loss`, or into the `reward` of each token, which only advantage
            estimators that say so read.
        divergence: how it is estimated in the loss (`agents.llm.divergences`).
        importance_cap: where sampler and trainer compute differently (another engine, another precision), multiply
            each token's loss by min(p_trainer / p_sampler, importance_cap) (truncated importance sampling, Yao et al.
            2025), at the price of one more pass; None for ratios to what the sampler computed and nothing more.
        context_length: the longest conversation, in tokens; None for what the model allows.
        precision: of the weights the model computes with; `auto` is bfloat16 where the device has it.
        tiny: size of the embedded policy.
        warm_start: imitation before reinforcement learning; used by the embedded policy alone.
        schedule: how all this changes while training goes on (`agents.llm.schedule`).
    """

    learner: Choice = "policy_gradient"
    sampler: Choice = "uniform"
    engine: Choice = "native"
    shapers: tuple[Choice, ...] = ()
    filters: tuple[Choice, ...] = ()
    sampling_rounds: int = 1
    demonstrations: int = 0
    advantage: Choice = "grpo"
    critic: CriticConfig | None = None
    whiten_advantages: bool = False
    objective: Choice = "ppo_clip"
    groups: int = 16
    group_size: int = 8
    concurrent_episodes: int | None = None
    max_new_tokens: int = 8
    temperature: float = 1.0
    epochs: int = 1
    minibatches: int = 1
    micro_batch_tokens: int = 4096
    learning_rate: float = 5e-4
    final_learning_rate: float | None = None
    weight_decay: float = 0.0
    max_grad_norm: float = 1.0
    divergence_grad_norm: float = 1e4
    clip_low: float = 0.2
    clip_high: float = 0.2
    aggregation: Aggregation = "token_mean"
    entropy_coef: float = 0.0
    kl_coef: float = 0.05
    kl_in: Literal["loss", "reward"] = "loss"
    divergence: Choice = "k3"
    importance_cap: float | None = None
    context_length: int | None = None
    precision: Precision = "auto"
    tiny: TinyConfig = field(default_factory=TinyConfig)
    warm_start: WarmStartConfig = field(default_factory=WarmStartConfig)
    schedule: tuple[Phase, ...] = ()

    def __post_init__(self) -> None:
        for name in (
            "groups",
            "group_size",
            "max_new_tokens",
            "epochs",
            "minibatches",
            "micro_batch_tokens",
            "sampling_rounds",
        ):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more, got {getattr(self, name)}")
        if self.concurrent_episodes is not None and self.concurrent_episodes < 1:
            raise ValueError(f"concurrent_episodes must be 1 or more or None, got {self.concurrent_episodes}")
        for name in ("learning_rate", "temperature", "max_grad_norm", "divergence_grad_norm"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be over 0, got {getattr(self, name)}")
        for name in ("learning_rate", "temperature"):
            if math.isinf(getattr(self, name)):
                raise ValueError(f"{name} must be finite, got {getattr(self, name)}")
        if self.importance_cap is not None and not self.importance_cap > 0:
            raise ValueError(f"importance_cap must be over 0 or None, got {self.importance_cap}")
        for name in ("clip_low", "clip_high", "entropy_coef", "kl_coef", "weight_decay"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} must be 0 or more, got {getattr(self, name)}")
        if not 0 <= self.demonstrations < self.group_size:
            raise ValueError(
                f"demonstrations must be 0 to group_size - 1 = {self.group_size - 1}, got {self.demonstrations}"
            )
        if self.minibatches > self.groups * self.group_size:
            raise ValueError(
                f"minibatches must not exceed groups * group_size = {self.groups * self.group_size}, "
                f"got {self.minibatches}"
            )
