"""Noun phrases: where one begins, how far it goes, and what it is to the sentence."""

from edgevoice.dialog.grammar import VERBS, Kinds
from edgevoice.dialog.sentence_state import (
    CLOSED,
    DETERMINERS,
    NAMING,
    NO_KINDS,
    NUMBERS,
    TRANSITIVE,
    Clause,
    Gap,
    Noun,
    State,
    is_inflected,
)

OBJECTS = {"articles", "owners", "persons"}
ORDER: Kinds = frozenset({"object_verbs", "placing_verbs"})
"""What we take an unknown verb for: like "make", it has an object, and more after "me"."""

NAMED = {
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
`takes`."""


def names(s: State, kinds: Kinds) -> None:
    """A word that begins a noun phrase, or goes on with one.

    Where a verb must be, an unknown word is one; also at the beginning, if its object follows:
    "drill a …", "hand me …". An object is known by its article, its owner, or by being a person.
    """
    starts = kinds & (DETERMINERS | {"pronouns", "subjects"})
    bare = not starts and s.preposition is None and not s.joined
    if bare and s.noun is Noun.HEAD:
        if s.clause is Clause.QUESTION and s.embedded:
            s.clause = Clause.SUBJECT  # tell me what colour bananas …
        return
    unknown_verb = s.clause is Clause.BARE or (
        s.clause in (Clause.SUBJECT, Clause.ASKED) and s.noun is Noun.PRONOUN
    )
    if bare and not kinds and s.clause is Clause.START and s.next & OBJECTS:
        s.verb = ORDER
        s.set(Clause.OBJECT)
        return
    if bare and unknown_verb:
        s.verb = kinds
        s.set(Clause.MORE)
        return
    if not (bare and s.clause is Clause.QUESTION and "questions" in s.question):
        takes(s, kinds)
    s.noun = Noun.HEAD
    if kinds & {"articles", "owners"}:
        s.noun = Noun.ARTICLE
    elif "quantifiers" in kinds:
        s.noun = Noun.OPEN
    elif starts:
        s.noun = Noun.PRONOUN
    s.determiner = kinds & DETERMINERS
    s.alone = "pronouns" in kinds


def names_on(s: State, kinds: Kinds) -> bool:
    """What comes between a determiner and its noun, or the noun; else the phrase has ended."""
    if kinds & NUMBERS and not ("pronouns" in kinds and s.noun is not Noun.NUMBER):
        return False
    if s.noun is Noun.ARTICLE:
        if kinds & {"adjectives", "quantifiers", s.active}:
            s.noun, s.alone = Noun.OPEN, False  # the biggest …, the living …
        elif not kinds & {"articles", "owners", "adverbs", "degrees"}:
            s.noun = Noun.HEAD
        return True
    attribute = s.clause is Clause.EQUATED and (s.alone or s.noun is Noun.NUMBER)
    if s.noun is Noun.OPEN and kinds & {"articles", "owners"}:
        s.noun = Noun.ARTICLE
    elif "adjectives" in kinds and not attribute:
        s.noun, s.alone = Noun.OPEN, False
    elif (kinds & CLOSED and "digits" not in kinds) or attribute:
        if s.noun is Noun.OPEN:
            s.noun = Noun.PRONOUN if s.alone else Noun.HEAD
        return False
    elif kinds & VERBS and _acts_already(s, kinds):
        s.noun = Noun.HEAD
        return False
    else:
        s.noun = Noun.HEAD
    return True


def _acts_already(s: State, kinds: Kinds) -> bool:
    """Whether the phrase under way ends before a word that may be a verb: "that works"."""
    finite = is_inflected(kinds) or (
        s.clause in (Clause.ASKED, Clause.SUBJECT) and "relational_nouns" not in kinds
    )
    return finite and (s.alone or s.noun is Noun.NUMBER)


def counts(s: State, kinds: Kinds) -> None:
    """A number, alone or before its noun."""
    goes_on = s.noun in NAMING or (s.noun is Noun.HEAD and s.preposition is None and not s.joined)
    if s.clause is Clause.QUESTION:
        goes_on = not s.embedded and s.preposition is None  # which one, which two
    if goes_on:
        s.labelled = s.labelled or s.noun is Noun.HEAD
    else:
        s.labelled = s.joined or s.counted
        takes(s, kinds - {"pronouns"})
        s.labelled = s.labelled or "operators" in s.governor
    s.noun, s.determiner = Noun.NUMBER, NO_KINDS
    if "digits" in kinds:
        s.row += 1


def describes(s: State, kinds: Kinds) -> None:
    """An adjective outside a noun phrase."""
    clause = s.clause
    if s.joined and clause is not Clause.DONE:
        s.noun, s.alone = Noun.OPEN, True  # do black and white …
        return
    if clause is Clause.QUESTION and s.embedded and s.noun is Noun.HEAD:
        s.clause, s.noun = Clause.SUBJECT, Noun.HEAD  # tell me what colour red and …
        return
    links = clause is Clause.OBJECT and "linking_verbs" in s.verb
    if s.preposition is None and (
        links or clause in (Clause.PREDICATE, Clause.EQUATED, Clause.MORE)
    ):
        if s.gap is Gap.WANTED and s.asked_be:
            s.gap = Gap.NONE  # which planet is red
        s.set(Clause.DONE)
        return
    place = clause is Clause.QUESTION and "places" in s.question
    beginning = place or clause in (
        *(Clause.START, Clause.BEGIN, Clause.OBJECT, Clause.TOLD, Clause.INVERTED),
        Clause.SENTENCE,
    )
    if (
        s.preposition is not None
        or beginning
        or (clause is Clause.DONE and s.noun is Noun.NONE and not s.joined and s.verb & TRANSITIVE)
    ):
        takes(s, NO_KINDS)
        s.noun, s.determiner = Noun.OPEN, NO_KINDS
        s.alone = "qualities" in kinds or "genitives" in s.governor


def locates(s: State) -> None:
    """A place or a time."""
    s.objectless = False
    if s.preposition is not None:
        takes(s, NO_KINDS)
    elif s.clause in (Clause.PREDICATE, Clause.EQUATED, Clause.MORE):
        if s.gap is Gap.WANTED and s.asked_be:
            s.gap = Gap.NONE
        s.clause = Clause.DONE


def takes(s: State, kinds: Kinds) -> None:
    """A noun phrase begins, with a word of `kinds`: what was it that waited for one?"""
    if s.preposition is None:
        s.objectless = False
    if s.joined:
        if s.clause is Clause.MORE and "pairing_verbs" in s.verb:
            s.clause = Clause.DONE  # mix blue and yellow
        if "subjects" in kinds and s.clause is Clause.DONE:
            s.clause = Clause.SUBJECT
        return
    s.governor = s.preposition or NO_KINDS
    if s.preposition is not None:
        _fulfils(s, kinds)
        return
    if s.clause is Clause.OBJECT:
        s.clause = _after_object(s, kinds)
    elif s.clause is Clause.SENTENCE:
        begins = kinds & {"subjects", "persons"}
        s.clause = Clause.SUBJECT if begins else Clause.DONE
    elif s.clause is Clause.DONE:
        _follows(s, kinds)
    elif s.clause is Clause.INVERTED and s.is_be:
        s.clause = Clause.EQUATED
    elif s.clause is Clause.PREDICATE and s.asked_be:
        if "reasons" in s.question:
            s.clause = Clause.EQUATED
        else:
            s.clause = Clause.DONE
            if s.gap is Gap.WANTED:
                lives_on = s.chooses or "pronouns" in kinds
                s.gap = Gap.LOOSE if lives_on else Gap.NONE
    else:
        s.clause = NAMED.get(s.clause, s.clause)


def _fulfils(s: State, kinds: Kinds) -> None:
    """A preposition gets its noun."""
    waiting = (Clause.PREDICATE, Clause.EQUATED, Clause.MORE, Clause.TOLD)
    if "subjects" in kinds:
        s.clause = Clause.SUBJECT  # before i …
    elif s.clause in (Clause.OBJECT, Clause.TOLD, Clause.SENTENCE) and (s.gap is Gap.WANTED):
        s.clause, s.gap = Clause.DONE, Gap.NONE  # what do you want for …
    elif s.clause is Clause.DONE and s.objectless and s.gap is Gap.WANTED:
        s.gap = Gap.NONE  # what do you eat in …
    elif s.clause is Clause.OBJECT:
        s.clause = Clause.MORE
    elif s.clause is Clause.BEGIN and "thinking_verbs" in s.verb:
        s.clause, s.gap = Clause.DONE, Gap.NONE  # what do you think about …
    elif s.clause in waiting and "genitives" not in s.governor:
        if s.gap is Gap.WANTED:
            s.gap = Gap.NONE  # what is in the box
        s.clause = Clause.DONE
    s.preposition = None
    s.objectless = False


def _after_object(s: State, kinds: Kinds) -> Clause:
    """The verb has got its object."""
    person = "persons" in kinds
    if "letting_verbs" in s.verb:
        return Clause.BARE
    either = s.verb & {"object_verbs", "maybe_verbs"}
    if "wishing_verbs" in s.verb:
        return Clause.MORE if person else Clause.DONE
    if s.gap is Gap.WANTED and "telling_verbs" in s.verb and "object_verbs" not in s.verb:
        s.gap = Gap.NONE  # what do you call _ the …
        return Clause.DONE
    if "telling_verbs" in s.verb and person:
        return Clause.MORE if either else Clause.TOLD  # bring it …, tell me …
    if "telling_verbs" in s.verb and not either and not kinds & DETERMINERS:
        return Clause.MORE
    if "placing_verbs" in s.verb and "places" in s.question:
        return Clause.DONE  # where did i put …
    if "placing_verbs" in s.verb:
        return Clause.MORE if "pronouns" in kinds or not either else Clause.DONE
    return Clause.DONE


def _follows(s: State, kinds: Kinds) -> None:
    """A noun phrase after a whole clause."""
    if "subjects" in kinds or (s.owed and kinds & (DETERMINERS | {"pronouns"})):
        s.gap = Gap.LOOSE if s.noun is Noun.HEAD and not s.owed else Gap.NONE
        s.clause, s.owed = Clause.SUBJECT, False
    elif s.asked_be and s.noun is Noun.HEAD:
        s.gap, s.second = Gap.LOOSE, True  # which country is Paris the capital of
    elif "telling_verbs" in s.verb and s.noun is Noun.NONE:
        s.clause = _after_object(s, kinds)
