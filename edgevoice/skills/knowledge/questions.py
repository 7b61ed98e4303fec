"""What a person asks for: the words that tell, and whether the documents are meant.

The lists are English, like Porter's stems; in another language every word tells equally.
"""

import re
from dataclasses import dataclass
from enum import Enum

_STOP = frozenset(
    "a an the this that these those some any each every all both either such same other another "
    "i me my mine myself we us our ours you your yours he him his she her hers it its they them "
    "their theirs one ones someone anyone somebody anybody something anything everything nothing "
    "am is are was were be been being do does did done doing have has had having can could will "
    "would shall should may might must ought am aren isn wasn weren don doesn didn haven hasn hadn "
    "won wouldn couldn shouldn mustn t s m d ll re ve not no nor yes and or but if then than so as "
    "of in on at by for from to into onto with without about over under through between after "
    "before during since until till up down out off around near again here there very too just "
    "only also even still already yet ever never now please thanks thank hello hi hey okay ok "
    "what which who whom whose when where why how whatever tell say says said know let lets give "
    "show explain wonder wondering think mean means want wants wanted like liked gonna got tonight "
    "while because actually really maybe perhaps exactly well um uh er oh right sure".split()
)
_WEAK = frozenset(
    "time times day days hour hours minute minutes week year date often long many much number "
    "amount cost costs price pay expensive cheap start starts begin begins end ends finish happen "
    "happens use used using get gets go goes going come find make makes made take takes put keep "
    "work works thing things way kind sort type name called need needs needed allowed permitted "
    "possible able supposed bring look looking see ask people person place anywhere far tall high "
    "deep wide heavy hot warm cold fast soon thick new first last next different best good bad "
    "big small old early late today tomorrow question answer information details rule rules "
    "instructions document documents manual handbook guide allow please try trying help do".split()
)
WEAK_SHARE = 0.3
"""What a word counts that many questions have, and many answers have not."""

_DOCUMENTS = (
    r"(?:(?:the|my|our|your|these|those) )?(?:own )?"
    r"(?:documents?|docs|files|papers|paperwork|documentation|knowledge base)"
)
_BOOKS = rf"(?:{_DOCUMENTS}|(?:the|my|our|your) (?:\w+ ){{0,3}}(?:manuals?|handbooks?|guides?))"
_FRAMES = tuple(
    re.compile(frame, re.IGNORECASE)
    for frame in (
        rf"\bwhat (?:do|does|did) (?P<book>{_BOOKS}) (?:say|tell(?: \w+)?|know|have) "
        rf"(?:about|on|of|regarding)\b",
        rf"\b(?:search|check|consult|look in|look into|look through|go through) (?P<book>{_BOOKS})"
        r"(?: (?:for|and \w+(?: me)?))?\b",
        rf"\b(?:look|looking|looked) up\b(?=.*? in (?P<book>{_BOOKS}))",
        r"\b(?:please )?look up\b",
        r"\blook (?:it|that|this|them) up\b",
        rf"\b(?:according to|from|in) (?P<book>{_BOOKS})\b",
        rf"\b(?:do|does) (?P<book>{_BOOKS}) (?:say|mention|tell|explain|have)\b",
        rf"\b(?:is|are) there (?:anything|something|a \w+) in (?P<book>{_BOOKS})\b",
    )
)
_GENERIC = re.compile(rf"\b(?:(?:in|from|of) )?{_DOCUMENTS}\b", re.IGNORECASE)
_ASKS = re.compile(
    r"^(?:(?:and|so|but|okay|ok|hey|hi|hello|please|well|um|uh|excuse me|sorry)[, ]+)*"
    r"(?:(?:in|at|on|to|for|from|by|with|under|until|since) )?"
    r"(?:what|which|who|whom|whose|when|where|why|how|is|are|am|was|were|do|does|did|can|could|"
    r"will|would|should|shall|may|must|has|have|had|tell me|explain|describe|remind me|"
    r"give me|i (?:want|need|would like|'d like) to know|i wonder)\b|\?\s*$|"
    r"[,;.:] (?:and |so |but )?(?:what|which|who|when|where|why|how|can i|may i|do i|is|are)\b|"
    r"\b(?:tell me|do you know|can you (?:tell|explain)|wondering|want to know)\b",
    re.IGNORECASE,
)
_TO_SOMEBODY = re.compile(
    r"\b(?:are|do|did|can|could|will|would|were|have|should) you\b(?! (?:tell|explain|say|know|"
    r"show|find|look|check|help))|\byour (?:name|favou?rite|age|birthday)\b|"
    r"\b(?:tell|sing|write|read|make)(?: (?:me|us))? (?:a|another|some) (?:\w+ )?"
    r"(?:joke|story|poem|song|riddle|fact)\b",
    re.IGNORECASE,
)
_OF_THE_WORLD = re.compile(
    r"\bwhat (?:is|are|does) an? [\w-]+(?: [\w-]+)?(?: do| mean)?\W*$|"
    r"\bwhat (?:is|are) [\w -]+ (?:made of|named after)\b|\bhow (?:is|are) \w+ made\b|"
    r"\bmeaning of\b|\bwho (?:invented|discovered|wrote|painted|composed)\b|"
    r"\b(?:when|where) (?:was|were) [\w ]+ born\b",
    re.IGNORECASE,
)
"""What an encyclopedia is asked, not an operator's documents."""
_WORD = re.compile(r"[^\W_]+(?:[-‐‑][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’](?:s|t|re|ve|ll|d|m)\b", re.IGNORECASE)
_MOST_WORDS = 16
_MOST_LETTERS = 1_000


