"""Who speaks: the voices heard in training, and those kept for the test alone."""

import random
from typing import NamedTuple


class Voice(NamedTuple):
    """An engine and one of its voices."""

    engine: str  # espeak, flite or festival
    name: str

    def __str__(self) -> str:
        return f"{self.engine}-{self.name}"


HELD_OUT_VARIANTS = frozenset({"f3", "m7", "klatt4", "Andrea", "Mike"})
ACCENTS = {
    "en-us": 6, "en": 3, "en-gb-x-rp": 2, "en-gb-x-gbclan": 1, "en-gb-x-gbcwmd": 1, "en-029": 1,
    "en-us-nyc": 1,
}  # fmt: skip
# caleb, klatt5 and klatt6 are left out: they sound exactly like klatt4, which is held out.
VARIANTS = (
    "m1 m2 m3 m4 m5 m6 m8 f1 f2 f4 f5 klatt klatt2 klatt3 adam Alex Alicia Andy Annie announcer "
    "antonio aunty belinda benjamin boris croak david Denis Diogo ed edward gustave Gene Gene2 "
    "grandma grandpa Henrique Hugo iven iven2 iven3 iven4 Jacky john kaukovalta Lee linda marcelo "
    "Marco Mario max Michael michel miguel Mr Nguyen norbert pablo paul pedro quincy rob robert "
    "sandro shelby steph steph2 steph3 Storm travis victor zac anika whisper whisperf"
).split()
FLITE = {"slt": 13, "awb": 13, "kal16": 6, "kal": 4}
FESTIVAL = {"cmu_us_slt_arctic_hts": 5, "ked_diphone": 6, "kal_diphone": 4}
HELD_OUT = (
    *(Voice("espeak", f"en-us+{variant}") for variant in ("f3", "m7", "klatt4", "Mike")),
    Voice("espeak", "en+Andrea"),
    Voice("espeak", "en-gb-scotland+m3"),
    Voice("espeak", "en-gb-scotland+f2"),
)
HELD_OUT_FLITE = Voice("flite", "rms")


def weighted(rng: random.Random, weights: dict[str, int]) -> str:
    """One key, drawn by weight."""
    return rng.choices(list(weights), list(weights.values()))[0]


def training_voice(rng: random.Random) -> Voice:
    """A voice to learn from: half formant synthesis, half recorded people (five speakers)."""
    kind = rng.random()
    if kind < 0.45:
        accent, variant = weighted(rng, ACCENTS), rng.choice(["", *VARIANTS])
        return Voice("espeak", f"{accent}+{variant}" if variant else accent)
    if kind < 0.86:
        return Voice("flite", weighted(rng, FLITE))
    return Voice("festival", weighted(rng, FESTIVAL))


def held_out_voice(rng: random.Random) -> Voice:
    """A voice for testing: half of the clips flite's rms, half espeak-ng's kept voices."""
    return HELD_OUT_FLITE if rng.random() < 0.5 else rng.choice(HELD_OUT)


def assistant_voice(rng: random.Random) -> Voice:
    """The two voices in which the demonstration's person speaks."""
    return Voice("flite", rng.choice(["slt", "awb"]))
