import os
import re
import shutil
import subprocess
import sys

import pytest

from palaestra.envs.code.sandbox import (
    ISOLATIONS,
    PYTHON,
    ExitReason,
    Job,
    Limits,
    SandboxUnavailable,
    get_sandbox,
    shared,
    zygote,
)
from palaestra.envs.code.sandbox.box.probe import missing_primitives

from .programs import PATIENT, python_job, run_python

needs_bubblewrap = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
EACH = [pytest.param(name, marks=needs_bubblewrap if name == "bubblewrap" else ()) for name in ISOLATIONS]


@pytest.fixture
def no_sandboxes(monkeypatch):
    monkeypatch.setattr(shared, "_sandboxes", {})


def test_an_unknown_isolation_is_refused_with_those_that_are_known():
    with pytest.raises(ValueError, match=r"one of full, bubblewrap, rlimits; got 'none'"):
        get_sandbox("none")


@pytest.mark.parametrize("isolation", EACH)
def test_every_isolation_runs_programs_within_limits(isolation):
    sandbox = get_sandbox(isolation)
    assert sandbox.isolation == isolation
    job = Job(
        argv=("sh", "-c", "cat data - > made; sleep 60 & exit 5"),
        files={"data": b"1"},
        stdin=b"2",
        keep=("made",),
        limits=PATIENT,
    )
    outcome = sandbox.run(job)
    assert (outcome.reason, outcome.code, outcome.kept) == (ExitReason.NON_ZERO, 5, {"made": b"12"})
    assert outcome.wall_seconds < 25
    assert run_python("print(6 * 7)", sandbox=sandbox).stdout == b"42\n"
    slow = python_job("import os\nos.fork()\nwhile True: pass", limits=Limits(wall_seconds=0.5))
    assert sandbox.run(slow).reason is ExitReason.TIMEOUT
    with sandbox.open(python_job("print(input() * 2)")) as session:
        session.send(b"ab\n")
        assert session.read_line(30) == b"abab"


@pytest.mark.parametrize("isolation", ["bubblewrap", "rlimits"])
def test_a_fork_bomb_is_over_where_the_kernel_does_not_count(isolation):
    if isolation == "bubblewrap" and shutil.which("bwrap") is None:
        pytest.skip("bubblewrap is not installed")
    source = "import os, time\nfor _ in range(50):\n    if not os.fork(): time.sleep(60)\ntime.sleep(60)"
    outcome = run_python(source, sandbox=get_sandbox(isolation), limits=Limits(processes=10, wall_seconds=30))
    assert outcome.reason in (ExitReason.REFUSED, ExitReason.NON_ZERO)


@needs_bubblewrap
def test_bubblewrap_shows_neither_the_host_nor_the_network():
    source = "import os; print(os.listdir('/'), os.path.exists('/etc/shadow'))\nimport socket; socket.socket()"
    outcome = run_python(source, sandbox=get_sandbox("bubblewrap"))
    assert b"home" not in outcome.stdout
    assert b"False" in outcome.stdout
    assert outcome.stderr.endswith(b"PermissionError: [Errno 1] Operation not permitted\n")


def test_where_bubblewrap_is_not_installed_that_is_said(no_sandboxes, monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(SandboxUnavailable, match="bwrap, which is not on the PATH; install bubblewrap"):
        get_sandbox("bubblewrap")


def test_nothing_is_missing_here():
    assert missing_primitives() == {}


def test_nothing_is_missing_in_a_process_whose_heap_has_a_large_free_block():
    program = (
        "from palaestra.envs.code.sandbox.box.probe import missing_primitives\n"
        "largest = bytearray((32 << 20) - 8192)\n"  # from now on malloc takes as much from the heap
        "del largest\n"
        "blocks, last = [bytearray(1 << 20) for _ in range(200)], bytearray(1 << 20)\n"
        "del blocks\n"
        "print(missing_primitives())\n"
    )
    assert subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True).stdout == "{}\n"


def test_what_the_kernel_refuses_is_named_and_nothing_runs(no_sandboxes):
    program = (
        "from palaestra.envs.code.sandbox import get_sandbox, SandboxUnavailable\n"
        "try: get_sandbox(); print('runs')\n"
        "except SandboxUnavailable as error: print(error)\n"
    )
    script = 'echo 0 > /proc/sys/user/max_net_namespaces && exec "$@"'
    command = ["unshare", "--user", "--map-root-user", "sh", "-c", script, "sh", sys.executable, "-c", program]
    said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=os.getcwd()).stdout
    assert re.search(r"isolation 'full' needs what is missing here: .*network namespaces \(.*isolation='rlimits'", said)


def test_the_message_says_what_would_do():
    message = zygote.explain_missing({"Landlock": "Function not implemented", "user namespaces": "No space left"})
    assert "Landlock (Function not implemented; use Linux 5.13 or later" in message
    assert "user namespaces (No space left; set the sysctls" in message


def test_a_missing_primitive_is_no_reason_to_run_weaker(no_sandboxes, monkeypatch):
    def refuse(readable, walls):
        raise SandboxUnavailable("Landlock is missing")

    monkeypatch.setattr(shared, "Zygote", refuse)
    for _ in range(2):
        with pytest.raises(SandboxUnavailable, match="Landlock"):
            get_sandbox()


def test_folders_that_are_named_can_be_read_and_no_others():
    parent = "/srv" if os.getuid() == 0 else os.path.expanduser("~")
    folder = os.path.join(parent, f"readable-{os.getpid()}")
    os.makedirs(f"{folder}/inner")
    try:
        with open(f"{folder}/inner/tool", "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\necho used\n")
        os.chmod(f"{folder}/inner/tool", 0o755)
        job = Job(argv=("sh", "-c", f"{folder}/inner/tool; echo x > {folder}/new || ls {parent}"), limits=PATIENT)
        sandbox = get_sandbox(readable=[folder])
        assert sandbox.run(job).stdout == f"used\n{os.path.basename(folder)}\n".encode()
        assert sandbox is get_sandbox(readable=[folder + "/"])
        assert sandbox is not get_sandbox()
        assert get_sandbox().run(job).stdout == b""
    finally:
        sandbox.close()
        shutil.rmtree(folder)


@pytest.mark.parametrize("folder", ["/", "/tmp", "/etc", "/run", "/dev/shm", "/missing"])
def test_folders_that_cannot_be_shown_are_refused(folder):
    with pytest.raises(ValueError, match="readable must hold"):
        get_sandbox(readable=[folder])


def test_the_program_of_a_virtual_environment_runs_as_its_base():
    source = "import sys; print(sys.prefix == sys.base_prefix, sys.executable)"
    outcome = get_sandbox().run(Job(argv=(PYTHON, "m.py"), files={"m.py": source.encode()}, limits=PATIENT))
    assert outcome.stdout == f"True {os.path.realpath(sys._base_executable)}\n".encode()
