"""What people put into the requests of the benchmark: times, things, sums, and what each one means.

A slot's values are pairs: how it is said, and the arguments that it stands for.
"""

from collections.abc import Mapping
from typing import Any

Values = tuple[tuple[str, Mapping[str, Any]], ...]


def _each(name: str, *pairs: tuple[str, Any]) -> Values:
    return tuple((said, {name: meant}) for said, meant in pairs)


def _same(name: str, *words: str) -> Values:
    return tuple((said, {name: said}) for said in words)


def _converted(*rows: tuple[str, float, str, str]) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    return tuple(
        (said, {"value": value, "from_unit": old, "to_unit": new}) for said, value, old, new in rows
    )


SLOTS: dict[str, Values] = {
    "duration": _each(
        "seconds",
        ("five minutes", 300),
        ("ninety seconds", 90),
        ("an hour and a half", 5400),
        ("a quarter of an hour", 900),
        ("twenty five minutes", 1500),
        ("two hours", 7200),
        ("45 minutes", 2700),
        ("one minute", 60),
        ("half an hour", 1800),
        ("three and a half minutes", 210),
        ("an hour and twenty minutes", 4800),
        ("ten seconds", 10),
        ("2 and a half hours", 9000),
        ("six minutes and thirty seconds", 390),
        ("three quarters of an hour", 2700),
        ("a minute and a half", 90),
        ("eighteen minutes", 1080),
        ("1 hour 15 minutes", 4500),
    ),
    "label": _same("label", "pasta", "pizza", "laundry", "tea", "egg", "bread", "chicken", "rice"),
    "time": _each(
        "time",
        ("half past six in the morning", "06:30"),
        ("7:15", "7:15 am/pm"),
        ("quarter to eight", "7:45 am/pm"),
        ("nine pm", "21:00"),
        ("noon", "12:00"),
        ("five o'clock in the afternoon", "17:00"),
        ("8 am", "08:00"),
        ("twenty past five", "5:20 am/pm"),
        ("ten to seven in the evening", "18:50"),
        ("six thirty", "6:30 am/pm"),
        ("seven", "7:00 am/pm"),
        ("11:45 pm", "23:45"),
        ("five fifteen a.m.", "05:15"),
        ("a quarter past nine", "9:15 am/pm"),
        ("4 o'clock", "4:00 am/pm"),
        ("eight at night", "20:00"),
        ("twelve thirty in the afternoon", "12:30"),
        ("six oh five", "6:05 am/pm"),
    ),
    "day": _each(
        "day",
        ("tomorrow", "tomorrow"),
        ("on friday", "friday"),
        ("on sunday", "sunday"),
        ("on wednesday", "wednesday"),
        ("today", "today"),
        ("this saturday", "saturday"),
    ),
    "level": _each(
        "level",
        ("fifty percent", 50),
        ("30", 30),
        ("seventy five", 75),
        ("twenty percent", 20),
        ("100", 100),
        ("eighty", 80),
        ("65%", 65),
        ("ten", 10),
    ),
    "task": _same(
        "text",
        "water the plants",
        "call the dentist",
        "take the bread out of the oven",
        "feed the cat",
        "pay the rent",
        "pick up the kids",
        "buy a birthday present",
        "take my pills",
        "check the mail",
        "put the bins out",
        "ring my brother",
        "charge the phone",
    ),
    "item": _same(
        "item",
        "milk",
        "brown bread",
        "two lemons",
        "washing powder",
        "olive oil",
        "a dozen eggs",
        "coffee beans",
        "toilet paper",
        "salt and pepper",
        "bananas",
        "light bulbs",
        "cheese",
    ),
    "list": _each(
        "list",
        ("to do", "to do"),
        ("packing", "packing"),
        ("christmas", "christmas"),
        ("hardware", "hardware"),
        ("party", "party"),
        ("school", "school"),
    ),
    "note": _same(
        "text",
        "the plumber comes on tuesday",
        "the car needs new tyres",
        "we are out of paint",
        "the key is under the mat",
        "anna likes yellow roses",
        "the meeting was moved to june",
    ),
    "fact": _same(
        "text",
        "my sister lives in oslo",
        "i park on level three",
        "the cat is called oscar",
        "i am allergic to nuts",
        "my son's birthday is in march",
        "we like our tea strong",
    ),
    "about": _same(
        "about", "my sister", "the cat", "my car", "my birthday", "our parking space", "my coffee"
    ),
    "person": _same(
        "name", "anna", "my daughter", "the doctor", "doctor brown", "mister lee", "mum"
    ),
    "message": _same(
        "message", "dinner is ready", "i will be late", "the door is open", "i need some help"
    ),
    "query": _same(
        "query",
        "the boiler",
        "the warranty",
        "holiday pay",
        "how to descale the kettle",
        "the fire drill",
        "parking permits",
    ),
    "sum": _each(
        "expression",
        ("17 times 23", "17 * 23"),
        ("twelve percent of eighty", "12% of 80"),
        ("four hundred and five minus ninety eight", "405 - 98"),
        ("144 divided by 12", "144 / 12"),
        ("nineteen plus sixty four", "19 + 64"),
        ("the square root of 81", "sqrt(81)"),
        ("three to the power of four", "3 ^ 4"),
        ("two point five times eight", "2.5 * 8"),
        ("15% of 240", "15% of 240"),
        ("one thousand two hundred divided by 16", "1200 / 16"),
        ("seven squared", "7 ^ 2"),
        ("6 x 7", "6 * 7"),
        ("a hundred minus thirty seven point five", "100 - 37.5"),
        ("3 + 4 * 5", "3 + 4 * 5"),
    ),
    "measured": _converted(
        ("ten miles|kilometers", 10, "mile", "kilometer"),
        ("5 feet|centimeters", 5, "foot", "centimeter"),
        ("a hundred degrees fahrenheit|celsius", 100, "fahrenheit", "celsius"),
        ("two and a half pounds|grams", 2.5, "pound", "gram"),
        ("three cups|milliliters", 3, "cup", "milliliter"),
        ("12 inches|centimetres", 12, "inch", "centimeter"),
        ("20 degrees celsius|fahrenheit", 20, "celsius", "fahrenheit"),
        ("seventy kilos|pounds", 70, "kilogram", "pound"),
        ("1.5 liters|gallons", 1.5, "liter", "gallon"),
        ("six ounces|grams", 6, "ounce", "gram"),
        ("400 meters|yards", 400, "meter", "yard"),
        ("three hours|seconds", 3, "hour", "second"),
    ),
}
