import pickle
import threading
import time

import pytest

from palaestra.envs.code.sandbox import SandboxUnavailable
from palaestra.wrappers.tools import Tool, ToolCall, ToolServer

from .made_up_tools import Bare, Broken, Gate, Memory, Parrot, Words, call


def text(result):
    return result.observation.removeprefix("<result>\n").removesuffix("\n</result>")


def test_each_call_goes_to_the_first_tool_that_accepts_it_and_results_keep_the_order():
    server = ToolServer([Words(), Parrot(), Bare()])
    actions = [call("words", "a b c"), "?x", call("parrot", "polly"), "no call", call("words", "")]
    results = server.run([ToolCall(number, action) for number, action in enumerate(actions)])
    assert [text(result) for result in results] == ["3", "X", "polly", "", "0"]
    assert [result.tool for result in results] == ["words", "bare", "parrot", "", "words"]
    assert [result.valid for result in results] == [True, True, True, False, True]
    assert [result.done for result in results] == [False, False, False, True, False]


def test_six_tools_share_one_server():
    server = ToolServer(
        [Words(), Bare(), Parrot(), "calculator", "python", {"sql": {"database": "CREATE TABLE t (x);"}}]
    )
    actions = [call("words", "a b"), "?x", call("parrot", "p"), call("calculator", "6*7"), call("python", "6 * 7"),
               call("sql", "SELECT COUNT(*) FROM t")]  # fmt: skip
    results = server.run([ToolCall(number, action) for number, action in enumerate(actions)])
    server.close()
    assert [text(result) for result in results] == ["2", "X", "p", "42", "42", "0\n(1 rows)"]


def test_what_no_tool_accepts_is_answered_with_what_was_expected():
    server = ToolServer([Words(), Parrot()])
    [unknown, unclosed] = server.run([ToolCall(0, call("word", "x")), ToolCall(1, '<tool name="words">x')])
    assert "there is no tool word; there are words, parrot" in unknown.observation
    assert "must end with </tool>" in unclosed.observation
    assert (unknown.valid, unknown.done, unclosed.valid, unclosed.done) == (False, False, False, False)


def test_every_episode_has_a_memory_of_its_own_until_it_is_finished():
    memory = Memory()
    server = ToolServer([memory])
    server.start("a", "task a")
    assert text(server.run([ToolCall("a", call("memory", "1"))])[0]) == "['task a']"
    results = server.run([ToolCall("b", call("memory", "2")), ToolCall("a", call("memory", "3"), finished=True)])
    assert [text(result) for result in results] == ["[None]", "['task a', '1']"]
    assert [result.done for result in results] == [False, True]
    assert memory.stopped == [["task a", "1", "3"]]
    assert text(server.run([ToolCall("a", call("memory", "4"))])[0]) == "[None]"


def test_a_tool_that_breaks_says_nothing_of_its_insides_and_breaks_nothing_else():
    server = ToolServer([Broken(), Words()])
    actions = [call("broken", "told"), call("broken", "value"), call("broken", "exit"), call("words", "a")]
    results = server.run([ToolCall(number, action) for number, action in enumerate(actions)])
    expected = ["cannot do that", "broken failed: ValueError", "broken failed: SystemExit", "1"]
    assert [text(result) for result in results] == expected
    assert [result.valid for result in results] == [False, False, False, True]


def test_a_missing_sandbox_is_an_error_and_no_observation():
    class Boxed(Tool):
        """Needs a sandbox."""

        name, description = "boxed", ""

        def run(self, argument, state):
            raise SandboxUnavailable("no namespaces")

    with pytest.raises(SandboxUnavailable, match="no namespaces"):
        ToolServer([Boxed()]).run([ToolCall(0, call("boxed"))])


