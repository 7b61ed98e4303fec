"""A command under the unit's restrictions, as far as they can be had without systemd.

`python -m tests.service.cage COMMAND …` gives it no network, no new privileges, the unit's system
calls, no memory both writable and executable, a read-only system, one empty folder to write to and
no core dump. Needs unprivileged user namespaces.
"""

import ctypes
import errno
import os
import resource
import subprocess
import sys
from pathlib import Path

UNIT = Path(__file__).parents[2] / "systemd/edgevoice.service"

PR_SET_NO_NEW_PRIVS, PR_SET_MDWE, MDWE_REFUSE_EXEC_GAIN = 38, 65, 1
SCMP_ACT_ALLOW = 0x7FFF0000
SCMP_ACT_EPERM = 0x00050000 | errno.EPERM

COMPILES = "CAGE_COMPILES"
"""Where this is set, memory may be both writable and executable."""

ROOM = "/mnt"
"""The only folder that can be written to; not /tmp, which may hold what is tested."""

MOUNTS = f"mount -o remount,bind,ro / && mount -t tmpfs none {ROOM} && export TMPDIR={ROOM}"

libc = ctypes.CDLL(None, use_errno=True)


def settings(name: str) -> list[str]:
    """What the unit says about `name`, line by line."""
    lines = UNIT.read_text().splitlines()
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
    names = allowed()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    assert libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    if not compiles:
        assert libc.prctl(PR_SET_MDWE, MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) == 0, "the kernel is too old"
    seccomp = ctypes.CDLL("libseccomp.so.2")
    seccomp.seccomp_init.restype = ctypes.c_void_p
    rules = ctypes.c_void_p(seccomp.seccomp_init(SCMP_ACT_EPERM))
    for name in names:
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        if number != -1:
            seccomp.seccomp_rule_add_array(rules, SCMP_ACT_ALLOW, number, 0, None)
    assert seccomp.seccomp_load(rules) == 0


def main() -> None:
    """Enter the namespaces first, then confine, then become the command."""
    if sys.argv[1] == "--inside":
        confine(compiles=COMPILES in os.environ)
        os.execvp(sys.argv[2], sys.argv[2:])
    again = [sys.executable, "-m", "tests.service.cage", "--inside", *sys.argv[1:]]
    shell = ["sh", "-c", f'{MOUNTS} && exec "$@"', "sh", *again]
    os.execvp("unshare", ["unshare", "--map-root-user", "--net", "--mount", "--ipc", *shell])


if __name__ == "__main__":
    main()
