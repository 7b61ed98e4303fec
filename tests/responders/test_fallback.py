"""Two that can answer: a scripted matrix of everything that can go wrong with each."""

import asyncio
import threading

import pytest

from edgevoice.bench.skills.two_sides import CLOUD, HEARD, LOCAL, SOON_S, wanted
from edgevoice.dialog.calls import ToolCall
from edgevoice.dialog.events import Misunderstood, Understood
from edgevoice.dialog.fallback import Side, When
from edgevoice.dialog.history import Message
from edgevoice.responders.base import Ending, Request
from edgevoice.responders.realtime.meter import Budget
from edgevoice.responders.realtime.scripted import spoken
from edgevoice.responders.realtime.session import Fault
from edgevoice.responders.scripted import BrokenError, Piece, heard_of, local_reply
from tests.responders.pair import SYSTEM, Both, hold

# --- the matrix


@pytest.mark.parametrize("ours", LOCAL)
@pytest.mark.parametrize("theirs", CLOUD)
@pytest.mark.parametrize("when", When)
def test_every_reply_is_said_once_or_apologised_for(when: When, ours: str, theirs: str) -> None:
    connects, reply = CLOUD[theirs]
    both = Both(when, [LOCAL[ours]], [reply], connects)
    expected = wanted(when, ours, theirs)

    async def talk() -> None:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        assert await both.turn("Hello.") == expected
        if when is When.ALWAYS and theirs not in HEARD[Side.CLOUD]:
            assert loop.time() - begun <= SOON_S, "the other one answers within a second"

    hold(both, talk)
    assert len(both.local.endings) == (0 if expected.startswith("Cloud") else 1) or expected == "†"
    if when is When.ON_REQUEST:
        assert not both.service.sessions


def test_a_draft_that_fails_is_not_asked_of_the_service_before_it_is_certain() -> None:
    both = Both(When.ON_FAILURE, [LOCAL["fails"]], [spoken("Cloud.")])

    async def talk() -> None:
        request = Request([SYSTEM, Message("user", "Hello.")])
        drafting = asyncio.create_task(heard_of(both.responder, request))
        await asyncio.sleep(5)
        assert not both.service.sessions
        request.certain.set()
        assert await drafting == "Cloud."

    hold(both, talk)


# --- there and back again


def test_after_two_failures_the_service_answers_until_we_have_rested() -> None:
    fails = LOCAL["fails"]
    both = Both(
        When.ON_FAILURE,
        [fails, fails, local_reply(), local_reply()],
        [spoken("Cloud.")] * 3,
    )

    async def talk() -> None:
        assert [await both.turn(f"{n}?") for n in range(3)] == ["Cloud."] * 3
        assert both.local.asked == ["0?", "1?"], "the third time, we are not asked"
        await asyncio.sleep(60)
        assert await both.turn("3?") == "Local."
        assert await both.turn("4?") == "Local."

    hold(both, talk)


def test_whoever_is_slow_rests_too() -> None:
    slow: list[Piece] = [2.0, *local_reply()]
    both = Both(When.ON_FAILURE, [*[slow] * 5, local_reply()], [spoken("Cloud.")])

    async def talk() -> None:
        assert [await both.turn(f"{n}?") for n in range(6)] == ["Local."] * 5 + ["Cloud."]
        await asyncio.sleep(60)
        assert await both.turn("7?") == "Local."

    hold(both, talk)


def test_time_in_which_nobody_waited_does_not_count() -> None:
    both = Both(When.ON_FAILURE, [[0.5, *local_reply()]] * 9)

    async def talk() -> None:
        for _ in range(9):
            request = Request([SYSTEM, Message("user", "Hello.")])
            asyncio.get_running_loop().call_later(0.4, request.certain.set)
            await heard_of(both.responder, request)
        assert both.health.p95_ms == pytest.approx(150)

    hold(both, talk)


def test_models_that_were_given_up_are_not_asked() -> None:
    down = True
    both = Both(When.ON_FAILURE, [local_reply()], [spoken("Cloud.")], broken=lambda: down)

    async def talk() -> None:
        nonlocal down
        assert await both.turn("1?") == "Cloud."
        down = False
        assert await both.turn("2?") == "Local."

    hold(both, talk)


def test_what_was_said_without_the_service_is_told_to_it() -> None:
    both = Both(When.ON_REQUEST, [local_reply("Local one.")], [spoken("Cloud."), spoken("Cloud.")])

    async def talk() -> None:
        assert await both.turn("Ask the cloud, who am I?") == "Cloud."
        assert await both.turn("And who is Anna?") == "Local one."
        assert await both.turn("Ask the cloud that.") == "Cloud."

    hold(both, talk)
    assert both.service.calls == [
        "ask: who am I?",
        "user: And who is [name]?",
        "assistant: Local one.",
        "ask: that.",
    ]
    assert len(both.service.sessions) == 1


def test_what_the_service_cannot_answer_we_are_asked_without_its_name() -> None:
    both = Both(When.ON_REQUEST, [local_reply()], connects=[Fault.UNREACHABLE])

    async def talk() -> None:
        assert await both.turn("Ask the cloud, who am I?") == "Local."

    hold(both, talk)
    assert both.local.asked == ["who am I?"]


