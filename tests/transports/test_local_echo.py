"""Laying the loudspeaker's line beside the microphone, and what reaches the agent of it."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.audio import echo
from edgevoice.audio.chunk import AudioChunk, Samples, samples_of
from edgevoice.audio.echo import Cleaned
from edgevoice.transports import sound_echo, sound_memory
from edgevoice.transports.sound_cards import PA_INPUT_OVERFLOW, PA_OUTPUT_UNDERFLOW
from edgevoice.transports.sound_echo import MARGIN_MS, TOLERANCE, WINDOW, Alignment, Cleaner, Line
from edgevoice.transports.sound_memory import CAPTURED, FRAME, MOVED, SharedSound
from edgevoice.transports.sound_process import capture, nothing, playback
from edgevoice.transports.sound_streams import Loudspeaker, Microphone, OpenedCard
from tests.transports.ring_card import counted

PERIOD = 320
MARGIN = samples_of(MARGIN_MS)
AHEAD_MS = 70


def noise(samples: int) -> Samples:
    return np.random.default_rng(4).integers(-9_000, 9_000, samples).astype(np.int16)


class Recorder:
    """In place of the canceller: changes nothing, keeps what it is given."""

    def __init__(self, person: Callable[[int], float] = lambda frame: 0.0) -> None:
        self.microphone: list[Samples] = []
        self.line: list[Samples] = []
        self._person = person
        self.moves: list[int] = []

    def moved(self) -> None:
        """Keeps before which frame it was told."""
        self.moves.append(len(self.line))

    def add(self, microphone: Samples, loudspeaker: Samples) -> Cleaned:
        self.microphone.append(microphone)
        self.line.append(loudspeaker)
        return Cleaned(microphone, self._person(len(self.line) - 1))


class Studio:
    """Both directions of a card, period by period, as PortAudio would drive them."""

    def __init__(self, rate: int = 16_000, canceller: Recorder | None = None) -> None:
        self.shared, self.raw, self.line = SharedSound(), SharedSound(), SharedSound()
        self.recorder = canceller or Recorder()
        self.rate = rate
        card, room = OpenedCard("speaker", rate, 1), OpenedCard("microphone", 16_000, 1)
        self.loudspeaker = Loudspeaker(self.shared, card, 60_000)
        self.microphone = Microphone(self.shared, room, cleaned=True)
        self._cleaner = Cleaner(self.shared, self.raw, self.line, room, card, self.recorder)
        self._capture = capture(self.raw, nothing, 1, 16_000)
        self._playback = playback(self.shared, nothing, self.line, 1, rate)
        self.served: list[Samples] = []

    def serve(self, ahead_ms: float = AHEAD_MS, status: int = 0) -> None:
        """The loudspeaker takes a period of 20 ms; it has `ahead_ms` of sound then."""
        time = {"current_time": 0.0, "output_buffer_dac_time": ahead_ms / 1000 - 0.020}
        period, _ = self._playback(None, self.rate // 50, time, status)
        assert period is not None
        self.served.append(np.frombuffer(period, np.int16))

    def hear(self, pcm: Samples, status: int = 0) -> None:
        """The microphone delivers `pcm`, and the thread wakes up."""
        self._capture(pcm.tobytes(), len(pcm), None, status)
        self._cleaner.clean()

    def run(self, periods: int) -> None:
        for _ in range(periods):
            self.serve()
            self.hear(np.ones(PERIOD, np.int16))

    @property
    def reference(self) -> Samples:
        return np.concatenate(self.recorder.line)


def test_all_agree_on_the_length_of_a_frame() -> None:
    assert echo.FRAME == FRAME
    ring_seconds = sound_memory.RING_BYTES / 2 / 16_000
    assert ring_seconds < sound_memory.PERSON_BYTES / 2 * FRAME / 16_000


def test_the_line_is_read_a_margin_before_it_sounds() -> None:
    studio = Studio()
    sound = noise(16_000)
    studio.loudspeaker.add(AudioChunk(sound, 16_000))
    studio.run(60)
    late = samples_of(AHEAD_MS) - MARGIN  # after it was served
    np.testing.assert_array_equal(studio.reference[late:][:16_000], sound)
    assert not studio.reference[:late].any()


def test_the_line_holds_what_was_really_served_silences_included() -> None:
    studio = Studio()
    studio.run(3)
    studio.loudspeaker.add(AudioChunk(noise(8_000), 16_000))
    studio.run(7)
    studio.loudspeaker.hold()
    studio.run(5)
    studio.loudspeaker.go_on()
    studio.run(5)
    studio.loudspeaker.flush()
    studio.run(10)
    late = samples_of(AHEAD_MS) - MARGIN
    served = np.concatenate(studio.served)
    np.testing.assert_array_equal(studio.reference[late:], served[: len(served) - late])


def test_a_line_of_another_rate_is_laid_beside_as_well() -> None:
    studio = Studio(22_050)
    sound = np.zeros(22_050, np.int16)
    sound[11_025:11_325] = 9_000
    studio.loudspeaker.add(AudioChunk(sound, 22_050))
    studio.run(80)
    where = np.flatnonzero(studio.reference > 4_500)
    late = samples_of(AHEAD_MS) - MARGIN
    assert where[0] == pytest.approx(8_000 + late, abs=2)
    assert len(where) == pytest.approx(300 * 16_000 / 22_050, abs=2)


def test_a_loudspeaker_that_starts_late_is_read_before_it_sounds() -> None:
    studio = Studio()
    for _ in range(4):
        studio.hear(np.ones(PERIOD, np.int16))
    sound = noise(3_200)
    studio.loudspeaker.add(AudioChunk(sound, 16_000))
    studio.run(70)
    start = int(np.flatnonzero(studio.reference)[0])
    np.testing.assert_array_equal(studio.reference[start:][:3_200], sound)
    assert 2 * PERIOD <= start <= 4 * PERIOD + samples_of(AHEAD_MS)


def test_nothing_waits_while_the_loudspeaker_is_in_time() -> None:
    studio = Studio()
    for _ in range(100):
        studio.serve()
        studio.hear(counted(PERIOD))
        assert studio.shared.counters[CAPTURED] == studio.raw.counters[CAPTURED]


def test_a_callback_that_is_late_for_a_moment_changes_nothing() -> None:
    studio = Studio()
    sound = noise(32_000)
    studio.loudspeaker.add(AudioChunk(sound, 16_000))
    studio.run(60)
    for _ in range(3):
        studio.hear(np.ones(PERIOD, np.int16))
    waiting = studio.raw.counters[CAPTURED] - studio.shared.counters[CAPTURED]
    assert 0 < waiting <= samples_of(20)
    for _ in range(3):
        studio.serve(AHEAD_MS)
    studio.run(20)
    late = samples_of(AHEAD_MS) - MARGIN
    np.testing.assert_array_equal(studio.reference[late:][:25_000], sound[:25_000])


def test_a_loudspeaker_that_ran_dry_is_read_later_from_then_on() -> None:
    """Ten periods long nobody asked for sound: what is served then sounds so much later."""
    studio = Studio()
    sound = noise(64_000)
    studio.loudspeaker.add(AudioChunk(sound, 16_000))
    studio.run(60)
    for _ in range(10):
        studio.hear(np.ones(PERIOD, np.int16))
        assert studio.raw.counters[CAPTURED] - studio.shared.counters[CAPTURED] <= samples_of(20)
    at = studio.line.counters[CAPTURED]
    studio.run(120)
    # what was served after the gap lies beside what the microphone heard AHEAD later
    late = samples_of(AHEAD_MS) - MARGIN + 10 * PERIOD
    piece = slice(at + 2 * WINDOW - 8_000, at + 2 * WINDOW)
    reference = studio.reference[piece.start + late : piece.stop + late]
    np.testing.assert_array_equal(reference, sound[piece])


def test_a_microphone_that_lost_sound_is_noticed() -> None:
    studio = Studio()
    sound = noise(64_000)
    studio.loudspeaker.add(AudioChunk(sound, 16_000))
    studio.run(60)
    for _ in range(10):
        studio.serve()
    studio.run(130)
    late = samples_of(AHEAD_MS) - MARGIN - 10 * PERIOD
    piece = slice(56_000, 61_000)  # two windows later
    reference = studio.reference[piece.start + late : piece.stop + late]
    np.testing.assert_array_equal(reference, sound[piece])


def test_nothing_moves_while_nothing_is_lost() -> None:
    studio = Studio()
    studio.run(200)
    assert not studio.recorder.moves
    assert studio.shared.counters[MOVED] == 0


def test_the_canceller_is_told_when_the_loudspeaker_ran_dry() -> None:
    studio = Studio()
    studio.run(60)
    studio.serve(status=PA_OUTPUT_UNDERFLOW)
    studio.hear(np.ones(PERIOD, np.int16))
    studio.run(60)
    assert studio.recorder.moves == [120]
    assert studio.shared.counters[MOVED] == 1


def test_the_canceller_is_told_when_the_microphone_lost_sound() -> None:
    studio = Studio()
    studio.run(60)
    studio.serve()
    studio.hear(np.ones(PERIOD, np.int16), PA_INPUT_OVERFLOW)
    studio.run(60)
    assert studio.recorder.moves == [120]


def test_the_canceller_is_told_when_the_line_is_read_elsewhere() -> None:
    """Nobody said that sound was lost. The window in which it was is the first that notices."""
    studio = Studio()
    studio.run(60)
    for _ in range(10):
        studio.serve()
    studio.run(130)
    assert len(studio.recorder.moves) == 2
    assert 120 < studio.recorder.moves[0] <= 120 + WINDOW // FRAME


def test_the_canceller_is_told_when_the_line_ran_dry() -> None:
    studio = Studio()
    studio.run(60)
    for _ in range(10):
        studio.hear(np.ones(PERIOD, np.int16))
    assert studio.recorder.moves[0] >= 120


@given(st.lists(st.integers(-TOLERANCE // 2, TOLERANCE // 2), min_size=60, max_size=300))
def test_jitter_alone_never_moves_the_line(jitter: list[int]) -> None:
    alignment = Alignment(MARGIN)
    leads = set()
    for period, wrong in enumerate(jitter):
        heard = period * PERIOD
        lead = alignment.see(heard, heard + 500 + wrong, heard + 2_000)
        if heard > WINDOW:
            leads.add(lead)
            assert abs(lead - 500 - MARGIN) <= TOLERANCE // 2
    assert len(leads) <= 1


def test_a_card_that_reckons_anew_moves_nothing_that_can_be_read() -> None:
    alignment = Alignment(MARGIN)
    leads = []
    for period in range(600):
        heard, sounding = period * PERIOD, 500 - 100 * (period // 100)
        leads.append(alignment.see(heard, heard + sounding, heard + 2_000))
    assert set(leads) == {500 + MARGIN}


def test_two_clocks_that_drift_apart_are_followed() -> None:
    """The loudspeaker's is slow, by 100 parts per million, for an hour; then it is fast."""
    alignment = Alignment(MARGIN)
    drift = 0
    for second in range(2 * 3_600):
        drift += -16_000 // 10_000 if second < 3_600 else 16_000 // 10_000
        for period in range(50):
            heard = second * 16_000 + period * PERIOD
            lead = alignment.see(heard, heard + 500 + drift, heard + 1_200 + drift)
            before_it_sounds = lead - 500 - drift
            assert MARGIN - TOLERANCE - 16 <= before_it_sounds <= 700 + 16


