"""The ledger of starts: a small file that tells the next start how this one ended.

When a start begins it is written down as one that died; whatever else becomes of it replaces that.
So nothing has to be written by a process that dies. Where the file cannot be written, starts are
not counted, and nothing else is lost; where it cannot be understood, it counts as empty.
"""

import json
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from edgevoice.errors import OutputError
from edgevoice.files import write_atomically
from edgevoice.preflight.starts import End, Standing, after
from edgevoice.state_folder import state_folder

log = logging.getLogger(__name__)

NAME = "starts.json"
MOST = 1 << 20
"""Bytes; no ledger of ours is as long."""


@dataclass(frozen=True, slots=True)
class Start:
    """A start: the profile `level`, `why` if it is not the main one, and how it has ended so far.
    `process`: who it is, see `this_process`."""

    level: int
    why: str
    process: str
    end: End = End.DIED


@dataclass(frozen=True, slots=True)
class _Page:
    """All that is in the file. `made_of`: what the profiles are made of; the standing holds as long
    as it does. `unfit`: starts in a row for which no profile could be run."""

    made_of: str = ""
    standing: Standing = Standing()  # noqa: RUF009
    last: Start | None = None
    unfit: int = 0


_PAGE = TypeAdapter(_Page)


def this_process(pid: int | None = None, root: Path = Path("/proc")) -> str:
    """Who a process is: the boot, its number, and its beginning in ticks of that boot. Empty where
    there is no such process. `pid`: None: this one."""
    try:
        boot = (root / "sys/kernel/random/boot_id").read_text().strip()
        stat = (root / str(pid or os.getpid()) / "stat").read_text()
    except OSError:
        return ""
    # The name of the program, in brackets, may hold anything.
    return f"{boot}/{pid or os.getpid()}/{stat.rpartition(')')[2].split()[19]}"


def is_alive(process: str) -> bool:
    """Whether `process`, from `this_process`, runs now."""
    pid = process.split("/")[1] if process.count("/") == 2 else ""
    return pid.isdecimal() and this_process(int(pid)) == process


class Ledger:
    """The ledger in the file `path`. Nothing here raises."""

    def __init__(
        self,
        path: Path,
        process: str | None = None,
        alive: Callable[[str], bool] = is_alive,
    ) -> None:
        self._path = path
        self._process = this_process() if process is None else process
        self._page = _read(path)
        last = self._page.last
        # Another one runs, which is writing here. We leave it alone.
        self._foreign = last is not None and last.process != self._process and alive(last.process)

    @classmethod
    def here(cls) -> "Ledger":
        """Beside everything else that we remember."""
        return cls(state_folder() / NAME)

    @property
    def last(self) -> Start | None:
        """The last start, if there was one."""
        return self._page.last

    @property
    def unfit(self) -> int:
        """Starts in a row, up to now, for which no profile could be run."""
        return self._page.unfit

    def standing(self, made_of: str, levels: int) -> Standing:
        """What follows from the starts so far, for `levels` profiles that are `made_of` this."""
        page = self._page
        if page.made_of != made_of or page.standing.level >= levels:
            return Standing()
        if page.last is None or self._foreign or page.last.level >= levels:
            return page.standing
        return after(page.standing, page.last.level, page.last.end, levels)

    def begin(self, made_of: str, standing: Standing, level: int, why: str) -> None:
        """Profile `level` is started now."""
        self._write(_Page(made_of, standing, Start(level, why, self._process)))

    def end(self, end: End) -> None:
        """How the start that has begun has ended, as far as it is known by now."""
        last = self._page.last
        if last is not None and last.process == self._process and last.end is not end:
            start = Start(last.level, last.why, last.process, end)
            self._write(_Page(self._page.made_of, self._page.standing, start))

    def cannot(self, made_of: str, standing: Standing) -> None:
        """No profile can be run."""
        self._write(_Page(made_of, standing, None, self._page.unfit + 1))

    def _write(self, page: _Page) -> None:
        self._page = page
        if self._foreign:
            return
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomically(self._path, _PAGE.dump_json(page))
        except OutputError as error:
            log.warning("starts are not counted: %s", error.what)
        except OSError as error:
            log.warning("starts are not counted: %s: %s", self._path.parent, error.strerror)


def _read(path: Path) -> _Page:
    try:
        with path.open("rb") as file:
            tree: Any = json.loads(file.read(MOST))
        page = _PAGE.validate_python(tree)
    except (OSError, ValueError, RecursionError, ValidationError):
        return _Page()
    standing = page.standing
    numbers = (standing.level, standing.deaths, standing.died, standing.proven, page.unfit)
    return page if min(numbers) >= 0 and (page.last is None or page.last.level >= 0) else _Page()
