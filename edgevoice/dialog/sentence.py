"""What the words of a sentence still lack.

A sentence is read once from left to right, as a hearer does: a word raises an expectation (an
article that of a noun, "set" that of something to set) or meets one. What is expected where the
words end says whether the speaker has finished. No statistics and no list of sentences; words that
no list knows count as nouns.

That grammar can be a network of expectations, and that a question word is kept in mind until the
place is reached where it belongs ("what are you waiting for _"), is the idea of augmented
transition networks: Woods, "Transition network grammars for natural language analysis",
Communications of the ACM 13 (10), 1970.
"""

from collections.abc import Sequence
from enum import Enum, auto

from edgevoice.dialog.grammar import VERBS, Grammar, Kinds, Word

WHOLE_CODE = 7
"""So many figures in a row may be all of a telephone number."""


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


LACKS = {
    Clause.START: Lack.SOME,
    Clause.BEGIN: Lack.MUCH,
    Clause.SUBJECT: Lack.SOME,
    Clause.QUESTION: Lack.SOME,
    Clause.INVERTED: Lack.MUCH,
    Clause.ASKED: Lack.SOME,
    Clause.EQUATED: Lack.SOME,
    Clause.BARE: Lack.MUCH,
    Clause.OBJECT: Lack.MUCH,
    Clause.TOLD: Lack.MUCH,
    Clause.MORE: Lack.SOME,
    Clause.SENTENCE: Lack.SOME,
    Clause.PREDICATE: Lack.MUCH,
    Clause.DONE: Lack.NOTHING,
}
"""What is missing where the words end inside a clause, if no question word fills the place."""

_NAMING = (Noun.ARTICLE, Noun.OPEN, Noun.NUMBER)
_DETERMINERS = {"articles", "owners", "quantifiers", "indefinites"}
_NUMBERS = {"digits", "numbers", "tens"}
_AUXILIARIES = {"be", "have", "do", "modals"}
_QUESTIONS = {"questions", "circumstances", "reasons"}
_CLAUSE_WORDS = {*_QUESTIONS, "subordinators"}
_PREPOSITIONS = {"genitives", "prepositions", "particles", "switches", "infinitive"}
_ALONE = {"pronouns", "subjects", "places", "adverbs", "degrees"}
_TRANSITIVE = {"object_verbs", "wishing_verbs", "telling_verbs", "placing_verbs", "letting_verbs"}
_OPTIONAL = {"verbs", "maybe_verbs"}
_AFTER_NOUN = {*_PREPOSITIONS, "joiners", "places", "adverbs"}
_CLOSED = {
    *_AUXILIARIES, *_QUESTIONS, *_PREPOSITIONS, *_ALONE, "joiners", "subordinators", "operators",
}  # fmt: skip
_NONE: Kinds = frozenset()
_OWNED: Kinds = frozenset({"owners"})

_NAMED = {
    Clause.START: Clause.SUBJECT,
    Clause.BEGIN: Clause.SUBJECT,
    Clause.QUESTION: Clause.SUBJECT,
    Clause.INVERTED: Clause.ASKED,
    Clause.EQUATED: Clause.DONE,
    Clause.PREDICATE: Clause.DONE,
    Clause.TOLD: Clause.DONE,
    Clause.MORE: Clause.DONE,
}
"""What a clause waits for when it has got a noun phrase; where it is not that simple, see
`Reading._takes`."""


