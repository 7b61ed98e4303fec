"""What people put into the requests of the benchmark: times, things, sums, and what each one means.

A slot's values are pairs: how it is said, and the arguments that it stands for.
"""

from collections.abc import Mapping
from typing import Any

Values = tuple[tuple[str, Mapping[str, Any]], ...]


def each(name: str, *pairs: tuple[str, Any]) -> Values:
    """Pairs of how it is said, and what the argument `name` is then."""
    return tuple((said, {name: meant}) for said, meant in pairs)


def same(name: str, *words: str) -> Values:
    """The argument `name` is what is said."""
    return tuple((said, {name: said}) for said in words)


def converted(*rows: tuple[str, float, str, str]) -> Values:
    """How it is said; the value, and the units that it is converted between."""
    return tuple(
        (said, {"value": value, "from_unit": old, "to_unit": new}) for said, value, old, new in rows
    )


SLOTS: dict[str, Values] = {
    "duration": each(
        "seconds",
        ("four minutes", 240),
        ("forty five seconds", 45),
        ("one and a half hours", 5400),
        ("half a minute", 30),
        ("thirty five minutes", 2100),
        ("3 hours", 10800),
        ("20 minutes", 1200),
        ("an hour", 3600),
        ("half an hour", 1800),
        ("two and a half minutes", 150),
        ("two hours and ten minutes", 7800),
        ("a couple of minutes", 120),
        ("15 seconds", 15),
        ("a hundred minutes", 6000),
        ("an hour and a quarter", 4500),
        ("seven minutes", 420),
        ("1 minute 30 seconds", 90),
        ("five and a half minutes", 330),
    ),
    "label": same(
        "label", "soup", "cake", "washing", "potato", "noodle", "oven", "coffee", "lasagna"
    ),
    "time": each(
        "time",
        ("quarter past seven in the morning", "07:15"),
        ("6:45", "6:45 am/pm"),
        ("ten to nine", "8:50 am/pm"),
        ("eight pm", "20:00"),
        ("midday", "12:00"),
        ("three o'clock in the afternoon", "15:00"),
        ("7 am", "07:00"),
        ("half past five", "5:30 am/pm"),
        ("a quarter to ten in the evening", "21:45"),
        ("nine forty five", "9:45 am/pm"),
        ("six", "6:00 am/pm"),
        ("10:20 pm", "22:20"),
        ("eight thirty a.m.", "08:30"),
        ("five past eleven", "11:05 am/pm"),
        ("2 o'clock", "2:00 am/pm"),
        ("seven in the evening", "19:00"),
        ("half seven", "7:30 am/pm"),
        ("four ten p.m.", "16:10"),
    ),
    "day": each(
        "day",
        ("on monday", "monday"),
        ("tomorrow", "tomorrow"),
        ("on thursday", "thursday"),
        ("on tuesday", "tuesday"),
        ("next sunday", "sunday"),
        ("today", "today"),
    ),
    "level": each(
        "level",
        ("forty percent", 40),
        ("60", 60),
        ("thirty five", 35),
        ("ninety percent", 90),
        ("25", 25),
        ("fifteen", 15),
        ("70%", 70),
        ("five percent", 5),
    ),
    "task": same(
        "text",
        "lock the back door",
        "email the landlord",
        "turn off the sprinkler",
        "walk the dog",
        "book the train tickets",
        "fetch the laundry",
        "wish lucy a happy birthday",
        "stretch my legs",
        "defrost the peas",
        "return the library books",
        "talk to mark about the party",
        "stir the soup",
    ),
    "item": same(
        "item",
        "butter",
        "red onions",
        "three avocados",
        "dish soap",
        "peanut butter",
        "a bag of flour",
        "cat food",
        "kitchen towels",
        "bread and milk",
        "oranges",
        "batteries",
        "yoghurt",
    ),
    "list": each(
        "list",
        ("todo", "to do"),
        ("gift", "gift"),
        ("holiday", "holiday"),
        ("garden", "garden"),
        ("reading", "reading"),
        ("work", "work"),
    ),
    "note": same(
        "text",
        "the window cleaner is called john",
        "my shoe size is forty two",
        "the boiler was fixed in april",
        "we need new curtains",
        "the code of the gate has changed",
        "tom owes me ten dollars",
    ),
    "fact": same(
        "text",
        "my brother works in a bank",
        "i take two sugars in my coffee",
        "our dog is afraid of thunder",
        "i play tennis on mondays",
        "my wife's name is clara",
        "the spare key is at our neighbor's",
    ),
    "about": same(
        "about", "my brother", "the dog", "my wife", "my tennis club", "my house", "our neighbors"
    ),
    "person": same(
        "name", "john", "my wife", "the plumber", "doctor miller", "grandma", "missus jones"
    ),
    "message": same(
        "message", "i am on my way", "the train is late", "lunch is at one", "we need more chairs"
    ),
    "query": same(
        "query",
        "the dishwasher",
        "sick leave",
        "the wifi password",
        "how to reset the alarm panel",
        "rent increases",
        "opening hours",
    ),
    "sum": each(
        "expression",
        ("34 times 19", "34 * 19"),
        ("thirty percent of two hundred and fifty", "30% of 250"),
        ("six hundred and twelve minus forty nine", "612 - 49"),
        ("96 divided by 8", "96 / 8"),
        ("fifty five plus twenty seven", "55 + 27"),
        ("the square root of one hundred and forty four", "sqrt(144)"),
        ("two to the power of ten", "2 ^ 10"),
        ("one point two times five", "1.2 * 5"),
        ("8% of 1,500", "8% of 1500"),
        ("ninety over four", "90 / 4"),
        ("nine squared", "9 ^ 2"),
        ("12 x 12", "12 * 12"),
        ("eighty eight minus nine point two", "88 - 9.2"),
        ("7 + 6 - 2", "7 + 6 - 2"),
    ),
    "measured": converted(
        ("twenty kilometers|miles", 20, "kilometer", "mile"),
        ("6 feet|meters", 6, "foot", "meter"),
        ("fifty degrees fahrenheit|celsius", 50, "fahrenheit", "celsius"),
        ("three and a half kilos|pounds", 3.5, "kilogram", "pound"),
        ("two tablespoons|milliliters", 2, "tablespoon", "milliliter"),
        ("30 centimeters|inches", 30, "centimeter", "inch"),
        ("180 celsius|fahrenheit", 180, "celsius", "fahrenheit"),
        ("eleven stone|kilograms", 11, "stone", "kilogram"),
        ("2.5 gallons|litres", 2.5, "gallon", "liter"),
        ("eight ounces|grams", 8, "ounce", "gram"),
        ("a hundred yards|meters", 100, "yard", "meter"),
        ("two days|hours", 2, "day", "hour"),
    ),
}
