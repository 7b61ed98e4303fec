"""What befalls settings that are read again while somebody talks."""

import os
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tools.faults.appliance import (
    ANSWER_S,
    FOLLOW_UP,
    FOLLOW_UP_ANSWER,
    QUESTION,
    Appliance,
)
from tools.faults.ear import Ear, say, until
from tools.faults.fault import Observed, expect, fault

OLD: dict[str, Any] = {"audio": {"duplex": "full"}}
NEW: dict[str, Any] = {**OLD, "reply": {"drafts": 0, "cue_after_ms": 0}}
IN_FORCE = "the new settings are in force"
REFUSED = "the new settings are refused, the old ones stay"
AGAIN = "the settings were read again"
READ_S = 5.0
STORM = 100
REFUSAL = "refused in one line: log, STATUS and control socket say why; the conversation goes on"


@contextmanager
def talking(folder: Path) -> Iterator[Appliance]:
    """An appliance in the middle of a conversation."""
    with Appliance(folder, OLD) as appliance:
        appliance.ask()
        yield appliance


def hang_up(appliance: Appliance) -> float:
    """Ask it to read its settings again; answers when."""
    now = time.monotonic()
    os.kill(appliance.pid, signal.SIGHUP)
    return now


def changed(appliance: Appliance, settings: Mapping[str, Any] = NEW) -> float:
    """The settings are others from now on; answers when it was asked to read them."""
    appliance.configure(settings)
    return hang_up(appliance)


def refuses(appliance: Appliance, why: str) -> Observed:
    """Look that it refuses what the file says now, says `why`, and goes on."""
    asked = hang_up(appliance)
    line = f"{REFUSED}: {appliance.folder / 'config.yaml'}: {why}"
    said = appliance.wait_logged(line, READ_S, asked)
    appliance.wait_told(f"; {REFUSED}", READ_S, asked)
    appliance.wait_told("READY=1", READ_S, asked)
    answer = appliance.edgevoice("control", "reload", "--socket", str(appliance.control_socket))
    expect(answer.returncode == 2, f"the command for it answered {answer.returncode}")
    expect(why in answer.stderr, f"the command for it said {answer.stderr!r}")
    reply = appliance.ask(FOLLOW_UP, FOLLOW_UP_ANSWER)
    expect("Traceback" not in appliance.log, "there is a traceback in the log")
    return Observed(
        f"“{why}” after {said - asked:.2f} s; the next question, which needs the one before, was "
        f"answered after {reply:.1f} s"
    )


@fault(REFUSAL)
def reload_unknown_key(folder: Path) -> Observed:
    """Its config gets a setting that does not exist, and is read again."""
    with talking(folder) as appliance:
        appliance.configure({**NEW, "vad": {"treshold": 0.6}})
        return refuses(appliance, "vad.treshold is not a setting")


@fault(REFUSAL)
def reload_torn_config(folder: Path) -> Observed:
    """Its config is half written when it is read again."""
    with talking(folder) as appliance:
        (folder / "config.yaml").write_text('audio: {duplex: full}\nreply: {failed: "Sor')
        return refuses(appliance, "line 2, column")


@fault(REFUSAL)
def reload_config_missing(folder: Path) -> Observed:
    """Its config is gone when it is read again."""
    with talking(folder) as appliance:
        (folder / "config.yaml").unlink()
        return refuses(appliance, "cannot be read (No such file")


@fault(REFUSAL)
def reload_config_unreadable(folder: Path) -> Observed:
    """Its config is a folder when it is read again."""
    with talking(folder) as appliance:
        (folder / "config.yaml").unlink()
        (folder / "config.yaml").mkdir()
        return refuses(appliance, "cannot be read (Is a directory")


@fault("refused, with the name of the file that is missing; the conversation goes on")
def reload_phrases_missing(folder: Path) -> Observed:
    """Its config names a file of phrases that is not there, and is read again."""
    with talking(folder) as appliance:
        asked = changed(appliance, {**OLD, "phrases": {"file": "nowhere.yaml"}})
        line = f"{REFUSED}: {folder / 'nowhere.yaml'}: cannot be read"
        said = appliance.wait_logged(line, READ_S, asked)
        reply = appliance.ask(FOLLOW_UP, FOLLOW_UP_ANSWER)
        return Observed(f"refused after {said - asked:.2f} s; answered after {reply:.1f} s")