def test_what_only_we_can_do_stays_with_us() -> None:
    both = Both(When.ALWAYS, [local_reply("Timer set."), [BrokenError()]], [spoken("Cloud.")])

    async def talk() -> None:
        assert await both.turn("Set a timer.") == "Timer set."
        assert await both.turn("Hello.") == "Cloud."
        assert await both.turn("Stop the timer.") == "†"

    hold(both, talk)


def test_what_we_have_done_is_not_explained_by_somebody_who_does_not_know_of_it() -> None:
    deed = ToolCall("add_note", {"text": "milk"})
    both = Both(When.ON_FAILURE, [[deed, BrokenError()]], [spoken("I cannot keep notes.")])

    async def talk() -> None:
        assert await both.turn("Remember milk.") == "†"

    hold(both, talk)
    assert not both.service.sessions


# --- the person is told


def test_the_person_is_told_once_in_a_conversation() -> None:
    both = Both(When.ALWAYS, cloud=[spoken("Cloud.")] * 4, noticed=False)

    async def talk() -> None:
        both.utterance()
        assert await both.turn("1?") == "I ask a service. Cloud."
        assert await both.turn("2?") == "Cloud."
        await both.responder.forget()
        both.messages = [SYSTEM]
        assert await both.turn("3?") == "I ask a service. Cloud."

    hold(both, talk)
    assert both.service.sessions[0].calls[0] == "ask: 1?", "the voice did not leave"


def test_whoever_did_not_hear_it_out_is_told_anew() -> None:
    both = Both(When.ALWAYS, cloud=[spoken("Cloud.")] * 2, noticed=False)

    async def talk() -> None:
        await both.turn("1?", heard="I ask a")
        assert await both.turn("2?") == "I ask a service. Cloud."

    hold(both, talk)


def test_what_was_heard_of_the_reply_is_counted_from_its_own_beginning() -> None:
    both = Both(When.ALWAYS, cloud=[spoken("Cloud.", 20_000)], noticed=False)

    async def talk() -> None:
        await both.turn("1?", heard="I ask a service. Clou")
        await asyncio.sleep(0.1)

    hold(both, talk)
    assert both.service.calls[-1] == "truncate 8000", "of 9 s, one was the notice"


def test_the_end_of_the_budget_is_told_once() -> None:
    both = Both(When.ALWAYS, [local_reply()] * 2, budget=Budget(0.0, 600))

    async def talk() -> None:
        assert await both.turn("1?") == "That was enough. Local."
        assert await both.turn("2?") == "Local."

    hold(both, talk)
    assert not both.service.sessions


def test_nobody_is_told_of_a_budget_that_is_not_wanted() -> None:
    both = Both(When.ON_REQUEST, [local_reply()] * 2, budget=Budget(0.0, 600))

    async def talk() -> None:
        assert await both.turn("1?") == "Local."
        assert await both.turn("Ask the cloud 2?") == "That was enough. Local."

    hold(both, talk)


# --- not understood


def misunderstood(both: Both) -> Request:
    both.switch(Misunderstood(0, 0, "", -9.0))
    request = Request(both.messages)
    request.certain.set()
    return request


def test_who_is_not_understood_twice_is_told_and_then_heard_by_the_service() -> None:
    both = Both(When.ON_FAILURE, [local_reply()], [spoken("Cloud.")], noticed=False)

    async def talk() -> None:
        said = []
        await both.responder.prepare([SYSTEM], threading.Event())
        for _ in range(3):
            both.utterance()
            await asyncio.sleep(0.2)
            request = misunderstood(both)
            said.append(await heard_of(both.pardoning, request))
            both.pardoning.ended(Ending(said[-1], 1_000, interrupted=False))
        assert said == ["Pardon?", "Pardon? I ask a service.", "Cloud."]
        both.switch(Understood(0, 0, "Hello.", 0.0))
        assert await both.turn("Hello.") == "Local."

    hold(both, talk)
    assert both.service.sessions[0].calls == ["ask 400 ms"]


@pytest.mark.parametrize("when", [When.ON_REQUEST, When.ON_FAILURE])
def test_who_is_not_understood_and_cannot_be_helped_is_asked_again(when: When) -> None:
    both = Both(when, connects=[Fault.UNREACHABLE])

    async def talk() -> None:
        for _ in range(3):
            both.utterance()
            await asyncio.sleep(0.2)
            said = await heard_of(both.pardoning, misunderstood(both))
            assert said == "Pardon?"

    hold(both, talk)


def test_a_voice_goes_to_the_service_only_when_it_is_to_answer() -> None:
    both = Both(When.ON_FAILURE, [LOCAL["fails"]] * 2, [spoken("Cloud.")] * 3)

    async def talk() -> None:
        for n in range(3):
            both.utterance()
            await asyncio.sleep(0.2)
            assert await both.turn(f"{n}?") == "Cloud."

    hold(both, talk)
    assert both.service.calls == ["ask: 0?", "ask: 1?", "ask 400 ms"]
