"""Sentences that give something away, with what they give away marked: made, not collected.

A sentence is a template whose slots are filled at random from a seed. Templates and names come in
two halves: `TUNING`, against which the rules were written, and `HELD_OUT`, which was written
before the rules and whose failures nobody looked at while the rules grew. The lists of cues were
written with both in view, though: sentences of other people are the harder test.

Nobody in here exists: surnames are made up, mail goes to reserved domains, telephone numbers lie
in the range kept for fiction, social security numbers begin with 9 (which none does).
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from edgevoice.privacy.kinds import Kind

_SLOT = re.compile(r"\{(\w+)\}")

TUNING = """
my name is {name} and i need some water
hello my name is {name}
hi this is {name} from room four
the name is {name}
i am called {name}
doctor {title} said i should rest
is doctor {title} in today
when does nurse {title} come back
please tell mister {title} that i am awake
call {name} please
can you call {name} for me
you can reach me at {phone}
my phone number is {phone}
call me back at {phone} after lunch
the number is {phone}
{phone} is my cell
send it to {email} please
my email is {email}
my e-mail address is {email} thank you
write to {email} tomorrow
my date of birth is {dob}
i was born on {dob}
date of birth {dob} and i take two pills
my birthday is {dob}
my social security number is {ssn}
social security {ssn} thanks
ssn {ssn}
my medical record number is {mrn}
the m r n is {mrn} okay
chart number {mrn}
my insurance id is {insurance}
the member id is {insurance} i think
policy number {insurance} please
i live at {address}
my address is {address} and the door is open
send the taxi to {address} please
my credit card number is {card}
please charge {card} for it
the card is {card} and it is a visa
my name is {name} and my number is {phone}
what is the weather like tomorrow
set a timer for twenty five minutes
what is two hundred times three
i have been here for twenty two days
tell me a joke about doctors
call the nurse please
this is really good
i am tired and my back hurts
the doctor said i may get up
count one two three four five six seven eight nine ten
my name is not important
wake me up at seven thirty in the morning
turn the light on at half past nine
it is two minutes to drive there
what happened in nineteen sixty nine
what is the capital of france
remind me to call my daughter at five
look it up at the library
play station one oh four point five
"""

HELD_OUT = """
good morning my name's {name} i have a question
they call me {name}
people know me as {name} here
i'm {name} and i want to sleep
i was brought in by nurse {title} this morning
has doctor {title} looked at my results yet
mrs {title} next door is too loud
i would like to speak with professor {title}
could you ring {name} and say that i am fine
ask {name} to bring my glasses
my daughter {name} will visit me at four
my home number is {phone} if you need it
try my mobile {phone}
text {phone} when it is ready
ring {phone} and ask for the ward
you will find me under {phone} most of the day
forward the results to {email} today
you can email me at {email}
the address for mail is {email} by the way
my son's e-mail is {email} and he answers quickly
i am born {dob}
her date of birth is {dob} i believe
d o b {dob}
he was born on {dob} in this very house
the last thing is my social that is {ssn}
for the form my social security is {ssn} and nothing else
social {ssn}
the hospital number is {mrn} on my wristband
my record number would be {mrn}
patient id {mrn} says the label
my health plan number is {insurance}
subscriber number {insurance} it says on the card
medicare id {insurance} if that helps
we live on {address} since last year
bring the groceries to {address} today
my house is at {address} near the park
you can use my visa {card} for that
the number on my card is {card}
pay with {card} please
this is {name} born on {dob}
my name is {name} my email is {email} and my phone is {phone}
how many people live in new york
add two tablespoons of sugar to the list
read me the news from nineteen ninety nine
is my doctor here today
the nurse was very kind to me
i am from the south and i like it here
what is one thousand two hundred divided by four
call it a day
this is the best soup i had in years
my birthday is next week
do i have an address book
what is a social security number
the train leaves at ten forty five from platform nine
turn to page two hundred and thirty one
it is a long way to the station
tell me about queen victoria and her nine children
i weigh one hundred and forty five pounds
take one at eight two at noon and three at nine
how old is the oldest doctor in the world
"""

_GIVEN = {
    "tuning": "anna maria john robert james mary linda michael susan david".split(),
    "held out": "emma thomas oliver sophia priya mateo yuki fatima henry grace".split(),
}
_SURNAMES = {
    "tuning": "exampleton testwick sampleford placeholder mockley".split(),
    "held out": "fixturely dummerson stubbington nobodieff fakelund".split(),
}
_STREETS = {
    "tuning": ["maple street", "oak avenue", "test lane", "sample road", "north fixture drive"],
    "held out": ["elm street", "mock boulevard", "river court", "east dummy way", "mill place"],
}
_DIGITS = "zero one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_MONTHS = (
    "january february march april may june july august september october november december"
).split()
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
).split()


@dataclass(frozen=True, slots=True)
class Secret:
    """What must not leave: its kind, and where it stands."""

    kind: Kind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """What somebody might say, as a recogniser writes it."""

    text: str
    secrets: tuple[Secret, ...]


def sentences(half: str, each: int, seed: int, templates: str | None = None) -> Iterator[Sentence]:
    """Every template of the `half` ("tuning" or "held out"), filled `each` times.

    Other `templates`, one a line, are filled with the names and streets of that half. A slot that
    is unknown raises `KeyError`.
    """
    lines = templates or {"tuning": TUNING, "held out": HELD_OUT}[half]
    dice = random.Random(f"{half} {seed}")
    for template in lines.strip().splitlines():
        # Without a slot every filling is the same, and once is enough.
        for _ in range(each if "{" in template else 1):
            yield _fill(template, half, dice)


def _fill(template: str, half: str, dice: random.Random) -> Sentence:
    text, secrets, at = "", [], 0
    for slot in _SLOT.finditer(template):
        text += template[at : slot.start()]
        words = _FILLERS[slot[1]](half, dice)
        kind = Kind("name" if slot[1] == "title" else slot[1])
        secrets.append(Secret(kind, len(text), len(text) + len(words)))
        text, at = text + words, slot.end()
    return Sentence(text + template[at:], tuple(secrets))


def _below_hundred(number: int) -> str:
    if number < 20:
        return (_DIGITS + _TEENS)[number]
    tens, ones = divmod(number, 10)
    return _TENS[tens - 2] + (f" {_DIGITS[ones]}" if ones else "")


def say(digits: str, dice: random.Random) -> str:
    """`digits` as people say them: one by one, "oh", "double seven", "forty two"."""
    manner = dice.choice(["single", "single", "oh", "double", "pairs"])
    said, at = [], 0
    while at < len(digits):
        pair = digits[at : at + 2]
        if manner == "double" and len(pair) == 2 and pair[0] == pair[1]:
            said.append(f"double {_DIGITS[int(pair[0])]}")
            at += 2
        elif manner == "pairs" and len(pair) == 2 and pair[0] != "0" and dice.random() < 0.5:
            said.append(_below_hundred(int(pair)))
            at += 2
        else:
            said.append("oh" if manner == "oh" and pair[0] == "0" else _DIGITS[int(pair[0])])
            at += 1
    return " ".join(said)


def _random_digits(count: int, dice: random.Random) -> str:
    return "".join(dice.choices("0123456789", k=count))


def _grouped(groups: Sequence[str], mark: str, dice: random.Random) -> str:
    """Written, said, or said with commas between the groups."""
    manner = dice.choice(["written", "said", "said", "commas"])
    if manner == "written":
        return mark.join(groups)
    if manner == "said":
        return say("".join(groups), dice)
    return ", ".join(say(group, dice) for group in groups)


def _name(half: str, dice: random.Random) -> str:
    given = dice.choice(_GIVEN[half])
    return dice.choice([given, f"{given} {dice.choice(_SURNAMES[half])}"])


def _title(half: str, dice: random.Random) -> str:
    return dice.choice(_SURNAMES[half])


def _phone(half: str, dice: random.Random) -> str:
    local = f"01{_random_digits(2, dice)}"
    area = dice.choice(["212", "415", "617", "808"])
    groups = dice.choice([("555", local), (area, "555", local), ("1", area, "555", local)])
    return _grouped(groups, dice.choice("-. "), dice)


def _email(half: str, dice: random.Random) -> str:
    given, surname = dice.choice(_GIVEN[half]), dice.choice(_SURNAMES[half])
    domain = dice.choice(["example.com", "example.org", "mail.example.net"])
    local = dice.choice([given, f"{given}.{surname}", f"{given}{dice.randint(10, 99)}"])
    written = f"{local}@{domain}"
    if dice.random() < 0.3:
        return written
    spoken = written.replace("@", " at ").replace(".", " dot ")
    return re.sub(r"\d+", lambda found: " " + say(found[0], dice), spoken)


def _dob(half: str, dice: random.Random) -> str:
    month, day, year = dice.randrange(12), dice.randint(1, 20), dice.randint(1921, 1999)
    years = f"nineteen {_below_hundred(year - 1900)}"
    return dice.choice(
        [
            f"{month + 1}/{day}/{year}",
            f"{year}-{month + 1:02}-{day:02}",
            f"{_MONTHS[month]} {_ORDINALS[day - 1]} {years}",
            f"the {_ORDINALS[day - 1]} of {_MONTHS[month]} {years}",
            f"{_MONTHS[month]} {day} {year}",
            f"{_below_hundred(month + 1)} {_below_hundred(day)} {_below_hundred(year - 1900)}",
        ]
    )


def _ssn(half: str, dice: random.Random) -> str:
    groups = (f"9{_random_digits(2, dice)}", _random_digits(2, dice), _random_digits(4, dice))
    return _grouped(groups, "-", dice)


def _mrn(half: str, dice: random.Random) -> str:
    digits = _random_digits(dice.randint(6, 8), dice)
    return dice.choice([digits, say(digits, dice)])


def _insurance(half: str, dice: random.Random) -> str:
    letters = "".join(dice.choices("bcdfghjkmpqrtwxz", k=dice.randint(1, 3)))
    digits = _random_digits(dice.randint(6, 9), dice)
    return dice.choice([letters + digits, f"{' '.join(letters)} {say(digits, dice)}"])


def _address(half: str, dice: random.Random) -> str:
    number = dice.randint(10, 99)
    house = dice.choice([str(number), _below_hundred(number), say(str(100 + number), dice)])
    street = f"{house} {dice.choice(_STREETS[half])}"
    zip_code = say(_random_digits(5, dice), dice)
    return dice.choice([street, f"{street} apartment {dice.choice('four nine'.split())} b",
                        f"{street} springfield illinois {zip_code}"])  # fmt: skip


def _card(half: str, dice: random.Random) -> str:
    body = "4" + _random_digits(14, dice)
    total = sum(
        sum(divmod(int(digit) * 2, 10)) if place % 2 == 0 else int(digit)
        for place, digit in enumerate(body)
    )
    digits = body + str(-total % 10)
    return _grouped([digits[at : at + 4] for at in range(0, 16, 4)], " ", dice)


_FILLERS: dict[str, Callable[[str, random.Random], str]] = {
    "name": _name,
    "title": _title,
    "phone": _phone,
    "email": _email,
    "dob": _dob,
    "ssn": _ssn,
    "mrn": _mrn,
    "insurance": _insurance,
    "address": _address,
    "card": _card,
}
