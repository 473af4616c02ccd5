"""Programs that reach for files outside their folder."""

from palaestra.envs.code.sandbox import ExitReason

from .attack import NODE, Attack

OK, NON_ZERO, SIGNAL = ExitReason.OK, ExitReason.NON_ZERO, ExitReason.SIGNAL

ATTACKS = (
    Attack(
        name="reads files by every path that leads to them",
        source="""
import os
from attempt import attempt, tried
up = "../" * 40
os.symlink(TARGET_FILE, "link")
os.symlink("/", "root")
for path in (TARGET_FILE, up + TARGET_FILE, "/proc/self/root" + TARGET_FILE, "/proc/1/root" + TARGET_FILE,
             "/proc/self/cwd/" + up + TARGET_FILE, "/proc/thread-self/root" + TARGET_FILE, "link", "root" + TARGET_FILE,
             "/etc/shadow", up + "etc/shadow", "/etc/gshadow", TARGET_HOME_FILE, TARGET_SOURCE_FILE, TARGET_SHM_FILE):
    attempt(path, lambda: open(path, "rb").read(100))
tried()
""",
        harmless=True,
    ),
    Attack(
        name="asks what files there are",
        source="""
import os
from attempt import attempt, tried
for path in (TARGET_FILE, TARGET_WRITABLE, TARGET_HOME_FILE, TARGET_SOURCE_FILE, TARGET_SHM_FILE):
    attempt(path, lambda: os.stat(path))
    attempt(path, lambda: os.stat(os.path.basename(path), dir_fd=os.open(os.path.dirname(path), os.O_PATH)))
    attempt(path, lambda: os.readlink(path))
    attempt(path, lambda: os.getxattr(path, "user.any"))
tried()
""",
        harmless=True,
    ),
    Attack(
        name="hard links and renames files into its folder",
        source="""
import os
from attempt import attempt, tried
for path in (TARGET_FILE, TARGET_WRITABLE, TARGET_SHM_FILE, "/etc/shadow"):
    attempt("link " + path, lambda: os.link(path, "linked"))
    attempt("rename " + path, lambda: os.rename(path, "renamed"))
open("mine", "w").close()
attempt("its own file put in place", lambda: os.replace("mine", TARGET_WRITABLE))
attempt("its own file linked outside", lambda: os.link("mine", TARGET_FOLDER + "/mine"))
tried()
""",
    ),
    Attack(
        name="changes a file that all may write",
        source="""
import os
from attempt import attempt, tried
path = TARGET_WRITABLE
attempt("write", lambda: open(path, "w").write("attacked"))
attempt("append", lambda: open(path, "a").write("attacked"))
attempt("truncate", lambda: os.truncate(path, 0))
attempt("times", lambda: os.utime(path, (0, 0)))
attempt("mode", lambda: os.chmod(path, 0o777))
attempt("owner", lambda: os.chown(path, os.getuid(), os.getgid()))
attempt("attribute", lambda: os.setxattr(path, "user.attacked", b"yes"))
attempt("unlink", lambda: os.unlink(path))
for make in (os.mkdir, os.mkfifo, os.mknod, lambda new: os.symlink("x", new), lambda new: open(new, "w")):
    attempt("new file", lambda: make(TARGET_FOLDER + "/attacked"))
tried()
""",
    ),
    Attack(
        name="changes programs and libraries of the system",
        source="""
import importlib.util, os, sys, sysconfig
from attempt import attempt, tried
folders = ["/etc", "/usr", "/usr/bin", "/usr/lib", "/usr/local/lib", "/bin", "/lib", "/var", "/opt", "/root", "/home"]
folders += ["/proc", "/sys", sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"), sys.prefix]
for folder in folders:
    attempt(folder, lambda: open(folder + "/attacked-by-a-test", "w"))
files = ["/etc/passwd", "/etc/ld.so.cache", "/bin/sh", sys.executable, TARGET_SOURCE_FILE]
for path in (*files, os.__file__, importlib.util.cache_from_source(os.__file__)):
    attempt(path, lambda: open(path, "r+"))
    attempt("mode of " + path, lambda: os.chmod(path, os.stat(path).st_mode & 0o7777))
    attempt("times of " + path, lambda: os.utime(path))
tried()
""",
    ),
    Attack(
        name="writes where everybody may write",
        source="""
import os
from attempt import provoke, tried
home = os.path.expanduser("~")
for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run/lock", "/run/user/0", "/dev", "/dev/mqueue", "/", home):
    path = os.path.join(folder, TARGET_NAME)
    provoke(lambda: open(path, "w").write("attacked"))
    provoke(lambda: os.mkdir(path + "-folder", 0o777))
    provoke(lambda: os.mkfifo(path + "-pipe"))
tried()
""",
    ),
    Attack(
        name="opens devices",
        source='''
import os
from attempt import attempt, tried
devices = """mem kmem port kmsg vda sda nvme0n1 loop0 loop-control fuse kvm net/tun tty tty1 console ptmx pts/0 ttyS0
hpet rtc0 vsock vhost-vsock userfaultfd cpu_dma_latency mapper/control uinput input/event0 btrfs-control autofs"""
for name in devices.split():
    attempt("/dev/" + name, lambda: os.open("/dev/" + name, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY))
    attempt("/dev/" + name, lambda: os.open("/dev/" + name, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY))
tried()
''',
    ),
    Attack(
        name="turns the kernel's knobs",
        source="""
import os
from attempt import attempt, tried
knobs = ["/proc/sys/" + name for name in ("kernel/core_pattern", "kernel/modprobe", "vm/overcommit_memory")]
knobs += ["/proc/sysrq-trigger", "/proc/1/oom_score_adj", "/proc/kcore", "/proc/sys/fs/binfmt_misc/register"]
knobs += ["/sys/kernel/uevent_helper", "/sys/power/state", "/sys/fs/cgroup/cgroup.procs"]
for path in knobs:
    attempt(path, lambda: os.open(path, os.O_WRONLY))
for name, text in (("setgroups", b"allow"), ("uid_map", b"0 0 1"), ("gid_map", b"0 0 1"), ("projid_map", b"0 0 1")):
    attempt(name, lambda: os.write(os.open("/proc/self/" + name, os.O_WRONLY), text))
attempt("a lower score", lambda: open("/proc/self/oom_score_adj", "w", buffering=1).write("-1000\\n"))
attempt("a control group", lambda: os.mkdir("/sys/fs/cgroup/attacked-by-a-test"))
attempt("a control group", lambda: os.mkdir("/sys/fs/cgroup/memory/attacked-by-a-test"))
tried()
""",
    ),
    Attack(
        name="links for the sandbox to follow when it cleans up",
        source="""
import os
from attempt import tried
os.mkdir("folder")
os.symlink(TARGET_FOLDER, "folder/link")
os.symlink(TARGET_FOLDER, "link")
os.symlink(TARGET_WRITABLE, "file")
os.symlink("/", "root")
tried()
""",
        keep=("link/secret", "folder/link/secret", "root" + "/etc/passwd", "file"),
    ),
    Attack(
        name="a link where the sandbox looks for a file to bring back",
        source="import os\nos.symlink(TARGET_FILE, 'out')\nfrom attempt import tried; tried()",
        keep=("out",),
    ),
    Attack(
        name="a pipe where the sandbox looks for a file to bring back",
        source="import os\nos.mkfifo('out')\nfrom attempt import tried; tried()",
        keep=("out",),
    ),
    Attack(
        name="a folder where the sandbox looks for a file to bring back",
        source="import os\nos.makedirs('out/out')\nfrom attempt import tried; tried()",
        keep=("out",),
    ),
    Attack(
        name="a folder that may not be entered or removed",
        source="""
import os
from attempt import tried
os.makedirs("locked/within")
open("locked/file\\n\\udcff", "w").close()
os.chmod("locked/within", 0)
os.chmod("locked", 0)
os.chmod(".", 0)
tried()
""",
    ),
    Attack(
        name="removes its folder and works on in nothing",
        source="""
import os, shutil
from attempt import provoke, tried
here = os.getcwd()
shutil.rmtree(here, ignore_errors=True)
provoke(lambda: os.rmdir(here))
provoke(lambda: os.rename(here, here + "-moved"))
provoke(lambda: os.symlink(TARGET_FOLDER, here))
tried()
""",
        keep=("secret",),
    ),
    Attack(
        name="watches what happens to files outside",
        source="""
import os
from attempt import attempt, libc, syscall, tried
watcher = libc.inotify_init()
for path in (TARGET_FILE, TARGET_FOLDER, TARGET_SOURCE_FILE):
    attempt("inotify on " + path, lambda: syscall(254, watcher, path.encode(), 0xFFF))
attempt("fanotify", lambda: syscall(300, 0, 0))
tried()
""",
        harmless=True,
    ),
    Attack(
        name="in C: reads files without their names",
        language="c",
        source=r"""
#include "attempt.h"
int main(void) {
  char room[sizeof(struct file_handle) + 128];
  struct file_handle *handle = (void *)room;
  int mount;
  handle->handle_bytes = 128;
  attempt("a handle of the file", name_to_handle_at(AT_FDCWD, TARGET_FILE, handle, &mount, 0));
  // inode 2 is the root of an ext4, whatever is mounted here
  handle->handle_bytes = 8;
  handle->handle_type = 1;
  memcpy(handle->f_handle, (int[]){2, 0}, 8);
  attempt("a file by its handle", open_by_handle_at(open("/", O_RDONLY), handle, O_RDONLY));
  for (int descriptor = 0; descriptor < 64; descriptor++)
    attempt("a file from a descriptor", openat(descriptor, TARGET_FILE + 1, O_RDONLY));
  return tried();
}
""",
        harmless=True,
    ),
    Attack(
        name="in C: escapes by changing the root",
        language="c",
        source=r"""
#include "attempt.h"
int main(void) {
  mkdir("below", 0777);
  attempt("chroot", chroot("below"));
  for (int up = 0; up < 64; up++) chdir("..");
  chroot(".");
  attempt("the file", open(TARGET_FILE, O_RDONLY));
  attempt("the file that all may write", open(TARGET_WRITABLE, O_WRONLY));
  return tried();
}
""",
    ),
    Attack(
        name="in C: changes a file by calls that rules for opening do not see",
        language="c",
        source=r"""
#include "attempt.h"
#include <sys/xattr.h>
int main(void) {
  attempt("truncate", truncate(TARGET_WRITABLE, 0));
  attempt("chmod", chmod(TARGET_WRITABLE, 0777));
  attempt("fchmodat2", syscall(452, AT_FDCWD, TARGET_WRITABLE, 0777, 0));
  attempt("chown", lchown(TARGET_WRITABLE, getuid(), getgid()));
  attempt("times", utimensat(AT_FDCWD, TARGET_WRITABLE, 0, 0));
  attempt("attribute", setxattr(TARGET_WRITABLE, "user.attacked", "yes", 3, 0));
  attempt("exchange", renameat2(AT_FDCWD, TARGET_WRITABLE, AT_FDCWD, TARGET_FILE, RENAME_EXCHANGE));
  attempt("open for its path alone", open(TARGET_WRITABLE, O_PATH));
  attempt("openat2", syscall(SYS_openat2, AT_FDCWD, TARGET_WRITABLE, (uint64_t[]){O_RDWR, 0, 0}, 24));
  attempt("statx", syscall(SYS_statx, AT_FDCWD, TARGET_WRITABLE, 0, 0xFFF, (char[512]){}));
  attempt("access", access(TARGET_WRITABLE, F_OK));
  attempt("executed", execl(TARGET_WRITABLE, "x", NULL));
  return tried();
}
""",
    ),
    Attack(
        name="in C: makes devices of its own",
        language="c",
        source=r"""
#include "attempt.h"
#include <sys/sysmacros.h>
int main(void) {
  attempt("a block device", mknod("disk", S_IFBLK | 0666, makedev(254, 0)));
  attempt("a character device", mknod("memory", S_IFCHR | 0666, makedev(1, 1)));
  attempt("reading the disk", open("disk", O_RDONLY));
  attempt("reading the memory", open("memory", O_RDONLY));
  return tried();
}
""",
    ),
    Attack(
        name="in C: types into a terminal",
        language="c",
        source=r"""
#include "attempt.h"
#include <sys/ioctl.h>
#include <termios.h>
int main(void) {
  setsid();
  for (int descriptor = 0; descriptor < 3; descriptor++) {
    attempt("a controlling terminal", ioctl(descriptor, TIOCSCTTY, 1));
    attempt("a typed byte", ioctl(descriptor, TIOCSTI, "\n"));
  }
  attempt("its terminal", open("/dev/tty", O_RDWR));
  return tried();
}
""",
    ),
    Attack(
        name="in C: leaves a core of itself outside",
        language="c",
        source=r"""
#include "attempt.h"
int main(void) {
  attempt("room for a core", setrlimit(RLIMIT_CORE, &(struct rlimit){1 << 20, 1 << 20}));
  prctl(PR_SET_DUMPABLE, 1);
  chdir("/tmp");
  abort();
}
""",
        ends=(SIGNAL,),
        prints="",
    ),
    Attack(
        name="in Bash: files outside",
        language="bash",
        source="""
cat TARGET_FILE /etc/shadow && echo REACHED
echo attacked >> TARGET_WRITABLE && echo REACHED
ln TARGET_FILE linked && echo REACHED
ls -la TARGET_FOLDER && echo REACHED
cd /proc/self/root && cd ../../.. && cat .TARGET_FILE && echo REACHED
echo tried
""",
    ),
    Attack(
        name="in Perl: files outside",
        language="perl",
        source="""
for my $path (TARGET_FILE, TARGET_WRITABLE, TARGET_HOME_FILE, "/etc/shadow") {
    print "REACHED $path\\n" if open(my $file, "<", $path);
    print "REACHED writing $path\\n" if open(my $file, "+<", $path);
    print "REACHED unlinking $path\\n" if unlink $path;
}
print "tried\\n";
""",
    ),
    Attack(
        name="in JavaScript: files outside",
        language="node",
        source="""
const fs = require("fs");
for (const path of [TARGET_FILE, TARGET_WRITABLE, TARGET_HOME_FILE, "/etc/shadow"])
  for (const call of [fs.readFileSync, fs.statSync, (p) => fs.appendFileSync(p, "attacked"), fs.unlinkSync])
    try { call(path); console.log("REACHED", path); } catch {}
console.log("tried");
""",
        limits=NODE,
    ),
)
