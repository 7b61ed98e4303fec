"""Draws what `score.py` has laid out."""

import io
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw, ImageFont

from edgevoice.audio.chunk import LISTENING_RATE, Samples
from edgevoice.demo.picture.labels import LEADING
from edgevoice.demo.picture.rows import sound_end
from edgevoice.demo.picture.score import layout
from edgevoice.demo.picture.shapes import (
    GROUNDS,
    PAPER,
    STROKES,
    Box,
    Fill,
    Hatch,
    Scene,
    Wave,
    Words,
)
from edgevoice.files import write_atomically
from edgevoice.report import TurnReport
from edgevoice.transports.caller import Sounded, Spoken

FINE = 2
"""Everything is drawn this much larger, then reduced: smooth edges."""

SHADES = (256 - len(GROUNDS)) // len(STROKES)
"""Steps from the colour of a stroke towards white, for its smooth edges."""

SOFTEN = 0.6
"""Exponent of what is drawn of a loudness: quiet syllables are seen, too."""
OTHER_FONTS = ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "LiberationSans-Regular.ttf")
"""For letters that Pillow's own font lacks, where the system has one of these."""

NEAREST = {"ß": "ss", "æ": "ae", "ø": "o", "–": "-", "—": "-", "„": "“", "•": "·"}
"""What stands for a letter where no font has it."""

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Tracks = dict[str, Samples]


def draw_conversation(
    turns: Sequence[TurnReport],
    spoken: Sequence[Spoken],
    sounded: Sequence[Sounded],
    person: Samples,
    path: Path,
) -> None:
    """Write a PNG, 1500 pixels wide, of the conversation to `path`.

    `person` is the person's track, 16 kHz, from the conversation's first sample on. Whoever looks
    at `path` sees the old file or the whole new one. Raises `OutputError`.
    """
    scene = layout(turns, spoken, sounded, len(person), measure)
    tracks = {"person": person, "agent": agent_track(sounded)}
    image = paint(scene, tracks)
    png = io.BytesIO()
    image.quantize(palette=palette(), dither=Image.Dither.NONE).save(png, "PNG", optimize=True)
    write_atomically(path, png.getvalue())


def palette() -> Image.Image:
    """An image that has our colours, each with its shades: none is lost for being rare."""
    steps = np.linspace(0, 0.85, SHADES)[:, None, None]
    grounds, strokes = (np.array([*map(ImageColor.getrgb, c)]) for c in (GROUNDS, STROKES))
    shades = (strokes + (255 - strokes) * steps).reshape(-1, 3)
    image = Image.new("P", (1, 1))
    image.putpalette(np.concatenate([grounds, shades]).round().astype(np.uint8).tobytes())
    return image


def agent_track(sounded: Sequence[Sounded]) -> Samples:
    """What was heard of the agent, on the conversation's clock, near enough for the eye."""
    track = np.zeros(max((sound_end(piece) for piece in sounded), default=0), np.int16)
    for piece in sounded:
        if len(piece.pcm) and piece.start >= 0:
            length = sound_end(piece) - piece.start
            nearest = np.arange(length) * piece.rate // LISTENING_RATE
            track[piece.start : piece.start + length] = piece.pcm[
                nearest.clip(0, len(piece.pcm) - 1)
            ]
    return track


def paint(scene: Scene, tracks: Tracks) -> Image.Image:
    """`scene` as an image."""
    image = Image.new("RGB", (scene.width * FINE, scene.height * FINE), PAPER)
    draw = ImageDraw.Draw(image)
    for shape in scene.shapes:
        match shape:
            case Fill():
                draw.rounded_rectangle(_fine(shape.box), shape.radius * FINE, shape.colour)
            case Hatch():
                _hatch(draw, shape)
            case Wave():
                _wave(draw, shape, tracks[shape.track])
            case Words():
                _words(draw, shape)
    return image.resize((scene.width, scene.height), Image.Resampling.LANCZOS)


