import shutil

import pytest

from palaestra.envs.code.sandbox import PYTHON, ExitReason, Job, Limits, get_sandbox

from .programs import PATIENT, python_job, run_python


def test_a_program_reads_its_input_and_prints():
    outcome = run_python("print(input()[::-1])", stdin=b"abc\n")
    assert (outcome.reason, outcome.code, outcome.stdout, outcome.stderr) == (ExitReason.OK, 0, b"cba\n", b"")
    assert outcome.detail == ""
    assert 0 < outcome.cpu_seconds < 5
    assert outcome.wall_seconds > 0


def test_input_larger_than_a_pipe_arrives():
    outcome = run_python("import sys; print(len(sys.stdin.read()))", stdin=b"x" * 1_000_000)
    assert outcome.stdout == b"1000000\n"


def test_input_that_nobody_reads_does_no_harm():
    assert run_python("print(1)", stdin=b"x" * 1_000_000).stdout == b"1\n"


def test_the_exit_status_is_told():
    outcome = run_python("import sys; sys.exit(3)")
    assert (outcome.reason, outcome.code, outcome.detail) == (ExitReason.NON_ZERO, 3, "exit status 3")


@pytest.mark.parametrize(("name", "number"), [("SIGABRT", 6), ("SIGALRM", 14), ("SIGSEGV", 11), ("SIGKILL", 9)])
def test_a_signal_that_ended_a_program_is_told(name, number):
    outcome = run_python(f"import os, signal; os.kill(os.getpid(), signal.{name})")
    assert (outcome.reason, outcome.code) == (ExitReason.SIGNAL, number)
    assert outcome.detail == f"killed by {name}"


def test_a_call_of_another_abi_is_refused():
    # int 0x80: the number 20 is getpid for i386
    code = "b8 14 00 00 00 cd 80 c3"
    outcome = run_python(
        "import ctypes, mmap, os\n"
        "page = os.open('page', os.O_RDWR | os.O_CREAT)\n"
        f"os.write(page, bytes.fromhex('{code}'))\n"
        "memory = mmap.mmap(page, 8, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)\n"
        "ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(memory)))()\n"
        "print('went on')\n"
    )
    assert (outcome.reason, outcome.stdout) == (ExitReason.REFUSED, b"")


def test_the_same_program_gives_the_same_outcome_every_time():
    source = "import os; print(os.getpid(), hash('a'), os.getcwd(), sorted(os.environ.items())); 1 / 0"
    outcomes = [run_python(source) for _ in range(5)]
    assert len({(outcome.stdout, outcome.stderr, outcome.detail) for outcome in outcomes}) == 1


def test_files_lie_in_the_working_directory_and_some_are_kept():
    job = Job(
        argv=(PYTHON, "main.py"),
        files={
            "main.py": b"import pkg.part\nopen('made', 'wb').write(pkg.part.data)",
            "pkg/part.py": b"data = b'\\0data'",
        },
        keep=("made", "missing", "pkg/part.py", "pkg"),
        limits=PATIENT,
    )
    assert get_sandbox().run(job).kept == {"made": b"\0data", "pkg/part.py": b"data = b'\\0data'"}


def test_links_are_not_followed_out_of_the_folder():
    outcome = run_python(
        "import os; os.symlink('/etc/passwd', 'link'); os.symlink('/etc', 'folder'); os.mkfifo('fifo')",
        keep=("link", "folder/passwd", "fifo"),
    )
    assert outcome.reason is ExitReason.OK
    assert outcome.kept == {}


def test_nothing_of_a_program_is_there_for_the_next_one():
    first = run_python(
        "import os, builtins\n"
        "open('left', 'w').write('x'); builtins.left = 1; os.environ['LEFT'] = '1'; os.umask(0)\n"
        "if not os.fork():\n  os.setsid(); import time; time.sleep(60)\n"
    )
    assert first.reason is ExitReason.OK
    second = run_python(
        "import builtins, os\n"
        "print(os.listdir('.'), hasattr(builtins, 'left'), 'LEFT' in os.environ, oct(os.umask(0o22)))\n"
        "for pid in range(3, 40):\n"
        "    try: os.kill(pid, 0); print('process', pid)\n"
        "    except ProcessLookupError: pass\n"
    )
    assert second.stdout == b"['main.py'] False False 0o22\n"


