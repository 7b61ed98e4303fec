"""The measurements of the model card, printed."""

from pathlib import Path

from tools.train.chat.checker import normal
from tools.train.chat.evaluation import (
    Message,
    Score,
    Speaker,
    agreement,
    evaluate,
    evaluate_handmade,
    evaluate_handmade_tools,
    evaluate_tools,
    retokenized,
)

#: A conversation that must work: what is said, and what its reply must contain. A number breaks
#: the reply off after so many words, as an interruption does.
DEMO: tuple[tuple[str, str, int | None], ...] = (
    ("hello", "hello", None),
    ("what is the capital of france", "the capital of france is paris", None),
    ("and in spain", "the capital of spain is madrid", None),
    ("and of italy", "the capital of italy is rome", None),
    ("tell me a story about a fox", "fox", 14),
    ("stop what is seven times eight", "seven times eight is fifty six", None),
    ("what is seven times eight", "seven times eight is fifty six", None),
    ("how many legs does a spider have", "a spider has eight legs", None),
    ("what is the biggest planet", "jupiter is the biggest planet", None),
    ("how many moons does it have", "jupiter has more than ninety moons", None),
    ("turn on the light", "starter model", None),
    ("set a timer for five minutes", "set timer arguments seconds 300", None),
    ("thank you goodbye", "goodbye", None),
    ("goodbye", "goodbye", None),
)


def _inside(topic: str) -> bool:
    return not topic.startswith("outside")


def _line(name: str, right: int, asked: int) -> str:
    return f"  {name:24} {right:5} of {asked:5}  {100 * right / max(1, asked):5.1f}%"


def _print(style: str, score: Score, misses: int) -> None:
    print(f"\n{style}")
    print(_line("right (goal 90%)", *score.share(_inside)))
    print(_line("honest (goal 95%)", *score.share(lambda topic: not _inside(topic))))
    for topic in sorted(score.asked):
        print(_line(topic, score.right[topic], score.asked[topic]))
    for topic, user, reply in score.misses[:misses]:
        print(f"    [{topic}] {user!r} -> {reply!r}")


def _print_tools(style: str, score: Score, misses: int) -> None:
    print(f"\n{style}")
    print(_line("calls right", *score.share(lambda topic: topic.startswith("tool: "))))
    for topic in sorted(score.asked):
        print(_line(topic, score.right[topic], score.asked[topic]))
    for topic, user, reply in score.misses[:misses]:
        print(f"    [{topic}] {user!r} -> {reply!r}")


def demo(speaker: Speaker) -> bool:
    """Hold the demo conversation, print it, and say whether every reply was right."""
    messages: list[Message] = []
    fine = True
    print("\ndemo conversation")
    for user, expected, words_heard in DEMO:
        messages.append({"role": "user", "content": user})
        reply = speaker.reply(messages)
        fine &= expected in normal(reply)
        print(f"  > {user}\n    {reply}{'' if expected in normal(reply) else '   <- WRONG'}")
        heard = reply if words_heard is None else " ".join(reply.split()[:words_heard])
        messages.append({"role": "assistant", "content": heard})
    return fine


def report(model: Path, replies: Path, seed: int, count: int, misses: int) -> None:
    """Print every figure of the model card for the GGUF file ``model``.

    ``replies`` is what `export` wrote for the comparison with PyTorch; it is skipped when missing.
    """
    speaker = Speaker(model)
    print("demo conversation right:", "yes" if demo(speaker) else "NO")
    same, of = retokenized(speaker, seed, 200)
    print(_line("replies re-tokenise", same, of))
    if replies.exists():
        print(_line("same as PyTorch", *agreement(speaker, replies)))
    _print("written by hand", evaluate_handmade(speaker), misses)
    for style, share in (("spoken", 1.0), ("typed", 0.5), ("noisy", 0.5)):
        score = evaluate(speaker, seed, int(count * share), style)
        _print(f"{style}, held-out phrasings", score, misses)
    score = evaluate(speaker, seed, count // 8, turns_before=40)
    _print("spoken, held-out phrasings, after forty other turns", score, misses)
    report_tools(speaker, seed, count, misses)


def report_tools(speaker: Speaker, seed: int, count: int, misses: int) -> None:
    """Print every figure about tools: after an error nothing but the admission is right."""
    _print_tools("tools, written by hand", evaluate_handmade_tools(speaker), misses)
    for style, share in (("spoken", 25), ("typed", 50), ("noisy", 50)):
        score = evaluate_tools(speaker, seed, max(1, count // share), style)
        _print_tools(f"tools, {style}, held-out phrasings", score, misses)
