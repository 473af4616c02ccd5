"""Every attack: its verdict, that nothing happened outside, and that the next program is unaffected."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from palaestra.envs.code.sandbox import PYTHON, ExitReason, Job, Outcome, Sandbox

from . import (
    honest,
    leaving,
    lying,
    persisting,
    reaching_files,
    reaching_kernel,
    reaching_network,
    reaching_processes,
    staying,
    taking,
)
from .attack import PATIENT, SHORT, Attack
from .conftest import INSIDE
from .neighbours import OFFERS, SEARCHES
from .outside import Outside, descendants, processes_left_over

CLASSES = (
    lying,
    leaving,
    staying,
    taking,
    reaching_files,
    reaching_network,
    reaching_processes,
    reaching_kernel,
    persisting,
)
ATTACKS = {
    f"{module.__name__.rpartition('.')[2]}: {attack.name}": attack for module in CLASSES for attack in module.ATTACKS
}
HARMLESS = {name: attack for name, attack in ATTACKS.items() if attack.harmless}
LOOKS_AROUND = Job(
    argv=(PYTHON, "main.py"), files={"main.py": (INSIDE / "looks_around.py").read_bytes()}, limits=PATIENT
)
pytestmark = pytest.mark.xdist_group("attacks")  # two at a time would see each other's targets as harm
SECONDS_TO_END = 2.0
"""How much later than its deadline a program may be reported, on a machine that is busy."""


def look_around(sandbox: Sandbox) -> str:
    outcome = sandbox.run(LOOKS_AROUND)
    assert outcome.reason is ExitReason.OK, outcome
    return outcome.stdout.decode()


@pytest.fixture(scope="module")
def before(outside: Outside, sandbox: Sandbox) -> tuple[str, int]:
    """What an honest program saw, and how many processes there were, before anything was attacked."""
    knows = Job(
        argv=(PYTHON, "main.py"), files={"main.py": f"'{outside.secret}'".encode()}, stdin=outside.secret.encode()
    )
    seen = look_around(sandbox)
    with sandbox.open(knows) as one, sandbox.open(knows) as another:  # there are never more than two at a time here
        for session in (one, another):
            with pytest.raises(EOFError):
                session.read_line(10.0)
    assert [look_around(sandbox) for _ in range(4)] == [seen] * 4
    return seen, len(descendants())


def check_nothing_happened(outcome: Outcome, outside: Outside, sandbox: Sandbox, before: tuple[str, int]) -> None:
    seen, processes = before
    given_away = outcome.stdout + outcome.stderr + b"".join(outcome.kept.values())
    assert outside.secret.encode() not in given_away
    assert outside.harm() == []
    assert processes_left_over(processes) == 0
    assert look_around(sandbox) == seen


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_an_attack_comes_to_nothing(
    attack: Attack, job_of: Callable[[Attack], Job], outside: Outside, sandbox: Sandbox, before: tuple[str, int]
):
    job = job_of(attack)
    started = time.monotonic()
    outcome = sandbox.run(job)
    seconds = time.monotonic() - started
    assert outcome.reason in attack.ends, outcome
    assert re.fullmatch(attack.prints, outcome.stdout.decode(errors="replace")), outcome
    assert len(outcome.stdout) <= job.limits.stdout_bytes
    assert len(outcome.stderr) <= job.limits.stderr_bytes
    assert seconds < job.limits.wall_seconds + SECONDS_TO_END
    check_nothing_happened(outcome, outside, sandbox, before)


@pytest.mark.parametrize("attack", HARMLESS.values(), ids=HARMLESS)
def test_a_harmless_attack_reaches_something_where_there_is_no_box(
    attack: Attack, job_of: Callable[[Attack], Job], outside: Outside, tmp_path: Path
):
    job = job_of(attack)
    for name, content in job.files.items():
        (tmp_path / name).write_bytes(content)
        (tmp_path / name).chmod(0o755)
    command = [sys.executable if word == PYTHON else word for word in job.argv]
    inherited = [outside.descriptor]
    printed = subprocess.run(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, pass_fds=inherited
    )
    assert b"REACHED" in printed.stdout
    outside.forget_contacts()


def test_two_boxes_at_a_time_cannot_find_each_other(
    job_of: Callable[[Attack], Job], outside: Outside, sandbox: Sandbox, before: tuple[str, int]
):
    with sandbox.open(job_of(OFFERS)) as offering:
        assert offering.read_line(10.0) == b"offered"
        searched = sandbox.run(job_of(SEARCHES))
        assert searched.stdout == b"tried\n", searched
        offering.send(b"\n")
        assert offering.read_line(10.0) == b"not reached"
        check_nothing_happened(searched, outside, sandbox, before)


def test_a_session_with_a_program_that_does_not_read_ends_at_its_deadline(
    job_of: Callable[[Attack], Job], outside: Outside, sandbox: Sandbox, before: tuple[str, int]
):
    started = time.monotonic()
    with sandbox.open(job_of(Attack(name="deaf", source="import time; time.sleep(60)", limits=SHORT))) as session:
        with pytest.raises(BrokenPipeError):
            session.send(b"x" * (4 << 20))
        outcome = session.close()
    assert outcome.reason is ExitReason.TIMEOUT
    assert time.monotonic() - started < SHORT.wall_seconds + SECONDS_TO_END
    check_nothing_happened(outcome, outside, sandbox, before)


@pytest.mark.parametrize(
    ("source", "ends"),
    [
        pytest.param("while True: print('x' * 1000, end='')", ExitReason.OUTPUT, id="a line without an end"),
        pytest.param("import os; os.closerange(0, 3)", ExitReason.OK, id="closes everything, then leaves"),
        pytest.param("import os; os.kill(os.getpid(), 9)", ExitReason.SIGNAL, id="kills itself"),
        pytest.param(
            "import os, time; os.closerange(0, 3); time.sleep(60)", ExitReason.TIMEOUT, id="closes everything and stays"
        ),
    ],
)
def test_a_session_tells_that_no_line_will_come(
    source: str,
    ends: ExitReason,
    job_of: Callable[[Attack], Job],
    outside: Outside,
    sandbox: Sandbox,
    before: tuple[str, int],
):
    with sandbox.open(job_of(Attack(name="mute", source=source, limits=SHORT))) as session:
        with pytest.raises(EOFError):
            session.read_line(SHORT.wall_seconds + SECONDS_TO_END)
        outcome = session.close()
    assert outcome.reason in (ends, ExitReason.SIGNAL)
    check_nothing_happened(outcome, outside, sandbox, before)


@pytest.mark.parametrize("program", honest.PROGRAMS, ids=lambda program: program.name)
def test_an_honest_program_works(program: Attack, job_of: Callable[[Attack], Job], sandbox: Sandbox):
    outcome = sandbox.run(job_of(program))
    assert outcome.reason is ExitReason.OK, outcome
    assert re.fullmatch(program.prints, outcome.stdout.decode()), outcome
