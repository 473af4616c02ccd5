"""Programs that reach for a network, and for sockets of others."""

from .attack import NODE, Attack

ATTACKS = (
    Attack(
        name="connects to the host",
        source="""
import socket
from attempt import attempt, tried
for address in ("127.0.0.1", "127.0.0.2", "0.0.0.0", "localhost", "::1", "::ffff:127.0.0.1"):
    attempt(address, lambda: socket.create_connection((address, TARGET_TCP_PORT), 0.2))
tried()
""",
        harmless=True,
    ),
    Attack(
        name="sends datagrams to the host",
        source="""
import socket
from attempt import attempt, tried
question = b"\\x12\\x34\\x01\\0\\0\\1\\0\\0\\0\\0\\0\\0\\x06attack\\x07invalid\\0\\0\\1\\0\\1"
for message in (b"attacked", question):
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        attempt("sendto", lambda: socket.socket(family, socket.SOCK_DGRAM).sendto(message, (address, TARGET_UDP_PORT)))
tried()
""",
        # a loopback of its own takes a datagram for a port where nobody listens
        prints=r"(REACHED sendto: \d+\n)*tried\n",
        harmless=True,
    ),
    Attack(
        name="connects to the host's Unix sockets",
        source="""
import socket
from attempt import attempt, tried
for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
    for address in (TARGET_UNIX_PATH, "\\0" + TARGET_UNIX_NAME, "/run/dbus/system_bus_socket", "/var/run/docker.sock"):
        attempt(repr(address), lambda: socket.socket(socket.AF_UNIX, kind).connect(address))
tried()
""",
        harmless=True,
    ),
    Attack(
        name="opens raw sockets and sockets of the machine",
        source="""
import socket
from attempt import attempt, tried
for family, kind, protocol in ((socket.AF_INET, socket.SOCK_RAW, 1), (socket.AF_INET, socket.SOCK_DGRAM, 1),
                               (socket.AF_INET6, socket.SOCK_RAW, 58), (socket.AF_PACKET, socket.SOCK_RAW, 0x300),
                               (socket.AF_PACKET, socket.SOCK_DGRAM, 0x300), (socket.AF_VSOCK, socket.SOCK_STREAM, 0),
                               (38, socket.SOCK_SEQPACKET, 0), (31, socket.SOCK_RAW, 1), (29, socket.SOCK_RAW, 1),
                               (44, socket.SOCK_RAW, 0), (41, socket.SOCK_STREAM, 0), (21, socket.SOCK_SEQPACKET, 0),
                               (30, socket.SOCK_RDM, 0), (16, socket.SOCK_RAW, 9), (16, socket.SOCK_RAW, 15),
                               (16, socket.SOCK_RAW, 12), (16, socket.SOCK_RAW, 16)):
    attempt(f"socket({family}, {kind}, {protocol})", lambda: socket.socket(family, kind, protocol))
tried()
""",
    ),
    Attack(
        name="asks for the host's interfaces and changes its own",
        source="""
import fcntl, socket, struct
from attempt import attempt, provoke, tried
for number, name in provoke(socket.if_nameindex) or []:
    if name != "lo":
        print("REACHED", name)
def up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, 0x8914, struct.pack("16sh", b"lo", 1))
attempt("lo up", up)
tried()
""",
    ),
    Attack(
        name="in C: connects by every call there is",
        language="c",
        source=r"""
#include "attempt.h"
#include <netinet/in.h>
int main(void) {
  struct sockaddr_in host = {AF_INET, htons(TARGET_TCP_PORT), {htonl(INADDR_LOOPBACK)}};
  struct iovec bytes = {"attacked", 8};
  struct msghdr message = {&host, sizeof host, &bytes, 1};
  attempt("connect", connect(socket(AF_INET, SOCK_STREAM, 0), (void *)&host, sizeof host));
  attempt("MPTCP", connect(socket(AF_INET, SOCK_STREAM, 262), (void *)&host, sizeof host));
  attempt("SCTP", connect(socket(AF_INET, SOCK_STREAM, 132), (void *)&host, sizeof host));
  attempt("fast open", sendto(socket(AF_INET, SOCK_STREAM, 0), "x", 1, MSG_FASTOPEN, (void *)&host, sizeof host));
  attempt("fast open of a message", sendmsg(socket(AF_INET, SOCK_STREAM, 0), &message, MSG_FASTOPEN));
  return tried();
}
""",
        harmless=True,
    ),
    Attack(
        name="in C: datagrams by every call there is",
        language="c",
        source=r"""
#include "attempt.h"
#include <netinet/in.h>
int main(void) {
  struct sockaddr_in host = {AF_INET, htons(TARGET_UDP_PORT), {htonl(INADDR_LOOPBACK)}};
  struct iovec bytes = {"attacked", 8};
  struct mmsghdr message = {{&host, sizeof host, &bytes, 1}};
  for (int protocol = 0; protocol <= 136; protocol += 136) {
    int descriptor = socket(AF_INET, SOCK_DGRAM, protocol);
    sendto(descriptor, "attacked", 8, 0, (void *)&host, sizeof host);
    sendmmsg(descriptor, &message, 1, 0);
    connect(descriptor, (void *)&host, sizeof host);
    write(descriptor, "attacked", 8);
  }
  return tried();
}
""",
    ),
    Attack(
        name="in C: connects to the host's abstract socket",
        language="c",
        source=r"""
#include "attempt.h"
#include <stddef.h>
int main(void) {
  struct sockaddr_un host = {AF_UNIX};
  strcpy(host.sun_path + 1, TARGET_UNIX_NAME);
  socklen_t size = offsetof(struct sockaddr_un, sun_path) + 1 + strlen(TARGET_UNIX_NAME);
  attempt("connect", connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&host, size));
  attempt("datagram", sendto(socket(AF_UNIX, SOCK_DGRAM, 0), "attacked", 8, 0, (void *)&host, size));
  return tried();
}
""",
        harmless=True,
    ),
    Attack(
        name="in C: reaches the machine's owner",
        language="c",
        source=r"""
#include "attempt.h"
#include <linux/vm_sockets.h>
int main(void) {
  struct sockaddr_vm local = {AF_VSOCK, 0, TARGET_TCP_PORT, VMADDR_CID_LOCAL};
  int descriptor = socket(AF_VSOCK, SOCK_STREAM, 0);
  attempt("a socket between machines", descriptor);
  attempt("a connection between machines", connect(descriptor, (void *)&local, sizeof local));
  attempt("a device between machines", open("/dev/vsock", O_RDONLY));
  return tried();
}
""",
    ),
    Attack(
        name="in Bash: connects",
        language="bash",
        source="""
(echo attacked > /dev/tcp/127.0.0.1/TARGET_TCP_PORT) && echo REACHED
(echo attacked > /dev/udp/127.0.0.1/TARGET_UDP_PORT)
echo tried
""",
        harmless=True,
    ),
    Attack(
        name="in Perl: connects",
        language="perl",
        source="""
use Socket;
socket(my $stream, PF_INET, SOCK_STREAM, 0);
print "REACHED\\n" if connect($stream, sockaddr_in(TARGET_TCP_PORT, INADDR_LOOPBACK));
socket(my $unix, PF_UNIX, SOCK_STREAM, 0);
print "REACHED\\n" if connect($unix, sockaddr_un("\\0" . TARGET_UNIX_NAME));
print "tried\\n";
""",
        harmless=True,
    ),
    Attack(
        name="in JavaScript: connects",
        language="node",
        source="""
const net = require("net");
let open = 3;
const unix = [TARGET_UNIX_PATH, "\\0" + TARGET_UNIX_NAME].map((path) => ({ path }));
for (const address of [{ port: TARGET_TCP_PORT, host: "127.0.0.1" }, ...unix]) {
  const connection = net.connect(address, () => console.log("REACHED", address));
  connection.on("error", () => --open || console.log("tried"));
}
""",
        limits=NODE,
    ),
)
