"""Prepare the environment of the other side: python -m tools.bench.peers.setup [--venv DIR]

It stays apart from ours, because its packages are not ours to depend on. Everything comes from the
package index (about 0.9 GB on disk, measured) but llama-cpp-python: that is the wheel which
`make setup` has built for this processor, so both sides run the very same one. No model is fetched:
pipecat's wheel carries its voice activity detector and its turn detector.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from edgevoice.errors import ConfigError, EdgevoiceError

ROOT = Path(__file__).resolve().parents[3]
WHEELS = ROOT / ".setup" / "wheels"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
DEFAULT_VENV = ROOT / ".venv-peers"


def newest_wheel(wheels: Iterable[Path]) -> Path:
    """The finished wheel that was built last; raises `ConfigError` when there is none."""
    finished = [wheel for wheel in wheels if wheel.parent.suffix != ".part"]
    if not finished:
        raise ConfigError("there is no built llama-cpp-python here", "Run `make setup` first.")
    return max(finished, key=lambda wheel: wheel.stat().st_mtime)


def prepare(venv: Path) -> None:
    """Make the environment in `venv`, or bring it up to date. Raises `EdgevoiceError`."""
    wheel = newest_wheel(WHEELS.glob("*/llama_cpp_python-*.whl"))
    python = venv / "bin" / "python"
    if not python.exists():
        _run([sys.executable, "-m", "venv", str(venv)])
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    _run([*pip, "-r", str(REQUIREMENTS), str(wheel)])


def _run(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError) as error:
        raise EdgevoiceError(
            f"the environment could not be made ({error})",
            "What is written above says why; the same command goes on from here.",
        ) from None


def main() -> int:
    """Prepare, and say where."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench.peers.setup", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--venv", type=Path, default=DEFAULT_VENV, metavar="DIR")
    venv = parser.parse_args().venv
    try:
        prepare(venv)
    except EdgevoiceError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print(f"{venv} is ready: python -m tools.bench.peers.compare")
    return 0


if __name__ == "__main__":
    sys.exit(main())
