"""The engine that needs nothing but torch: batched generation with keys and values kept between turns."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from ..policy import Policy
from .protocol import Completion, Prompt, Sampling, check_prompts
from .readers import NewTokens, make_reader


class NativeEngine:
    """Generates with the policy's own model, on its device.

    What earlier calls computed for a slot is used again as far as its tokens still match, so a conversation is read
    once, whatever its number of turns. A slot that a call does not name is forgotten, and its place is given to a new
    one. Equal prompts that begin together (a group) are read once for all of them.

    Args:
        policy: the policy whose model generates.
    """

    def __init__(self, policy: Policy) -> None:
        self.sync(policy)

    @torch.no_grad()
    def sync(self, policy: Policy) -> None:
        """Use the policy's present weights and forget all keys and values."""
        self._policy = policy
        self._reader = make_reader(policy)
        self.forget()

    def forget(self) -> None:
        """Forget all keys and values."""
        self._reader.cache.reset()
        self._rows: dict[int, int] = {}  # slot -> its row of the cache
        self._stored: dict[int, list[int]] = {}  # slot -> the tokens whose keys are there

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
        check_prompts(prompts, sampling, self._policy.context_length)
        device = self._policy.device
        order = self._place(prompts)
        placed = [prompts[index] for index in order]
        order_B = torch.tensor(order, device=device)
        longest = max(len(prompt.tokens) for prompt in prompts)
        self._reserve(len(prompts), longest, longest + sampling.max_new_tokens)
        logits_B_V = self._read(placed)
        end_tokens = torch.tensor(sorted(self._policy.end_tokens), device=device)
        length_B = torch.tensor([len(prompt.tokens) for prompt in placed], device=device)
        one_B = torch.ones_like(length_B)
        ended_B = torch.zeros(len(placed), dtype=torch.bool, device=device)
        sampled: list[torch.Tensor] = []
        sampled_logp: list[torch.Tensor] = []
        for step in range(sampling.max_new_tokens):
            # numbers belong to prompts, so that replies do not depend on which row a prompt was given
            uniform_B = torch.rand(len(placed), generator=generator, device=device, dtype=torch.float64)[order_B]
            token_B, logp_B = draw(logits_B_V, sampling.temperature, uniform_B)
            sampled.append(token_B)
            sampled_logp.append(logp_B)
            ended_B |= torch.isin(token_B, end_tokens)
            if step + 1 == sampling.max_new_tokens or bool(ended_B.all()):
                break
            self._reserve(len(prompts), longest + step + 1, longest + sampling.max_new_tokens)
            logits_B_V = self._reader.read(NewTokens(token_B[:, None], length_B + step, one_B))
        tokens_B_T = torch.stack(sampled, 1).tolist()
        logp_B_T = torch.stack(sampled_logp, 1).tolist()
        completions: dict[int, Completion] = {}
        for index, prompt, tokens, logp in zip(order, placed, tokens_B_T, logp_B_T, strict=True):
            completion = completions[index] = _completion(tokens, logp, self._policy.end_tokens)
            # the last token drawn was never read, and what a row drew after its end is not part of the conversation
            self._stored[prompt.slot] = [*prompt.tokens, *completion.tokens[: len(sampled) - 1]]
        return [completions[index] for index in range(len(prompts))]

    def _reserve(self, rows: int, length: int, at_the_end: int) -> None:
        """Make room by doubling: rows are read in their whole length, so an early token must not pay for a late one."""
        self._reader.cache.reserve(rows, min(1 << (length - 1).bit_length(), at_the_end))

    def _place(self, prompts: Sequence[Prompt]) -> list[int]:
        """Give every prompt one of the first rows, and say whose prompt each row is.

        Conversations that go on stay where they are, new ones take the rows of those that have ended, and only where
        there are fewer than before are the last rows moved.
        """
        count = len(prompts)
        before = [self._rows.get(prompt.slot) for prompt in prompts]
        stay = {row for row in before if row is not None and row < count}
        free = iter([row for row in range(count) if row not in stay])
        rows = [row if row is not None and row < count else next(free) for row in before]
        moves = [(old, new) for old, new in zip(before, rows, strict=True) if old is not None and old != new]
        if moves:
            sources, targets = zip(*moves, strict=True)
            self._reader.cache.copy_rows(sources, targets, max(map(len, self._stored.values())))
        self._rows = {prompt.slot: row for prompt, row in zip(prompts, rows, strict=True)}
        self._stored = {slot: self._stored[slot] for slot in self._rows if slot in self._stored}
        return sorted(range(count), key=rows.__getitem__)

    def _read(self, placed: Sequence[Prompt]) -> torch.Tensor:
        """Bring the cache up to every prompt's end, row i for prompt i; the logits of what follows (B, V)."""
        device = self._policy.device
        known = [self._known(prompt) for prompt in placed]
        # equal prompts that start from nothing are read once
        first_row: dict[tuple[int, ...], int] = {}
        readers = []
        copied_from = list(range(len(placed)))
        for row, prompt in enumerate(placed):
            if known[row] == 0:
                copied_from[row] = first_row.setdefault(tuple(prompt.tokens), row)
            if copied_from[row] == row:
                readers.append(row)
        news = [list(placed[row].tokens[known[row] :]) for row in readers]
        width = max(map(len, news))
        new = NewTokens(
            torch.tensor([new + [self._policy.pad_token] * (width - len(new)) for new in news], device=device),
            torch.tensor([known[row] for row in readers], device=device),
            torch.tensor([len(new) for new in news], device=device),
            torch.tensor(readers, device=device) if len(readers) < len(placed) else None,
        )
        logits_R_V = self._reader.read(new)
        targets = [row for row in range(len(placed)) if copied_from[row] != row]
        if targets:
            sources = [copied_from[row] for row in targets]
            self._reader.cache.copy_rows(sources, targets, max(len(placed[row].tokens) for row in sources))
        reader_of = {row: index for index, row in enumerate(readers)}
        return logits_R_V[torch.tensor([reader_of[row] for row in copied_from], device=device)]

    def _known(self, prompt: Prompt) -> int:
        """How many of a prompt's tokens are in the cache; at least the last is read: its logits are what is asked."""
        stored = self._stored.get(prompt.slot, [])
        reusable = min(len(stored), len(prompt.tokens) - 1)
        return reusable if list(prompt.tokens[:reusable]) == stored[:reusable] else 0


