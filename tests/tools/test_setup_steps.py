"""Which steps are done, in which order, and which are skipped."""

import io
import os
import shlex
import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tools.setup import steps, turn_model
from tools.setup.commands import SetupError
from tools.setup.progress import Progress, Tick
from tools.setup.stamps import Stamps, digest
from tools.setup.steps import Profile, Setup, check_platform, llama_pin, memory_bytes

PROJECT = Path(__file__).parents[2]


class Commands:
    """Stands in for pip and venv: writes down what was asked, and leaves what they would leave."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.command: list[str] = []
        self.env: dict[str, str] = {}
        self.fail_on: str | None = None

    def __call__(
        self, command: Sequence[str], *, log: Path, env: Mapping[str, str], tick: Tick
    ) -> None:
        self.asked.append(log.stem)
        self.command = list(command)
        self.env = dict(env)
        if log.stem == self.fail_on:
            raise SetupError("It failed", "Try again.")
        if log.stem == "llama-build":
            folder = Path(command[command.index("--wheel-dir") + 1])
            folder.mkdir(parents=True)
            (folder / "llama_cpp_python-0.3.36-py3-none-linux_x86_64.whl").touch()
        if log.stem == "turn-model":
            folder = Path(command[command.index("--dest") + 1])
            folder.mkdir(parents=True)
            with zipfile.ZipFile(folder / "pipecat_ai-1.14.0-py3-none-any.whl", "w") as wheel:
                wheel.writestr(f"pipecat/{turn_model.NAME}", "a network")
                wheel.writestr("pipecat_ai-1.14.0.dist-info/licenses/LICENSE", "a licence")


class Copy:
    """A working copy with the project's own pyproject.toml, to set up again and again."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.commands = Commands()
        self.environ: dict[str, str] = {"PATH": os.environ["PATH"]}
        (root / "tools" / "setup").mkdir(parents=True)
        for name in ("pyproject.toml", "tools/setup/llama_only.cmake"):
            (root / name).write_text((PROJECT / name).read_text())

    def prepare(self, profile: Profile = "run", fresh: bool = False) -> list[str]:
        """Set it up; answers the steps that had something to do."""
        self.commands.asked.clear()
        prefix = Path("/usr") if fresh else self.root / ".venv"
        progress = Progress(io.StringIO())
        Setup(self.root, progress, self.environ, prefix=prefix, run=self.commands).prepare(profile)
        return self.commands.asked

    def edit(self, old: str, new: str) -> None:
        """Change pyproject.toml."""
        path = self.root / "pyproject.toml"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path / "edgevoice")


LLAMA = ["llama-build", "llama-install"]


def test_from_nothing_every_step_is_done_once(copy: Copy) -> None:
    assert copy.prepare(fresh=True) == ["venv", *LLAMA, "packages-run", "try", "turn-model"]
    assert copy.prepare() == []


def made_anew(copy: Copy) -> bool:
    copy.commands.fail_on = "venv"
    with pytest.raises(SetupError):
        copy.prepare(fresh=True)
    return "--clear" in copy.commands.command


def test_an_environment_of_somebody_elses_making_is_kept(copy: Copy) -> None:
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    (copy.root / ".venv" / "lib" / version).mkdir(parents=True)

    assert not made_anew(copy)


def test_an_environment_of_another_python_is_made_anew(copy: Copy) -> None:
    (copy.root / ".venv" / "lib" / "python3.9").mkdir(parents=True)

    assert made_anew(copy)


def test_an_environment_that_was_moved_is_made_anew(copy: Copy) -> None:
    copy.prepare(fresh=True)
    moved = copy.root.with_name("elsewhere")
    copy.root.rename(moved)
    copy.root = moved

    assert made_anew(copy)


def test_tests_need_a_little_more_and_then_everything_is_there(copy: Copy) -> None:
    copy.prepare()

    assert copy.prepare("test") == ["packages-test"]
    assert copy.prepare("test") == []
    assert copy.prepare("run") == []


def test_a_step_that_failed_is_done_again_and_only_that(copy: Copy) -> None:
    copy.commands.fail_on = "packages-run"
    with pytest.raises(SetupError):
        copy.prepare()

    copy.commands.fail_on = None
    assert copy.prepare() == ["packages-run", "try", "turn-model"]