def envelope(sound: Samples, columns: int, length: int) -> NDArray[np.float64]:
    """Peak and root mean square of `columns` equal stretches of `length` samples; `[2, columns]`.

    `sound` may be shorter than `length`; the rest is silence. Full scale is 1.
    """
    padded = np.zeros(length)
    padded[: len(sound)] = np.abs(sound[:length].astype(np.float64)) / 32_768
    edges = np.linspace(0, length, columns, endpoint=False).astype(int)
    peaks = np.maximum.reduceat(padded, edges)
    squares = np.add.reduceat(padded**2, edges) / np.diff([*edges, length])
    return np.stack([peaks, np.sqrt(squares)])


def measure(text: str, size: int) -> float:
    """How long `text` becomes."""
    written, font = _lettering(text, size)
    return font.getlength(written) / FINE + 1


def _wave(draw: ImageDraw.ImageDraw, wave: Wave, track: Samples) -> None:
    left, top, right, bottom = _fine(wave.box)
    columns = max(1, int(right - left))
    loudest = max(1, int(np.abs(track.astype(np.int32)).max(initial=0))) / 32_768
    loud = envelope(track[wave.start : wave.end], columns, wave.end - wave.start) / loudest
    loud **= SOFTEN
    middle, half = (top + bottom) / 2, (bottom - top) / 2
    for heights, colour in zip(loud, (wave.soft, wave.colour), strict=True):
        for n, height in enumerate(heights * half):
            if height >= 0.5:
                x = left + n
                draw.line((x, middle - height, x, middle + height), colour)


def _hatch(draw: ImageDraw.ImageDraw, hatch: Hatch) -> None:
    left, top, right, bottom = _fine(hatch.box)
    high, step = bottom - top, 6 * FINE
    for start in range(int(left - high), int(right), step):
        # The slanted line from (start, bottom) to (start + high, top), within the box.
        first, last = max(left, start), min(right, start + high)
        if first < last:
            ends = (first, bottom - (first - start), last, bottom - (last - start))
            draw.line(ends, hatch.colour, FINE)
    draw.rectangle((left, top, right, bottom), outline=hatch.colour, width=FINE // 2)


def _words(draw: ImageDraw.ImageDraw, words: Words) -> None:
    left, top, _, _ = _fine(words.box)
    for n, line in enumerate(words.lines):
        text, font = _lettering(line, words.size)
        y = top + n * words.size * LEADING * FINE
        draw.text((left, y), text, words.colour, font, stroke_width=0.5 if words.bold else 0)
        if words.struck:
            y += words.size * FINE * 0.62
            draw.line((left, y, left + font.getlength(text), y), words.colour, FINE)


def _fine(box: Box) -> tuple[float, float, float, float]:
    left, top, right, bottom = (round(edge * FINE) for edge in box)
    return left, top, max(left, right - 1), max(top, bottom - 1)


def _lettering(text: str, size: int) -> tuple[str, Font]:
    """`text` as it can be written, and a font that can."""
    own = _own_font(size * FINE)
    if _writes(own, text):
        return text, own
    for name in OTHER_FONTS:
        font = _system_font(name, size * FINE)
        if font and _writes(font, text):
            return text, font
    return "".join(_plain(own, letter) for letter in text), own


def _plain(font: Font, letter: str) -> str:
    """`letter` or what comes nearest to it in `font`."""
    parts = unicodedata.normalize("NFKD", NEAREST.get(letter, letter))
    bare = "".join(part for part in parts if not unicodedata.combining(part))
    return bare if _writes(font, bare) else "?"


@cache
def _own_font(size: int) -> Font:
    return ImageFont.load_default(size)


@cache
def _system_font(name: str, size: int) -> Font | None:
    try:
        return ImageFont.truetype(name, size)
    except OSError:
        return None


def _writes(font: Font, text: str) -> bool:
    return all(_has(font, letter) for letter in set(text))


@cache
def _has(font: Font, letter: str) -> bool:
    glyph, missing = font.getmask(letter), font.getmask("\uffff")
    return glyph.size != missing.size or bytes(glyph) != bytes(missing)
