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

from edgevoice.dialog.grammar import VERBS, Grammar, Kinds, Word
from edgevoice.dialog.sentence_end import lack
from edgevoice.dialog.sentence_nouns import counts, describes, locates, names, names_on
from edgevoice.dialog.sentence_state import (
    AFTER_NOUN,
    AUXILIARIES,
    CLAUSE_WORDS,
    NAMING,
    NO_KINDS,
    NUMBERS,
    OPTIONAL,
    OWNED,
    PREPOSITIONS,
    QUESTIONS,
    TRANSITIVE,
    Clause,
    Gap,
    Lack,
    Noun,
    State,
    is_inflected,
)


def missing(words: Sequence[Word], grammar: Grammar) -> Lack:
    """What is missing after the last of `words`, which are at least one."""
    state = State(active=f"-{grammar.active_ending}")
    for at, (_, kinds) in enumerate(words):
        state.more = at + 1 < len(words)
        state.next = words[at + 1][1] if state.more else NO_KINDS
        _read(state, kinds)
        state.before = kinds
    return lack(state, words)


def _read(s: State, kinds: Kinds) -> None:
    """The first rule that fits a word takes it."""
    if not kinds & {"digits"}:
        s.row = 0
    if "joiners" in kinds:
        s.joined, s.noun, s.preposition = True, Noun.NONE, None
        return
    if "possessive" in kinds:
        _owns(s)
    elif s.noun in NAMING and names_on(s, kinds):
        pass
    elif "infinitive" in kinds and s.next & (VERBS | AUXILIARIES):
        s.set(Clause.BARE)
    elif kinds & CLAUSE_WORDS and (_asks(s, kinds) or _subordinates(s, kinds)):
        pass
    elif kinds & AUXILIARIES and not _is_month(s, kinds):
        _helps(s, kinds)
    elif kinds & VERBS and _acts_here(s, kinds):
        _acts(s, kinds)
    elif "operators" in kinds and s.clause is not Clause.QUESTION:
        _calculates(s, kinds)
    elif "particles" in kinds and _completes(s):
        return
    elif kinds & PREPOSITIONS:
        _precedes(s, kinds)
    elif kinds & NUMBERS:
        counts(s, kinds)
    elif "adjectives" in kinds:
        describes(s, kinds)
    elif "places" in kinds and not (
        "pronouns" in kinds and (s.clause is Clause.INVERTED or s.next & {"be", "possessive"})
    ):
        locates(s)
    elif kinds & {"adverbs", "degrees"}:
        return
    else:
        names(s, kinds)
    s.joined = False


def _is_month(s: State, kinds: Kinds) -> bool:
    """Whether what looks like an auxiliary is a noun: "in may"."""
    return "modals" in kinds and bool(s.before & PREPOSITIONS)


def _owns(s: State) -> None:
    """ "the sun's", or "what's"."""
    if s.before & (QUESTIONS | {"pronouns", "subjects"}):
        _helps(s, frozenset({"be"}))
        return
    if s.clause is Clause.QUESTION:
        s.clause = Clause.SUBJECT  # what Cuba's capital is
        if not s.embedded:
            s.gap = Gap.NONE  # which country's capital is
    s.noun, s.determiner = Noun.ARTICLE, OWNED


def _asks(s: State, kinds: Kinds) -> bool:
    """A question word."""
    if not kinds & QUESTIONS:
        return False
    inside = s.clause in (
        *(Clause.TOLD, Clause.SENTENCE, Clause.BEGIN, Clause.OBJECT, Clause.MORE),
        *(() if s.owed else (Clause.DONE,)),
    )
    if "subordinators" in kinds and not (
        (inside and s.clause is not Clause.DONE)
        or (s.clause is Clause.START and s.next & (AUXILIARIES | {"possessive"}))
    ):
        return False
    statement = s.clause in (Clause.DONE, Clause.MORE) and s.preposition is not None
    s.echo = not s.owed and (statement or s.clause in (Clause.PREDICATE, Clause.OBJECT))
    s.gap = Gap.NONE if "reasons" in kinds else Gap.PLACE
    if s.preposition is None and "questions" in kinds:
        s.gap = Gap.WANTED
    s.question, s.embedded, s.owed, s.verb = kinds, inside, False, NO_KINDS
    s.set(Clause.QUESTION)
    return True


def _subordinates(s: State, kinds: Kinds) -> bool:
    """A word that begins another clause; "that" and "so" have other uses."""
    if "subordinators" not in kinds:
        return False
    if kinds & {"quantifiers", "degrees"}:
        relative = (
            s.clause is Clause.DONE
            and s.preposition is None
            and (s.noun is Noun.HEAD or "adjectives" in s.before)
        )
        if relative and s.next & (AUXILIARIES | VERBS):
            s.clause, s.noun, s.gap = Clause.SUBJECT, Noun.HEAD, Gap.NONE
            return True
        waiting = s.clause in (Clause.TOLD, Clause.SENTENCE, Clause.BEGIN)
        followed = s.more and not s.next & AFTER_NOUN
        if not (relative or (waiting and followed)):
            return False
        s.gap = Gap.LOOSE if relative else Gap.NONE  # the song that you played _
        s.verb = NO_KINDS
        s.set(Clause.BEGIN)
        return True
    if s.clause is Clause.START and "halves" in kinds:
        s.owed = True
    s.gap, s.verb = Gap.NONE, NO_KINDS
    s.set(Clause.BEGIN)
    return True