def test_python_started_by_a_program_is_there():
    outcome = run_python(
        "import subprocess, sys\n"
        "print(subprocess.run([sys.executable, '-c', 'print(6 * 7)'], capture_output=True, check=True).stdout)"
    )
    assert outcome.stdout == b"b'42\\n'\n"


def test_the_program_finds_no_descriptors_but_its_three():
    outcome = run_python(
        "import os\n"
        "for number in range(256):\n"
        "    try: os.fstat(number); print(number, end=' ')\n"
        "    except OSError: pass\n"
    )
    assert outcome.stdout == b"0 1 2 "


def test_programs_of_the_system_run():
    job = Job(argv=("sh", "-c", "cat && echo $0 $1", "a", "b c"), stdin=b"in\n", limits=PATIENT)
    assert get_sandbox().run(job).stdout == b"in\na b c\n"


def test_a_name_means_the_file_in_the_folder_before_that_of_the_system():
    job = Job(argv=("ls",), files={"ls": b"#!/bin/sh\necho mine\n"}, limits=PATIENT)
    assert get_sandbox().run(job).stdout == b"mine\n"


@pytest.mark.parametrize(("argv", "code"), [(("no-such-thing",), 127), (("./no-such-thing",), 127), (("./text",), 126)])
def test_what_cannot_be_run_is_said_as_a_shell_says_it(argv, code):
    outcome = get_sandbox().run(Job(argv=argv, files={"text": b"not a program"}, limits=PATIENT))
    assert (outcome.reason, outcome.code) == (ExitReason.NON_ZERO, code)
    assert argv[0].encode() in outcome.stderr


@pytest.mark.skipif(shutil.which("gcc") is None, reason="there is no C compiler here")
def test_a_program_is_compiled_in_one_box_and_run_in_another():
    source = b'#include <stdio.h>\nint main(void) { int n; scanf("%d", &n); printf("%d\\n", n * n); return 0; }\n'
    built = get_sandbox().run(
        Job(argv=("gcc", "main.c", "-o", "main"), files={"main.c": source}, keep=("main",), limits=PATIENT)
    )
    assert built.reason is ExitReason.OK, built.stderr
    outcome = get_sandbox().run(Job(argv=("./main",), files={"main": built.kept["main"]}, stdin=b"12", limits=PATIENT))
    assert outcome.stdout == b"144\n"


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here")
def test_node_runs_where_the_address_space_is_free():
    limits = Limits(wall_seconds=30, address_space=False)
    job = Job(argv=("node", "main.js"), files={"main.js": b"console.log([1, 2].map(x => x + 1).join())"}, limits=limits)
    assert get_sandbox().run(job).stdout == b"2,3\n"


@pytest.mark.parametrize(
    ("job", "message"),
    [
        (Job(argv=()), "argv"),
        (Job(argv=("",)), "argv"),
        (Job(argv=("a\0b",)), "null"),
        (Job(argv=(PYTHON,)), "file"),
        (Job(argv=(PYTHON, "-c", "1")), "file"),
        (Job(argv=("a",), files={"../a": b""}), "files"),
        (Job(argv=("a",), files={"/a": b""}), "files"),
        (Job(argv=("a",), files={"": b""}), "files"),
        (Job(argv=("a",), files={"a/": b""}), "files"),
        (Job(argv=("a",), keep=("b/../../a",)), "keep"),
        (Job(argv=("a",), limits=Limits(wall_seconds=0)), "wall_seconds"),
        (Job(argv=("a",), limits=Limits(wall_seconds=float("inf"))), "wall_seconds"),
        (Job(argv=("a",), limits=Limits(stdout_bytes=-1)), "stdout_bytes"),
        (Job(argv=("a",), files={"a": b"x" * 10_000}, limits=Limits(folder_bytes=10_000)), "folder_bytes"),
    ],
)
def test_a_job_that_cannot_be_meant_is_refused(job, message):
    with pytest.raises(ValueError, match=message):
        get_sandbox().run(job)
    with pytest.raises(ValueError, match=message):
        get_sandbox().open(job)


def test_the_shared_sandbox_is_one():
    assert get_sandbox() is get_sandbox("full")
    assert get_sandbox().isolation == "full"
    assert get_sandbox().run(python_job("print(1)")).stdout == b"1\n"