def draw(logits_B_V: torch.Tensor, temperature: float, uniform_B: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Draw one token a row by inverting the distribution function: a random number a row, not one a word.

    Args:
        logits_B_V: of the tokens.
        temperature: divides them; 0 takes the most likely token.
        uniform_B: random numbers in [0, 1), in double precision.

    Returns:
        The tokens, and the log-probability of each under the distribution it came from.
    """
    logp_B_V = (logits_B_V.float() / (temperature or 1.0)).log_softmax(-1)
    if temperature == 0:
        token_B = logp_B_V.argmax(-1)
    else:
        below_B_V = logp_B_V.exp().cumsum(-1, dtype=torch.float64)
        threshold_B_1 = uniform_B[:, None] * below_B_V[:, -1:]
        token_B = torch.searchsorted(below_B_V, threshold_B_1, right=True).squeeze(-1)
        token_B = token_B.clamp_(max=logp_B_V.shape[-1] - 1)  # a product may be rounded up to the total
    return token_B, logp_B_V.gather(-1, token_B[:, None]).squeeze(-1)


def _completion(tokens: list[int], logp: list[float], end_tokens: frozenset[int]) -> Completion:
    for length, token in enumerate(tokens, start=1):
        if token in end_tokens:
            return Completion(tokens[:length], logp[:length], ended=True)
    return Completion(tokens, logp, ended=False)
