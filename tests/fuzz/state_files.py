"""What we wrote ourselves and somebody has changed: echo.json, audit log, transcripts, key."""

import json
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

from hypothesis import strategies as st

from edgevoice.duplex import Devices, Duplex, Echo, Measured
from edgevoice.echo_memory import recall, remember
from edgevoice.errors import ConfigError
from edgevoice.privacy.audit import AuditLog
from edgevoice.privacy.chain import Happened
from edgevoice.privacy.keys import load_key
from edgevoice.privacy.lifetime import Moment
from edgevoice.privacy.sealing import new_head, seal
from edgevoice.privacy.transcripts import Transcripts
from edgevoice.skills.ringing import Ringer
from edgevoice.skills.schedule import After, At, Entry, Kind, Now
from edgevoice.skills.storage import Storage
from edgevoice.skills.timetable import Timetable
from tests.fuzz.models import changed
from tests.fuzz.promise import ANYTHING, NUMBERS, damaged, folder, fuzzed, refused_politely

DEVICES = Devices("mic", "spk")
MEASURED = Measured(Echo(2, -60.0, delay_ms=80.0), Duplex.CANCEL, "it does", date(2026, 1, 2))
NOW = datetime(2026, 1, 2, tzinfo=UTC)
MOMENT = Moment(wall=NOW.timestamp(), boot="a", up=100)
TIMER = Entry("0000000a", Kind.TIMER, After(60, MOMENT))
ALARM = Entry("0000000b", Kind.ALARM, At(datetime(2026, 1, 2, 7)))


def some_echo() -> bytes:
    with folder() as place:
        remember(place / "echo.json", DEVICES, MEASURED)
        return (place / "echo.json").read_bytes()


ECHO = some_echo()


@fuzzed(
    st.binary(max_size=200)
    | damaged(ECHO)
    | changed(json.loads(ECHO)[0]).map(lambda about: json.dumps([about]).encode())
    | ANYTHING.map(lambda tree: json.dumps([tree]).encode())
)
def anything_as_the_measured_echo(content: bytes) -> None:
    with folder() as place:
        path = place / "echo.json"
        path.write_bytes(content)
        measured, note = recall(path, DEVICES)
        assert measured is None or isinstance(measured, Measured)
        assert note.isprintable()
        remember(path, DEVICES, MEASURED)
        assert recall(path, DEVICES) == (MEASURED, "")


def some_log(place: Path) -> None:
    log = AuditLog(place / "audit", clock=lambda: NOW)
    log.add(Happened.STARTED, version="1")
    log.add(Happened.DEVICE_LOST, device="mic")


def some_lines() -> tuple[bytes, bytes]:
    with folder() as place:
        some_log(place)
        first, end = (place / "audit/audit-000000000001.jsonl"), place / "audit/end.json"
        return first.read_bytes(), end.read_bytes()


LINES, END = some_lines()
FIRST = json.loads(LINES.splitlines()[0])
NUMBER = st.sampled_from(["1", "2", "00", "x", "\u0663", "9" * 30, "-1"])


@fuzzed(
    st.tuples(
        st.just(LINES)
        | damaged(LINES)
        | st.binary(max_size=100)
        | changed(FIRST).map(lambda line: json.dumps(line).encode() + b"\n"),
        st.just(END)
        | damaged(END)
        | changed(json.loads(END)).map(lambda end: json.dumps(end).encode())
        | st.tuples(NUMBERS).map(lambda n: json.dumps({"n": n[0], "sha256": ""}).encode()),
        NUMBER,
    )
)
def anything_as_the_audit_log(what: tuple[bytes, bytes, str]) -> None:
    lines, end, number = what
    with folder() as place, refused_politely():
        (place / "audit").mkdir()
        (place / "audit/audit-000000000001.jsonl").write_bytes(lines)
        (place / "audit/end.json").write_bytes(end)
        (place / f"audit/audit-{number}.jsonl").write_bytes(b"")
        log = AuditLog(place / "audit", clock=lambda: NOW)
        before = log.verify()
        if lines != LINES and before.lines and number == "00":
            assert before.problems or before.notes, "nobody noticed"
        assert all(text.isprintable() for text in before.problems + before.notes)
        log.lines()
        log.add(Happened.STOPPED)
        assert log.lines()[-1].event == Happened.STOPPED


KEY = bytes(range(32))
HEAD = new_head(KEY)
TURN = {"at": NOW.isoformat(), "turn": 1, "user": "hello", "agent": "hi"}


def sealed(texts: list[bytes]) -> bytes:
    return HEAD + b"".join(seal(KEY, HEAD, number, text) for number, text in enumerate(texts))


@fuzzed(
    st.binary(max_size=100)
    | damaged(sealed([json.dumps(TURN).encode()] * 2))
    | st.lists(changed(TURN).map(lambda turn: json.dumps(turn).encode()), max_size=2).map(sealed)
    | st.lists(st.binary(max_size=20) | ANYTHING.map(lambda tree: json.dumps(tree).encode())).map(
        sealed
    )
)
def anything_as_a_transcript(content: bytes) -> None:
    with folder() as place, refused_politely():
        transcripts = Transcripts(place / "kept", clock=lambda: NOW)
        transcripts.write(KEY, TURN)
        (path,) = (place / "kept").glob("*.sealed")
        path.write_bytes(content)
        (place / "kept/notes.sealed").write_bytes(content)
        kept = transcripts.read(KEY)
        for turn in kept.turns:
            assert isinstance(turn["at"] + turn["user"] + turn["agent"], str)
        assert transcripts.purge(1) == 0 and transcripts.purge(0) == 1


def some_timers() -> bytes:
    with folder() as place:
        Timetable(place / "timers.json").save([TIMER, ALARM], [ALARM])
        return (place / "timers.json").read_bytes()


TIMERS = some_timers()


@fuzzed(
    st.binary(max_size=200)
    | damaged(TIMERS)
    | changed(json.loads(TIMERS)[0]).map(lambda row: json.dumps([row]).encode())
)
def anything_as_the_timers(content: bytes) -> None:
    with folder() as place:
        (place / "timers.json").write_bytes(content)
        ringer = Ringer(Timetable(place / "timers.json"), lambda: MOMENT, UTC)
        assert ringer.due().isprintable()
        ringer.said(True)
        ringer.answered()
        ringer.close()
        for entries in Timetable(place / "timers.json").load():
            for entry in entries:
                assert entry.ends(Now(MOMENT, UTC)).tzinfo is None


def some_document() -> bytes:
    with folder() as place:
        Storage(place, KEY).save("notes", ["a note"])
        return (place / "notes.sealed").read_bytes()


DOCUMENT = some_document()


@fuzzed(st.binary(max_size=200) | damaged(DOCUMENT))
def anything_as_a_sealed_document(content: bytes) -> None:
    with folder() as place:
        (place / "notes.sealed").write_bytes(content)
        storage = Storage(place, KEY)
        assert storage.load("notes") in (None, ["a note"])
        storage.save("notes", ["another"])
        assert storage.load("notes") == ["another"]


@fuzzed(st.tuples(st.binary(max_size=80) | damaged(KEY.hex().encode()), st.integers(0, 0o777)))
def anything_as_a_key(what: tuple[bytes, int]) -> None:
    content, mode = what
    with folder() as place:
        (place / "key").write_bytes(content)
        (place / "key").chmod(mode)
        with refused_politely(), suppress(ConfigError):
            assert len(load_key(place / "key", {})) == 32
            assert not mode & 0o077
