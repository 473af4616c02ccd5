"""Programs that look for what the grader knows: the tests hold a secret in every place where a grader might."""

from .attack import NODE, Attack

ATTACKS = (
    Attack(
        name="walks the frames of its callers",
        source="""
import sys
from attempt import look, tried
frame = sys._getframe()
while frame is not None:
    look(frame.f_code.co_filename, repr((frame.f_globals, frame.f_locals)).encode())
    frame = frame.f_back
tried()
""",
    ),
    Attack(
        name="walks all objects of the warm interpreter",
        source="""
import gc
from attempt import look, tried
for thing in gc.get_objects():
    for referent in gc.get_referents(thing):
        if isinstance(referent, (str, bytes, bytearray)):
            look("gc", repr(referent).encode())
tried()
""",
    ),
    Attack(
        name="reads the warm interpreter's memory",
        source="""
import ctypes, gc
from attempt import libc, look, tried
ARENA, PAGE = 1 << 20, 4096
def is_there(page):
    return libc.mincore(ctypes.c_void_p(page), PAGE, bytes(1)) == 0
libc.sbrk.restype = ctypes.c_size_t
pages = {page for thing in gc.get_objects() for page in range(id(thing) & -ARENA, (id(thing) & -ARENA) + ARENA, PAGE)}
page = libc.sbrk(0) & -PAGE
while is_there(page - PAGE):
    page -= PAGE
    pages.add(page)
for page in sorted(filter(is_there, pages)):
    # two pages at a time, as what is sought may lie across
    look(hex(page), ctypes.string_at(page, PAGE + (PAGE if is_there(page + PAGE) else 0)))
tried()
""",
        harmless=True,
    ),
    Attack(
        name="reads what /proc shows of others",
        source="""
import os
from attempt import attempt, look, provoke, read, tried
me = str(os.getpid())
for pid in {*(name for name in os.listdir("/proc") if name.isdigit()), str(os.getppid()), "1", str(TARGET_PID)} - {me}:
    for name in ("environ", "cmdline", "maps", "stack", "auxv"):
        look(f"/proc/{pid}/{name}", read(f"/proc/{pid}/{name}"))
    for descriptor in provoke(lambda: os.listdir(f"/proc/{pid}/fd")) or []:
        link = f"/proc/{pid}/fd/{descriptor}"
        look(link, provoke(lambda: os.readlink(link).encode()) or b"")
        look(link, read(link) if os.path.isfile(link) else b"")
    attempt(f"memory of {pid}", lambda: open(f"/proc/{pid}/mem", "rb", buffering=0))
    attempt(f"files through {pid}", lambda: open(f"/proc/{pid}/root" + TARGET_FILE))
    attempt(f"directory of {pid}", lambda: os.listdir(f"/proc/{pid}/cwd/.palaestra"))
tried()
""",
        harmless=True,
    ),
    Attack(
        name="reads its environment",
        source="""
import os
from attempt import look, read, tried
look("os.environ", repr(os.environ).encode())
look("/proc/self/environ", read("/proc/self/environ"))
tried()
""",
        harmless=True,
    ),
    Attack(
        name="reads descriptors that it inherited",
        source="""
import os
from attempt import attempt, tried
for descriptor in range(3, 1100):
    attempt(f"descriptor {descriptor}", lambda: os.fstat(descriptor))
tried()
""",
        harmless=True,
    ),
    Attack(
        name="reads files around its folder",
        source="""
import os
from attempt import look, read, tried
folder = os.getcwd()
while True:
    for name in os.listdir(folder):
        look(name, name.encode())
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            look(path, read(path))
    if folder == "/":
        break
    folder = os.path.dirname(folder)
tried()
""",
    ),
    Attack(
        name="reads the sources of the suite",
        source="""
import sys
from attempt import attempt, tried
attempt("the sandbox's source", lambda: open(TARGET_SOURCE_FILE).read(100))
attempt("the tests' source", lambda: open(TARGET_TEST_FILE).read(100))
for name in sorted(sys.modules):
    if name.startswith("palaestra"):
        print("REACHED", name)
tried()
""",
        harmless=True,
    ),
    Attack(
        name="reads all there is to read of its standard input",
        source="""
import os, sys
from attempt import look, read, tried
assert sys.stdin.read() == "all of it"
look("standard input", read("/proc/self/fd/0") if os.isatty(0) else b"")
os.set_blocking(0, False)
assert os.read(0, 1) == b""
tried()
""",
        stdin=b"all of it",
    ),
    Attack(
        name="in C: reads environment, auxiliary vector and arguments",
        language="c",
        source=r"""
#include "attempt.h"
extern char **environ;
int main(int argc, char **argv) {
  // from its arguments upwards, the stack holds all that execve was given
  for (char *byte = argv[0]; byte < argv[0] + 2048; byte++) {
    unsigned char page;
    if (mincore((void *)((uintptr_t)(byte + 20) & ~4095UL), 1, &page) != 0) break;
    if (memcmp(byte, "secret-of-the-tests-", 20) == 0) attempt("the secret in the stack", 0);
  }
  for (char **variable = environ; *variable; variable++)
    if (strstr(*variable, "secret-of-the-tests-")) attempt("the secret in the environment", 0);
  attempt("more arguments", argc == 1 ? -1 : argc);
  return tried();
}
""",
        harmless=True,
    ),
    Attack(
        name="in C: reads its parent's memory",
        language="c",
        source=r"""
#include "attempt.h"
int main(void) {
  char path[64], bytes[64];
  pid_t others[] = {getppid(), 1, TARGET_PID};
  for (int i = 0; i < 3; i++) {
    snprintf(path, sizeof path, "/proc/%d/mem", others[i]);
    int memory = open(path, O_RDWR);
    attempt(path, memory);
    attempt("reading it", memory < 0 ? -1 : pread(memory, bytes, sizeof bytes, TARGET_ADDRESS));
    snprintf(path, sizeof path, "/proc/%d/environ", others[i]);
    int file = open(path, O_RDONLY);
    attempt(path, file < 0 ? -1 : read(file, bytes, sizeof bytes) > 0 ? 0 : -1);
  }
  return tried();
}
""",
        harmless=True,
    ),
    Attack(
        name="in C: reads descriptors that it inherited",
        language="c",
        source=r"""
#include "attempt.h"
int main(void) {
  char what[32];
  for (int descriptor = 3; descriptor < 1100; descriptor++) {
    snprintf(what, sizeof what, "descriptor %d", descriptor);
    attempt(what, fcntl(descriptor, F_GETFD));
  }
  return tried();
}
""",
        harmless=True,
    ),
    Attack(
        name="in Bash: greps for the secret in all that it sees of others",
        language="bash",
        source="""
{ env; set; cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline ../* ../../* /*; } 2>/dev/null |
  grep --text --only-matching 'secret-of-the-tests-[0-9a-f]\\{32\\}' | sed 's/^/REACHED /'
echo tried
""",
        harmless=True,
    ),
    Attack(
        name="in JavaScript: reads its environment and its parent's",
        language="node",
        source="""
const fs = require("fs");
const places = { env: JSON.stringify(process.env), arguments: process.argv.join() };
for (const pid of ["self", process.ppid, 1, TARGET_PID])
  for (const name of ["environ", "cmdline", "maps"])
    try { places[`/proc/${pid}/${name}`] = fs.readFileSync(`/proc/${pid}/${name}`, "latin1"); } catch {}
for (const [place, text] of Object.entries(places))
  if (/secret-of-the-tests-[0-9a-f]{32}/.test(text)) console.log("REACHED the secret in", place);
console.log("tried");
""",
        limits=NODE,
        harmless=True,
    ),
)
