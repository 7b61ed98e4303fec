"""Keeps our memory off every disk, and out of sight of other programs.

Words and sounds are only in memory. The kernel has two ways to write memory to a disk all the same:
the dump of a crash, which we forbid, and swap, which is for the operator to switch off: for the
service (MemorySwapMax=0, which takes no privilege and no memory), or for the machine.
"""

import ctypes
import resource
from pathlib import Path

_PR_GET_DUMPABLE, _PR_SET_DUMPABLE = 3, 4


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
