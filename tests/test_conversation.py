"""Settings that change while a conversation goes on: who takes over, when, and what is kept."""

import gc
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import numpy as np
import pytest

from edgevoice.audio.chunk import samples_of
from edgevoice.config import ReplyConfig, SttConfig, VadConfig
from edgevoice.dialog.attention import Mode, Signal, State
from edgevoice.dialog.events import SpeechStarted
from edgevoice.engines.base import Transcript
from edgevoice.signals import Phase
from edgevoice.transports.caller import Cue, Line
from tests.talk import Talk, clip
from tests.test_anything import check, wild

LONG = "One two three four five. " * 8


def nothing(talk: Talk) -> None:
    """The settings are read again, and are the same."""


def line(after_ms: int = 600, cue: Cue = Cue.REPLY_ENDED, ms: int = 800) -> Line:
    return Line(clip(ms), None, cue, after_ms)


def silence(seconds: int) -> Line:
    """The person stays for so long, and says nothing."""
    return Line(np.zeros(samples_of(1_000 * seconds), np.int16), None, Cue.LINE_ENDED)


def set_to(**values: object) -> Callable[[Talk], None]:
    def change(talk: Talk) -> None:
        for name, value in values.items():
            setattr(talk, name, value)

    return change


def test_a_setting_takes_effect_in_mid_conversation_and_what_was_said_is_remembered() -> None:
    unsure = Transcript("purple", -3.0)
    talk = Talk(
        [line(), line(), line(3_000), line()],
        ["my name is ada", unsure, unsure, "who am i"],
        ["Hello Ada.", "You are Ada."],
        changes=[(6, set_to(pardon="Come again?", prompt="be brief"))],
    ).hold()
    assert [turn.heard for turn in talk.turns] == [
        "Hello Ada.", "Pardon?", "Come again?", "You are Ada.",
    ]  # fmt: skip
    assert [turn.number for turn in talk.turns] == [1, 2, 3, 4]
    assert talk.said == [
        ("user", "my name is ada"),
        ("assistant", "Hello Ada."),
        ("user", "who am i"),
        ("assistant", "You are Ada."),
    ]
    assert talk.history.messages()[0].content == "be brief"


def test_a_new_prompt_is_read_before_anybody_asks() -> None:
    prompt = "be brief and " * 40
    talk = Talk(
        [line(), line(3_000)],
        ["one", "two"],
        ["First.", "Second."],
        changes=[(4, set_to(prompt=prompt))],
    ).hold()
    assert talk.turns[1].prompt_tokens < 10


def test_whoever_speaks_is_heard_to_the_end_first() -> None:
    for at in np.arange(0.7, 1.5, 0.05):
        talk = Talk([line(600)], ["hello"], ["Hi."], changes=[(float(at), nothing)]).hold()
        ((asked, taken_over),) = talk.taken_over
        assert taken_over - asked > 0.5
        (turn,) = talk.turns
        assert (turn.user, turn.heard) == ("hello", "Hi.")
        assert turn.reply_end is not None and taken_over >= turn.reply_end / 16_000


def test_and_so_is_our_reply() -> None:
    talk = Talk([line()], ["hello"], [LONG], changes=[(4, nothing)]).hold()
    assert not talk.turns[0].interrupted and talk.turns[0].heard == LONG.strip()
    assert talk.taken_over[0][1] > 6


def test_the_beginning_of_speech_is_not_lost_whenever_it_comes() -> None:
    """To the sample: what the transcriber gets is what it gets without any change."""
    for ms in range(0, 200, 10):
        plain, changed = (
            Talk([line(900)], ["hello"], ["Hi."], changes=changes).hold()
            for changes in ([], [(0.8 + ms / 1000, nothing)])
        )
        assert repr(plain.log) == repr(changed.log)
        one, other = (talk.agent._listener._tape.cut(0, 32_000) for talk in (plain, changed))
        np.testing.assert_array_equal(one, other)


