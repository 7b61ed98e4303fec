"""What `doctor --privacy` finds of what is kept, and of the service: see `proof.py`."""

import stat
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from edgevoice.config import CloudConfig, StorageConfig, TranscriptsConfig
from edgevoice.doctor import Check
from edgevoice.errors import ConfigError, OutputError
from edgevoice.privacy.audit import AuditLog
from edgevoice.privacy.keys import STORAGE, TRANSCRIPTS, Purpose, load_key
from edgevoice.privacy.transcripts import transcripts_folder
from edgevoice.privacy.unit import MOST_EXPOSED, Unit
from edgevoice.responders.realtime.guard import read_spent
from edgevoice.responders.realtime.meter import Spent, in_words
from edgevoice.service.plan import Network
from edgevoice.skills.storage import storage_folder

REINSTALL = "Compare them with systemd/, or type `sudo edgevoice service install` to replace them."


def check_audit(folder: Path) -> Check:
    """Whether nobody changed the audit log, as far as the chain can tell."""
    name = "audit log"
    try:
        verdict = AuditLog(folder).verify()
    except OutputError as error:
        return Check(name, "warn", error.what, error.cure)
    if verdict.problems:
        more = f" (and {len(verdict.problems) - 1} more)" if verdict.problems[1:] else ""
        cure = "Look at it with `edgevoice audit verify`, and ask who was at this machine."
        return Check(name, "fail", f"{verdict.problems[0]}{more}", cure)
    if verdict.end is None:
        return Check(name, "ok", f"empty: nothing has happened yet ({folder})")
    what = f"{verdict.lines} lines, chained, none edited, removed or moved"
    if verdict.notes:
        return Check(name, "warn", f"{what}; {verdict.notes[0]}", "See `edgevoice audit verify`.")
    return Check(name, "ok", f"{what} ({folder})")


def check_transcripts(chosen: TranscriptsConfig, environment: Mapping[str, str]) -> Check:
    """Whether what was said is kept, and how."""
    name = "transcripts"
    folder = transcripts_folder(chosen.folder, environment)
    try:
        kept = len(list(folder.glob("*.sealed")))
    except OSError as error:
        return Check(name, "warn", f"{folder}: {error.strerror}", "Look as the service's user.")
    if not chosen.enabled and kept:
        cure = "Remove them with `edgevoice transcripts purge --all`."
        return Check(name, "warn", f"off, but {kept} sealed files are left in {folder}", cure)
    if not chosen.enabled:
        return Check(name, "ok", "off: nothing that was said is kept")
    what = f"sealed (ChaCha20-Poly1305), removed after {chosen.retention_days} days"
    if not chosen.redact:
        cure = "Set transcripts.redact: true."
        return Check(name, "warn", f"{what}, with every name and number in them", cure)
    return Check(name, "ok", f"{what}, without names and numbers as far as they were found")


def check_storage(chosen: StorageConfig, environment: Mapping[str, str]) -> Check:
    """Whether lists, notes and the like are kept, and how."""
    name = "storage"
    folder = storage_folder(chosen.folder, environment)
    try:
        kept = len(list(folder.glob("*.sealed")))
    except OSError as error:
        return Check(name, "warn", f"{folder}: {error.strerror}", "Look as the service's user.")
    if not chosen.enabled and kept:
        cure = f"Remove that folder, or set storage.enabled: true. ({folder})"
        return Check(name, "warn", f"off, but {kept} sealed files are left", cure)
    if not chosen.enabled:
        return Check(name, "ok", "off: no list, note, fact or word of a reminder is kept")
    return Check(name, "ok", f"sealed (ChaCha20-Poly1305), {kept} files ({folder})")


def check_keys(
    transcripts: TranscriptsConfig, storage: StorageConfig, environment: Mapping[str, str]
) -> Iterator[Check]:
    """Whether the keys that are needed are there, and nobody else may read them."""
    yield _check_key("key", transcripts, environment, TRANSCRIPTS)
    yield _check_key("storage key", storage, environment, STORAGE)


def _check_key(
    name: str,
    chosen: TranscriptsConfig | StorageConfig,
    environment: Mapping[str, str],
    purpose: Purpose,
) -> Check:
    if not chosen.enabled:
        return Check(name, "ok", "none is needed")
    try:
        load_key(chosen.key_file, environment, purpose)
    except ConfigError as error:
        return Check(name, "fail", error.what, error.cure)
    if environment.get("CREDENTIALS_DIRECTORY"):
        return Check(name, "ok", "handed over by systemd")
    assert chosen.key_file
    mode = stat.filemode(chosen.key_file.stat().st_mode)
    return Check(name, "ok", f"{chosen.key_file} ({mode})")


def check_cloud(chosen: CloudConfig, folder: Path) -> Check:
    """Whether a service on the internet may hear what is said, and what that has cost today, by
    what is kept in `folder`."""
    name = "cloud"
    if not chosen.enabled:
        return Check(name, "ok", "off: nothing that was said is sent to anybody")
    spent = (read_spent(folder) or Spent(date.today())).on(date.today())
    minutes = f"{spent.seconds / 60:.0f} of {chosen.minutes_per_day:g} minutes"
    today = f"{in_words(spent.money)} of {chosen.money_per_day:g}, {minutes}"
    where = urlsplit(chosen.base_url).hostname or chosen.engine
    what = f"{chosen.when.replace('_', ' ')}: what is said is sent to {where} (today: {today})"
    return Check(name, "warn", what, "Set cloud.enabled: false, and nothing leaves.")


def check_unit(unit: Unit | None) -> Check:
    """Whether the service is the one that we install."""
    if unit is None:
        cure = "sudo edgevoice service install"
        return Check("unit", "warn", "is not installed: only the service locks itself in", cure)
    if unit.foreign:
        what = f"not as we install it: {', '.join(unit.foreign)}"
        return Check("unit", "warn", what, REINSTALL)
    assert unit.network
    most = MOST_EXPOSED[unit.network]
    score = "" if unit.exposure is None else f", exposure {unit.exposure} of 10"
    what = f"{unit.network}, as we install it{score}"
    if unit.exposure is not None and unit.exposure > most:
        cure = f"Look for drop-ins in /run or /usr/lib/systemd: ours score at most {most}."
        return Check("unit", "warn", what, cure)
    if not unit.limits_memory:
        cure = "Add cgroup_enable=memory to the kernel's command line, and start the machine anew."
        return Check("unit", "warn", f"{what}, but MemoryMax and MemorySwapMax are void here", cure)
    if unit.network is not Network.OFFLINE:
        cure = "sudo edgevoice service install --network offline"
        return Check("unit", "warn", f"{what}: it may reach out", cure)
    return Check("unit", "ok", what)
