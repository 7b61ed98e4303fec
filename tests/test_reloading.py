"""Reading the settings again: from a file, in a conversation with scripted engines."""

import asyncio
import gc
import logging
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgevoice.agent import Agent
from edgevoice.app import Engines, Surroundings, Workers, build_agent, build_successor
from edgevoice.audio.chunk import samples_of
from edgevoice.config import Config, load_config
from edgevoice.conversation import Conversation
from edgevoice.dialog.attention import Mode, Signal
from edgevoice.dialog.events import Event, Note
from edgevoice.engines.base import Transcript
from edgevoice.engines.scripted import ScriptedChat, ScriptedTranscriber, ScriptedVoice
from edgevoice.engines.workers import InlineWorker
from edgevoice.errors import BadInputError
from edgevoice.reloading import ANSWER_S, WAITING, Listeners, Reloading, Settings
from edgevoice.report import Observer, Recorder
from edgevoice.responders.base import Speech
from edgevoice.signals import NoLed
from edgevoice.testing import run_virtual
from edgevoice.transports.caller import Caller, Cue, Line
from edgevoice.transports.relay import Relay
from tests.talk import APOLOGY, LoudVad, clip

FIRST = """
reply: {not_understood: Pardon, cue_after_ms: 0}
llm: {listen_along: false}
stt: {partial_interval_ms: 0}
"""
OTHER = FIRST.replace("Pardon", "Again")
READS_S = 0.05
LONG = "One two three four five. " * 20


def silence(seconds: int) -> Line:
    return Line(np.zeros(samples_of(1_000 * seconds), np.int16), None, Cue.LINE_ENDED)


def somebody_says(ms: int, after_s: int) -> Line:
    """… something, so many seconds after what they did before."""
    return Line(clip(ms), None, Cue.LINE_ENDED, 1_000 * after_s)


@dataclass
class House:
    """A conversation by the settings in `file`, and somebody who changes them."""

    file: Path
    lines: list[Line] = field(default_factory=lambda: [silence(10)])
    transcripts: list[str | Transcript | Exception] = field(default_factory=list)
    replies: list[str | Exception] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    """What the listeners were told."""
    recorder: Recorder = field(default_factory=Recorder)
    log: list[Event | Note] = field(default_factory=list)
    renew: Callable[[Config, Config, Surroundings], Surroundings] = lambda _, now, here: replace(
        here, mode=Mode(now.attention.mode)
    )

    def hold(self, somebody: Callable[["House"], Coroutine[Any, Any, None]]) -> "House":
        """Hold the conversation, in which `somebody` does something besides."""
        run_virtual(self._hold(somebody))
        return self

    async def _hold(self, somebody: Callable[["House"], Coroutine[Any, Any, None]]) -> None:
        self.relay = relay = Relay(Caller(self.lines, patience_s=3))
        engines = Engines(
            LoudVad(),
            ScriptedTranscriber(self.transcripts),
            ScriptedChat(self.replies),
            ScriptedVoice(samples_per_character=400),
            Speech(APOLOGY, "Sorry."),
        )
        workers = Workers(*[InlineWorker(0.01) for _ in range(4)])
        watching: list[Observer] = [self.recorder, self.log.append]
        here = Surroundings(led=NoLed())

        async def prepare(config: Config, here: Surroundings) -> Agent:
            return build_successor(config, engines, workers, relay, watching, here)

        config = load_config(self.file)
        agent = build_agent(config, engines, workers, relay, watching, here)
        self.conversation = Conversation(relay, agent, prepare)
        listeners = Listeners(
            lambda: self.told.append("begun"),
            lambda: self.told.append("over"),
            lambda words: self.told.append(f"note {words}"),
            lambda before, now: self.told.append(
                f"{before.reply.not_understood} → {now.reply.not_understood}"
            ),
        )
        async with Reloading(
            lambda: load_config(self.file),
            self.renew,
            Settings(config, config, here),
            self.conversation,
            listeners,
            InlineWorker(READS_S),
        ) as self.reloading:
            task = asyncio.create_task(somebody(self))
            await self.conversation.run()
            await task
        assert asyncio.all_tasks() == {asyncio.current_task()}, "a task was left behind"


@pytest.fixture
def house(tmp_path: Path) -> House:
    file = tmp_path / "config.yaml"
    file.write_text(FIRST)
    return House(file)


@pytest.fixture(autouse=True)
def logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.WARNING)
    return caplog


def now() -> float:
    return asyncio.get_running_loop().time()


UNSURE = Transcript("purple", -9.0)


