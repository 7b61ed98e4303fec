"""What a process holds now: everything that could pile up from one turn to the next."""

import asyncio
import ctypes
import gc
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from edgevoice.bench.usage import PROCESS, rss_mb

Gauge = Callable[[], float]


class _Mallinfo2(ctypes.Structure):
    """What glibc tells of its heaps, all arenas together; see mallinfo(3)."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    ]


def heap_bytes() -> float:
    """Bytes that this process, engines included, has asked malloc for and not given back.

    Unlike the resident set it knows no fragments and no free lists, so that a leak of a few hundred
    bytes shows. Python's small objects have arenas of their own and are not in it, unless the
    environment says PYTHONMALLOC=malloc. 0 where it is not `heap_known`: glibc before 2.33, musl.
    """
    tell = _mallinfo2()
    if tell is None:
        return 0.0
    info = tell()
    return float(info.uordblks + info.hblkhd)


@cache
def _mallinfo2() -> Callable[[], Any] | None:
    tell = getattr(ctypes.CDLL(None), "mallinfo2", None)
    if tell is not None:
        tell.restype = _Mallinfo2
    return tell


def heap_known() -> bool:
    """Whether the C library tells `heap_bytes`."""
    return _mallinfo2() is not None


def objects() -> float:
    """Objects that the garbage collector knows."""
    return float(len(gc.get_objects()))


def tasks() -> float:
    """Tasks of the running event loop that are not done."""
    return float(len(asyncio.all_tasks()))


def threads() -> float:
    """Threads of this process, those of the engines included."""
    return float(len(list((PROCESS / "task").iterdir())))


def files() -> float:
    """Files, sockets and pipes that this process has open."""
    return float(len(list((PROCESS / "fd").iterdir())))


GAUGES: Mapping[str, Gauge] = {
    "heap bytes": heap_bytes,
    "resident bytes": lambda: rss_mb() * 1e6,
    "objects": objects,
    "tasks": tasks,
    "threads": threads,
    "files": files,
}
