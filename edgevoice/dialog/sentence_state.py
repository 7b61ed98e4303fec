"""How far a sentence has come: what has been raised, and is not met yet."""

from dataclasses import dataclass
from enum import Enum, auto

from edgevoice.dialog.grammar import Kinds


class Lack(Enum):
    """What a sentence lacks where its words end."""

    MUCH = auto()  # a word must follow
    SOME = auto()  # one may well follow
    NOTHING = auto()


class Clause(Enum):
    """What a clause waits for."""

    START = auto()  # anything
    BEGIN = auto()  # somebody who does something: after "because", "i think"
    SUBJECT = auto()  # a verb: after "the light"
    QUESTION = auto()  # a verb, an auxiliary or a sentence: after "which planet"
    INVERTED = auto()  # somebody who does something: after "does"
    ASKED = auto()  # a verb: after "does a dog"
    EQUATED = auto()  # a thing or an attribute: after "is the door"
    BARE = auto()  # a verb: after "i can", "to"
    OBJECT = auto()  # a thing: after "find"
    TOLD = auto()  # a thing or a sentence: after "tell me"
    MORE = auto()  # a place or another thing: after "put the milk"
    SENTENCE = auto()  # a sentence or a thing: after "do you know"
    PREDICATE = auto()  # a thing or an attribute: after "it is"
    DONE = auto()  # nothing


class Noun(Enum):
    """How far a noun phrase has come."""

    NONE = auto()
    ARTICLE = auto()  # the noun must follow
    OPEN = auto()  # it may: "some", "the biggest"
    NUMBER = auto()
    PRONOUN = auto()
    HEAD = auto()  # the noun is there


class Gap(Enum):
    """Whether a question word still looks for its place."""

    NONE = auto()
    PLACE = auto()  # it may stand after a preposition: "where … from _"
    LOOSE = auto()  # there may be a place for it
    WANTED = auto()


NAMING = (Noun.ARTICLE, Noun.OPEN, Noun.NUMBER)
"""A noun phrase is under way."""

# Lists of words that one rule treats alike.
DETERMINERS = {"articles", "owners", "quantifiers", "indefinites"}
NUMBERS = {"digits", "numbers", "tens"}
AUXILIARIES = {"be", "have", "do", "deeds", "modals"}
QUESTIONS = {"questions", "circumstances", "reasons"}
CLAUSE_WORDS = {*QUESTIONS, "subordinators"}
PREPOSITIONS = {"genitives", "prepositions", "particles", "switches", "infinitive"}
ALONE = {"pronouns", "subjects", "places", "adverbs", "degrees"}
TRANSITIVE = {"object_verbs", "wishing_verbs", "telling_verbs", "placing_verbs", "letting_verbs"}
OPTIONAL = {"verbs", "maybe_verbs"}
AFTER_NOUN = {*PREPOSITIONS, "joiners", "places", "adverbs"}
CLOSED = {
    *AUXILIARIES, *QUESTIONS, *PREPOSITIONS, *ALONE, "joiners", "subordinators", "operators",
}  # fmt: skip
NO_KINDS: Kinds = frozenset()
OWNED: Kinds = frozenset({"owners"})


@dataclass(slots=True)
class State:
    """What a hearer keeps in mind between two words."""

    active: str  # the ending of verbs that is no passive
    clause: Clause = Clause.START
    noun: Noun = Noun.NONE
    gap: Gap = Gap.NONE

    # The place in the sentence.
    before: Kinds = NO_KINDS  # of the previous word
    next: Kinds = NO_KINDS  # of the word that follows
    more: bool = False  # a word follows

    # The latest words of their sort.
    verb: Kinds = NO_KINDS
    question: Kinds = NO_KINDS
    determiner: Kinds = NO_KINDS  # of the noun phrase
    governor: Kinds = NO_KINDS  # the preposition of the noun phrase
    preposition: Kinds | None = None  # it waits for its noun

    # The clause.
    owed: bool = False  # the other half of "if …"
    joined: bool = False  # after "and"
    objectless: bool = False  # the verb has no object yet
    is_be: bool = False  # the auxiliary before its subject: "is the …"
    exists: bool = False  # "there are"

    # The question.
    embedded: bool = False  # it is part of a sentence: "tell me what …"
    echo: bool = False  # "snow has what colour": the question word is where it belongs
    chooses: bool = False  # "which planet is": out of several
    asked_be: bool = False  # "what is": the place of the question word may be on either side
    second: bool = False  # "what is Paris the capital": two noun phrases

    # The noun phrase.
    alone: bool = False  # the determiner may be the noun: "that"
    counted: bool = False  # a number comes before the preposition: "five from nine"
    labelled: bool = False  # no bare number: "room five", "two plus five"
    row: int = 0  # figures in a row

    def set(self, clause: Clause) -> None:
        """The clause waits for something else now, and for no noun phrase that was under way."""
        self.clause, self.noun, self.preposition = clause, Noun.NONE, None


def is_inflected(kinds: Kinds) -> bool:
    """Whether a verb has an ending."""
    return any(kind.startswith("-") for kind in kinds)
