"""What a tool is, and the names that recipes know tools by."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from ...envs.core.entry_points import EntryPoints, load
from ...envs.core.names import did_you_mean
from .parser import CallError, find_call

TOOLS = EntryPoints(
    {
        "calculator": "palaestra.wrappers.tools.calculator_tool:CalculatorTool",
        "python": "palaestra.wrappers.tools.python_tool:PythonTool",
        "sql": "palaestra.wrappers.tools.sql_tool:SQLTool",
    },
    unknown="unknown tool {!r}",
)
"""Every tool: its name in recipes to its class, imported when it is looked up."""


class ToolError(Exception):
    """A call that a tool cannot serve; the agent reads the message."""


class Tool:
    """Something that an agent may call; a subclass needs `name`, `description` and `run`.

    One object serves many episodes at once, so whatever belongs to an episode is in its state, and the tool itself
    holds settings alone. Both are picklable.

    Class attributes:
        name: of the tool, as calls spell it.
        description: what it does with which argument, one line for the agent.
    """

    name: ClassVar[str]
    description: ClassVar[str]

    def start(self, task: Any) -> Any:
        """The state of an episode at its beginning, asked for by the first call.

        It is copied for snapshots. None will do for a tool that remembers nothing.

        Args:
            task: of the environment, as `info["task"]` tells it; None where nobody told.
        """
        return None

    def run(self, argument: str, state: Any) -> str:
        """Serve a call; may change `state`. Whatever it returns or raises, the episode goes on.

        Args:
            argument: any string that the agent wrote.
            state: of the episode.

        Raises:
            ToolError: it cannot be served.
        """
        raise NotImplementedError

    def stop(self, state: Any) -> None:
        """Let go of what a state holds open; nobody will use it again."""

    def parse(self, action: str) -> str | None:
        """The argument of a call of this tool in an action, or None where there is none."""
        try:
            call = find_call(action)
        except CallError:
            return None
        return call.argument if call is not None and call.name == self.name else None


ToolSetting = str | Mapping[str, Mapping[str, Any]] | Tool


def make_tools(settings: Sequence[ToolSetting]) -> tuple[Tool, ...]:
    """Tools from what a recipe says.

    Args:
        settings: of each tool its name, or its name with arguments (`{"python": {"seconds": 2}}`), or the tool itself.
            The name of a tool that is not in `TOOLS` is where its class stands: `my_module:MyTool`.

    Raises:
        ValueError: a name or an argument is unknown or out of range, or two tools have one name.
    """
    if isinstance(settings, str) or not isinstance(settings, Sequence):
        raise ValueError(f"tools must be a list of names such as ['calculator'], got {settings!r}")
    tools = tuple(map(_make_tool, settings))
    names = [tool.name for tool in tools]
    if not names or len(set(names)) < len(names):
        raise ValueError(f"tools must be one or more of different names, got {names}")
    return tools


def _make_tool(setting: ToolSetting) -> Tool:
    if isinstance(setting, Tool):
        return setting
    if isinstance(setting, str):
        setting = {setting: {}}
    if not isinstance(setting, Mapping) or len(setting) != 1:
        raise ValueError(f"tools must hold names, or one name with its arguments each; got {setting!r}")
    [(name, arguments)] = setting.items()
    creator = _load(name) if isinstance(name, str) and ":" in name else TOOLS.find(name)
    parameters = inspect.signature(creator).parameters
    for argument in arguments or {}:
        if argument not in parameters:
            raise ValueError(f"tool {name} has no argument {argument!r}{did_you_mean(str(argument), parameters)}")
    return creator(**(arguments or {}))


def _load(path: str) -> type[Tool]:
    try:
        found = load(path)
    except (ImportError, AttributeError, ValueError) as error:
        raise ValueError(f"tools names {path!r}, which cannot be imported: {error}") from error
    if not (isinstance(found, type) and issubclass(found, Tool)):
        raise ValueError(f"tools names {path!r}, which is no subclass of Tool")
    return found
