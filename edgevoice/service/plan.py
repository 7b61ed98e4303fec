"""What has to be done so that edgevoice is a service, or is one no longer: plans, and no deeds.

A plan is a list of steps, made from a description of the machine. Carrying it out twice leaves
the same as once.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from edgevoice.errors import BadInputError

USER = "edgevoice"
UNIT = "edgevoice.service"

UNITS = Path("/etc/systemd/system")
CONFIG = Path("/etc/edgevoice/config.yaml")
STATE = Path("/var/lib/edgevoice")


COMPILES = """\
# CTranslate2 calls oneDNN here, which compiles its kernels as it runs.
MemoryDenyWriteExecute=no"""
"""Measured on x86-64 with CTranslate2 4.8.5: one call is refused, mprotect(READ|WRITE|EXEC), which
oneDNN (jit_uni_reorder_t::init) makes for the first convolution of Whisper's encoder; that then
fails with "could not create a primitive", whatever CT2_USE_MKL, CT2_FORCE_CPU_ISA and
DNNL_MAX_CPU_ISA say. On ARM, by its documentation, CTranslate2 does without oneDNN; that was not
measured.
"""


class Network(StrEnum):
    """How far the service may reach; each one is a drop-in of the unit."""

    OFFLINE = "offline"
    LAN = "lan"
    CLOUD = "cloud"


@dataclass(frozen=True)
class Machine:
    """What a plan has to know of the machine."""

    home: Path
    """The folder that edgevoice was installed from."""
    prefix: Path
    """The virtual environment that runs it."""
    python: Path
    """Where the environment's Python itself comes from."""
    groups: frozenset[str]
    """Those that the machine has."""
    memberships: frozenset[str] | None
    """The groups that our user is in; None: there is no such user."""
    compiles: bool
    """Whether an engine writes machine code while it runs: see `COMPILES`."""
    configured: bool
    """Whether /etc/edgevoice/config.yaml is there."""


@dataclass(frozen=True)
class Folder:
    """Make a folder, unless it is there."""

    path: Path

    def __str__(self) -> str:
        return f"make the folder {self.path}"


@dataclass(frozen=True)
class Write:
    """Put `text` in the place of the file `path`, whole or not at all."""

    path: Path
    text: str

    def __str__(self) -> str:
        return f"write {self.path}"


@dataclass(frozen=True)
class Remove:
    """Remove a file, or a folder with all that is in it, if it is there."""

    path: Path

    def __str__(self) -> str:
        return f"remove {self.path}"


@dataclass(frozen=True)
class Run:
    """Run a command of the system; `may_fail`: what it would undo may not be there."""

    argv: tuple[str, ...]
    may_fail: bool = False

    def __str__(self) -> str:
        return f"run {' '.join(self.argv)}"


Step = Folder | Write | Remove | Run


@dataclass(frozen=True)
class Sources:
    """The texts that an installation is made of: see systemd/ and config.yaml."""

    unit: str
    network: str
    config: str


def install(machine: Machine, sources: Sources) -> list[Step]:
    """Make `machine` run edgevoice from now on. A config that is there stays."""
    drop_ins = UNITS / f"{UNIT}.d"
    steps: list[Step] = [*_user(machine)]
    if not machine.configured:
        text = with_models_of(machine.home, sources.config)
        steps += [Folder(CONFIG.parent), Write(CONFIG, text)]
    return [
        *steps,
        Folder(drop_ins),
        Write(UNITS / UNIT, sources.unit),
        Write(drop_ins / "10-network.conf", sources.network),
        Write(drop_ins / "20-installed.conf", installed(machine)),
        Run(("systemctl", "daemon-reload")),
        Run(("systemctl", "enable", UNIT)),
        Run(("systemctl", "restart", "--no-block", UNIT)),
    ]


def uninstall(machine: Machine, *, purge: bool) -> list[Step]:
    """Take the service away; `purge`: its config, its state and its user as well."""
    steps: list[Step] = [
        Run(("systemctl", "disable", "--now", UNIT), may_fail=True),
        Remove(UNITS / UNIT),
        Remove(UNITS / f"{UNIT}.d"),
        Run(("systemctl", "daemon-reload")),
    ]
    if purge:
        steps += [Remove(CONFIG.parent), Remove(STATE)]
        if machine.memberships is not None:
            steps.append(Run(("userdel", USER)))
    return steps


def _user(machine: Machine) -> list[Step]:
    wanted = sorted({"audio", "gpio"} & machine.groups)
    if machine.memberships is None:
        add = ("useradd", "--system", "--user-group", "--no-create-home")
        rest = ("--home-dir", str(STATE), "--shell", "/usr/sbin/nologin")
        groups = ("--groups", ",".join(wanted)) if wanted else ()
        return [Run((*add, *rest, *groups, USER))]
    if missing := [group for group in wanted if group not in machine.memberships]:
        return [Run(("usermod", "--append", "--groups", ",".join(missing), USER))]
    return []


def installed(machine: Machine) -> str:
    """The drop-in that says where edgevoice lies, and opens that place to it, for reading only."""
    program = quoted(machine.prefix / "bin/edgevoice")
    lines = [
        "# Where edgevoice was installed from; homes are hidden from it otherwise.",
        "[Service]",
        "ExecStartPre=",
        f"ExecStartPre={program} models verify --config {quoted(CONFIG)}",
        "ExecStart=",
        f"ExecStart={program} run --quiet --config {quoted(CONFIG)}",
        "ExecReload=",
        f"ExecReload={program} control reload --config {quoted(CONFIG)}",
    ]
    for place in outermost([machine.home, machine.prefix, machine.python]):
        lines += [f"BindReadOnlyPaths={quoted(place)}", f"ExecPaths={quoted(place)}"]
    if machine.compiles:
        lines.append(COMPILES)
    return "\n".join(lines) + "\n"


def outermost(places: Sequence[Path]) -> list[Path]:
    """`places` without those that lie in another, and without the system's own /usr."""
    known = {Path("/usr"), *places}
    return sorted(
        place for place in known if known.isdisjoint(place.parents) and place != Path("/usr")
    )


def quoted(path: Path) -> str:
    """`path` as a word of a unit file. Raises `BadInputError` where no two settings would agree."""
    text = str(path)
    if odd := re.search(r"""["'\\:$#\x00-\x1f]""", text):
        raise BadInputError(
            f"the unit cannot name {text!r}, because of {odd[0]!r}",
            "Move edgevoice to a folder without that character, and install it again.",
        )
    return '"' + text.replace("%", "%%") + '"'


def with_models_of(home: Path, config: str) -> str:
    """`config` with the models' paths, which are relative to `home`, made absolute."""
    return re.sub(r"(?m)^(\s*\w+: +)(models/.*)$", lambda m: f"{m[1]}{home}/{m[2]}", config)
