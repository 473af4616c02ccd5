"""The process in which vLLM runs: `python -m palaestra.agents.llm.generation.vllm_process DESCRIPTOR`.

vLLM replaces `torch.set_num_threads`, seeds the global generators, sets environment variables and opens a process
group. Here it does that to a process of its own.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import traceback
from multiprocessing.connection import Connection
from pathlib import Path

from vllm import LLM, SamplingParams
from vllm.v1.attention.backends.cpu_attn import CPUAttentionBackend

from .protocol import Completion
from .vllm_messages import Done, Failed, Forget, Generate, Load, Replies, Start
from .vllm_weights import SharedWeights


class _Server:
    """Does what is asked for."""

    def __init__(self, start: Start, folder: Path) -> None:
        (folder / "config.json").write_text(json.dumps(start.model))
        self._shared = SharedWeights(os.fdopen(start.weights_fd, "r+b"), start.places)
        self._llm = LLM(
            model=str(folder),
            skip_tokenizer_init=True,
            generation_config="vllm",  # nothing but what each request says
            load_format="dummy",
            dtype=start.dtype,  # pyright: ignore[reportArgumentType]  (checked by vLLM)
            max_model_len=start.context_length,
            enable_prefix_caching=True,
            logprobs_mode="processed_logprobs",  # of the distribution that is drawn from
            **start.options,
        )
        self._check_heads()
        self.load()

    def _check_heads(self) -> None:
        """Ask before the first reply what vLLM would say at it."""
        config = self._llm.llm_engine.vllm_config
        width, widths = config.model_config.get_head_size(), CPUAttentionBackend.get_supported_head_sizes()
        if config.device_config.device_type == "cpu" and width not in widths:
            raise ValueError(
                f"on a CPU vLLM needs attention heads of {', '.join(map(str, widths))} numbers, the model's have "
                f"{width}; change hidden_size / heads, or use the engine 'native'"
            )

    def answer(self, request: Load | Forget | Generate) -> Done | Replies:
        if isinstance(request, Generate):
            return self.generate(request)
        return self.load() if isinstance(request, Load) else self.forget()

    def load(self) -> Done:
        self._llm.collective_rpc("reload_weights", kwargs={"weights_iterator": self._shared.tensors.items()})
        return self.forget()

    def forget(self) -> Done:
        self._llm.reset_prefix_cache()
        return Done()

    def generate(self, request: Generate) -> Replies:
        seeds = request.seeds or [None] * len(request.prompts)
        outputs = self._llm.generate(
            [{"prompt_token_ids": list(tokens)} for tokens in request.prompts],
            [
                SamplingParams(
                    max_tokens=request.sampling.max_new_tokens,
                    temperature=request.sampling.temperature,
                    seed=seed,
                    stop_token_ids=list(request.end_tokens),
                    ignore_eos=True,  # those alone, whatever the model's config names
                    logprobs=0,  # the drawn token's alone
                    detokenize=False,
                )
                for seed in seeds
            ],
            use_tqdm=False,
        )
        completions = []
        for output in outputs:
            reply = output.outputs[0]
            tokens = list(reply.token_ids)
            logp = [(among or {})[token].logprob for token, among in zip(tokens, reply.logprobs or [], strict=True)]
            completions.append(Completion(tokens, logp, ended=reply.finish_reason == "stop"))
        return Replies(completions, sum(output.num_cached_tokens or 0 for output in outputs))


def serve(connection: Connection, folder: Path) -> None:
    """Answer requests until nobody is left to ask.

    Args:
        connection: to the agent's process.
        folder: for files that vLLM wants to read.
    """
    try:
        server = _Server(connection.recv(), folder)
        connection.send(Done())
        while True:
            connection.send(server.answer(connection.recv()))
    except EOFError:
        return
    except Exception as error:
        traceback.print_exc()
        first_line = (str(error).strip() or type(error).__name__).splitlines()[0]
        connection.send(Failed(first_line, unusable=isinstance(error, ValueError)))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="palaestra-vllm-") as temporary:
        tempfile.tempdir = temporary  # vLLM leaves files behind
        serve(Connection(int(sys.argv[1])), Path(temporary))
    sys.stderr.flush()
    os._exit(0)  # taking vLLM apart takes seconds
