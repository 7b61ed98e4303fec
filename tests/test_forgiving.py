"""A full disk behind our output stops nothing."""

import io
import subprocess
import sys
from pathlib import Path

from edgevoice.cli.forgiving import Forgiving, forgiving

PROGRAM = """
import sys
from rich.console import Console
from edgevoice.cli.forgiving import forgiving
sys.stdout = forgiving(sys.stdout)
for _ in range(1_000):
    Console().print("hello" * 100)
"""


def test_text_arrives_at_once(tmp_path: Path) -> None:
    with (tmp_path / "out").open("w", encoding="utf-8") as file:
        file.write("one ")
        print("two ●", file=forgiving(file))
        assert (tmp_path / "out").read_text(encoding="utf-8") == "one two ●\n"


def test_a_full_disk_is_no_failure_and_none_at_the_end_either() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_stream_without_a_file_stays_as_it_is() -> None:
    memory = io.StringIO()
    assert forgiving(memory) is memory


def test_it_is_a_terminal_where_there_is_one(tmp_path: Path) -> None:
    with (tmp_path / "out").open("w") as file:
        assert not Forgiving(file).isatty()
