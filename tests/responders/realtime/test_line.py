"""A line to a service: when it is opened, what it is told, and how it ends."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import numpy as np
import pytest

from edgevoice.audio.chunk import Samples, samples_of
from edgevoice.dialog.history import SUMMARY_HEAD, Message
from edgevoice.responders.realtime.answer import Answer, Question
from edgevoice.responders.realtime.line import LIFE, Line
from edgevoice.responders.realtime.meter import Budget
from edgevoice.responders.realtime.scripted import spoken
from edgevoice.responders.realtime.session import (
    SPEAKING_RATE,
    CloudError,
    Done,
    Event,
    Expiring,
    Failed,
    Fault,
    Interrupted,
    SoundPiece,
    TextPiece,
)
from edgevoice.testing import run_virtual
from tests.responders.realtime.scripted import Service

SYSTEM = Message("system", "You only talk.")
BEFORE = [SYSTEM, Message("user", "I am Anna."), Message("assistant", "Hello Anna.")]


def sound(ms: int) -> Samples:
    return np.ones(samples_of(ms), np.int16)


def say(line: Line, ms: int = 400) -> None:
    """An utterance, all at once."""
    line.voice(sound(ms), fresh=True)


def question(words: str, before: list[Message] | None = None, voiced: bool = False) -> Question:
    return Question(BEFORE if before is None else before, words, words, voiced)


async def end_of(answer: Answer, patience_s: float = 5.0) -> Event:
    while True:
        event = await answer.next(patience_s)
        if isinstance(event, Done | Failed | Interrupted):
            return event


def hold(service: Service, talk: Callable[[Line], Coroutine[Any, Any, None]]) -> None:
    """`talk` over the line, about which the person knows, and then hang up."""

    async def main() -> None:
        service.line.noticed = True
        await talk(service.line)
        await service.line.close()
        assert asyncio.all_tasks() == {asyncio.current_task()}, "a task was left behind"
        assert all(session.closed for session in service.sessions)
        assert len(service.record) == 2 * len(service.sessions), "each is opened and closed"

    run_virtual(main())


def test_a_voice_opens_the_line_and_is_the_question() -> None:
    service = Service([spoken("Hi.")])

    async def talk(line: Line) -> None:
        line.tell([*BEFORE, Message("user", "how a")])
        say(line)
        await asyncio.sleep(0.2)
        line.voice(sound(100), fresh=False)
        assert await end_of(line.ask(question("How are you?", voiced=True))) == Done()

    hold(service, talk)
    assert service.sessions[0].opening == [
        ("system", "You only talk."),
        ("user", "I am [name]."),
        ("assistant", "Hello [name]."),
    ]
    assert service.calls == ["ask 500 ms"]


def test_nothing_leaves_before_the_person_knows() -> None:
    service = Service()

    async def talk(line: Line) -> None:
        line.noticed = False
        line.tell(BEFORE)
        say(line)
        await asyncio.sleep(1)
        assert not line.whole
        with pytest.raises(AssertionError):
            line.ask(question("How are you?"))

    hold(service, talk)
    assert not service.sessions


def test_a_voice_that_could_not_be_sent_in_time_is_replaced_by_its_words() -> None:
    service = Service([spoken("Hi.")], connects=[1.0])

    async def talk(line: Line) -> None:
        line.tell(BEFORE)
        say(line)
        for _ in range(30):
            await asyncio.sleep(0.02)
            line.voice(sound(20), fresh=False)
        assert not line.whole
        assert await end_of(line.ask(question("How are you?", voiced=True))) == Done()

    hold(service, talk)
    assert "ask: How are you?" in service.calls


def test_a_line_that_takes_nothing_in_gets_no_old_voice() -> None:
    service = Service([spoken("Hi.")])

    async def talk(line: Line) -> None:
        line.tell(BEFORE)
        say(line)
        await asyncio.sleep(0.2)
        service.sessions[0].stalls = True
        for _ in range(100):
            await asyncio.sleep(0.02)
            line.voice(sound(20), fresh=False)
        assert not line.whole
        answer = line.ask(question("How are you?", voiced=True))
        with pytest.raises(CloudError, match="does not answer in time"):
            await answer.next(0.9)
        line.give_up(Fault.STALLED)
        assert await answer.next(0) == Failed(Fault.STALLED)
        assert line.fault is Fault.STALLED

    hold(service, talk)
    assert sum(map(len, service.sessions[0].voice)) <= samples_of(420)
    assert not any("ask" in call for call in service.calls)


def test_words_that_a_service_was_not_told_are_added_before_the_question() -> None:
    service = Service([spoken("One."), spoken("Two.")])

    async def talk(line: Line) -> None:
        assert await end_of(line.ask(question("One?"))) == Done()
        line.ended("One.", 1_000, interrupted=False)
        meanwhile = [Message("user", "Who is Anna?"), Message("assistant", "A friend.")]
        before = [*BEFORE, Message("user", "One?"), Message("assistant", "One."), *meanwhile]
        assert await end_of(line.ask(question("Two?", before))) == Done()

    hold(service, talk)
    assert service.calls == [
        "ask: One?",
        "user: Who is [name]?",
        "assistant: A friend.",
        "ask: Two?",
    ]
    assert len(service.sessions) == 1


def test_an_interrupted_answer_is_stopped_and_cut() -> None:
    service = Service([spoken("A long story.", 5_000, 50, 0.1), spoken("Yes.")])

    async def talk(line: Line) -> None:
        answer = line.ask(question("Tell me a story."))
        for _ in range(5):
            await answer.next(1)
        line.ended("A long", 321.4, interrupted=True)
        before = [
            *BEFORE,
            Message("user", "Tell me a story."),
            Message("assistant", "A long"),
        ]
        assert await end_of(line.ask(question("Stop. Are you there?", before))) == Done()

    hold(service, talk)
    assert service.calls == [
        "ask: Tell me a story.",
        "stop",
        "truncate 321",
        "ask: Stop. Are you there?",
    ]


def test_a_question_that_goes_on_before_anything_is_heard_is_asked_on() -> None:
    service = Service([spoken("Sure."), spoken("Sure.")])

    async def talk(line: Line) -> None:
        line.ask(question("Can you"))
        await asyncio.sleep(0.08)
        line.ended("", 0, interrupted=True)
        assert await end_of(line.ask(question("Can you help me?"))) == Done()

    hold(service, talk)
    assert service.calls == ["ask: Can you", "stop", "truncate 0", "ask: help me?"]


def test_nothing_of_an_answer_that_was_stopped_gets_into_the_next() -> None:
    service = Service([spoken("Old.", 5_000, 50, 0.1), spoken("New.")])

    async def talk(line: Line) -> None:
        await line.ask(question("Old?")).next(1)
        service.sessions[0].send(TextPiece("Old."))  # it is on its way
        line.ended("", 0, interrupted=True)
        answer = line.ask(question("Old? New?"))
        assert await answer.next(1) == TextPiece("New.")

    hold(service, talk)


def test_an_answer_that_was_stopped_before_it_was_asked_is_not_asked() -> None:
    service = Service([spoken("New.")])

    async def talk(line: Line) -> None:
        line.ask(question("Old?"))
        line.stop()
        assert await end_of(line.ask(question("New?"))) == Done()

    hold(service, talk)
    assert service.calls == ["stop", "ask: New?"]


def test_another_conversation_is_another_session() -> None:
    service = Service([spoken("One."), spoken("Two.")])

    async def talk(line: Line) -> None:
        assert await end_of(line.ask(question("One?"))) == Done()
        line.ended("One.", 1_000, interrupted=False)
        say(line)
        folded = [Message("system", f"Be kind.\n\n{SUMMARY_HEAD}\n- They: I am Anna.")]
        answer = line.ask(question("Two?", folded, voiced=True))
        assert await end_of(answer) == Done()

    hold(service, talk)
    first, second = service.sessions
    assert second.opening == [("system", f"You only talk.\n\n{SUMMARY_HEAD}\n- They: I am [name].")]
    assert second.calls == ["ask: Two?"], "the voice went to the other"
    assert first.closed
    assert [line["reason"] for line in service.record] == ["asked", "recycled", "asked", "stopped"]


def test_a_new_utterance_makes_the_one_before_void() -> None:
    service = Service([spoken("Hi.")])

    async def talk(line: Line) -> None:
        line.tell(BEFORE)
        say(line, 300)
        await asyncio.sleep(0.2)
        say(line, 400)
        assert await end_of(line.ask(question("How are you?", voiced=True))) == Done()

    hold(service, talk)
    assert service.calls == ["clear", "ask 400 ms"]


def test_what_is_not_for_the_service_is_not_asked_by_voice() -> None:
    service = Service([spoken("Hi.")])

    async def talk(line: Line) -> None:
        line.tell(BEFORE)
        say(line)
        await asyncio.sleep(0.2)
        line.deaf()
        assert await end_of(line.ask(question("How are you?", voiced=True))) == Done()

    hold(service, talk)
    assert service.calls == ["ask: How are you?"]


def test_a_voice_without_words_that_was_lost_cannot_be_answered() -> None:
    service = Service()

    async def talk(line: Line) -> None:
        line.tell(BEFORE)
        say(line)
        line.deaf()
        assert await end_of(line.ask(question("", voiced=True))) == Interrupted()

    hold(service, talk)


# --- faults


@pytest.mark.parametrize("fault", [Fault.UNREACHABLE, Fault.REFUSED, Fault.RATE_LIMITED])
def test_a_service_that_cannot_be_had_is_left_alone_for_a_while(fault: Fault) -> None:
    service = Service([spoken("Hi.")], connects=[fault])
    waits = {Fault.UNREACHABLE: 0.5, Fault.REFUSED: 300.0, Fault.RATE_LIMITED: 5.0}

    async def talk(line: Line) -> None:
        assert await end_of(line.ask(question("One?"))) == Failed(fault)
        assert line.fault is fault
        with pytest.raises(CloudError) as error:
            line.ask(question("One?"))
        assert error.value.fault is fault
        say(line)
        assert not line.whole and len(service.sessions) == 1
        await asyncio.sleep(waits[fault] - 0.01)
        assert line.fault is fault
        await asyncio.sleep(0.02)
        assert line.fault is None
        assert await end_of(line.ask(question("One?"))) == Done()

    hold(service, talk)


def test_the_more_it_fails_the_longer_it_is_left_alone() -> None:
    service = Service([spoken("Hi."), [Fault.LOST]], connects=[*[Fault.UNREACHABLE] * 4])
    waits: list[float] = []

    async def talk(line: Line) -> None:
        loop = asyncio.get_running_loop()
        for expected in (*[Failed(Fault.UNREACHABLE)] * 4, Done(), Failed(Fault.LOST)):
            assert await end_of(line.ask(question("One?"))) == expected
            begun = loop.time()
            while line.fault:
                await asyncio.sleep(0.05)
            waits.append(round(loop.time() - begun, 1))

    hold(service, talk)
    assert waits == [0.5, 1.0, 2.0, 4.0, 0.0, 0.5]


@pytest.mark.parametrize("when", ["during a reply", "in a silence"])
def test_a_line_that_breaks_is_noticed(when: str) -> None:
    service = Service([[0.1, Fault.LOST], spoken("Hi.")])

    async def talk(line: Line) -> None:
        if when == "during a reply":
            assert await end_of(line.ask(question("One?"))) == Failed(Fault.LOST)
        else:
            line.tell(BEFORE)
            say(line)
            await asyncio.sleep(0.2)
            service.sessions[0].send(Fault.LOST)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        assert line.fault is Fault.LOST

    hold(service, talk)


def test_a_response_that_fails_ends_the_session_too() -> None:
    service = Service([[Failed(Fault.BUSY, retry_s=7.0)]])

    async def talk(line: Line) -> None:
        assert await end_of(line.ask(question("One?"))) == Failed(Fault.BUSY)
        await asyncio.sleep(6.9)
        assert line.fault is Fault.BUSY
        await asyncio.sleep(0.2)
        assert line.fault is None

    hold(service, talk)
    assert service.record[-1]["reason"] == "busy"


def test_whoever_talks_without_end_is_cut_off() -> None:
    minute = SoundPiece(np.ones(60 * SPEAKING_RATE, np.int16))
    service = Service([[minute] * 100])

    async def talk(line: Line) -> None:
        answer = line.ask(question("One?"))
        await asyncio.sleep(1)
        assert [await answer.next(0) for _ in range(4)] == [*[minute] * 3, Failed(Fault.GARBLED)]

    hold(service, talk)


# --- ends


def test_an_idle_line_is_closed() -> None:
    service = Service([spoken("Hi.")], idle_s=60)

    async def talk(line: Line) -> None:
        assert await end_of(line.ask(question("One?"))) == Done()
        await asyncio.sleep(59)
        assert not service.sessions[0].closed
        await asyncio.sleep(2)
        assert service.sessions[0].closed
        assert asyncio.all_tasks() == {asyncio.current_task()}

    hold(service, talk)
    assert service.record[-1]["reason"] == "idle"


def test_a_session_is_replaced_before_the_service_ends_it_when_nobody_speaks() -> None:
    service = Service([spoken("One."), spoken("Two.")], idle_s=3_000)

    async def talk(line: Line) -> None:
        assert await end_of(line.ask(question("One?"))) == Done()
        line.ended("One.", 1_000, interrupted=False)
        await asyncio.sleep(600 * LIFE - 1)
        line.voice(sound(300), fresh=True)
        for _ in range(150):  # three seconds of speech, across the moment
            await asyncio.sleep(0.02)
            line.voice(sound(20), fresh=False)
        assert not service.sessions[0].closed
        await asyncio.sleep(5)
        assert service.sessions[0].closed
        before = [*BEFORE, Message("user", "One?"), Message("assistant", "One.")]
        assert await end_of(line.ask(question("Two?", before))) == Done()

    hold(service, talk)
    assert service.record[1]["reason"] == "recycled"
    assert service.sessions[1].opening[-1] == ("assistant", "One.")


def test_a_service_that_says_goodbye_is_replaced_in_time() -> None:
    service = Service([spoken("One.")])

    async def talk(line: Line) -> None:
        assert await end_of(line.ask(question("One?"))) == Done()
        service.sessions[0].send(Expiring(10.0))
        await asyncio.sleep(7.9)
        assert not service.sessions[0].closed
        await asyncio.sleep(0.5)
        assert service.sessions[0].closed

    hold(service, talk)


def test_a_budget_of_minutes_ends_a_session_that_waits() -> None:
    service = Service([spoken("One.")], budget=Budget(1.0, 30.0))

    async def talk(line: Line) -> None:
        assert await end_of(line.ask(question("One?"))) == Done()
        await asyncio.sleep(31)
        assert service.sessions[0].closed
        assert line.fault is Fault.SPENT
        with pytest.raises(CloudError, match="has cost enough for today"):
            line.ask(question("Two?"))

    hold(service, talk)
    assert service.record[-1]["reason"] == "budget spent"


def test_a_budget_of_money_lets_the_reply_that_reaches_it_end() -> None:
    service = Service([spoken("One.")], budget=Budget(0.000_1, 600))

    async def talk(line: Line) -> None:
        assert await end_of(line.ask(question("One?"))) == Done()
        assert line.fault is Fault.SPENT
        await asyncio.sleep(3)
        assert service.sessions[0].closed

    hold(service, talk)


def test_what_was_said_is_forgotten_there_as_well() -> None:
    service = Service([spoken("One.", 5_000, 50, 0.1)])

    async def talk(line: Line) -> None:
        answer = line.ask(question("One?"))
        await answer.next(1)
        await line.forget()
        assert not line.noticed
        await asyncio.sleep(1)
        assert service.sessions[0].closed
        line.noticed = True
        say(line)
        await asyncio.sleep(0.2)
        assert len(service.sessions) == 1, "there is nothing to begin with"
        line.tell([SYSTEM])
        say(line)
        await asyncio.sleep(0.2)

    hold(service, talk)
    assert service.sessions[1].opening == [("system", "You only talk.")]
