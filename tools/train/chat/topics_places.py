"""Capitals and continents, both ways."""

import random

from tools.train.chat.facts import COUNTRIES, COUNTRY_ALIASES, Country, title
from tools.train.chat.phrase_frames import asking, wondering
from tools.train.chat.phrasing import Phrasings, Turn

CAPITAL_OF = Phrasings(
    (
        "[what is|what's|tell me|do you know|name] the capital [city |]of {c}",
        "capital of {c}",
        "[and |]the capital of {c} [please|]",
        "[can|could] you tell me the capital of {c}",
        "which city is {c}'s capital",
        "[i want to know|i'd like to know] the capital of {c}",
        "what is the {c} capital",
        "what city is the capital of {c}",
        "what is {c}'s capital [city|]",
        "[say|give me|name] {c}'s capital [city |]",
        "what is the main city of {c}",
        "i need the capital [city |]of {c}",
        "what is the capital of the country {c}",
        "what do you call the capital of {c}",
        "{c} has [which|what] capital",
        "which city is the capital of {c}",
        "{c}'s capital [city |]please",
        *asking("{c}'s capital"),
        *wondering("which city is the capital of {c}"),
        "from which city is {c} [ruled|governed]",
        "which [town|city] is the seat of government of {c}",
        "{c} what is the capital",
        "[hey|so|and] what's the capital [over |]in {c}",
        "what capital does {c} have",
        "what is the capital in {c}",
    ),
    (
        "what would be the capital of {c}",
        "say the capital of {c}",
        "do you happen to know the capital [city |]of {c}",
    ),
)
PLACE_NEXT = Phrasings(
    (
        "and [in|of|for] {c}",
        "and {c}",
        "what about {c}",
        "how about {c}",
        "and [what about|how about] {c}",
        "and what about [in|of] {c}",
        "okay and {c}",
        "and now [in|of|for] {c}",
        "[in|of] {c}",
        "okay what about {c}",
        "{c} too",
        "and {c} too",
        "{c} [please|next|as well]",
        "now {c}",
        "next {c}",
        "same for {c}",
        "and the same for {c}",
        "okay now {c}",
        "so what about {c}",
        "and {c} please",
        "and {c} what about that",
        "how about [in|for] {c}",
        "the same question for {c}",
        "what about [that of|the one for] {c}",
    ),
    ("and how is it with {c}", "what about [in|of] {c} then", "then {c}"),
)
CAPITAL_NEXT = Phrasings(
    (
        *PLACE_NEXT.train,
        "and the capital of {c}",
        "what about the one of {c}",
        "and [what is|what's] the one of {c}",
        "and the one of {c}",
        "and what is the capital of {c}",
        "what's {c}'s",
        "and {c}'s",
        "and {c}'s capital",
        "now the capital of {c}",
        "and what city is it in {c}",
        "what is it in {c}",
        "and which one does {c} have",
    ),
    (*PLACE_NEXT.held_out, "and how about that of {c}"),
)
COUNTRY_OF = Phrasings(
    (
        "{y} is the capital of [what|which] country",
        "[what|which] country has the capital {y}",
        "[what|which] country is {y} the capital of",
        "[what|which] country is {y} in",
        "where is {y}",
        "which country's capital is {y}",
        "in [what|which] country is {y}",
        "{y} is the capital of",
        "what is {y} the capital of",
        "[what|which] country does {y} lie in",
        "what country does the city of {y} lie in",
        "of [what|which] country is {y} the capital",
        *wondering("[what|which] country {y} is in"),
        *wondering("where {y} is [located|]"),
        "where do i find {y}",
        "where in the world is {y}",
        "[what|which] country would i find {y} in",
        "[what|which] country has {y} [as|for] its capital",
        "{y} where is [that|it]",
        "{y} is a capital but of [what|which] country",
        "i am going to {y} [what|which] country is that",
        "[what|which] land is {y} the capital of",
        "where [is|lies] the city [of |]{y}",
    ),
    (
        "tell me where {y} is",
        "{y} is in which country",
    ),
)
CONTINENT_OF = Phrasings(
    (
        "[what|which] continent is {c} [in|on]",
        "where is {c}",
        "on [what|which] continent is {c}",
        "in which part of the world is {c}",
        "[what is|what's] the continent of {c}",
        "{c} is [in|on] [what|which] continent",
        "[what|which] continent does {c} lie [in|on]",
        "is {c} in [europe|africa|asia|south america]",
        "is {c} in [europe|africa] or [in |]asia",
        "{c} is part of [what|which] continent",
        "what part of the world is {c} in",
        "tell me the continent of {c}",
        *wondering("[what|which] continent {c} is [in|on]"),
        *wondering("[in|on] [what|which] continent {c} is"),
        *asking("the continent of {c}"),
        *wondering("where {c} is"),
        "where [in the world|on the map|on earth] is {c}",
        "[what|which] continent is {c} [located|situated|found] [in|on]",
        "[what|which] continent is {c} [a |]part of",
        "[what|which] continent [has|holds|contains|includes] {c}",
        "[in|on] [what|which] continent [does {c} lie|is {c} located|would i find {c}]",
        "[in|on] [what|which] continent [can i find {c}|do you find {c}]",
        "where do i find {c}",
        "where can {c} be found",
        "where is {c} located",
        "where does {c} lie",
        "{c} what continent is that",
        "{c} [lies|is located] [in|on] which continent",
        "what's {c}'s continent",
        "name the continent [of|for] {c}",
        "name the continent that {c} is [in|on]",
        "[what|which] continent would {c} be [in|on]",
        "what about {c} which continent is it [in|on]",
        "is {c} a country in [europe|africa|asia|america]",
        "is {c} [a european|an african|an asian] country",
        "[what|which] continent do i travel to for {c}",
        "if i go to {c} which continent am i [in|on]",
        "to [what|which] continent do i fly for {c}",
        "people in {c} live on [what|which] continent",
        "the country {c} is on [what|which] continent",
        "[what|which] continent is the country [of |]{c} [in|on]",
        "does {c} lie in [europe|asia|africa]",
    ),
    ("[what|which] continent does {c} belong to",),
)