def test_the_sound_of_before_is_wiped_where_it_was() -> None:
    rings = []

    def remember(talk: Talk) -> None:
        rings.append(talk.agent._listener._tape._ring)
        assert np.any(rings[0])

    talk = Talk([line(), silence(8)], ["hello"], ["Hi."], changes=[(3, remember)]).hold()
    assert talk.taken_over
    assert not np.any(rings[0])


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("new_mode", list(Mode))
def test_whoever_is_muted_stays_muted(mode: Mode, new_mode: Mode) -> None:
    talk = Talk(
        [line(3_000)],
        [],
        [],
        mode=mode,
        signals=[(1, Signal.MUTE), (2.5, Signal.PRESS)],
        changes=[(2, set_to(mode=new_mode))],
    ).hold()
    assert talk.taken_over
    assert talk.agent.attending.muted
    assert not [what for what in talk.log if isinstance(what, SpeechStarted)]
    assert talk.phases[-1][1] is Phase.MUTED


def test_whoever_sleeps_sleeps_on() -> None:
    talk = Talk(
        [line(2_000)],
        ["hello"],
        [],
        signals=[(1, Signal.SLEEP)],
        changes=[(2, nothing)],
    ).hold()
    assert talk.agent.attending.state is State.DOZING
    assert not talk.turns
    assert [phase for _, phase in talk.phases].count(Phase.ASLEEP) == 1


def test_while_the_key_is_down_nobody_takes_over() -> None:
    talk = Talk(
        [line(2_000)],
        ["hello"],
        ["Hi."],
        mode=Mode.PUSH_TO_TALK,
        signals=[(1, Signal.PRESS), (4, Signal.RELEASE)],
        changes=[(1.5, set_to(mode=Mode.ALWAYS))],
    ).hold()
    assert talk.turns[0].heard == "Hi."
    assert talk.taken_over[0][1] > 4


def test_a_key_that_is_pressed_at_any_moment_is_felt() -> None:
    for ms in range(0, 60, 5):
        talk = Talk(
            [line(3_000)],
            [],
            [],
            signals=[(1 + ms / 1000, Signal.MUTE)],
            changes=[(1.02, nothing)],
        ).hold()
        assert talk.agent.attending.muted
        talk = Talk(
            [line(), silence(8)],
            ["i am ada"],
            ["Hello."],
            signals=[(6 + ms / 1000, Signal.FORGET)],
            changes=[(6.02, nothing)],
        ).hold()
        assert talk.said == [] and "ada" not in talk.chat._cached


def test_what_is_to_be_forgotten_is_forgotten_in_time() -> None:
    for changes in ([], [(5.0, nothing), (7.0, nothing)]):
        talk = Talk(
            [line(), line(8_000)],
            ["my name is Quillfeather", "who am i"],
            ["Hello Quillfeather.", "I do not know."],
            forget_after_s=5,
            patience_s=20,
            changes=changes,
        ).hold()
        assert talk.said == [("user", "who am i"), ("assistant", "I do not know.")]
        assert "Quillfeather" not in talk.chat._cached


def test_a_new_time_for_forgetting_counts_from_the_last_word() -> None:
    talk = Talk(
        [line(), silence(10)],
        ["my name is Quillfeather"],
        ["Hello Quillfeather."],
        changes=[(8, set_to(forget_after_s=3))],
    ).hold()
    assert talk.said == [] and "Quillfeather" not in talk.chat._cached


def test_how_a_person_pauses_is_known_to_whoever_takes_over() -> None:
    pauses = Line(clip(3_000, 700, 400), None)
    talk = Talk(
        [pauses, pauses, pauses],
        ["set a timer for an hour"] * 6,
        ["Done."] * 6,
        changes=[(10.5, nothing)],
        all_used=False,
    ).hold()
    assert talk.taken_over
    assert len(talk.agent._listener._endpoint._pauses) == 3


def test_the_room_is_known_to_whoever_takes_over() -> None:
    """How loud it is, what a look takes, and who spoke last."""
    before = []

    def remember(talk: Talk) -> None:
        before.append(talk.agent._listener)

    talk = Talk(
        [line(), silence(4)],
        ["hello"] * 9,
        ["Hi."],
        stt=SttConfig(),
        changes=[(4, remember)],
        all_used=False,
    ).hold()
    (old,), new = before, talk.agent._listener
    assert talk.taken_over and new is not old
    assert new._floor is old._floor
    assert new._wiped == old._wiped
    assert new.last_voice == old.last_voice > 0
    assert new._cadence._takes == old._cadence._takes > 0


