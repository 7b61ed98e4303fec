"""The steps from a bare Python to an edgevoice that runs; each is skipped while its stamp holds."""

import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

from tools.setup import turn_model
from tools.setup.commands import SetupError, run
from tools.setup.llama_flags import Compiler, Cpu, cmake_args, jobs, parse_compiler, parse_cpu
from tools.setup.progress import Progress, Tick
from tools.setup.stamps import Stamps, digest

Profile = Literal["run", "test"]


class Runner(Protocol):
    """Runs a command to its end, as `commands.run` does."""

    def __call__(
        self, command: Sequence[str], *, log: Path, env: Mapping[str, str], tick: Tick
    ) -> None:
        """Raises `SetupError` when the command fails."""
        ...


ROOM_BYTES = 2 * 10**9
"""Free space that the set-up starts with. Measured: 0.7 GB stay, and compiling llama.cpp takes up
to 0.4 GB more for a while; pip keeps what it loaded as well."""

TRIED = (
    "edgevoice",  # first: it tells onnxruntime to report nothing
    *("numpy", "onnxruntime", "faster_whisper", "llama_cpp", "piper"),
    *("pyaudio", "pywebrtc_audio", "pymicro_wakeword", "soxr"),
)
"""What is imported once, to see that it works on this processor and with these libraries."""


