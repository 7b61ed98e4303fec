"""The turn model is taken out of its wheel, whole; and nothing stops when it cannot be had."""

import errno
import hashlib
import io
import os
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from edgevoice.config import Config
from tools.setup.commands import SetupError
from tools.setup.progress import Progress, Tick
from tools.setup.steps import Setup
from tools.setup.turn_model import FOLDER, NAME, PIN, NotInWheelError, take

PROJECT = Path(__file__).parents[2]
MODEL = b"a network" * 1000
LICENCE = b"Do what you like."
INSIDE = {
    f"pipecat/audio/turn/smart_turn/data/{NAME}": MODEL,
    "pipecat/cli/client/LICENSE": b"Another's.",
    "pipecat_ai-1.14.0.dist-info/licenses/LICENSE": LICENCE,
}


def wheel(folder: Path, inside: Mapping[str, bytes] = INSIDE) -> Path:
    """A wheel in `folder`, as pip leaves it there."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "pipecat_ai-1.14.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in inside.items():
            archive.writestr(name, content)
    return path


def test_the_model_and_its_licence_come_out_of_the_wheel(tmp_path: Path) -> None:
    wheel(tmp_path / "wheels")

    sha256 = take(tmp_path / "wheels", tmp_path / "models" / "smart-turn")

    assert {p.name: p.read_bytes() for p in (tmp_path / "models/smart-turn").iterdir()} == {
        NAME: MODEL,
        "LICENSE": LICENCE,
    }
    assert sha256 == hashlib.sha256(MODEL).hexdigest()


@pytest.mark.parametrize("missing", [name for name in INSIDE if "client" not in name])
def test_a_wheel_without_it_is_said_and_leaves_nothing(tmp_path: Path, missing: str) -> None:
    wheel(tmp_path / "wheels", {k: v for k, v in INSIDE.items() if k != missing})

    with pytest.raises(NotInWheelError, match=f"{PIN} holds 0 files"):
        take(tmp_path / "wheels", tmp_path / "models")
    assert not (tmp_path / "models").exists()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(NAME) + 80] ^= 0xFF  # within the packed model
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("spoil", [cut, damage, Path.unlink])
def test_a_spoilt_wheel_is_said_and_leaves_nothing(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(wheel(tmp_path / "wheels"))

    with pytest.raises(NotInWheelError, match="is no whole wheel"):
        take(tmp_path / "wheels", tmp_path / "models")
    assert not (tmp_path / "models").exists()


def test_a_disk_that_fills_up_leaves_no_half_of_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel(tmp_path / "wheels")

    def full(fd: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        take(tmp_path / "wheels", tmp_path / "models")
    assert list((tmp_path / "models").iterdir()) == []


class Pip:
    """Stands in for pip: leaves a wheel where it is told to, or what else `outcome` does."""

    def __init__(self, outcome: Callable[[Path], object] = wheel) -> None:
        self.outcome = outcome
        self.command: list[str] = []

    def __call__(
        self, command: Sequence[str], *, log: Path, env: Mapping[str, str], tick: Tick
    ) -> None:
        if log.stem == "llama-build":
            made = Path(command[command.index("--wheel-dir") + 1])
            made.mkdir(parents=True)
            (made / "llama_cpp_python-0.3.36-py3-none-linux_x86_64.whl").touch()
        if log.stem == "turn-model":
            self.command = list(command)
            self.outcome(Path(command[command.index("--dest") + 1]))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A working copy that was never set up."""
    root = tmp_path / "edgevoice"
    (root / "tools" / "setup").mkdir(parents=True)
    for name in ("pyproject.toml", "tools/setup/llama_only.cmake"):
        (root / name).write_text((PROJECT / name).read_text())
    return root


def set_up(root: Path, pip: Pip) -> str:
    """Set it up; answers what was told."""
    told = io.StringIO()
    environ = {"PATH": os.environ["PATH"]}
    Setup(root, Progress(told), environ, prefix=root / ".venv", run=pip).prepare("run")
    return told.getvalue()


def test_the_set_up_puts_the_model_where_the_settings_look_for_it(root: Path) -> None:
    pip = Pip()

    told = set_up(root, pip)

    assert f"✓ turn-taking model, out of {PIN}" in told
    assert (root / FOLDER / NAME).read_bytes() == MODEL
    assert Config().turn.model == PROJECT / FOLDER / NAME
    assert pip.command[3:5] == ["download", "--no-deps"] and pip.command[-1] == PIN
    stamp = root / ".venv" / "edgevoice" / "turn-model"
    assert stamp.read_text().strip() == hashlib.sha256(MODEL).hexdigest()
    assert not (root / ".setup" / "turn-model").exists()


def test_a_model_that_is_there_is_left_alone(root: Path) -> None:
    (root / FOLDER).mkdir(parents=True)
    (root / FOLDER / NAME).write_bytes(b"mine")
    pip = Pip()

    assert "turn-taking" not in set_up(root, pip)
    assert pip.command == []
    assert (root / FOLDER / NAME).read_bytes() == b"mine"


def offline(folder: Path) -> None:
    raise SetupError("It failed with exit code 1; its last words (log):", "Check the network.")


def full(folder: Path) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def another(folder: Path) -> None:
    wheel(folder, {"pipecat/__init__.py": b""})


@pytest.mark.parametrize("outcome", [offline, full, another])
def test_without_it_the_set_up_goes_on_and_the_next_one_tries_again(
    root: Path, outcome: Callable[[Path], None]
) -> None:
    told = set_up(root, Pip(outcome)).splitlines()

    assert told[-2].startswith("✗ turn-taking model")
    assert told[-1].startswith("  Turn-taking goes by words and pauses only. ")
    assert any(word in told[-1] for word in ("network", "No space left", "holds 0 files"))
    assert not (root / FOLDER / NAME).exists()
    assert not (root / ".setup" / "turn-model").exists()

    assert "✓ turn-taking model" in set_up(root, Pip())


def test_whoever_interrupts_it_interrupts_the_set_up(root: Path) -> None:
    def interrupt(folder: Path) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        set_up(root, Pip(interrupt))
