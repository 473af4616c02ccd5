"""All replies that a policy could give, and how likely each is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import gymnasium as gym
import torch

from ..policy import Policy

_PREFIXES_AT_ONCE = 512


@dataclass(frozen=True, slots=True, eq=False)
class Replies:
    """Every reply to one observation.

    Attributes:
        tokens: the token ids of each of the S replies.
        logp_S: the log-probability of each, float64; the probabilities sum to 1.
    """

    tokens: Sequence[tuple[int, ...]]
    logp_S: torch.Tensor


@torch.no_grad()
def all_replies(
    policy: Policy, observation: str, *, max_new_tokens: int, temperature: float = 1.0, most: int = 100_000
) -> Replies:
    """Every reply of up to `max_new_tokens` tokens: those that end with an end token, and those that are cut off.

    Args:
        policy: the policy.
        observation: what it replies to, as the first of a conversation.
        max_new_tokens: the longest reply, its end token included.
        temperature: of sampling.
        most: the most replies there may be.

    Raises:
        ValueError: there would be more; the message says how many.
    """
    vocabulary = int(policy.model.config.vocab_size)
    going_on = vocabulary - len([token for token in policy.end_tokens if token < vocabulary])
    count = (
        sum(going_on**length * (vocabulary - going_on) for length in range(max_new_tokens)) + going_on**max_new_tokens
    )
    if count > most:
        raise ValueError(
            f"max_new_tokens={max_new_tokens} makes {count:,} replies of {vocabulary} tokens; most is {most:,}"
        )
    opening = policy.chat.opening(observation)
    tokens: list[tuple[int, ...]] = []
    logps: list[float] = []
    prefixes: list[tuple[tuple[int, ...], float]] = [((), 0.0)]
    for length in range(1, max_new_tokens + 1):
        longer = []
        for start in range(0, len(prefixes), _PREFIXES_AT_ONCE):
            part = prefixes[start : start + _PREFIXES_AT_ONCE]
            inputs_B_T = torch.tensor([[*opening, *prefix] for prefix, _ in part], device=policy.device)
            logits_B_V = policy.model(input_ids=inputs_B_T, use_cache=False).logits[:, -1].double()
            logp_B_V = (logits_B_V / temperature).log_softmax(-1).tolist()
            for (prefix, logp), logp_V in zip(part, logp_B_V, strict=True):
                for token, token_logp in enumerate(logp_V):
                    reply = ((*prefix, token), logp + token_logp)
                    if token in policy.end_tokens or length == max_new_tokens:
                        tokens.append(reply[0])
                        logps.append(reply[1])
                    else:
                        longer.append(reply)
        prefixes = longer
    return Replies(tokens, torch.tensor(logps, dtype=torch.float64))


def returns_of(replies: Replies, policy: Policy, env: gym.Env[str, str], seed: int) -> torch.Tensor:
    """The reward (S,) of each reply, float64, as the first action of the episode of a seed.

    Args:
        replies: the replies.
        policy: whose tokens they are.
        env: an environment, single-turn where the rewards are to be returns.
        seed: of the reset.
    """
    reward_of: dict[str, float] = {}
    for tokens in replies.tokens:
        text = policy.decode(tokens)
        if text not in reward_of:
            env.reset(seed=seed)
            reward_of[text] = float(env.step(text)[1])
    return torch.tensor([reward_of[policy.decode(tokens)] for tokens in replies.tokens], dtype=torch.float64)
