import time

import pytest

from palaestra.envs.code.sandbox import ExitReason, Job, Limits, get_sandbox

from .programs import PATIENT, run_python

SHORT = Limits(wall_seconds=0.6)


@pytest.mark.parametrize(
    "source",
    [
        "import time; time.sleep(60)",
        "import os, time; os.close(0); os.close(1); os.close(2); time.sleep(60)",
        "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)",
        "import os, time\nfor _ in range(5): os.fork()\nos.setsid() if os.getpid() > 2 else 0\ntime.sleep(60)",
        "import signal, time\nfor n in {*range(1, 32)} - {9, 19}: signal.signal(n, signal.SIG_IGN)\ntime.sleep(60)",
    ],
    ids=["sleeps", "closes its streams", "stops itself", "forks", "ignores signals"],
)
def test_at_the_deadline_everything_is_over(source):
    started = time.monotonic()
    outcome = run_python(source, limits=SHORT)
    assert (outcome.reason, outcome.code, outcome.detail) == (ExitReason.TIMEOUT, None, "ran longer than 0.6 s")
    assert outcome.wall_seconds >= 0.6
    assert time.monotonic() - started < 10


def test_what_was_printed_before_the_deadline_is_there():
    outcome = run_python("print('early', flush=True)\nwhile True: pass", limits=SHORT)
    assert (outcome.reason, outcome.stdout) == (ExitReason.TIMEOUT, b"early\n")
    assert outcome.cpu_seconds > 0


def test_processor_time_runs_out_also_where_the_signal_is_ignored():
    for source in (
        "while True: pass",
        "import signal; signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass",
    ):
        outcome = run_python(source, limits=Limits(cpu_seconds=1, wall_seconds=60))
        assert (outcome.reason, outcome.detail) == (ExitReason.TIMEOUT, "computed longer than 1 s")


def test_one_byte_too_many_and_the_program_is_over():
    limits = Limits(stdout_bytes=5, wall_seconds=30)
    assert run_python("print('1234')", limits=limits).reason is ExitReason.OK
    outcome = run_python("import time; print('12345', flush=True); time.sleep(60)", limits=limits)
    assert (outcome.reason, outcome.stdout) == (ExitReason.OUTPUT, b"12345")
    assert outcome.detail == "printed more than 5 bytes"


def test_the_rest_of_long_errors_is_dropped():
    limits = Limits(stderr_bytes=10, wall_seconds=30)
    outcome = run_python("import sys; print('x' * 1_000_000, file=sys.stderr); print('done')", limits=limits)
    assert (outcome.reason, outcome.stdout, outcome.stderr) == (ExitReason.OK, b"done\n", b"x" * 10)


def test_a_greedy_process_gets_no_more_address_space():
    outcome = run_python("x = bytearray(1 << 30)")
    assert (outcome.reason, outcome.code) == (ExitReason.NON_ZERO, 1)
    assert outcome.stderr.endswith(b"MemoryError\n")


@pytest.mark.parametrize("address_space", [True, False])
def test_memory_of_all_processes_together_runs_out(address_space):
    limits = Limits(memory_bytes=150 << 20, address_space=address_space, wall_seconds=60, cpu_seconds=30)
    source = "import os, time\nos.fork(); os.fork()\nx = bytearray(b'x') * (60 << 20)\ntime.sleep(50)"
    outcome = run_python(source, limits=limits)
    assert (outcome.reason, outcome.detail) == (ExitReason.MEMORY, "used more than 150 MiB of memory")


def test_memory_that_processes_share_counts_once():
    limits = Limits(memory_bytes=150 << 20, wall_seconds=60)
    source = "import os, time\nx = bytearray(b'x') * (60 << 20)\nos.fork(); os.fork()\ntime.sleep(.3)"
    assert run_python(source, limits=limits).reason is ExitReason.OK


def test_processes_and_threads_are_counted_for_the_program_alone():
    source = (
        "import os, signal\n"
        "made = 0\n"
        "while True:\n"
        "    try:\n"
        "        if not os.fork(): signal.pause()\n"
        "    except BlockingIOError: break\n"
        "    made += 1\n"
        "print(made)\n"
    )
    with get_sandbox().open(Job(argv=("sleep", "30"), limits=PATIENT)):
        assert run_python(source, limits=Limits(processes=5, wall_seconds=30)).stdout == b"4\n"


def test_the_folder_is_full_at_its_limit():
    source = (
        "try:\n    for i in range(100): open(str(i), 'wb').write(bytes(100_000))\n"
        "except OSError as error: print(error.strerror)"
    )
    assert (
        run_python(source, limits=Limits(folder_bytes=1_000_000, wall_seconds=30)).stdout
        == b"No space left on device\n"
    )


def test_descriptors_are_limited():
    source = "import os\ntry:\n    while True: os.dup(0)\nexcept OSError as error: print(os.dup2(0, 9), error.strerror)"
    outcome = run_python(source, limits=Limits(open_files=10, wall_seconds=30))
    assert outcome.stdout == b"9 Too many open files\n"