def test_a_setting_that_was_changed_takes_effect(
    house: House, logged: pytest.LogCaptureFixture
) -> None:
    async def somebody(house: House) -> None:
        await asyncio.sleep(5)
        house.file.write_text(OTHER)
        assert await house.reloading.reload() == "the new settings are in force"
        assert now() == pytest.approx(5 + 2 * READS_S + 0.02, abs=0.02)

    house.lines = [somebody_says(800, 1), somebody_says(800, 6), silence(3)]
    house.transcripts = [UNSURE] * 2
    house.hold(somebody)
    assert [turn.heard for turn in house.recorder.turns] == ["Pardon", "Again"]
    assert house.told == ["begun", "note ", "over", "Pardon → Again"]
    assert house.reloading.times == 1
    assert logged.messages == ["the new settings are in force"]


def test_what_needs_a_start_is_named_and_stays_as_it_was(
    house: House, logged: pytest.LogCaptureFixture
) -> None:
    async def somebody(house: House) -> None:
        house.file.write_text(FIRST + "tts: {speed: 1.5}\n")
        answer = await house.reloading.reload()
        assert answer == (
            "the settings were read again; tts.speed takes effect at the next start "
            "(systemctl restart edgevoice)"
        )
        house.file.write_text(FIRST)
        assert await house.reloading.reload() == "the settings were read again"

    house.hold(somebody)
    assert house.told[1].startswith("note tts.speed takes effect at the next start")
    assert "note " in house.told[2:]
    assert len(logged.messages) == 2


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("reply: {not_understood: [", "line 1, column"),
        ("reply: {not_understod: Again}", "reply.not_understod is not a setting"),
        ("vad: {threshold: 7}", "vad.threshold is 7"),
        ("phrases: {file: nowhere.yaml}", "nowhere.yaml: cannot be read"),
        ("llm: {max_tokens: 2000}", "at most half"),
        ("- a\n- list", "is not a tree of settings"),
        (b"\xff\xfe\0", "is not UTF-8"),
        (None, "cannot be read (No such file"),
    ],
)
def test_bad_settings_are_refused_in_one_line_and_the_old_ones_stay(
    house: House, text: str | bytes | None, complaint: str, logged: pytest.LogCaptureFixture
) -> None:
    async def somebody(house: House) -> None:
        match text:
            case None:
                house.file.unlink()
            case str():
                house.file.write_text(text)
            case _:
                house.file.write_bytes(text)
        with pytest.raises(BadInputError) as refused:
            await house.reloading.reload()
        assert refused.value.what.startswith("the new settings are refused, the old ones stay: ")
        assert complaint in refused.value.what

    house.lines = [somebody_says(800, 2), silence(3)]
    house.transcripts = [UNSURE]
    house.hold(somebody)
    assert house.recorder.turns[0].heard == "Pardon"
    begun, note, over = house.told
    assert (begun, over) == ("begun", "over") and complaint in note
    (line,) = logged.messages
    assert complaint in line and "\n" not in line
    assert house.reloading.times == 0


def test_after_a_refusal_good_settings_are_taken(house: House) -> None:
    async def somebody(house: House) -> None:
        house.file.write_text("what: is this")
        with pytest.raises(BadInputError):
            await house.reloading.reload()
        house.file.write_text(OTHER)
        await house.reloading.reload()

    house.hold(somebody)
    assert house.told[-3:] == ["note ", "over", "Pardon → Again"]


def test_who_cannot_be_made_refuses_too(house: House) -> None:
    """As a wake word that nobody knows."""

    def renew(before: Config, now: Config, here: Surroundings) -> Surroundings:
        raise BadInputError("there is no such word", "Choose another.")

    async def somebody(house: House) -> None:
        with pytest.raises(BadInputError, match="the old ones stay: there is no such word"):
            await house.reloading.reload()

    house.renew = renew
    house.hold(somebody)


def test_it_waits_for_a_reply_to_end_and_says_so(
    house: House, logged: pytest.LogCaptureFixture
) -> None:
    async def somebody(house: House) -> None:
        await asyncio.sleep(3)
        house.file.write_text(OTHER)
        assert await house.reloading.reload() == WAITING
        assert now() == pytest.approx(3 + 2 * READS_S + ANSWER_S, abs=0.1)
        assert house.told == ["begun", f"note {WAITING}", "over"]

    house.lines = [somebody_says(800, 1), silence(20)]
    house.transcripts, house.replies = ["tell me"], [LONG]
    house.hold(somebody)
    assert house.recorder.turns[0].heard == LONG.strip()
    assert house.told[-2:] == ["note ", "Pardon → Again"]
    assert logged.messages == [WAITING, "the new settings are in force"]