@given(st.integers(0, 5_000), st.lists(st.integers(1, 700), max_size=30))
def test_a_line_answers_with_what_it_knows(start: int, pieces: list[int]) -> None:
    shared = SharedSound()
    line = Line(Microphone(shared, OpenedCard("line", 16_000, 1)))
    put = capture(shared, nothing, 1, 16_000)
    whole = counted(sum(pieces))
    for piece in np.split(whole, np.cumsum(pieces)[:-1]) if pieces else []:
        put(piece.tobytes(), len(piece), None, 0)
        line.advance()
    assert line.end == len(whole)
    expected = np.pad(whole, (0, 6_000))[start : start + FRAME]
    np.testing.assert_array_equal(line.get(start), expected)
    assert not line.get(-FRAME).any()


def test_the_line_does_not_grow_for_ever() -> None:
    shared = SharedSound()
    line = Line(Microphone(shared, OpenedCard("line", 16_000, 1)))
    put = capture(shared, nothing, 1, 16_000)
    for _ in range(300):
        put(np.ones(PERIOD, np.int16).tobytes(), PERIOD, None, 0)
        line.advance()
    assert line.get(300 * PERIOD - FRAME).all()
    assert line.get(300 * PERIOD - sound_echo.KEPT).all()
    assert not line.get(300 * PERIOD - sound_echo.KEPT - FRAME).any()


