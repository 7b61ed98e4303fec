"""What befalls the microphone, the loudspeaker, and whoever holds them."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.pulse import SoundCard
from tools.faults.appliance import (
    ANSWER_S,
    DESK,
    FOLLOW_UP,
    FOLLOW_UP_ANSWER,
    STORY,
    Appliance,
    sabotage,
)
from tools.faults.ear import Ear, say, until
from tools.faults.fault import Observed, UnavailableError, expect, fault
from tools.faults.report import HEARD_AGAIN_S

NAMED = {"audio": {"duplex": "full", **DESK}}
GOES_ON = f"heard again within {HEARD_AGAIN_S:g} s; the conversation goes on with its context"
AWAY_S = 10.0
UNPLUGGED_S = 3.0
GONE = "the sound is gone"


@contextmanager
def talking(folder: Path, *, named: bool = True) -> Iterator[Appliance]:
    """An appliance in the middle of a conversation; `named`: it knows its devices by name."""
    with Appliance(folder, NAMED if named else None) as appliance:
        appliance.ask()
        yield appliance


def goes_on(appliance: Appliance, since: float, back: float | None = None) -> Observed:
    """Look that it hears again, soon after `back`, and still knows what was talked about."""
    again = appliance.heard_again(since, back)
    reply = appliance.ask(FOLLOW_UP, FOLLOW_UP_ANSWER)
    expect(again <= HEARD_AGAIN_S, f"it heard again only after {again:.1f} s")
    return Observed(
        f"heard again after {again:.2f} s; the next question, which needs the one before, was "
        f"answered after {reply:.1f} s",
        again,
    )


def goes_on_aloud(appliance: Appliance, back: float) -> Observed:
    """The same where the sound server keeps our streams, so that only a voice can tell whether it
    hears; the person begins to speak at once."""
    reply = appliance.ask(FOLLOW_UP, FOLLOW_UP_ANSWER)
    again = appliance.heard_speaking(back)
    expect(again <= HEARD_AGAIN_S, f"it heard a voice only after {again:.1f} s")
    return Observed(
        f"a voice was heard {again:.2f} s after, the person's own start included; the question, "
        f"which needs the one before, was answered after {reply:.1f} s",
        again,
    )


def plug(card: SoundCard, kind: str, *modules: str) -> None:
    """A device is there again, and it is the default."""
    for module in modules:
        card.pactl("load-module", *module.split())
    card.pactl(f"set-default-{kind}", {"source": "mic", "sink": "spk"}[kind])


def plug_microphone(card: SoundCard) -> None:
    """As it was in the beginning (see tests/pulse.py)."""
    room = "module-null-sink sink_name=room rate=48000 norewinds=1"
    plug(card, "source", room, "module-remap-source source_name=mic master=room.monitor")


@fault(GOES_ON)
def sound_process_killed(folder: Path) -> Observed:
    """The process that holds the sound card is killed."""
    with talking(folder) as appliance:
        killed = time.monotonic()
        os.kill(appliance.sound_pid, signal.SIGKILL)
        return goes_on(appliance, killed)


@fault(GOES_ON)
def sound_process_stuck(folder: Path) -> Observed:
    """The process that holds the sound card hangs, as in a driver."""
    with talking(folder) as appliance:
        stopped = time.monotonic()
        os.kill(appliance.sound_pid, signal.SIGSTOP)
        return goes_on(appliance, stopped)


@fault(f"back every time; after the last, {GOES_ON}")
def sound_process_killed_five_times(folder: Path) -> Observed:
    """The process that holds the sound card is killed five times in a row."""
    with talking(folder) as appliance:
        for _ in range(5):
            killed = time.monotonic()
            os.kill(appliance.sound_pid, signal.SIGKILL)
            appliance.heard_again(killed)
        return goes_on(appliance, killed)


@fault("another process takes its place; " + GOES_ON)
def sound_process_talks_nonsense(folder: Path) -> Observed:
    """The process that holds the sound card writes garbage into its pipe."""
    with Appliance(folder, NAMED, environment=sabotage("garbage")) as appliance:
        appliance.ask()
        before = appliance.sound_pid
        now = time.monotonic()
        os.kill(before, signal.SIGUSR1)
        observed = goes_on(appliance, now)
        expect(appliance.sound_pid != before, "it believes the same process again")
        expect("Traceback" not in appliance.log, "there is a traceback in the log")
        return observed


@fault("the reply goes on where it stopped, and is heard whole")
def sound_lost_in_a_reply(folder: Path) -> Observed:
    """The process that holds the sound card is killed in the middle of a reply."""
    with Appliance(folder, {**NAMED, "llm": {"max_tokens": 30}}) as appliance:
        whole = _story(appliance, cut=False)
        appliance.restart()
        cut = _story(appliance, cut=True)
    expect(0.85 <= cut / whole <= 1.25, f"{cut:.1f} s of a reply of {whole:.1f} s were heard")
    return Observed(f"{cut:.1f} s of sound; without the fault it is {whole:.1f} s")


def _story(appliance: Appliance, *, cut: bool) -> float:
    """Ask for a story; answers the seconds of sound of the reply. `cut`: lose the sound card after
    the first second."""
    with Ear() as ear:
        asked = say(STORY)
        expect(until(lambda: ear.sounding(1_000, asked), ANSWER_S), "there was no reply")
        if cut:
            os.kill(appliance.sound_pid, signal.SIGKILL)
        expect(until(lambda: ear.spoken(asked), 3 * ANSWER_S), "the reply has no end")
        return sum(end - begin for begin, end, _ in ear.spoken(asked))


@fault("it stays muted; once unmuted it hears, and the conversation goes on")
def sound_lost_while_muted(folder: Path) -> Observed:
    """The process that holds the sound card is killed while the microphone is muted."""
    with talking(folder) as appliance:
        appliance.press("mute")
        killed = time.monotonic()
        os.kill(appliance.sound_pid, signal.SIGKILL)
        again = appliance.heard_again(killed)
        status = appliance.press("status")
        expect("muted" in status, f"it says that it is {status}")
        with Ear() as ear:
            asked = say("hello")
            expect(not until(lambda: ear.spoken(asked), 4.0), "it answered though it was muted")
        appliance.press("unmute")
        reply = appliance.ask(FOLLOW_UP, FOLLOW_UP_ANSWER)
    return Observed(f"silent while muted; then answered after {reply:.1f} s", again)


@fault(GOES_ON)
def microphone_unplugged(folder: Path) -> Observed:
    """The microphone is unplugged, and plugged in again."""
    with talking(folder) as appliance:
        appliance.card.unplug("sink_name=room")
        time.sleep(UNPLUGGED_S)
        plug_microphone(appliance.card)
        return goes_on_aloud(appliance, time.monotonic())


@fault("the next reply is heard from it, and the conversation goes on with its context")
def loudspeaker_unplugged(folder: Path) -> Observed:
    """The loudspeaker is unplugged, and plugged in again."""
    with talking(folder) as appliance:
        appliance.card.unplug("sink_name=spk")
        time.sleep(UNPLUGGED_S)
        plug(appliance.card, "sink", "module-null-sink sink_name=spk rate=48000 norewinds=1")
        reply = appliance.ask(FOLLOW_UP, FOLLOW_UP_ANSWER)
    return Observed(f"the next question was answered after {reply:.1f} s")


@fault("found by its name; " + GOES_ON)
def devices_renumbered(folder: Path) -> Observed:
    """The sound server comes back with other devices before the ones that were there."""
    with talking(folder) as appliance:
        before = _number_of_microphone(appliance)
        since = time.monotonic()
        appliance.card.kill()
        appliance.wait_logged(GONE, ANSWER_S, since)
        others = "pcm.a_camera { type pulse }\npcm.a_television { type pulse }\n"
        alsa = folder / "alsa.conf"
        alsa.write_text(others + alsa.read_text())
        appliance.card.restart()
        observed = goes_on(appliance, since, time.monotonic())
        after = _number_of_microphone(appliance)
        expect(before != after, "the number is the same as before")
    return Observed(f"from number {before} to {after}; {observed.says}", observed.heard_again_s)


def _number_of_microphone(appliance: Appliance) -> int:
    listed = appliance.edgevoice("devices").stdout.splitlines()
    return next(at for at, line in enumerate(listed) if DESK["input_device"] in line)


@fault("it goes along: who speaks into the new one is answered, and then again in the old one")
def default_microphone_changed(folder: Path) -> Observed:
    """The sound server makes another microphone its default, and then the first again."""
    with talking(folder, named=False) as appliance:
        appliance.card.pactl("load-module", "module-null-sink", "sink_name=other", "norewinds=1")
        appliance.card.pactl("set-default-source", "other.monitor")
        time.sleep(1.0)
        there = appliance.ask(sink="other")
        appliance.card.pactl("set-default-source", "mic")
        here = appliance.ask()
    return Observed(f"answered after {there:.1f} s in the new one, {here:.1f} s in the old one")


@fault(GOES_ON)
def default_microphone_silent(folder: Path) -> Observed:
    """The sound server makes a silent microphone its default for five seconds."""
    with talking(folder, named=False) as appliance:
        appliance.card.pactl("load-module", "module-null-sink", "sink_name=silence", "norewinds=1")
        appliance.card.pactl("set-default-source", "silence.monitor")
        time.sleep(5.0)
        appliance.card.pactl("set-default-source", "mic")
        return goes_on_aloud(appliance, time.monotonic())


@fault(GOES_ON)
def microphone_suspended(folder: Path) -> Observed:
    """The sound server puts the microphone to sleep for six seconds."""
    with talking(folder) as appliance:
        since = time.monotonic()
        appliance.card.pactl("suspend-source", "mic", "1")
        appliance.wait_logged(GONE, ANSWER_S, since)
        time.sleep(since + 6.0 - time.monotonic())
        appliance.card.pactl("suspend-source", "mic", "0")
        return goes_on(appliance, since, time.monotonic())


@fault(GOES_ON)
def stream_stolen(folder: Path) -> Observed:
    """Another program has the sound server end our recording."""
    with talking(folder) as appliance:
        listed = appliance.card.pactl("list", "short", "source-outputs").splitlines()
        (ours,) = (line.split()[0] for line in listed if "protocol-native" in line)
        since = time.monotonic()
        try:
            subprocess.run(["pacmd", "kill-source-output", ours], check=True, timeout=10)
        except OSError:
            raise UnavailableError("there is no pacmd") from None
        return goes_on(appliance, since)


@fault(GOES_ON)
def sound_server_stuck(folder: Path) -> Observed:
    """The sound server hangs for six seconds."""
    with talking(folder) as appliance:
        since = time.monotonic()
        os.kill(appliance.card.pid, signal.SIGSTOP)
        time.sleep(6.0)
        os.kill(appliance.card.pid, signal.SIGCONT)
        return goes_on(appliance, since, time.monotonic())


@fault(GOES_ON)
def sound_server_away(folder: Path) -> Observed:
    """The sound server is killed, and is there again ten seconds later."""
    with talking(folder, named=False) as appliance:
        since = time.monotonic()
        appliance.card.kill()
        time.sleep(AWAY_S)
        expect(appliance.alive, f"it has ended: {appliance.last_words}")
        appliance.card.restart()
        return goes_on(appliance, since, time.monotonic())


@fault(GOES_ON)
def sound_server_at_another_rate(folder: Path) -> Observed:
    """The sound server is started anew, with a card that runs at 16 kHz and not at 48."""
    with talking(folder, named=False) as appliance:
        since = time.monotonic()
        appliance.card.kill()
        appliance.card.restart(rate=16_000)
        return goes_on(appliance, since, time.monotonic())


@fault("it may ask again; " + GOES_ON)
def sound_lost_in_a_question(folder: Path) -> Observed:
    """The sound server is killed in the middle of a question."""
    with talking(folder) as appliance:
        since = time.monotonic()
        question = threading.Thread(target=_say_as_long_as_it_goes, args=(STORY,))
        question.start()
        time.sleep(0.5)
        appliance.card.kill()
        question.join()
        appliance.card.restart()
        back = time.monotonic()
        appliance.heard_again(since)
        appliance.wait_listening()
        return goes_on(appliance, since, back)


def _say_as_long_as_it_goes(text: str) -> None:
    with suppress(subprocess.CalledProcessError):
        say(text)


@fault("one clear line, exit code 2; started again when there is a sound card, it answers")
def no_sound_card_at_the_start(folder: Path) -> Observed:
    """There is no sound card when it starts."""
    with Appliance(folder, start=False) as appliance:
        appliance.card.kill()
        appliance.start(ready=False)
        line = _refused(appliance, "There is no microphone on this machine")
        appliance.card.restart()
        appliance.start()
        reply = appliance.ask()
    return Observed(f"“{line}”; then answered after {reply:.1f} s")


@fault("one line tells which devices there are instead; exit code 2")
def device_of_that_name_missing(folder: Path) -> Observed:
    """The microphone that the settings name is not there."""
    with Appliance(folder, {"audio": {"input_device": "Jabra"}}, start=False) as appliance:
        appliance.start(ready=False)
        line = _refused(appliance, 'no microphone called "Jabra"')
        expect(DESK["input_device"] in line, f"it does not tell what there is: {line}")
    return Observed("the line names the microphone that is missing and those that are there")


def _refused(appliance: Appliance, why: str) -> str:
    """Wait for its end; answers the line with which it gives up."""
    code = appliance.ended(3 * ANSWER_S)
    expect(code == 2, f"exit code {code}")
    lines = appliance.log.splitlines()
    expect(len(lines) == 1, f"{len(lines)} lines: {appliance.log}")
    expect(why in lines[0], f"it says: {lines[0]}")
    return lines[0]
