"""Carrying out a plan, below a root directory that is `/` unless a test says otherwise."""

import grp
import platform
import pwd
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from edgevoice.config import HOME
from edgevoice.errors import BadInputError, EdgevoiceError, OutputError, one_line
from edgevoice.files import write_atomically
from edgevoice.service.plan import (
    CONFIG,
    USER,
    Folder,
    Machine,
    Network,
    Remove,
    Run,
    Sources,
    Step,
    Write,
)

READABLE = 0o644
"""The unit and the config hold no secrets; `edgevoice control` reads the config too."""

PATIENCE_S = 120
"""For one command of the system; stopping the service may take long."""

Runner = Callable[[Sequence[str]], subprocess.CompletedProcess[str]]


class ServiceError(EdgevoiceError):
    """A step of a plan failed; the steps before it are done."""


def look(root: Path = Path("/")) -> Machine:
    """Describe this machine."""
    groups = grp.getgrall()
    try:
        pwd.getpwnam(USER)
        memberships = frozenset(group.gr_name for group in groups if USER in group.gr_mem)
    except KeyError:
        memberships = None
    return Machine(
        home=HOME,
        prefix=Path(sys.prefix),
        python=Path(sys.base_prefix).resolve(),
        groups=frozenset(group.gr_name for group in groups),
        memberships=memberships,
        compiles=platform.machine() == "x86_64",
        configured=below(root, CONFIG).exists(),
    )


def read_sources(network: Network, home: Path = HOME) -> Sources:
    """The files that an installation is made of, from `home`. Raises `BadInputError`."""
    try:
        return Sources(
            unit=(home / "systemd/edgevoice.service").read_text(encoding="utf-8"),
            network=(home / f"systemd/{network}.conf").read_text(encoding="utf-8"),
            config=(home / "config.yaml").read_text(encoding="utf-8"),
        )
    except OSError as error:
        raise BadInputError(
            f"{error.filename} cannot be read ({error.strerror})",
            "Install the service from a checkout of edgevoice, with `make install-service`.",
        ) from None


def check_rights(user_id: int, root: Path = Path("/")) -> None:
    """Refuse early, with nothing changed. Raises `BadInputError`."""
    if not below(root, Path("/run/systemd/system")).is_dir():
        raise BadInputError(
            "systemd does not run this machine, and only systemd can run the service",
            "Start `edgevoice run --quiet` with what runs it instead, or see --dry-run.",
        )
    if user_id != 0:
        raise BadInputError(
            "only root may install or remove a service",
            f"Run it with sudo: sudo {sys.prefix}/bin/edgevoice service …",
        )


def run_command(argv: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run a command of the system, and keep what it says."""
    return subprocess.run(
        argv,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=PATIENCE_S,
        check=False,
    )


def carry_out(step: Step, root: Path = Path("/"), run: Runner = run_command) -> None:
    """Do one step of a plan. Raises `ServiceError` or `OutputError`."""
    try:
        match step:
            case Folder(path):
                below(root, path).mkdir(mode=0o755, parents=True, exist_ok=True)
            case Write(path, text):
                write_atomically(below(root, path), text.encode())
                below(root, path).chmod(READABLE)
            case Remove(path):
                _remove(below(root, path))
            case Run():
                _run(step, run)
    except OSError as error:
        raise OutputError(
            f"cannot {step}: {error.strerror}", "Mend that, and run the same command again."
        ) from None


def below(root: Path, path: Path) -> Path:
    """The absolute `path` as it is seen from `root`."""
    return root / path.relative_to("/")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _run(step: Run, run: Runner) -> None:
    cure = "Mend that, and run the same command again: what is done already is done once."
    try:
        answer = run(step.argv)
    except FileNotFoundError:
        raise ServiceError(f"{step.argv[0]} is not on this machine", cure) from None
    except subprocess.TimeoutExpired:
        raise ServiceError(f"`{' '.join(step.argv)}` does not come to an end", cure) from None
    if answer.returncode and not step.may_fail:
        said = one_line(answer.stderr) or f"exit code {answer.returncode}"
        raise ServiceError(f"`{' '.join(step.argv)}` failed: {said}", cure)
