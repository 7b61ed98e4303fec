"""What is found of the audit log, the transcripts, their key and the unit."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from edgevoice.config import HOME, CloudConfig, StorageConfig, TranscriptsConfig
from edgevoice.doctor import Check
from edgevoice.privacy.audit import AuditLog
from edgevoice.privacy.chain import Happened
from edgevoice.privacy.evidence import (
    check_audit,
    check_cloud,
    check_keys,
    check_storage,
    check_transcripts,
    check_unit,
)
from edgevoice.privacy.keys import STORAGE, TRANSCRIPTS, Purpose, make_key
from edgevoice.privacy.unit import NETWORK, Unit, counts_memory, find_unit
from edgevoice.responders.realtime.guard import SpentFile
from edgevoice.responders.realtime.meter import Spent
from edgevoice.service.deeds import look
from edgevoice.service.plan import UNIT, Network, installed
from edgevoice.skills.storage import Storage


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


def test_storage_is_off_or_sealed(tmp_path: Path) -> None:
    environment = {"STATE_DIRECTORY": str(tmp_path)}
    assert check_storage(StorageConfig(), environment).status == "ok"
    assert "0 files" in check_storage(StorageConfig(enabled=True), environment).what
    Storage(tmp_path / "storage", bytes(32)).save("notes", [])
    assert "1 files" in check_storage(StorageConfig(enabled=True), environment).what
    left = check_storage(StorageConfig(), environment)
    assert left.status == "warn" and "Remove" in left.cure


@pytest.mark.parametrize("purpose", [TRANSCRIPTS, STORAGE])
def test_a_key_is_there_and_private(tmp_path: Path, purpose: Purpose) -> None:
    key = tmp_path / purpose.credential

    def check(environment: dict[str, str], enabled: bool = True) -> Check:
        transcripts, storage = check_keys(
            TranscriptsConfig(enabled=enabled and purpose is TRANSCRIPTS, key_file=key),
            StorageConfig(enabled=enabled and purpose is STORAGE, key_file=key),
            environment,
        )
        needed, other = (transcripts, storage)[:: 1 if purpose is TRANSCRIPTS else -1]
        assert (other.status, other.what) == ("ok", "none is needed")
        return needed

    assert check({}, enabled=False).status == "ok"
    assert check({}).status == "fail"
    make_key(key)
    assert "-rw-------" in check({}).what
    key.chmod(0o640)
    open_to_others = check({})
    assert open_to_others.status == "fail" and "chmod 600" in open_to_others.cure
    assert "systemd" in check({"CREDENTIALS_DIRECTORY": str(tmp_path)}).what


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
    shutil.copy(HOME / "systemd/storage.conf", drop_ins / "40-storage.conf")
    found = find_unit(tmp_path)
    assert found and (found.network, found.foreign) == (Network.OFFLINE, ())
    (drop_ins / "override.conf").write_text("[Service]\nPrivateNetwork=no\n")
    (drop_ins / NETWORK).unlink()
    with (tmp_path / UNIT).open("a") as unit:
        unit.write("# mine\n")
    found = find_unit(tmp_path)
    assert found and found.network is None
    assert set(found.foreign) == {NETWORK, UNIT, "override.conf"}


def test_a_service_on_the_internet_is_told_of(tmp_path: Path) -> None:
    assert check_cloud(CloudConfig(), tmp_path).status == "ok"
    allowed = CloudConfig(enabled=True, when="on_failure", money_per_day=2, minutes_per_day=20)
    found = check_cloud(allowed, tmp_path)
    assert found.status == "warn"
    assert "on failure: what is said is sent to openai" in found.what
    assert "0.0000 of 2, 0 of 20 minutes" in found.what
    spent = Spent(date.today(), 500_000_000, 300.0)
    SpentFile(tmp_path, lambda job: job()).write(spent)
    assert "0.5000 of 2, 5 of 20 minutes" in check_cloud(allowed, tmp_path).what
