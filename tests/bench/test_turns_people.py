"""Recordings of people, and pauses put into them."""

import json
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.audio.chunk import LISTENING_RATE, Samples, samples_of
from edgevoice.bench.turns.people import (
    CROSSFADE,
    MARGIN,
    PAUSES_MS,
    SPEECH,
    Clip,
    background,
    load_people,
    paused,
    with_pause,
    word_gaps,
)
from edgevoice.errors import AudioFileError

needs_people = pytest.mark.skipif(
    not (SPEECH / "clips.json").is_file(), reason="the recordings (../shared/speech) are not here"
)


def murmur(ms: float, level: float) -> Samples:
    """Noise with a root mean square of `level`."""
    noise = np.random.default_rng(round(ms)).standard_normal(samples_of(ms))
    return (level * noise).astype(np.int16)


def utterance(*syllables_ms: float, hole_ms: float = 60) -> Clip:
    """Loud syllables with holes between them, in a quiet room."""
    pieces = [murmur(1000, 20)]
    for ms in syllables_ms:
        pieces += [murmur(ms, 3000), murmur(hole_ms, 20)]
    speech = sum(map(len, pieces[1:-1]))
    pieces.append(murmur(2000, 20))
    start = samples_of(1000)
    return Clip("made", np.concatenate(pieces), ((start, start + speech),))


def write_flac(path: Path, pcm: Samples) -> None:
    with av.open(str(path), "w") as file:
        stream = file.add_stream("flac", rate=LISTENING_RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(pcm[None], "s16", "mono")
        frame.sample_rate = LISTENING_RATE
        file.mux([*stream.encode(frame), *stream.encode(None)])


def folder_with(folder: Path, listed: object, pcm: Samples | None = None) -> Path:
    (folder / "clips").mkdir()
    (folder / "clips.json").write_text(json.dumps(listed))
    if pcm is not None:
        write_flac(folder / "clips" / "one.flac", pcm)
    return folder


def test_a_folder_of_recordings_is_read(tmp_path: Path) -> None:
    pcm = murmur(500, 1000)
    listed = {
        "one": {"silero_speech_ms": [[100, 200], [450, 480]]},
        "two": {"silero_speech_ms": []},
    }
    clips = load_people(folder_with(tmp_path, listed, pcm))
    assert clips is not None and [clip.name for clip in clips] == ["one"]
    assert np.array_equal(clips[0].pcm, pcm)
    assert clips[0].stretches == ((1600, 3200), (7200, 7680))
    assert (clips[0].start, clips[0].end, clips[0].pauses) == (1600, 7680, True)


def test_no_recordings_are_no_error(tmp_path: Path) -> None:
    assert load_people(tmp_path / "nowhere") is None


def test_broken_recordings_are_told_in_one_line(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, {"one": {"silero_speech_ms": [[1, 2]]}})
    with pytest.raises(AudioFileError, match=r"one\.flac"):
        load_people(folder)
    (folder / "clips" / "one.flac").write_bytes(b"no sound")
    with pytest.raises(AudioFileError, match=r"one\.flac"):
        load_people(folder)
    for text in ("no json", "[]", '{"one": {}}', '{"one": {"silero_speech_ms": [1]}}'):
        (folder / "clips.json").write_text(text)
        with pytest.raises(AudioFileError, match=r"clips\.json"):
            load_people(folder)


def test_gaps_are_the_holes_between_syllables() -> None:
    clip = utterance(300, 300, 300)
    holes = [clip.start + samples_of(ms) for ms in (330, 690)]
    assert word_gaps(clip) == pytest.approx(holes, abs=samples_of(35))


def test_a_hole_near_the_end_is_no_gap_and_neither_is_a_dent() -> None:
    clip = utterance(300, 100)
    assert word_gaps(clip) == []
    even = murmur(1000, 3000)
    even[samples_of(400) : samples_of(450)] //= 2
    assert word_gaps(Clip("dent", even, ((0, len(even)),))) == []


def test_known_gaps_are_taken_as_they_are() -> None:
    clip = Clip("known", murmur(2000, 3000), ((0, 32_000),), gaps=(100, 16_000, 31_900))
    assert word_gaps(clip) == [16_000]


@given(st.floats(*PAUSES_MS), st.integers(MARGIN, samples_of(1000) - MARGIN))
def test_a_pause_moves_what_follows_and_changes_nothing_else(ms: float, offset: int) -> None:
    clip = utterance(1000)
    gap, length = clip.start + offset, samples_of(ms)
    parted = with_pause(clip, gap, ms)
    assert len(parted.pcm) == len(clip.pcm) + length
    assert np.array_equal(parted.pcm[:gap], clip.pcm[:gap])
    assert np.array_equal(parted.pcm[gap + length :], clip.pcm[gap:])
    assert parted.stretches == ((clip.start, gap), (gap + length, clip.end + length))
    inside = parted.pcm[gap + CROSSFADE : gap + length - CROSSFADE]
    assert np.abs(inside).max() <= np.abs(background(clip)).max()
    assert parted.pauses


def test_a_clip_without_any_silence_gets_a_silent_pause() -> None:
    clip = Clip("full", murmur(1000, 3000), ((0, 16_000),))
    parted = with_pause(clip, 8000, 600)
    assert not parted.pcm[8000 + CROSSFADE : 8000 + 9600 - CROSSFADE].any()


def test_the_lot_is_the_clips_own() -> None:
    one, other = utterance(300, 300, 300), utterance(400, 400, 400)
    alone = paused([one])
    with_others = paused([Clip("other", other.pcm, other.stretches), one])
    assert np.array_equal(alone[0].pcm, with_others[1].pcm)
    assert not np.array_equal(alone[0].pcm, paused([one], seed=1)[0].pcm)
    assert paused([utterance(300, 100)]) == []


@needs_people
def test_people_are_as_they_are_described() -> None:
    clips = load_people()
    assert clips is not None and len(clips) == 120
    assert sum(clip.pauses for clip in clips) == 8
    assert all(word_gaps(clip) for clip in clips)
    assert all(len(background(clip)) >= samples_of(500) for clip in clips)