class Wanted(Enum):
    """What kind of answer is asked for, as far as the question tells."""

    ANYTHING = ""
    NUMBER = "number"
    TIME = "time"
    PLACE = "place"
    STEPS = "steps"


_KINDS = (
    (
        Wanted.STEPS,
        re.compile(
            r"\bhow (?:do|does|can|could|should|would|to|must)\b|"
            r"\bwhat (?:do|can|could|should|must|shall) i do\b",
            re.I,
        ),
    ),
    (
        Wanted.TIME,
        re.compile(r"\bwhen\b|\bwhat (?:time|day|hours?)\b|\bhow (?:late|early)\b", re.I),
    ),
    (Wanted.PLACE, re.compile(r"\bwhere\b", re.I)),
    (
        Wanted.NUMBER,
        re.compile(
            r"\bhow (?:many|much|long|far|old|often|big|tall|deep|high|hot|warm|cold|fast|heavy|"
            r"soon|large|wide)\b|\b(?:number|price|cost|costs|fee|temperature|limit|maximum|"
            r"minimum|deadline|deposit)\b",
            re.I,
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a question that tells something, and how much of a word's worth it is (to 1)."""

    text: str
    share: float


@dataclass(frozen=True, slots=True)
class Question:
    """`words`: those that tell, each once. `explicit`: whether the documents were named. `asks`:
    whether it is a question that a document could answer."""

    words: tuple[Word, ...]
    explicit: bool
    asks: bool
    wanted: Wanted


def understood(text: str) -> Question:
    """What `text` asks for."""
    text = " ".join(text[:_MOST_LETTERS].replace("’", "'").split())
    rest = text
    explicit = False
    for frame in _FRAMES:
        if frame.search(rest):
            explicit = True
            rest = frame.sub(lambda match: f" {match.groupdict().get('book') or ''} ", rest)
            rest = _GENERIC.sub(" ", rest)
            break
    words: dict[str, Word] = {}
    for word in _WORD.findall(_POSSESSIVE.sub("", rest.lower())):
        if word not in _STOP and len(words) < _MOST_WORDS:
            words[word] = Word(word, WEAK_SHARE if word in _WEAK else 1.0)
    asks = bool(_ASKS.search(text)) and not (
        _TO_SOMEBODY.search(text) or _OF_THE_WORLD.search(text)
    )
    wanted = next((kind for kind, sign in _KINDS if sign.search(text)), Wanted.ANYTHING)
    return Question(tuple(words.values()), explicit, explicit or asks, wanted)
