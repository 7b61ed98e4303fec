"""Train the starter speech recogniser: ``python -m tools.train.stt STEP --help``."""

import argparse
import json
import os
import sys
from pathlib import Path

# One thread per process: they are several, and small matrices gain nothing from more.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

WORK = Path("training-output/stt")
MODEL = Path("models/starter/stt")
SPEECH = Path("../shared/speech")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    root = argparse.ArgumentParser(prog="python -m tools.train.stt", description=__doc__)
    root.add_argument("--work", type=Path, default=WORK, help="clips and checkpoints (%(default)s)")
    steps = root.add_subparsers(dest="step", required=True)

    one = steps.add_parser("prepare", help="put the tokenizer in place")
    one.add_argument("--like", type=Path, metavar="MODEL", help="take this model's tokenizer")
    one.add_argument("--seed", type=int, default=5)

    one = steps.add_parser("synthesise", help="speak sentences into shards of 500 clips")
    one.add_argument("kind", choices=["train", "dev", "test"])
    one.add_argument("--seed", type=int, default=1, help="another seed, other clips (%(default)s)")
    one.add_argument("--shards", type=int, default=24, help="training shards (%(default)s)")
    one.add_argument("--requests", type=float, default=0.25, metavar="SHARE",
                     help="share of requests to the starter chat model (%(default)s)")  # fmt: skip
    one.add_argument("--clips", type=int, default=300, help="clips of each dev or test set")

    one = steps.add_parser("train", help="train, or train further")
    length = one.add_mutually_exclusive_group(required=True)
    length.add_argument("--steps", type=int, help="length of the run; repeatable")
    length.add_argument("--minutes", type=float, help="length of the run by the clock")
    one.add_argument("--init", type=Path, metavar="MODEL",
                     help="start from this exported model, or from a checkpoint (.pt)")  # fmt: skip
    one.add_argument("--rate", type=float, default=1e-3, help="learning rate (%(default)s)")
    one.add_argument("--seed", type=int, default=0)
    one.add_argument("--threads", type=int, default=1)

    one = steps.add_parser("export", help="checkpoint → CTranslate2 int8 folder")
    one.add_argument("--to", type=Path, default=MODEL, metavar="MODEL", help="(%(default)s)")
    one.add_argument("--window-ms", type=int, default=3000, help="shortest safe window")
    one.add_argument("--gate", type=float, default=-0.3, help="least average log-probability")

    for name, words in (("tune", "choose window and gate"), ("evaluate", "measure everything")):
        one = steps.add_parser(name, help=words)
        one.add_argument("--model", type=Path, default=MODEL, help="(%(default)s)")
        one.add_argument("--speech", type=Path, default=SPEECH, help="recordings (%(default)s)")
        if name == "evaluate":
            one.add_argument("--split", choices=["dev", "test"], default="test")
            one.add_argument("--json", type=Path, help="write the numbers here too")
    return root


def main(arguments: list[str] | None = None) -> None:
    """Run one step. Imports wait until here: ``--help`` needs none of the packages."""
    asked = parser().parse_args(arguments)
    clips, tokenizer = asked.work / "clips", asked.work / "tokenizer.json"
    if asked.step == "prepare":
        from .prepare import prepare

        print(prepare(asked.work, asked.like, asked.seed))
    elif asked.step == "synthesise":
        from .synthesise import synthesise_measuring, synthesise_training

        if asked.kind == "train":
            synthesise_training(clips, asked.seed, asked.shards, asked.requests)
        else:
            synthesise_measuring(clips, asked.kind, asked.seed, asked.clips)
    elif asked.step == "train":
        from .train import Plan, train

        length = {"steps": asked.steps, "minutes": asked.minutes}
        run = {"seed": asked.seed, "learning_rate": asked.rate, "threads": asked.threads}
        train(Plan(clips, tokenizer, asked.work, asked.init, **run, **length))
    elif asked.step == "export":
        from .export import export

        gate = {"min_window_ms": asked.window_ms, "min_avg_logprob": asked.gate, "language": "en"}
        export(asked.work / "last.pt", tokenizer, asked.to, gate)
    elif asked.step == "tune":
        from .evaluate import tune

        print(json.dumps(tune(asked.model, clips, asked.speech)))
    else:
        from .evaluate import evaluate

        numbers = evaluate(asked.model, clips, asked.split, asked.speech)
        if asked.json:
            asked.json.write_text(json.dumps(numbers, indent=1) + "\n")


if __name__ == "__main__":
    try:
        main()
    except (OSError, ValueError) as problem:
        sys.exit(f"python -m tools.train.stt: {problem}")