class TestDeadlines:
    def test_a_hung_tool_costs_its_own_call_the_deadline_and_the_others_nothing(self):
        gate = Gate()
        server = ToolServer([gate], deadline=0.4)
        calls = [ToolCall(number, call("gate", "wait" if number == 3 else "go")) for number in range(8)]
        began = time.monotonic()
        results = server.run(calls)
        assert 0.4 <= time.monotonic() - began < 3
        assert text(results[3]) == "gate took longer than 0.4 s; what it remembered is lost"
        assert not results[3].valid
        assert [text(result) for number, result in enumerate(results) if number != 3] == [
            "through with go, 1 so far"
        ] * 7
        gate.open.set()

    def test_what_a_hung_call_held_is_let_go_when_it_ends_and_is_seen_by_nobody(self):
        gate = Gate()
        server = ToolServer([gate], deadline=0.1)
        server.run([ToolCall("a", call("gate", "go"))])
        server.run([ToolCall("a", call("gate", "wait"))])
        assert text(server.run([ToolCall("a", call("gate", "go"))])[0]) == "through with go, 1 so far"
        assert not gate.stopped.is_set()
        gate.open.set()
        assert gate.stopped.wait(10)
        assert text(server.run([ToolCall("a", call("gate", "go"))])[0]) == "through with go, 2 so far"

    def test_a_call_that_waits_for_a_worker_loses_nothing_of_its_deadline(self):
        class Slow(Tool):
            """Takes a while."""

            name, description = "slow", ""

            def run(self, argument, state):
                time.sleep(0.1)
                return argument

        server = ToolServer([Slow()], deadline=0.35, workers=1)
        results = server.run([ToolCall(number, call("slow", str(number))) for number in range(6)])
        assert [text(result) for result in results] == list("012345")

    def test_hung_calls_do_not_keep_the_workers(self):
        gate = Gate()
        server = ToolServer([gate], deadline=0.1, workers=1)
        calls = [ToolCall(0, call("gate", "wait")), ToolCall(1, call("gate", "wait")), ToolCall(2, call("gate", "go"))]
        assert [result.valid for result in server.run(calls)] == [False, False, True]
        gate.open.set()


def test_calls_are_served_at_the_same_time():
    barrier = threading.Barrier(16)

    class Meeting(Tool):
        """Comes back when all are there."""

        name, description = "meeting", ""

        def run(self, argument, state):
            barrier.wait(20)
            return argument

    server = ToolServer([Meeting()])
    results = server.run([ToolCall(number, call("meeting", str(number))) for number in range(16)])
    assert [text(result) for result in results] == [str(number) for number in range(16)]


def test_results_do_not_depend_on_how_calls_are_batched():
    def play(batches):
        server = ToolServer([Memory(), Words()])
        seen = {}
        for batch in batches:
            calls = [ToolCall(name, call("memory", f"{name}{turn}")) for name, turn in batch]
            for (name, _), result in zip(batch, server.run(calls), strict=True):
                seen.setdefault(name, []).append(result)
        return seen

    together = play([[("a", 0), ("b", 0), ("c", 0)], [("c", 1), ("a", 1), ("b", 1)]])
    apart = play([[("b", 0)], [("b", 1)], [("a", 0), ("c", 0)], [("c", 1)], [("a", 1)]])
    assert together == apart


def test_one_batch_has_one_call_an_episode():
    with pytest.raises(ValueError, match="different trajectories"):
        ToolServer([Words()]).run([ToolCall(0, call("words")), ToolCall(0, call("words"))])


def test_a_server_pickles_with_what_its_tools_remember():
    server = ToolServer([Memory()])
    server.run([ToolCall(0, call("memory", "x"))])
    twin = pickle.loads(pickle.dumps(server))
    for either in (server, twin):
        assert text(either.run([ToolCall(0, call("memory", "y"))])[0]) == "[None, 'x']"


@pytest.mark.parametrize(
    ("argument", "value"),
    [("deadline", 0), ("deadline", None), ("workers", 0), ("max_output", 0), ("max_output", 1.5)],
)
def test_arguments_out_of_range_are_refused_by_name(argument, value):
    with pytest.raises(ValueError, match=argument):
        ToolServer([Words()], **{argument: value})
