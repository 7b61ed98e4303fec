"""Installing and removing the service: what is planned, and what carrying it out leaves."""

import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from edgevoice.errors import BadInputError
from edgevoice.service.deeds import ServiceError, below, carry_out, check_rights, read_sources
from edgevoice.service.plan import (
    CONFIG,
    STATE,
    UNIT,
    UNITS,
    Machine,
    Network,
    Run,
    Step,
    install,
    installed,
    uninstall,
)

MACHINE = Machine(
    home=Path("/home/ann/edge voice"),
    prefix=Path("/home/ann/edge voice/.venv"),
    python=Path("/usr"),
    groups=frozenset({"audio", "video"}),
    memberships=None,
    compiles=False,
    configured=False,
)


class System:
    """A root directory, and commands that are written down and succeed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.ran: list[tuple[str, ...]] = []

    def __call__(self, argv: Sequence[str]) -> subprocess.CompletedProcess[str]:
        self.ran.append(tuple(argv))
        return subprocess.CompletedProcess(argv, 0, "", "")

    def do(self, steps: Sequence[Step]) -> None:
        (self.root / "etc/systemd/system").mkdir(parents=True, exist_ok=True)
        for step in steps:
            carry_out(step, self.root, self)

    def files(self) -> dict[str, str]:
        found = (path for path in self.root.rglob("*") if path.is_file())
        return {str(path.relative_to(self.root)): path.read_text() for path in found}


@pytest.fixture
def system(tmp_path: Path) -> System:
    return System(tmp_path)


@pytest.mark.parametrize("network", Network)
def test_an_installation_is_the_unit_its_drop_ins_and_the_config(
    system: System, network: Network
) -> None:
    sources = read_sources(network)
    system.do(install(MACHINE, sources))
    files = system.files()
    assert files[f"etc/systemd/system/{UNIT}"] == sources.unit
    assert files[f"etc/systemd/system/{UNIT}.d/10-network.conf"] == sources.network
    assert len(files) == 4
    config = yaml.safe_load(files["etc/edgevoice/config.yaml"])
    assert config["stt"]["model"] == "/home/ann/edge voice/models/starter/stt"
    assert system.ran[0][0] == "useradd"
    assert system.ran[1:3] == [("systemctl", "daemon-reload"), ("systemctl", "enable", UNIT)]


def test_twice_is_the_same_as_once_and_an_upgrade_keeps_the_config(system: System) -> None:
    sources = read_sources(Network.OFFLINE)
    system.do(install(MACHINE, sources))
    below(system.root, CONFIG).write_text("log: {level: error}\n")
    before = system.files()
    later = replace(MACHINE, memberships=frozenset({"audio"}), configured=True)
    system.do(install(later, sources))
    assert system.files() == before
    assert [argv[0] for argv in system.ran].count("useradd") == 1


def test_a_user_who_is_there_joins_the_groups_that_are_missing() -> None:
    machine = replace(MACHINE, groups=frozenset({"audio", "gpio"}), memberships=frozenset({"gpio"}))
    first = install(machine, read_sources(Network.LAN))[0]
    assert first == Run(("usermod", "--append", "--groups", "audio", "edgevoice"))


@pytest.mark.parametrize("purge", [False, True])
def test_config_and_state_stay_unless_purged(system: System, purge: bool) -> None:
    system.do(install(MACHINE, read_sources(Network.OFFLINE)))
    state = below(system.root, STATE) / "echo.json"
    state.parent.mkdir(parents=True)
    state.write_text("{}")
    steps = uninstall(replace(MACHINE, memberships=frozenset()), purge=purge)
    system.do(steps)
    system.do(steps)
    assert not below(system.root, UNITS / UNIT).exists()
    assert not below(system.root, UNITS / f"{UNIT}.d").exists()
    assert below(system.root, CONFIG).exists() is not purge
    assert state.exists() is not purge


def test_where_it_lies_is_opened_to_it_once_and_spelled_for_systemd() -> None:
    text = installed(replace(MACHINE, home=Path("/srv/50% 5"), prefix=Path("/srv/50% 5/.venv")))
    assert 'ExecStart="/srv/50%% 5/.venv/bin/edgevoice" run --quiet' in text
    assert 'ExecReload="/srv/50%% 5/.venv/bin/edgevoice" control reload' in text
    assert text.count("BindReadOnlyPaths=") == 1
    assert 'BindReadOnlyPaths="/srv/50%% 5"\n' in text


@pytest.mark.parametrize("name", ["a:b", "a$b", "a #b", "a\\b", 'a"b', "a\nb"])
def test_a_folder_that_no_unit_can_name_is_refused(name: str) -> None:
    with pytest.raises(BadInputError, match="cannot name"):
        installed(replace(MACHINE, home=Path("/srv") / name))


def test_a_step_that_fails_says_which_and_why(tmp_path: Path) -> None:
    def run(argv: Sequence[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(argv, 1, "", "Failed to connect\nto bus")

    with pytest.raises(ServiceError, match="daemon-reload` failed: Failed to connect to bus"):
        carry_out(Run(("systemctl", "daemon-reload")), tmp_path, run)
    carry_out(Run(("systemctl", "disable"), may_fail=True), tmp_path, run)


def test_without_systemd_or_root_nothing_is_begun(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="systemd does not run this machine"):
        check_rights(0, tmp_path)
    (tmp_path / "run/systemd/system").mkdir(parents=True)
    with pytest.raises(BadInputError, match="Run it with sudo"):
        check_rights(1000, tmp_path)
    check_rights(0, tmp_path)
