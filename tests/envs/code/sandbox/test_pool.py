import asyncio
import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from palaestra.envs.code.sandbox import ExitReason, Limits, SandboxBroken, get_sandbox
from palaestra.envs.code.sandbox.pool import BoxPool
from palaestra.envs.code.sandbox.zygote import Zygote

from .programs import PATIENT, python_job, run_python


@pytest.fixture
def pool():
    pool = BoxPool("full", lambda: Zygote((), walls=True))
    yield pool
    pool.close()


def test_a_dead_zygote_is_replaced(pool):
    assert run_python("print(1)", sandbox=pool).stdout == b"1\n"
    first = pool._source.pid
    os.kill(first, signal.SIGKILL)
    assert run_python("print(2)", sandbox=pool).stdout == b"2\n"
    assert pool._source.pid != first


def test_a_program_whose_zygote_dies_runs_again(pool):
    with ThreadPoolExecutor(1) as executor:
        running = executor.submit(run_python, "import time; time.sleep(.5); print(1)", sandbox=pool)
        while not pool._running:
            time.sleep(0.01)
        time.sleep(0.1)
        os.kill(pool._source.pid, signal.SIGKILL)
        assert running.result().stdout == b"1\n"


def test_a_sandbox_that_keeps_failing_says_so(pool):
    pool._source.close()
    pool._make_source = lambda: pool._source
    pool._source.is_alive = lambda: True
    with pytest.raises(SandboxBroken, match="failed 2 times"):
        run_python("print(1)", sandbox=pool)


def test_a_session_whose_box_dies_is_broken(pool):
    session = pool.open(python_job("import time; time.sleep(60)"))
    os.kill(pool._source.pid, signal.SIGKILL)
    with pytest.raises(EOFError):
        session.read_line(30)
    with pytest.raises(SandboxBroken):
        session.close()


def test_a_session_whose_box_died_before_its_deadline_is_broken_also_after_it(pool):
    session = pool.open(python_job("import time; time.sleep(60)", limits=Limits(wall_seconds=0.2)))
    os.kill(pool._source.pid, signal.SIGKILL)
    time.sleep(1.4)
    with pytest.raises(SandboxBroken):
        session.close()


def test_a_closed_sandbox_runs_nothing(pool):
    pool.close()
    with pytest.raises(SandboxBroken, match="closed"):
        run_python("print(1)", sandbox=pool)


def test_many_threads_get_the_outcomes_of_their_own_programs():
    def run(number):
        outcome = run_python(f"print({number} + int(input()))", stdin=str(number).encode())
        return outcome.stdout == f"{2 * number}\n".encode()

    with ThreadPoolExecutor(32) as executor:
        assert all(executor.map(run, range(160)))


def test_a_hung_program_does_not_hold_up_others():
    with ThreadPoolExecutor(8) as executor:
        hung = [
            executor.submit(run_python, "import time; time.sleep(60)", limits=Limits(wall_seconds=2)) for _ in range(8)
        ]
        started = time.monotonic()
        assert run_python("print(1)").stdout == b"1\n"
        assert time.monotonic() - started < 2
        assert {future.result().reason for future in hung} == {ExitReason.TIMEOUT}


def test_inside_an_event_loop():
    async def both():
        return await asyncio.gather(*(asyncio.to_thread(run_python, f"print({number})") for number in range(4)))

    assert [outcome.stdout for outcome in asyncio.run(both())] == [b"0\n", b"1\n", b"2\n", b"3\n"]


def test_a_forked_process_gets_a_sandbox_of_its_own_and_leaves_the_other_alone():
    sandbox = get_sandbox()
    session = sandbox.open(python_job("print(input())\nprint(input())"))
    context = multiprocessing.get_context("fork")
    with context.Pool(2) as workers:
        assert workers.map(_stdout_of, ["print(1)", "print(2)", "print(3)"]) == [b"1\n", b"2\n", b"3\n"]
    session.send(b"still here\n")
    assert session.read_line(30) == b"still here"
    session.close()
    assert get_sandbox() is sandbox


def _stdout_of(source):
    return run_python(source).stdout


def test_forks_in_the_middle_keep_no_pipe_open():
    """A copy of the end of a pipe in another process would have programs wait for the end of their input for ever."""
    over = threading.Event()

    def fork_again_and_again():
        while not over.is_set():
            child = os.fork()
            if child == 0:
                time.sleep(0.3)
                os._exit(0)
            children.append(child)
            time.sleep(0.02)

    children = []
    thread = threading.Thread(target=fork_again_and_again)
    thread.start()
    try:
        for _ in range(20):
            assert run_python("import sys; sys.stdin.read()", limits=Limits(wall_seconds=20)).reason is ExitReason.OK
    finally:
        over.set()
        thread.join()
        for child in children:
            os.waitpid(child, 0)


def test_what_is_killed_takes_its_boxes_with_it():
    program = (
        "from palaestra.envs.code.sandbox import *\n"
        "session = get_sandbox().open(Job(argv=('sleep', '77.125'), limits=Limits(wall_seconds=70)))\n"
        "print('ready', flush=True)\n"
        "input()\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"ready\n"
    process.kill()
    process.communicate()
    until = time.monotonic() + 10
    while _is_running("77.125") and time.monotonic() < until:
        time.sleep(0.05)
    assert not _is_running("77.125")


def _is_running(word):
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                if word.encode() in file.read().split(b"\0"):
                    return True
        except OSError:
            continue
    return False


def test_nothing_leaks():
    jobs = [
        python_job("print(1)"),
        python_job("1 / 0"),
        python_job("open('kept', 'w').write('x')", keep=("kept",)),
        python_job("print('x' * 999)", limits=Limits(stdout_bytes=100)),
        python_job("import os\nif os.fork(): os._exit(0)\nimport time; time.sleep(60)", limits=PATIENT),
    ]
    sandbox = get_sandbox()

    def run_all(times):
        for _ in range(times):
            for job in jobs:
                sandbox.run(job)
            with sandbox.open(jobs[0]) as session:
                session.read_line(30)

    run_all(2)
    gc.collect()
    before = len(os.listdir("/proc/self/fd")), len(_children())
    run_all(40)
    gc.collect()
    assert (len(os.listdir("/proc/self/fd")), len(_children())) == before


def _children():
    with open(f"/proc/self/task/{threading.main_thread().native_id}/children", encoding="ascii") as file:
        return file.read().split()
