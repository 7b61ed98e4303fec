"""What befalls the disk: full, read-only, gone, somebody else's, or without power."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from edgevoice.duplex import Devices, Duplex, Echo, Measured
from edgevoice.echo_memory import recall, remember
from edgevoice.errors import OutputError
from edgevoice.files import write_atomically
from edgevoice.modelstore.lock import Lock, LockedFile, LockedModel, read_lock, write_lock
from edgevoice.privacy.audit import AuditLog
from edgevoice.privacy.chain import Happened
from edgevoice.privacy.keys import load_key, make_key
from edgevoice.privacy.transcripts import Transcripts
from tools.faults.appliance import ANSWER, FOLLOW_UP, FOLLOW_UP_ANSWER, ROOT, Appliance
from tools.faults.ear import until
from tools.faults.fault import Observed, expect, fault
from tools.faults.mounts import (
    fill,
    own_mounts,
    read_only_system,
    remount,
    small_disk,
    without_rights,
)
from tools.faults.power import every_moment

SMALL = "128k"
KEPT_S = 10.0
"""Longest that what was said may take to reach the disk."""


def kept(folder: Path, state: Path) -> list[str]:
    """The replies in the transcripts in `state`, oldest first; nothing of them may be damaged."""
    found = Transcripts(state / "transcripts").read(load_key(folder / "key", {}))
    expect(not found.broken, f"the transcripts are damaged: {found.broken}")
    return [str(turn["agent"]).lower() for turn in found.turns]


def expect_kept(folder: Path, state: Path, *answers: str) -> None:
    """Look that the turns with these `answers` were kept; between them may be some in which the
    person was not understood."""
    replies = kept(folder, state)
    left = iter(replies)
    whole = all(any(answer in reply for reply in left) for answer in answers)
    expect(whole, f"a turn was lost; there are {replies}")


def sealing(folder: Path) -> dict[str, object]:
    """Settings that keep transcripts."""
    if not (folder / "key").exists():
        make_key(folder / "key")
    return {
        "audio": {"duplex": "full"},
        "transcripts": {"enabled": True, "key_file": str(folder / "key")},
    }


def warnings(appliance: Appliance, about: str) -> list[str]:
    """The lines of the log about something; there must be no traceback among all of them."""
    expect("Traceback" not in appliance.log, f"there is a traceback: {appliance.log[-300:]}")
    return [line for line in appliance.log.splitlines() if about in line]


def whole(events: list[str]) -> bool:
    """Whether these lines of the audit log tell of a whole run, from its start to its end."""
    told = [event for event in events if event != Happened.NETWORK_MODE]
    return told[:1] == [Happened.STARTED] and told[-1:] == [Happened.STOPPED]


def ended_well(appliance: Appliance) -> None:
    """End it in good order."""
    code = appliance.stop()
    expect(code == 0, f"it ended with exit code {code}: {appliance.last_words}")


@fault("every question is answered, and one line tells; with room again, nothing is lost")
@own_mounts
def state_disk_full(folder: Path) -> Observed:
    """The disk for state is full from the start, with transcripts switched on."""
    state = small_disk(folder / "state", SMALL)
    ballast = fill(state)
    with Appliance(folder, sealing(folder)) as appliance:
        appliance.ask()
        appliance.ask(FOLLOW_UP, FOLLOW_UP_ANSWER)
        told = [len(warnings(appliance, about)) for about in ("audit log", "transcript")]
        expect(told == [1, 1], f"{told} lines on the audit log and on transcripts")
        ballast.unlink()
        appliance.ask()
        ended_well(appliance)
        events = appliance.audited
    expect(whole(events), f"audited: {events}")
    expect_kept(folder, state, ANSWER, FOLLOW_UP_ANSWER, ANSWER)
    return Observed("3 questions answered, one line for each log, 3 turns kept, audit log whole")


@fault("every question is answered; with room again, nothing is lost")
@own_mounts
def state_disk_fills_up(folder: Path) -> Observed:
    """The disk for state fills up when the conversation has begun."""
    state = small_disk(folder / "state", SMALL)
    with Appliance(folder, sealing(folder)) as appliance:
        ballast = fill(state)
        appliance.ask()
        appliance.wait_logged("transcript cannot be written", KEPT_S)
        appliance.ask(FOLLOW_UP, FOLLOW_UP_ANSWER)
        ballast.unlink()
        ended_well(appliance)
        events = appliance.audited
    expect(whole(events), f"audited: {events}")
    expect_kept(folder, state, ANSWER, FOLLOW_UP_ANSWER)
    return Observed("2 questions answered, 2 turns kept, audit log whole")


@fault("every question is answered, one line tells; when it can be written, nothing is lost")
@own_mounts
def state_disk_turns_read_only(folder: Path) -> Observed:
    """The card with the state turns read-only in the middle of a conversation, as worn ones do."""
    state = small_disk(folder / "state", SMALL)
    with Appliance(folder, sealing(folder)) as appliance:
        appliance.ask()
        expect(until(lambda: kept(folder, state), KEPT_S), "the first was not kept")
        remount(state, "ro")
        appliance.ask(FOLLOW_UP, FOLLOW_UP_ANSWER)
        appliance.wait_logged("Read-only file system", KEPT_S)
        appliance.ask()
        told = warnings(appliance, "Read-only")
        expect(len(told) == 1, f"{len(told)} lines about it")
        remount(state, "rw")
        ended_well(appliance)
        events = appliance.audited
    expect(whole(events), f"audited: {events}")
    expect_kept(folder, state, ANSWER, FOLLOW_UP_ANSWER, ANSWER)
    return Observed("3 questions answered, one line, 3 turns kept, audit log whole")


@fault("it starts, answers, keeps its logs, and has nothing to complain of")
@own_mounts
def system_read_only(folder: Path) -> Observed:
    """The system is read-only, and there are 128 kB for state and a few for its socket."""
    settings = sealing(folder)
    state = small_disk(folder / "state", SMALL)
    small_disk(folder / "run", "16k")
    with Appliance(folder, settings, prefix=read_only_system()) as appliance:
        appliance.ask()
        appliance.ask(FOLLOW_UP, FOLLOW_UP_ANSWER)
        ended_well(appliance)
        expect(not appliance.log, f"it complains: {appliance.last_words}")
        events = appliance.audited
    expect(whole(events), f"audited: {events}")
    expect_kept(folder, state, ANSWER, FOLLOW_UP_ANSWER)
    used = sum(path.stat().st_blocks * 512 for path in state.rglob("*") if path.is_file())
    return Observed(f"2 questions answered and kept; {used // 1024} kB of state used")


@fault("every question is answered; it is made anew, and what comes then is kept")
def state_folder_removed(folder: Path) -> Observed:
    """The folder for state is removed in the middle of a conversation."""
    with Appliance(folder, sealing(folder)) as appliance:
        appliance.ask()
        expect(until(lambda: kept(folder, appliance.state), KEPT_S), "the first was not kept")
        shutil.rmtree(appliance.state)
        appliance.ask(FOLLOW_UP, FOLLOW_UP_ANSWER)
        ended_well(appliance)
        expect(not appliance.log, f"it complains: {appliance.last_words}")
        events = appliance.audited
    expect(events[-1] == "stopped", f"audited: {events}")
    expect_kept(folder, folder / "state", FOLLOW_UP_ANSWER)
    return Observed("2 questions answered, the second kept, the audit log begun anew")


@fault("it starts and answers; one line for each log tells")
def state_folder_of_another(folder: Path) -> Observed:
    """The folder for state belongs to somebody else."""
    settings, state = sealing(folder), folder / "state"
    state.mkdir(mode=0o700)
    if os.geteuid() == 0:
        os.chown(state, 65534, 65534)
    else:
        state.chmod(0)
    prefix = without_rights() if os.geteuid() == 0 else []
    with Appliance(folder, settings, prefix=prefix) as appliance:
        appliance.ask()
        appliance.ask(FOLLOW_UP, FOLLOW_UP_ANSWER)
        told = [len(warnings(appliance, about)) for about in ("audit log", "transcript")]
        ended_well(appliance)
        state.chmod(0o700)
    expect(told == [1, 1], f"{told} lines on the audit log and on transcripts")
    expect(not list(state.iterdir()), "something was written there")
    return Observed("2 questions answered, one line for each log")


@fault("every question is answered")
def output_full(folder: Path) -> Observed:
    """Its output and its log go to a disk that is full."""
    with Appliance(folder, {"log": {"level": "debug"}}, start=False) as appliance:
        with Path("/dev/full").open("w") as full:
            appliance.start(stdout=full, stderr=full)
        appliance.ask()
        appliance.ask(FOLLOW_UP, FOLLOW_UP_ANSWER)
        ended_well(appliance)
    return Observed("2 questions answered; not a line of its log could be written")


@fault("what was kept is whole; it starts, answers, and its audit log goes on")
def power_lost_in_a_conversation(folder: Path) -> Observed:
    """The service is killed while it writes what was said, twice."""
    with Appliance(folder, sealing(folder)) as appliance:
        for _ in range(2):
            appliance.ask()
            time.sleep(0.01)
            appliance.restart()
        appliance.ask()
        ended_well(appliance)
        events, replies = appliance.audited, kept(folder, appliance.state)
    expect(events.count("started") == 3, f"audited: {events}")
    expect(replies, "nothing was kept")
    return Observed(f"3 starts in the audit log, which is whole; {len(replies)} turns kept")


# Power that fails at every moment of a write: see power.py. What was told is there afterwards.

Tell = Callable[[int], None]


@fault("lines that were written are there, the log is whole, and goes on")
def power_lost_in_the_audit_log(folder: Path) -> Observed:
    """The power fails at any moment while the audit log is written, and files begin anew."""

    def log_in(place: Path) -> AuditLog:
        return AuditLog(place / "state/audit", file_bytes=500, files=2)

    def deed(place: Path, tell: Tell) -> None:
        for number in range(1, 7):
            log_in(place).add(Happened.DEVICE_LOST, number=number)
            tell(number)

    def check(place: Path, told: list[int]) -> None:
        for more in (False, True):
            if more:
                log_in(place).add(Happened.DEVICE_BACK)
            verdict = log_in(place).verify()
            expect(not verdict.problems, f"after {told}: {verdict.problems}")
        events = [line.details.get("number", 0) for line in log_in(place).lines()]
        there = {int(number) for number in events}
        expect(not told or told[-1] in there, f"line {told[-1:]} was lost; there are {events}")

    moments = every_moment(deed, check, lambda place: None, folder)
    return Observed(f"{moments} moments; whole after each of them")


@fault("turns that were written can be read, and nothing else is damaged")
def power_lost_in_transcripts(folder: Path) -> Observed:
    """The power fails at any moment while a key is made and transcripts are written."""

    def deed(place: Path, tell: Tell) -> None:
        make_key(place / "key")
        tell(0)
        key = load_key(place / "key", {})
        transcripts = Transcripts(place / "state/transcripts")
        for number in range(1, 4):
            transcripts.write(key, {"user": str(number)})
            tell(number)
        transcripts.close()

    def check(place: Path, told: list[int]) -> None:
        if not told:
            return
        key = load_key(place / "key", {})
        transcripts = Transcripts(place / "state/transcripts")
        transcripts.write(key, {"user": "after"})
        found = transcripts.read(key)
        expect(not found.broken, f"after {told}: {found.broken}")
        asked = [turn["user"] for turn in found.turns]
        expect(
            {*map(str, told[1:]), "after"} <= {*asked}, f"{told} were written, {asked} are there"
        )

    moments = every_moment(deed, check, lambda place: None, folder)
    return Observed(f"{moments} moments; every turn that was written could be read")


@fault("the old file or the new one, whole; never a part, and nothing is left lying")
def power_lost_in_a_replacement(folder: Path) -> Observed:
    """The power fails at any moment while settings, measurements or models.lock are replaced."""
    devices = Devices("a", "b")
    old, new = (_measured(delay) for delay in (10.0, 20.0))
    file = LockedFile(size=1, sha256="0" * 64)
    locks = [Lock(models={name: LockedModel(folder=name, files={"a": file})}) for name in "ab"]

    def prepare(place: Path) -> None:
        remember(place / "echo.json", devices, old)
        write_lock(place, locks[0])
        write_atomically(place / "config.yaml", b"old")

    def deed(place: Path, tell: Tell) -> None:
        remember(place / "echo.json", devices, new)
        tell(1)
        write_lock(place, locks[1])
        tell(2)
        write_atomically(place / "config.yaml", b"new" * 10_000)
        tell(3)

    def check(place: Path, told: list[int]) -> None:
        config = (place / "config.yaml").read_bytes()
        seen = [
            [old, new].index(_known(place, devices)),
            locks.index(read_lock(place)),
            [b"old", b"new" * 10_000].index(config),
        ]
        expect(all(seen[: len(told)]), f"{len(told)} were replaced; there is {seen}")
        deed(place, lambda number: None)
        names = sorted(path.name for path in place.iterdir())
        expect(names == ["config.yaml", "echo.json", "models.lock"], f"there is {names}")

    moments = every_moment(deed, check, prepare, folder)
    return Observed(f"{moments} moments; old or new after each of them, and no leftovers")


def _measured(delay_ms: float) -> Measured:
    return Measured(Echo(2, -60.0, delay_ms=delay_ms), Duplex.HALF, "a test", date(2026, 1, 2))


def _known(place: Path, devices: Devices) -> Measured:
    measured, note = recall(place / "echo.json", devices)
    expect(measured, f"the measurement is gone: {note}")
    assert measured
    return measured


@fault("every line was written whole or not at all; with room again it goes on; verified")
@own_mounts
def audit_disk_full(folder: Path) -> Observed:
    """The disk fills up under the audit log, at every number of free pages."""
    disk = small_disk(folder / "disk", SMALL)
    log = AuditLog(disk / "audit", file_bytes=3_000, files=3)
    ballast, refused, written = fill(disk), 0, 0
    while ballast.stat().st_size:
        try:
            log.add(Happened.DEVICE_LOST, number=written)
            written += 1
        except OutputError as error:
            expect("No space left" in str(error), f"it says: {error}")
            refused += 1
        expect(not log.verify().problems, f"{log.verify().problems}")
        if refused > 3 or written % 5 == 4:
            os.truncate(ballast, max(0, ballast.stat().st_size - 4096))
            refused = 0
    numbers = [line.details["number"] for line in log.lines() if "number" in line.details]
    expect(numbers == [*range(numbers[0], written)], "a line was lost")
    return Observed(f"{written} lines written while there was room, none lost, none torn")


@fault("one line with the cause, exit code 2, and nothing half-written")
@own_mounts
def nowhere_to_write_speech(folder: Path) -> Observed:
    """`edgevoice say` is to write a sound file to a full disk."""
    disk = small_disk(folder / "disk", SMALL)
    fill(disk)
    done = subprocess.run(
        [sys.executable, "-m", "edgevoice", "say", "hello", "--output", str(disk / "hello.wav")],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    lines = done.stderr.strip().splitlines()
    expect(done.returncode == 2, f"exit code {done.returncode}")
    expect(len(lines) == 1 and "No space left" in lines[0], f"it says: {done.stderr[-300:]}")
    expect([path.name for path in disk.iterdir()] == ["ballast"], "something is left lying")
    return Observed(f"“{lines[0].split('/')[-1]}”")


@fault("not a byte is written to the disk")
def wear_by_default(folder: Path) -> Observed:
    """Nothing goes wrong for a long time, and the SD card wears."""
    turn, idle = _wear(folder, {"audio": {"duplex": "full"}})
    expect(turn == 0 and idle == 0, f"{turn} bytes in a turn, {idle} in idle time")
    return Observed(f"0 bytes in 2 turns and {IDLE_S:g} idle seconds")


@fault("some pages in a turn, nothing in idle time")
def wear_with_transcripts(folder: Path) -> Observed:
    """Nothing goes wrong for a long time, with transcripts, and the SD card wears."""
    turn, idle = _wear(folder, sealing(folder))
    expect(idle == 0, f"{idle} bytes in idle time")
    expect(turn <= 32 * 1024, f"{turn} bytes in a turn")
    return Observed(f"{turn / 1024:.0f} kB in a turn, 0 in {IDLE_S:g} idle seconds")


IDLE_S = 15.0


def _wear(folder: Path, settings: dict[str, object]) -> tuple[int, int]:
    """Bytes that are written to disks in a turn, the mean of two, and in idle time."""
    with Appliance(folder, settings) as appliance:
        appliance.ask()
        time.sleep(1.0)
        written = [_written(appliance)]
        for _ in range(2):
            appliance.ask()
        time.sleep(1.0)
        written.append(_written(appliance))
        time.sleep(IDLE_S)
        written.append(_written(appliance))
    return (written[1] - written[0]) // 2, written[2] - written[1]


def _written(appliance: Appliance) -> int:
    """Bytes that its processes have had written to disks."""
    total = 0
    for pid in appliance.pids:
        counts = dict(line.split(": ") for line in Path(f"/proc/{pid}/io").read_text().splitlines())
        total += int(counts["write_bytes"])
    return total
