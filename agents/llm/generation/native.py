"""The engine that needs nothing but torch: batched generation with keys and values kept between turns."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch.nn.functional import pad

from ..policy import Policy
from ..shapes import bucket
from .protocol import Completion, Prompt, Sampling
from .slot_cache import SlotCache


class NativeEngine:
    """Generates with the policy's own model, on its device.

    What earlier calls computed for a slot is used again as far as its tokens still match, so a conversation is read
    once, whatever its number of turns. Equal prompts that begin together (a group) are read once for all of them.

    Args:
        policy: the policy whose model generates.
    """

    def __init__(self, policy: Policy) -> None:
        self.sync(policy)

    def sync(self, policy: Policy) -> None:
        """Use the policy's present weights and forget all keys and values."""
        self._policy = policy
        self._model = policy.model
        config = policy.model.config.get_text_config()
        self._cache = SlotCache(config.num_hidden_layers, dtype=policy.model.dtype, device=policy.device)
        self._cached: dict[int, tuple[int, list[int]]] = {}  # slot -> its row, the tokens whose keys are stored

    @torch.inference_mode()
    def generate(self, prompts: Sequence[Prompt], sampling: Sampling, generator: torch.Generator) -> list[Completion]:
        """One reply a prompt.

        Args:
            prompts: conversations, each in a slot of its own.
            sampling: how replies are drawn.
            generator: of random numbers, on the policy's device.

        Raises:
            ValueError: two prompts name one slot, a prompt is empty, or the context is too short for one.
        """
        if not prompts:
            return []
        self._check(prompts, sampling)
        logits_B_V = self._read(prompts)
        end_tokens = torch.tensor(sorted(self._policy.end_tokens), device=self._policy.device)
        device = self._policy.device
        positions_B = torch.tensor([len(prompt.tokens) for prompt in prompts], device=device)
        ended_B = torch.zeros(len(prompts), dtype=torch.bool, device=device)
        sampled: list[torch.Tensor] = []
        sampled_logp: list[torch.Tensor] = []
        for step in range(sampling.max_new_tokens):
            token_B, logp_B = _draw(logits_B_V, sampling.temperature, generator)
            sampled.append(token_B)
            sampled_logp.append(logp_B)
            ended_B |= torch.isin(token_B, end_tokens)
            if step + 1 == sampling.max_new_tokens or bool(ended_B.all()):
                break
            logits_B_V = self._forward(token_B[:, None], positions_B[:, None] + step)
        tokens_B_T = torch.stack(sampled, 1).tolist()
        logp_B_T = torch.stack(sampled_logp, 1).tolist()
        completions = [
            _completion(tokens_T, logp_T, self._policy.end_tokens)
            for tokens_T, logp_T in zip(tokens_B_T, logp_B_T, strict=True)
        ]
        for row, (prompt, completion) in enumerate(zip(prompts, completions, strict=True)):
            # the last token drawn was never read, and what a row drew after its end is not part of the conversation
            self._cached[prompt.slot] = (row, [*prompt.tokens, *completion.tokens[: len(sampled) - 1]])
        return completions

    def _check(self, prompts: Sequence[Prompt], sampling: Sampling) -> None:
        if len({prompt.slot for prompt in prompts}) != len(prompts):
            raise ValueError("prompts must each have a slot of their own")
        longest = max(len(prompt.tokens) for prompt in prompts) + sampling.max_new_tokens
        if longest > self._policy.context_length:
            raise ValueError(
                f"a conversation would grow to {longest} tokens, over context_length={self._policy.context_length}; "
                "raise context_length or lower max_new_tokens"
            )
        if not all(prompt.tokens for prompt in prompts):
            raise ValueError("prompts must hold at least one token each")

    def _read(self, prompts: Sequence[Prompt]) -> torch.Tensor:
        """Bring the cache up to every prompt's end, row i for prompt i; the logits of what follows (B, V)."""
        device = self._policy.device
        rows_before, known = [], []
        for prompt in prompts:
            row, tokens = self._cached.get(prompt.slot, (0, []))
            # at least the last token is read again: its logits are what is asked for
            reusable = min(len(tokens), len(prompt.tokens) - 1)
            matches = list(prompt.tokens[:reusable]) == tokens[:reusable]
            rows_before.append(row)
            known.append(reusable if matches else 0)
        if not any(known):
            self._cache.clear(len(prompts))
        elif rows_before != list(range(len(self._cached))):
            self._cache.select(rows_before)
        self._cached.clear()

        # equal prompts that start from nothing are read once
        first_row: dict[tuple[int, ...], int] = {}
        readers = []
        copied_from = list(range(len(prompts)))
        for row, prompt in enumerate(prompts):
            if known[row] == 0:
                copied_from[row] = first_row.setdefault(tuple(prompt.tokens), row)
            if copied_from[row] == row:
                readers.append(row)
        news = [list(prompts[row].tokens[known[row] :]) for row in readers]
        width = max(map(len, news))
        tokens_R_Q = torch.tensor([new + [self._policy.pad_token] * (width - len(new)) for new in news], device=device)
        start_R = torch.tensor([known[row] for row in readers], device=device)
        last_R = torch.tensor([len(new) - 1 for new in news], device=device)
        positions_R_Q = start_R[:, None] + torch.arange(width, device=device)
        logits_R_V = self._forward(tokens_R_Q, positions_R_Q, last_R, readers if len(readers) < len(prompts) else None)

        reader_of = {row: index for index, row in enumerate(readers)}
        targets = [row for row in range(len(prompts)) if copied_from[row] != row]
        if targets:
            sources = [copied_from[row] for row in targets]
            longest = max(len(prompts[row].tokens) for row in sources)
            self._cache.copy_rows(torch.tensor(sources, device=device), torch.tensor(targets, device=device), longest)
        return logits_R_V[torch.tensor([reader_of[copied_from[row]] for row in range(len(prompts))], device=device)]

    def _forward(
        self,
        tokens_B_Q: torch.Tensor,
        positions_B_Q: torch.Tensor,
        last_B: torch.Tensor | None = None,
        rows: Sequence[int] | None = None,
    ) -> torch.Tensor:
        """Read new tokens.

        Args:
            tokens_B_Q: their ids.
            positions_B_Q: where they stand.
            last_B: the column each row ends at; None for the last one.
            rows: which rows of the cache they belong to; None for the first B.

        Returns:
            Logits (B, V) of what follows.
        """
        count, width = tokens_B_Q.shape
        if last_B is None:
            last_B = torch.full((count,), width - 1, device=tokens_B_Q.device)
        more_rows, more_columns = bucket(count) - count, bucket(width) - width
        tokens_B_Q = pad(tokens_B_Q, (0, more_columns, 0, more_rows), value=self._policy.pad_token)
        positions_B_Q = pad(positions_B_Q, (0, 0, 0, more_rows))
        if more_columns:  # padding stands behind what it pads
            beyond = torch.arange(1, more_columns + 1, device=positions_B_Q.device)
            positions_B_Q = torch.cat([positions_B_Q, positions_B_Q[:, -1:] + beyond], 1)
        mask_B_1_Q_T = self._cache.advance(positions_B_Q, rows)
        if self._model.config._attn_implementation == "eager":
            # eager attention adds its mask
            blocked = torch.zeros(mask_B_1_Q_T.shape, dtype=self._model.dtype, device=mask_B_1_Q_T.device)
            mask_B_1_Q_T = blocked.masked_fill_(~mask_B_1_Q_T, torch.finfo(self._model.dtype).min)
        logits_B_V = self._policy.next_logits(
            tokens_B_Q,
            pad(last_B, (0, more_rows)),
            attention_mask=mask_B_1_Q_T,
            position_ids=positions_B_Q.clamp(max=self._policy.context_length - 1),  # padding may stand beyond
            cache=self._cache,
        )
        return logits_B_V[:count]


def _draw(
    logits_B_V: torch.Tensor, temperature: float, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Sample one token a row; its log-probability under the distribution it came from."""
    logp_B_V = (logits_B_V.float() / (temperature or 1.0)).log_softmax(-1)
    if temperature == 0:
        token_B = logp_B_V.argmax(-1)
    else:
        token_B = torch.multinomial(logp_B_V.exp(), 1, generator=generator).squeeze(-1)
    return token_B, logp_B_V.gather(-1, token_B[:, None]).squeeze(-1)


def _completion(tokens: list[int], logp: list[float], end_tokens: frozenset[int]) -> Completion:
    for length, token in enumerate(tokens, start=1):
        if token in end_tokens:
            return Completion(tokens[:length], logp[:length], ended=True)
    return Completion(tokens, logp, ended=False)
