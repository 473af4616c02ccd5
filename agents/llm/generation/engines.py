"""The engines there are."""

from __future__ import annotations

from collections.abc import Callable

from ..named import NamedFunctions
from ..policy import Policy
from .native import NativeEngine
from .protocol import Engine
from .vllm import VLLMEngine

MakeEngine = Callable[[Policy], Engine]
"""From a policy to an engine that generates with its weights. Keyword-only parameters are settings."""

ENGINES: NamedFunctions[MakeEngine] = NamedFunctions("engine")
register_engine = ENGINES.register

register_engine("native")(NativeEngine)
register_engine("vllm")(VLLMEngine)
