"""Where the words end: what is still missing?"""

from collections.abc import Sequence

from edgevoice.dialog.grammar import Kinds, Word
from edgevoice.dialog.sentence_state import Clause, Gap, Lack, Noun, State

WHOLE_CODE = 7
"""So many figures in a row may be all of a telephone number."""

LACKS = {
    Clause.START: Lack.SOME,
    Clause.BEGIN: Lack.MUCH,
    Clause.SUBJECT: Lack.SOME,
    Clause.QUESTION: Lack.SOME,
    Clause.INVERTED: Lack.MUCH,
    Clause.ASKED: Lack.MUCH,
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


def lack(s: State, words: Sequence[Word]) -> Lack:
    """What is missing after the last word."""
    last = words[-1][1]
    if _endless(s, last):
        return Lack.MUCH
    if s.owed:
        return Lack.MUCH
    if s.preposition is not None:
        return _stranded(s, s.preposition)
    if 2 < s.row < WHOLE_CODE and not s.labelled and not s.governor:
        return Lack.MUCH  # a code
    if s.clause is Clause.QUESTION and s.noun is Noun.NONE:
        if s.echo and "pronouns" in last:
            return Lack.NOTHING  # two and two is what
        pending = "questions" in last and len(words) > 1 and not s.echo
        return Lack.MUCH if pending else Lack.SOME
    if s.clause is Clause.OBJECT and s.gap is Gap.PLACE and "lasting_verbs" in s.verb:
        return Lack.NOTHING if "durations" in s.question else Lack.MUCH  # how long does it take
    lack = LACKS[s.clause]
    if s.clause is Clause.PREDICATE and s.asked_be and s.embedded:
        lack = Lack.SOME  # tell me what crabs are
    if s.clause is Clause.QUESTION and s.echo:
        lack = Lack.NOTHING
    if s.clause is Clause.MORE and s.gap is Gap.WANTED and not s.verb and s.noun is Noun.NONE:
        lack = Lack.NOTHING  # what should i wear: a verb that we do not know
    if s.clause is Clause.PREDICATE and s.gap is Gap.LOOSE:
        lack = Lack.SOME  # the street that it is …
    elif _filled(s):
        lack = Lack.SOME if s.clause is Clause.BEGIN else Lack.NOTHING
    if lack is Lack.NOTHING and _doubtful(s, last, alone=len(words) == 1 and "deeds" not in last):
        return Lack.SOME
    return lack


def _endless(s: State, last: Kinds) -> bool:
    """Whether no sentence ends with such a word in such a place."""
    return (
        bool(last & {"articles", "owners", "joiners", "degrees"})
        or ("subordinators" in last and not last & {"quantifiers", "circumstances"})
        or s.noun is Noun.ARTICLE
        or (s.clause is Clause.SUBJECT and "subjects" in last)
        or (s.clause is Clause.ASKED and s.noun is Noun.PRONOUN)
    )


def _stranded(s: State, preposition: Kinds) -> Lack:
    """A preposition comes last."""
    if "operators" in preposition:
        return Lack.MUCH
    if "closers" in preposition and s.asked_be and s.clause is Clause.DONE:
        return Lack.NOTHING  # what is the weather like
    searching = s.gap in (Gap.LOOSE, Gap.WANTED) or "places" in s.question
    if searching and s.clause is Clause.QUESTION and s.noun is Noun.NONE:
        return Lack.SOME  # what for
    if "genitives" in preposition and s.noun is Noun.HEAD and not s.second:
        return Lack.MUCH
    if searching and s.clause is Clause.DONE and s.objectless:
        return Lack.SOME  # what do you read about, what do you read in the evening
    if searching and s.clause in (Clause.OBJECT, Clause.BEGIN):
        return Lack.SOME  # what do you get from …, what do you think about …
    if searching and s.clause in (Clause.DONE, Clause.MORE):
        return Lack.NOTHING
    where = s.clause is Clause.PREDICATE and not s.asked_be and not s.exists
    if where and searching:
        return Lack.NOTHING
    if "particles" in preposition:
        return _particle(s)
    if "switches" in preposition:
        return _switch(s)
    return Lack.MUCH


def _particle(s: State) -> Lack:
    """ "off", "out", "back" …: part of a verb, or where something is."""
    if s.clause is Clause.PREDICATE:
        if s.exists:
            return Lack.MUCH
        return Lack.SOME if s.asked_be else Lack.NOTHING  # what's up; the power is out
    let = s.clause is Clause.BARE and "letting_verbs" in s.verb and s.noun is not Noun.NONE
    whole = let or _verbless(s) or s.clause in (Clause.DONE, Clause.MORE, Clause.EQUATED)
    return Lack.NOTHING if whole else Lack.MUCH


def _switch(s: State) -> Lack:
    """ "on": nothing follows where a verb or "is" tells of a switch; else something may."""
    if s.clause is Clause.EQUATED or (s.is_be and s.governor and s.clause is Clause.DONE):
        return Lack.NOTHING  # is the fan in the hall on
    ended = s.clause in (Clause.DONE, Clause.MORE)
    if ended and "switching_verbs" in s.verb:
        return Lack.NOTHING
    put = ended and "placing_verbs" in s.verb
    is_on = s.clause is Clause.PREDICATE and not s.exists
    return Lack.SOME if put or is_on or _verbless(s) else Lack.MUCH


def _verbless(s: State) -> bool:
    """Whether there was but a noun: "lights off"."""
    named = s.noun is Noun.HEAD and not (s.determiner or s.counted)
    return s.clause is Clause.SUBJECT and named and not s.verb


def _filled(s: State) -> bool:
    """Whether a question word fills the place of what is missing."""
    if s.clause is Clause.PREDICATE:
        return s.gap is not Gap.NONE and not s.asked_be
    if s.clause is Clause.BEGIN and "thinking_verbs" not in s.verb:
        return False
    waiting = (Clause.OBJECT, Clause.TOLD, Clause.SENTENCE, Clause.BEGIN)
    return s.clause in waiting and s.gap in (Gap.WANTED, Gap.LOOSE)


def _doubtful(s: State, last: Kinds, alone: bool) -> bool:
    """Whether what is grammatical as it is may well go on."""
    if alone:
        return True
    if s.clause is Clause.DONE and s.gap is Gap.WANTED and not s.objectless:
        return True
    if s.objectless and s.gap in (Gap.NONE, Gap.PLACE) and not s.verb & {"verbs"}:
        return True
    if s.noun is Noun.NUMBER:
        bare = not s.governor or "measuring" in s.governor
        return (bare and not s.labelled) or "tens" in last
    if s.noun is Noun.OPEN:
        return not (s.alone or s.chooses)
    owner_named = s.determiner & {"owners", "indefinites"} or s.clause is Clause.QUESTION
    owner_wanted = not owner_named and (s.determiner or not s.governor)
    return bool("relational_nouns" in last and s.noun is Noun.HEAD and owner_wanted)
