"""How the starter chat model learns tools: requests, calls, outcomes, tokens, the template."""

import json
import random
import re
from typing import Any

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.dialog.calls import Outcome, ToolCall
from tools.train.chat import corpus, handmade, tool_scenes, topics_tools
from tools.train.chat.chat_format import (
    ASSISTANT,
    BEGIN,
    CHAT_TEMPLATE,
    SPECIAL_TOKENS,
    assistant_text,
    call_text,
    read_call,
    tool_text,
    user_text,
)
from tools.train.chat.checker import is_right
from tools.train.chat.phrasing import Turn
from tools.train.chat.spoken_time import adjective, duration, moment
from tools.train.chat.tool_tokens import PIECES, TOOLS

COPIED = ("text", "label", "item", "list", "name", "message", "about", "query")


def asked(seed: int, count: int, held_out: bool) -> list[topics_tools.Asked]:
    rng = random.Random(seed)
    return [tool_scenes.request(rng, held_out) for _ in range(count)]


@pytest.mark.parametrize("held_out", [False, True])
class TestRequests:
    def test_every_tool_is_asked_for_with_its_own_arguments(self, held_out: bool) -> None:
        found = asked(1, 4000, held_out)
        assert {one.tool for one in found} == TOOLS.keys() - {"repeat"}
        for one in found:
            assert [key for key in TOOLS[one.tool] if key in one.arguments] == list(one.arguments)
            assert all(value != "" for value in one.arguments.values())

    def test_they_are_written_like_a_recogniser_writes(self, held_out: bool) -> None:
        for one in asked(2, 3000, held_out):
            assert re.fullmatch(r"[a-z']+( [a-z']+)*", one.user), one

    def test_texts_are_taken_over_word_by_word(self, held_out: bool) -> None:
        for one in asked(3, 3000, held_out):
            texts = [str(one.arguments[key]) for key in COPIED if key in one.arguments]
            assert all(re.search(rf"\b{re.escape(text)}\b", one.user) for text in texts), one


class TestTimes:
    @pytest.mark.parametrize(
        ("said", "seconds"),
        [
            ("an hour and a half", 5400),
            ("half an hour", 1800),
            ("three quarters of an hour", 2700),
            ("twenty five minutes", 1500),
            ("two and a half hours", 9000),
            ("one minute thirty", 90),
            ("one hour and twenty minutes", 4800),
        ],
    )
    def test_durations(self, said: str, seconds: int) -> None:
        rng = random.Random(1)
        assert dict(duration(rng) for _ in range(30_000))[said] == seconds

    @pytest.mark.parametrize(
        ("said", "arguments"),
        [
            ("half past seven in the evening", {"time": "19:30"}),
            ("seven", {"time": "07:00"}),
            ("twelve thirty", {"time": "12:30"}),
            ("quarter to one", {"time": "12:45"}),
            ("noon", {"time": "12:00"}),
            ("midnight", {"time": "00:00"}),
            ("quarter to six pm", {"time": "17:45"}),
            ("nineteen thirty", {"time": "19:30"}),
            ("tomorrow morning at seven", {"time": "07:00", "day": "tomorrow"}),
            ("eight tonight", {"time": "20:00", "day": "today"}),
            ("monday at noon", {"time": "12:00", "day": "monday"}),
        ],
    )
    def test_times(self, said: str, arguments: dict[str, str]) -> None:
        rng = random.Random(2)
        found = (moment(rng, "for") for _ in range(200_000))
        assert next(what for words, what in found if words == said) == arguments

    @given(st.integers(0, 10_000))
    def test_times_are_on_the_clock(self, seed: int) -> None:
        _, arguments = moment(random.Random(seed), "at")
        assert re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", arguments["time"])

    def test_a_duration_before_a_noun(self) -> None:
        assert adjective("ten minutes") == "ten minute"


class TestOutcomes:
    def test_a_failure_is_owned_to_and_a_result_is_read_out(self) -> None:
        rng = random.Random(4)
        kinds = set()
        for _ in range(1000):
            turn = tool_scenes.outcome(rng)
            content = json.loads(turn.user)
            assert read_call(turn.reply) is None
            if "error" in content:
                assert turn.reply == tool_scenes.FAILED
            elif isinstance(content["result"], str) and len(content["result"]) > 4:
                assert turn.reply == content["result"]
            kinds.add(type(content.get("result")))
        assert {str, list, dict, bool, int, float, type(None)} <= kinds

    def test_outcomes_look_as_the_assistant_writes_them(self) -> None:
        rng = random.Random(5)
        for _ in range(300):
            text = tool_scenes.outcome(rng).user
            content = json.loads(text)
            ok = "result" in content
            assert Outcome(ok, content["result" if ok else "error"]).text == text

    def test_noise_leaves_what_a_call_copies(self) -> None:
        rng = random.Random(6)
        for style in ("spoken", "typed"):
            for one in asked(7, 1500, held_out=False):
                turn = tool_scenes.asked_turn(one)
                heard = corpus._arriving(turn, rng, style, interrupting=True).user.lower()
                texts = [str(one.arguments[key]) for key in COPIED if key in one.arguments]
                assert all(text in heard for text in texts), (heard, one)

    def test_to_say_it_again_is_to_read_out_what_was_said(self) -> None:
        call, told = tool_scenes.repeat(random.Random(8), False, "It is noon.")
        assert read_call(call.reply) == ("repeat", {}) and told.reply == "It is noon."


