"""The converter knows what people call things, and is exact."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.skills.builtin.measures import KINDS, UNITS, Unit, choose, convert_exactly
from edgevoice.skills.builtin.measures import units_called as called
from edgevoice.skills.builtin.units import unit_tools
from edgevoice.skills.tool import Effect, ToolFailedError
from tests.skills.builtin.using import Bench

TOOLS = Bench(unit_tools())


def said(value: float, here: str, there: str) -> str:
    return TOOLS.say("convert", value=value, from_unit=here, to_unit=there)


@pytest.mark.parametrize(
    ("value", "here", "there", "answer"),
    [
        (1, "mile", "kilometers", "1 mile is about 1.609 kilometers."),
        (5, "miles", "km", "5 miles is about 8.047 kilometers."),
        (1, "inch", "centimetres", "1 inch is 2.54 centimeters."),
        (6, "feet", "meters", "6 feet is about 1.829 meters."),
        (3, "Feet", "inches", "3 feet is 36 inches."),
        (1, "kg", "pounds", "1 kilogram is about 2.205 pounds."),
        (150, "lbs", "kilos", "150 pounds is about 68.039 kilograms."),
        (11, "stone", "kg", "11 stone is about 69.853 kilograms."),
        (2, "tons", "pounds", "2 US tons is 4000 pounds."),
        (1, "metric ton", "kilograms", "1 tonne is 1000 kilograms."),
        (1, "gallon", "liters", "1 US gallon is about 3.785 liters."),
        (1, "imperial gallon", "litres", "1 imperial gallon is about 4.546 liters."),
        (1, "UK pint", "ml", "1 imperial pint is about 568.261 milliliters."),
        (2, "cups", "ounces", "2 US cups is 16 US fluid ounces."),
        (8, "ounces", "cups", "8 US fluid ounces is 1 US cup."),
        (8, "ounces", "grams", "8 ounces is about 226.796 grams."),
        (3, "teaspoons", "tablespoons", "3 US teaspoons is 1 US tablespoon."),
        (20, "degrees Celsius", "Fahrenheit", "20 degrees Celsius is 68 degrees Fahrenheit."),
        (98.6, "°F", "°C", "98.6 degrees Fahrenheit is 37 degrees Celsius."),
        (-40, "c", "f", "-40 degrees Celsius is -40 degrees Fahrenheit."),
        (70, "degrees fahrenheit", "degrees", "70 degrees Fahrenheit is about 21.111 degrees "
         "Celsius."),
        (0, "kelvin", "celsius", "0 kelvin is -273.15 degrees Celsius."),
        (60, "mph", "km/h", "60 miles per hour is about 96.561 kilometers per hour."),
        (36, "kilometers per hour", "m/s", "36 kilometers per hour is 10 meters per second."),
        (10, "knots", "miles per hour", "10 knots is about 11.508 miles per hour."),
        (2, "acres", "square meters", "2 acres is about 8093.713 square meters."),
        (1, "sq. ft.", "square inches", "1 square foot is 144 square inches."),
        (3, "m²", "square feet", "3 square meters is about 32.292 square feet."),
        (90, "minutes", "hours", "90 minutes is 1.5 hours."),
        (2, "weeks", "days", "2 weeks is 14 days."),
        (1, "year", "hours", "1 year is 8760 hours."),
        (1, "GB", "MB", "1 gigabyte is 1000 megabytes."),
        (1, "GiB", "MiB", "1 gibibyte is 1024 mebibytes."),
        (100, "megabits", "megabytes", "100 megabits is 12.5 megabytes."),
        (0.1, "cm", "mm", "0.1 centimeters is 1 millimeter."),
        (1, "nm", "miles", "1 nanometer is about 6.21 times 10 to the power of -13 miles."),
        (1e300, "km", "m", "10 to the power of 300 kilometers is 10 to the power of 303 meters."),
    ],
)  # fmt: skip
def test_says(value: float, here: str, there: str, answer: str) -> None:
    assert said(value, here, there) == answer


@pytest.mark.parametrize(
    ("value", "here", "there", "why"),
    [
        (
            1,
            "mile",
            "kilograms",
            "cannot turn miles into kilograms: one is a length, the other a w",
        ),
        (1, "furlong", "meters", "do not know the unit furlong"),
        (1, "meters", "x" * 500, "do not know the unit x{30}\\."),
        (1, "", "meters", "do not know"),
        (-1, "kelvin", "celsius", "as cold as that"),
        (-300, "celsius", "fahrenheit", "as cold as that"),
        (float("inf"), "km", "m", "no number"),
        (float("nan"), "km", "m", "no number"),
    ],
)
def test_says_why_not(value: float, here: str, there: str, why: str) -> None:
    with pytest.raises(ToolFailedError, match=why):
        said(value, here, there)


ALIKE = st.sampled_from(UNITS).flatmap(
    lambda unit: st.tuples(
        st.just(unit), st.sampled_from([other for other in UNITS if other.kind == unit.kind])
    )
)


@given(st.fractions(), ALIKE)
def test_there_and_back_is_where_one_was(value: Fraction, units: tuple[Unit, Unit]) -> None:
    here, there = units
    assert convert_exactly(convert_exactly(value, here, there), there, here) == value


@given(st.fractions(), ALIKE, st.data())
def test_the_way_does_not_matter(
    value: Fraction, units: tuple[Unit, Unit], data: st.DataObject
) -> None:
    here, there = units
    via = data.draw(st.sampled_from([unit for unit in UNITS if unit.kind == here.kind]))
    roundabout = convert_exactly(convert_exactly(value, here, via), via, there)
    assert roundabout == convert_exactly(value, here, there)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.one)
def test_every_unit_answers_to_its_own_names(unit: Unit) -> None:
    assert unit in called(unit.one)
    assert unit in called(unit.many.upper())
    assert unit.kind in KINDS
    assert choose(unit.one, unit.many) == (unit, unit) or "degree" in unit.one


# By other definitions than those that the table is written in.
@pytest.mark.parametrize(
    ("many", "of", "are", "those"),
    [
        (5280, "foot", 1, "mile"),
        (1760, "yard", 1, "mile"),
        (12, "inch", 1, "foot"),
        (14, "pound", 1, "stone"),
        (16, "ounce", 1, "pound"),
        (7000, "grain", 1, "pound"),
        (2240, "pound", 1, "imperial ton"),
        (231, "cubic inch", 1, "US gallon"),
        (1728, "cubic inch", 1, "cubic foot"),
        (4, "US quart", 1, "US gallon"),
        (8, "US pint", 1, "US gallon"),
        (128, "US fluid ounce", 1, "US gallon"),
        (8, "imperial pint", 1, "imperial gallon"),
        (4, "imperial quart", 1, "imperial gallon"),
        (160, "imperial fluid ounce", 1, "imperial gallon"),
        (640, "acre", 1, "square mile"),
        (43560, "square foot", 1, "acre"),
        (9, "square foot", 1, "square yard"),
        (144, "square inch", 1, "square foot"),
        (3600, "knot", 1852, "meter per second"),
        (22, "foot per second", 15, "mile per hour"),
        (100, "hectare", 1, "square kilometer"),
    ],
)
def test_definitions_agree(many: int, of: str, are: int, those: str) -> None:
    here, there = choose(of, those)
    assert convert_exactly(Fraction(many), here, there) == are


def test_only_looks() -> None:
    assert TOOLS.tools["convert"].effect is Effect.NONE
