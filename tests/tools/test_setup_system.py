"""The system packages: a machine of fake commands shows what the shell part does on a real one."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

SYSTEM = Path(__file__).parents[2] / "tools" / "setup" / "system.sh"
BASH = "/bin/bash"
EVERYTHING = "build-essential portaudio19-dev libespeak-ng1 flite"
TOOLS = "pulseaudio-utils libasound2-plugins espeak-ng sox systemd strace"
"""What only the tests need, but for PulseAudio itself."""


class Machine:
    """A folder of commands, which is all that the script sees of this computer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir()
        for name in "cat cut env grep mkdir paste sed sleep tail".split():
            real = next(
                Path(place, name) for place in ("/bin", "/usr/bin") if Path(place, name).exists()
            )
            (self.bin / name).symlink_to(real)
        self.command("python3", f'exec {sys.executable} "$@"')

    def command(self, name: str, script: str) -> None:
        """A command that runs `script`."""
        path = self.bin / name
        path.unlink(missing_ok=True)
        path.write_text(f"#!{BASH}\n{script}\n")
        path.chmod(0o755)

    def debian(self, installed: str, user: str = "0") -> None:
        """dpkg and apt with the packages `installed`; every call of apt-get is written down."""
        self.command(
            "dpkg-query",
            f'for n in "$@"; do [[ " {installed} " == *" $n "* ]] && echo "installed $n"; done',
        )
        self.command("apt-get", f'echo "$DEBIAN_FRONTEND apt-get $*" >>{self.folder}/calls')
        self.command("id", f"echo {user}")

    def run(self, code: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run `code` after the functions of the set-up."""
        return subprocess.run(
            [BASH, "-c", f"set -euo pipefail; source {SYSTEM}; {code}"],
            cwd=self.folder,
            env={"PATH": str(self.bin), "HOME": str(self.folder), "LC_ALL": "C.UTF-8", **env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            # Whoever is started in the background is deaf to Ctrl-C, and so are its children.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )

    @property
    def calls(self) -> list[str]:
        """What apt-get and sudo were asked to do."""
        path = self.folder / "calls"
        return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_where_nothing_is_missing_nobody_needs_to_be_root(machine: Machine) -> None:
    machine.debian(EVERYTHING, user="1000")

    result = machine.run("install_missing run")

    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert machine.calls == []


def test_root_installs_only_what_is_missing(machine: Machine) -> None:
    machine.debian("build-essential flite")

    result = machine.run("install_missing run")

    assert result.returncode == 0, result.stderr
    update, install = machine.calls
    assert update == "noninteractive apt-get update"
    assert install.startswith("noninteractive apt-get install --yes --no-remove")
    assert install.endswith(" portaudio19-dev libespeak-ng1")
    assert "✓ system packages: portaudio19-dev libespeak-ng1" in result.stdout


def test_a_user_installs_through_sudo(machine: Machine) -> None:
    machine.debian("build-essential libespeak-ng1 flite", user="1000")
    machine.command(
        "sudo", f'echo "sudo $*" >>{machine.folder}/calls; [[ $1 != -n ]] || shift; "$@"'
    )

    result = machine.run("install_missing run")

    assert result.returncode == 0, result.stderr
    assert "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get update" in machine.calls


@pytest.mark.parametrize("sudo", [None, "exit 1"], ids=["no sudo", "sudo that refuses"])
def test_without_root_the_administrator_is_told_what_to_run(
    machine: Machine, sudo: str | None
) -> None:
    machine.debian("build-essential libespeak-ng1", user="1000")
    if sudo:
        machine.command("sudo", sudo)

    result = machine.run("install_missing run")

    assert result.returncode == 1
    assert machine.calls == []
    assert "neither root nor a working sudo" in result.stderr
    assert "    apt-get update && apt-get install --yes portaudio19-dev flite\n" in result.stderr
    assert "build-essential" not in result.stderr


def test_without_apt_it_says_in_words_what_is_needed(machine: Machine) -> None:
    machine.command("flite", "exit 0")

    result = machine.run("install_missing run")

    assert result.returncode == 1
    assert "    a C and C++ compiler (gcc, g++, make)\n" in result.stderr
    assert "portaudio.h" in result.stderr
    assert "voice of the scripted person" not in result.stderr
    assert "apt-get" not in result.stderr


def test_without_apt_it_goes_on_where_everything_is_there(machine: Machine) -> None:
    machine.command("flite", "exit 0")
    machine.command("gcc", "exit 0")
    machine.command("g++", "exit 0")
    machine.command("ldconfig", r"echo -e '\tlibespeak-ng.so.1 (libc6,x86-64) => /usr/lib/it'")

    result = machine.run("install_missing run")

    assert result.returncode == 0, result.stderr


def test_the_tools_that_judge_the_code_are_for_tests_only(machine: Machine) -> None:
    machine.debian(EVERYTHING)

    machine.run("install_missing run")
    assert machine.calls == []

    machine.run("has_alsa_pulse() { return 1; }; install_missing test")
    assert machine.calls[-1].endswith(f"pulseaudio {TOOLS}")


def test_pulseaudio_does_not_drive_pipewire_out(machine: Machine) -> None:
    machine.debian(f"{EVERYTHING} {TOOLS} pipewire-alsa")
    machine.command(
        "dpkg-query",
        'case "$*" in *pipewire-alsa) echo -n installed;; *)'
        f" for name in {EVERYTHING} {TOOLS}; do"
        ' echo "installed $name"; done;; esac',
    )

    result = machine.run("install_missing test")

    assert result.returncode == 0, result.stderr
    assert machine.calls == []


def test_python_is_installed_only_where_none_will_do(machine: Machine) -> None:
    machine.debian(EVERYTHING)

    result = machine.run("any_python() { return 1; }; install_missing run")

    assert result.returncode == 0, result.stderr
    assert machine.calls[-1].endswith(" python3 python3-venv python3-dev")


def test_when_apt_fails_its_last_words_and_the_command_are_shown(machine: Machine) -> None:
    machine.debian("build-essential libespeak-ng1 flite")
    machine.command("apt-get", "echo 'E: Unable to fetch some archives'; exit 100")

    result = machine.run("install_missing run")

    assert result.returncode == 1
    assert "E: Unable to fetch some archives" in result.stderr
    assert "apt-get install --yes portaudio19-dev" in result.stderr


def test_lists_that_cannot_be_refreshed_may_still_do(machine: Machine) -> None:
    machine.debian("build-essential libespeak-ng1 flite")
    machine.command("apt-get", "[[ $1 != update ]]")

    result = machine.run("install_missing run")

    assert result.returncode == 0
    assert "✗ package lists" in result.stdout
    assert "✓ system packages" in result.stdout


def test_an_interruption_says_how_to_go_on(machine: Machine) -> None:
    machine.debian("build-essential")
    machine.command("apt-get", "kill -INT $PPID")

    result = machine.run("install_missing run")

    assert result.returncode == 130
    assert "goes on from here" in result.stdout


def test_the_first_python_that_will_do_is_found(machine: Machine) -> None:
    machine.command("python3", "exit 1")
    machine.command("python3.12", f'exec {sys.executable} "$@"')

    assert Path(machine.run("find_python").stdout.strip()).samefile(sys.executable)


def test_pythons_that_pyenv_keeps_are_found(machine: Machine) -> None:
    machine.command("python3", "exit 1")
    kept = machine.folder / ".pyenv" / "versions" / "3.11.9" / "bin"
    kept.mkdir(parents=True)
    (kept / "python3").symlink_to(machine.bin / "fine")
    machine.command("fine", f'exec {sys.executable} "$@"')

    assert machine.run("has() { [[ $1 == *pyenv* ]]; }; find_python").returncode == 0


def test_a_python_that_was_named_is_the_only_one_asked(machine: Machine) -> None:
    machine.command("old", "exit 1")

    result = machine.run("find_python || stop_without_python", PYTHON="old")

    assert result.returncode == 1
    assert "PYTHON=old is no Python 3.11 to 3.14" in result.stderr


def test_an_environment_is_used_while_its_python_is_the_one_it_was_made_with(
    machine: Machine,
) -> None:
    assert machine.run("prepared_python").returncode == 1

    stamp = machine.folder / ".venv" / "edgevoice" / "environment"
    stamp.parent.mkdir(parents=True)
    (machine.folder / ".venv" / "bin").mkdir()
    (machine.folder / ".venv" / "bin" / "python").symlink_to(sys.executable)
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    stamp.write_text(f"{version} {machine.folder}\n")
    assert machine.run("prepared_python").stdout == ".venv/bin/python\n"

    for other in (f"3.9 {machine.folder}", f"{version} /home/before/it/was/moved"):
        stamp.write_text(f"{other}\n")
        assert machine.run("prepared_python").returncode == 1
