"""What befalls the things that must outlive us: timers, lists and facts, the index of documents."""

import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from edgevoice.errors import ConfigError
from edgevoice.privacy.keys import load_key, make_key
from edgevoice.privacy.lifetime import Moment, this_moment
from edgevoice.skills.schedule import After, At, Entry, Kind
from edgevoice.skills.storage import Storage
from edgevoice.skills.timetable import Timetable
from tests.skills.hostile import HOSTILE, unspeakable
from tools.faults.appliance import ANSWER_S, Appliance
from tools.faults.clock import TEN_YEARS_S, WrongClock, in_wrong_clock, set_date
from tools.faults.ear import Ear, until
from tools.faults.fault import Observed, expect, fault
from tools.faults.files import noise
from tools.faults.mounts import fill, own_mounts, remount, small_disk
from tools.faults.skills import heard
from tools.faults.visit import SECRET, Visit, doomed

HOUR_S = 3_600
RING_S = 12.0
"""A timer of a few seconds has rung by then."""


def timers(folder: Path) -> Path:
    """The file of timers of a conversation in `folder`."""
    return folder / "state" / "timers.json"


def entries(folder: Path) -> list[Entry]:
    """What is in it, rung or not."""
    pending, missed = Timetable(timers(folder)).load()
    return [*pending, *missed]


def left_behind(folder: Path) -> list[str]:
    """Files that are nobody's: half-written ones."""
    known = {".json", ".sealed", ".db", ".damaged", ".jsonl", ".key"}
    return [p.name for p in (folder / "state").rglob("*") if p.is_file() and p.suffix not in known]


def sealing(folder: Path) -> dict[str, Any]:
    """Settings that keep lists, facts, and the words of reminders."""
    if not (folder / "key").exists():
        make_key(folder / "key")
    return {
        "storage": {"enabled": True, "key_file": str(folder / "key")},
        "memory": {"enabled": True},
    }


def rung(visit: Visit, times: int = 1, within_s: float = RING_S) -> list[str]:
    """Wait until something has been said so often unasked, and no more often in a second after."""
    until(lambda: len(visit.unasked) >= times, within_s)
    time.sleep(1)
    said = visit.unasked
    expect(len(said) == times, f"{len(said)} times it rang, in place of {times}: {said}")
    return said


# --- timers


WHOLE = "it starts, one line tells; new timers are set, kept, and ring"