def _helps(s: State, kinds: Kinds) -> None:
    """An auxiliary; or "have" and "do" in their own right."""
    if "deeds" in kinds:
        s.gap, s.objectless = Gap.NONE, False
        s.set(Clause.DONE)
        return
    asks = s.clause in (Clause.START, Clause.QUESTION)
    person = s.next & {"subjects", "pronouns"}
    if "be" in kinds and s.clause is Clause.START:
        s.is_be = True
        s.set(Clause.INVERTED)
    elif "be" in kinds:
        if s.clause in (Clause.SENTENCE, Clause.INVERTED):
            s.gap = Gap.NONE  # what would you say is …
        s.exists = {"pronouns", "places"} <= s.before  # how many there are
        s.asked_be = s.clause is Clause.QUESTION
        s.chooses = s.asked_be and s.noun is Noun.HEAD
        s.set(Clause.PREDICATE)
    elif "have" in kinds and not (asks and person):
        if s.clause is Clause.QUESTION:
            s.gap = Gap.NONE
        s.verb = kinds
        s.set(Clause.OBJECT)
    elif "do" in kinds and s.clause in (Clause.ASKED, Clause.BARE):
        s.verb = kinds
        s.set(Clause.OBJECT)
    else:
        s.is_be = False
        s.chooses = s.clause is Clause.QUESTION and s.noun is Noun.HEAD
        s.set(Clause.INVERTED if asks else Clause.BARE)


def _acts_here(s: State, kinds: Kinds) -> bool:
    """Whether a word that may be a verb is one in this place."""
    clause, named = s.clause, s.noun is not Noun.NONE
    if s.preposition is not None:
        return s.active in kinds
    if clause is Clause.START:
        return not ("relational_nouns" in kinds and s.next & PREPOSITIONS)
    if clause is Clause.QUESTION:
        if s.embedded and s.next & {"be"}:
            return False  # tell me what colour snow is
        return "questions" in s.question and (named or "relational_nouns" not in kinds)
    if clause in (Clause.SUBJECT, Clause.ASKED):
        return named
    if clause in (Clause.EQUATED, Clause.PREDICATE):
        return "adjectives" not in kinds
    if clause is Clause.INVERTED:
        return "modals" in s.before and s.gap is not Gap.NONE  # who can sing
    if clause is Clause.OBJECT:
        return "have" in s.verb and not named
    if clause is Clause.DONE:
        return (
            s.owed
            or (s.joined and "adjectives" not in kinds)
            or ("letting_verbs" in s.verb and s.noun is Noun.PRONOUN)
            or (s.asked_be and ("maybe_verbs" in kinds or is_inflected(kinds)))
        )
    return clause is Clause.BARE


def _acts(s: State, kinds: Kinds) -> None:
    """A verb: what does it need?"""
    before = s.clause
    if before is Clause.START and s.active in kinds:
        s.clause, s.noun = Clause.SUBJECT, Noun.HEAD  # mixing red and blue …
        return
    asked = s.gap is not Gap.NONE or s.asked_be
    after_be = before in (Clause.EQUATED, Clause.PREDICATE) or s.asked_be
    if before in (Clause.QUESTION, Clause.INVERTED) or (before is Clause.PREDICATE and s.asked_be):
        s.gap = Gap.NONE  # who wrote …, what is happening …
    elif before is Clause.DONE:
        s.owed = False
        if s.asked_be:
            s.gap = Gap.LOOSE  # what are you waiting for
    s.verb = kinds
    takes = kinds & (TRANSITIVE | {"maybe_verbs"})
    s.set(Clause.DONE)
    s.objectless = bool(takes)
    if after_be and s.active not in kinds:
        s.objectless = False
        if "telling_verbs" in kinds and not asked:
            s.clause = Clause.MORE  # it is called …
        return  # other passives lack nothing
    s.asked_be = False
    if kinds & OPTIONAL:
        return
    if takes:
        s.clause = Clause.OBJECT
    elif "thinking_verbs" in kinds:
        s.clause = Clause.BEGIN
    elif "saying_verbs" in kinds:
        s.clause = Clause.SENTENCE
    elif "linking_verbs" in kinds:
        s.clause = Clause.PREDICATE


def _calculates(s: State, kinds: Kinds) -> None:
    """An operator: two numbers and it are a request of their own."""
    if s.clause is Clause.SUBJECT:
        s.clause = Clause.DONE
    _precedes(s, kinds)


def _completes(s: State) -> bool:
    """Whether a particle here is a part of the verb: "count down", "pick up"."""
    waits = s.clause is Clause.OBJECT or (s.clause is Clause.DONE and s.objectless)
    return waits and s.noun is Noun.NONE and s.preposition is None


def _precedes(s: State, kinds: Kinds) -> None:
    """A preposition: it ends the noun phrase before it."""
    if s.preposition is not None:
        s.gap = Gap.NONE  # which country do i travel to for …
    s.counted = s.noun is Noun.NUMBER
    s.preposition = kinds
    if s.noun in NAMING:
        s.noun = Noun.HEAD