def test_a_build_that_was_interrupted_begins_anew(copy: Copy) -> None:
    copy.commands.fail_on = "llama-build"
    with pytest.raises(SetupError):
        copy.prepare()

    copy.commands.fail_on = None
    assert copy.prepare()[:2] == LLAMA


def test_other_dependencies_are_installed_other_rules_for_ruff_are_not(copy: Copy) -> None:
    copy.prepare()

    copy.edit("line-length = 100", "line-length = 99")
    assert copy.prepare() == []
    copy.edit('"soxr>=1.0,<2"', '"soxr>=1.1,<2"')
    assert copy.prepare() == ["packages-run", "try"]


def test_another_llama_is_another_build(copy: Copy) -> None:
    copy.prepare()
    copy.edit("llama-cpp-python==0.3.36", "llama-cpp-python==0.3.37")

    assert copy.prepare()[:2] == LLAMA


def test_a_new_environment_takes_the_wheel_that_was_built_before(copy: Copy) -> None:
    copy.prepare()
    for stamp in (copy.root / ".venv" / "edgevoice").iterdir():
        stamp.unlink()

    assert copy.prepare() == ["llama-install", "packages-run", "try"]


def test_flags_of_ones_own_come_last_and_make_another_build(copy: Copy) -> None:
    copy.prepare()
    copy.environ["CMAKE_ARGS"] = "-DGGML_CUDA=ON"
    copy.commands.fail_on = "llama-build"
    with pytest.raises(SetupError):
        copy.prepare()

    assert shlex.split(copy.commands.env["CMAKE_ARGS"])[-1] == "-DGGML_CUDA=ON"


def test_a_folder_with_a_space_in_its_name_will_do(tmp_path: Path) -> None:
    copy = Copy(tmp_path / "my voice")
    copy.commands.fail_on = "llama-build"
    with pytest.raises(SetupError):
        copy.prepare()

    args = shlex.split(copy.commands.env["CMAKE_ARGS"])
    include = copy.root / "tools" / "setup" / "llama_only.cmake"
    assert f"-DCMAKE_PROJECT_llama.cpp_INCLUDE={include}" in args


def test_packages_of_somebody_elses_path_are_not_taken_for_ours(copy: Copy) -> None:
    copy.environ["PYTHONPATH"] = "/somewhere"
    copy.prepare()

    assert "PYTHONPATH" not in copy.commands.env


def test_a_full_disk_is_said_before_it_hurts(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "ROOM_BYTES", 10**18)

    with pytest.raises(SetupError, match="GB of disk are free"):
        copy.prepare()
    assert copy.commands.asked == []


def test_a_compiler_that_is_not_there_is_named(copy: Copy) -> None:
    copy.environ["CC"] = "/no/such/cc"

    with pytest.raises(SetupError, match="'/no/such/cc' does not answer"):
        copy.prepare()


@pytest.mark.parametrize(("machine", "bits"), [("armv7l", 32), ("aarch64", 32), ("riscv64", 64)])
def test_systems_without_packages_are_told_at_once(machine: str, bits: int) -> None:
    with pytest.raises(SetupError, match=f"{bits}-bit system on {machine}"):
        check_platform(machine, bits)


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_systems_with_packages_are_welcome(machine: str) -> None:
    check_platform(machine, 64)


def test_the_projects_own_llama_is_pinned() -> None:
    assert llama_pin(["numpy>=2", "llama-cpp-python==0.3.36"]) == "llama-cpp-python==0.3.36"


def test_memory_is_read_in_bytes(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemTotal:        1917952 kB\nMemFree: 3 kB\n")

    assert memory_bytes(tmp_path / "meminfo") == 1917952 * 1024


def test_a_stamp_holds_for_one_value_until_it_is_cleared(tmp_path: Path) -> None:
    stamps = Stamps(tmp_path / "stamps")
    assert not stamps.vouch("step", "a")

    stamps.set("step", "a")
    assert stamps.vouch("step", "a")
    assert not stamps.vouch("step", "b")

    stamps.clear("step")
    stamps.clear("step")
    assert not stamps.vouch("step", "a")


def test_digests_tell_things_apart_but_not_the_order_of_keys() -> None:
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest("a", "b") != digest("ab")
