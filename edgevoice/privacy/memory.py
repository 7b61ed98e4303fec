"""Keeps our memory off every disk, and out of sight of other programs.

Words and sounds are only in memory. The kernel has two ways to write memory to a disk all the same:
the dump of a crash, which we forbid, and swap, which we stay out of where we may. Elsewhere the
operator can switch it off, for the service (MemorySwapMax=0) or for the machine.
"""

import ctypes
import resource
from pathlib import Path

_PR_GET_DUMPABLE, _PR_SET_DUMPABLE = 3, 4
_MCL_CURRENT, _MCL_FUTURE, _MCL_ONFAULT = 1, 2, 4
_CAP_IPC_LOCK = 14


def forbid_dumps() -> None:
    """No core dump of this process, and nobody of the same user may look into its memory.

    The limit holds for its children as well; the rest each process has to ask for itself. A crash
    handler that the kernel pipes dumps to does not care for the limit, but gets none either.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def dumps_forbidden() -> bool:
    """Whether this process would leave no core dump."""
    limit, _ = resource.getrlimit(resource.RLIMIT_CORE)
    return limit == 0 and ctypes.CDLL(None).prctl(_PR_GET_DUMPABLE, 0, 0, 0, 0) == 0


def stay_out_of_swap() -> bool:
    """Keep all of this process's memory out of swap; answers whether that is so now.

    Only where no limit is set (LimitMEMLOCK=infinity in a systemd unit, or CAP_IPC_LOCK): below
    one, the allocation that goes over it would fail in the middle of a conversation. Pages are
    locked when they are used first, which takes no memory. Measured with the starter models after
    four turns, twice: 207 and 213 MB resident with it, 216 and 208 without.
    """
    unlimited = resource.getrlimit(resource.RLIMIT_MEMLOCK)[0] == resource.RLIM_INFINITY
    if not unlimited and not _capabilities() >> _CAP_IPC_LOCK & 1:
        return False
    flags = _MCL_CURRENT | _MCL_FUTURE | _MCL_ONFAULT
    return bool(ctypes.CDLL(None).mlockall(flags) == 0)


def _capabilities(status: Path = Path("/proc/self/status")) -> int:
    """Our effective capabilities, a bit for each."""
    fields = (line.split() for line in status.read_text().splitlines())
    return next((int(words[1], 16) for words in fields if words[:1] == ["CapEff:"]), 0)


def swap_devices(table: Path = Path("/proc/swaps")) -> list[str]:
    """What this machine swaps to, but for compressed memory (zram), which is no disk."""
    try:
        _, *rows = table.read_text().splitlines()
    except (OSError, ValueError):
        return []
    names = [row.split()[0] for row in rows if row.strip()]
    return [name for name in names if not name.startswith("/dev/zram")]


def swapping_forbidden(
    membership: Path = Path("/proc/self/cgroup"), root: Path = Path("/sys/fs/cgroup")
) -> bool:
    """Whether our control group, or one around it, may not swap (MemorySwapMax=0)."""
    try:
        _, _, path = membership.read_text().splitlines()[-1].split(":", 2)
    except (OSError, ValueError, IndexError):
        return False
    group = root / path.lstrip("/")
    for folder in (group, *group.parents):
        try:
            if (folder / "memory.swap.max").read_text().strip() == "0":
                return True
        except OSError:
            continue
    return False