class Reading:
    """One pass over the words of a sentence (at least one); then `lack` tells."""

    def __init__(self, words: Sequence[Word], grammar: Grammar) -> None:
        self._words = words
        self._active = f"-{grammar.active_ending}"
        self._clause = Clause.START
        self._noun = Noun.NONE
        self._gap = Gap.NONE
        self._verb: Kinds = _NONE
        self._question: Kinds = _NONE  # the latest question word
        self._preposition: Kinds | None = None  # it waits for its noun
        self._governor: Kinds = _NONE  # the preposition of the latest noun
        self._owed = False  # the other half of "if …"
        self._joined = False  # after "and"
        self._determiner: Kinds = _NONE  # of the noun phrase
        self._alone = False  # the determiner may be the noun: "that"
        self._objectless = False  # the verb has no object yet
        self._counted = False  # a number comes before the preposition: "five from nine"
        self._labelled = False  # no bare number: "room five", "two plus five"
        self._figures = self._row = 0  # figures and words of the row of figures under way
        self._embedded = False  # the question is part of a sentence: "tell me what …"
        self._echo = False  # "snow has what colour": the question word is where it belongs
        self._is_be = False  # the auxiliary before its subject: "is the …"
        self._asked_be = False  # "what is": the question word's place may be on either side
        self._exists = False  # "there are"
        self._second = False  # "what is Paris the capital": two noun phrases
        self._chooses = False  # "which planet is": out of several
        for at, (word, kinds) in enumerate(words):
            self._at = at
            self._read(word, kinds)

    # Reading. The first rule that fits a word takes it.

    def _read(self, word: str, kinds: Kinds) -> None:
        if not kinds & {"digits"}:
            self._figures = self._row = 0
        if "joiners" in kinds:
            self._joined, self._noun, self._preposition = True, Noun.NONE, None
            return
        if "possessive" in kinds:
            self._owns()
        elif self._noun in _NAMING and self._names_on(kinds):
            pass
        elif "infinitive" in kinds and self._next & (VERBS | _AUXILIARIES):
            self._set(Clause.BARE)
        elif kinds & _CLAUSE_WORDS and (self._asks(kinds) or self._subordinates(kinds)):
            pass
        elif kinds & _AUXILIARIES and not self._is_month(kinds):
            self._helps(kinds)
        elif kinds & VERBS and self._acts_here(kinds):
            self._acts(kinds)
        elif "operators" in kinds and self._clause is not Clause.QUESTION:
            self._calculates(kinds)
        elif "particles" in kinds and self._completes():
            return
        elif kinds & _PREPOSITIONS:
            self._precedes(kinds)
        elif kinds & _NUMBERS:
            self._counts(word, kinds)
        elif "adjectives" in kinds:
            self._describes(kinds)
        elif "places" in kinds and not (
            "pronouns" in kinds
            and (self._clause is Clause.INVERTED or self._next & {"be", "possessive"})
        ):
            self._locates()
        elif kinds & {"adverbs", "degrees"}:
            return
        else:
            self._names(kinds)
        self._joined = False

    @property
    def _next(self) -> Kinds:
        return self._words[self._at + 1][1] if self._at + 1 < len(self._words) else _NONE

    @property
    def _before(self) -> Kinds:
        return self._words[self._at - 1][1] if self._at else _NONE

    def _is_month(self, kinds: Kinds) -> bool:
        """Whether what looks like an auxiliary is a noun: "in may"."""
        return "modals" in kinds and bool(self._before & _PREPOSITIONS)

    def _set(self, clause: Clause) -> None:
        self._clause, self._noun, self._preposition = clause, Noun.NONE, None

    def _owns(self) -> None:
        """ "the sun's", or "what's"."""
        if self._before & (_QUESTIONS | {"pronouns", "subjects"}):
            self._helps(frozenset({"be"}))
            return
        if self._clause is Clause.QUESTION:
            self._clause = Clause.SUBJECT  # what Cuba's capital is
            if not self._embedded:
                self._gap = Gap.NONE  # which country's capital is
        self._noun, self._determiner = Noun.ARTICLE, _OWNED

    def _asks(self, kinds: Kinds) -> bool:
        """A question word."""
        if not kinds & _QUESTIONS:
            return False
        inside = self._clause in (
            *(Clause.TOLD, Clause.SENTENCE, Clause.BEGIN, Clause.OBJECT, Clause.MORE),
            *(() if self._owed else (Clause.DONE,)),
        )
        if "subordinators" in kinds and not (
            (inside and self._clause is not Clause.DONE)
            or (self._clause is Clause.START and self._next & (_AUXILIARIES | {"possessive"}))
        ):
            return False
        self._echo = self._clause in (Clause.PREDICATE, Clause.OBJECT) or (
            self._preposition is not None and self._clause in (Clause.DONE, Clause.MORE)
        )
        self._gap = Gap.NONE if "reasons" in kinds else Gap.PLACE
        if self._preposition is None and "questions" in kinds:
            self._gap = Gap.WANTED
        self._question, self._embedded, self._owed = kinds, inside, False
        self._set(Clause.QUESTION)
        return True

    def _subordinates(self, kinds: Kinds) -> bool:
        """A word that begins another clause; "that" and "so" have other uses."""
        if "subordinators" not in kinds:
            return False
        if kinds & {"quantifiers", "degrees"}:
            relative = (
                self._clause is Clause.DONE
                and self._preposition is None
                and (self._noun is Noun.HEAD or "adjectives" in self._before)
            )
            if relative and self._next & (_AUXILIARIES | VERBS):
                self._clause, self._noun, self._gap = Clause.SUBJECT, Noun.HEAD, Gap.NONE
                return True
            waiting = self._clause in (Clause.TOLD, Clause.SENTENCE, Clause.BEGIN)
            followed = self._at + 1 < len(self._words) and not self._next & _AFTER_NOUN
            if not (relative or (waiting and followed)):
                return False
            self._gap = Gap.LOOSE if relative else Gap.NONE  # the song that you played _
            self._verb = _NONE
            self._set(Clause.BEGIN)
            return True
        if self._clause is Clause.START and "halves" in kinds:
            self._owed = True
        self._gap, self._verb = Gap.NONE, _NONE
        self._set(Clause.BEGIN)
        return True

    def _helps(self, kinds: Kinds) -> None:
        """An auxiliary; or "have" and "do" in their own right."""
        asks = self._clause in (Clause.START, Clause.QUESTION)
        person = self._next & {"subjects", "pronouns"}
        if "be" in kinds and self._clause is Clause.START:
            self._is_be = True
            self._set(Clause.INVERTED)
        elif "be" in kinds:
            if self._clause in (Clause.SENTENCE, Clause.INVERTED):
                self._gap = Gap.NONE  # what would you say is …
            self._exists = {"pronouns", "places"} <= self._before  # how many there are
            self._asked_be = self._clause is Clause.QUESTION
            self._chooses = self._asked_be and self._noun is Noun.HEAD
            self._set(Clause.PREDICATE)
        elif "have" in kinds and not (asks and person):
            if self._clause is Clause.QUESTION:
                self._gap = Gap.NONE
            self._verb = kinds
            self._set(Clause.OBJECT)
        elif "do" in kinds and self._clause in (Clause.ASKED, Clause.BARE):
            self._verb = kinds
            self._set(Clause.OBJECT)
        else:
            self._is_be = False
            self._chooses = self._clause is Clause.QUESTION and self._noun is Noun.HEAD
            self._set(Clause.INVERTED if asks else Clause.BARE)

    def _acts_here(self, kinds: Kinds) -> bool:
        """Whether a word that may be a verb is one in this place."""
        clause, named = self._clause, self._noun is not Noun.NONE
        if self._preposition is not None:
            return self._active in kinds
        if clause is Clause.START:
            return not ("relational_nouns" in kinds and self._next & _PREPOSITIONS)
        if clause is Clause.QUESTION:
            if self._embedded and self._next & {"be"}:
                return False  # tell me what colour snow is
            return "questions" in self._question and (named or "relational_nouns" not in kinds)
        if clause in (Clause.SUBJECT, Clause.ASKED):
            return named
        if clause in (Clause.EQUATED, Clause.PREDICATE):
            return "adjectives" not in kinds
        if clause is Clause.INVERTED:
            return self._gap is not Gap.NONE
        if clause is Clause.OBJECT:
            return "have" in self._verb and not named
        if clause is Clause.DONE:
            return (
                self._owed
                or (self._joined and "adjectives" not in kinds)
                or ("letting_verbs" in self._verb and self._noun is Noun.PRONOUN)
                or (self._asked_be and ("maybe_verbs" in kinds or _is_inflected(kinds)))
            )
        return clause is Clause.BARE

    def _acts(self, kinds: Kinds) -> None:
        """A verb: what does it need?"""
        before = self._clause
        after_be = before in (Clause.EQUATED, Clause.PREDICATE) or self._asked_be
        if before in (Clause.QUESTION, Clause.INVERTED) or (
            before is Clause.PREDICATE and self._asked_be
        ):
            self._gap = Gap.NONE  # who wrote …, what is happening …
        elif before is Clause.DONE:
            self._owed = False
            if self._asked_be:
                self._gap = Gap.LOOSE  # what are you waiting for
        self._verb = kinds
        takes = kinds & (_TRANSITIVE | {"maybe_verbs"})
        self._set(Clause.DONE)
        self._objectless = bool(takes)
        if after_be and self._active not in kinds:
            self._objectless = False
            return  # a passive lacks nothing
        self._asked_be = False
        if kinds & _OPTIONAL:
            return
        if takes:
            self._clause = Clause.OBJECT
        elif "thinking_verbs" in kinds:
            self._clause = Clause.BEGIN
        elif "saying_verbs" in kinds:
            self._clause = Clause.SENTENCE
        elif "linking_verbs" in kinds:
            self._clause = Clause.PREDICATE

    def _calculates(self, kinds: Kinds) -> None:
        """An operator: two numbers and it are a request of their own."""
        if self._clause is Clause.SUBJECT:
            self._clause = Clause.DONE
        self._precedes(kinds)

    def _completes(self) -> bool:
        """Whether a particle here is a part of the verb: "count down", "pick up"."""
        waits = self._clause is Clause.OBJECT or (self._clause is Clause.DONE and self._objectless)
        return waits and self._noun is Noun.NONE and self._preposition is None

    def _precedes(self, kinds: Kinds) -> None:
        """A preposition: it ends the noun phrase before it."""
        if self._preposition is not None:
            self._gap = Gap.NONE  # which country do i travel to for …
        self._counted = self._noun is Noun.NUMBER
        self._preposition = kinds
        if self._noun in _NAMING:
            self._noun = Noun.HEAD

    # Noun phrases.

    def _names(self, kinds: Kinds) -> None:
        """A word that begins a noun phrase, or goes on with one."""
        starts = kinds & (_DETERMINERS | {"pronouns", "subjects"})
        bare = not starts and self._preposition is None and not self._joined
        if bare and self._noun is Noun.HEAD:
            if self._clause is Clause.QUESTION and self._embedded:
                self._clause = Clause.SUBJECT  # tell me what colour bananas …
            return
        unknown_verb = self._clause is Clause.BARE or (
            self._clause in (Clause.SUBJECT, Clause.ASKED) and self._noun is Noun.PRONOUN
        )
        if bare and unknown_verb:
            self._verb = kinds
            self._set(Clause.MORE)
            return
        if not (bare and self._clause is Clause.QUESTION and "questions" in self._question):
            self._takes(kinds)
        self._noun = Noun.HEAD
        if kinds & {"articles", "owners"}:
            self._noun = Noun.ARTICLE
        elif "quantifiers" in kinds:
            self._noun = Noun.OPEN
        elif starts:
            self._noun = Noun.PRONOUN
        self._determiner = kinds & _DETERMINERS
        self._alone = "pronouns" in kinds

    def _names_on(self, kinds: Kinds) -> bool:
        """What comes between a determiner and its noun, or the noun; else the phrase has ended."""
        if kinds & _NUMBERS and not ("pronouns" in kinds and self._noun is not Noun.NUMBER):
            return False
        if self._noun is Noun.ARTICLE:
            if kinds & {"adjectives", "quantifiers", self._active}:
                self._noun, self._alone = Noun.OPEN, False  # the biggest …, the living …
            elif not kinds & {"articles", "owners", "adverbs", "degrees"}:
                self._noun = Noun.HEAD
            return True
        attribute = self._clause is Clause.EQUATED and (self._alone or self._noun is Noun.NUMBER)
        if self._noun is Noun.OPEN and kinds & {"articles", "owners"}:
            self._noun = Noun.ARTICLE
        elif "adjectives" in kinds and not attribute:
            self._noun, self._alone = Noun.OPEN, False
        elif (kinds & _CLOSED and "digits" not in kinds) or attribute:
            if self._noun is Noun.OPEN:
                self._noun = Noun.PRONOUN if self._alone else Noun.HEAD
            return False
        elif kinds & VERBS and self._acts_already(kinds):
            self._noun = Noun.HEAD
            return False
        else:
            self._noun = Noun.HEAD
        return True

    def _acts_already(self, kinds: Kinds) -> bool:
        """Whether the phrase under way ends before a word that may be a verb: "that works"."""
        finite = _is_inflected(kinds) or (
            self._clause in (Clause.ASKED, Clause.SUBJECT) and "relational_nouns" not in kinds
        )
        return finite and (self._alone or self._noun is Noun.NUMBER)

    def _counts(self, word: str, kinds: Kinds) -> None:
        """A number, alone or before its noun."""
        goes_on = self._noun in _NAMING or (
            self._noun is Noun.HEAD and self._preposition is None and not self._joined
        )
        if self._clause is Clause.QUESTION:
            goes_on = not self._embedded and self._preposition is None  # which one, which two
        if goes_on:
            self._labelled = self._labelled or self._noun is Noun.HEAD
        else:
            self._labelled = self._joined or self._counted
            self._takes(kinds - {"pronouns"})
            self._labelled = self._labelled or "operators" in self._governor
        self._noun, self._determiner = Noun.NUMBER, _NONE
        if "digits" in kinds:
            self._row += 1
            self._figures += 1

    def _describes(self, kinds: Kinds) -> None:
        """An adjective outside a noun phrase."""
        clause = self._clause
        if self._joined and clause is not Clause.DONE:
            self._noun, self._alone = Noun.OPEN, True  # do black and white …
            return
        if clause is Clause.QUESTION and self._embedded and self._noun is Noun.HEAD:
            self._clause, self._noun = Clause.SUBJECT, Noun.HEAD  # tell me what colour red and …
            return
        links = clause is Clause.OBJECT and "linking_verbs" in self._verb
        if self._preposition is None and (
            links or clause in (Clause.PREDICATE, Clause.EQUATED, Clause.MORE)
        ):
            if self._gap is Gap.WANTED and self._asked_be:
                self._gap = Gap.NONE  # which planet is red
            self._set(Clause.DONE)
            return
        place = clause is Clause.QUESTION and "places" in self._question
        beginning = place or clause in (
            *(Clause.START, Clause.BEGIN, Clause.OBJECT, Clause.TOLD, Clause.INVERTED),
            Clause.SENTENCE,
        )
        if (
            self._preposition is not None
            or beginning
            or (
                clause is Clause.DONE
                and self._noun is Noun.NONE
                and not self._joined
                and self._verb & _TRANSITIVE
            )
        ):
            self._takes(_NONE)
            self._noun, self._determiner = Noun.OPEN, _NONE
            self._alone = "qualities" in kinds or "genitives" in self._governor

    def _locates(self) -> None:
        """A place or a time."""
        self._objectless = False
        if self._preposition is not None:
            self._takes(_NONE)
        elif self._clause in (Clause.PREDICATE, Clause.EQUATED, Clause.MORE):
            if self._gap is Gap.WANTED and self._asked_be:
                self._gap = Gap.NONE
            self._clause = Clause.DONE

    def _takes(self, kinds: Kinds) -> None:
        """A noun phrase begins, with a word of `kinds`: what was it that waited for one?"""
        if self._preposition is None:
            self._objectless = False
        if self._joined:
            if self._clause is Clause.MORE:
                self._clause = Clause.DONE  # mix blue and yellow
            if "subjects" in kinds and self._clause is Clause.DONE:
                self._clause = Clause.SUBJECT
            return
        self._governor = self._preposition or _NONE
        if self._preposition is not None:
            self._fulfils(kinds)
            return
        if self._clause is Clause.OBJECT:
            self._clause = self._after_object(kinds)
        elif self._clause is Clause.SENTENCE:
            begins = kinds & {"subjects", "persons"}
            self._clause = Clause.SUBJECT if begins else Clause.DONE
        elif self._clause is Clause.DONE:
            self._follows(kinds)
        elif self._clause is Clause.INVERTED and self._is_be:
            self._clause = Clause.EQUATED
        elif self._clause is Clause.PREDICATE and self._asked_be:
            if "reasons" in self._question:
                self._clause = Clause.EQUATED
            else:
                self._clause = Clause.DONE
                if self._gap is Gap.WANTED:
                    lives_on = self._chooses or "pronouns" in kinds
                    self._gap = Gap.LOOSE if lives_on else Gap.NONE
        else:
            self._clause = _NAMED.get(self._clause, self._clause)

    def _fulfils(self, kinds: Kinds) -> None:
        """A preposition gets its noun."""
        waiting = (Clause.PREDICATE, Clause.EQUATED, Clause.MORE, Clause.TOLD)
        if "subjects" in kinds:
            self._clause = Clause.SUBJECT  # before i …
        elif self._clause in (Clause.OBJECT, Clause.TOLD, Clause.SENTENCE) and (
            self._gap is Gap.WANTED
        ):
            self._clause, self._gap = Clause.DONE, Gap.NONE  # what do you want for …
        elif self._clause is Clause.DONE and self._objectless and self._gap is Gap.WANTED:
            self._gap = Gap.NONE  # what do you eat in …
        elif self._clause is Clause.OBJECT:
            self._clause = Clause.MORE
        elif self._clause is Clause.BEGIN and "thinking_verbs" in self._verb:
            self._clause, self._gap = Clause.DONE, Gap.NONE  # what do you think about …
        elif self._clause in waiting and "genitives" not in self._governor:
            if self._gap is Gap.WANTED:
                self._gap = Gap.NONE  # what is in the box
            self._clause = Clause.DONE
        self._preposition = None
        self._objectless = False

    def _after_object(self, kinds: Kinds) -> Clause:
        """The verb has got its object."""
        person = "persons" in kinds
        if "letting_verbs" in self._verb:
            return Clause.BARE
        either = self._verb & {"object_verbs", "maybe_verbs"}
        if "wishing_verbs" in self._verb:
            return Clause.MORE if person else Clause.DONE
        if (
            self._gap is Gap.WANTED
            and "telling_verbs" in self._verb
            and "object_verbs" not in self._verb
        ):
            self._gap = Gap.NONE  # what do you call _ the …
            return Clause.DONE
        if "telling_verbs" in self._verb and person:
            return Clause.MORE if "maybe_verbs" in self._verb else Clause.TOLD
        if "telling_verbs" in self._verb and not either and not kinds & _DETERMINERS:
            return Clause.MORE
        if "placing_verbs" in self._verb and "places" in self._question:
            return Clause.DONE  # where did i put …
        if "placing_verbs" in self._verb:
            return Clause.MORE if "pronouns" in kinds or not either else Clause.DONE
        return Clause.DONE

    def _follows(self, kinds: Kinds) -> None:
        """A noun phrase after a whole clause."""
        if "subjects" in kinds or (self._owed and kinds & (_DETERMINERS | {"pronouns"})):
            self._gap = Gap.LOOSE if self._noun is Noun.HEAD and not self._owed else Gap.NONE
            self._clause, self._owed = Clause.SUBJECT, False
        elif self._asked_be and self._noun is Noun.HEAD:
            self._gap, self._second = Gap.LOOSE, True  # which country is Paris the capital of
        elif "telling_verbs" in self._verb and self._noun is Noun.NONE:
            self._clause = self._after_object(kinds)

    # The end.

    def lack(self) -> Lack:
        """What is missing after the last word."""
        last = self._words[-1][1]
        if self._endless(last):
            return Lack.MUCH
        if self._preposition is not None:
            return self._stranded(self._preposition)
        code = self._row > 1 and not self._labelled and not self._governor
        if self._owed or (code and self._figures < WHOLE_CODE):
            return Lack.MUCH
        if self._clause is Clause.QUESTION and self._noun is Noun.NONE:
            pending = "questions" in last and len(self._words) > 1 and not self._echo
            return Lack.MUCH if pending else Lack.SOME
        lack = LACKS[self._clause]
        if self._clause is Clause.PREDICATE and self._asked_be and self._embedded:
            lack = Lack.SOME  # tell me what crabs are
        if self._clause is Clause.QUESTION and self._echo:
            lack = Lack.NOTHING
        if self._clause is Clause.PREDICATE and self._gap is Gap.LOOSE:
            lack = Lack.SOME  # the street that it is …
        elif self._filled():
            lack = Lack.SOME if self._clause is Clause.BEGIN else Lack.NOTHING
        if lack is Lack.NOTHING and self._doubtful(last):
            return Lack.SOME
        return lack

    def _endless(self, last: Kinds) -> bool:
        """Whether no sentence ends with such a word in such a place."""
        return (
            bool(last & {"articles", "owners", "joiners", "degrees"})
            or ("subordinators" in last and not last & {"quantifiers", "circumstances"})
            or self._noun is Noun.ARTICLE
            or (self._clause is Clause.SUBJECT and "subjects" in last)
            or (self._clause is Clause.ASKED and self._noun is Noun.PRONOUN)
        )

    def _stranded(self, preposition: Kinds) -> Lack:
        """A preposition comes last."""
        if "operators" in preposition:
            return Lack.MUCH
        if "closers" in preposition and self._asked_be and self._clause is Clause.DONE:
            return Lack.NOTHING  # what is the weather like
        searching = self._gap in (Gap.LOOSE, Gap.WANTED) or "places" in self._question
        if "genitives" in preposition and self._noun is Noun.HEAD and not self._second:
            return Lack.MUCH
        if searching and self._clause is Clause.DONE and self._objectless:
            return Lack.SOME  # what do you read about, what do you read in the evening
        if searching and self._clause is Clause.OBJECT:
            return Lack.SOME  # what do you get from …
        if searching and self._clause in (Clause.DONE, Clause.MORE):
            return Lack.NOTHING
        where = self._clause is Clause.PREDICATE and not self._asked_be and not self._exists
        if where and searching:
            return Lack.NOTHING
        if "particles" in preposition and self._clause in (Clause.DONE, Clause.MORE):
            return Lack.NOTHING
        if "switches" in preposition and self._clause in (Clause.DONE, Clause.MORE, Clause.EQUATED):
            switched = (
                self._clause is Clause.EQUATED or self._is_be or "switching_verbs" in self._verb
            )
            return Lack.NOTHING if switched else Lack.MUCH
        return Lack.MUCH

    def _filled(self) -> bool:
        """Whether a question word fills the place of what is missing."""
        if self._clause is Clause.PREDICATE:
            return self._gap is not Gap.NONE and not self._asked_be
        if self._clause is Clause.BEGIN and "thinking_verbs" not in self._verb:
            return False
        waiting = (Clause.OBJECT, Clause.TOLD, Clause.SENTENCE, Clause.BEGIN)
        return self._clause in waiting and self._gap in (Gap.WANTED, Gap.LOOSE)

    def _doubtful(self, last: Kinds) -> bool:
        """Whether what is grammatical as it is may well go on."""
        if len(self._words) == 1:
            return True
        if self._clause is Clause.DONE and self._gap is Gap.WANTED and not self._objectless:
            return True
        if self._objectless and self._gap in (Gap.NONE, Gap.PLACE) and not self._verb & {"verbs"}:
            return True
        if self._noun is Noun.NUMBER:
            bare = not self._governor or "measuring" in self._governor
            return (bare and not self._labelled) or "tens" in last
        if self._noun is Noun.OPEN:
            return not (self._alone or self._chooses)
        owner_named = self._determiner & {"owners", "indefinites"}
        owner_wanted = not owner_named and (self._determiner or not self._governor)
        return bool("relational_nouns" in last and self._noun is Noun.HEAD and owner_wanted)


def _is_inflected(kinds: Kinds) -> bool:
    """Whether a verb has an ending."""
    return any(kind.startswith("-") for kind in kinds)
