from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.ImageColor import getrgb

from edgevoice.audio.chunk import samples_of
from edgevoice.demo.picture import draw_conversation
from edgevoice.demo.picture.paint import agent_track, envelope, measure
from edgevoice.demo.picture.shapes import AGENT, BREAK, CARD, PAPER, PERSON, WAIT
from edgevoice.errors import OutputError
from edgevoice.report import TurnReport
from edgevoice.transports.caller import Line, Sounded, Spoken


def tone(milliseconds: int, rate: int = 16_000) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    seconds = np.arange(samples_of(milliseconds, rate)) / rate
    return (9000 * np.sin(2 * np.pi * 440 * seconds)).astype(np.int16)


def draw(path: Path) -> None:
    person = np.concatenate([np.zeros(8000, np.int16), tone(1000), np.zeros(64_000, np.int16)])
    turn = TurnReport(
        number=1,
        user="grüß Gott, 東京",
        agent="Good day to you. And more.",
        heard="Good day",
        interrupted=True,
        speech_start=8000,
        speech_end=24_000,
        endpoint=30_000,
        transcript=31_000,
        first_clause=32_000,
        reply_start=33_000,
        reply_end=50_000,
    )
    sounded = [Sounded(33_000, tone(1000, 22_050), 22_050)]
    draw_conversation(
        [turn], [Spoken(Line(tone(1000), "Hello"), 8000, 24_000)], sounded, person, path
    )


def test_the_picture_is_a_small_png(tmp_path: Path) -> None:
    path = tmp_path / "demo.png"
    draw(path)
    with Image.open(path) as image:
        assert (image.format, image.width) == ("PNG", 1500)
        colours = image.convert("RGB").getcolors(1 << 24)
    assert colours is not None
    assert len(colours) > 50
    used = {colour for _, colour in colours}
    # What is drawn in few places keeps its colour among those drawn in many.
    assert {getrgb(colour) for colour in (PAPER, CARD, PERSON, AGENT, WAIT, BREAK)} <= used
    assert path.stat().st_size < 300_000
    assert list(tmp_path.iterdir()) == [path]


def test_the_same_conversation_is_the_same_picture(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        draw(tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_a_conversation_of_nothing_is_a_picture_too(tmp_path: Path) -> None:
    draw_conversation([], [], [], np.zeros(0, np.int16), tmp_path / "demo.png")
    assert (tmp_path / "demo.png").stat().st_size


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"no-folder/demo\.png cannot be written"):
        draw(tmp_path / "no-folder" / "demo.png")
    with pytest.raises(OutputError):
        draw(tmp_path)


def test_the_agents_track_is_on_the_conversations_clock() -> None:
    loud = np.full(441, 5, np.int16)
    track = agent_track([Sounded(100, loud, 22_050), Sounded(1000, loud[:0], 22_050)])
    assert list(np.flatnonzero(track)) == list(range(100, 420))


def test_an_envelope_has_a_peak_and_a_mean() -> None:
    sound = np.array([0, 16_384, 0, 0, -32_768, -32_768], np.int16)
    peaks, means = envelope(sound, columns=4, length=8)
    assert list(peaks) == [0.5, 0, 1, 0]
    assert means == pytest.approx([0.5 / np.sqrt(2), 0, 1, 0])


def test_letters_that_no_font_has_are_measured_like_their_stand_in() -> None:
    assert measure("\U00013000", 16) == measure("?", 16)