def test_the_agent_hears_the_cleaned_sound_and_whether_it_is_a_person() -> None:
    studio = Studio(canceller=Recorder(lambda frame: [0.1, 0.9, 0.4, 0.3][frame % 4]))
    heard = []
    for period in range(4):
        studio.serve()
        studio.hear(counted(PERIOD, first=1 + period * PERIOD))
        heard += list(studio.microphone.chunks())
    np.testing.assert_array_equal(np.concatenate([chunk.pcm for chunk in heard]), counted(1_280))
    assert [chunk.start for chunk in heard] == [0, 320, 640, 960]
    assert [chunk.person for chunk in heard] == pytest.approx([0.9, 0.4, 0.9, 0.4], abs=1e-4)


def test_without_cancelling_nobody_can_tell() -> None:
    shared = SharedSound()
    capture(shared, nothing, 1, 16_000)(bytes(640), PERIOD, None, 0)
    (chunk,) = Microphone(shared, OpenedCard("microphone", 16_000, 1)).chunks()
    assert chunk.person is None


def test_periods_that_are_no_whole_frames_are_cut_into_frames() -> None:
    studio = Studio()
    sound = counted(5_000)
    for piece in np.split(sound, range(77, 5_000, 77)):
        studio.serve()
        studio.hear(piece)
    assert studio.shared.counters[CAPTURED] == 5_000 // FRAME * FRAME
    cleaned = np.concatenate([chunk.pcm for chunk in studio.microphone.chunks()])
    np.testing.assert_array_equal(cleaned, sound[: len(cleaned)])


def test_what_the_canceller_came_too_late_for_is_counted_as_dropped() -> None:
    studio = Studio()
    for _ in range(150):
        studio._capture(np.ones(PERIOD, np.int16).tobytes(), PERIOD, None, 0)
    studio.hear(np.ones(PERIOD, np.int16))
    assert studio.microphone.dropped >= 16_000
    assert len(studio.recorder.microphone) == 151 * 2
