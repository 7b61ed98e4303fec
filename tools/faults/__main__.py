"""Brings faults about on this machine, and looks what comes of them: `make faults`.

Each runs in a process of its own, with a folder of its own. What was promised and what was seen
is printed as a table and written to faults.json.
"""

import argparse
import ctypes
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from edgevoice.bench.result import Result, machine
from tools.faults.fault import FAULTS, LIMIT_S, BrokenPromiseError, Fault, UnavailableError
from tools.faults.report import Outcome, Verdict, goals, markdown, show

PR_SET_CHILD_SUBREAPER = 36
"""From linux/prctl.h: whoever loses its parent below us becomes our child."""

GROUPS = (
    "sound",
    "process",
    "native",
    "disk",
    "files",
    "clock",
    "reload",
    "hub",
    "control",
    "network",
    "privacy",
    "skills",
    "servers",
    "memory",
    "fuzz",
)
"""The modules that hold faults."""


def main() -> int:
    """0: every promise was kept; 1: not so."""
    options = _options()
    for module in (*(f"tools.faults.{group}" for group in GROUPS), *options.module):
        importlib.import_module(module)
    if options.inside:
        return _inside(FAULTS[options.inside])
    if options.hours or options.simulated_days:
        return _soak(options)
    groups = {fault.group for fault in FAULTS.values()}
    unknown = [name for name in options.only if name not in {*FAULTS, *groups}]
    if unknown:
        print(f"no such fault: {unknown[0]}; --list tells the names", file=sys.stderr)
        return 2
    chosen = [
        fault
        for fault in FAULTS.values()
        if not options.only or {fault.name, fault.group} & set(options.only)
    ]
    console = Console(highlight=False)
    if options.list:
        for fault in chosen:
            console.print(f"[bold]{fault.name}[/] [dim]({fault.group})[/] {escape(fault.what)}")
        return 0
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whatever was started is ended
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    before = machine()
    outcomes = []
    for number, fault in enumerate(chosen, 1):
        with console.status(f"{number} of {len(chosen)}: {escape(fault.what)}"):
            outcomes.append(_run(fault, options.limit, options.module))
        show(console, outcomes[-1])
    result = Result(
        before, {"faults": [outcome.as_json() for outcome in outcomes]}, goals(outcomes)
    )
    result.write(options.out)
    if options.table:
        options.table.write_text(markdown(outcomes), encoding="utf-8")
    return 0 if all(outcome.verdict is not Verdict.WRONG for outcome in outcomes) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make faults", description=(__doc__ or "").splitlines()[0], allow_abbrev=False
    )
    parser.add_argument("only", nargs="*", help="names of faults or groups; none: all of them")
    parser.add_argument("--list", action="store_true", help="tell what there is, and do nothing")
    parser.add_argument("--hours", type=float, help="soak for so long, and nothing else")
    parser.add_argument("--simulated-days", type=float, help="soak, in simulated time")
    parser.add_argument("--out", type=Path, default=Path("faults.json"), help="where to write")
    parser.add_argument("--table", type=Path, help="write the table in Markdown, too")
    parser.add_argument(
        "--limit", type=float, default=LIMIT_S, help="seconds after which a fault has failed"
    )
    parser.add_argument(
        "--module", action="append", default=[], help="another module of faults, as a.b.c"
    )
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    return parser.parse_args()


def _soak(options: argparse.Namespace) -> int:
    """0: every goal was reached; 1: not so."""
    from tools.faults.soak import soak, soak_simulated

    console = Console(highlight=False)
    before = machine()
    soaked = []
    if options.simulated_days:
        soaked.append(soak_simulated(options.simulated_days, console))
    if options.hours:
        soaked.append(soak(options.hours, console))
    reached = [goal for each in soaked for goal in each.goals()]
    Result(before, {"soak": [each.as_json() for each in soaked]}, reached).write(options.out)
    for each in soaked:
        console.print(each.text())
    for goal in reached:
        mark = "[green]✓[/]" if goal.ok else "[red]✗[/]"
        value = "not measured" if goal.value is None else f"{goal.value:.2f}"
        console.print(f"{mark} {escape(goal.name)}: {value} [dim]({escape(goal.goal)})[/]")
    return 0 if all(goal.ok for goal in reached) else 1


def _run(fault: Fault, limit_s: float, modules: Sequence[str]) -> Outcome:
    """Bring `fault` about in a process of its own, and end whatever is left of it."""
    more = [argument for module in modules for argument in ("--module", module)]
    with tempfile.TemporaryDirectory(prefix="edgevoice-fault-") as folder:
        said, complained = Path(folder) / "said", Path(folder) / "complained"
        began = time.monotonic()
        # Files and not pipes, whose end would be that of the last daemon.
        with said.open("wb") as stdout, complained.open("wb") as stderr:
            process = subprocess.Popen(
                [sys.executable, "-m", "tools.faults", "--inside", fault.name, *more],
                env=os.environ | {"TMPDIR": folder},
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )
        try:
            process.wait(limit_s)
        except subprocess.TimeoutExpired:
            complaint = f"it did not end within {limit_s:g} s"
            return Outcome.told(fault, "", complaint, time.monotonic() - began)
        finally:
            _end(process)
        seconds = time.monotonic() - began
        out, errors = (path.read_text(errors="replace") for path in (said, complained))
        return Outcome.told(fault, out, errors, seconds)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and all that it has started, daemons too."""
    process.kill()
    process.wait()
    while left := _children():  # whose parents have ended, they are ours
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _children() -> list[int]:
    lists = Path("/proc/self/task").glob("*/children")
    return [int(pid) for path in lists for pid in path.read_text().split()]


def _inside(fault: Fault) -> int:
    """Bring `fault` about here; the last line printed tells what was observed."""
    folder = Path(tempfile.mkdtemp())
    try:
        observed = fault.inject(folder)
    except BrokenPromiseError as wrong:
        answer: dict[str, str | float | None] = {"verdict": Verdict.WRONG, "says": str(wrong)}
    except UnavailableError as missing:
        answer = {"verdict": Verdict.UNAVAILABLE, "says": str(missing)}
    else:
        answer = {
            "verdict": Verdict.KEPT,
            "says": observed.says,
            "heard_again_s": observed.heard_again_s,
        }
    print(f"\n{json.dumps(answer)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