def _spoken(country: Country, rng: random.Random) -> str:
    return rng.choice(COUNTRY_ALIASES.get(country.name, (country.name,)))


def _shown(country: Country) -> str:
    return title(country.name)


def _capital_reply(country: Country) -> str:
    if country.name == "israel":
        return "Israel calls Jerusalem its capital."
    return f"The capital of {_shown(country)} is {title(country.capital)}."


def _continent_reply(country: Country) -> str:
    return f"{_shown(country)} is in {title(country.continent)}."


def capital(rng: random.Random, held_out: bool) -> list[Turn]:
    """The capital of a country, then perhaps of others."""
    first, *more = rng.sample(COUNTRIES, rng.choice((1, 1, 2, 2, 3)))
    ask = CAPITAL_OF.pick(rng, held_out, c=_spoken(first, rng))
    turns = [Turn(ask, _capital_reply(first), "capitals", (first.capital,))]
    for country in more:
        ask = CAPITAL_NEXT.pick(rng, held_out, c=_spoken(country, rng))
        turns.append(Turn(ask, _capital_reply(country), "follow-ups", (country.capital,)))
    return turns


def country(rng: random.Random, held_out: bool) -> list[Turn]:
    """The country of a capital, then perhaps of another."""
    first, *more = rng.sample(COUNTRIES, rng.choice((1, 1, 2)))
    turns = []
    for i, place in enumerate((first, *more)):
        ways = PLACE_NEXT if i else COUNTRY_OF
        reply = f"{title(place.capital)} is the capital of {_shown(place)}."
        if place.name == "israel":
            reply = "Israel calls Jerusalem its capital."
        ask = ways.pick(rng, held_out, c=place.capital, y=place.capital)
        turns.append(Turn(ask, reply, "follow-ups" if i else "capitals", (place.name,)))
    return turns


def continent(rng: random.Random, held_out: bool) -> list[Turn]:
    """The continent of a country, then perhaps of another."""
    turns = []
    for i, place in enumerate(rng.sample(COUNTRIES, rng.choice((1, 1, 2)))):
        ways = PLACE_NEXT if i else CONTINENT_OF
        ask = ways.pick(rng, held_out, c=_spoken(place, rng))
        topic = "follow-ups" if i else "continents"
        turns.append(Turn(ask, _continent_reply(place), topic, (place.continent,)))
    return turns
