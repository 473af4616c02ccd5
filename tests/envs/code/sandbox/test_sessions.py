import time

import pytest

from palaestra.envs.code.sandbox import ExitReason, Limits, get_sandbox

from .programs import PATIENT, python_job

ECHO = "import sys\nfor line in sys.stdin: print(line.strip()[::-1], flush=True)"


def wait_for_the_end(session):
    with pytest.raises(BrokenPipeError):
        send_for_ever(session)


def send_for_ever(session):
    while True:
        session.send(b"x")


def test_one_talks_to_a_program():
    with get_sandbox().open(python_job(ECHO, stdin=b"first\n")) as session:
        assert session.read_line(30) == b"tsrif"
        session.send(b"ab\ncd\n")
        assert [session.read_line(30), session.read_line(30)] == [b"ba", b"dc"]
        assert session.read_line(0.05) is None


def test_what_was_not_read_is_in_the_outcome():
    session = get_sandbox().open(python_job("print('a\\nb\\nc', end=''); raise SystemExit(3)"))
    assert session.read_line(30) == b"a"
    assert session.read_line(30) == b"b"
    with pytest.raises(EOFError):
        session.read_line(30)
    wait_for_the_end(session)  # that of its output comes a moment before
    outcome = session.close()
    assert (outcome.reason, outcome.code, outcome.stdout) == (ExitReason.NON_ZERO, 3, b"c")


def test_a_program_that_still_runs_is_killed_at_the_end():
    session = get_sandbox().open(python_job("import time\nprint('on', flush=True)\ntime.sleep(60)"))
    assert session.read_line(30) == b"on"
    outcome = session.close()
    assert (outcome.reason, outcome.code) == (ExitReason.SIGNAL, 9)
    assert session.close() is outcome


def test_sending_to_a_program_that_has_ended_is_an_error():
    with get_sandbox().open(python_job("")) as session:
        with pytest.raises(EOFError):
            session.read_line(30)
        wait_for_the_end(session)


def test_sending_to_a_program_that_does_not_read_ends_at_its_deadline():
    with (
        get_sandbox().open(python_job("import time; time.sleep(60)", limits=Limits(wall_seconds=0.5))) as session,
        pytest.raises(BrokenPipeError),
    ):
        session.send(b"x" * 1_000_000)
    assert session.close().reason is ExitReason.TIMEOUT


def test_the_deadline_holds_while_nobody_asks():
    with get_sandbox().open(python_job(ECHO, limits=Limits(wall_seconds=0.3))) as session:
        time.sleep(0.8)
        with pytest.raises(EOFError):
            session.read_line(30)
    outcome = session.close()
    assert outcome.reason is ExitReason.TIMEOUT
    assert outcome.wall_seconds < 0.75


def test_a_program_that_ended_before_its_deadline_did_so_however_late_one_asks():
    session = get_sandbox().open(python_job("raise SystemExit(3)", limits=Limits(wall_seconds=1.0)))
    time.sleep(2.2)
    outcome = session.close()
    assert (outcome.reason, outcome.code) == (ExitReason.NON_ZERO, 3)
    assert outcome.wall_seconds < 1.0


def test_all_lines_together_may_hold_so_much():
    limits = Limits(wall_seconds=30, stdout_bytes=10)
    with get_sandbox().open(python_job("for i in range(9): print('abc', flush=True)", limits=limits)) as session:
        assert [session.read_line(30), session.read_line(30)] == [b"abc", b"abc"]
        with pytest.raises(EOFError):
            session.read_line(30)
    assert session.close().reason is ExitReason.OUTPUT


def test_a_talkative_program_does_not_block_who_sends():
    source = "import sys\nfor line in sys.stdin: print(line * 9, flush=True)"
    with get_sandbox().open(python_job(source)) as session:
        session.send(b"y" * 99 + b"\n" + b"x\n" * 40_000)
        assert session.read_line(30) == b"y" * 99


def test_sessions_run_side_by_side():
    sandbox = get_sandbox()
    sessions = [sandbox.open(python_job(ECHO)) for _ in range(12)]
    for number, session in enumerate(sessions):
        session.send(f"<{number}\n".encode())
    assert [session.read_line(30) for session in sessions] == [
        f"{number}"[::-1].encode() + b"<" for number in range(12)
    ]
    for session in sessions:
        session.close()
    assert sandbox.run(python_job("print(1)", limits=PATIENT)).stdout == b"1\n"
