import os
from pathlib import Path

import numpy as np
import pytest

from edgevoice.errors import ConfigError
from edgevoice.transports.caller import Caller, Sounded
from tools.bench.peers import ours
from tools.bench.peers.compare import EARLY, OUR_SERIAL, OURS, WAITING, WAITS, Contest
from tools.bench.peers.plan import Held, Plan, first_loud
from tools.bench.peers.setup import newest_wheel


def conversation(*responses_ms: int) -> Held:
    """Lines of a second every twenty, answered after `responses_ms`."""
    spoken = [(320_000 * n, 320_000 * n + 16_000) for n in range(len(responses_ms))]
    loud = [end + 16 * ms for (_, end), ms in zip(spoken, responses_ms, strict=True)]
    return Held(spoken, [at + 640 * n for at in loud for n in range(3)])


def test_a_response_lasts_until_the_first_sound_after_the_line() -> None:
    assert conversation(400, 1250).responses_ms() == [400, 1250]


def test_a_reply_that_did_not_come_or_came_too_soon_is_no_response() -> None:
    held = Held([(0, 16_000), (160_000, 176_000), (320_000, 336_000)], [8_000, 20_000, 340_000])
    assert held.responses_ms() == [None, None, 250]


def test_what_the_sides_exchange_survives_json() -> None:
    held = Held([(0, 16_000)], [20_000], {"endpoint": [17_000]}, ["hello"])
    assert Held.from_json(held.as_json()) == held
    plan = Plan(["a.wav"], "stt", "http://127.0.0.1:1/v1", "voice.onnx", 22_050, "Be kind.", 9)
    assert Plan.from_json(plan.as_json()) == plan


def test_sound_begins_above_the_threshold() -> None:
    assert first_loud(np.array([0, 31, -31, -32, 0], np.int16)) == 3
    assert first_loud(np.full(9, -32_768, np.int16)) == 0
    assert first_loud(np.zeros(9, np.int16)) is None


def test_our_reply_is_loud_where_the_voice_begins_and_not_before() -> None:
    caller = Caller([])
    late = np.concatenate([np.zeros(220, np.int16), np.full(221, 99, np.int16)])
    caller.sounded += [Sounded(320, np.zeros(441, np.int16), 22_050), Sounded(640, late, 22_050)]
    assert ours.held(caller, []).loud == [640 + 160]


def test_the_quicker_pipecat_is_what_we_are_held_against() -> None:
    contest = Contest(
        {
            **{mode: [conversation(9999, 4000)] for mode in WAITS},
            WAITING: [conversation(9999, 1600)],
            EARLY: [conversation(9999, 1000)],
            OURS: [conversation(9999, 450), conversation(9999, 550)],
            OUR_SERIAL: [conversation(9999, 1000)],
        }
    )
    written = contest.result({"cores": 2}).as_json()
    assert [goal["value"] for goal in written["goals"]] == [0.5, 0.5]
    assert written["figures"]["against_pipecat_as_it_comes"] == 0.125
    assert written["figures"]["modes"][OURS]["responses_ms"] == [450, 550]


def test_the_wheel_is_the_last_one_that_was_finished(tmp_path: Path) -> None:
    wheels = [tmp_path / folder / "llama.whl" for folder in ("old", "new", "newer.part")]
    for age, wheel in zip((30, 20, 10), wheels, strict=True):
        wheel.parent.mkdir()
        wheel.touch()
        os.utime(wheel, (1000 - age, 1000 - age))
    assert newest_wheel(wheels) == wheels[1]
    with pytest.raises(ConfigError, match="make setup"):
        newest_wheel(wheels[2:])
