import numpy as np

from edgevoice.audio.chunk import samples_of
from edgevoice.bench.script import CONVERSATION, PAUSE, speak, with_pauses
from edgevoice.config import Config
from edgevoice.transports.caller import Cue
from tests.talk import clip


def test_voices_are_parted_by_the_pause_alone() -> None:
    quiet = np.zeros(samples_of(200), np.int16)
    padded = np.concatenate([quiet, clip(500), quiet])
    joined = with_pauses([padded, padded], samples_of(300))
    assert len(joined) == samples_of(500 + 300 + 500)
    silent = np.flatnonzero(joined == 0)
    assert (silent[0], silent[-1] + 1) == (samples_of(500), samples_of(800))


def test_the_script_pauses_and_interrupts() -> None:
    assert any(PAUSE in cued.text for cued in CONVERSATION)
    assert sum(cued.cue is Cue.REPLY_STARTED for cued in CONVERSATION) == 1


def test_lines_are_spoken_after_a_silence_and_with_their_words() -> None:
    config = Config()
    line, *_ = speak(config, CONVERSATION[2:3], quiet_s=5)
    assert line.ms == 5000
    assert line.text == "i would like to know how many legs a spider has"
    assert len(line.clip) > samples_of(2500)
