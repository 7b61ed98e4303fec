"""What people put into lists, notes, reminders and memory: texts that a call must copy."""

import random

from tools.train.chat import words

ROLES: tuple[str, ...] = tuple(
    "mother father mum dad brother sister son daughter wife husband uncle aunt cousin neighbor "
    "boss friend doctor dentist nurse plumber landlord grandmother grandfather".split()
)
PLACES: tuple[str, ...] = ("front desk", "reception", "office", "workshop", "caretaker", "pharmacy")
LISTS: tuple[str, ...] = (
    "to do", "packing", "party", "christmas", "gift", "wish", "work", "reading", "weekend",
    "holiday", "school", "travel", "hardware", "kitchen", "movie", "book", "garden", "birthday",
)  # fmt: skip
LABELS: tuple[str, ...] = tuple(
    "pasta egg eggs tea pizza bread cake laundry rice oven chicken soup potato potatoes nap break "
    "workout cookies dinner lunch dough coffee homework meeting game washing steak noodles "
    "meditation shower garden parking dishwasher turkey".split()
)
_CHORES: tuple[str, ...] = (
    "take out the trash", "take the bins out", "do the laundry", "do the dishes", "pay the rent",
    "pay the bills", "drink water", "drink some water", "go to bed", "go for a walk", "go shopping",
    "water the plants", "feed the cat", "feed the dog", "walk the dog", "lock the door",
    "close the windows", "take a break", "check the oven", "turn off the heating", "do my homework",
    "charge my phone", "pack my bag", "leave for work", "take my medicine", "stretch", "stand up",
    "call the doctor", "call the bank", "empty the dishwasher", "renew my passport",
    "book the tickets", "iron the shirts", "clean the fish tank", "sign the papers",
)  # fmt: skip
_PLACED: tuple[str, ...] = ("the {u}", "my {u}", "the {j} {u}", "the {u} in the {r}")


def _made_up(rng: random.Random) -> str:
    # Imported late: outside requests are split with all others, these among them.
    from tools.train.chat.outside import made_up

    return made_up(rng)


def noun(rng: random.Random) -> str:
    """A thing, now and then one that no dictionary has."""
    chance = rng.random()
    if chance < 0.07:
        return _made_up(rng)
    return rng.choice(words.ITEMS if chance < 0.25 else words.NOUNS)


def person(rng: random.Random) -> str:
    """A first name, a name and surname, or what somebody is."""
    chance = rng.random()
    if chance < 0.6:
        return rng.choice(words.NAMES)
    if chance < 0.72:
        return f"{rng.choice(words.NAMES)} {rng.choice(words.SURNAMES)}"
    return rng.choice(ROLES)


def item(rng: random.Random) -> str:
    """Something for a list."""
    chance = rng.random()
    if chance < 0.5:
        return rng.choice(words.FOODS)
    if chance < 0.6:
        return f"{rng.choice(words.ADJECTIVES)} {rng.choice(words.FOODS + words.ITEMS)}"
    if chance < 0.67:
        return f"{rng.choice(words.FOODS)} and {rng.choice(words.FOODS)}"
    if chance < 0.72:
        amount = rng.choice(("a bottle of", "a bag of", "some", "a box of"))
        return f"{amount} {rng.choice(words.FOODS)}"
    return noun(rng)


def task(rng: random.Random) -> str:
    """Something to do, as it follows "remind me to"."""
    shape = rng.choice(
        (
            "", "", "", "call {N}", "call my {o}", "buy {f}", "buy {f} and {f}", "get {f}",
            "take my {m}", "take the {m}", "pick up {N}", "pick up the {u}", "meet {N} at the {u}",
            "clean the {r}", "turn off the {d}", "check the {d}", "{v} the {u}", "{v} the {u}",
            "{v} my {u}", "{v} {u}", "{v} {N}", "{v}", "write to {N}", "bring {N} the {u}",
            "go to the {u}", "ask {N} about the {u}", "feed the {a}", "order {f}", "fix the {u}",
            "email {N}", "send the {u} to {N}", "visit my {o}",
        )
    )  # fmt: skip
    return _fill(shape, rng) if shape else rng.choice(_CHORES)


