"""Runs the tool calls of many episodes at once."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...envs.code.sandbox.types import SandboxUnavailable
from ...envs.core.arguments import check_integer, check_number
from .framing import frame
from .parser import CallError, find_call
from .protocol import Tool, ToolError, ToolSetting, make_tools


@dataclass(frozen=True, slots=True)
class ToolCall:
    """What an episode asks for.

    Attributes:
        trajectory: names the episode.
        action: what the agent wrote.
        finished: whether the episode is over with it; what tools remember of it is forgotten then.
    """

    trajectory: Hashable
    action: str
    finished: bool = False


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What an episode gets.

    Attributes:
        observation: for the agent to read, what a tool said in a frame; empty where the action held no call.
        done: whether the episode is over, as far as tools can tell: it was finished, or the action held no call.
        valid: whether a tool served the call.
        tool: which one; empty where none accepted it.
    """

    observation: str
    done: bool
    valid: bool
    tool: str = ""


@dataclass(slots=True, eq=False)
class _Running:
    """A call that a thread works on."""

    index: int
    tool: Tool
    argument: str
    state: Any
    lock: threading.Lock = field(default_factory=threading.Lock)
    deadline: float = 0.0
    done: bool = False
    abandoned: bool = False
    text: str = ""
    valid: bool = False
    error: BaseException | None = None


class ToolServer:
    """Serves calls, each in a thread of its own with a deadline of its own.

    What comes out does not depend on the order or the number of calls: a tool that hangs costs its own call the
    deadline, and the others nothing. The thread of such a call cannot be stopped, so it is left behind; the tools here
    have deadlines of their own, which are shorter.

    Args:
        tools: as for `make_tools`; the first whose parser accepts an action serves it.
        deadline: seconds that a call may take.
        workers: how many calls are served at a time; others wait, without losing of their deadline.
        max_output: the longest result, in characters.

    Raises:
        ValueError: an argument is out of range; the message names it.
    """

    def __init__(
        self, tools: Sequence[ToolSetting], *, deadline: float = 30.0, workers: int = 64, max_output: int = 2000
    ) -> None:
        self.tools = make_tools(tools)
        if check_number("deadline", deadline) <= 0:
            raise ValueError(f"deadline must be over 0, got {deadline!r}")
        self.deadline = deadline
        self.workers = check_integer("workers", workers, 1)
        self.max_output = check_integer("max_output", max_output, 1)
        self._tasks: dict[Hashable, Any] = {}
        self._states: dict[Hashable, dict[str, Any]] = {}

    def start(self, trajectory: Hashable, task: Any = None) -> None:
        """Begin an episode anew.

        Args:
            trajectory: names it.
            task: what tools are told of it.
        """
        self.stop(trajectory)
        self._tasks[trajectory] = task

    def stop(self, trajectory: Hashable) -> None:
        """Forget an episode."""
        self._tasks.pop(trajectory, None)
        for name, state in self._states.pop(trajectory, {}).items():
            self._tool(name).stop(state)

    def close(self) -> None:
        """Forget every episode."""
        for trajectory in [*self._tasks, *self._states]:
            self.stop(trajectory)

    def get_state(self, trajectory: Hashable) -> tuple[Any, dict[str, Any]]:
        """What tools were told and remember of an episode; to be copied by whoever keeps it."""
        return self._tasks.get(trajectory), self._states.get(trajectory, {})

    def set_state(self, trajectory: Hashable, state: tuple[Any, dict[str, Any]]) -> None:
        """Have tools remember something else of an episode."""
        self.stop(trajectory)
        self._tasks[trajectory], self._states[trajectory] = state[0], dict(state[1])

    def is_call(self, action: str) -> bool:
        """Whether an action is for the tools: one accepts it, or a call begins in it."""
        try:
            return find_call(action) is not None or self._accepting(action) is not None
        except CallError:
            return True

    def run(self, calls: Sequence[ToolCall]) -> list[ToolResult]:
        """Serve calls.

        Args:
            calls: at most one an episode.

        Returns:
            Their results, in the order of the calls.

        Raises:
            ValueError: an episode has two calls.
            SandboxUnavailable: a tool needs a sandbox, and there is none here.
        """
        if len({call.trajectory for call in calls}) != len(calls):
            raise ValueError("calls must be of different trajectories")
        results: dict[int, ToolResult] = {}
        waiting: deque[_Running] = deque()
        for index, call in enumerate(calls):
            accepted = self._accepting(call.action)
            if accepted is None:
                results[index] = self._refuse(call)
                continue
            tool, argument = accepted
            states = self._states.setdefault(call.trajectory, {})
            if tool.name not in states:
                states[tool.name] = tool.start(self._tasks.get(call.trajectory))
            waiting.append(_Running(index, tool, argument, states[tool.name]))
        for served in self._serve(waiting):
            call = calls[served.index]
            if served.abandoned:
                self._states[call.trajectory].pop(served.tool.name, None)
                served.text = f"{served.tool.name} took longer than {self.deadline:g} s; what it remembered is lost"
            text = frame(served.text, max_length=self.max_output)
            results[served.index] = ToolResult(text, call.finished, served.valid, served.tool.name)
        for call in calls:
            if call.finished:
                self.stop(call.trajectory)
        return [results[index] for index in range(len(calls))]

    def _serve(self, waiting: deque[_Running]) -> list[_Running]:
        served: list[_Running] = []
        running: set[_Running] = set()
        ended: queue.SimpleQueue[_Running] = queue.SimpleQueue()
        while waiting or running:
            while waiting and len(running) < self.workers:
                call = waiting.popleft()
                call.deadline = time.monotonic() + self.deadline
                running.add(call)
                threading.Thread(target=_work, args=(call, ended), daemon=True).start()
            left = min(call.deadline for call in running) - time.monotonic()
            try:
                over = [ended.get(timeout=max(left, 0.0))]
            except queue.Empty:
                over = [call for call in running if call.deadline <= time.monotonic() and _abandon(call)]
            for call in over:
                running.discard(call)
                served.append(call)
        for call in served:
            if call.error is not None:
                raise call.error
        return served

    def _accepting(self, action: str) -> tuple[Tool, str] | None:
        for tool in self.tools:
            argument = tool.parse(action)
            if argument is not None:
                return tool, argument
        return None

    def _refuse(self, call: ToolCall) -> ToolResult:
        try:
            found = find_call(call.action)
            if found is None:
                return ToolResult("", True, False)
            problem = f"there is no tool {found.name}; there are {', '.join(tool.name for tool in self.tools)}"
        except CallError as error:
            problem = str(error)
        return ToolResult(f"Nothing was run: {problem}.", call.finished, False)

    def _tool(self, name: str) -> Tool:
        return next(tool for tool in self.tools if tool.name == name)


def _work(call: _Running, ended: queue.SimpleQueue[_Running]) -> None:
    try:
        text, valid = call.tool.run(call.argument, call.state), True
    except ToolError as error:
        text, valid = str(error), False
    except SandboxUnavailable as error:
        call.error, text, valid = error, "", False
    except BaseException as error:
        # a tool that breaks over what an agent wrote must not end a training; its message may hold anything
        text, valid = f"{call.tool.name} failed: {type(error).__name__}", False
    with call.lock:
        if not call.abandoned:
            call.text, call.valid, call.done = text, valid, True
            ended.put(call)
            return
    call.tool.stop(call.state)


def _abandon(call: _Running) -> bool:
    """Whether a call was still running, and is left behind now."""
    with call.lock:
        call.abandoned = not call.done
        return call.abandoned
