"""Vocabularies for models that have never read: every known English word is one token.

Speed depends on how many tokens a sentence has, so the models of `tools.bench.shapes` must count
like real ones, without any published vocabulary at hand. Byte pair encoding (Sennrich et al. 2016)
is therefore given chains of merges that spell each known word from its beginning: "Ġt", "Ġth",
"Ġthe". A chain that begins with the space outranks all others, so no chain disturbs another, and
a word always comes out whole. Unknown words are spelled: they cost more than in a real model.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

QUESTION = "What is the weather going to be like in the park tomorrow afternoon?"
"""What the Whisper shapes hear: 14 tokens, as people say them in five seconds."""

REPLY = (
    "Sure, tomorrow it will stay dry and mild until early evening. "
    "Then some light rain is coming in slowly from the west; take your umbrella along! "
    "Shall I also remind you again before we leave home at seven?"
)
"""What the language model shapes say: 43 tokens, no two alike (see `shape_llm`)."""

SPACE, NEWLINE = "\u0120", "\u010a"
"""How byte-level vocabularies write a space and a line feed."""

_LISTS = Path(__file__).parents[1] / "train" / "stt"
_STARTS = """
system user assistant
A An And Answer Are But Can Could Do For Good Hello How I If In Is It No Of Please Sure Tell That
The There This To We What When Where Which Who Why Yes You
"""
_EVERYDAY = """
a able about above across after afternoon again against ago air all almost alone along already also
always am among an and another answer any anything are around as ask asked assistant at away back
bad be because been before began begin behind being below best better between big book both brief
bring but by call called came can car carry change city clear close clouds cold come coming concise
could country course cut day days dear did different do does dog don done door down draw dry during
each early earth easy eat end enough even evening ever every everything eye face fact far fast
father feel feet few find fire first five food for form found four friend friendly from full gave
get girl give go going gone good got great green group grow had half hand happy hard has have he
head hear heard heart heavy help helpful her here high him his hold home hope hot hour hours house
how hundred I idea if important in inside into is it its just keep kind know known land large last
late later learn leave left less let letter life light like line list lists little live long look
love low made main make man many mark markdown may me mean men might mild mile mind minute minutes
miss moment money month more morning most mother mountain move much music must my name near need
never new next night no north not nothing notice now number of off often oh old on once one only
open or order other our out over own page paper park part people perhaps person place plan plant
play please point power problem program pull put question questions quick quite rain read ready
real really reason red remember remind replies reply rest right river road room round rule run said
same saw say school sea second see seem seen sentence sentences set seven several shall she ship
short should show side simple since sing sit six sky sleep slow slowly small snow so some something
sometimes song soon sound south speak special spoken stand star start state stay step still stop
story street strong such summer sun sure symbols system table take talk tell ten than thank thanks
that the their them then there these they thing things think third this those though thought
thousand three through time to today together told tomorrow tonight too took top toward town travel
tree true try turn twelve two umbrella under until up upon us use user using usual very voice wait
walk want warm was watch water way we weather week weeks well went were west what when where which
while white who whole why will wind winter wish with without woman wonder word words work world
would write year years yes yesterday yet you young your
"""

Merge = tuple[str, str]


class Vocabulary(NamedTuple):
    """Token texts by id, in the alphabet of byte-level encoding, and the merges that form them."""

    tokens: list[str]
    merges: list[Merge]

    def ids(self, text: str) -> list[int]:
        """`text` as the models tokenise it, if it consists of known words and punctuation."""
        number = {token: at for at, token in enumerate(self.tokens)}
        return [number[piece.replace(" ", SPACE)] for piece in _pieces(text)]


def known_words() -> list[str]:
    """Some two thousand words of everyday English, and those of the starter models' subjects."""
    text = "".join((_LISTS / name).read_text("utf-8") for name in ("words.txt", "templates.txt"))
    lower = re.findall(r"[a-z]+", text.replace("_", " ")) + _EVERYDAY.split()
    return sorted({*lower, *(word.capitalize() for word in _EVERYDAY.split())})


def vocabulary(
    texts: Iterable[str], size: int, special: Mapping[int, str], words: Sequence[str] = ()
) -> Vocabulary:
    """Exactly `size` tokens: bytes, chains for `texts` and `words`, fillers, `special` by id.

    Raises `ValueError` when the chains do not fit below the first special token.
    """
    pieces = [piece for text in texts for piece in _pieces(text)]
    inner = [piece.replace(" ", SPACE) for piece in pieces if piece.startswith(" ")]
    inner += [SPACE + word for word in words]
    first = [piece for piece in pieces if not piece.startswith(" ")] + _STARTS.split()
    # Inside a word only chains from its space may run, so these come first: a low rank wins.
    merges = list(dict.fromkeys(merge for word in [*inner, *first] for merge in _chain(word)))
    merges.append((NEWLINE, NEWLINE))
    tokens = [*byte_names(), *dict.fromkeys(left + right for left, right in merges)]
    room = min(special, default=size)
    if len(tokens) > room:
        raise ValueError(f"{len(tokens)} tokens do not fit below token {room}")
    tokens += [f"{SPACE}~{at:x}" for at in range(len(tokens), size)]
    for at, name in special.items():
        tokens[at] = name
    return Vocabulary(tokens, merges)


def byte_names() -> list[str]:
    """The printable characters that stand for the 256 bytes in a byte-level vocabulary."""
    plain = {*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    spare = iter(range(0x100, 0x200))
    return [chr(byte if byte in plain else next(spare)) for byte in range(256)]


def _pieces(text: str) -> list[str]:
    """Words with the space before them, and punctuation."""
    return re.findall(r" ?[A-Za-z]+|[^A-Za-z]", text)


def _chain(word: str) -> list[Merge]:
    return [(word[:at], word[at]) for at in range(1, len(word))]
