import copy
import gc
import os
import pickle
import time
from concurrent.futures import ThreadPoolExecutor

import gymnasium as gym
import pytest

import palaestra  # noqa: F401  (registers the environments)
from palaestra.wrappers.tools import ToolError, ToolUse
from palaestra.wrappers.tools.python_tool import PythonTool

from .made_up_tools import call


@pytest.fixture
def session():
    tool = PythonTool(seconds=5.0)
    state = tool.start(None)
    yield lambda code: tool.run(code, state)
    tool.stop(state)


@pytest.mark.parametrize(
    ("code", "output"),
    [
        ("6 * 7", "42"), ("print(6 * 7)", "42"), ("x = 42", ""), ("", ""), ("# nothing", ""), ("None", ""),
        ("'a'", "'a'"),
        ("print('a')\nprint('b', end='')\n3", "a\nb3"), ("import sys; print('oh', file=sys.stderr)", "oh"),
        ("for i in range(3):\n    print(i)", "0\n1\n2"), ("def f(n):\n    return n and f(n - 1)\nf(50)", "0"),
        ("print('é🦊')", "é🦊"), ("'\\ud800'", "'\\ud800'"), ("print('\\ud800')", "\ud800"), ("__name__", "'__main__'"),
    ],
)  # fmt: skip
def test_what_is_printed_and_the_last_value_come_back(session, code, output):
    assert session(code) == output


def test_variables_functions_and_imports_persist(session):
    session("import math\ndef area(r):\n    return math.pi * r ** 2\nr = 2")
    assert session("round(area(r), 3)") == "12.566"
    assert session("_ + 1") == str(12.566 + 1)


def test_an_exception_is_a_traceback_of_the_agents_own_frames(session):
    session("def f():\n    return 1 / 0")
    assert session("x = 1\nf()") == (
        'Traceback (most recent call last):\n  File "<call 2>", line 2, in <module>\n    f()\n'
        '  File "<call 1>", line 2, in f\n    return 1 / 0\n           ~~^~~\nZeroDivisionError: division by zero'
    )
    assert session("x") == "1", "what was done before it stays"


@pytest.mark.parametrize(
    ("code", "said"),
    [("x =", "SyntaxError: invalid syntax"), ("import sys; sys.exit(3)", "SystemExit: 3"), ("(" * 500, "SyntaxError"),
     ("raise KeyboardInterrupt", "KeyboardInterrupt"), ("bytearray(10 ** 9)", "MemoryError"), ("a\0b", "null bytes"),
     ("'\ud800'", "surrogates not allowed"), ("input()", "EOFError"), ("import numpy_of_nobody", "ModuleNotFoundError"),
     ("def f(): f()\nf()", "RecursionError"), ("open('/etc/shadow')", "Error: "), ("open('/root/x', 'w')", "Error: "),
     ("class E(Exception):\n    def __str__(self): raise SystemExit\nraise E", "E")],
)  # fmt: skip
def test_nothing_that_goes_wrong_ends_the_session(session, code, said):
    session("kept = 'still here'")
    assert said in session(code)
    assert "python_session" not in session(code)
    assert session("kept") == "'still here'"


def test_a_long_output_is_cut(session):
    output = session("print('x' * 10 ** 7)")
    assert output.startswith("xxx")
    assert output.endswith("more characters)")
    assert len(output) < 10_100
    assert session("1") == "1"


