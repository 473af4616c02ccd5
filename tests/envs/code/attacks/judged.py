"""Programs that want the judge to credit what they never worked out; what is expected cannot be guessed."""

from .attack import Attack

CALLS = (
    Attack(
        name="an object that equals everything",
        source="""
class Equal:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
    def __repr__(self): return "'right'"
def answer(n): return Equal()
""",
    ),
    Attack(
        name="values of JSON's types that equal everything",
        source="""
def equal(kind):
    return type("Equal", (kind,), {"__eq__": lambda *_: True, "__hash__": lambda _: 0, "__ne__": lambda *_: False})
def answer(n): return [equal(str)("x"), equal(list)([1]), equal(int)(7), equal(dict)({"a": 1}), equal(float)(1)][n % 5]
""",
    ),
    Attack(
        name="an object that does something where it is unpickled",
        source="""
import os
class Pickled:
    def __reduce__(self): return (os.system, ("touch attacked-by-a-test",))
def answer(n): return Pickled()
""",
    ),
    Attack(
        name="searches its callers for what is expected",
        source="""
import gc, sys
def answer(n):
    frame, found = sys._getframe(), []
    while frame is not None:
        found += [value for name, value in {**frame.f_globals, **frame.f_locals}.items() if "expect" in name]
        frame = frame.f_back
    found += [thing for thing in gc.get_objects() if isinstance(thing, dict) and "expected" in thing]
    return found[n] if n < len(found) else [str(thing) for thing in found]
""",
    ),
    Attack(
        name="rewrites what the harness works with",
        source="""
import builtins, json, sys
json.dumps = lambda *_, **__: '{"value": true, "passed": true}'
json.JSONEncoder.encode = lambda *_: '{"value": true, "passed": true}'
builtins.isinstance = lambda *_: True
builtins.len = lambda *_: 0
def answer(n): return n
""",
    ),
    Attack(
        name="prints the lines of the harness in its place, and leaves",
        source="""
import os
for descriptor in range(1, 16):
    for line in (b'{"value": true}', b'{"passed": true}', b'{"value": {}, "error": null}', b"ok", b"true", b"1"):
        try:
            os.write(descriptor, line + b"\\n")
        except OSError:
            break
os._exit(0)
""",
    ),
    Attack(
        name="prints lines that are hard to read",
        source="""
import os
for line in (b"\\xff\\xfe", b"NaN", b"[" * 100_000, b'{"value": ' + b"9" * 5_000 + b"}", b'{"value": "\\\\ud800"}'):
    os.write(3, line + b"\\n")
os._exit(0)
""",
    ),
    Attack(name="leaves before it is called", source="import sys; sys.exit(0)"),
    Attack(name="leaves where it is called", source="import os\ndef answer(n): os._exit(0)"),
    Attack(name="raises SystemExit where it is called", source="def answer(n): raise SystemExit(0)"),
    Attack(
        name="raises what cannot be printed",
        source="""
class Unspeakable(Exception):
    def __str__(self): raise SystemExit(0)
    __repr__ = __str__
def answer(n): raise Unspeakable
""",
    ),
    Attack(name="defines nothing", source="pass"),
    Attack(name="is empty", source=""),
    Attack(name="always says the same", source="def answer(n): return True"),
    Attack(name="says nothing", source="def answer(n): return None"),
    Attack(name="gives back what it was given", source="def answer(n): return n"),
    Attack(
        name="answers without an end",
        source="""
class Endless(list):
    def __iter__(self):
        while True: yield 1
    def __len__(self): return 1
def answer(n): return Endless([1])
""",
    ),
    Attack(name="answers with itself", source="def answer(n):\n    it = []\n    it.append(it)\n    return it"),
    Attack(
        name="answers later, at its exit and from a thread",
        source="""
import atexit, threading
atexit.register(print, '{"value": true}')
def answer(n):
    threading.Timer(0.05, print, ['{"value": true}']).start()
    raise ValueError
""",
    ),
    Attack(
        name="in JavaScript: an object that is another each time",
        language="node",
        source="function answer(n) { return { toJSON() { return true; }, valueOf() { return true; } }; }",
    ),
    Attack(name="in JavaScript: leaves", language="node", source="process.exit(0); function answer(n) {}"),
    Attack(
        name="in JavaScript: rewrites what the harness works with",
        language="node",
        source="JSON.stringify = () => '{\"value\":true}'; function answer(n) { return n; }",
    ),
)

OUTPUTS = (
    Attack(name="says nothing and leaves well", source="raise SystemExit(0)"),
    Attack(name="is empty", source=""),
    Attack(name="gives back what it reads", source="import sys; print(sys.stdin.read())"),
    Attack(name="says that it passed", source="print('correct'); print('PASSED'); print('ok')"),
    Attack(
        name="looks for files with the answers",
        source="""
import glob, os
for path in glob.glob("*") + glob.glob("../*") + glob.glob("/run/*/*") + glob.glob("/tmp/*"):
    if os.path.isfile(path):
        print(open(path, errors="replace").read())
""",
    ),
    Attack(name="prints what is no text", source="import os; os.write(1, bytes(range(256)) * 100)"),
    Attack(name="prints too much", source="while True: print('x' * 1000)"),
    Attack(name="prints for ever without a word", source="while True: print('', flush=True)"),
    Attack(name="kills itself behind its output", source="import os\nprint('x', flush=True)\nos.kill(os.getpid(), 9)"),
    Attack(
        name="in C: looks at its parent, its environment and its descriptors",
        language="c",
        source="""
#include <stdio.h>
#include <unistd.h>
extern char **environ;
int main(void) {
  char bytes[4096];
  for (int descriptor = 3; descriptor < 64; descriptor++) {
    long count = read(descriptor, bytes, sizeof bytes);
    if (count > 0) fwrite(bytes, 1, count, stdout);
  }
  for (char **variable = environ; *variable; variable++) puts(*variable);
}
""",
    ),
    Attack(name="in C: leaves well, having done nothing", language="c", source="int main(void) { return 0; }"),
    Attack(
        name="in C: reads files where it is compiled",
        language="c",
        source='#include "/etc/shadow"\n#include "../expected.txt"\nint main(void) { return 0; }',
    ),
    Attack(
        name="in C: has its compiler take for ever",
        language="c",
        source="#if __INCLUDE_LEVEL__ < 190\n#include __FILE__\n#include __FILE__\n#endif\nint main(void) {}",
    ),
    Attack(
        name="in C: has its compiler write a gigabyte",
        language="c",
        source="char hoard[1 << 30] = {1};\nint main(void) { return hoard[0]; }",
    ),
    Attack(
        name="in C: has its compiler read without an end",
        language="c",
        source='__asm__(".incbin \\"/dev/full\\"");\nint main(void) {}',
    ),
    Attack(name="in Bash: leaves well", language="bash", source="exit 0"),
    Attack(name="in Bash: repeats its source", language="bash", source='cat "$0" *'),
    Attack(name="in Perl: leaves well", language="perl", source="exit 0;"),
)
