"""Two programs in two boxes at a time: one offers itself in every way there is, the other looks for it."""

from .attack import Attack

OFFERS = Attack(
    name="offers itself",
    source=r"""
import os, select, socket, struct, sys, time
from attempt import provoke, syscall
sockets = []
def listen(family, kind, address):
    offered = socket.socket(family, kind)
    offered.bind(address)
    if kind == socket.SOCK_STREAM:
        offered.listen()
    sockets.append(offered)
for address in ("127.0.0.1", "0.0.0.0"):
    provoke(lambda: listen(socket.AF_INET, socket.SOCK_STREAM, (address, 4242)))
    provoke(lambda: listen(socket.AF_INET, socket.SOCK_DGRAM, (address, 4242)))
provoke(lambda: listen(socket.AF_UNIX, socket.SOCK_STREAM, "\0neighbour"))
provoke(lambda: listen(socket.AF_UNIX, socket.SOCK_DGRAM, "\0neighbour-datagrams"))
provoke(lambda: listen(socket.AF_UNIX, socket.SOCK_STREAM, "/tmp/neighbour"))
for number in (29, 64):
    provoke(lambda: syscall(number, 4242, 1, 0o1666))
provoke(lambda: syscall(68, 4242, 0o1666))
provoke(lambda: syscall(240, b"neighbour", 0o102, 0o666, 0))
for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run", "/", "/home", os.path.expanduser("~")):
    provoke(lambda: open(folder + "/neighbour-was-here", "w").write("here"))
print("offered", flush=True)
sys.stdin.readline()
for readable in select.select(sockets, [], [], 0)[0]:
    print("REACHED", readable.getsockname())
print("not reached", flush=True)
""",
)

SEARCHES = Attack(
    name="searches",
    source=r"""
import os, signal, socket
from attempt import attempt, only_in_a_box, provoke, syscall, tried
only_in_a_box(TARGET_PID)
def connect(family, kind, address):
    socket.socket(family, kind).connect(address)
attempt("TCP", lambda: connect(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 4242)))
attempt("abstract", lambda: connect(socket.AF_UNIX, socket.SOCK_STREAM, "\0neighbour"))
attempt("abstract", lambda: connect(socket.AF_UNIX, socket.SOCK_DGRAM, "\0neighbour-datagrams"))
attempt("named", lambda: connect(socket.AF_UNIX, socket.SOCK_STREAM, "/tmp/neighbour"))
provoke(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"attacked", ("127.0.0.1", 4242)))
for number in (29, 64):
    attempt("System V", lambda: syscall(number, 4242, 1, 0))
attempt("System V", lambda: syscall(68, 4242, 0))
attempt("a message queue", lambda: syscall(240, b"neighbour", 2, 0, 0))
home, above = os.path.expanduser("~"), os.path.dirname(os.getcwd())
for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run", "/", "/home", home, above):
    for path in (folder + "/neighbour-was-here", folder + "/../neighbour-was-here"):
        attempt(path, lambda: open(path))
for pid in range(2, 400):
    if pid != os.getpid():
        attempt(f"process {pid}", lambda: os.kill(pid, signal.SIGKILL))
provoke(lambda: os.kill(-1, signal.SIGHUP))
tried()
""",
)