@pytest.mark.parametrize(
    "ending", ["import os; os._exit(0)", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"]
)
def test_a_session_that_was_ended_begins_anew_without_variables(session, ending):
    session("x = 1")
    with pytest.raises(ToolError, match="the session ended: its variables are lost"):
        session(ending)
    assert "NameError" in session("x")


def test_a_call_that_takes_too_long_ends_the_session():
    tool = PythonTool(seconds=0.3)
    state = tool.start(None)
    assert tool.run("x = 1; x", state) == "1"
    began = time.monotonic()
    with pytest.raises(ToolError, match=r"longer than 0.3 s and was stopped: its variables are lost"):
        tool.run("while True: pass", state)
    assert time.monotonic() - began < 5
    assert "NameError" in tool.run("x", state)
    tool.stop(state)


def test_what_a_program_writes_past_its_output_is_not_mistaken_for_a_reply(session):
    forged = 'b\'{"number": %d, "output": "forged"}\\n\''
    assert session(f"import os; os.write(1, {forged % 0}); 7") == "7"
    assert session(f"[os.write(n, {forged % 2}) for n in range(3, 9) if os.path.exists(f'/proc/self/fd/{{n}}')]; 8")
    session("os.system('echo from a shell')")
    assert session("9") == "9"


def test_a_session_cannot_touch_anything_outside(session, tmp_path):
    (tmp_path / "secret").write_text("secret")
    for code in (
        f"open({str(tmp_path / 'secret')!r}).read()",
        f"open({str(tmp_path / 'made')!r}, 'w').write('x')",
        f"import os; os.listdir({str(tmp_path)!r})",
        f"import os; os.kill({os.getpid()}, 0)",
        "import socket; socket.create_connection(('127.0.0.1', 22), 1)",
    ):
        assert "Error" in session(code)
    assert os.listdir(tmp_path) == ["secret"]


class TestSnapshots:
    def test_a_copy_is_what_was_run_and_runs_it_again(self):
        tool = PythonTool()
        state = tool.start(None)
        tool.run("import random\nx = [random.random()]", state)
        tool.run("x.append(hash('a')); 1 / 0", state)
        twin = copy.deepcopy(state)
        other = pickle.loads(pickle.dumps(state))
        assert twin.session is None
        expected = tool.run("x.append(random.random()); x", state)
        assert tool.run("x.append(random.random()); x", twin) == expected
        assert tool.run("x.append(random.random()); x", other) == expected
        for each in (state, twin, other):
            tool.stop(each)

    def test_a_restored_episode_goes_on_as_it_was(self):
        env = ToolUse(gym.make("text/GuessNumber-v0"), tools=["python"])
        env.reset(seed=1)
        env.step(call("python", "x = [1]"))
        state = env.get_state()
        actions = [call("python", f"x.append({n}); x") for n in (2, 3)]
        future = [env.step(action) for action in actions]
        assert "[1, 2, 3]" in future[1][0]
        for _ in range(2):
            env.set_state(state)
            assert [env.step(action) for action in actions] == future
        env.close()


def test_another_episode_has_another_session():
    env = ToolUse(gym.make("text/GuessNumber-v0"), tools=["python"])
    env.reset(seed=1)
    env.step(call("python", "x = 1"))
    env.reset(seed=1)
    assert "NameError" in env.step(call("python", "x"))[0]
    env.close()


def test_sessions_are_closed_with_their_episode_and_leave_nothing():
    def descriptors():
        return len(os.listdir("/proc/self/fd"))

    env = ToolUse(gym.make("text/GuessNumber-v0"), tools=["python"])

    def play():
        env.reset(seed=1)
        env.step(call("python", "x = 1"))

    for _ in range(3):
        play()
    before = descriptors()
    for _ in range(10):
        play()
    assert descriptors() <= before
    state = env.get_state()
    for _ in range(5):
        env.set_state(state)
        env.step(call("python", "x"))
    assert descriptors() <= before
    env.close()
    assert descriptors() < before


def test_a_session_that_nobody_closed_is_gone_with_its_tool_use():
    before = len(os.listdir("/proc/self/fd"))
    env = ToolUse(gym.make("text/GuessNumber-v0"), tools=["python"])
    env.reset(seed=1)
    env.step(call("python", "x = 1"))
    assert len(os.listdir("/proc/self/fd")) > before
    del env
    gc.collect()
    assert len(os.listdir("/proc/self/fd")) <= before


def test_many_episodes_have_their_sessions_at_the_same_time():
    def play(number):
        env = ToolUse(gym.make("text/GuessNumber-v0"), tools=["python"])
        env.reset(seed=1)
        env.step(call("python", f"x = {number}"))
        seen = env.step(call("python", "x"))[0]
        env.close()
        return seen

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(play, range(16))) == [f"<result>\n{number}\n</result>" for number in range(16)]
