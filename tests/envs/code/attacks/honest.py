"""Programs that look like attacks and mean no harm: all of them must work."""

from palaestra.envs.code.sandbox import Limits

from .attack import NODE, Attack

PROGRAMS = (
    Attack(name="leaves by sys.exit(0) after its output", source="import sys\nprint('tried')\nsys.exit(0)"),
    Attack(
        name="works in threads",
        source="""
import threading
from concurrent.futures import ThreadPoolExecutor
lock, numbers = threading.Lock(), []
def work(number):
    with lock:
        numbers.append(number)
with ThreadPoolExecutor(4) as pool:
    list(pool.map(work, range(100)))
assert sorted(numbers) == list(range(100))
print("tried")
""",
    ),
    Attack(
        name="starts programs of its own",
        source="""
import subprocess, sys
print(subprocess.run(["/bin/echo", "tried"], capture_output=True, text=True, check=True).stdout, end="")
subprocess.run(["/bin/sh", "-c", "test $(echo 6 | cat) = 6"], check=True)
subprocess.run([sys.executable, "-c", "pass"], check=True)
""",
    ),
    Attack(
        name="works in processes",
        source="""
import multiprocessing
def square(number): return number * number
if __name__ == "__main__":
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map(square, range(10)) == [number * number for number in range(10)]
    print("tried")
""",
    ),
    Attack(
        name="uses temporary files, pipes and sockets of its own",
        source="""
import os, socket, tempfile
with tempfile.NamedTemporaryFile("w+") as file, tempfile.TemporaryDirectory() as folder:
    file.write("x"); file.flush()
    assert open(file.name).read() == "x"
    os.mkfifo(folder + "/pipe")
here, there = socket.socketpair()
here.send(b"x")
assert there.recv(1) == b"x"
print("tried")
""",
    ),
    Attack(
        name="handles signals and alarms",
        source="""
import signal, time
def handle(number, frame): raise TimeoutError
signal.signal(signal.SIGALRM, handle)
signal.setitimer(signal.ITIMER_REAL, 0.05)
try:
    time.sleep(5)
except TimeoutError:
    print("tried")
""",
    ),
    Attack(
        name="runs asynchronously",
        source="""
import asyncio
async def main():
    await asyncio.gather(*(asyncio.sleep(0.01) for _ in range(10)))
    process = await asyncio.create_subprocess_exec("/bin/echo", "tried", stdout=asyncio.subprocess.PIPE)
    print((await process.communicate())[0].decode(), end="")
asyncio.run(main())
""",
    ),
    Attack(
        name="recurses, and changes directories and files of its own",
        source="""
import os, sys
sys.setrecursionlimit(20_000)
def depth(n): return 0 if n == 0 else 1 + depth(n - 1)
assert depth(15_000) == 15_000
os.makedirs("a/b")
os.chdir("a/b")
os.symlink("../../file", "link")
open("link", "w").write("x")
os.rename("link", "moved")
os.link("../../file", "hard")
os.chmod("hard", 0o600)
assert open("hard").read() == "x"
print("tried")
""",
    ),
    Attack(
        name="reads its input by lines and imports what beginners import",
        source="""
import bisect, collections, copy, datetime, fractions, functools, heapq, itertools, json, math, operator
import random, re, statistics, string, sys, time, typing
assert sum(int(line) for line in sys.stdin) == 6
print("tried")
""",
        stdin=b"1\n2\n3\n",
    ),
    Attack(
        name="in C: works in threads",
        language="c",
        source="""
#include "attempt.h"
static void *work(void *unused) { return unused; }
int main(void) {
  pthread_t threads[8];
  for (int i = 0; i < 8; i++) pthread_create(&threads[i], 0, work, 0);
  for (int i = 0; i < 8; i++) pthread_join(threads[i], 0);
  return tried();
}
""",
    ),
    Attack(
        name="in C: has children, pipes and mapped files",
        language="c",
        source="""
#include "attempt.h"
int main(void) {
  int ends[2], file = open("mapped", O_RDWR | O_CREAT, 0600);
  ftruncate(file, 4096);
  char *map = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), byte;
  pipe(ends);
  if (fork() == 0) {
    map[0] = 'x';
    write(ends[1], "y", 1);
    _exit(0);
  }
  read(ends[0], &byte, 1);
  wait(0);
  return map[0] == 'x' && byte == 'y' ? tried() : 1;
}
""",
    ),
    Attack(
        name="in C: handles its own fault",
        language="c",
        source="""
#include "attempt.h"
static void handle(int number) { tried(); fflush(stdout); _exit(0); }
int main(void) { signal(SIGSEGV, handle); *(volatile int *)0 = 0; }
""",
    ),
    Attack(
        name="in Bash: pipes and substitutions",
        language="bash",
        source="for w in $(printf 'b\\ntried\\n' | sort -r | head -1); do echo $w; done",
    ),
    Attack(
        name="in JavaScript: timers and promises",
        language="node",
        source="""
const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
Promise.all([wait(1), wait(2)]).then(() => console.log("tried"));
""",
        limits=NODE,
    ),
    Attack(name="in Perl: sorts", language="perl", source='print sort { $b cmp $a } "ed\\n", "tri";'),
    Attack(
        name="uses what it may of memory",
        source="hoard = bytearray(b'x') * (100 << 20)\nprint('tried')",
        limits=Limits(memory_bytes=256 << 20),
    ),
)