def test_our_echo_is_not_taken_for_a_person_by_whoever_takes_over() -> None:
    reply = "This is what I say."
    echo = Line(clip(len(reply) * 400 // 16 + 200), None, Cue.REPLY_STARTED, 0)
    talk = Talk(
        [line(), echo, line()],
        ["a", "b"],
        [reply, "Yes."],
        half_duplex=True,
        changes=[(0.02 * n, nothing) for n in range(1, 250)],
    ).hold()
    assert len(talk.taken_over) > 50
    assert [turn.user for turn in talk.turns] == ["a", "b"]


def test_a_tone_that_is_heard_does_not_count_as_part_of_the_reply() -> None:
    talk = Talk(
        [line(100)],
        ["hello"],
        ["Hi."],
        reply=ReplyConfig(cue_after_ms=300),
        stt_pace=1.0,
        changes=[(0.02 * n, nothing) for n in range(1, 200, 3)],
    ).hold()
    assert talk.turns[0].cued and talk.turns[0].heard == "Hi."


def test_only_the_latest_takes_over() -> None:
    talk = Talk(
        [line()],
        ["hello"],
        ["Hi."],
        changes=[(1 + n / 10, set_to(prompt=f"prompt {n}")) for n in range(5)],
    ).hold()
    assert len(talk.taken_over) == 1
    assert [handed.cancelled() for handed in talk.handed] == [True] * 4 + [False]
    assert talk.history.messages()[0].content == "prompt 4"


def test_a_hundred_changes_leave_nothing_behind() -> None:
    agents = weakref.WeakSet[object]()

    def remember(talk: Talk) -> None:
        agents.add(talk.agent)

    threads = threading.active_count()
    talk = Talk(
        [line(), line(10_000), line(10_000)],
        ["one", "two", "three"],
        ["First.", "Second.", "Third."],
        changes=[(n / 5, remember) for n in range(1, 150)],
        patience_s=20,
    ).hold()  # looks for tasks itself
    assert len(talk.taken_over) > 100
    gc.collect()
    assert len(agents) <= 1
    assert threading.active_count() == threads


def sprinkled(seed: int, change: Callable[[Talk], None] = nothing) -> Talk:
    """Conversation `seed` of those in which anything may happen, with changes in it."""
    chance = Random(-seed)
    talk = wild(seed)
    talk.changes = [(chance.uniform(0, 15), change) for _ in range(chance.choice([1, 5, 60]))]
    return talk


@pytest.mark.parametrize("seed", range(20))
def test_whatever_happens_nothing_comes_of_settings_that_are_the_same(seed: int) -> None:
    talk = sprinkled(seed).hold()
    check(talk)
    assert repr(talk.log) == repr(wild(seed).hold().log)


def test_which_is_not_because_nobody_took_over() -> None:
    assert sum(len(sprinkled(seed).hold().taken_over) for seed in range(10)) > 20


@dataclass
class Other:
    """Sets what can be set, by chance."""

    chance: Random
    values: dict[str, list[object]] = field(
        default_factory=lambda: {
            "vad": [VadConfig(endpointing=name) for name in ("fixed", "brisk", "normal")],
            "prompt": ["be kind", "be brief"],
            "listen_along": [True, False],
            "follow_up_s": [0, 1.0, 6.0],
            "reply": [ReplyConfig(drafts=n, cue_after_ms=300 * n) for n in range(3)],
            "half_duplex": [True, False],
        }
    )

    def __call__(self, talk: Talk) -> None:
        name = self.chance.choice([*self.values])
        setattr(talk, name, self.chance.choice(self.values[name]))


@pytest.mark.parametrize("seed", range(20))
def test_whatever_happens_other_settings_break_nothing(seed: int) -> None:
    talk = sprinkled(seed, Other(Random(seed))).hold()
    check(talk)
    again = sprinkled(seed, Other(Random(seed))).hold()
    assert repr(again.log) == repr(talk.log)
    assert again.taken_over == talk.taken_over


def test_time_goes_on_from_where_it_was() -> None:
    talk = Talk([line(5_000)], ["hello"], ["Hi."], changes=[(3, nothing)]).hold()
    started = next(what for what in talk.log if isinstance(what, SpeechStarted))
    assert started.start == pytest.approx(samples_of(5_000), abs=600)
