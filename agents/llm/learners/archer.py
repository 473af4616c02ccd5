"""ArCHer's learner: a critic of utterances learns from replay, the policy learns from the critic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from ..archer.critic import CriticMetrics, CriticTrainer, UtteranceCritic, advantages, values_of
from ..archer.encoders import make_encoder
from ..archer.replay import Conversation, UtteranceReplay
from ..archer.turns import Imagined, histories, imagine
from ..config import LLMConfig
from ..critic.value_network import OF_THE_POLICY
from ..generation.protocol import Completion, Prompt, Sampling
from ..player import Player
from ..policy import Policy
from ..shaping import shape
from ..types import Episode, Group, Segment, Source, StopReason
from .policy_gradient import PolicyGradient
from .protocol import Update, register_learner

_PROMPTS_AT_ONCE = 256


@register_learner("archer")
class Archer:
    """A hierarchy of two learners (Zhou et al. 2024, "ArCHer: training language model agents via hierarchical RL").

    Every update draws conversations from a replay of all that was played, and has the present policy say one more reply
    in every turn of them. Above, utterances are actions: Q learns r + gamma V'(s') from what was played, V learns the
    Q' of the policy's own replies, so episodes of any older policy teach it. Below, tokens are actions: the replies
    just drawn are trained on by the policy gradient, each as an episode of one turn whose reward is
    min_i Q_i(s, a) - min_i V_i(s).

    As in the paper's code (YifeiZhou02/ArCHer), the policy learns in replayed histories, from replies of its own. It
    differs in this: replies are drawn and targets made once an update and not anew for every step of the critic, during
    which the policy stands still; conversations are drawn and not single turns, since one pass over a conversation
    values all of its turns; and the objective is the config's, so several steps can be clipped. The paper's optional
    baseline of tokens is `advantage: {name: gae_token, gamma: 1, lam: 1}` with `critic: {}`.

    Args:
        policy: the policy to train.
        config: hyper-parameters of the policy's part.
        seed: of everything random.
        gamma: discount of a turn; 0.9 to 0.95 in the paper's code.
        tau: how far the target copies follow after every step of the critic.
        capacity: the most conversations kept; with as many as an update plays there is no replay.
        conversations: how many an update draws.
        critic_model: `policy` for a causal copy of the policy, or a folder or hub name of any Hugging Face encoder.
        critic_learning_rate: step size of the critic.
        critic_epochs: passes of the critic over an update's conversations.
        critic_minibatches: its steps a pass.
        warmup_updates: updates at the beginning in which only the critic learns.

    Raises:
        ValueError: a setting is out of range, or the critic's model cannot be loaded.
    """

    def __init__(
        self,
        policy: Policy,
        config: LLMConfig,
        seed: int,
        *,
        gamma: float = 0.95,
        tau: float = 0.1,
        capacity: int = 20_000,
        conversations: int = 128,
        critic_model: str = OF_THE_POLICY,
        critic_learning_rate: float = 3e-4,
        critic_epochs: int = 4,
        critic_minibatches: int = 4,
        warmup_updates: int = 4,
    ) -> None:
        for name, share in (("gamma", gamma), ("tau", tau)):
            if not 0 < share <= 1:
                raise ValueError(f"learner archer: {name} must lie in (0, 1], got {share}")
        for name, least, value in (
            ("capacity", 1, capacity),
            ("conversations", 1, conversations),
            ("critic_epochs", 1, critic_epochs),
            ("critic_minibatches", 1, critic_minibatches),
            ("warmup_updates", 0, warmup_updates),
        ):
            if value < least:
                raise ValueError(f"learner archer: {name} must be {least} or more, got {value}")
        if not critic_learning_rate > 0:
            raise ValueError(f"learner archer: critic_learning_rate must be over 0, got {critic_learning_rate}")
        self._policy = policy
        self._generator = torch.Generator().manual_seed(seed)
        self._replies = torch.Generator(policy.device).manual_seed(seed)
        self._actor = PolicyGradient(policy, config, seed)
        self._replay = UtteranceReplay(capacity)
        self._critic = CriticTrainer(
            UtteranceCritic(make_encoder(critic_model, policy), self._generator),
            gamma=gamma,
            tau=tau,
            learning_rate=critic_learning_rate,
            max_grad_norm=config.max_grad_norm,
        )
        self._conversations = conversations
        self._epochs, self._minibatches = critic_epochs, critic_minibatches
        self._warmup_updates = warmup_updates
        self._updates = 0
        self._player: Player | None = None

    def gather(self, player: Player, config: LLMConfig) -> list[Group]:
        """Play `groups` tasks `group_size` times."""
        self._player = player
        return shape(player.play(player.draw(config.groups), config), config)

    def update(self, groups: list[Group], config: LLMConfig, *, learning_rate: float) -> Update:
        """Keep what was played; train the critic on what is kept, then the policy on what it says there itself."""
        self._replay.add(groups, born=self._updates)
        drawn = self._replay.sample(self._conversations, self._generator)
        self._updates += 1
        if not drawn:
            return Update({"train/replay_conversations": 0.0})
        replies = self._reply(drawn, config)
        parts = self._split(drawn, replies)
        fitted = self._fit(parts, config)
        advantage_N = torch.cat(
            [
                advantages(values_of(self._critic.critic, part.imagined, most_tokens=config.micro_batch_tokens))
                for part in parts
            ]
        ).cpu()
        metrics = {f"train/{name}": value for name, value in fitted.items()} | {
            "train/utterance_advantage_mean": float(advantage_N.mean()),
            "train/utterance_advantage_std": float(advantage_N.std(correction=0)),
            "train/replay_conversations": float(len(self._replay)),
            "train/replay_age": float(np.mean([self._updates - 1 - conversation.born for conversation in drawn])),
        }
        if self._updates <= self._warmup_updates:
            return Update(metrics)
        acted = self._actor.update(
            self._as_episodes(drawn, replies, advantage_N.tolist()), config, learning_rate=learning_rate
        )
        return Update(metrics | acted.metrics, acted.trained)

    def reset(self, what: str) -> None:
        """Take the present policy as the reference, or forget the moments of all optimisers."""
        self._actor.reset(what)
        if what == "optimizer":
            self._critic.reset_optimizer()

    def get_state(self) -> dict[str, Any]:
        """Policy, critic and target copy with their optimisers, the replay, and the generators."""
        return {
            "actor": self._actor.get_state(),
            "critic": self._critic.get_state(),
            "replay": self._replay.get_state(),
            "generator": self._generator.get_state(),
            "replies": self._replies.get_state(),
            "updates": self._updates,
        }

    def set_state(self, state: dict[str, Any]) -> None:
        """Return to a state."""
        self._actor.set_state(state["actor"])
        self._critic.set_state(state["critic"])
        self._replay.set_state(state["replay"])
        self._generator.set_state(state["generator"].cpu())
        self._replies.set_state(state["replies"].cpu())
        self._updates = state["updates"]

    def _reply(self, drawn: Sequence[Conversation], config: LLMConfig) -> list[Completion]:
        """What the present policy says in every turn."""
        assert self._player is not None
        self._player.sync()
        pasts = histories(drawn)
        order = sorted(range(len(pasts)), key=lambda index: len(pasts[index]))  # like lengths waste little
        replies: dict[int, Completion] = {}
        for start in range(0, len(order), _PROMPTS_AT_ONCE):
            chosen = order[start : start + _PROMPTS_AT_ONCE]
            room = self._policy.context_length - len(pasts[chosen[-1]])
            sampling = Sampling(min(config.max_new_tokens, room), config.temperature)
            prompts = [Prompt(pasts[index], slot) for slot, index in enumerate(chosen)]
            replies.update(zip(chosen, self._player.engine.generate(prompts, sampling, self._replies), strict=True))
        return [replies[index] for index in range(len(pasts))]

    def _split(self, drawn: Sequence[Conversation], replies: Sequence[Completion]) -> list[Imagined]:
        """The critic's mini-batches; drawn at random, they need no shuffling."""
        rest = iter(replies)
        size = -(-len(drawn) // self._minibatches)
        parts = [drawn[start : start + size] for start in range(0, len(drawn), size)]
        return [
            imagine(
                part,
                [next(rest) for conversation in part for _ in conversation.state_K],
                pad_token=self._policy.pad_token,
            )
            for part in parts
        ]

    def _fit(self, parts: Sequence[Imagined], config: LLMConfig) -> dict[str, float]:
        """Train the critic; means over the last pass.

        Targets are made once: making them anew in every pass would cost about as much again.
        """
        steps: list[CriticMetrics] = []
        targets = [self._critic.targets(part, most_tokens=config.micro_batch_tokens) for part in parts]
        for _ in range(self._epochs):
            steps = [
                self._critic.step(
                    part, target, most_tokens=config.micro_batch_tokens, refuse_norm=config.divergence_grad_norm
                )
                for part, target in zip(parts, targets, strict=True)
            ]
        return {
            name: float(np.mean([getattr(step, name) for step in steps])) for name in CriticMetrics.__dataclass_fields__
        }

    def _as_episodes(
        self, drawn: Sequence[Conversation], replies: Sequence[Completion], advantages: Sequence[float]
    ) -> list[Group]:
        """Every reply as an episode of one turn with its advantage as reward, those of a conversation in one group."""
        pasts = iter(zip(histories(drawn), replies, advantages, strict=True))
        return [
            Group([self._as_episode(*next(pasts), seed=conversation.seed) for _ in conversation.state_K])
            for conversation in drawn
        ]

    def _as_episode(self, past: list[int], reply: Completion, advantage: float, *, seed: int) -> Episode:
        return Episode(
            last=Segment.turn(past, reply.tokens, turn=0, logp=reply.logp, source=Source.POLICY),
            rewards_K=[advantage],
            reward_terms_K=[{}],
            success=None,
            verdict=None,
            stop=StopReason.TERMINATED,
            seed=seed,
            observations_K=[self._policy.tokenizer.decode(past)],
        )
