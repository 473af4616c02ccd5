// What every attack in C includes: what is refused goes to standard error, what works is told to the tests.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

// Told the result of what the box must refuse.
static inline long attempt(const char *what, long result) {
  if (result < 0)
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
  else
    printf("REACHED %s\n", what);
  fflush(stdout);
  return result;
}

// Ends a program that would harm the machine where it is in no box: there it sees the tests' victim.
static inline void only_in_a_box(pid_t victim) {
  if (kill(victim, 0) == 0 || errno == EPERM) {
    attempt("the victim, so this is no box", 0);
    _exit(1);
  }
}

// Says that nothing stopped the attack before its end.
static inline int tried(void) {
  puts("tried");
  return 0;
}