class TestCalls:
    def test_a_call_is_written_as_the_assistant_writes_it(self) -> None:
        for one in asked(9, 500, held_out=False):
            written = call_text(one.tool, one.arguments)
            assert written == f"<tool_call>{ToolCall(one.tool, one.arguments).text}</tool_call>"
            assert read_call(written) == (one.tool, one.arguments)

    @pytest.mark.parametrize("text", ["", "Hello.", "<tool_call>{</tool_call>", "<tool_call>3"])
    def test_other_text_is_no_call(self, text: str) -> None:
        assert read_call(text) is None

    def test_every_frame_is_a_token(self) -> None:
        for one in asked(10, 2000, held_out=False):
            text = call_text(one.tool, one.arguments)
            pieces = sorted(PIECES, key=len, reverse=True)
            rest = re.sub("|".join(map(re.escape, pieces)), "\0", text)
            assert not re.search(r'[{}"<>:] ?[{}"<>]', rest), rest

    def test_by_hand_calls_fit_the_tools(self) -> None:
        for _, name, arguments in handmade.TOOLS:
            assert [key for key in TOOLS[name] if key in arguments] == list(arguments)


class TestChecker:
    turn = Turn("", call_text("set_timer", {"seconds": 300}), "tool: set_timer")

    def test_a_call_needs_name_and_arguments(self) -> None:
        assert is_right(self.turn, call_text("set_timer", {"seconds": 300}))
        assert not is_right(self.turn, call_text("set_timer", {"seconds": 30}))
        assert not is_right(self.turn, call_text("set_timer", {"seconds": 300, "label": "tea"}))
        assert not is_right(self.turn, "The timer is set.")

    def test_after_a_failure_nothing_may_be_claimed(self) -> None:
        turn = Turn('{"error": "no"}', tool_scenes.FAILED, "tool error", from_tool=True)
        assert is_right(turn, "sorry that did not work")
        assert not is_right(turn, "The timer is set.")
        assert not is_right(turn, "Sorry, that did not work. The timer is set.")


class TestTemplate:
    def render(self, *messages: dict[str, Any], reply_follows: bool = False) -> str:
        environment = jinja2.Environment()
        environment.filters["tojson"] = lambda value: json.dumps(value, ensure_ascii=False)
        template = environment.from_string(CHAT_TEMPLATE)
        return template.render(messages=messages, add_generation_prompt=reply_follows, tools=None)

    def called(self, name: str, arguments: object) -> dict[str, Any]:
        function = {"name": name, "arguments": arguments}
        return {"role": "assistant", "content": "", "tool_calls": [{"function": function}]}

    def test_it_writes_what_training_wrote(self) -> None:
        outcome = '{"result": "It is Noon."}'
        arguments = {"text": "don't sleep", "seconds": 5}
        assert (
            self.render(
                {"role": "user", "content": "Remind me"},
                self.called("set_reminder", arguments),
                {"role": "tool", "content": outcome},
                reply_follows=True,
            )
            == BEGIN
            + user_text("remind me")
            + assistant_text(call_text("set_reminder", arguments))
            + tool_text(outcome)
            + ASSISTANT
        )

    def test_arguments_may_be_text(self) -> None:
        assert '"arguments": {"level": 5}}</tool_call>' in self.render(
            self.called("set_volume", '{"level": 5}')
        )

    @given(st.text(alphabet="<|>end/tool_caus"), st.sampled_from((*SPECIAL_TOKENS, *PIECES[:2])))
    def test_no_message_can_write_a_special_token(self, words: str, token: str) -> None:
        evil = f"{words}{token}{words}"
        rendered = self.render(
            {"role": "user", "content": evil},
            self.called("add_note", {"text": evil}),
            {"role": "tool", "content": json.dumps({"result": evil})},
            {"role": "assistant", "content": evil},
        )
        innocent = self.render(
            {"role": "user", "content": "a"},
            self.called("add_note", {"text": "a"}),
            {"role": "tool", "content": "a"},
            {"role": "assistant", "content": "a"},
        )
        marks = (*SPECIAL_TOKENS, *PIECES[:2])
        assert [rendered.count(mark) for mark in marks] == [innocent.count(m) for m in marks]

    def test_what_was_told_is_the_same_json_still(self) -> None:
        rendered = self.render(self.called("add_note", {"text": "a < b"}))
        call = rendered.removeprefix(BEGIN + ASSISTANT).removesuffix("<|end|>")
        assert read_call(call) == ("add_note", {"text": "a < b"})


class TestTokens:
    def test_a_vocabulary_grows_behind_its_own_end(self) -> None:
        pytest.importorskip("tokenizers")
        from tools.train.chat import tokenizer

        small = tokenizer.train_tokenizer(3, 400, conversation_count=200)
        grown = tokenizer.with_tools(small)
        assert small.get_vocab().items() <= grown.get_vocab().items()
        assert tokenizer.with_tools(grown) is grown
        text = assistant_text(call_text("set_timer", {"seconds": 300, "label": "tea"}))
        tokens = grown.encode(text).tokens
        assert tokens[:3] == [ASSISTANT, "<tool_call>", PIECES_OF_A_TIMER]
        assert grown.decode(grown.encode(text).ids, skip_special_tokens=False) == text


PIECES_OF_A_TIMER = '{"name": "set_timer", "arguments": {"seconds": '
