"""The suite that brings faults about: what it makes of a promise kept, broken, or never told."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from edgevoice.audio.chunk import Samples, samples_of
from tools.faults.ear import GAP_MS, SPOKEN_MS, spans
from tools.faults.fault import FAULTS, Fault, Observed, fault
from tools.faults.report import FAULTS_WANTED, Outcome, Verdict, goals, markdown

ROOT = Path(__file__).parents[2]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tools.faults", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )


SAMPLES = ("--module", "tests.tools.sample_faults")


@pytest.mark.slow
def test_every_fault_has_a_verdict_and_nothing_is_left_of_it(tmp_path: Path) -> None:
    names = ("kept", "broken", "cannot_be_had", "raises", "crashes", "leaves_a_daemon")
    out, table, daemon = (tmp_path / name for name in ("faults.json", "faults.md", "daemon"))
    done = run(
        *(*names, *SAMPLES, "--out", str(out), "--table", str(table)), SAMPLE_DAEMON=str(daemon)
    )

    assert done.returncode == 1, done.stderr
    written = json.loads(out.read_text())
    told = {about["name"]: about for about in written["figures"]["faults"]}
    assert {name: (about["verdict"], about["says"]) for name, about in told.items()} == {
        "kept": ("kept", "heard again"),
        "leaves_a_daemon": ("kept", "it is left"),
        "broken": ("wrong", "it fell silent"),
        "cannot_be_had": ("unavailable", "there is no earth"),
        "raises": ("wrong", "LookupError: no such cable"),
        "crashes": ("wrong", "it ended without a word"),
    }
    assert told["kept"]["heard_again_s"] == 1.25 and told["kept"]["group"] == "sample_faults"
    assert [(goal["value"], goal["ok"]) for goal in written["goals"]] == [
        (5, False),
        (3, False),
        (1.25, True),
    ]
    assert "Somebody \\| trips" in table.read_text() and "earth" not in table.read_text()
    assert "✗ A promise is broken" in done.stdout
    assert not Path(f"/proc/{daemon.read_text()}").exists()


def test_a_fault_that_never_ends_is_ended(tmp_path: Path) -> None:
    out = tmp_path / "faults.json"
    done = run("hangs", *SAMPLES, "--limit", "0.5", "--out", str(out))
    assert done.returncode == 1
    (about,) = json.loads(out.read_text())["figures"]["faults"]
    assert (about["verdict"], about["says"]) == ("wrong", "it did not end within 0.5 s")


def test_the_list_names_every_fault_and_does_nothing() -> None:
    done = run("--list", "sample_faults", "sound", *SAMPLES)
    assert done.returncode == 0
    assert "hangs (sample_faults) The fault never ends" in done.stdout
    assert "sound_process_killed (sound) The process" in done.stdout


def test_an_unknown_name_is_one_line() -> None:
    done = run("tornado")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "no such fault: tornado; --list tells the names\n"


@pytest.mark.sound
@pytest.mark.engine
@pytest.mark.slow
def test_a_real_fault(tmp_path: Path) -> None:
    """The sound process is killed, and the conversation goes on."""
    out = tmp_path / "faults.json"
    done = run("sound_process_killed", "--out", str(out), "--limit", "100")
    (about,) = json.loads(out.read_text())["figures"]["faults"]
    if about["verdict"] == "unavailable":
        pytest.skip(about["says"])
    assert done.returncode == 0, about
    assert 0 <= about["heard_again_s"] <= 3.0


STORM = Fault("storm", "sky", "A storm", "calm", lambda _: Observed(""))


def outcome(verdict: Verdict, heard_again_s: float | None = None) -> Outcome:
    return Outcome("storm", "sky", "A storm", "calm", verdict, "it blew", 1.0, heard_again_s)


@pytest.mark.parametrize(
    ("said", "complained", "verdict", "says"),
    [
        ('hello\n{"verdict": "kept", "says": "calm"}\n', "", Verdict.KEPT, "calm"),
        ('{"verdict": "kept"}', "", Verdict.WRONG, "it ended without a word"),
        ('{"verdict": "splendid", "says": ""}', "x\nValueError: y\n", "wrong", "ValueError: y"),
        ("[]", "", Verdict.WRONG, "it ended without a word"),
        ("", "Killed", Verdict.WRONG, "Killed"),
    ],
)
def test_what_cannot_be_understood_is_a_broken_promise(
    said: str, complained: str, verdict: Verdict, says: str
) -> None:
    told = Outcome.told(STORM, said, complained, 2.0)
    assert (told.verdict, told.says, told.seconds) == (verdict, says, 2.0)


def test_goals_count_what_was_tried() -> None:
    enough = [outcome(Verdict.KEPT, 0.5)] * FAULTS_WANTED
    assert all(goal.ok for goal in goals([*enough, outcome(Verdict.UNAVAILABLE)]))
    assert not goals([*enough[1:], outcome(Verdict.UNAVAILABLE)])[0].ok
    assert not goals([*enough, outcome(Verdict.WRONG)])[1].ok
    late = goals([*enough, *[outcome(Verdict.KEPT, 9.0)] * 5])[2]
    assert late.value is not None and late.value > 3 and not late.ok
    assert goals([outcome(Verdict.KEPT)])[2].value is None


def test_a_table_has_a_line_for_what_was_tried() -> None:
    outcomes = [outcome(verdict) for verdict in Verdict]
    text = markdown(outcomes)
    assert "sky: 1 of 2 kept" in text
    assert [line for line in text.splitlines() if line.startswith("| A storm")] == [
        "| A storm | calm |",
        "| A storm | ✗ it blew (promised: calm) |",
    ]


def test_two_faults_of_one_name_are_a_slip() -> None:
    def storm(folder: Path) -> Observed:
        """A storm."""
        return Observed(str(folder))

    try:
        fault("calm")(storm)
        with pytest.raises(ValueError, match="two faults of the name storm"):
            fault("calm")(storm)
        assert FAULTS["storm"].what == "A storm"
    finally:
        del FAULTS["storm"]


def sound(*pieces: tuple[bool, float]) -> Samples:
    """Sound and silence, of so many milliseconds each."""
    return np.concatenate(
        [np.full(samples_of(ms), 5_000 if loud else 0, np.int16) for loud, ms in pieces]
    )


def test_what_was_said_ends_with_a_silence_and_is_no_tone() -> None:
    speech, tone = (True, SPOKEN_MS + 100), (True, SPOKEN_MS - 100)
    gap, breath = (False, GAP_MS + 50), (False, GAP_MS - 50)
    begin, end = samples_of(GAP_MS + 50), samples_of(GAP_MS + 50 + SPOKEN_MS + 100)

    assert spans(sound(gap)) == []
    assert spans(sound(gap, speech, gap)) == [(begin, end)]
    assert spans(sound(gap, speech)) == [], "it may go on"
    assert spans(sound(gap, tone, gap, speech, breath)) == []
    both = samples_of(2 * (SPOKEN_MS + 100) + GAP_MS - 50)
    assert spans(sound(speech, breath, speech, gap)) == [(0, both)]
