"""Lets an agent call tools before it acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import gymnasium as gym

from ...envs.core import Text
from ...envs.core.arguments import check_integer, check_number
from ..base import Wrapper
from ..rewards.terms import add_term
from .framing import FRAME_LENGTH
from .parser import EXAMPLE
from .protocol import Tool, ToolSetting
from .server import ToolCall, ToolServer

_EPISODE = "episode"  # each wrapper plays one at a time
_REFUSAL_LENGTH = 400


class ToolUse(Wrapper):
    """Serves calls of tools; every other action goes to the environment.

    An action that holds `<tool name="python">print(6 * 7)</tool>` is for the tool: the environment does not see it, and
    the result comes back as the next observation, in a frame, with reward 0 and the episode going on. The first call in
    an action counts; a call that is malformed or of an unknown tool is answered with what was expected, and costs a
    call like any other. The call after the last is answered with a message that there are no more; whatever is called
    after that goes to the environment, as nonsense, so that every episode ends.

    What a tool prints is an observation. Only actions are parsed and graded, so an answer or a call in a tool's result
    is nobody's; in addition the marks of both are made harmless in it.

    The term `tools` of the reward is `-cost` for a call, else 0. `info["tool_result"]` is there where one was served.

    Args:
        env: an environment whose observations and actions are text.
        tools: of each tool its name, its name with arguments (`{"python": {"seconds": 2}}`), or the tool itself. The
            first whose parser accepts an action serves it.
        max_calls: of an episode.
        deadline: seconds that a call may take.
        max_output: the longest result, in characters; the rest is cut off.
        cost: what a call costs.
        describe: whether the first observation says which tools there are and how they are called.

    Raises:
        ValueError: an argument is unknown or out of range, or observations or actions are not text.
    """

    counters = ("_calls", "_goes_on", "_remembered")

    def __init__(
        self,
        env: gym.Env,
        *,
        tools: Sequence[ToolSetting],
        max_calls: int = 8,
        deadline: float = 30.0,
        max_output: int = 2000,
        cost: float = 0.0,
        describe: bool = True,
    ) -> None:
        if not isinstance(env.action_space, Text) or not isinstance(env.observation_space, Text):
            raise ValueError(f"env must have text observations and actions, got {env.action_space}")
        check_integer("max_calls", max_calls, 1)
        if check_number("cost", cost) < 0:
            raise ValueError(f"cost must be 0 or more, got {cost!r}")
        self._server = ToolServer(tools, deadline=deadline, max_output=max_output)
        super().__init__(
            env,
            tools=tools,
            max_calls=max_calls,
            deadline=deadline,
            max_output=max_output,
            cost=cost,
            describe=describe,
        )
        self.max_calls = max_calls
        self.cost = cost
        self._description = _describe(self._server.tools, max_calls) if describe else ""
        longest = max(
            env.observation_space.max_length + len(self._description), max_output + FRAME_LENGTH, _REFUSAL_LENGTH
        )
        self.observation_space = Text(longest)
        self._calls = 0
        self._goes_on = False

    @property
    def tools(self) -> tuple[Tool, ...]:
        """The tools, in the order in which they are asked."""
        return self._server.tools

    def reset(self, *, seed: int | None = None, options: Mapping[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin an episode in which no tool remembers anything."""
        observation, info = self.env.reset(seed=seed, options=options)  # pyright: ignore[reportArgumentType]
        self._server.start(_EPISODE, info.get("task"))
        self._calls = 0
        self._goes_on = True
        return observation + self._description, info

    def step(self, action: str) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Serve a call, or have the environment carry out the action."""
        wanted = self._goes_on and self._calls <= self.max_calls and isinstance(action, str)
        if not wanted or not self._server.is_call(action):
            observation, reward, terminated, truncated, info = self.env.step(action)
            self._goes_on = not (terminated or truncated)
            if not self._goes_on:
                self._server.stop(_EPISODE)
            reward, info = add_term(reward, info, "tools", 0.0)
            return observation, reward, terminated, truncated, info
        self._calls += 1
        if self._calls > self.max_calls:
            message = f"There are no calls left, all {self.max_calls} are used up: answer now."
            reward, info = add_term(0.0, {}, "tools", 0.0)
            return message, reward, False, False, info
        [result] = self._server.run([ToolCall(_EPISODE, action)])
        reward, info = add_term(0.0, {"tool_result": result}, "tools", -self.cost if self.cost else 0.0)
        return result.observation, reward, False, False, info

    def close(self) -> None:
        """Let go of what tools hold open, and close the environment."""
        self._server.close()
        super().close()

    @property
    def _remembered(self) -> tuple[Any, dict[str, Any]]:
        return self._server.get_state(_EPISODE)

    @_remembered.setter
    def _remembered(self, state: tuple[Any, dict[str, Any]]) -> None:
        self._server.set_state(_EPISODE, state)


def _describe(tools: Sequence[Tool], max_calls: int) -> str:
    lines = [f"- {tool.name}: {tool.description}" for tool in tools]
    head = (
        f"Before you answer you may call tools, {max_calls} times at most. Write {EXAMPLE}, and the result comes back:"
    )
    return "\n\n" + "\n".join([head, *lines])
