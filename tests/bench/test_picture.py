from dataclasses import replace
from pathlib import Path

from PIL import Image

from edgevoice.bench.hold import Measured
from edgevoice.bench.picture import LEFT, WIDTH, draw_bench, layout, stages
from edgevoice.demo.picture.shapes import AGENT, PERSON, UNSAID, Fill, Words
from edgevoice.report import TurnReport

DRAFTED = TurnReport(
    number=1,
    speech_start=0,
    speech_end=16_000,
    soft_end=18_000,
    transcript=19_000,
    first_token=19_200,
    first_clause=20_000,
    first_sound=20_400,
    endpoint=24_000,
    reply_start=24_160,
)
SERIAL = replace(
    DRAFTED,
    soft_end=None,
    transcript=26_000,
    first_token=27_000,
    first_clause=28_000,
    first_sound=29_000,
    reply_start=29_120,
)


def measure(text: str, size: int) -> float:
    return len(text) * size * 0.5


def test_stages_reach_from_what_they_waited_for() -> None:
    drafted = {stage.name: stage.spans for stage in stages([DRAFTED])}
    assert drafted == {
        "waiting for the end": ((0, 500),),
        "final words": ((125, 187.5),),
        "language model": ((187.5, 250),),
        "voice": ((250, 275),),
        "on its way to the ear": ((500, 510),),
    }
    serial = {stage.name: stage.spans for stage in stages([SERIAL])}
    assert serial["final words"] == ((500, 625),)
    assert serial["on its way to the ear"] == ((812.5, 820),)


def test_what_did_not_happen_is_not_drawn() -> None:
    fixed = replace(DRAFTED, first_token=None, first_clause=None)
    assert {stage.name: stage.spans for stage in stages([fixed])}["language model"] == ()


def test_everything_is_inside_the_picture() -> None:
    scene = layout(Measured([DRAFTED, DRAFTED]), Measured([SERIAL]), measure)
    for shape in scene.shapes:
        assert 0 <= shape.box.left <= shape.box.right <= WIDTH
        assert 0 <= shape.box.top <= shape.box.bottom <= scene.height


def test_every_turn_has_a_line_and_every_stage_its_median() -> None:
    scene = layout(Measured([DRAFTED, DRAFTED]), None, measure)
    lines = [s for s in scene.shapes if isinstance(s, Fill) and s.box.bottom - s.box.top == 1]
    assert len(lines) == 2 * 5
    words = [line for s in scene.shapes if isinstance(s, Words) for line in s.lines]
    assert "510 ms" in words and "62 ms" in words
    assert all(shape.box.left >= LEFT for shape in lines)


def test_the_histogram_shows_both_modes() -> None:
    scene = layout(Measured([DRAFTED]), Measured([SERIAL]), measure)
    colours = [shape.colour for shape in scene.shapes if isinstance(shape, Fill)]
    assert PERSON in colours and UNSAID in colours and AGENT in colours


def test_a_picture_is_drawn_even_of_nothing(tmp_path: Path) -> None:
    for n, measured in enumerate([Measured(), Measured([DRAFTED])]):
        path = tmp_path / f"{n}.png"
        draw_bench(measured, None, path)
        with Image.open(path) as image:
            assert image.width == WIDTH
