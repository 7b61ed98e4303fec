"""The picture of cut-offs against the wait."""

from pathlib import Path

from PIL import Image

from edgevoice.bench.turns.curves import Curves, Endpointing, Heard, Point, Setting
from edgevoice.bench.turns.picture import WIDTH, draw_turns, layout
from edgevoice.demo.picture.shapes import AGENT, PERSON, WAIT, Fill, Words


def measure(text: str, size: int) -> float:
    return len(text) * size * 0.5


def point(name: str, delay_ms: int | None, cut_off: int, wait: float) -> Point:
    heard = tuple(Heard(str(n), int(n < cut_off), wait) for n in range(10))
    return Point(Setting(name, delay_ms), heard)


CURVES = Curves(
    (point("fixed", 200, 9, 220), point("fixed", 400, 5, 420), point("fixed", 1000, 0, 1020)),
    (point("normal", 300, 6, 240), point("normal", 1000, 0, 700)),
    (point("brisk", None, 5, 260), point("normal", None, 3, 330), point("patient", None, 0, 640)),
)
ALL = Endpointing(CURVES, CURVES, CURVES, CURVES)
NOTHING = Curves((Point(Setting("fixed", 400), ()),), (), (Point(Setting("normal"), ()),))


def test_everything_is_inside_the_picture() -> None:
    for measured in (ALL, Endpointing(None, None, None, CURVES)):
        scene = layout(measured, measure)
        assert scene.width == WIDTH
        for shape in scene.shapes:
            assert 0 <= shape.box.left <= shape.box.right <= WIDTH
            assert 0 <= shape.box.top <= shape.box.bottom <= scene.height


def test_every_kind_has_a_card_with_both_curves_and_the_presets() -> None:
    for measured, cards in ((ALL, 3), (Endpointing(None, None, None, CURVES), 1)):
        shapes = layout(measured, measure).shapes
        words = [line for shape in shapes if isinstance(shape, Words) for line in shape.lines]
        for name in ("brisk", "normal", "patient", "400 ms", "cut off"):
            assert words.count(name) == cards, name
        colours = {shape.colour for shape in shapes if isinstance(shape, Fill)}
        assert {WAIT, PERSON, AGENT} <= colours


def test_sooner_is_to_the_left_and_fewer_is_below() -> None:
    shapes = layout(Endpointing(None, None, None, CURVES), measure).shapes
    names = {s.lines[0]: s.box for s in shapes if isinstance(s, Words)}
    assert names["brisk"].right < names["normal"].right < names["patient"].right
    assert names["brisk"].top < names["normal"].top < names["patient"].top


def test_a_picture_is_drawn_even_of_nothing(tmp_path: Path) -> None:
    for n, measured in enumerate((ALL, Endpointing(None, None, None, NOTHING))):
        path = tmp_path / f"{n}.png"
        draw_turns(measured, path)
        with Image.open(path) as image:
            assert image.width == WIDTH