class Setup:
    """The set-up of the working copy in `root`, told step by step to `progress`.

    `prefix` is the environment that this very Python runs in; `run` runs commands.
    """

    def __init__(
        self,
        root: Path,
        progress: Progress,
        environ: Mapping[str, str],
        *,
        prefix: Path = Path(sys.prefix),
        run: Runner = run,
    ) -> None:
        self._root = root
        self._prefix = prefix
        self._run_command = run
        self._progress = progress
        self._environ = environ
        self._venv = root / ".venv"
        self._cache = root / ".setup"
        self._stamps = Stamps(self._venv / "edgevoice")
        self._project: dict[str, Any] = tomllib.loads((root / "pyproject.toml").read_text())

    def prepare(self, profile: Profile) -> None:
        """Do what is not done yet. Raises `SetupError`; what was finished stays so."""
        check_platform(platform.machine(), sys.maxsize.bit_length() + 1)
        self._environment()
        llama = self._llama()
        packages = self._packages(profile)
        self._try(digest(llama, packages))
        self._turn_model()

    def _environment(self) -> None:
        if self._prefix.resolve() == self._venv.resolve():
            return  # setup.sh found it sound, and started us with it
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        made = f"{version} {self._root}"
        # The programs in an environment know where they lie: one that was moved is made anew.
        moved = self._stamps.known("environment") and not self._stamps.vouch("environment", made)
        other = self._venv.exists() and not (self._venv / "lib" / f"python{version}").is_dir()
        clear = ["--clear"] if moved or other else []
        command = [sys.executable, "-m", "venv", *clear, str(self._venv)]
        with self._progress.step(f"virtual environment (Python {version})") as tick:
            self._need_room()
            self._run(command, "venv", tick)
        self._stamps.set("environment", made)

    def _llama(self) -> str:
        """Build llama-cpp-python for this processor, or take the wheel that was built before."""
        cpu, compiler = this_cpu(), this_compiler(self._environ)
        pin = llama_pin(self._project["project"]["dependencies"])
        include = self._root / "tools" / "setup" / "llama_only.cmake"
        args = cmake_args(cpu, compiler)
        own = shlex.split(self._environ.get("CMAKE_ARGS", ""))
        key = llama_key(pin, args + own, cpu, compiler, include.read_text())
        if self._stamps.vouch("llama", key):
            return key
        folder = self._cache / "wheels" / key
        if not any(folder.glob("*.whl")):
            args.append(f"-DCMAKE_PROJECT_llama.cpp_INCLUDE={include}")
            self._build_llama(pin, args + own, folder)
        (wheel,) = folder.glob("*.whl")
        self._stamps.clear("llama")
        with self._progress.step(f"{pin}, from the wheel built here") as tick:
            install = ["install", "--no-deps", "--force-reinstall", str(wheel)]
            self._pip(install, "llama-install", tick)
        self._stamps.set("llama", key)
        return key

    def _build_llama(self, pin: str, args: list[str], folder: Path) -> None:
        draft = folder.with_suffix(".part")
        shutil.rmtree(draft, ignore_errors=True)
        compilers = jobs(len(os.sched_getaffinity(0)), memory_bytes())
        env = {"CMAKE_ARGS": shlex.join(args), "CMAKE_BUILD_PARALLEL_LEVEL": str(compilers)}
        # Without pip's cache: it holds wheels by name alone, whatever flags they were built with.
        command = ["wheel", "--verbose", "--no-cache-dir", "--no-deps", "--wheel-dir", str(draft)]
        command += ["--no-binary", "llama-cpp-python", pin]
        with self._progress.step(f"{pin}, compiled for this processor") as tick:
            self._need_room()
            self._pip(command, "llama-build", tick, env)
        shutil.rmtree(folder, ignore_errors=True)
        draft.rename(folder)

    def _packages(self, profile: Profile) -> str:
        """Install the project itself, in place, and what it depends on."""
        value = digest(self._project["build-system"], self._project["project"])
        wanted = {"run": ("packages",), "test": ("packages", "test-packages")}[profile]
        if all(self._stamps.vouch(stamp, value) for stamp in wanted):
            return value
        words, what = {
            "run": ("Python packages", f"{self._root}"),
            "test": ("Python packages, with those that judge the code", f"{self._root}[dev]"),
        }[profile]
        for stamp in wanted:
            self._stamps.clear(stamp)
        with self._progress.step(words) as tick:
            self._need_room()
            self._pip(["install", "--editable", what], f"packages-{profile}", tick)
        for stamp in wanted:
            self._stamps.set(stamp, value)
        return value

    def _try(self, value: str) -> None:
        """Import what was installed, in a process that may die of it."""
        if self._stamps.vouch("tried", value):
            return
        code = f"import importlib\nfor name in {TRIED}: print(name); importlib.import_module(name)"
        with self._progress.step("first try of every engine") as tick:
            self._run([str(self._python), "-u", "-c", code], "try", tick)
        self._stamps.set("tried", value)

    def _turn_model(self) -> None:
        """Fetch the model that hears whether a turn is over; without it, the rest works too."""
        folder = self._root / turn_model.FOLDER
        if (folder / turn_model.NAME).exists():
            return
        wheels = self._cache / "turn-model"
        try:
            with self._progress.step(f"turn-taking model, out of {turn_model.PIN}") as tick:
                command = [*turn_model.DOWNLOAD, "--dest", str(wheels), turn_model.PIN]
                self._pip(command, "turn-model", tick)
                self._stamps.set("turn-model", turn_model.take(wheels, folder))
        except SetupError as error:
            self._progress.note(f"{turn_model.WITHOUT} {error.cure}")
        except (turn_model.NotInWheelError, OSError) as error:
            self._progress.note(f"{turn_model.WITHOUT} The next set-up tries again: {error}.")
        finally:
            shutil.rmtree(wheels, ignore_errors=True)

    @property
    def _python(self) -> Path:
        return self._venv / "bin" / "python"

    def _pip(
        self,
        args: list[str],
        log: str,
        tick: Tick,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self._run([str(self._python), "-m", "pip", *args], log, tick, env)

    def _run(
        self,
        command: list[str],
        log: str,
        tick: Tick,
        env: Mapping[str, str] | None = None,
    ) -> None:
        # Boards often keep /tmp in memory; what compilers leave there does not fit.
        scratch = self._cache / "tmp"
        scratch.mkdir(parents=True, exist_ok=True)
        clean = {k: v for k, v in self._environ.items() if k not in {"PYTHONPATH", "PYTHONHOME"}}
        pip = {"PIP_NO_INPUT": "1", "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        everything = {**clean, **pip, "TMPDIR": str(scratch), **(env or {})}
        try:
            self._run_command(
                command, log=self._cache / "log" / f"{log}.log", env=everything, tick=tick
            )
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _need_room(self) -> None:
        free = shutil.disk_usage(self._root).free
        if free < ROOM_BYTES:
            raise SetupError(
                f"Only {free / 1e9:.1f} GB of disk are free here, and the set-up takes up to "
                f"{ROOM_BYTES / 1e9:.0f} GB.",
                "Make room, then type the same command again.",
            )


def check_platform(machine: str, bits: int) -> None:
    """Stop at once where some engine has no package, instead of after half an hour of compiling.

    `bits`: of this Python's pointers. A 32-bit Raspberry Pi OS on a 64-bit kernel calls itself
    aarch64.
    """
    if machine not in {"x86_64", "aarch64"} or bits != 64:
        raise SetupError(
            f"This is a {bits}-bit system on {machine}; onnxruntime and CTranslate2 are made for "
            "64-bit systems on x86_64 and aarch64.",
            "On a Raspberry Pi 3 or later, install the 64-bit Raspberry Pi OS.",
        )


def llama_pin(dependencies: list[str]) -> str:
    """The one exact requirement of llama-cpp-python among `dependencies`."""
    (pin,) = (name for name in dependencies if name.startswith("llama-cpp-python=="))
    return pin


def llama_key(pin: str, args: list[str], cpu: Cpu, compiler: Compiler, include: str) -> str:
    """The name of a build: two machines with the same key can share a wheel."""
    made_for = [cpu.machine, *sorted(cpu.relevant)]
    return digest(pin, args, made_for, compiler.name, compiler.major, include)


def this_cpu() -> Cpu:
    """The processor we run on, by /proc/cpuinfo."""
    return parse_cpu(platform.machine(), Path("/proc/cpuinfo").read_text())


def this_compiler(environ: Mapping[str, str]) -> Compiler:
    """The C compiler that CMake will choose: $CC, or cc."""
    command = [*shlex.split(environ.get("CC", "")), "--version"]
    if len(command) == 1:
        command.insert(0, "cc")
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise SetupError(
            f"The C compiler {command[0]!r} does not answer ({error}).",
            "Install gcc and g++ (Debian: build-essential), or name one that works with CC=.",
        ) from None
    return parse_compiler(answer)


def memory_bytes(meminfo: Path = Path("/proc/meminfo")) -> int:
    """Memory of this machine."""
    total = re.search(r"^MemTotal:\s+(\d+) kB", meminfo.read_text(), re.MULTILINE)
    return int(total[1]) * 1024 if total else 2**30
