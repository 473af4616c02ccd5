"""What a recipe says of its agent, one model for each kind."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LLMAgentSpec(_Model):
    """An agent that speaks; `params` are the fields of `palaestra.agents.llm.LLMConfig`.

    `source`, `file.py:NAME` or `package.module:NAME`, is imported first, so that the stages it registers can be named;
    a file is looked for beside the recipe first. `source_sha256` is of what it was when the recipe was read.
    """

    kind: Literal["llm"]
    algorithm: str
    model: str = "tiny"
    params: dict[str, Any] = {}
    source: Annotated[str, Field(min_length=1)] | None = None
    source_sha256: str | None = None

    @model_serializer(mode="wrap")
    def _without_missing_source(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        values = serialize(self)
        return {name: value for name, value in values.items() if value is not None}


class ControlAgentSpec(_Model):
    """An agent that moves; `params` are hyper-parameters of the algorithm."""

    kind: Literal["control"]
    algorithm: str
    n_envs: Annotated[int, Field(ge=1)] = 1
    params: dict[str, Any] = {}


class ExternalAgentSpec(_Model):
    """An agent that was written elsewhere.

    `source` is `file.py:NAME`, `package.module:NAME`, the .zip of a Stable-Baselines3 model, or a Hugging Face model as
    a folder or as owner/name; a file is looked for beside the recipe first. `algorithm` is what to call it, `params` go
    to the class or function. `source_sha256` is of what the source was when the recipe was read.
    """

    kind: Literal["external"]
    source: Annotated[str, Field(min_length=1)]
    algorithm: Annotated[str, Field(min_length=1)]
    n_envs: Annotated[int, Field(ge=1)] = 1
    params: dict[str, Any] = {}
    source_sha256: str | None = None


AgentSpec = LLMAgentSpec | ControlAgentSpec | ExternalAgentSpec
