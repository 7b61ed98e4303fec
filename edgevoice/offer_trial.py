"""How many tools a language model has room for, in a process that may die of it.

`python -m edgevoice.offer_trial`, with settings and tools as JSON on standard input, answers with a
line of JSON on standard output; `try_offer` asks it. The model reads nothing and writes nothing.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from edgevoice.config import Config
from edgevoice.dialog.calls import ToolSpec

TIMEOUT_S = 120.0
"""A large model on a slow SD card takes its time."""


@dataclass(frozen=True, slots=True)
class Offered:
    """`fits`: so many of the tools have room. `tokens`: what they take. `knows`: whether the
    model's template knows tools; None: nobody can tell."""

    fits: int
    tokens: int
    knows: bool | None


def try_offer(config: Config, specs: Sequence[ToolSpec]) -> Offered | None:
    """What becomes of `specs`, the first ones first; None where the model cannot be loaded."""
    settings = config.model_dump(mode="json", exclude={"profiles"})
    asked = json.dumps({"config": settings, "specs": [asdict(spec) for spec in specs]})
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "edgevoice.offer_trial"],
            input=asked.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=TIMEOUT_S,
            check=True,
        )
    except subprocess.SubprocessError:
        return None
    return Offered(**json.loads(done.stdout))


def main() -> None:
    """The child process."""
    from edgevoice.engines.llama import LlamaChat
    from edgevoice.engines.loading import load_chat
    from edgevoice.skills.offer import budget, cost, fitting

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # native libraries print where they like
    asked = json.load(sys.stdin.buffer)
    config = Config.model_validate(asked["config"])
    chat = load_chat(config.llm)
    specs = [ToolSpec(**spec) for spec in asked["specs"]]
    told = fitting(chat, specs, budget(config.llm.context_tokens))
    knows = chat.knows_tools if isinstance(chat, LlamaChat) else None
    with answers:
        print(json.dumps(asdict(Offered(len(told), cost(chat, told), knows))), file=answers)


if __name__ == "__main__":
    main()