def test_what_waits_gives_way_to_what_comes_later(house: House) -> None:
    async def somebody(house: House) -> None:
        await asyncio.sleep(3)
        house.file.write_text(FIRST.replace("Pardon", "Never"))
        await house.reloading.reload()
        house.file.write_text(OTHER)
        await house.reloading.reload()

    house.lines = [somebody_says(800, 1), silence(22), somebody_says(800, 1), silence(3)]
    house.transcripts, house.replies = ["tell me", UNSURE], [LONG]
    house.hold(somebody)
    assert house.recorder.turns[1].heard == "Again"
    assert house.reloading.times == 1
    assert [words for words in house.told if "→" in words] == ["Pardon → Again"]


def test_a_storm_is_one_or_two(house: House) -> None:
    async def somebody(house: House) -> None:
        for _ in range(100):
            house.reloading.request()
        await asyncio.sleep(READS_S / 2)
        for _ in range(100):
            house.reloading.request()
        answers = await asyncio.gather(*[house.reloading.reload() for _ in range(100)])
        assert set(answers) == {"the settings were read again"}

    house.hold(somebody)
    assert house.reloading.times == 2


def test_whoever_asks_gets_what_is_in_the_file_then(house: House) -> None:
    async def somebody(house: House) -> None:
        for number in range(20):
            house.file.write_text(FIRST.replace("Pardon", f"Number {number}"))
            house.reloading.request()
            await asyncio.sleep(READS_S * 0.7)
        await house.reloading.reload()

    house.hold(somebody)
    assert house.told[-1].endswith("→ Number 19")


def test_whoever_leaves_takes_nothing_along(house: House) -> None:
    async def somebody(house: House) -> None:
        house.file.write_text(OTHER)
        one, other = (asyncio.create_task(house.reloading.reload()) for _ in range(2))
        await asyncio.sleep(READS_S / 2)
        one.cancel()
        assert await other == "the new settings are in force"

    house.hold(somebody)


def test_it_ends_in_the_middle_of_everything(house: House) -> None:
    async def somebody(house: House) -> None:
        await asyncio.sleep(2)
        house.reloading.request()
        house.reloading.request()

    house.lines = [silence(2)]
    house.hold(somebody)  # looks for tasks


def test_mute_and_mode_go_together(house: House) -> None:
    async def somebody(house: House) -> None:
        house.conversation.signal(Signal.MUTE)
        await asyncio.sleep(1)
        house.file.write_text(FIRST + "attention: {mode: push_to_talk}\n")
        await house.reloading.reload()
        assert str(house.conversation.attending) == "key up, muted"
        house.conversation.signal(Signal.UNMUTE)
        house.conversation.signal(Signal.PRESS)
        assert str(house.conversation.attending) == "key down"

    house.hold(somebody)


def test_the_log_level_is_a_setting_like_any_other(house: House) -> None:
    async def somebody(house: House) -> None:
        house.file.write_text(FIRST + "log: {level: error}\n")
        await house.reloading.reload()
        assert logging.getLogger().level == logging.ERROR

    before = logging.getLogger().level
    try:
        house.hold(somebody)
    finally:
        logging.getLogger().setLevel(before)


def test_a_hundred_times_leave_nothing_behind(house: House) -> None:
    async def somebody(house: House) -> None:
        for number in range(100):
            house.file.write_text(FIRST.replace("Pardon", f"Number {number}"))
            await house.reloading.reload()
            await asyncio.sleep(0.1)

    def agents() -> int:
        gc.collect()
        return sum(isinstance(thing, Agent) for thing in gc.get_objects())

    threads, before = threading.active_count(), agents()
    house.lines = [silence(60)]
    house.hold(somebody)
    assert house.reloading.times == 100
    assert agents() <= before + 2
    assert threading.active_count() == threads


def test_the_same_happens_twice(house: House) -> None:
    async def somebody(house: House) -> None:
        await asyncio.sleep(1.5)
        house.file.write_text(OTHER)
        await house.reloading.reload()

    def hold() -> House:
        lines = [somebody_says(800, 1), somebody_says(800, 4), silence(3)]
        house.file.write_text(FIRST)
        return House(house.file, lines, ["hello", UNSURE], ["Hi."]).hold(somebody)

    one, other = hold(), hold()
    assert repr(one.log) == repr(other.log) and one.told == other.told
