"""How a line really arrives: misheard by a recogniser, or typed by a person."""

import random
import re

from tools.train.chat.number_words import to_digits

#: Words that sound alike, or nearly so, and that a small recogniser confuses.
_ALIKE = {
    "two": ("to", "too"), "to": ("two", "too"), "four": ("for",), "for": ("four",),
    "eight": ("ate",), "one": ("won",), "what's": ("what is", "what"), "what is": ("what's",
    "what"),
    "does": ("do", "is"), "do": ("does",), "the": ("a", ""), "a": ("the", ""), "an": ("a", "and"),
    "of": ("off", "for", ""), "in": ("and", "an"), "and": ("an", "in"), "is": ("as", ""),
    "have": ("has",), "are": ("our", ""), "sea": ("see",), "sun": ("son",), "colour": ("color",),
    "you": ("your",), "there": ("their",), "by": ("buy", "bye"), "which": ("what", "witch"),
    "how many": ("how much", "many"), "comes": ("come",), "legs": ("leg",), "plus": ("plus the",),
    "tell me": ("tell", "tell me the"), "can": ("could",), "bee": ("be",), "deer": ("dear",),
    "whale": ("wale",), "horse": ("horses",), "days": ("day",), "it": ("at",),
}  # fmt: skip
_LEADS = (
    "um", "please", "hey", "okay", "so", "and", "now", "well", "assistant", "can you tell me",
    "hey assistant", "uh", "yes", "stop", "wait", "tell me", "do you know", "i want to know",
    "please tell me", "tell me please", "could you tell me", "can you say", "quick question",
    "i have a question", "i would like to know", "and now", "no", "actually", "good", "thanks",
    "thank you", "hello", "hi", "i wonder", "great", "next question", "all right", "listen",
    "oh", "hm", "okay so", "so tell me", "but", "also", "alright", "hey there", "excuse me",
    "would you tell me", "i'd like to know", "let me ask", "one more question", "another question",
    "just tell me", "i was wondering", "tell me something", "look", "say", "right", "okay now",
    "and tell me", "you know", "can you help me", "maybe you know", "i am curious", "let's see",
)  # fmt: skip
_TAILS = (
    "please", "now", "thank you", "then", "okay", "for me", "again", "please tell me", "exactly",
    "do you know", "my friend", "assistant", "right", "can you tell me", "today", "actually",
    "if you know", "if you can", "quickly", "i wonder", "by the way", "i forgot", "would you",
    "tell me", "any idea", "do you think", "can you", "could you", "thanks", "buddy", "i mean",
)  # fmt: skip
_INTERRUPTIONS = (
    "stop", "wait", "no", "okay stop", "stop stop", "hold on", "no wait", "sorry", "okay",
    "hey stop",
)  # fmt: skip


def misheard(text: str, rng: random.Random) -> str:
    """``text`` with one small word lost, doubled or confused."""
    found = [a for a in _ALIKE if re.search(rf"\b{a}\b", text)]
    if found and rng.random() < 0.75:
        word = rng.choice(found)
        text = re.sub(rf"\b{word}\b", rng.choice(_ALIKE[word]), text, count=1)
    else:
        parts = text.split()
        i = rng.randrange(len(parts))
        if len(parts) > 4 and parts[i] in ("the", "a", "is", "of", "me", "please"):
            del parts[i]
        else:
            parts.insert(i, parts[i])
        text = " ".join(parts)
    return " ".join(text.split())


def with_fillers(text: str, rng: random.Random) -> str:
    """``text`` after a filler or a politeness, or before one."""
    return f"{text} {rng.choice(_TAILS)}" if rng.random() < 0.3 else f"{rng.choice(_LEADS)} {text}"


def without_fillers(text: str) -> set[str]:
    """``text``, and what of it remains without a filler before it, after it, or both."""
    shorter = {text.removeprefix(f"{lead} ") for lead in _LEADS} | {text}
    return shorter | {part.removesuffix(f" {tail}") for part in shorter for tail in _TAILS}


def interrupting(text: str, rng: random.Random) -> str:
    """``text`` as somebody says it who breaks into a reply."""
    return f"{rng.choice(_INTERRUPTIONS)} {text}" if rng.random() < 0.6 else text


def typed(text: str, rng: random.Random) -> str:
    """``text`` as typed: digits, signs, a question mark, capitals."""
    if rng.random() < 0.7:
        text = to_digits(text)
    for word, sign in (("plus", "+"), ("minus", "-"), ("times", "*"), ("divided by", "/")):
        if rng.random() < 0.4:
            text = re.sub(rf"(\d) {word} (\d)", rf"\1 {sign} \2", text)
    asks = text.split()[0] in (
        "what",
        "what's",
        "which",
        "how",
        "who",
        "can",
        "does",
        "is",
        "and",
        "do",
    )
    end = rng.choice(("?", "?", "")) if asks else rng.choice((".", "!", ""))
    return text[0].upper() + text[1:] + end
