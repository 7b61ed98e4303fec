"""Does a sentence of ours claim that something was done, is being done, or will be?

A language model says so whether it is true or not. The words tell, by the lists of
languages/en-claims.yaml: "I have called the nurse", "I'll remind you", "the nurse knows about it",
"your timer is set", "done". To take a harmless sentence for a claim costs an answer; to miss one
costs trust: when in doubt, it is a claim. No list finds every lie ("very well, seven o'clock" may
be one): how many are missed is measured with tests/data/claims.txt.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from edgevoice.dialog.grammar import plain

_IS = r"(?:(?:is|are)|(?<=\w)(?:'s|'re))"
_WILL = (
    r"(?:will|shall|is going to|are going to|am going to|(?<=\w)'ll|(?<=\w)'(?:s|re|m) going to)"
)
_MAYBE = (
    r"(?: (?:just|already|now|also|then|all|soon|shortly|\w+ly|gone ahead and|went ahead and))*"
)
_NOT_ASKED = "".join(
    rf"(?<!\b{word} )"
    for word in "shall should can could did do may must would have had if".split()
)
_BUT_TALK = (
    r"(?!.* (?:is|are|can|may|might|must|will|would|should|could|has|does|helps?|lets|makes?|means|"
    r"saves|takes|gives|needs|requires|costs|causes|keeps|brings|leads|prevents|reduces|works)\b)"
)
"""Opening a window *lets* air in: that is no claim."""
_NAMING = re.compile(r"\bcall(?:ed|ing)? [a-z]+s [a-z]+s(?=\W*$)")
"""I have called cats animals."""
_NOT_NONE = "".join(
    rf"(?<!\b{word} )" for word in "no nobody nothing none one most many some".split()
)


@dataclass(frozen=True, slots=True)
class Claims:
    """The lists of a language, explained in languages/en-claims.yaml; how their words are put
    together is English."""

    done: tuple[str, ...]
    orders: tuple[str, ...]
    now: tuple[str, ...]
    felt: tuple[str, ...]
    talk: tuple[str, ...]
    known: tuple[str, ...]
    advising: tuple[str, ...]
    talking: tuple[str, ...]
    things: tuple[str, ...]
    states: tuple[str, ...]
    acts: tuple[str, ...]
    lists: tuple[str, ...]
    people: tuple[str, ...]
    pronouns: tuple[str, ...]
    coming: tuple[str, ...]
    knowing: tuple[str, ...]
    reached: tuple[str, ...]
    finished: tuple[str, ...]
    anywhere: tuple[str, ...]
    endings: tuple[str, ...]
    openers: tuple[str, ...]
    harmless: tuple[str, ...]
    asking: tuple[str, ...]
    questions: tuple[str, ...]
    tools: Mapping[str, tuple[str, ...]]
    _deed: re.Pattern[str] = field(init=False, repr=False, compare=False)
    _state: re.Pattern[str] = field(init=False, repr=False, compare=False)
    _harmless: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_deed", _either(self._deeds()))
        object.__setattr__(self, "_state", _either(self._states()))
        object.__setattr__(self, "_harmless", re.compile(rf"\b{_any(self.harmless)}\b"))

    def _deeds(self) -> tuple[str, ...]:
        """How it is said that we, or somebody, did something, or will."""
        done, now = _any(self.done), _any(self.now)
        felt, talk, talking = map(_any, (self.felt, self.talk, self.talking))
        things, people, coming = map(_any, (self.things, self.people, self.coming))
        anybody, orders = _any((*self.people, *self.pronouns)), _any(self.orders)
        knowing, reached, acts = map(_any, (self.knowing, self.reached, self.acts))
        states = _any((*self.states, *self.done))
        opened = rf"^(?:{_any(self.openers)} )*"
        return (
            rf"{_NOT_ASKED}\b(?:i|we)(?:'ve|'d)?(?: have| had)?{_MAYBE}"
            rf" (?!{felt}\b)(?:{done}|\w+ed)\b",
            rf"\b(?:i|we) ?{_WILL}{_MAYBE}(?: be sure to)?(?! {talk}\b) \w+",
            rf"\blet me{_MAYBE}(?! {talk}\b) \w+",
            rf"\b(?:i|i'm|we)\b(?: \S+){{1,6}} and {done}\b",
            rf"\b(?:i'm|i am|we're|we are){_MAYBE} (?!{talking}\b)(?:{now}|\w+ing)\b",
            rf"{_NOT_NONE}\b(?:has|have|had|\w+'s|\w+'ve){_MAYBE} been"
            rf" (?!{_any(self.known)}\b)(?:{done}|{reached}|\w+ed)\b",
            rf"{_NOT_NONE}\b(?:your|the|that) {things} (?:was|were|went){_MAYBE} {states}\b",
            rf"\b{things}(?: \S+){{0,5}}? ?{_WILL}{_MAYBE}(?: be)? (?:{acts}|{states})\b",
            rf"\b{anybody}(?: \w+){{0,4}}? ?(?:{_IS}|{_WILL}(?: be)?){_MAYBE}"
            rf" (?:{coming}|{done})\b",
            rf"\b(?:the|your|our|my) {people}(?: \w+)? (?:now |already )?{knowing}\b",
            rf"\b{people}(?: \w+)?? ?{_WILL}{_MAYBE}(?! {_any(self.advising)}\b) \w+",
            rf"\b{_any(self.pronouns)} {knowing} now\b",
            rf"\byou ?{_WILL}{_MAYBE} be {reached}\b",
            rf"\byou ?{_WILL}{_MAYBE} (?:get|hear|receive)(?: \S+){{0,3}}? (?:{things}|from me)\b",
            rf"{opened}(?:{things}|{people})(?: for \S+)? (?:{done}|{acts}|{states})\b",
            rf"\b(?:your|the)(?: \S+){{0,2}} {things} {acts}\b",
            rf"{things} should (?:now be {states}|be {states} now)\b",
            rf"{opened}(?!{orders}\b){done} (?:a|an|the|your|it|that|them)\b",
            rf"{opened}(?!{orders}\b){done} \S+(?: \S+)? (?:to|for|on|from|at|off)\b",
            rf"{opened}{orders} (?:a|an|the|your)(?: \S+){{0,2}} {things}\b",
            rf"{opened}(?!{talking}\b)(?:{now}|\w+ing)(?:$| now|{_BUT_TALK} \w+$"
            r"|(?: (?:on|off|up|down|out))?"
            rf" (?:a|an|the|your|you|it|that|them|him|her|some|\d\S*)\b{_BUT_TALK})",
            rf"{opened}{_any(self.finished)}$",
            rf"^(?!.*\b{_any(self.asking)}\b)(?!(?:no|nothing)\b)"
            rf"(?:\S+ ){{1,5}}{_any(self.endings)}$",
            rf"\b{_any(self.anywhere)}\b",
        )

    def _states(self) -> tuple[str, ...]:
        """How it is said that something is in a state, which may have been looked up."""
        things, lists = _any(self.things), _any(self.lists)
        states = _any((*self.states, *self.done))
        these = r"(?:it|that|this|they|those|everything|all of it)"
        return (
            rf"\b{_IS}(?: now| all)? (?:set|cancelled|canceled)(?: for\b| to\b|$)",
            rf"\b{_IS} (?:now|already) {states}\b",
            rf"\b{_IS} {states} now\b",
            rf"{_NOT_NONE}\b{things}(?: \S+){{0,5}}? ?{_IS}{_MAYBE} {states}\b",
            rf"\byour(?: \S+)?? {things}(?: \S+){{0,5}}? ?{_IS}{_MAYBE} \w+(?:ed|ing)\b",
            rf"{_NOT_NONE}\b{things}(?: now)? (?:has|have) (?:\S+ ){{1,4}}left\b",
            rf"\b{_IS}(?: now| already| down)? (?:on|off|in) (?:your|the|my)(?: \S+)? {lists}\b",
            rf"\b{lists} now \w+s\b",
            rf"\b{things} (?:just|now) {states}\b",
            rf"\b{these} ?{_IS}{_MAYBE} {states}(?: now| for \S+| as you \S+| already)?$",
            rf"\byou have (?:a|an|one) {things}\b",
        )

    def asks_back(self, words: str) -> bool:
        """Whether a person who says `words` may want to hear of what was done before."""
        said = plain(words)
        return bool(said) and said[0] in self.questions

    def unfounded(
        self,
        clause: str,
        done: Mapping[str, str],
        failed: Collection[str] = (),
        *,
        looked: bool = False,
    ) -> bool:
        """Whether `clause` claims what no tool has done.

        `done`: the names of the tools that have done what they were asked to, each with words about
        it; `failed`: the names of those that have not. Where something failed, nothing may be
        claimed. `looked`: whether a tool that changes nothing has told something, so that states
        may be known.
        """
        words = plain(_NAMING.sub("…", clause))
        if clause.rstrip(" \"'”’)").endswith("?") and words and words[0] in self.asking:
            return False
        said = self._harmless.sub(" … ", " ".join(words))
        if not self._deed.search(said) and (looked or not self._state.search(said)):
            return False
        if failed or not done:
            return True
        behind = [self.tools[word] for word in words if word in self.tools]
        if not all(any(name in done for name in names) for names in behind):
            return True
        about = " ".join(done.values()).casefold()
        things = {word for word in words if word in self.things} - self.tools.keys()
        return not all(thing.removesuffix("s") in about for thing in things)


def _either(ways: Collection[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{way})" for way in ways))


def _any(words: Collection[str]) -> str:
    """A pattern for one of `words`, the longest first."""
    entries = sorted((" ".join(plain(word)) for word in words), key=len, reverse=True)
    return f"(?:{'|'.join(map(re.escape, entries))})"
