"""What a reply did, and how the conversation remembers it."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from edgevoice.dialog.calls import MOST_LETTERS, Outcome, ToolCall
from edgevoice.dialog.deeds import BROKEN_OFF, LEFT, Deeds
from edgevoice.dialog.history import History, Message

CALL = ToolCall("set_timer", {"seconds": 60, "label": "Grüße"})


def test_an_outcome_is_data_for_a_model() -> None:
    assert Outcome(True, {"a": [1, None]}).text == '{"result": {"a": [1, null]}}'
    assert Outcome(True, say="Your timer is set.").text == '{"result": "Your timer is set."}'
    assert Outcome(False, "no clock", say="Sorry.").text == '{"error": "no clock"}'
    assert CALL.text == '{"name": "set_timer", "arguments": {"seconds": 60, "label": "Grüße"}}'


@given(st.text(max_size=5_000))
def test_an_outcome_is_never_longer_than_a_model_can_bear(data: str) -> None:
    assert len(Outcome(True, data).text) <= MOST_LETTERS


def test_what_is_done_what_failed_and_what_is_under_way() -> None:
    deeds = Deeds()
    for name, outcome in (("a", Outcome(True)), ("b", Outcome(False, "x")), ("c", None)):
        deeds.begin(ToolCall(name, {}), acts=True, lasts=name == "c").outcome = outcome
    deeds.begin(ToolCall("d", {}), acts=True)
    assert (deeds.done, deeds.failed) == (frozenset("a"), frozenset("b"))
    told = [message.content for message in deeds.messages() if message.role == "tool"]
    assert told[2:] == [LEFT.text, BROKEN_OFF.text]


def test_a_reply_s_deeds_stand_before_its_words() -> None:
    history = History("", 1_000)
    history.add_user("a minute")
    deeds = [Message("assistant", "", (CALL,)), Message("tool", "{}")]
    history.add_assistant("Your timer is set.", deeds)
    history.add_user("thanks")
    roles = [message.role for message in history.messages()[1:]]
    assert roles == ["user", "assistant", "tool", "assistant", "user"]


def test_deeds_without_a_heard_word_end_the_turn() -> None:
    history = History("", 1_000)
    history.add_user("call her")
    history.add_assistant("", [Message("assistant", "", (CALL,)), Message("tool", "{}")])
    assert not history.unanswered
    history.add_user("wait")
    assert [m.content for m in history.messages()[1:] if m.role == "user"] == ["call her", "wait"]


def test_an_announcement_is_remembered_after_what_we_said() -> None:
    history = History("", 1_000)
    history.add_announcement("Your timer is done.")
    assert history.empty, "a conversation does not begin with us"
    history.add_user("hello")
    history.add_announcement("Your timer is done.")
    assert history.unanswered, "that was no answer"
    history.add_assistant("Hi.")
    history.add_announcement("Your timer is done.")
    assert history.messages()[-1] == Message("assistant", "Hi. Your timer is done.")


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40), st.integers(200, 900))
def test_turns_with_deeds_are_folded_whole(deeds: list[int], budget: int) -> None:
    history = History("be kind", budget)
    for turn, count in enumerate(deeds):
        history.add_user(f"question {turn} " + "x" * 40)
        done = [Message("assistant", "", (CALL,)), Message("tool", "{}")] * count
        history.add_assistant(f"answer {turn}.", done)
        history.fold()
        _, *messages = history.messages()
        assert messages[0].role == "user"
        for before, after in pairwise(messages):
            assert (after.role == "tool") == bool(before.calls)
            assert not (before.role == after.role == "user")
