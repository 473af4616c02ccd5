"""Programs that take so much that nobody else can: output, files, memory, descriptors."""

from palaestra.envs.code.sandbox import ExitReason, Limits

from .attack import SHORT, Attack

OK, NON_ZERO, SIGNAL, TIMEOUT = ExitReason.OK, ExitReason.NON_ZERO, ExitReason.SIGNAL, ExitReason.TIMEOUT
MEMORY, OUTPUT = ExitReason.MEMORY, ExitReason.OUTPUT
NOTHING = ""

SMALL = Limits(wall_seconds=10.0, cpu_seconds=5.0, memory_bytes=128 << 20, folder_bytes=8 << 20)
ALL_TRIED = r"(tried\n)*"
ROOMY = Limits(wall_seconds=10.0, cpu_seconds=5.0, memory_bytes=128 << 20, address_space=False)
"""Bounds memory by what is used alone."""

OUTPUT_AND_FILES = (
    Attack(
        name="a gigabyte of standard output",
        source="import os\nfor _ in range(1024): os.write(1, b'x' * (1 << 20))",
        ends=(OUTPUT,),
        prints=r"x*",
    ),
    Attack(
        name="in C: a gigabyte of standard output by many",
        language="c",
        source="""
#include "attempt.h"
static char bytes[1 << 20];
int main(void) {
  memset(bytes, 'x', sizeof bytes);
  for (int child = 0; child < 3; child++) fork();
  for (int count = 0; count < 128; count++) write(1, bytes, sizeof bytes);
  for (;;) pause();
}
""",
        ends=(OUTPUT,),
        prints=r"x*",
    ),
    Attack(
        name="in C: a gigabyte of standard error",
        language="c",
        source="""
#include "attempt.h"
static char bytes[1 << 20];
int main(void) {
  for (int count = 0; count < 1024; count++) write(2, bytes, sizeof bytes);
  return tried();
}
""",
    ),
    Attack(
        name="a byte at a time, for ever",
        source="import time\nwhile True: print('x', end='', flush=True); time.sleep(0.01)",
        ends=(TIMEOUT,),
        prints=r"x+",
        limits=SHORT,
    ),
    Attack(
        name="output that cannot wait",
        source="""
import os
os.set_blocking(1, False)
from attempt import provoke
for _ in range(10_000):
    provoke(lambda: os.write(1, b"x" * 4096))
""",
        ends=(OUTPUT, OK),
        prints=r"x*",
    ),
    Attack(
        name="more in its folder than it holds",
        source="""
from attempt import provoke, tried
def fill(number):
    with open(f"file-{number}", "wb", buffering=0) as file:
        return file.write(bytes(1 << 20))
written = sum(provoke(lambda: fill(number)) or 0 for number in range(64))
if written > 9 << 20:
    print("REACHED", written, "bytes")
tried()
""",
        ends=(OK, SIGNAL, MEMORY, OUTPUT),
        prints=r"(tried\n)?",
        limits=SMALL,
    ),
    Attack(
        name="more in all folders than one holds",
        source="""
import os
from attempt import provoke, tried
def fill(path):
    with open(path, "wb", buffering=0) as file:
        return file.write(bytes(1 << 20))
folders = (".", "/tmp", "/var/tmp", "/dev/shm", "/dev", "/", "/run", "/home", os.path.expanduser("~"))
for folder in folders:
    written = sum(provoke(lambda: fill(f"{folder}/file-{number}")) or 0 for number in range(32))
    if written > 9 << 20:
        print("REACHED", written, "bytes in", folder)
tried()
""",
        ends=(OK, SIGNAL, MEMORY, OUTPUT),
        prints=r"(tried\n)?",
        limits=SMALL,
    ),
    Attack(
        name="a million tiny files",
        source="""
for number in range(1_000_000):
    open(f"file-{number}", "w").close()
""",
        ends=(TIMEOUT, NON_ZERO, SIGNAL),
        prints=NOTHING,
        limits=SHORT,
    ),
    Attack(
        name="folders within folders",
        source="""
import os
for _ in range(3_000):
    os.mkdir("x" * 100)
    os.chdir("x" * 100)
os.write(1, b"tried\\n")
""",
        ends=(OK, NON_ZERO),
        prints=r"(tried\n)?",
    ),
    Attack(
        name="a terabyte of nothing, to be brought back",
        source="""
from attempt import provoke, tried
with open("out", "wb") as file:
    provoke(lambda: file.truncate(1 << 40))
    provoke(lambda: file.truncate(1 << 31))
tried()
""",
        ends=(OK, SIGNAL),
        prints=r"(tried\n)?",
        keep=("out",),
    ),
)

