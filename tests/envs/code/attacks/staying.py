"""Programs that stay: by processes that outlive them, and by never ending themselves."""

from palaestra.envs.code.sandbox import ExitReason, Limits

from .attack import SHORT, Attack

OK, NON_ZERO, SIGNAL, TIMEOUT = ExitReason.OK, ExitReason.NON_ZERO, ExitReason.SIGNAL, ExitReason.TIMEOUT
MEMORY, OUTPUT = ExitReason.MEMORY, ExitReason.OUTPUT
NOTHING = ""

PROCESSES = (
    Attack(
        name="a grandchild that holds standard output",
        source="""
import os, time
if os.fork() == 0:
    time.sleep(60)
from attempt import tried
tried()
""",
    ),
    Attack(
        name="a daemon in a session of its own",
        source="""
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.closerange(0, 3)
        time.sleep(60)
    os._exit(0)
os.wait()
from attempt import tried
tried()
""",
    ),
    Attack(
        name="in C: a daemon that no death of a parent ends",
        language="c",
        source="""
#include "attempt.h"
int main(void) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  if (fork() == 0) {
    prctl(PR_SET_PDEATHSIG, 0);
    setsid();
    for (int number = 1; number < 65; number++) signal(number, SIG_IGN);
    if (fork() != 0) _exit(0);
    for (;;) sleep(60);
  }
  wait(0);
  return tried();
}
""",
    ),
    Attack(
        name="in C: a child that runs from its parent's death by changing its id",
        language="c",
        source="""
#include "attempt.h"
int main(void) {
  if (fork() != 0) return tried();
  for (int hop = 0; hop < 100000; hop++)
    if (fork() > 0) _exit(0);
  for (;;) pause();
}
""",
    ),
    Attack(
        name="in C: forks twice as many each time",
        language="c",
        source="""
#include "attempt.h"
int main(void) {
  for (int doubling = 0; doubling < 11; doubling++) fork();
  for (;;) pause();
}
""",
        ends=(TIMEOUT, SIGNAL),
        prints=NOTHING,
        limits=SHORT,
    ),
    Attack(
        name="in C: more children than allowed",
        language="c",
        source="""
#include "attempt.h"
int main(void) {
  int children = 0;
  while (children < 500) {
    pid_t child = fork();
    if (child < 0) break;
    if (child == 0) for (;;) pause();
    children++;
  }
  attempt("more processes than allowed", children < 32 ? -1 : children);
  return tried();
}
""",
    ),
    Attack(
        name="in C: more threads than allowed",
        language="c",
        source="""
#include "attempt.h"
static void *stay(void *unused) { for (;;) pause(); }
int main(void) {
  int threads = 0;
  pthread_t thread;
  pthread_attr_t little;
  pthread_attr_init(&little);
  pthread_attr_setstacksize(&little, 16384);
  while (threads < 500 && pthread_create(&thread, &little, stay, 0) == 0) threads++;
  attempt("more threads than allowed", threads < 32 ? -1 : threads);
  return tried();
}
""",
    ),
    Attack(
        name="more children than allowed",
        source="""
import os, time
from attempt import attempt, provoke, tried
def child():
    if (pid := os.fork()) == 0:
        time.sleep(60)
    return pid
children = 0
while children < 200 and provoke(child):
    children += 1
if children >= 32:
    print("REACHED", children, "children")
tried()
""",
    ),
    Attack(
        name="more threads than allowed",
        source="""
import threading, time
from attempt import tried
threading.stack_size(65536)
threads = 0
try:
    while threads < 200:
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        threads += 1
except (RuntimeError, MemoryError):
    pass
if threads >= 32:
    print("REACHED", threads, "threads")
tried()
""",
    ),
    Attack(
        name="in Bash: the fork bomb",
        language="bash",
        source=":() { : | : & }\n:\nsleep 60",
        ends=(TIMEOUT, SIGNAL, NON_ZERO),
        prints=NOTHING,
        limits=SHORT,
    ),
    Attack(
        name="in Perl: forks for ever",
        language="perl",
        source="$| = 1; for (1 .. 100000) { fork }",
        ends=(OK, TIMEOUT, SIGNAL),
        prints=NOTHING,
        limits=SHORT,
    ),
    Attack(
        name="in C: zombies that nobody fetches",
        language="c",
        source="""
#include "attempt.h"
int main(void) {
  int zombies = 0;
  while (zombies < 500) {
    pid_t child = fork();
    if (child < 0) break;
    if (child == 0) _exit(0);
    zombies++;
  }
  attempt("more zombies than allowed", zombies < 32 ? -1 : zombies);
  return tried();
}
""",
    ),
    Attack(
        name="in C: orphans that others must fetch",
        language="c",
        source="""
#include "attempt.h"
int main(void) {
  for (int orphan = 0; orphan < 300; orphan++) {
    pid_t child = fork();
    if (child == 0) {
      if (fork() == 0) _exit(0);
      _exit(0);
    }
    if (child > 0) waitpid(child, 0, 0);
  }
  return tried();
}
""",
    ),
)

