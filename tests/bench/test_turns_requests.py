"""Spoken requests in voices and phrasings that the starter models were not trained on."""

import numpy as np

from edgevoice.audio.chunk import samples_of
from edgevoice.bench.turns.people import paused, word_gaps
from edgevoice.bench.turns.requests import SENTENCES, VOICES, spoken_requests
from tools.train.chat.split import is_held_out
from tools.train.stt.voices import HELD_OUT


def test_nothing_of_it_was_trained_on() -> None:
    assert set(VOICES) == {voice.name for voice in HELD_OUT}
    assert all(is_held_out(sentence) for sentence in SENTENCES)


def test_a_request_lies_between_silences() -> None:
    (clip,) = spoken_requests(["how many legs does a fly have"])
    assert clip.start >= samples_of(400) and len(clip.pcm) - clip.end >= samples_of(2000)
    assert clip.gaps is not None and len(clip.gaps) == 6
    assert np.abs(clip.pcm[: samples_of(400)]).max() > 0
    (parted,) = paused([clip])
    assert parted.text == clip.text and parted.end > clip.end


def test_a_request_sounds_the_same_every_time() -> None:
    first, again = spoken_requests(SENTENCES[:3]), spoken_requests(SENTENCES[:3])
    assert [clip.gaps for clip in first] == [clip.gaps for clip in again]
    assert all(np.array_equal(a.pcm, b.pcm) for a, b in zip(first, again, strict=True))


def test_every_request_can_be_parted() -> None:
    clips = spoken_requests()
    assert len(clips) == len(SENTENCES) == len(set(SENTENCES)) == 84
    assert all(word_gaps(clip) for clip in clips)
    assert {clip.name.split()[1] for clip in clips} == set(VOICES)
