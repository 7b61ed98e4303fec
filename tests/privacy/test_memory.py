"""Memory that gets to no disk."""

import subprocess
import sys
from pathlib import Path

import pytest

from edgevoice.privacy.memory import swap_devices, swapping_forbidden

CRASH = """
import resource, sys
from pathlib import Path
from edgevoice.privacy.memory import dumps_forbidden, forbid_dumps
before = dumps_forbidden()
forbid_dumps()
print(before, dumps_forbidden(), resource.getrlimit(resource.RLIMIT_CORE)[0])
print(len(list(Path("/proc/self/fd").iterdir())) > 0)  # we may still look at ourselves
sys.stdout.flush()
import ctypes
ctypes.string_at(0)
"""


def test_a_crash_leaves_no_core_dump(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            "/bin/sh",
            "-c",
            'ulimit -S -c "$(ulimit -H -c)"; exec "$0" -c "$1"',
            sys.executable,
            CRASH,
        ],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -11
    assert done.stdout.split() == ["False", "True", "0", "True"]
    assert list(tmp_path.iterdir()) == []


def test_swap_is_a_disk_and_compressed_memory_is_none(tmp_path: Path) -> None:
    table = tmp_path / "swaps"
    head = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
    table.write_text(head)
    assert swap_devices(table) == []
    rows = ("/dev/zram0  partition 9 0 5", "/var/swap  file 9 0 -2", "/dev/sda2  partition 9 0 -3")
    table.write_text(head + "\n".join(rows))
    assert swap_devices(table) == ["/var/swap", "/dev/sda2"]
    assert swap_devices(tmp_path / "none") == []


@pytest.mark.parametrize(
    ("limited", "limit", "forbidden"),
    [
        ("system.slice/edgevoice.service", "0", True),
        ("system.slice", "0", True),
        ("system.slice/edgevoice.service", "max", False),
        ("system.slice/edgevoice.service", "4096", False),
        ("user.slice", "0", False),
    ],
)
def test_a_control_group_that_may_not_swap(
    tmp_path: Path, limited: str, limit: str, forbidden: bool
) -> None:
    membership = tmp_path / "cgroup"
    membership.write_text("0::/system.slice/edgevoice.service\n")
    group = tmp_path / "root" / limited
    group.mkdir(parents=True)
    (group / "memory.swap.max").write_text(f"{limit}\n")
    assert swapping_forbidden(membership, tmp_path / "root") is forbidden


@pytest.mark.parametrize("membership", ["", "nonsense", "0::"])
def test_without_control_groups_nothing_is_promised(tmp_path: Path, membership: str) -> None:
    (tmp_path / "cgroup").write_text(membership)
    assert not swapping_forbidden(tmp_path / "cgroup", tmp_path)
    assert not swapping_forbidden(tmp_path / "none", tmp_path)


LOCK = """
import resource
from pathlib import Path
from edgevoice.privacy.memory import stay_out_of_swap
locked = stay_out_of_swap()
lines = Path("/proc/self/status").read_text().splitlines()
kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("VmLck:"))
assert locked == (kilobytes > 0)
new = bytearray(64 * 2**20)  # more than a usual limit, which must not stand in our way
print(locked, resource.getrlimit(resource.RLIMIT_MEMLOCK)[0] == resource.RLIM_INFINITY)
"""


def test_memory_is_locked_where_no_limit_is_set_and_left_alone_elsewhere() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOCK],
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    locked, unlimited = (word == "True" for word in done.stdout.split())
    assert locked or not unlimited
