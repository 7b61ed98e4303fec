"""The service's unit as it lies on this machine: whether it is the one that we install, and how
tight it is by systemd's own audit."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from edgevoice.config import HOME
from edgevoice.service.deeds import look as look_at_machine
from edgevoice.service.plan import UNIT, UNITS, Network, installed

MOST_EXPOSED = {Network.OFFLINE: 0.8, Network.LAN: 1.5, Network.CLOUD: 1.6}
"""What systemd's audit may say of each, from 0 (safe) to 10; a test holds our units to it."""

PATIENCE_S = 20
NETWORK, INSTALLED = "10-network.conf", "20-installed.conf"


@dataclass(frozen=True, slots=True)
class Unit:
    """`network`: how far it may reach; None: by a drop-in that is none of ours. `foreign`: files
    that are changed, missing or not from us. `exposure`: from 0 to 10; None: nobody can tell.
    `limits_memory`: whether the kernel keeps what the unit says of memory and swap."""

    network: Network | None
    foreign: tuple[str, ...]
    exposure: float | None
    limits_memory: bool = True


def find_unit(units: Path = UNITS, home: Path = HOME) -> Unit | None:
    """The unit in the folder `units`; None where it is not installed. `home`: where ours lie."""
    unit = units / UNIT
    if not unit.is_file():
        return None
    ours = home / "systemd"
    drop_ins = {path.name: path for path in (units / f"{UNIT}.d").glob("*.conf")}
    own = {_text(ours / f"{each}.conf"): each for each in Network}
    network = own.get(_text(drop_ins.pop(NETWORK, units / NETWORK)))
    foreign = [] if network else [NETWORK]
    if _text(unit) != _text(ours / UNIT):
        foreign.append(UNIT)
    if _text(drop_ins.pop(INSTALLED, units / INSTALLED)) != installed(look_at_machine()):
        foreign.append(INSTALLED)
    added = [_text(ours / f"{each}.conf") for each in ("transcripts", "storage", "skills")]
    foreign += sorted(name for name, path in drop_ins.items() if _text(path) not in added)
    return Unit(network, tuple(foreign), exposure(unit), counts_memory())


def counts_memory(controllers: Path = Path("/sys/fs/cgroup/cgroup.controllers")) -> bool:
    """Whether the kernel counts memory for groups of processes. Raspberry Pi OS does not, unless
    it is told to."""
    return "memory" in _text(controllers).split()


def exposure(unit: Path) -> float | None:
    """What `systemd-analyze security` says of the file `unit` and its drop-ins."""
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=100", str(unit)]
    try:
        said = subprocess.run(
            command, capture_output=True, text=True, timeout=PATIENCE_S, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"exposure level for \S+: ([\d.]+)", said)
    return float(found[1]) if found else None


def _text(path: Path) -> str:
    """What is in the file; nothing, if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
