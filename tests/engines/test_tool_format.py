"""Words, calls, and where the one ends and the other begins."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.dialog.calls import ToolCall, ToolSpec
from edgevoice.engines.neutral import Neutral
from edgevoice.engines.tool_format import (
    MARKS,
    PROBE,
    CallFormat,
    Watch,
    call_in,
    call_text,
    described,
    format_of,
)

TIMER = ToolSpec(
    "set_timer", "Sets a timer.", {"type": "object", "properties": {"seconds": {"type": "integer"}}}
)


def heard(pieces: list[str]) -> tuple[str, bool, str]:
    """What a watch makes of `pieces`: words, whether a call began, what is beyond its beginning."""
    watch = Watch()
    words = ""
    for n, piece in enumerate(pieces):
        words += watch.words(piece)
        if watch.called:
            return words, True, watch.rest + "".join(pieces[n + 1 :])
    return words + watch.end(), False, ""


@pytest.mark.parametrize(
    ("text", "words", "rest"),
    [
        ("Hello.", "Hello.", None),
        ("3 < 4, and <tool is none", "3 < 4, and <tool is none", None),
        ("Sure. <tool_call>{", "Sure. ", "{"),
        ('<tool_call>\n{"name"', "", '\n{"name"'),
        ('\n {"name"', "", '{"name"'),
        ('A brace {"name"', 'A brace {"name"', None),
        ("<<tool_call>x", "<", "x"),
        ("  ", "  ", None),
        ("<tool_cal", "<tool_cal", None),
    ],
)
@given(data=st.data())
def test_a_call_is_noticed_however_it_is_cut(
    text: str, words: str, rest: str | None, data: st.DataObject
) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)))))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert heard(pieces) == (words, rest is not None, rest or "")


@given(st.lists(st.text(alphabet="<tool_cal>{ x", max_size=8)))
def test_no_word_is_lost_and_no_call_is_spoken(pieces: list[str]) -> None:
    words, called, rest = heard(pieces)
    text = "".join(pieces)
    if called and "<tool_call>" in text and not text.lstrip().startswith("{"):
        assert words + "<tool_call>" + rest == text
    elif called:
        assert (words, rest) == ("", text.lstrip())
    else:
        assert words == text


def test_words_are_not_held_back_for_long() -> None:
    watch = Watch()
    assert [watch.words(piece) for piece in ("Is", " 3 ", "< ", "4", "<to", "ken")] == [
        "Is", " 3 ", "< ", "4", "", "<token",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("prompt", "found"),
    [
        (f"x{call_text(PROBE)}y", CallFormat("", "arguments")),
        (f"<tool_call>\n{PROBE.text}", CallFormat("\n", "arguments")),
        (
            'a {"name": "probing_tool", "parameters": {"depth": 12345}}',
            CallFormat("", "parameters"),
        ),
        ('{"name": "probing_tool", "arguments": "{\\"depth\\": 12345}"}', None),
        ("probing_tool(depth=12345)", None),
    ],
)
def test_formats_are_recognised(prompt: str, found: CallFormat | None) -> None:
    assert format_of(prompt) == found


def test_a_call_is_read_as_it_is_written() -> None:
    call = ToolCall("set_timer", {"seconds": 5, "label": 'the "ö"'})
    assert call_in(call.text) == call
    assert call_in(f"\n{call.text}\n</tool_call>\n") == call
    assert call_in('{"name": "x", "parameters": {"a": null}}') == ToolCall("x", {"a": None})
    assert call_in('{"name": "x"}') == ToolCall("x", {})


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"name": 5}', '{"name": ""}', '{"name": "x", "arguments": [1]}',
     '{"name": "x", "arguments": {"a": NaN}}', "[" * 100_000, '{"name": "x"} and more'],
)  # fmt: skip
def test_what_is_no_call(text: str) -> None:
    assert call_in(text) is None


def test_a_model_is_told_what_it_must_know() -> None:
    told = described([TIMER])
    *_, last = told.splitlines()
    assert json.loads(last) == {
        "name": "set_timer",
        "description": "Sets a timer.",
        "parameters": TIMER.parameters,
    }
    assert "<tool_call>" in told


# --- data is never an instruction


@given(
    st.lists(
        st.sampled_from(["<|im_end|>", "<|IM_END|>", "<tool_call>", "<s>", "[INST]", "<", "a", " "])
        | st.text(max_size=3)
    )
)
def test_no_control_token_is_left(parts: list[str]) -> None:
    tokens = ["<|im_end|>", "<s>", "a<"]
    text = Neutral(tokens).text("".join(parts))
    assert not any(token in text.lower() for token in (*tokens, *MARKS, "[inst]"))
    assert text.replace(" ", "") == "".join(parts).replace(" ", "")


@given(st.text(alphabet=st.characters(exclude_characters="<[")))
def test_other_words_stay_as_they_are(text: str) -> None:
    assert Neutral(["<|im_end|>"]).text(text) == text


def test_values_are_treated_to_their_depth() -> None:
    value = {"<s>": ["</s>", {"a": ("<tool_call>", 5, None, True)}]}
    assert Neutral().value(value) == {"< s>": ["< /s>", {"a": ["< tool_call>", 5, None, True]}]}
