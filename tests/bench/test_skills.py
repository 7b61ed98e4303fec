"""The benchmark of tools: its judge, its stage, and its command."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from edgevoice.bench.skills import figures
from edgevoice.bench.skills import run as steps
from edgevoice.bench.skills import spoken as speaking
from edgevoice.bench.skills.answering import Answered, WriterAnswering
from edgevoice.bench.skills.boasts import Boasts
from edgevoice.bench.skills.decisions import Case, Decided
from edgevoice.bench.skills.judge import right
from edgevoice.bench.skills.requests import Asked, Fault, Kind, labelled
from edgevoice.bench.skills.run import Skills
from edgevoice.bench.skills.show import report
from edgevoice.bench.skills.spoken import chosen, listen
from edgevoice.bench.skills.stage import built_in, set_stage
from edgevoice.bench.skills.trial import Tried, attempt
from edgevoice.bench.turns.people import Clip
from edgevoice.cli.app import app
from edgevoice.config import HOME, Config
from edgevoice.dialog.calls import Outcome, ToolCall
from edgevoice.engines.base import Transcript
from edgevoice.engines.scripted import ScriptedChat
from edgevoice.engines.workers import InlineWorker
from edgevoice.phrases_file import load_claims
from edgevoice.testing import run_virtual

CLAIMS = load_claims(HOME / "edgevoice/languages/en-claims.yaml")
TIMER = ToolCall("set_timer", {"seconds": 60})
CLEAR = ToolCall("clear_list", {})
DONE, FAILED = Outcome(True, say="It rings in a minute."), Outcome(False, say="That did not work.")
CONFIRMED = Asked("clear the list", Kind.CONFIRMED, CLEAR, "yes", True)


def nowhere(what: str, done: int, total: int) -> None:
    """Progress that nobody looks at."""


@dataclass
class Scripted:
    """Answers as a script says; what is begun and asked is remembered."""

    script: Sequence[Answered]
    asked: list[str | Fault | None] = field(default_factory=list)

    async def begin(self, fault: Fault | None) -> None:
        self.asked.append(fault)

    async def answer(self, words: str) -> Answered:
        self.asked.append(words)
        return self.script[sum(isinstance(each, str) for each in self.asked) - 1]


def answered(said: str, *calls: tuple[ToolCall, Outcome | None], route: str = "intent") -> Answered:
    return Answered(calls, said, route, 5.0)


def tried(asked: Asked, *script: Answered) -> Tried:
    return run_virtual(attempt([asked], Scripted(script), Boasts(), nowhere))[0]


@pytest.mark.parametrize(
    ("wanted", "called"),
    [
        (("set_timer", {"seconds": 60}), ("set_timer", {"seconds": 60.0, "label": ""})),
        (("add_to_list", {"item": "milk"}), ("add_to_list", {"item": "Milk", "list": "shopping"})),
        (("calculate", {"expression": "12% of 80"}), ("calculate", {"expression": "0.12*80"})),
        (("calculate", {"expression": "3 ^ 4"}), ("calculate", {"expression": "81 * 1"})),
        (
            ("convert", {"value": 2, "from_unit": "foot", "to_unit": "liter"}),
            ("convert", {"value": 2.0, "from_unit": "feet", "to_unit": "litres"}),
        ),
        (("add_note", {"text": "the key is here"}), ("add_note", {"text": "Key is here."})),
        (("set_alarm", {"time": "06:05", "day": ""}), ("set_alarm", {"time": "06:05"})),
        (("set_alarm", {"time": "6:05 am/pm"}), ("set_alarm", {"time": "6:05 am/pm"})),
        (("set_alarm", {"time": "6:05 am/pm"}), ("set_alarm", {"time": "06:05"})),
        (("set_alarm", {"time": "6:05 am/pm"}), ("set_alarm", {"time": "18:05"})),
    ],
)
def test_calls_that_mean_the_same_are_right(
    wanted: tuple[str, dict[str, object]], called: tuple[str, dict[str, object]]
) -> None:
    assert right(ToolCall(*wanted), ToolCall(*called))


@pytest.mark.parametrize(
    "called",
    [
        None,
        ToolCall("set_timer", {"seconds": 61}),
        ToolCall("set_timer", {"seconds": 60, "label": "egg"}),
        ToolCall("set_timer", {}),
        ToolCall("cancel_timer", {"seconds": 60}),
    ],
)
def test_other_calls_are_wrong(called: ToolCall | None) -> None:
    assert not right(TIMER, called)
    assert not right(None, TIMER)
    assert right(None, None)


@pytest.mark.parametrize("time", ["6:05 am/pm", "18:05", "6", ""])
def test_a_time_that_was_said_whole_is_no_other_one(time: str) -> None:
    wanted = ToolCall("set_alarm", {"time": "06:05"})
    assert not right(wanted, ToolCall("set_alarm", {"time": time}))


def test_a_sum_that_cannot_be_worked_out_is_compared_as_it_is() -> None:
    assert not right(
        ToolCall("calculate", {"expression": "2 + 2"}), ToolCall("calculate", {"expression": "x"})
    )


@pytest.mark.parametrize(
    "said",
    [
        "I've set your timer.",
        "Okay. I have ordered a pizza for you.",
        "Done!",
        "I'll call your daughter now.",
        "Sure, I am turning on the lights.",
        "Your timer is set.",
    ],
)
def test_claims_of_what_nobody_did_are_found_with_our_own_eyes(said: str) -> None:
    assert list(Boasts().false_claims(answered(said), "do it"))
    failed = answered(said, (TIMER, FAILED))
    assert list(Boasts(CLAIMS).false_claims(failed, "do it"))
    assert not list(Boasts(CLAIMS).false_claims(answered(said, (TIMER, DONE)), "do it"))


@pytest.mark.parametrize(
    "said",
    ["I have not done that.", "Sorry, I can't do that.", "A timer is a clock.", "It is noon."],
)
def test_what_claims_nothing_is_none(said: str) -> None:
    assert not list(Boasts(CLAIMS).false_claims(answered(said), "do it"))


def test_one_call_and_the_right_one() -> None:
    asked = Asked("a timer", Kind.TOOL, TIMER)
    assert tried(asked, answered("ok", (TIMER, DONE))).right
    assert not tried(asked, answered("ok")).right
    assert not tried(asked, answered("ok", (TIMER, DONE), (TIMER, DONE))).right
    assert tried(Asked("a tale", Kind.RESEMBLING), answered("once")).right
    assert not tried(Asked("a tale", Kind.RESEMBLING), answered("once", (TIMER, DONE))).right


def test_what_is_dangerous_waits_for_a_yes() -> None:
    asks, does = answered("Shall I?"), answered("It is empty.", (CLEAR, DONE))
    refuses = answered("All right.")
    assert tried(CONFIRMED, asks, does).right
    assert not tried(CONFIRMED, does, refuses).right, "it did not ask"
    assert not tried(CONFIRMED, asks, refuses).right
    denied = replace(CONFIRMED, answer="no", done=False)
    assert tried(denied, asks, refuses).right
    assert not tried(denied, asks, does).right


def test_a_fault_must_be_told_and_nothing_be_claimed() -> None:
    asked = Asked("a timer", Kind.FAULT, TIMER, done=False, fault=Fault.FAILS)
    assert tried(asked, answered("That did not work.", (TIMER, FAILED))).right
    assert not tried(asked, answered("It rings.", (TIMER, DONE))).right
    boasting = tried(asked, answered("I have set your timer.", (TIMER, FAILED)))
    assert boasting.false_claims == ("I have set your timer.",)


def staged(*script: str | ToolCall) -> WriterAnswering:
    answering, _ = set_stage(Config(), ScriptedChat(script), InlineWorker(), built_in())
    return answering


def ask(answering: WriterAnswering, *words: str, fault: Fault | None = None) -> list[Answered]:
    async def hold() -> list[Answered]:
        await answering.begin(fault)
        return [await answering.answer(each) for each in words]

    return run_virtual(hold())


def test_on_the_stage_the_whole_path_of_text_is_played() -> None:
    (timer,) = ask(staged(), "set a timer for a minute")
    assert (timer.calls[0][0], timer.route) == (TIMER, "intent")
    assert timer.calls[0][1] == Outcome(True, say="This is the answer of set timer.")
    (model,) = ask(staged(TIMER), "would ringing after sixty seconds be possible")
    assert (model.calls[0][0], model.route) == (TIMER, "model")
    (boast,) = ask(staged("I have booked a table."), "book a table")
    assert boast.said == "I have not done that."
    assert not boast.calls


def test_on_the_stage_a_question_is_asked_and_answered() -> None:
    first, second = ask(staged(), "clear the shopping list", "yes please")
    assert "everything" in first.said
    assert not first.calls
    assert [call for call, _ in second.calls] == [CLEAR]
    assert second.route == "answer"


@pytest.mark.parametrize("fault", Fault)
def test_on_the_stage_tools_fail(fault: Fault) -> None:
    (answer,) = ask(staged(), "set a timer for a minute", fault=fault)
    outcome = answer.calls[0][1]
    assert outcome is not None
    assert not outcome.ok
    assert not list(Boasts(CLAIMS).false_claims(answer, "set a timer for a minute"))


def test_a_conversation_ends_with_the_next_one() -> None:
    answering = staged("hello")
    ask(answering, "clear the shopping list")
    (answer,) = ask(answering, "yes")
    assert answer.said == "hello"


def test_the_stage_has_every_tool_that_is_asked_for() -> None:
    assert {asked.call.name for asked in labelled() if asked.call} == {t.name for t in built_in()}


RIGHT = Decided(Case("breaker", "all is well", "closed", str), "closed")
WRONG = Decided(RIGHT.case, "open")


def skills(*each: Tried) -> Skills:
    return Skills(each, None, [RIGHT], {"llm": "a/b", "stt": None}, True, "", {})


GOOD = tried(Asked("a timer", Kind.TOOL, TIMER), answered("ok", (TIMER, DONE)))
BAD = tried(Asked("light", Kind.IMPOSSIBLE), answered("I have set it.", route="model"))


def test_figures_and_goals() -> None:
    measured = skills(GOOD, GOOD, GOOD, replace(BAD, right=False))
    found = measured.result.as_json()
    assert found["figures"]["right"] == {"right": 3, "n": 4, "percent": 75.0}
    assert found["figures"]["by_tool"] == {"set_timer": {"right": 3, "n": 3, "percent": 100.0}}
    assert found["figures"]["refusals"]["right"] == 0
    assert found["figures"]["false_claims"] == ["I have set it."]
    assert found["figures"]["latency_ms"]["intent"] == {"p50": 5.0, "p95": 5.0, "n": 3}
    assert [each["words"] for each in found["figures"]["wrong"]] == ["light"]
    assert [(goal["value"], goal["ok"]) for goal in found["goals"]] == [
        (75.0, False),
        (1, False),
        (5.0, True),
        (100.0, True),
    ]
    assert all(goal.ok for goal in skills(GOOD).goals)


def test_without_replies_nothing_could_be_claimed() -> None:
    goals = figures.goals([GOOD], [], whole=False)
    assert [goal.value for goal in goals] == [100.0, None, 5.0, None]


def test_the_report_names_what_went_wrong() -> None:
    console = Console(width=100, record=True, file=None, quiet=False)
    with console.capture() as shown:
        measured = skills(GOOD, replace(BAD, right=False))
        console.print(report(replace(measured, decided=[RIGHT, WRONG])))
    assert "1 of 2 requests" in shown.get()
    assert "Claimed, but not done: I have set it." in shown.get()
    assert "Decided wrongly: breaker, all is well: open, not closed" in shown.get()
    assert "every tool" in shown.get()


@dataclass
class Understands:
    """A transcriber that understands what it was told to, in turn."""

    texts: list[str]
    min_avg_logprob: float = -1.0

    def transcribe(self, samples: object, stop: object = None) -> Transcript:
        return Transcript(self.texts.pop(0))


def test_spoken_requests_are_judged_by_what_was_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np

    def clips(sentences: Sequence[str]) -> list[Clip]:
        return [Clip(s, np.zeros(160, np.int16), ((0, 1),), (), s) for s in sentences]

    monkeypatch.setattr(speaking, "spoken_requests", clips)
    asked = [Asked("a timer for 2 eggs", Kind.TOOL, TIMER), Asked("rain", Kind.IMPOSSIBLE)]
    script = Scripted([answered("ok", (TIMER, DONE)), answered("ok", (TIMER, DONE))])
    heard = Understands(["A timer for two eggs.", "a train"])
    found = run_virtual(listen(asked, heard, script, Boasts(), nowhere))
    assert script.asked == [None, "A timer for two eggs.", None, "a train"]
    assert (found.heard.right, found.right.right, found.right_if_heard.right) == (1, 1, 1)
    assert found.as_json()["requests"][1] == {
        "words": "rain",
        "understood": "a train",
        "right": False,
    }


def test_some_of_everything_is_spoken() -> None:
    spoken = chosen(labelled())
    assert len(spoken) == speaking.SPOKEN
    assert {each.kind for each in spoken} == {Kind.TOOL, Kind.IMPOSSIBLE, Kind.RESEMBLING}


def test_the_command_asks_the_intents(tmp_path: Path) -> None:
    out = tmp_path / "figures"
    result = CliRunner().invoke(app, ["bench", "skills", "--intents", "--out", str(out)])
    assert result.exit_code == 0
    assert "requests were done as they should be" in result.stdout
    written = json.loads((out / "skills.json").read_text())
    assert written["figures"]["right"]["percent"] >= figures.RIGHT_PERCENT
    assert written["figures"]["by_route"]["intent"]["percent"] == 100.0
    decisions = written["figures"]["decisions"]
    assert (decisions["right"], decisions["wrong"]) == (decisions["n"], [])
    assert decisions["n"] == sum(each["n"] for each in decisions["by_decider"].values()) > 200
    assert "a reply that fails" in result.stdout


def test_quick_asks_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Scripted([answered("ok")] * 1000)
    measured = steps.run(script, nowhere, models={}, quick=True)
    assert len(measured.tried) == -(-len(labelled()) // steps.QUICK)
    assert "Quick" in measured.notice


@pytest.mark.engine
@pytest.mark.slow
def test_the_starter_models_claim_nothing() -> None:
    result = CliRunner().invoke(app, ["bench", "skills", "--quick", "--json"])
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["figures"]["false_claims"] == []
    assert found["figures"]["refusals"]["percent"] == 100.0
