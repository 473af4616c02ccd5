"""Programs that leave before anything was tested, or so that it looks as if they had succeeded."""

from palaestra.envs.code.sandbox import ExitReason

from .attack import SHORT, Attack

OK, NON_ZERO, SIGNAL, TIMEOUT = ExitReason.OK, ExitReason.NON_ZERO, ExitReason.SIGNAL, ExitReason.TIMEOUT
NOTHING = ""

ATTACKS = (
    Attack(name="sys.exit(0)", source="import sys; sys.exit(0); print('on')", prints=NOTHING),
    Attack(name="exit()", source="exit(); print('on')", ends=(OK, NON_ZERO), prints=NOTHING),
    Attack(name="os._exit(0)", source="import os; os._exit(0); print('on')", prints=NOTHING),
    Attack(
        name="os._exit(0) from a thread",
        source="""
import os, threading, time
threading.Thread(target=os._exit, args=(0,)).start()
time.sleep(5)
print("on")
""",
        prints=NOTHING,
    ),
    Attack(
        name="a SystemExit of its own, with a code that lies about itself",
        source="""
class Zero(int):
    def __eq__(self, other): return True
    def __bool__(self): return False
    __hash__ = int.__hash__
class Exit(SystemExit):
    code = property(lambda self: Zero(7))
raise Exit("all tests passed")
""",
        ends=(NON_ZERO,),
        prints=NOTHING,
    ),
    Attack(
        name="an exception whose text cannot be made",
        source="""
class Failure(BaseException):
    def __str__(self): raise SystemExit(0)
    __repr__ = __str__
raise Failure
""",
        ends=(NON_ZERO,),
        prints=NOTHING,
    ),
    Attack(
        name="an exception hook that leaves with 0",
        source="""
import os, sys
sys.excepthook = lambda *_: os._exit(0)
raise ValueError
""",
        ends=(OK, NON_ZERO),
        prints=NOTHING,
    ),
    Attack(name="KeyboardInterrupt", source="raise KeyboardInterrupt", ends=(NON_ZERO, SIGNAL), prints=NOTHING),
    Attack(
        name="GeneratorExit out of an asynchronous program",
        source="import asyncio\nasync def main(): raise GeneratorExit\nasyncio.run(main())",
        ends=(NON_ZERO,),
        prints=NOTHING,
    ),
    Attack(
        name="kill -9 of itself",
        source="import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        ends=(SIGNAL,),
        prints=NOTHING,
    ),
    Attack(
        name="kill -9 of its group",
        source="import os, signal; os.killpg(0, signal.SIGKILL)",
        ends=(SIGNAL,),
        prints=NOTHING,
    ),
    Attack(
        name="becomes /bin/true",
        source="import os; os.execv('/bin/true', ['true']); print('on')",
        prints=NOTHING,
    ),
    Attack(
        name="becomes another interpreter",
        source="import os, sys; os.execv('/bin/sh', ['sh', '-c', 'echo tried; exit 3'])",
        ends=(NON_ZERO,),
    ),
    Attack(
        name="closes everything, then leaves",
        source="import os; os.closerange(0, 4096); os._exit(0)",
        prints=NOTHING,
    ),
    Attack(
        name="leaves a child that goes on printing",
        source="""
import os, time
if os.fork() == 0:
    time.sleep(0.3)
    print("late", flush=True)
    time.sleep(60)
os._exit(0)
""",
        prints=r"(late\n)?",
    ),
    Attack(
        name="in C: an exit status that wraps around to 0",
        language="c",
        source="#include <stdlib.h>\nint main(void) { exit(256); }",
        prints=NOTHING,
    ),
    Attack(
        name="in C: leaves by the system call",
        language="c",
        source='#include "attempt.h"\nint main(void) { printf("not flushed"); syscall(SYS_exit_group, 0); }',
        prints=NOTHING,
    ),
    Attack(
        name="in C: only its first thread leaves",
        language="c",
        source="""
#include "attempt.h"
static void *stay(void *unused) { for (;;) pause(); }
int main(void) {
  pthread_t thread;
  pthread_create(&thread, 0, stay, 0);
  syscall(SYS_exit, 0);
}
""",
        ends=(TIMEOUT,),
        prints=NOTHING,
        limits=SHORT,
    ),
    Attack(
        name="in C: abort()",
        language="c",
        source="#include <stdlib.h>\nint main(void) { abort(); }",
        ends=(SIGNAL,),
        prints=NOTHING,
    ),
    Attack(
        name="in C: jumps to nowhere",
        language="c",
        source="int main(void) { ((void (*)(void))16)(); }",
        ends=(SIGNAL,),
        prints=NOTHING,
    ),
    Attack(
        name="in C: leaves its child as if it were the program",
        language="c",
        source="""
#include "attempt.h"
int main(void) {
  for (int hop = 0; hop < 20; hop++)
    if (fork() != 0) _exit(0);
  for (;;) pause();
}
""",
        prints=NOTHING,
    ),
    Attack(
        name="in Bash: kills itself in a trap",
        language="bash",
        source="trap 'kill -9 $$' EXIT\nexit 0",
        ends=(SIGNAL,),
        prints=NOTHING,
    ),
)