@fault("the settings are read a few times, the last time after the storm; no thread is left")
def reload_storm(folder: Path) -> Observed:
    """SIGHUP comes a hundred times, as fast as it can."""
    with talking(folder) as appliance:
        changed(appliance, OLD)  # what reading needs is there
        appliance.wait_logged(AGAIN, READ_S)
        threads, before = _threads(appliance), len(appliance.logged)
        appliance.configure(NEW)
        for _ in range(STORM):
            os.kill(appliance.pid, signal.SIGHUP)
            time.sleep(0.002)
        stormed = time.monotonic()
        appliance.wait_logged(IN_FORCE, READ_S)
        until(lambda: _ready_after_the_last_reading(appliance), READ_S)
        expect(_ready_after_the_last_reading(appliance), "it is not ready again")
        times = len(appliance.logged) - before
        expect(0 < times <= STORM, f"the settings were read {times} times")
        reply = appliance.ask(FOLLOW_UP, FOLLOW_UP_ANSWER)
        expect(appliance.pings(stormed) > 0, "the watchdog was not told that it hears")
        more = _threads(appliance) - threads
        expect(more <= 0, f"there are {more} more threads")
        return Observed(f"read {times} times, then answered after {reply:.1f} s; no thread more")


def _threads(appliance: Appliance) -> int:
    return len(list(Path(f"/proc/{appliance.pid}/task").iterdir()))


def _ready_after_the_last_reading(appliance: Appliance) -> bool:
    said = [line for _, line in list(appliance.told) if line in ("RELOADING=1", "READY=1")]
    return said[-1] == "READY=1" and "RELOADING=1" in said


@fault("the reply is heard to its end; then the settings change, and it goes on")
def reload_in_mid_reply(folder: Path) -> Observed:
    """Its settings change while it speaks."""
    with talking(folder) as appliance, Ear() as ear:
        asked = say(FOLLOW_UP)
        expect(until(lambda: ear.sounding(300, asked), ANSWER_S), "there was no reply")
        asked_to = changed(appliance)
        appliance.answered(ear, FOLLOW_UP_ANSWER, asked)
        begun, ended, _ = ear.spoken(asked)[0]
        expect(ended > asked_to, "the reply had ended before")
        in_force = appliance.wait_logged(IN_FORCE, READ_S, asked_to)
        expect(in_force > ended - 0.1, f"the settings changed {ended - in_force:.1f} s too early")
        reply = appliance.ask()
        return Observed(
            f"a reply of {ended - begun:.1f} s was heard whole, the settings changed "
            f"{max(0.0, in_force - ended):.1f} s after it; answered after {reply:.1f} s"
        )


@fault("the words are heard whole and answered; then the settings change")
def reload_in_mid_sentence(folder: Path) -> Observed:
    """Its settings change while a person speaks."""
    with talking(folder) as appliance, Ear() as ear:
        since = time.monotonic()
        speaking = threading.Thread(target=say, args=(FOLLOW_UP,))
        speaking.start()
        appliance.heard_speaking(since)
        asked_to = changed(appliance)
        speaking.join()
        appliance.answered(ear, FOLLOW_UP_ANSWER, since)
        begun = ear.spoken(since)[0][0]
        in_force = appliance.wait_logged(IN_FORCE, READ_S, asked_to)
        expect(in_force > begun, "the settings changed before the reply")
        return Observed(
            f"a question that needs the one before was answered; the settings changed "
            f"{in_force - asked_to:.1f} s after they were to"
        )


@fault("it stays muted, and hears nobody until it is unmuted")
def reload_while_muted(folder: Path) -> Observed:
    """Its settings change, its mode among them, while it is muted."""
    with talking(folder) as appliance, Ear() as ear:
        appliance.press("mute")
        for mode in ("push_to_talk", "always"):
            asked = changed(appliance, {**NEW, "attention": {"mode": mode}})
            appliance.wait_logged(IN_FORCE, READ_S, asked)
        status = appliance.press("status")
        expect(status.startswith("listening, muted"), f"it says {status!r}")
        muted = time.monotonic()
        asked = say(QUESTION)
        heard = until(lambda: ear.sounding(300, asked), 3.0)
        expect(not heard, "it answered while muted")
        told = [line for at, line in list(appliance.told) if at > muted and "speaking" in line]
        expect(not told, f"it said {told[:1]} while muted")
        appliance.press("unmute")
        reply = appliance.ask(FOLLOW_UP, FOLLOW_UP_ANSWER)
        return Observed(f"two new modes, and nobody was heard; unmuted: after {reply:.1f} s")


@fault("the settings change; when the sound card is back, it hears and answers by them")
def reload_while_away(folder: Path) -> Observed:
    """Its settings change while the sound card is away."""
    with talking(folder) as appliance:
        gone = time.monotonic()
        appliance.card.kill()
        appliance.wait_logged("the sound is gone", READ_S, gone)
        asked = changed(appliance)
        changed_s = appliance.wait_logged(IN_FORCE, READ_S, asked) - asked
        status = appliance.press("status")
        expect("the sound card is away" in status, f"its status is {status!r}")
        back = time.monotonic()
        appliance.card.restart()
        again = appliance.heard_again(back)
        reply = appliance.ask(FOLLOW_UP, FOLLOW_UP_ANSWER)
        return Observed(
            f"changed after {changed_s:.2f} s; heard again after {again:.2f} s, answered after "
            f"{reply:.1f} s",
            again,
        )
