"""What a program sees and prints in the warm interpreter is what it sees and prints in one started for it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from palaestra.envs.code.sandbox import ExitReason

from .programs import run_python

PROGRAMS = {
    "prints": "print('ä', end=''); import sys; print('b', file=sys.stderr)",
    "raises": "def f(x):\n    return 1 / x\n\nf(0)",
    "raises a chain": "try:\n    {}['a']\nexcept KeyError as e:\n    raise ValueError('b') from e",
    "raises a group": "raise ExceptionGroup('many', [ValueError(1), TypeError('2')])",
    "is no program": "x = (1,\nprint(x",
    "is no text": "'\\x00",
    "exits": "import sys; print(1); sys.exit(7)",
    "exits with words": "raise SystemExit('no more')",
    "exits with nothing": "exit()",
    "exits negatively": "import sys; sys.exit(-1)",
    "exits hard": "import os; print(1, flush=True); os._exit(4)",
    "exits in a thread": "import threading, sys\nt = threading.Thread(target=lambda: sys.exit(3)); t.start(); print(2)",
    "fails in a thread": "import threading\nt = threading.Thread(target=lambda: 1 / 0, name='t'); t.start()",
    "leaves a thread": "import threading, time\nthreading.Thread(target=lambda: (time.sleep(.1), print(2))).start()",
    "at exit": "import atexit; atexit.register(print, 'bye'); print('hello'); 1 / 0",
    "exits at exit": "import atexit, sys; atexit.register(lambda: sys.exit(5)); print('hello')",
    "finalises": "class A:\n    def __del__(self): print('gone')\na = A(); b = [a]; b.append(b)",
    "own hook": "import sys; sys.excepthook = lambda *a: print('caught', a[0].__name__); 1 / 0",
    "broken hook": "import sys\ndef hook(*a): raise TypeError('hook')\nsys.excepthook = hook\n1 / 0",
    "interrupted": "raise KeyboardInterrupt",
    "recursion": "def f(): f()\ntry: f()\nexcept RecursionError: print('deep')",
    "main": "print(__name__, __file__, __spec__, __doc__, __builtins__, sorted(globals()))",
    "doc": "'''words'''\nprint(__doc__)",
    "annotations": "x: int = 1\nprint(__annotations__)",
    "argv": "import sys; print(sys.argv, sys.path[0], sys.stdout.encoding, sys.stdin.encoding, sys.stderr.errors)",
    "streams": (
        "import sys\nfor s in (sys.stdin, sys.stdout, sys.stderr):\n"
        "    print(s.name, s.mode, s.line_buffering, s.isatty(), s.newlines, s.errors, s.buffer.raw.seekable())"
    ),
    "own import": "import main as again; print(again.__name__)",
    "dataclass": "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\nprint(P(1))",
    "pickles": "import pickle\nclass P: pass\nprint(type(pickle.loads(pickle.dumps(P()))))",
    "flags": "import sys, gc; print(sys.flags.hash_randomization, gc.isenabled(), gc.get_threshold(), hash('x'))",
    "limits of integers": "print(len(str(10 ** 4000)))\nstr(10 ** 5000)",
    "warns": "import warnings; warnings.warn('old', DeprecationWarning); print(1)",
    "closes its output": "import sys; print(1); sys.stdout.close()",
    "input ends": "print(input()); input()",
    "lines": "import sys\nfor line in sys.stdin: print(repr(line))",
    "modules": "import this_is_missing",
    "signals": "import signal; print(signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGCHLD), "
    "signal.getsignal(signal.SIGPIPE), signal.pthread_sigmask(signal.SIG_BLOCK, []))",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_sees_and_prints_what_it_does_in_an_interpreter_of_its_own(name, tmp_path):
    source = PROGRAMS[name]
    (tmp_path / "main.py").write_text(source)
    environment = {"PYTHONHASHSEED": "0", "LANG": "C.UTF-8", "PATH": "/usr/bin"}
    expected = subprocess.run(
        [sys.executable, "main.py"],
        cwd=tmp_path,
        input=b"one\ntwo\r\n",
        capture_output=True,
        env=environment,
        check=False,
    )
    outcome = run_python(source, stdin=b"one\ntwo\r\n")
    assert outcome.stdout == _without_places(expected.stdout, tmp_path)
    assert _without_places(outcome.stderr, tmp_path) == _without_places(expected.stderr, tmp_path)
    code = -outcome.code if outcome.reason is ExitReason.SIGNAL else outcome.code
    assert code == expected.returncode


def _without_places(text: bytes, folder: Path) -> bytes:
    return re.sub(rb"0x[0-9a-f]+", b"0x...", text.replace(str(folder).encode(), b"/run/box"))