@fault(WHOLE)
def timers_damaged(folder: Path) -> Observed:
    """The file of timers is garbage, cut off, of another kind, huge, or full of nonsense."""
    with Visit(folder, {}, []) as visit:
        heard(visit.ask("set a timer for an hour"), "1 hour")
    good = timers(folder).read_bytes()
    expect(json.loads(good), "the timer was not kept")
    nonsense = [{"id": "x", "kind": "bomb", "when": {"seconds": -1, "since": None}}]
    contents = {
        "garbage": noise(2_000),
        "cut off": good[: len(good) // 2],
        "empty": b"",
        "an object": b"{}",
        "deep": b"[" * 50_000,
        "huge": good[:-1] + b" " * (1 << 20) + b"]",
        "nonsense": json.dumps(nonsense).encode(),
        "the year 9999": good.replace(b'"wall":', b'"wall":9e99,"x":'),
        "not a number": good.replace(b'"up":', b'"up":NaN,"x":'),
    }
    for how, content in contents.items():
        timers(folder).write_bytes(content)
        with Visit(folder, {}, []) as visit:
            told = [line for line in visit.warnings if "timers" in line]
            expect(len(told) == 1, f"{how}: {len(told)} lines: {told}")
            heard(visit.ask("set a timer for one hour"), "Timer set for 1 hour")
        expect(len(entries(folder)) == 1, f"{how}: there are {entries(folder)}")
    return Observed(f"{len(contents)} kinds of damage, one line each; every new timer was kept")


@fault("it starts, one line tells; new timers are set, and ring")
@own_mounts
def timers_unreadable(folder: Path) -> Observed:
    """The file of timers is a folder, or a link that leads nowhere or in a circle."""
    state = folder / "state"
    state.mkdir()
    for how in ("folder", "nowhere", "circle"):
        if how == "folder":
            timers(folder).mkdir()
        else:
            timers(folder).symlink_to(state / ("nothing" if how == "nowhere" else "timers.json"))
        with Visit(folder, {}, []) as visit:
            heard(visit.ask("set a timer for one second"), "Timer set for 1 second")
            rung(visit)
            visit.goes_on()
        timers(folder).rmdir() if how == "folder" else timers(folder).unlink()
        (state / "nothing").unlink(missing_ok=True)
    return Observed("3 kinds; every timer rang")


@fault("timers are set, and ring; one line tells; with room again, what is left is kept")
@own_mounts
def timers_disk_full(folder: Path) -> Observed:
    """The disk that timers are kept on is full."""
    state = small_disk(folder / "state", "64k")
    ballast = fill(state)
    with Visit(folder, {}, []) as visit:
        heard(visit.ask("set a timer for two seconds"), "Timer set for 2 seconds")
        heard(visit.ask("set a timer for three hours"), "Timer set for 3 hours")
        said = rung(visit)
        told = [line for line in visit.warnings if "timers" in line]
        expect(len(told) == 1, f"{len(told)} lines: {told}")
        ballast.unlink()
        heard(visit.ask("set a timer for four hours"), "Timer set for 4 hours")
    spans = sorted(it.when.seconds for it in entries(folder) if isinstance(it.when, After))
    expect(spans == [3 * HOUR_S, 4 * HOUR_S], f"kept were timers of {spans} s")
    expect(not left_behind(folder), f"left behind: {left_behind(folder)}")
    return Observed(f"“{said[0]}”; one line; both that were left were kept")


@fault("timers are set, and ring; those of before stay; nothing is half-written")
@own_mounts
def timers_disk_read_only(folder: Path) -> Observed:
    """The disk that timers are kept on turns read-only while one runs."""
    state = small_disk(folder / "state", "64k")
    with Visit(folder, {}, []) as visit:
        heard(visit.ask("set a timer for three hours"), "Timer set for 3 hours")
        expect(until(lambda: timers(folder).exists(), 5), "it was not kept")
        remount(state, "ro")
        heard(visit.ask("set a timer for one second"), "Timer set for 1 second")
        said = rung(visit)
        visit.goes_on()
    spans = [it.when.seconds for it in entries(folder) if isinstance(it.when, After)]
    expect(spans == [3 * HOUR_S], f"kept were timers of {spans} s")
    remount(state, "rw")
    expect(not left_behind(folder), f"left behind: {left_behind(folder)}")
    return Observed(f"“{said[0]}”; the one of before is whole")


def _talks(folder: Path, *requests: str) -> Callable[[Callable[[str], None]], None]:
    """A process that is asked these, and tells when that was answered, and what it says unasked."""

    def body(tell: Callable[[str], None]) -> None:
        with Visit(folder, sealing(folder), []) as visit:
            tell("ready")
            for request in requests:
                visit.ask(request)
            until(lambda: not requests or timers(folder).exists(), 5)
            tell("asked")
            told = 0
            while True:
                if len(visit.unasked) > told:
                    told = len(visit.unasked)
                    tell(visit.unasked[-1])
                time.sleep(0.02)

    return body


@fault("after the restart it rings once, with its label, at its time; none is lost, none twice")
def killed_while_timers_run(folder: Path) -> Observed:
    """The assistant is killed while two timers run, one of seconds, one of an hour."""
    began = time.monotonic()
    with doomed(
        _talks(folder, "set a pasta timer for eight seconds", "set a timer for one hour")
    ) as it:
        it.tells("asked")
        time.sleep(0.3)
        it.kill()
    expect(len(entries(folder)) == 2, f"kept: {entries(folder)}")
    expect(b"pasta" not in timers(folder).read_bytes(), "its label stands in the open file")
    with Visit(folder, sealing(folder), []) as visit:
        said = rung(visit)
        late = time.monotonic() - began
        heard(visit.ask("how much time is left on the timer"), "59 minutes")
    expect("pasta timer is done" in said[0], f"it said {said}")
    expect(len(entries(folder)) == 1, f"kept: {entries(folder)}")
    return Observed(f"“{said[0]}”, {late:.0f} s after it was set")


@fault("it rings again until somebody answers; after that, never")
def killed_while_a_timer_rings(folder: Path) -> Observed:
    """The assistant is killed while a timer rings, and again after somebody has answered."""
    with doomed(_talks(folder, "set an egg timer for one second")) as it:
        it.tells("asked")
        it.tells("Your egg timer is done.")
        it.kill()
    with doomed(_answers_once(folder)) as it:
        it.tells("answered", 30)
        it.kill()
    expect(not entries(folder), f"it is still kept: {entries(folder)}")
    with Visit(folder, sealing(folder), []) as visit:
        time.sleep(2.5)
        expect(not visit.unasked, f"it rang again: {visit.unasked}")
        heard(visit.ask("is the timer running"), "no timer")
    return Observed("rang again after the first, was silent after the second")


def _answers_once(folder: Path) -> Callable[[Callable[[str], None]], None]:
    def body(tell: Callable[[str], None]) -> None:
        with Visit(folder, sealing(folder), []) as visit:
            rung(visit)
            visit.ask("what time is it")
            until(lambda: not entries(folder), 5)
            tell("answered")
            time.sleep(60)

    return body


def before(seconds: float) -> Moment:
    """So long ago, whether the machine ran then or not."""
    now = this_moment()
    ran = now.up > seconds
    boot, up = (now.boot, now.up - seconds) if ran else ("another", 0.0)
    return Moment(wall=now.wall - seconds, boot=boot, up=up)


@fault("each is told once, “while I was off”; another restart tells none of them again")
def timers_due_while_off(folder: Path) -> Observed:
    """A timer, an alarm and a reminder were due while the machine was off for hours."""
    yesterday = datetime.now().replace(second=0, microsecond=0) - timedelta(hours=3)
    due = [
        Entry("0000000a", Kind.TIMER, After(600, before(3 * HOUR_S))),
        Entry("0000000b", Kind.ALARM, At(yesterday)),
        Entry("0000000c", Kind.REMINDER, At(yesterday), SECRET),
    ]
    settings = sealing(folder)
    storage = Storage(folder / "state/storage", load_key(folder / "key", {}))
    Timetable(timers(folder), storage).save(due, [])
    with Visit(folder, settings, []) as visit:
        said = rung(visit)
        heard(visit.ask("what time is it"), "it's")
    for part in ("while I was off", "timer", "alarm", SECRET):
        expect(part.lower() in said[0].lower(), f"“{part}” is not in {said[0]!r}")
    with Visit(folder, settings, []) as visit:
        time.sleep(2.5)
        expect(not visit.unasked, f"told again: {visit.unasked}")
    return Observed(said[0].replace(SECRET, "…"))


@fault("nothing rings early or twice; the timer rings after its own time")
@in_wrong_clock
def clock_jumps_while_timers_run(folder: Path) -> Observed:
    """The date jumps by ten years and back, and by hours, while a timer of some seconds runs."""
    with Visit(folder, {}, []) as visit:
        heard(visit.ask("set a timer for eight seconds"), "8 seconds")
        began = time.monotonic()
        years = set()
        for jump in (TEN_YEARS_S, -TEN_YEARS_S, 5 * HOUR_S, -5 * HOUR_S, 0):
            set_date(jump)
            years.add(datetime.now().year)
            time.sleep(0.6)
            expect(not visit.unasked, f"after a jump of {jump} s it rang: {visit.unasked}")
        expect(len(years) >= 3, f"the date has not jumped: {years}")
        said = rung(visit)
        late = time.monotonic() - began
        expect(7 < late < 13, f"it rang after {late:.1f} s")
    return Observed(f"“{said[0]}” after {late:.0f} s")


@fault("after the restart and a jump of the date, it rings again; heard in the room")
def clock_jumps_and_restart_while_it_rings(folder: Path) -> Observed:
    """The whole assistant is killed while an alarm rings, and the date jumps a day ahead."""
    clock = WrongClock(folder)
    state = folder / "state"
    state.mkdir()
    Timetable(timers(folder)).save([Entry("0000000a", Kind.TIMER, After(1, this_moment()))], [])
    settings = {"audio": {"duplex": "full"}}
    with Appliance(folder, settings, environment=clock.environment) as appliance, Ear() as ear:
        expect(until(lambda: ear.spoken(), ANSWER_S), "it did not ring")
        appliance.kill()
        clock.jump(24 * HOUR_S)
        killed = time.monotonic()
        appliance.start()
        expect(until(lambda: ear.spoken(killed), ANSWER_S), "it did not ring again")
        again = ear.spoken(killed)[0][0] - killed
        appliance.ask()
        expect(until(lambda: not entries(folder), 5), "it goes on ringing")
        expect(appliance.stop() == 0, "it does not end in good order")
        expect("Traceback" not in appliance.log, appliance.log[-300:])
    return Observed(f"rang, and again {again:.1f} s after it was killed; answered, it was silent")


@fault("it rings after the restart at its time, once; heard in the room")
def whole_assistant_killed_while_a_timer_runs(folder: Path) -> Observed:
    """The whole assistant is killed while a timer runs, and started again."""
    (folder / "state").mkdir()
    with Appliance(folder, {"audio": {"duplex": "full"}}, start=False) as appliance, Ear() as ear:
        due = time.monotonic() + 20
        Timetable(timers(folder)).save(
            [Entry("0000000a", Kind.TIMER, After(20, this_moment()))], []
        )
        appliance.start()
        appliance.restart()
        expect(time.monotonic() < due, "this machine is too slow for it")
        expect(until(lambda: ear.spoken(), 20 + ANSWER_S), "it did not ring")
        rang = ear.spoken()[0][0]
        expect(-0.1 < rang - due < 3, f"it rang {rang - due:.1f} s after its time")
        time.sleep(3)
        expect(len(ear.spoken()) == 1, f"it rang {len(ear.spoken())} times")
    return Observed(f"it rang once, {rang - due:.1f} s after its time")


# --- what it was asked to keep


@fault("refused at the start in one line, which names the file; with the right key, all is there")
def storage_key_changed(folder: Path) -> Observed:
    """What was kept is sealed with another key."""
    settings = sealing(folder)
    with Visit(folder, settings, []) as visit:
        heard(visit.ask("put milk on the shopping list"), "milk")
    (folder / "key").rename(folder / "old")
    make_key(folder / "key")
    try:
        with Visit(folder, settings, []):
            expect(False, "it began")
    except ConfigError as error:
        expect("another key" in error.what, error.what)
    (folder / "old").replace(folder / "key")
    with Visit(folder, settings, []) as visit:
        turn = heard(visit.ask("what is on the shopping list"), "milk")
    return Observed(f"refused; with the key again: “{turn.heard}”")


@fault("put aside, one line tells; the lists begin anew, and the facts are as they were")
def storage_damaged(folder: Path) -> Observed:
    """The sealed file with the lists has a changed byte, is cut off, or is garbage."""
    settings = sealing(folder)
    with Visit(folder, settings, []) as visit:
        heard(visit.ask("put milk on the shopping list"), "milk")
        heard(visit.ask(f"remember that {SECRET} is my cat"), "remember")
    file = folder / "state/storage/lists.sealed"
    whole = file.read_bytes()
    changed = bytearray(whole)
    changed[-5] ^= 1
    for content in (bytes(changed), whole[:-9], noise(300), b""):
        file.write_bytes(content)
        with Visit(folder, settings, []) as visit:
            turn = visit.ask("what is on the shopping list")
            expect("milk" not in turn.heard, f"it believes {turn.heard!r}")
            told = [line for line in visit.warnings if "lists" in line]
            expect(len(told) == 1, f"{len(told)} lines: {told}")
            heard(visit.ask("put bread on the shopping list"), "bread")
            heard(visit.ask("what is on the shopping list"), "bread")
            heard(visit.ask("what do you remember"), SECRET)
    return Observed(f"4 kinds of damage: “{turn.heard}”, and a new list each time")


@fault("“I could not write that down”; what was kept stays; with room again it is written")
@own_mounts
def storage_disk_full(folder: Path) -> Observed:
    """The disk is full when something is to be kept."""
    state = small_disk(folder / "state", "64k")
    with Visit(folder, sealing(folder), []) as visit:
        heard(visit.ask("put milk on the shopping list"), "milk")
        ballast = fill(state)
        said = [
            visit.ask("put bread on the shopping list").heard,
            visit.ask(f"remember that {SECRET} is my cat").heard,
        ]
        for text in said:
            expect("could not write" in text, f"it said {text!r}")
        turn = heard(visit.ask("what is on the shopping list"), "milk")
        expect("bread" not in turn.heard, f"it claims {turn.heard!r}")
        ballast.unlink()
        heard(visit.ask("put bread on the shopping list"), "bread")
        heard(visit.ask("what is on the shopping list"), "milk", "bread")
    expect(not left_behind(folder), f"left behind: {left_behind(folder)}")
    return Observed(f"“{said[0]}”; the list is what it was")


@fault("“I could not write that down”; what was kept is read; nothing is half-written")
@own_mounts
def storage_disk_read_only(folder: Path) -> Observed:
    """The disk turns read-only when something is to be kept, and to be thrown away."""
    state = small_disk(folder / "state", "64k")
    with Visit(folder, sealing(folder), []) as visit:
        heard(visit.ask("put milk on the shopping list"), "milk")
        remount(state, "ro")
        turn = heard(visit.ask("put bread on the shopping list"), "could not write")
        heard(visit.ask("clear the shopping list"), "shall i")
        kept = visit.ask("yes")
        expect("could not" in kept.heard, f"it claims {kept.heard!r}")
        heard(visit.ask("what is on the shopping list"), "milk")
        remount(state, "rw")
    expect(not left_behind(folder), f"left behind: {left_behind(folder)}")
    return Observed(f"“{turn.heard}”; “{kept.heard}”")


@fault("“I cannot read that just now”; nothing is claimed; the conversation goes on")
def storage_unreadable(folder: Path) -> Observed:
    """What was kept cannot be read while we run: its files are folders."""
    with Visit(folder, sealing(folder), []) as visit:
        heard(visit.ask("put milk on the shopping list"), "milk")
        heard(visit.ask(f"remember that {SECRET} is my cat"), "remember")
        for name in ("lists", "facts"):
            file = folder / f"state/storage/{name}.sealed"
            file.unlink()
            file.mkdir()
        said = [
            visit.ask(request).heard
            for request in ("what is on the shopping list", "what do you remember")
        ]
        for text in said:
            expect("cannot" in text, f"it said {text!r}")
        visit.goes_on()
    return Observed(" / ".join(f"“{text}”" for text in said))


# --- documents


QUESTION, FITS = "how often is the heat pump filter changed", "twice a year"
MANUAL = f"""# Heat pump

The filter of the heat pump is changed {FITS}, in spring and in autumn.

## Pressure

The pressure of the heat pump should be between one and two bar.
"""


def library(folder: Path) -> dict[str, Any]:
    """Settings for a folder with one document."""
    (folder / "documents").mkdir(exist_ok=True)
    (folder / "documents/manual.md").write_text(MANUAL)
    return {"knowledge": {"folder": str(folder / "documents")}}


NOT_KNOWN = "I do not know."


def _index_harmed(folder: Path, harm: Callable[[Path], None], still: bool = False) -> Observed:
    """The index is harmed while we run; `still`: it answers as before; and it is made anew."""
    index = folder / "state/knowledge.db"
    settings = library(folder)
    with Visit(folder, settings, [NOT_KNOWN] * 4) as visit:
        heard(visit.ask(QUESTION), FITS, "according to")
        harm(index)
        said = [visit.ask(QUESTION).heard for _ in range(2)]
        for text in said:
            fits = FITS in text if still else text == NOT_KNOWN or FITS in text
            expect(fits, f"it said {text!r}")
        visit.goes_on()
    with Visit(folder, settings, []) as visit:
        heard(visit.ask(QUESTION), FITS)
    return Observed(f"“{said[-1]}”; after the next start it answers from the document")


@fault("answered without the documents, one line tells the cure; the next start makes it anew")
def index_damaged(folder: Path) -> Observed:
    """The index of documents is overwritten with garbage while we run."""

    def harm(index: Path) -> None:
        size = index.stat().st_size
        with index.open("r+b") as file:
            file.write(noise(size))

    return _index_harmed(folder, harm)


@fault("answered without the documents; the next start makes it anew")
def index_damaged_in_the_middle(folder: Path) -> Observed:
    """Pages in the middle of the index of documents are overwritten while we run."""

    def harm(index: Path) -> None:
        size = index.stat().st_size
        with index.open("r+b") as file:
            file.seek(4096)
            file.write(noise(size - 4096))

    return _index_harmed(folder, harm)


@fault("answered without the documents; the next start makes it anew")
def index_truncated(folder: Path) -> Observed:
    """The index of documents is cut off while we run."""
    return _index_harmed(folder, lambda index: os.truncate(index, index.stat().st_size // 2))


@fault("answered as before, from what is still open; the next start makes it anew")
def index_removed(folder: Path) -> Observed:
    """The index of documents is removed while we run."""
    return _index_harmed(folder, lambda index: index.unlink(), still=True)


@fault("answered without the documents; the next start makes it anew")
def index_is_another_database(folder: Path) -> Observed:
    """The index of documents is replaced by a database of somebody else's while we run."""

    def harm(index: Path) -> None:
        other = index.with_name("other.db")
        with sqlite3.connect(other) as database:
            database.execute("CREATE TABLE passages (title, headings, text)")
        other.replace(index)

    return _index_harmed(folder, harm)


@fault("from the next question on, the new documents answer; nothing is restarted")
def index_replaced(folder: Path) -> Observed:
    """The documents change and are indexed again, by a command, while we run."""
    from edgevoice.skills.knowledge.index import refresh

    settings = library(folder)
    with Visit(folder, settings, [NOT_KNOWN]) as visit:
        heard(visit.ask(QUESTION), FITS)
        file = folder / "documents/manual.md"
        file.write_text(MANUAL.replace(FITS, "every other Tuesday"))
        refresh(folder / "documents", folder / "state/knowledge.db")
        turn = heard(visit.ask(QUESTION), "every other Tuesday")
    return Observed(f"“{turn.heard}”")


@fault("it starts, answers without documents, one line tells")
@own_mounts
def index_disk_full(folder: Path) -> Observed:
    """There is no room for the index of documents."""
    settings = library(folder)
    state = small_disk(folder / "state", "64k")
    fill(state)
    with Visit(folder, settings, [NOT_KNOWN]) as visit:
        turn = heard(visit.ask(QUESTION), NOT_KNOWN)
        told = [line for line in visit.warnings if "documents" in line]
        expect(len(told) == 1, f"{len(told)} lines: {told}")
        visit.goes_on()
    return Observed(f"“{turn.heard}”; {told[0].replace(str(folder), '')[:90]}…")


@fault("as plain words after their title, or not at all; no tool is used; at once")
def documents_hostile(folder: Path) -> Observed:
    """Documents give orders, fake calls of tools, control tokens, and letters that nobody hears."""
    settings = library(folder)
    for number, hostile in enumerate(HOSTILE):
        words = f"The gadget of type {number} wants this: {hostile.text}\n"
        place = folder / f"documents/{number}.md"
        place.write_text(words, encoding="utf-8", errors="replace")
    with Visit(folder, settings, [NOT_KNOWN] * 100) as visit:
        quoted = 0
        for number in range(0, len(HOSTILE), 4):
            turn = visit.ask(f"what does the gadget of type {number} want", within_s=20)
            quoted += "according to" in turn.heard.lower()
            expect(not unspeakable(turn.heard), f"it says {turn.heard[:200]!r}")
            expect(not turn.report.tools, f"it used {turn.report.tools}")
        heard(visit.ask(QUESTION), FITS)
    return Observed(f"{len(HOSTILE)} documents, {quoted} quoted, no tool used")


@fault("each that cannot be read is named in a line; the others answer")
def documents_broken(folder: Path) -> Observed:
    """Documents are no text, no PDF, huge, empty, links in a circle, pipes, or not for us."""
    settings = library(folder)
    place = folder / "documents"
    (place / "noise.md").write_bytes(b"\0" + noise(5_000))
    (place / "noise.pdf").write_bytes(noise(50_000))
    (place / "cut.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj")
    (place / "huge.txt").write_bytes(b"word " * 2_000_000)
    (place / "empty.md").write_bytes(b"")
    (place / "circle").symlink_to(place)
    (place / "itself.md").symlink_to(place / "itself.md")
    (place / "outside.md").symlink_to("/etc/passwd")
    os.mkfifo(place / "pipe.md")
    (place / "device.txt").symlink_to("/dev/zero")
    began = time.monotonic()
    with Visit(folder, settings, []) as visit:
        took = time.monotonic() - began
        named = [n for n in ("noise.md", "noise.pdf", "cut.pdf", "huge.txt", "empty.md")
                 if any(n in line for line in visit.warnings)]  # fmt: skip
        expect(len(named) == 5, f"named were {named}")
        heard(visit.ask(QUESTION), FITS)
    expect(took < 15, f"the start took {took:.1f} s")
    return Observed(f"5 are named, the others answer; started after {took:.1f} s")


@fault("what the index knows from before; one line tells")
def documents_gone(folder: Path) -> Observed:
    """The folder of the documents is gone at the next start."""
    settings = library(folder)
    with Visit(folder, settings, []) as visit:
        heard(visit.ask(QUESTION), FITS)
    shutil.rmtree(folder / "documents")
    with Visit(folder, settings, []) as visit:
        turn = heard(visit.ask(QUESTION), FITS)
        told = [line for line in visit.warnings if "no such folder" in line]
        expect(len(told) == 1, f"{len(told)} lines: {told}")
    return Observed(f"“{turn.heard}”")
