"""`python -m tools.train.chat generate|train|export|evaluate`: the starter chat model, from a seed.

Each command imports what it needs: `generate` needs Python alone, `train` and `export` the packages
of requirements.txt, `evaluate` llama-cpp-python and jinja2.
"""

import argparse
import itertools
import json
import math
from pathlib import Path

SEED, VOCAB, STEPS = 7, 2560, 1800
REPLIES = "torch-replies.json"
MODEL = Path("models/starter/chat/starter-chat-q8_0.gguf")


def generate(args: argparse.Namespace) -> None:
    """Print conversations of the corpus."""
    from tools.train.chat.corpus import conversations

    for conversation in itertools.islice(conversations(args.seed), args.count):
        for line in conversation:
            mark = "=" if line.turn.from_tool else ">"
            print(f"{mark} {line.turn.user}\n{line.turn.reply}{'' if line.finished else ' ~'}")
        print()


def train(args: argparse.Namespace) -> None:
    """Train tokenizer and model into the work folder."""
    import torch

    from tools.train.chat import tokenizer, training

    torch.set_num_threads(args.threads)
    args.work.mkdir(parents=True, exist_ok=True)
    weights = args.work / "model.pt"
    if args.resume:
        known = tokenizer.load_tokenizer(args.work / "tokenizer.json")
        model, tokens = training.load(weights), tokenizer.with_tools(known)
        if tokens is not known:
            model = training.widen(model, known, tokens)
            tokens.save(str(args.work / "tokenizer.json"))
            training.save(model, weights)
    else:
        tokens = tokenizer.with_tools(tokenizer.train_tokenizer(args.seed, VOCAB))
        tokens.save(str(args.work / "tokenizer.json"))
        model = training.new_model(tokens.get_vocab_size(), args.seed)
    training.train(
        model,
        tokens,
        weights,
        # Conversations that the first part has not seen.
        seed=args.seed + 10_000 * args.resume,
        steps=args.steps,
        minutes=args.minutes,
        full_rate=args.rate,
    )


def export(args: argparse.Namespace) -> None:
    """Write the GGUF file from the work folder."""
    from tools.train.chat import sampling, tokenizer, training
    from tools.train.chat.export import export as write

    args.model.parent.mkdir(parents=True, exist_ok=True)
    tokens = tokenizer.load_tokenizer(args.work / "tokenizer.json")
    model = training.load(args.work / "model.pt")
    write(model, tokens, args.model)
    replies = sampling.sample_replies(model, tokens, args.seed, 60)
    (args.work / REPLIES).write_text(json.dumps(replies), encoding="utf-8")
    print(f"{args.model}: {args.model.stat().st_size:,} bytes")


def evaluate(args: argparse.Namespace) -> None:
    """Ask the GGUF file held-out questions and print the scores."""
    from tools.train.chat.report import report

    report(args.model, args.work / REPLIES, args.seed, args.count, args.misses)


def main() -> None:
    """Parse the command line and run one command."""
    parser = argparse.ArgumentParser(prog="python -m tools.train.chat", description=__doc__)
    commands = parser.add_subparsers(required=True)
    for command in (generate, train, export, evaluate):
        sub = commands.add_parser(command.__name__, help=command.__doc__)
        sub.set_defaults(run=command)
        sub.add_argument("--seed", type=int, default=SEED)
        if command in (generate, evaluate):
            sub.add_argument("--count", type=int, default=1200, help="conversations or scenes")
        if command is not generate:
            sub.add_argument("--work", type=Path, default=Path("training-output/chat"))
        if command in (export, evaluate):
            sub.add_argument("--model", type=Path, default=MODEL)
        if command is train:
            sub.add_argument("--steps", type=int, default=STEPS)
            sub.add_argument("--threads", type=int, default=2)
            sub.add_argument("--minutes", type=float, default=math.inf, help="end after, at most")
            sub.add_argument("--rate", type=float, default=1.0, help="share of the learning rate")
            sub.add_argument("--resume", action="store_true", help="go on from the work folder")
        if command is evaluate:
            sub.add_argument("--misses", type=int, default=0, help="print so many wrong replies")
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
