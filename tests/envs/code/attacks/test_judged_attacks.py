"""Attacks on the judge: none gets credit, none breaks the judge, and none is given what is expected."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from palaestra.envs.code.judge import CallCase, Judgement, StdinCase, build, find_language, judge
from palaestra.envs.code.sandbox import Job, Limits, Outcome, Sandbox, Session
from palaestra.envs.core import Status

from .attack import Attack
from .judged import CALLS, OUTPUTS
from .outside import Outside

pytestmark = pytest.mark.xdist_group("attacks")
NAMES = {"node": "javascript"}
LIMITS = Limits(wall_seconds=1.5, cpu_seconds=1.0)


@dataclass
class Watched:
    """The sandbox, with all that it was given."""

    sandbox: Sandbox
    jobs: list[Job] = field(default_factory=list)
    isolation: str = "watched"

    def run(self, job: Job) -> Outcome:
        self.jobs.append(job)
        return self.sandbox.run(job)

    def open(self, job: Job) -> Session:
        self.jobs.append(job)
        return self.sandbox.open(job)

    def close(self) -> None:
        pass


def secret() -> str:
    return secrets.token_hex(20)


def judge_attack(attack: Attack, cases: Sequence[CallCase] | Sequence[StdinCase], sandbox: Sandbox) -> Judgement:
    """Judge it, and check what holds for every attack."""
    watched = Watched(sandbox)
    language = find_language(NAMES.get(attack.language, attack.language))
    if command := language.missing_command():
        pytest.skip(f"{command} is not installed")
    judgement = judge(attack.source, language, cases, sandbox=watched, limits=LIMITS, function="answer")
    assert not any(case.expected in repr(watched.jobs) for case in cases if isinstance(case.expected, str))
    assert judgement.score() == 0.0
    assert judgement.verdict().status in (Status.WRONG, Status.TIMEOUT)
    return judgement


@pytest.mark.parametrize("attack", CALLS, ids=lambda attack: attack.name)
def test_an_attack_on_calls_of_a_function_earns_nothing(attack: Attack, outside: Outside, sandbox: Sandbox):
    expected = [secret(), [secret()], secrets.randbits(60), {secret(): secret()}, secrets.randbits(60) / 7]
    judge_attack(attack, [CallCase((number,), value) for number, value in enumerate(expected)], sandbox)
    assert outside.harm() == []


@pytest.mark.parametrize("attack", OUTPUTS, ids=lambda attack: attack.name)
def test_an_attack_on_standard_output_earns_nothing(
    attack: Attack, outside: Outside, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(build, "COMPILER_LIMITS", replace(build.COMPILER_LIMITS, wall_seconds=1.5))
    judge_attack(attack, [StdinCase("1\n", secret()), StdinCase("2\n", secret())], sandbox)
    assert outside.harm() == []


@pytest.mark.parametrize("member", ["value", "error"])
def test_no_answer_is_nested_too_deeply_to_be_judged(member: str, sandbox: Sandbox):
    """What can just be read may be too deep to be written."""
    source = f"""
import os
for depth in range({{}}, 1000, 7):
    os.write(3, b'{{{{"{member}": ' + b"[" * depth + b"]" * depth + b"}}}}\\n")
os._exit(0)
"""
    for start in range(700, 707):
        attack = Attack(name="deep", source=source.format(start))
        judge_attack(attack, [CallCase((number,), secret()) for number in range(43)], sandbox)
