"""Programs that reach for other processes: the parent, the first, the tests' victim, all."""

from palaestra.envs.code.sandbox import ExitReason

from .attack import Attack

OK, NON_ZERO, SIGNAL, TIMEOUT = ExitReason.OK, ExitReason.NON_ZERO, ExitReason.SIGNAL, ExitReason.TIMEOUT

ATTACKS = (
    Attack(
        name="kills its parent and the first process",
        source="""
import os, signal
from attempt import only_in_a_box, provoke, tried
only_in_a_box(TARGET_PID)
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGSEGV, signal.SIGSTOP, signal.SIGKILL):
    for pid in {os.getppid() or 1, 1} - {os.getpid()}:
        provoke(lambda: os.kill(pid, number))
tried()
""",
        ends=(OK, SIGNAL),
        prints=r"(tried\n)?",
    ),
    Attack(
        name="kills the tests and their victim",
        source="""
import os, signal
from attempt import attempt, syscall, tried
for pid in (TARGET_PID, TARGET_TESTS_PID):
    attempt("seen", lambda: os.kill(pid, 0))
    attempt("woken", lambda: os.kill(pid, signal.SIGCONT))
    attempt("group", lambda: os.killpg(pid, signal.SIGCONT))
    attempt("descriptor", lambda: os.pidfd_open(pid))
    attempt("thread", lambda: syscall(234, pid, pid, signal.SIGCONT))
    attempt("queued", lambda: syscall(129, pid, signal.SIGCONT, bytes(128)))
tried()
""",
        harmless=True,
    ),
    Attack(
        name="in C: kills all that it can reach",
        language="c",
        source="""
#include "attempt.h"
int main(void) {
  only_in_a_box(TARGET_PID);
  for (int pid = 2; pid < 300; pid++)
    if (pid != getpid()) kill(pid, SIGKILL);
  tried();
  fflush(stdout);
  kill(-1, SIGKILL);
  kill(0, SIGKILL);
}
""",
        ends=(SIGNAL, OK),
        prints=r"(tried\n)?",
    ),
    Attack(
        name="in C: a storm of signals to its parent",
        language="c",
        source="""
#include "attempt.h"
int main(void) {
  only_in_a_box(TARGET_PID);
  pid_t parent = getppid() > 0 ? getppid() : 1;
  for (int count = 0; count < 2000; count++)
    for (int number = 1; number < 65; number++)
      if (parent != getpid()) kill(parent, number);
  return tried();
}
""",
        ends=(OK, SIGNAL),
        prints=r"(tried\n)?",
    ),
    Attack(
        name="in C: traces others",
        language="c",
        source="""
#include "attempt.h"
int main(void) {
  pid_t others[] = {getppid() > 0 ? getppid() : 1, 1, TARGET_PID, TARGET_TESTS_PID};
  for (int i = 0; i < 4; i++) {
    if (others[i] == getpid()) continue;
    attempt("seize", ptrace(PTRACE_SEIZE, others[i], 0, 0));
    attempt("attach", ptrace(PTRACE_ATTACH, others[i], 0, 0));
  }
  return tried();
}
""",
    ),
    Attack(
        name="in C: reads and writes the memory of others",
        language="c",
        source="""
#include "attempt.h"
int main(void) {
  pid_t others[] = {getppid() > 0 ? getppid() : 1, 1, TARGET_PID, TARGET_TESTS_PID};
  char bytes[16] = "attacked";
  struct iovec here = {bytes, sizeof bytes}, there = {(void *)TARGET_ADDRESS, sizeof bytes};
  for (int i = 0; i < 4; i++) {
    if (others[i] == getpid()) continue;
    attempt("reading", process_vm_readv(others[i], &here, 1, &there, 1, 0));
    attempt("writing", process_vm_writev(others[i], &here, 1, &there, 1, 0));
  }
  return tried();
}
""",
    ),
    Attack(
        name="in C: changes how others run",
        language="c",
        source="""
#include "attempt.h"
int main(void) {
  only_in_a_box(TARGET_PID);
  pid_t others[] = {TARGET_PID, TARGET_TESTS_PID};
  for (int i = 0; i < 2; i++) {
    pid_t pid = others[i];
    cpu_set_t first = {{1}};
    attempt("affinity", sched_setaffinity(pid, sizeof first, &first));
    attempt("niceness", setpriority(PRIO_PROCESS, pid, 19));
    attempt("limits", prlimit(pid, RLIMIT_NOFILE, 0, &(struct rlimit){}));
    attempt("scheduling", sched_setscheduler(pid, SCHED_IDLE, &(struct sched_param){0}));
    attempt("input and output", syscall(SYS_ioprio_set, 1, pid, 3 << 13));
    attempt("memory", syscall(SYS_migrate_pages, pid, 1, (long[]){1}, (long[]){1}));
    attempt("pages", syscall(SYS_move_pages, pid, 0L, 0, 0, 0, 0));
    attempt("comparison", syscall(SYS_kcmp, pid, getpid(), 0, 0, 0));
    attempt("locks", syscall(SYS_get_robust_list, pid, (void *[1]){}, (size_t[1]){}));
    attempt("group", getpgid(pid));
    attempt("session", getsid(pid));
    int descriptor = syscall(SYS_pidfd_open, pid, 0);
    attempt("a descriptor of it", descriptor);
    attempt("a descriptor from it", syscall(SYS_pidfd_getfd, descriptor, 1, 0));
    attempt("its namespaces", setns(descriptor, CLONE_NEWNET));
  }
  return tried();
}
""",
    ),
    Attack(
        name="in C: takes more than its share of the processor",
        language="c",
        source="""
#include "attempt.h"
int main(void) {
  only_in_a_box(TARGET_PID);
  attempt("realtime", sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){1}));
  attempt("realtime", sched_setscheduler(0, SCHED_RR, &(struct sched_param){99}));
  attempt("deadline", syscall(SYS_sched_setattr, 0, (uint64_t[]){48 | 6UL << 32, 0, 0, 1000000, 2000000, 2000000}, 0));
  attempt("niceness", setpriority(PRIO_PROCESS, 0, -20));
  attempt("niceness of its user", setpriority(PRIO_USER, 0, -20));
  attempt("input and output", syscall(SYS_ioprio_set, 1, 0, 1 << 13));
  void *memory = mmap(0, 64 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  attempt("memory that stays", mlock(memory, 64 << 20));
  return tried();
}
""",
    ),
    Attack(
        name="in C: has signals sent for it",
        language="c",
        source="""
#include "attempt.h"
#include <time.h>
int main(void) {
  int ends[2];
  socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
  attempt("an owner of a socket", fcntl(ends[0], F_SETOWN, TARGET_PID));
  attempt("an owner of standard input", fcntl(0, F_SETOWN, TARGET_PID));
  struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGKILL};
  event._sigev_un._tid = TARGET_PID;
  timer_t timer;
  attempt("a timer", timer_create(CLOCK_MONOTONIC, &event, &timer));
  return tried();
}
""",
        harmless=True,
    ),
    Attack(
        name="uses the host's shared memory, semaphores and message queues",
        source="""
from attempt import attempt, libc, syscall, tried
for number, what in ((29, "memory"), (64, "semaphores"), (68, "messages")):
    attempt("System V " + what, lambda: syscall(number, TARGET_IPC_KEY, *((1, 0) if number != 68 else (0,))))
attempt("memory by its name", lambda: open(TARGET_SHM_FILE, "r+"))
attempt("a message queue", lambda: syscall(240, TARGET_QUEUE_NAME.encode(), 2, 0, 0))
tried()
""",
        harmless=True,
    ),
    Attack(
        name="in Bash: kills",
        language="bash",
        source="""
kill -CONT TARGET_PID && echo REACHED && exit
kill -CONT TARGET_TESTS_PID && echo REACHED && exit
kill -KILL $PPID 1
echo tried
""",
        ends=(OK, SIGNAL),
        prints=r"(tried\n)?",
        harmless=True,
    ),
    Attack(
        name="in Perl: kills",
        language="perl",
        source="""
print "REACHED\\n" and exit if kill CONT => TARGET_PID, TARGET_TESTS_PID;
kill KILL => 1, getppid;
print "tried\\n";
""",
        ends=(OK, SIGNAL),
        prints=r"(tried\n)?",
        harmless=True,
    ),
)
