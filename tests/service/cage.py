"""A command under the unit's restrictions, as far as they can be had without systemd.

`python -m tests.service.cage COMMAND …` gives it another user (if we are root), no network, no
privileges nor a way to any, the unit's system calls and kinds of sockets, no memory both writable
and executable, a read-only system, one empty folder to write to and no core dump. Needs
unprivileged user namespaces.
"""

import ctypes
import errno
import os
import resource
import socket
import subprocess
import sys
from pathlib import Path

from edgevoice.service.deeds import look
from edgevoice.service.plan import outermost

UNIT = Path(__file__).parents[2] / "systemd/edgevoice.service"
OFFLINE = UNIT.with_name("offline.conf")

PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_SET_MDWE, MDWE_REFUSE_EXEC_GAIN = 24, 38, 65, 1
SCMP_ACT_ALLOW = 0x7FFF0000
SCMP_ACT_ERRNO = 0x00050000
SCMP_CMP_NE, SCMP_CMP_EQ = 1, 4
CLONE_NEWNS = 0x20000
NOBODY = 65534
HOMES = ("/root", "/home")

COMPILES = "CAGE_COMPILES"
"""Where this is set, memory may be both writable and executable."""

ROOM = "/mnt"
"""The only folder that can be written to; not /tmp, which may hold what is tested."""

MOUNTS = f"mount -o remount,bind,ro / && mount -t tmpfs none {ROOM} && export TMPDIR={ROOM}"

libc = ctypes.CDLL(None, use_errno=True)


class Comparison(ctypes.Structure):
    """Of an argument of a system call (libseccomp's struct scmp_arg_cmp)."""

    _fields_ = [
        ("argument", ctypes.c_uint),
        ("operation", ctypes.c_int),
        ("a", ctypes.c_uint64),
        ("b", ctypes.c_uint64),
    ]


def settings(name: str, unit: Path = UNIT) -> list[str]:
    """What the unit says about `name`, line by line."""
    lines = unit.read_text().splitlines()
    return [line.partition("=")[2] for line in lines if line.startswith(f"{name}=")]


def calls(group: str) -> set[str]:
    """The system calls of a group such as @system-service, as systemd knows them."""
    said = subprocess.run(
        ["systemd-analyze", "syscall-filter", group], capture_output=True, text=True, check=True
    )
    named: set[str] = set()
    for word in map(str.strip, said.stdout.splitlines()[1:]):
        if word and not word.startswith("#"):
            named |= calls(word) if word.startswith("@") else {word}
    return named


def allowed() -> set[str]:
    """The system calls that the unit leaves us; @default is always in."""
    left = calls("@default")
    for setting in settings("SystemCallFilter"):
        for group in setting.lstrip("~").split():
            left = left - calls(group) if setting.startswith("~") else left | calls(group)
    return left | calls("@default")


def confine(*, compiles: bool) -> None:
    """Confine this process, and whatever it becomes; `compiles`: see `Machine.compiles`."""
    assert settings("MemoryDenyWriteExecute") == ["yes"]
    assert settings("CapabilityBoundingSet") == [""]
    names = allowed()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for capability in range(int(Path("/proc/sys/kernel/cap_last_cap").read_text()) + 1):
        assert libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0
    assert libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    if not compiles:
        assert libc.prctl(PR_SET_MDWE, MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) == 0, "the kernel is too old"
    assert settings("RestrictAddressFamilies", OFFLINE) == ["AF_UNIX"]
    seccomp = ctypes.CDLL("libseccomp.so.2")
    seccomp.seccomp_init.restype = ctypes.c_void_p
    rules = ctypes.c_void_p(seccomp.seccomp_init(SCMP_ACT_ERRNO | errno.EPERM))
    for name in names:
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        if number != -1 and name != "socket":
            seccomp.seccomp_rule_add_array(rules, SCMP_ACT_ALLOW, number, 0, None)
    unix = (Comparison * 1)(Comparison(0, SCMP_CMP_EQ, socket.AF_UNIX))
    others = (Comparison * 1)(Comparison(0, SCMP_CMP_NE, socket.AF_UNIX))
    number = seccomp.seccomp_syscall_resolve_name(b"socket")
    for action, kinds in (
        (SCMP_ACT_ALLOW, unix),
        (SCMP_ACT_ERRNO | errno.EAFNOSUPPORT, others),
    ):
        assert seccomp.seccomp_rule_add_array(rules, action, number, 1, kinds) == 0
    assert seccomp.seccomp_load(rules) == 0


def hide_homes() -> None:
    """Show nothing of the homes but what the installation is made of, as the unit has it."""
    assert settings("ProtectHome") == ["tmpfs"]
    machine = look()
    places = outermost([machine.home, machine.prefix, machine.python])
    inside = [place for place in places if any(place.is_relative_to(home) for home in HOMES)]
    assert libc.unshare(CLONE_NEWNS) == 0
    mount("--make-rprivate", "/")
    mount("-t", "tmpfs", "none", ROOM)
    for number, place in enumerate(inside):
        kept = Path(ROOM, str(number))
        kept.mkdir()
        mount("--bind", str(place), str(kept))
    for home in HOMES:
        mount("-t", "tmpfs", "-o", "mode=755", "none", home)
    for number, place in enumerate(inside):
        place.mkdir(parents=True)
        mount("--bind", f"{ROOM}/{number}", str(place))


def mount(*arguments: str) -> None:
    """Mount something, in a name space of our own."""
    subprocess.run(["mount", *arguments], check=True)


def main() -> None:
    """Enter the namespaces first, then confine, then become the command."""
    if sys.argv[1] == "--inside":
        confine(compiles=COMPILES in os.environ)
        os.execvp(sys.argv[2], sys.argv[2:])
    again = [sys.executable, "-m", "tests.service.cage", "--inside", *sys.argv[1:]]
    shell = ["sh", "-c", f'{MOUNTS} && exec "$@"', "sh", *again]
    if os.geteuid() == 0:
        hide_homes()
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    os.execvp("unshare", ["unshare", "--map-root-user", "--net", "--mount", "--ipc", *shell])


if __name__ == "__main__":
    main()