TIME = (
    Attack(
        name="sleeps for ever", source="import time; time.sleep(10**6)", ends=(TIMEOUT,), prints=NOTHING, limits=SHORT
    ),
    Attack(name="computes for ever", source="while True: pass", ends=(TIMEOUT,), prints=NOTHING, limits=SHORT),
    Attack(
        name="computes where no signal is looked at",
        source="print(len(str(7 ** 7 ** 7 ** 7)))",
        ends=(TIMEOUT, MEMORY, NON_ZERO),
        prints=NOTHING,
        limits=SHORT,
    ),
    Attack(
        name="matches for ever",
        source="import re; re.match(r'(a*)*b', 'a' * 50)",
        ends=(TIMEOUT,),
        prints=NOTHING,
        limits=SHORT,
    ),
    Attack(
        name="swallows every exception in a loop",
        source="""
import time
while True:
    try:
        time.sleep(60)
    except BaseException:
        pass
""",
        ends=(TIMEOUT,),
        prints=NOTHING,
        limits=SHORT,
    ),
    Attack(
        name="resets its alarms and ignores every signal",
        source="""
import resource, signal
signal.alarm(0)
for timer in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF):
    signal.setitimer(timer, 0)
for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_CPU, resource.getrlimit(resource.RLIMIT_CPU)[1:] * 2)
while True:
    pass
""",
        ends=(TIMEOUT, SIGNAL),
        prints=NOTHING,
        limits=SHORT,
    ),
    Attack(
        name="in C: blocks every signal and spends processor time in many children",
        language="c",
        source="""
#include "attempt.h"
int main(void) {
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, 0);
  signal(SIGXCPU, SIG_IGN);
  for (int child = 0; child < 3; child++) fork();
  for (volatile long count = 0;; count++) {}
}
""",
        ends=(TIMEOUT, SIGNAL),
        prints=NOTHING,
        limits=SHORT,
    ),
    Attack(
        name="stops itself",
        source="import os, signal; os.kill(os.getpid(), signal.SIGSTOP)",
        ends=(TIMEOUT,),
        prints=NOTHING,
        limits=SHORT,
    ),
    Attack(
        name="in C: stops all that it can reach",
        language="c",
        source="""
#include "attempt.h"
int main(void) {
  only_in_a_box(TARGET_PID);
  kill(getppid(), SIGSTOP);
  kill(-1, SIGSTOP);
  kill(0, SIGSTOP);
}
""",
        ends=(TIMEOUT,),
        prints=NOTHING,
        limits=SHORT,
    ),
    Attack(
        name="closes standard output and stays",
        source="import os, time; os.closerange(0, 3); time.sleep(60)",
        ends=(TIMEOUT,),
        prints=NOTHING,
        limits=SHORT,
    ),
    Attack(
        name="stays at its exit",
        source="import atexit, time; atexit.register(time.sleep, 60)",
        ends=(TIMEOUT,),
        prints=NOTHING,
        limits=SHORT,
    ),
    Attack(
        name="stays in a thread that is no daemon",
        source="import threading, time; threading.Thread(target=time.sleep, args=(60,)).start()",
        ends=(TIMEOUT,),
        prints=NOTHING,
        limits=SHORT,
    ),
    Attack(
        name="waits for more input than there is",
        source="import sys, time\nwhile True:\n    sys.stdin.read(1) or time.sleep(0.01)",
        ends=(TIMEOUT,),
        prints=NOTHING,
        limits=SHORT,
    ),
    Attack(
        name="does not read what it is sent, and stays",
        source="import time; time.sleep(60)",
        ends=(TIMEOUT,),
        prints=NOTHING,
        limits=SHORT,
        stdin=b"x" * (4 << 20),
    ),
    Attack(
        name="does not read what it is sent, and leaves",
        source="from attempt import tried; tried()",
        stdin=b"x" * (4 << 20),
    ),
    Attack(
        name="calls itself for ever",
        source="""
import sys
sys.setrecursionlimit(10**9)
def call(): return call()
call()
""",
        ends=(SIGNAL, MEMORY, NON_ZERO, TIMEOUT),
        prints=NOTHING,
        limits=SHORT,
    ),
    Attack(
        name="is nested too deeply to be parsed",
        source="(" * 100_000 + ")" * 100_000,
        ends=(NON_ZERO, SIGNAL, MEMORY),
        prints=NOTHING,
    ),
    Attack(name="is no text", source="print('on')\0\x80", ends=(NON_ZERO,), prints=NOTHING),
    Attack(
        name="in C: calls itself for ever",
        language="c",
        source="""
#include "attempt.h"
static int call(volatile int *depth) { volatile int deeper[256] = {*depth + 1}; return call(deeper) + deeper[0]; }
int main(void) { volatile int depth = 0; return call(&depth); }
""",
        ends=(SIGNAL, MEMORY),
        prints=NOTHING,
    ),
    Attack(
        name="in Bash: for ever",
        language="bash",
        source="while :; do :; done",
        ends=(TIMEOUT,),
        prints=NOTHING,
        limits=SHORT,
    ),
    Attack(
        name="in JavaScript: for ever",
        language="node",
        source="for (;;) {}",
        ends=(TIMEOUT,),
        prints=NOTHING,
        limits=Limits(wall_seconds=1.0, cpu_seconds=1.0, address_space=False),
    ),
)

ATTACKS = PROCESSES + TIME
