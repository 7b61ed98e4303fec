"""The two commands that a stranger types, and the one that judges every change."""

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def make(*args: str) -> str:
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", "--no-print-directory", *args],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_make_alone_explains_every_target() -> None:
    targets = re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE)

    assert {"demo", "test", "run", "doctor", "setup", "clean"} < set(targets)
    text = make()
    assert all(f"  make {target} " in text for target in targets)


def test_both_commands_do_their_own_set_up_first() -> None:
    assert make("-n", "demo").startswith("tools/setup/setup.sh run\n")
    assert make("-n", "test").startswith("tools/setup/setup.sh test\n")
    assert make("-n", "faults", "ARGS=--list").splitlines() == [
        "tools/setup/setup.sh test",
        ".venv/bin/python -m tools.faults --list",
    ]


def test_ci_runs_what_everybody_runs() -> None:
    script = ROOT / ".ci" / "run"

    assert os.access(script, os.X_OK)
    assert script.read_text().endswith("exec make test\n")
