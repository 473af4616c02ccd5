"""Tools that stand for those somebody adds."""

import threading

from palaestra.wrappers.tools import Tool, ToolError


class Words(Tool):
    """Counts words."""

    name = "words"
    description = "how many words a text has"

    def run(self, argument, state):
        return str(len(argument.split()))


class Memory(Tool):
    """Remembers what it was told."""

    name = "memory"
    description = "what it was told before"

    def __init__(self):
        self.stopped = []

    def start(self, task):
        return [task]

    def run(self, argument, state):
        state.append(argument)
        return repr(state[:-1])

    def stop(self, state):
        self.stopped.append(state)


class Gate(Tool):
    """Waits until it is let through where its argument says so."""

    name = "gate"
    description = "waits"

    def __init__(self):
        self.open = threading.Event()
        self.stopped = threading.Event()

    def start(self, task):
        return []

    def run(self, argument, state):
        if argument == "wait":
            assert self.open.wait(30)
        state.append(argument)
        return f"through with {argument}, {len(state)} so far"

    def stop(self, state):
        self.stopped.set()

    def __getstate__(self):
        return {}

    def __setstate__(self, state):
        self.__init__()


class Broken(Tool):
    """Breaks in the way its argument says."""

    name = "broken"
    description = "breaks"

    def run(self, argument, state):
        if argument == "told":
            raise ToolError("cannot do that")
        raise {"value": ValueError, "exit": SystemExit}[argument]("secret")


class Parrot(Tool):
    """Says what it is told."""

    name = "parrot"
    description = "repeats"

    def run(self, argument, state):
        return argument


class Bare(Tool):
    """Has a syntax of its own: the whole action is an expression behind a question mark."""

    name = "bare"
    description = "repeats what stands behind ?"

    def parse(self, action):
        return action[1:] if action.startswith("?") else None

    def run(self, argument, state):
        return argument.upper()


def call(name, argument=""):
    return f'<tool name="{name}">{argument}</tool>'
