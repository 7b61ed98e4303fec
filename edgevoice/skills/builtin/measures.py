"""Units of measurement: their names as people say and write them, and exactly how large they are.

The factors are definitions, not measurements: the SI Brochure (9th edition), the international
yard and pound of 1959 and NIST Handbook 44, Appendix C, for the customary units, the UK's Units of
Measurement Regulations 1995 for the imperial ones, IEC 80000-13 for data. A year has 365 days here.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Unit:
    """`one` and `many` of it, of a `kind`: `size` of the kind's first unit each, counted from
    `zero` of those."""

    kind: str
    one: str
    many: str
    size: Fraction
    zero: Fraction = Fraction(0)


class UnlikeError(Exception):
    """Nothing of the one kind is so much of the other."""


def convert_exactly(value: Fraction, unit: Unit, other: Unit) -> Fraction:
    """How many of `other` `value` of `unit` is. Raises `UnlikeError`."""
    if unit.kind != other.kind:
        raise UnlikeError
    return (value * unit.size + unit.zero - other.zero) / other.size


def units_called(name: str) -> tuple[Unit, ...]:
    """What may be meant by `name`, the likeliest first; nothing where nobody knows."""
    return _NAMES.get(_plain(name), ())


def choose(name: str, other: str) -> tuple[Unit, Unit]:
    """What is meant by two names together: in "cups to ounces", ounces of a volume.

    Raises `KeyError` with the name that is unknown.
    """
    here, there = units_called(name), units_called(other)
    for known, asked in ((here, name), (there, other)):
        if not known:
            raise KeyError(asked)
    pairs = [(one, two) for one in here for two in there if one.kind == two.kind]
    # "70 degrees Fahrenheit in degrees" wants another unit.
    fitting = [pair for pair in pairs if pair[0] != pair[1]] or pairs
    return fitting[0] if fitting else (here[0], there[0])


KINDS: Mapping[str, str] = {
    "length": "a length",
    "mass": "a weight",
    "volume": "a volume",
    "temperature": "a temperature",
    "speed": "a speed",
    "area": "an area",
    "time": "a time",
    "data": "an amount of data",
}
"""How each kind is called."""

_IRREGULAR = {"feet": "foot", "inches": "inch", "sq": "square", "cu": "cubic"}
_SPELLINGS = (
    ("metre", "meter"),
    ("litre", "liter"),
    ("gramme", "gram"),
    ("²", "2"),
    ("³", "3"),
    ("^", ""),
    ("/", " / "),
    ("°", " degree "),
    ("℃", "degree c"),
    ("℉", "degree f"),
)


def _plain(name: str) -> str:
    """`name` in small letters, one spelling, and of one thing."""
    name = name.lower()
    for spelling, ours in _SPELLINGS:
        name = name.replace(spelling, ours)
    words = (_IRREGULAR.get(word, word) for word in re.sub("[-.]", " ", name).split())
    return " ".join(map(_singular, words))


def _singular(word: str) -> str:
    plural = word.endswith("s") and len(word) > 3 and word != "celsius"
    return word[:-1] if plural else word


# Kind; size in the first unit of its kind; the name that is spoken; other names. A plural that is
# not made by an s at the end has an asterisk.
_UNITS = """
length      1                   meter                   m
length      1000                kilometer               km, klick
length      1/10                decimeter               dm
length      1/100               centimeter              cm
length      1/1000              millimeter              mm
length      1/1000000           micrometer              µm, um, micron
length      1/1000000000        nanometer               nm
length      1609.344            mile                    mi
length      0.9144              yard                    yd, yds
length      0.3048              foot                    *feet, ft
length      0.0254              inch                    *inches, in, "
length      1852                nautical mile           nmi
mass        1                   kilogram                kg, kilo
mass        1/1000              gram                    g, gm
mass        1/1000000           milligram               mg
mass        1/1000000000        microgram               µg, ug, mcg
mass        1000                tonne                   t, metric ton
mass        0.45359237          pound                   lb, lbs
mass        0.028349523125      ounce                   oz
mass        6.35029318          stone                   *stone, st
mass        907.18474           US ton                  ton, short ton
mass        1016.0469088        imperial ton            long ton, uk ton
mass        0.00006479891       grain                   gr
volume      1                   liter                   l
volume      1/10                deciliter               dl
volume      1/100               centiliter              cl
volume      1/1000              milliliter              ml, cc, cubic centimeter, cubic cm, cm3
volume      1000                cubic meter             m3, cubic m
volume      28.316846592        cubic foot              *cubic feet, ft3, cubic ft
volume      0.016387064         cubic inch              *cubic inches, in3, cubic in
volume      3.785411784         US gallon               gallon, gal
volume      0.946352946         US quart                quart, qt
volume      0.473176473         US pint                 pint, pt
volume      0.2365882365        US cup                  cup, c
volume      0.0295735295625     US fluid ounce          fluid ounce, fl oz, fluid oz, ounce, oz
volume      0.01478676478125    US tablespoon           tablespoon, tbsp
volume      0.00492892159375    US teaspoon             teaspoon, tsp
volume      4.54609             imperial gallon         uk gallon, british gallon
volume      1.1365225           imperial quart          uk quart, british quart
volume      0.56826125          imperial pint           uk pint, british pint
volume      0.0284130625        imperial fluid ounce    uk fluid ounce, british fluid ounce
speed       1                   meter per second        *meters per second, m / s
speed       5/18                kilometer per hour      *kilometers per hour, km / h, kph, kmh
speed       0.44704             mile per hour           *miles per hour, mph, mi / h
speed       0.3048              foot per second         *feet per second, ft / s, fps
speed       463/900             knot                    kt, kn
area        1                   square meter            m2, square m, sqm
area        1000000             square kilometer        km2, square km
area        1/10000             square centimeter       cm2, square cm
area        1/1000000           square millimeter       mm2, square mm
area        10000               hectare                 ha
area        4046.8564224        acre
area        2589988.110336      square mile             mi2, square mi
area        0.83612736          square yard             yd2, square yd
area        0.09290304          square foot             *square feet, ft2, square ft, sqft
area        0.00064516          square inch             *square inches, in2, square in
time        1                   second                  s, sec
time        1/1000              millisecond             ms
time        60                  minute                  min
time        3600                hour                    h, hr
time        86400               day                     d
time        604800              week                    wk
time        31536000            year                    y, yr
data        1                   byte                    b
data        1/8                 bit
data        1000                kilobyte                kb
data        1000000             megabyte                mb, meg
data        1000000000          gigabyte                gb, gig
data        1000000000000       terabyte                tb
data        1024                kibibyte                kib
data        1048576             mebibyte                mib
data        1073741824          gibibyte                gib
data        1099511627776       tebibyte                tib
data        125                 kilobit                 kbit
data        125000              megabit                 mbit
data        125000000           gigabit                 gbit
"""

_CELSIUS = "degree celsius, celsius, c, degree c, degree, centigrade, degree centigrade"
_FAHRENHEIT = "degree fahrenheit, fahrenheit, f, degree f, degree"
_TEMPERATURES = (
    (Unit("temperature", "kelvin", "kelvin", Fraction(1)), "kelvin, k, degree kelvin"),
    (
        Unit(
            "temperature",
            "degree Celsius",
            "degrees Celsius",
            Fraction(1),
            Fraction("273.15"),
        ),
        _CELSIUS,
    ),
    (
        Unit(
            "temperature",
            "degree Fahrenheit",
            "degrees Fahrenheit",
            Fraction(5, 9),
            Fraction("273.15") - 32 * Fraction(5, 9),
        ),
        _FAHRENHEIT,
    ),
)


def _named() -> Iterator[tuple[str, Unit]]:
    """Every unit by each of its names."""
    for unit, names in _TEMPERATURES:
        for name in names.split(", "):
            yield name, unit
    for line in _UNITS.strip().splitlines():
        kind, size, rest = line.split(None, 2)
        one, _, others = rest.partition("  ")
        called = [one, *(other.strip() for other in others.split(",") if other.strip())]
        plural = next((name[1:] for name in called if name.startswith("*")), f"{one}s")
        unit = Unit(kind, one, plural, Fraction(size))
        for name in called:
            yield name.removeprefix("*"), unit


def _by_name() -> dict[str, tuple[Unit, ...]]:
    names: dict[str, tuple[Unit, ...]] = {}
    for name, unit in _named():
        names[_plain(name)] = (*names.get(_plain(name), ()), unit)
    return names


_NAMES = _by_name()

UNITS = tuple(dict.fromkeys(unit for _, unit in _named()))
"""All of them."""