MEMORY_AND_MORE = (
    Attack(
        name="more memory than allowed",
        source="""
from attempt import tried
try:
    hoard = bytearray(b"x") * (1 << 30)
    print("REACHED a gigabyte")
except MemoryError:
    tried()
""",
        ends=(OK, MEMORY),
        prints=r"(tried\n)?",
        limits=SMALL,
    ),
    Attack(
        name="a little more memory each time",
        source="""
hoard = []
for _ in range(1000):
    hoard.append(bytearray(b"x") * (1 << 20))
print("REACHED a gigabyte")
""",
        ends=(MEMORY, NON_ZERO),
        prints=NOTHING,
        limits=SMALL,
    ),
    Attack(
        name="in C: more memory than allowed, where only use is bounded",
        language="c",
        source="""
#include "attempt.h"
int main(void) {
  for (int count = 0; count < 64; count++) memset(malloc(16 << 20), 'x', 16 << 20);
  attempt("a gigabyte", 0);
}
""",
        ends=(MEMORY,),
        prints=NOTHING,
        limits=ROOMY,
    ),
    Attack(
        name="in C: memory in many small processes",
        language="c",
        source="""
#include "attempt.h"
int main(void) {
  for (int child = 0; child < 20; child++)
    if (fork() == 0) {
      memset(malloc(50 << 20), 'x', 50 << 20);
      for (;;) pause();
    }
  sleep(3);
  attempt("a gigabyte", 0);
}
""",
        ends=(MEMORY,),
        prints=NOTHING,
        limits=SMALL,
    ),
    Attack(
        name="in C: memory that many share",
        language="c",
        source="""
#include "attempt.h"
int main(void) {
  for (int count = 0; count < 64; count++) {
    char *shared = mmap(0, 16 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) return tried();
    memset(shared, 'x', 16 << 20);
  }
  attempt("a gigabyte", 0);
}
""",
        ends=(MEMORY, OK),
        prints=r"(tried\n)?",
        limits=ROOMY,
    ),
    Attack(
        name="in C: memory in files without a name",
        language="c",
        source="""
#include "attempt.h"
static char bytes[1 << 20];
int main(void) {
  long written = 0;
  signal(SIGXFSZ, SIG_IGN);
  for (int file = 0; file < 32; file++) {
    int descriptor = memfd_create("hoard", 0);
    for (int count = 0; descriptor >= 0 && count < 32; count++) {
      long more = write(descriptor, bytes, sizeof bytes);
      written += more > 0 ? more : 0;
    }
  }
  attempt("a gigabyte in files without a name", written < 512 << 20 ? -1 : written);
  return tried();
}
""",
        ends=(MEMORY, OK),
        prints=r"(tried\n)?",
        limits=SMALL,
    ),
    Attack(
        name="in C: memory in System V segments that nobody maps",
        language="c",
        source="""
#include "attempt.h"
#include <sys/shm.h>
int main(void) {
  long hoard = 0;
  for (int count = 0; count < 64; count++) {
    int segment = shmget(IPC_PRIVATE, 16 << 20, IPC_CREAT | 0600);
    char *shared = segment < 0 ? (void *)-1 : shmat(segment, 0, 0);
    if (shared == (void *)-1) continue;
    memset(shared, 'x', 16 << 20);
    shmdt(shared);
    hoard += 16 << 20;
  }
  attempt("a gigabyte in segments", hoard < 512 << 20 ? -1 : hoard);
  return tried();
}
""",
        ends=(MEMORY, OK),
        prints=r"(tried\n)?",
        limits=SMALL,
    ),
    Attack(
        name="in C: memory in pipes",
        language="c",
        source="""
#include "attempt.h"
static char bytes[1 << 20];
int main(void) {
  long written = 0;
  int ends[2];
  for (int count = 0; count < 120 && pipe2(ends, O_NONBLOCK) == 0; count++) {
    fcntl(ends[1], F_SETPIPE_SZ, sizeof bytes);
    long more = write(ends[1], bytes, sizeof bytes);
    written += more > 0 ? more : 0;
  }
  attempt("more in pipes than all pipes of a user may hold", written < 80 << 20 ? -1 : written);
  return tried();
}
""",
        ends=(MEMORY, OK),
        prints=r"(tried\n)?",
        limits=SMALL,
    ),
    Attack(
        name="in C: memory in messages that nobody reads",
        language="c",
        source="""
#include "attempt.h"
static char bytes[64 << 10];
int main(void) {
  long written = 0;
  int ends[2], size = 1 << 30;
  for (int child = 0; child < 4; child++) fork();
  for (int count = 0; count < 100 && socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0; count++) {
    setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    for (long more; (more = write(ends[0], bytes, sizeof bytes)) > 0 && written < 16 << 20;) written += more;
  }
  sleep(1);
  attempt("a quarter of a gigabyte in sockets of sixteen processes", written < 16 << 20 ? -1 : written);
  return tried();
}
""",
        ends=(MEMORY, OK),
        prints=ALL_TRIED,
        limits=SMALL,
    ),
    Attack(
        name="in C: memory in large messages that nobody reads",
        language="c",
        source="""
#include "attempt.h"
static char bytes[64 << 10];
int main(void) {
  long written = 0;
  int ends[2], size = 1 << 30;
  for (int count = 0; count < 100 && socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0; count++) {
    setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    for (long more; (more = write(ends[0], bytes, sizeof bytes)) > 0;) written += more;
  }
  sleep(1);
  attempt("a quarter of a gigabyte in sockets", written < 256 << 20 ? -1 : written);
  return tried();
}
""",
        ends=(MEMORY, OK),
        prints=ALL_TRIED,
        limits=SMALL,
    ),
    Attack(
        name="in C: shared memory of which only one page stays mapped",
        language="c",
        source="""
#include "attempt.h"
int main(void) {
  long hoard = 0;
  int zero = open("/dev/zero", O_RDWR);
  for (int count = 0; count < 16; count++) {
    int anonymous = count % 2 == 0;
    int flags = MAP_SHARED | (anonymous ? MAP_ANONYMOUS : 0);
    char *shared = mmap(0, 32 << 20, PROT_READ | PROT_WRITE, flags, anonymous ? -1 : zero, 0);
    if (shared == MAP_FAILED) continue;
    memset(shared, 'x', 32 << 20);
    munmap(shared + 4096, (32 << 20) - 4096);
    hoard += 32 << 20;
  }
  sleep(1);
  attempt("half a gigabyte of pages that no table shows", hoard == 0 ? -1 : hoard);
  return tried();
}
""",
        ends=(MEMORY, OK),
        prints=ALL_TRIED,
        limits=SMALL,
    ),
    Attack(
        name="in C: huge pages of which a pipe holds a part",
        language="c",
        source="""
#include "attempt.h"
#define HUGE (2L << 20)
int main(void) {
  long hoard = 0;
  int ends[2];
  for (int count = 0; count < 16 && pipe2(ends, O_NONBLOCK) == 0; count++)
    for (int page = 0; page < 16; page++) {
      char *memory = mmap(0, 2 * HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      char *huge = (char *)(((uintptr_t)memory + HUGE - 1) & -HUGE);
      madvise(huge, HUGE, MADV_HUGEPAGE);
      memset(huge, 'x', HUGE);
      hoard += vmsplice(ends[1], &(struct iovec){huge, 4096}, 1, 0) == 4096 ? HUGE : 0;
      munmap(memory, 2 * HUGE);
    }
  sleep(1);
  attempt("half a gigabyte of pages that no table shows", hoard == 0 ? -1 : hoard);
  return tried();
}
""",
        ends=(MEMORY, OK),
        prints=ALL_TRIED,
        limits=SMALL,
    ),
    Attack(
        name="in C: memory in the tables of pages",
        language="c",
        source="""
#include "attempt.h"
int main(void) {
  long length = 256L << 30, sum = 0;
  char *memory = mmap(0, length, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return tried();
  madvise(memory, length, MADV_NOHUGEPAGE);
  for (long at = 0; at < length; at += 2 << 20) sum += ((volatile char *)memory)[at];
  sleep(1);
  attempt("half a gigabyte of tables", sum);
}
""",
        ends=(MEMORY, OK),
        prints=ALL_TRIED,
        limits=ROOMY,
    ),
    Attack(
        name="in C: memory in rules about files",
        language="c",
        source="""
#include "attempt.h"
int main(void) {
  long rules = 0;
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  for (int count = 0; count < 64; count++) {
    char name[16];
    snprintf(name, sizeof name, "file-%d", count);
    int file = open(name, O_CREAT | O_RDWR, 0600);
    int ruleset = syscall(SYS_landlock_create_ruleset, (uint64_t[]){4}, 8, 0);
    struct { uint64_t allowed; int32_t parent; } __attribute__((packed)) rule = {4, file};
    rules += syscall(SYS_landlock_add_rule, ruleset, 1, &rule, 0) == 0;
  }
  attempt("rules that are counted nowhere", rules == 0 ? -1 : rules);
  return tried();
}
""",
    ),
    Attack(
        name="memory in attributes of files",
        source="""
import os
from attempt import provoke, tried
open("file", "w").close()
written = 0
for number in range(4096):
    path = f"file-{number % 512}"
    provoke(lambda: open(path, "a").close())
    written += 60_000 if provoke(lambda: os.setxattr(path, f"user.{number}", bytes(60_000)) is None) else 0
if written > 64 << 20:
    print("REACHED", written)
tried()
""",
        ends=(MEMORY, OK),
        prints=ALL_TRIED,
        limits=SMALL,
    ),
    Attack(
        name="more descriptors than allowed",
        source="""
import os
from attempt import provoke, tried
opened = 0
while opened < 2000 and provoke(lambda: os.dup(0)):
    opened += 1
if opened >= 256:
    print("REACHED", opened, "descriptors")
tried()
""",
    ),
    Attack(
        name="raises its own limits",
        source="""
import resource
from attempt import tried
for name in ("AS", "CPU", "FSIZE", "NOFILE", "CORE"):
    limit = getattr(resource, f"RLIMIT_{name}")
    try:
        resource.setrlimit(limit, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        print("REACHED unlimited", name)
    except ValueError:
        pass
tried()
""",
        prints=r"tried\n",
    ),
    Attack(
        name="in JavaScript: memory",
        language="node",
        source="""
const hoard = [];
for (let i = 0; i < 100; i++) hoard.push(Buffer.alloc(16 << 20, 1));
console.log("REACHED");
""",
        ends=(MEMORY, SIGNAL),
        prints=NOTHING,
        limits=Limits(wall_seconds=10.0, memory_bytes=384 << 20, address_space=False),
    ),
)

ATTACKS = OUTPUT_AND_FILES + MEMORY_AND_MORE