def statement(rng: random.Random) -> str:
    """Something to be written down."""
    return _fill(
        rng.choice(
            (
                "the {u} is in the {r}", "the {u} is {j}", "my {u} is {j}", "{N} called",
                "{N} called about the {u}", "we need {f}", "we need a new {u}", "the {d} is broken",
                "the {d} in the {r} needs repair", "{N} has the {u}", "{N} likes {f}",
                "my {o} is called {N}", "my {o}'s name is {N}", "i am allergic to {f}",
                "i don't like {f}", "i live in {y}", "i come from {y}", "i work at the {u}",
                "my favorite {u} is {u}", "my {o} lives in {y}", "i like {f}", "i love {u}",
                "my doctor is {N} {L}", "the {u} belongs to {N}", "my {u} is under the {u}",
                "i put the {u} in the {u}", "{N} comes on friday", "the {u} opens on monday",
                "{N} owes me a {u}", "i parked the car by the {u}", "the {j} {u} is for {N}",
                "i take {m} in the morning", "my cat is called {N}", "{N} is my {o}",
            )
        ),
        rng,
    )  # fmt: skip


def thing(rng: random.Random) -> str:
    """What a question is about, without an article."""
    chance = rng.random()
    if chance < 0.3:
        return rng.choice(ROLES)
    if chance < 0.45:
        return rng.choice(words.NAMES)
    if chance < 0.55:
        return rng.choice(words.FOODS)
    return noun(rng)


def query(rng: random.Random) -> str:
    """What documents are searched for."""
    return _fill(
        rng.choice(
            (
                "{u}", "{u}", "{d}", "{j} {u}", "{u} {u}", "{u} and {u}", "{f}", "{N} {L}",
                "{d} in the {r}", "{j} {d}", "{u} {d}", "{m}", "{v} the {d}",
            )
        ),
        rng,
    )  # fmt: skip


def message(rng: random.Random) -> str:
    """What somebody is to be told."""
    return _fill(
        rng.choice(
            (
                "dinner is ready", "i am late", "i need help", "the {d} is broken", "i need {f}",
                "the {u} is {j}", "{N} is here", "the {u} is here", "i am in the {r}",
                "i am on my way", "we need {f}", "{N} is at the {u}", "i lost my {u}",
                "everything is fine", "the {u} is ready",
            )
        ),
        rng,
    )  # fmt: skip


def _fill(shape: str, rng: random.Random) -> str:
    pools: dict[str, tuple[str, ...]] = {
        "N": words.NAMES, "L": words.SURNAMES, "f": words.FOODS, "r": words.ROOMS,
        "d": words.DEVICES, "m": words.MEDICINES, "v": words.VERBS, "j": words.ADJECTIVES,
        "y": words.CITIES, "a": words.UNKNOWN_ANIMALS, "o": ROLES,
    }  # fmt: skip
    filled = shape
    while "{" in filled:
        at = filled.index("{")
        field = filled[at + 1]
        word = noun(rng) if field == "u" else rng.choice(pools[field])
        filled = filled[:at] + word + filled[at + 3 :]
    return filled


def first_words() -> tuple[str, ...]:
    """All words that a copied text may begin with."""
    texts = (
        words.FOODS, words.ITEMS, words.NOUNS, words.NAMES, words.SURNAMES, words.ADJECTIVES,
        words.VERBS, words.DEVICES, words.MEDICINES, words.CITIES, words.ROOMS, ROLES, PLACES,
        LISTS, LABELS, _CHORES, words.SMALL_WORDS, words.UNKNOWN_ANIMALS, words.DAYTIMES,
        ("everything", "kilometers", "miles", "meters", "feet", "inches", "centimeters", "pounds",
         "kilograms", "grams", "ounces", "liters", "gallons", "cups", "fahrenheit", "celsius",
         "yards", "millimeters", "milliliters", "tablespoons", "teaspoons", "kilometer", "mile",
         "pound", "kilogram", "ounce", "gallon", "liter", "inch", "foot", "cup", "yard", "meter",
         "percent", "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"),
    )  # fmt: skip
    return tuple(dict.fromkeys(text.split()[0] for pool in texts for text in pool))
