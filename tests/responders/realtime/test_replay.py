"""What a service must be told, whatever it knows."""

from hypothesis import given
from hypothesis import strategies as st

from edgevoice.dialog.calls import ToolCall
from edgevoice.dialog.history import History, Message
from edgevoice.responders.realtime.replay import before_the_question, unsaid

SYSTEM = Message("system", "Be kind.")


def user(text: str) -> Message:
    return Message("user", text)


def ours(text: str) -> Message:
    return Message("assistant", text)


def test_what_was_said_meanwhile_is_added() -> None:
    known = [SYSTEM, user("One?"), ours("One.")]
    before = [*known, user("Two?"), ours("Two.")]
    assert unsaid(known, before, "Three?") == ([user("Two?"), ours("Two.")], "Three?")
    assert unsaid(before, before, "Three?") == ([], "Three?")


def test_of_a_question_that_goes_on_the_rest_is_asked() -> None:
    before = [SYSTEM, user("One?"), ours("One.")]
    assert unsaid([*before, user("Can you")], before, "Can you help me?") == ([], "help me?")


def test_another_conversation_cannot_be_made_of_this_one() -> None:
    known = [SYSTEM, user("One?"), ours("One.")]
    assert unsaid(known, [SYSTEM], "Two?") is None
    assert unsaid([], [SYSTEM], "Two?") is None
    assert unsaid(known, [Message("system", "Be brief."), *known[1:]], "Two?") is None
    assert unsaid(known, [SYSTEM, user("One?"), ours("One. More.")], "Two?") is None


def test_tools_and_the_question_are_not_replayed() -> None:
    call = Message("assistant", "", (ToolCall("set_timer", {"seconds": 3}),))
    messages = [SYSTEM, user("Timer."), call, Message("tool", "{}"), ours("Done."), user("And?")]
    assert before_the_question(messages) == [SYSTEM, user("Timer."), ours("Done.")]
    assert before_the_question([SYSTEM, ours("Done.")]) == [SYSTEM, ours("Done.")]
    assert before_the_question([]) == []


turns = st.lists(
    st.tuples(st.text(min_size=1, max_size=30), st.text(max_size=60), st.booleans()), max_size=12
)


@given(turns)
def test_a_service_that_is_told_knows_the_conversation(
    said: list[tuple[str, str, bool]],
) -> None:
    history = History("Be kind.", 300)  # so short that it is folded now and then
    known: list[Message] = []
    for words, reply, by_cloud in said:
        messages = history.asked(words)
        if messages[-1].role == "user" and by_cloud:
            before, question = before_the_question(messages), messages[-1].content
            told = unsaid(known, before, question)
            if told is None:
                told = unsaid(before, before, question)
                known = before
                assert told == ([], question)
            new, rest = told
            assert question.endswith(rest)
            if new:
                known = [*known, *new]
            if rest == question:
                assert known == before
            known = [*before, Message("user", question)]
            if reply.strip():
                known.append(ours(reply))
        history.add_user(words)
        history.add_assistant(reply)
