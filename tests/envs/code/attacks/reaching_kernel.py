"""Programs that ask the kernel for privileges, or for parts of it with a history of holes."""

from .attack import Attack

ATTACKS = (
    Attack(
        name="in C: has privileges",
        language="c",
        source="""
#include "attempt.h"
#include <linux/capability.h>
int main(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct has[2] = {}, all[2] = {{~0U, ~0U, ~0U}, {~0U, ~0U, ~0U}};
  syscall(SYS_capget, &header, has);
  attempt("effective", has[0].effective | has[1].effective ? 0 : -1);
  attempt("permitted", has[0].permitted | has[1].permitted ? 0 : -1);
  attempt("inheritable", has[0].inheritable | has[1].inheritable ? 0 : -1);
  attempt("capset", syscall(SYS_capset, &header, all));
  attempt("programs that give privileges", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? -1 : 0);
  attempt("life without a filter", prctl(PR_GET_SECCOMP) == 2 ? -1 : 0);
  attempt("a raised capability", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 21, 0, 0));
  return tried();
}
""",
        harmless=True,
    ),
    Attack(
        name="in C: becomes somebody else",
        language="c",
        source="""
#include "attempt.h"
#include <grp.h>
int main(void) {
  for (uid_t user = 0; user < 3; user++) {
    uid_t other = (uid_t[]){0, 1, 65533}[user];
    if (other == getuid()) continue;
    attempt("setuid", syscall(SYS_setuid, other));
    attempt("setreuid", syscall(SYS_setreuid, other, other));
    attempt("setresuid", syscall(SYS_setresuid, other, other, other));
    attempt("setgid", other == getgid() ? -1 : syscall(SYS_setgid, other));
    attempt("setresgid", other == getgid() ? -1 : syscall(SYS_setresgid, other, other, other));
  }
  attempt("setgroups", syscall(SYS_setgroups, 1, (gid_t[]){0}));
  struct stat file;
  close(open("mine", O_CREAT | O_RDWR, 06777));
  stat("mine", &file);
  attempt("a file of somebody else", file.st_uid == getuid() ? -1 : 0);
  return tried();
}
""",
    ),
    Attack(
        name="in C: makes and enters namespaces",
        language="c",
        source="""
#include "attempt.h"
#include <linux/sched.h>
int main(void) {
  int kinds[] = {CLONE_NEWUSER, CLONE_NEWNS,  CLONE_NEWPID,    CLONE_NEWNET,
                 CLONE_NEWIPC,  CLONE_NEWUTS, CLONE_NEWCGROUP, CLONE_NEWTIME};
  const char *names[] = {"user", "mnt", "pid", "net", "ipc", "uts", "cgroup", "time"};
  char path[64];
  for (int i = 0; i < 8; i++) {
    attempt(names[i], unshare(kinds[i]));
    attempt("of old with users", unshare(CLONE_NEWUSER | kinds[i]));
    long child = syscall(SYS_clone, kinds[i] | CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
    if (child == 0) _exit(0);
    attempt("clone", child);
    struct clone_args arguments = {.flags = kinds[i] | CLONE_NEWUSER, .exit_signal = SIGCHLD};
    child = syscall(SYS_clone3, &arguments, sizeof arguments);
    if (child == 0) _exit(0);
    attempt("clone3", child);
    for (int pid = 1; pid <= 2; pid++) {
      snprintf(path, sizeof path, "/proc/%d/ns/%s", pid, names[i]);
      attempt(path, setns(open(path, O_RDONLY), 0));
    }
    snprintf(path, sizeof path, "/proc/self/ns/%s", names[i]);
    attempt(path, setns(open(path, O_RDONLY), 0));
  }
  return tried();
}
""",
        harmless=True,
    ),
    Attack(
        name="in C: mounts",
        language="c",
        source="""
#include "attempt.h"
#include <sys/mount.h>
int main(void) {
  only_in_a_box(TARGET_PID);
  mkdir("on", 0777);
  attempt("tmpfs", mount("none", "on", "tmpfs", 0, 0));
  attempt("proc", mount("none", "on", "proc", 0, 0));
  attempt("sysfs", mount("none", "on", "sysfs", 0, 0));
  attempt("overlay", mount("none", "on", "overlay", 0, "lowerdir=/,upperdir=on,workdir=on"));
  attempt("cgroup", mount("none", "on", "cgroup2", 0, 0));
  attempt("bind", mount("/", "on", 0, MS_BIND | MS_REC, 0));
  attempt("writable", mount("none", "/", 0, MS_REMOUNT | MS_BIND, 0));
  attempt("writable", mount("none", "/usr", 0, MS_REMOUNT | MS_BIND, 0));
  attempt("shared", mount("none", "/", 0, MS_SHARED | MS_REC, 0));
  attempt("the disk", mount("/dev/vda", "on", "ext4", 0, 0));
  for (const char **name = (const char *[]){"/", "/proc", "/dev", "/tmp", "/usr", "/lib", "/etc", 0}; *name; name++)
    attempt(*name, umount2(*name, MNT_DETACH));
  attempt("pivot_root", syscall(SYS_pivot_root, ".", "on"));
  attempt("open_tree", syscall(SYS_open_tree, AT_FDCWD, "/", 1));
  attempt("fsopen", syscall(SYS_fsopen, "tmpfs", 0));
  attempt("fspick", syscall(SYS_fspick, AT_FDCWD, "/", 0));
  attempt("mount_setattr", syscall(SYS_mount_setattr, AT_FDCWD, "/", 0, (uint64_t[4]){0, 1}, 32));
  attempt("swapon", syscall(SYS_swapon, "on", 0));
  return tried();
}
""",
    ),
    Attack(
        name="in C: asks for parts of the kernel with a history",
        language="c",
        source="""
#include "attempt.h"
int main(void) {
  only_in_a_box(TARGET_PID);
  char big[256] = {};
  attempt("bpf", syscall(SYS_bpf, 5, big, sizeof big));
  attempt("bpf map", syscall(SYS_bpf, 0, (uint32_t[16]){2, 4, 4, 1}, 64));
  attempt("perf_event_open", syscall(SYS_perf_event_open, (uint32_t[32]){1, 128, 1}, 0, -1, -1, 0));
  attempt("userfaultfd", syscall(SYS_userfaultfd, 0));
  attempt("userfaultfd of users", syscall(SYS_userfaultfd, 1));
  attempt("io_uring_setup", syscall(SYS_io_uring_setup, 4, big));
  attempt("io_uring_enter", syscall(SYS_io_uring_enter, 0, 0, 0, 0, 0, 0));
  attempt("add_key", syscall(SYS_add_key, "user", "attacked", "x", 1, -4));
  attempt("request_key", syscall(SYS_request_key, "user", "attacked", 0, -4));
  attempt("keyctl", syscall(SYS_keyctl, 0, -3, 1));
  attempt("keyctl of the session", syscall(SYS_keyctl, 1, 0));
  attempt("init_module", syscall(SYS_init_module, big, sizeof big, ""));
  attempt("finit_module", syscall(SYS_finit_module, 0, "", 0));
  attempt("delete_module", syscall(SYS_delete_module, "no-such-module", O_NONBLOCK));
  attempt("kexec_load", syscall(SYS_kexec_load, 0, 0, 0, 0));
  attempt("iopl", syscall(SYS_iopl, 3));
  attempt("ioperm", syscall(SYS_ioperm, 0x70, 1, 1));
  attempt("fanotify_init", syscall(SYS_fanotify_init, 0, 0));
  attempt("quotactl", syscall(SYS_quotactl, 0x80000700, "/dev/vda", 0, big));
  attempt("acct", syscall(SYS_acct, "mine"));
  attempt("syslog", syscall(SYS_syslog, 3, big, sizeof big));
  attempt("vhangup", syscall(SYS_vhangup));
  attempt("lookup_dcookie", syscall(SYS_lookup_dcookie, 0L, big, sizeof big));
  return tried();
}
""",
    ),
    Attack(
        name="in C: changes the machine",
        language="c",
        source="""
#include "attempt.h"
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>
int main(void) {
  only_in_a_box(TARGET_PID);
  struct timespec now;
  struct timex tuning = {.modes = ADJ_TICK, .tick = 10000};
  clock_gettime(CLOCK_REALTIME, &now);
  attempt("clock_settime", syscall(SYS_clock_settime, CLOCK_REALTIME, &now));
  attempt("settimeofday", syscall(SYS_settimeofday, &(struct timeval){now.tv_sec, 0}, 0));
  attempt("adjtimex", syscall(SYS_adjtimex, &tuning));
  attempt("sethostname", sethostname("attacked", 8));
  attempt("setdomainname", setdomainname("attacked", 8));
  // not a restart: it only turns a combination of keys off
  attempt("reboot", syscall(SYS_reboot, 0xfee1dead, 672274793, 0, 0));
  return tried();
}
""",
    ),
    Attack(
        name="in C: calls the kernel as a program of 32 bits",
        language="c",
        source=r"""
#include "attempt.h"
int main(void) {
  // getpid, and mkdir in the tests' folder, by the numbers of i386: the filter for 64 bits reads them as others
  char *path = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
  strcpy(path, TARGET_FOLDER "/attacked");
  pid_t child = fork();
  if (child == 0) {
    int result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(20) : "memory");
    attempt("getpid of i386", result > 0 ? 0 : -1);
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(39), "b"(path), "c"(0777) : "memory");
    attempt("mkdir of i386", result == 0 ? 0 : -1);
    _exit(0);
  }
  waitpid(child, 0, 0);
  if ((child = fork()) == 0) {
    attempt("getpid of x32", syscall(0x40000000 | SYS_getpid));
    attempt("unshare of x32", syscall(0x40000000 | SYS_unshare, CLONE_NEWUSER));
    _exit(0);
  }
  waitpid(child, 0, 0);
  return tried();
}
""",
    ),
    Attack(
        name="in C: becomes a program without a file, which is boxed as before",
        language="c",
        source=r"""
#include "attempt.h"
#include <netinet/in.h>
#include <sys/sendfile.h>
extern char **environ;
int main(int argc, char **argv) {
  if (argc == 2) {
    struct sockaddr_in host = {AF_INET, htons(TARGET_TCP_PORT), {htonl(INADDR_LOOPBACK)}};
    attempt("a file", open(TARGET_FILE, O_RDONLY));
    attempt("a connection", connect(socket(AF_INET, SOCK_STREAM, 0), (void *)&host, sizeof host));
    attempt("a mount", unshare(CLONE_NEWUSER | CLONE_NEWNS));
    return tried();
  }
  int program = open("main", O_RDONLY), copy = memfd_create("copy", MFD_CLOEXEC);
  if (copy < 0) return tried();
  sendfile(copy, program, 0, 1 << 24);
  fexecve(copy, (char *[]){"main", "again", 0}, environ);
  return 1;
}
""",
        harmless=True,
    ),
    Attack(
        name="in C: runs programs with the rights of others",
        language="c",
        source=r"""
#include "attempt.h"
int main(void) {
  for (const char **name = (const char *[]){"/bin/su", "/usr/bin/passwd", "/usr/bin/newgrp", 0}; *name; name++) {
    pid_t child = fork();
    if (child == 0) {
      close(0);
      dup2(open("/dev/null", O_RDWR), 1);
      dup2(1, 2);
      execl(*name, *name, "-c", "true", "root", NULL);
      _exit(1);
    }
    int status;
    waitpid(child, &status, 0);
    attempt(*name, status == 0 ? 0 : -1);
  }
  return tried();
}
""",
    ),
    Attack(
        name="in C: takes off what holds it",
        language="c",
        source="""
#include "attempt.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
int main(void) {
  struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  struct sock_fprog program = {1, &allow};
  attempt("new privileges", prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
  prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
  attempt("life without a filter", prctl(PR_SET_SECCOMP, 0, 0));
  attempt("a map of its own", prctl(PR_SET_MM, PR_SET_MM_BRK, 0, 0, 0));
  attempt("secure bits", prctl(PR_SET_SECUREBITS, 1, 0, 0, 0));
  attempt("a mount after an allowing filter", unshare(CLONE_NEWUSER | CLONE_NEWNS));
  attempt("a file after an allowing filter", open(TARGET_FILE, O_RDONLY));
  return tried();
}
""",
        harmless=True,
    ),
    Attack(
        name="in Perl: calls the kernel by number",
        language="perl",
        source="""
my %calls = (unshare => [272, 0x10000000], chroot => [161, "."], setuid => [105, 0], keyctl => [250, 0, -3, 1]);
for my $name (sort keys %calls) {
    my @call = @{ $calls{$name} };
    next if $name eq "setuid" and $< == 0;
    print "REACHED $name\\n" if syscall(shift @call, @call) >= 0;
}
print "tried\\n";
""",
    ),
)
