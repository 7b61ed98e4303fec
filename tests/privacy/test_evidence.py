"""What is found of the audit log, the transcripts, their key and the unit."""

import shutil
from pathlib import Path

import pytest

from edgevoice.config import HOME, TranscriptsConfig
from edgevoice.privacy.audit import AuditLog
from edgevoice.privacy.chain import Happened
from edgevoice.privacy.evidence import check_audit, check_key, check_transcripts, check_unit
from edgevoice.privacy.keys import CREDENTIAL, make_key
from edgevoice.privacy.unit import NETWORK, Unit, counts_memory, find_unit
from edgevoice.service.deeds import look
from edgevoice.service.plan import UNIT, Network, installed


def test_an_audit_log_is_verified(tmp_path: Path) -> None:
    folder = tmp_path / "audit"
    assert check_audit(folder).status == "ok"
    log = AuditLog(folder)
    log.add(Happened.STARTED)
    log.add(Happened.STOPPED)
    found = check_audit(folder)
    assert found.status == "ok" and "2 lines" in found.what
    file = folder / "audit-000000000001.jsonl"
    whole = file.read_text()
    file.write_text(whole.replace("started", "stopped"))
    assert check_audit(folder).status == "fail"
    file.write_text(whole)
    (folder / "end.json").unlink()
    assert check_audit(folder).status == "warn"
    shutil.rmtree(folder)
    folder.write_text("in the way")
    assert check_audit(folder).status == "warn"


def test_transcripts_are_off_or_sealed(tmp_path: Path) -> None:
    environment = {"STATE_DIRECTORY": str(tmp_path)}
    assert check_transcripts(TranscriptsConfig(), environment).status == "ok"
    assert "sealed" in check_transcripts(TranscriptsConfig(enabled=True), environment).what
    whole = TranscriptsConfig(enabled=True, redact=False)
    assert check_transcripts(whole, environment).status == "warn"
    (tmp_path / "transcripts").mkdir()
    (tmp_path / "transcripts/2026-01-02-0.sealed").touch()
    left = check_transcripts(TranscriptsConfig(), environment)
    assert left.status == "warn" and "purge" in left.cure


def test_a_key_is_there_and_private(tmp_path: Path) -> None:
    key = tmp_path / CREDENTIAL
    wanted = TranscriptsConfig(enabled=True, key_file=key)
    assert check_key(TranscriptsConfig(), {}).status == "ok"
    assert check_key(wanted, {}).status == "fail"
    make_key(key)
    assert "-rw-------" in check_key(wanted, {}).what
    key.chmod(0o640)
    open_to_others = check_key(wanted, {})
    assert open_to_others.status == "fail" and "chmod 600" in open_to_others.cure
    given = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert "systemd" in check_key(wanted, given).what


@pytest.mark.parametrize(
    ("unit", "status"),
    [
        (None, "warn"),
        (Unit(Network.OFFLINE, (), 0.6), "ok"),
        (Unit(Network.OFFLINE, (), None), "ok"),
        (Unit(Network.OFFLINE, (), 2.0), "warn"),
        (Unit(Network.OFFLINE, ("override.conf",), 0.6), "warn"),
        (Unit(None, (NETWORK,), 0.6), "warn"),
        (Unit(Network.CLOUD, (), 1.5), "warn"),
        (Unit(Network.OFFLINE, (), 0.6, limits_memory=False), "warn"),
    ],
)
def test_a_unit_is_the_offline_one_as_we_install_it(unit: Unit | None, status: str) -> None:
    found = check_unit(unit)
    assert found.status == status and bool(found.cure) is (status != "ok")


def test_whether_memory_is_counted(tmp_path: Path) -> None:
    controllers = tmp_path / "cgroup.controllers"
    assert not counts_memory(controllers)
    controllers.write_text("cpuset cpu io pids\n")
    assert not counts_memory(controllers)
    controllers.write_text("cpuset cpu io memory pids\n")
    assert counts_memory(controllers)


def test_a_unit_is_compared_with_ours(tmp_path: Path) -> None:
    assert find_unit(tmp_path) is None
    drop_ins = tmp_path / f"{UNIT}.d"
    drop_ins.mkdir()
    shutil.copy(HOME / "systemd" / UNIT, tmp_path)
    shutil.copy(HOME / "systemd/offline.conf", drop_ins / NETWORK)
    (drop_ins / "20-installed.conf").write_text(installed(look()))
    shutil.copy(HOME / "systemd/transcripts.conf", drop_ins / "30-transcripts.conf")
    found = find_unit(tmp_path)
    assert found and (found.network, found.foreign) == (Network.OFFLINE, ())
    (drop_ins / "override.conf").write_text("[Service]\nPrivateNetwork=no\n")
    (drop_ins / NETWORK).unlink()
    with (tmp_path / UNIT).open("a") as unit:
        unit.write("# mine\n")
    found = find_unit(tmp_path)
    assert found and found.network is None
    assert set(found.foreign) == {NETWORK, UNIT, "override.conf"}
