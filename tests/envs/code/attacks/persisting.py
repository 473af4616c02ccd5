"""Programs that leave something behind for the next: the tests run one that looks around before and after each."""

from palaestra.envs.code.sandbox import ExitReason

from .attack import Attack

OK, NON_ZERO, SIGNAL = ExitReason.OK, ExitReason.NON_ZERO, ExitReason.SIGNAL

ATTACKS = (
    Attack(
        name="rewrites builtins and modules",
        source="""
import builtins, io, json, os, sys
from attempt import tried
def lie(*arguments, **options): raise SystemExit(0)
io.open = json.dumps = json.loads = lie
for name in ("fork", "waitpid", "kill", "write", "read", "_exit"):
    setattr(os, name, lie)
tried()
for name in ("open", "exec", "eval", "compile", "len", "sorted", "isinstance", "__import__", "print"):
    setattr(builtins, name, lie)
""",
        ends=(OK, NON_ZERO),
    ),
    Attack(
        name="rewrites how modules are found",
        source="""
import sys
from attempt import tried
class Finder:
    def find_spec(self, *arguments): raise SystemExit(0)
sys.meta_path.insert(0, Finder())
sys.path_hooks.insert(0, Finder)
sys.path.insert(0, "/tmp")
sys.path_importer_cache.clear()
sys.modules["json"] = sys.modules["random"] = Finder()
sys.modules["palaestra"] = Finder()
tried()
""",
    ),
    Attack(
        name="rewrites numbers and constants in memory",
        source="""
import ctypes
from attempt import tried
tried()
for number in range(5, 200):
    ctypes.c_uint32.from_address(id(number) + 24).value = 13
""",
        ends=(OK, NON_ZERO, SIGNAL),
    ),
    Attack(
        name="rewrites a method of strings",
        source="""
import ctypes, gc
from attempt import tried
namespace = gc.get_referents(str.__dict__)[0]
namespace["upper"] = lambda self: "attacked"
ctypes.pythonapi.PyType_Modified(ctypes.py_object(str))
assert "x".upper() == "attacked"
tried()
""",
    ),
    Attack(
        name="turns the interpreter's switches",
        source="""
import decimal, gc, locale, os, random, sys, threading, warnings
from attempt import tried
gc.disable(); gc.set_threshold(1); gc.freeze()
sys.setrecursionlimit(60); sys.setswitchinterval(100); sys.set_int_max_str_digits(640)
sys.settrace(lambda *_: None); sys.setprofile(lambda *_: None); threading.settrace(lambda *_: None)
sys.addaudithook(lambda *_: None)
random.seed(0); decimal.getcontext().prec = 1; warnings.simplefilter("error")
locale.setlocale(locale.LC_ALL, "C")
os.environ["PYTHONSTARTUP"] = os.environ["LD_PRELOAD"] = os.environ["ATTACKED"] = "/tmp/attacked"
tried()
""",
    ),
    Attack(
        name="replaces standard output with an object of its own",
        source="""
import sys
from attempt import tried
tried()
class Deaf:
    def write(self, text): return len(text)
    def flush(self): raise SystemExit(0)
sys.stdout = sys.stderr = sys.__stdout__ = Deaf()
print("nothing")
""",
        ends=(OK, NON_ZERO),
    ),
    Attack(
        name="changes what children inherit of a process",
        source="""
import os, resource, signal
from attempt import provoke, tried
os.umask(0o777)
os.nice(19)
provoke(lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}))
provoke(lambda: os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0)))
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
for limit in (resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE, resource.RLIMIT_STACK, resource.RLIMIT_CORE):
    resource.setrlimit(limit, (0, 0))
tried()
""",
    ),
    Attack(
        name="in C: changes what children inherit of a process",
        language="c",
        source="""
#include "attempt.h"
#include <sys/personality.h>
int main(void) {
  only_in_a_box(TARGET_PID);
  prctl(PR_SET_TIMERSLACK, 1000000000UL);
  prctl(PR_SET_NAME, "attacked");
  prctl(PR_SET_DUMPABLE, 0);
  prctl(PR_SET_THP_DISABLE, 1);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  personality(ADDR_NO_RANDOMIZE);
  syscall(SYS_ioprio_set, 1, 0, 3 << 13);
  setpriority(PRIO_USER, 0, 19);
  alarm(1);
  return tried();
}
""",
    ),
    Attack(
        name="in C: changes how the first process runs, from which the next program comes",
        language="c",
        source="""
#include "attempt.h"
int main(void) {
  only_in_a_box(TARGET_PID);
  for (pid_t pid = 1; pid > 0; pid = pid == 1 ? getppid() : 0) {
    setpriority(PRIO_PROCESS, pid, 19);
    setpriority(PRIO_PGRP, getpgid(pid), 19);
    sched_setaffinity(pid, sizeof(cpu_set_t), &(cpu_set_t){{1}});
    sched_setscheduler(pid, SCHED_IDLE, &(struct sched_param){0});
    syscall(SYS_ioprio_set, 1, pid, 3 << 13);
    for (int limit = 0; limit < 16; limit++) prlimit(pid, limit, &(struct rlimit){1, 1}, 0);
    for (int count = 0; count < 1000; count++)
      for (int number = 1; number < 65; number++) sigqueue(pid, number, (union sigval){0});
    setpgid(pid, getpid());
    if (pid == getppid()) break;
  }
  setpriority(PRIO_USER, 0, 19);
  return tried();
}
""",
        ends=(OK, SIGNAL),
        prints=r"(tried\n)?",
    ),
    Attack(
        name="leaves files wherever it can",
        source="""
import os, sys, sysconfig
from attempt import provoke, tried
for name in ("sitecustomize.py", "usercustomize.py", "random.py", "main.py", ".bashrc"):
    provoke(lambda: open(name, "w").write("raise SystemExit(0)"))
homes = (os.path.expanduser("~"), "/home", os.path.dirname(os.__file__), sysconfig.get_path("purelib"), *sys.path)
for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run", "/", *homes):
    provoke(lambda: open(os.path.join(folder, TARGET_NAME), "w").write("raise SystemExit(0)"))
tried()
""",
    ),
    Attack(
        name="leaves shared memory, semaphores and messages",
        source="""
from attempt import libc, provoke, syscall, tried
from multiprocessing import shared_memory
def leave():
    memory = shared_memory.SharedMemory(TARGET_NAME, create=True, size=4096)
    memory.buf[:8] = b"attacked"
provoke(leave)
for number in (29, 64, 68):
    provoke(lambda: syscall(number, 0x5EC, *((1, 0o1666) if number != 68 else (0o1666,))))
provoke(lambda: syscall(240, TARGET_NAME.encode(), 0o102, 0o666, 0))
tried()
import os
os._exit(0)
""",
    ),
    Attack(
        name="closes what the next program needs",
        source="""
import os, socket
from attempt import provoke, tried
tried()
for descriptor in range(4096):
    provoke(lambda: socket.socket(fileno=os.dup(descriptor)).shutdown(socket.SHUT_RDWR))
os.closerange(0, 4096)
""",
        ends=(OK, NON_ZERO),
    ),
    Attack(
        name="writes into descriptors that are not its own",
        source="""
import os, struct
from attempt import provoke, tried
tried()
for descriptor in range(3, 1100):
    for message in (b"\\0" * 64, b"\\xff" * 64, b'{"reason": "ok"}\\n', struct.pack("<cBidd", b"R", 0, 0, 0.0, 0.0)):
        provoke(lambda: os.write(descriptor, message))
provoke(lambda: os.write(0, b"ok 0\\n"))
""",
    ),
    Attack(
        name="holds locks on what the next program reads",
        source="""
import fcntl, os, sys
from attempt import provoke, tried
for path in (os.__file__, sys.executable, "/", "/tmp", "/dev/null", "."):
    provoke(lambda: fcntl.flock(os.open(path, os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB))
    provoke(lambda: fcntl.fcntl(os.open(path, os.O_RDONLY), fcntl.F_SETLEASE, fcntl.F_RDLCK))
tried()
""",
    ),
    Attack(
        name="leaves by an error in a destructor",
        source="""
import os, sys, time
from attempt import tried
class Stays:
    def __del__(self):
        os.write(1, b"")
        raise SystemExit(1)
stays = Stays()
stays.itself = stays
sys.unraisablehook = lambda *_: None
tried()
""",
    ),
)
