"""A service that cannot be told anything later: it gets another session instead, unheard."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import numpy as np

from edgevoice.audio.chunk import samples_of
from edgevoice.dialog.history import Message
from edgevoice.responders.realtime.answer import Answer, Question
from edgevoice.responders.realtime.line import Line
from edgevoice.responders.realtime.scripted import spoken
from edgevoice.responders.realtime.session import Done, Event, Failed, Fault, Interrupted, Resumable
from edgevoice.testing import run_virtual
from tests.responders.realtime.scripted import Service

SYSTEM = Message("system", "Be kind.")
HELLO = [SYSTEM, Message("user", "Hello."), Message("assistant", "Hi.")]
VOICE = np.full(samples_of(200), 7, np.int16)


def hold(service: Service, talk: Callable[[Line], Coroutine[Any, Any, None]]) -> None:
    async def main() -> None:
        service.line.noticed = True
        service.line.tell([SYSTEM])
        await talk(service.line)
        await service.line.close()

    run_virtual(main())


def rigid(*texts: str) -> Service:
    return Service([spoken(text) for text in texts], amendable=False)


def question(words: str, before: list[Message] | None = None, voiced: bool = False) -> Question:
    return Question(before or [SYSTEM], words, words, voiced)


async def end_of(answer: Answer) -> Event:
    while not isinstance(event := await answer.next(2), Done | Failed | Interrupted):
        pass
    return event


def openings(service: Service) -> list[list[str]]:
    return [[words for _, words in each.opening[1:]] for each in service.sessions]


def test_an_undisturbed_conversation_is_one_session() -> None:
    service = rigid("Hi.", "Well.")

    async def talk(line: Line) -> None:
        line.voice(VOICE, True)
        assert await end_of(line.ask(question("Hello.", voiced=True))) == Done()
        line.ended("Hi.", 1_000, interrupted=False)
        line.tell(HELLO)
        line.voice(VOICE, True)
        assert await end_of(line.ask(question("How are you?", HELLO, True))) == Done()

    hold(service, talk)
    assert len(service.sessions) == 1
    assert service.calls == ["ask 200 ms", "ask 200 ms"]


def test_an_interrupted_reply_is_told_anew_as_it_was_heard() -> None:
    service = rigid("A long story.", "Yes.")
    before = [SYSTEM, Message("user", "Tell me."), Message("assistant", "A long")]

    async def talk(line: Line) -> None:
        await line.ask(question("Tell me.")).next(1)
        line.ended("A long", 300, interrupted=True)
        assert await end_of(line.ask(question("Are you there?", before))) == Done()

    hold(service, talk)
    assert openings(service) == [[], ["Tell me.", "A long"]]
    assert service.calls == ["ask: Are you there?"]


def test_a_reply_that_was_all_there_but_not_all_heard_is_told_anew_as_well() -> None:
    service = rigid("A long story.", "Yes.")
    before = [SYSTEM, Message("user", "Tell me."), Message("assistant", "A long")]

    async def talk(line: Line) -> None:
        assert await end_of(line.ask(question("Tell me."))) == Done()
        service.sessions[0].send(Resumable("handle"))
        await sent()
        line.ended("A long", 300, interrupted=True)
        assert await end_of(line.ask(question("Are you there?", before))) == Done()

    hold(service, talk)
    assert openings(service) == [[], ["Tell me.", "A long"]]
    assert service.sessions[1].handle == "", "it remembers more than was heard"


def test_a_question_that_goes_on_is_asked_whole_of_one_that_did_not_answer_it() -> None:
    service = rigid("Can I", "Yes.")

    async def talk(line: Line) -> None:
        await line.ask(question("Can you")).next(1)
        line.ended("", 0, interrupted=False)
        assert await end_of(line.ask(question("Can you help me?"))) == Done()

    hold(service, talk)
    assert openings(service) == [[], []]
    assert service.calls == ["ask: Can you help me?"]


def test_a_turn_without_the_service_is_told_to_another_before_the_next_is_over() -> None:
    service = rigid("Hi.", "Well.")
    more = [*HELLO, Message("user", "What time is it?"), Message("assistant", "Ten.")]

    async def talk(line: Line) -> None:
        assert await end_of(line.ask(question("Hello."))) == Done()
        line.ended("Hi.", 1_000, interrupted=False)
        line.tell(more)
        line.voice(VOICE, True)
        assert await end_of(line.ask(question("And now?", more, True))) == Done()

    hold(service, talk)
    assert openings(service) == [[], ["Hello.", "Hi.", "What time is it?", "Ten."]]
    assert service.calls == ["ask 200 ms"], "the voice was not lost over it"


def test_a_voice_that_was_no_question_is_forgotten_by_another_session() -> None:
    service = rigid("Hi.", "Well.")

    async def talk(line: Line) -> None:
        assert await end_of(line.ask(question("Hello."))) == Done()
        line.ended("Hi.", 1_000, interrupted=False)
        line.tell(HELLO)
        service.sessions[0].send(Resumable("handle"))
        line.voice(VOICE, True)
        await sent()
        line.voice(VOICE, True)
        assert await end_of(line.ask(question("How are you?", HELLO, True))) == Done()

    hold(service, talk)
    assert len(service.sessions) == 2
    assert service.sessions[1].handle == "handle", "from before that voice"
    assert service.calls == ["ask 200 ms"]


def test_a_reply_that_nobody_wanted_is_not_remembered() -> None:
    service = rigid("A long story.", "Another one.", "Well.")

    async def talk(line: Line) -> None:
        await line.ask(question("Tell me.")).next(1)
        line.stop()
        line.voice(VOICE, True)
        await line.ask(question("Tell me more.", voiced=True)).next(1)
        assert service.calls == ["ask 200 ms"]
        assert await end_of(line.ask(question("Tell me more. Please!"))) == Done()

    hold(service, talk)
    assert openings(service) == [[], [], []]
    assert service.calls == ["ask: Tell me more. Please!"]


def test_words_are_not_asked_of_one_that_has_heard_something_else() -> None:
    service = rigid("Well.")

    async def talk(line: Line) -> None:
        line.voice(VOICE, True)
        await sent()
        assert await end_of(line.ask(question("How are you?"))) == Done()

    hold(service, talk)
    assert len(service.sessions) == 2
    assert service.calls == ["ask: How are you?"]


def test_noise_does_not_end_a_reply() -> None:
    service = rigid("A long story.")

    async def talk(line: Line) -> None:
        answer = line.ask(question("Tell me."))
        await answer.next(1)
        for _ in range(2):
            line.voice(VOICE, True)
            await sent()
        assert await end_of(answer) == Done()

    service._replies = iter([spoken("A long story.", pause_s=0.2)])
    hold(service, talk)
    assert len(service.sessions) == 1


def test_a_line_that_broke_is_taken_up_where_it_was() -> None:
    service = rigid("Hi.", "Well.")

    async def talk(line: Line) -> None:
        assert await end_of(line.ask(question("Hello."))) == Done()
        service.sessions[0].send(Resumable("handle"))
        line.ended("Hi.", 1_000, interrupted=False)
        service.sessions[0].send(Fault.LOST)
        await sent(2)
        assert await end_of(line.ask(question("How are you?", HELLO))) == Done()

    hold(service, talk)
    assert [each.handle for each in service.sessions] == ["", "handle"]


def test_a_handle_is_not_used_for_another_conversation_nor_after_it_was_forgotten() -> None:
    service = rigid("Hi.", "Hi.", "Hi.")

    async def talk(line: Line) -> None:
        for before in ([SYSTEM], [SYSTEM, *HELLO]):
            assert await end_of(line.ask(question("Hello.", before))) == Done()
            service.sessions[-1].send(Resumable("handle"))
            line.ended("Hi.", 1_000, interrupted=False)
            await sent()
        await line.forget()
        line.noticed = True
        known = [SYSTEM, *HELLO, *HELLO[1:]]
        assert await end_of(line.ask(question("Hello.", known))) == Done()

    hold(service, talk)
    assert [each.handle for each in service.sessions] == ["", "", ""]


def test_a_handle_that_was_taken_back_is_not_used() -> None:
    service = rigid("Hi.", "Well.")

    async def talk(line: Line) -> None:
        assert await end_of(line.ask(question("Hello."))) == Done()
        line.ended("Hi.", 1_000, interrupted=False)
        for event in (Resumable("handle"), Resumable(""), Fault.LOST):
            service.sessions[0].send(event)
        await sent(2)
        assert await end_of(line.ask(question("How are you?", HELLO))) == Done()

    hold(service, talk)
    assert openings(service) == [[], ["Hello.", "Hi."]]
    assert service.sessions[1].handle == ""


async def sent(seconds: float = 0.3) -> None:
    await asyncio.sleep(seconds)
