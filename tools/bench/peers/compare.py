"""How soon replies come, here and elsewhere: python -m tools.bench.peers.compare --config FILE

One conversation with a scripted person, the same models and the same clips, held in turn by

- pipecat as it comes, and with a plain endpoint as late as ours, in two ways: its detector of
  voice waits for all of it; or, as it comes, for 0.2 s, and the turn stays open for the rest, so
  that transcription begins early. The quicker of these two is what we are held against;
- edgevoice, and edgevoice one thing after the other (its serial mode).

The language model answers greedily; each engine has the same number of threads on both sides, but
for pipecat's voice, for which onnxruntime chooses (one per core). The first line of every
conversation warms up and is not counted. Needs a Piper voice, and what
`python -m tools.bench.peers.setup` prepares. With models of `tools.bench.shapes` use --paced.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from edgevoice.app import load_engines
from edgevoice.bench.figures import ratio
from edgevoice.bench.modes import SERIAL, with_settings
from edgevoice.bench.result import Goal, Result, machine, spread
from edgevoice.bench.show import goals_table
from edgevoice.config import Config, load_config
from edgevoice.demo.hold import make_folder
from edgevoice.demo.script import Cued, speak_script
from edgevoice.engines.loading import threads_for
from edgevoice.errors import EdgevoiceError
from tools.bench.peers import ours
from tools.bench.peers.llm_server import llm_server
from tools.bench.peers.other_side import OtherSide
from tools.bench.peers.plan import Held
from tools.bench.peers.setup import DEFAULT_VENV

SCRIPT = (
    "hello there my friend",
    "could you please tell me i would really like to know what the capital of germany is",
    "could you tell me please how many legs a spider has because i would like to know it",
    "i have been wondering about it all day long so what is the capital city of france",
    "there is one more thing that i would like to know how many days are there in a week",
    "and now tell me please before we come to an end of this how much is seven times eight",
)
"""What the person says; all but the first, which warms up, take about five seconds."""

ENDPOINT_MS = 400
VAD_STOP_S = 0.2
"""pipecat's own: silence after which its detector says that the voice has stopped."""

OURS, OUR_SERIAL = "edgevoice", "edgevoice, one thing after the other"
AS_IT_COMES = "pipecat as it comes"
WAITING, EARLY = "pipecat, 0.4 s of silence", "pipecat, 0.2 s of silence and 0.2 s more"

WAITS: Mapping[str, tuple[float | None, float | None]] = {
    AS_IT_COMES: (None, None),
    WAITING: (ENDPOINT_MS / 1000, 0.0),
    EARLY: (VAD_STOP_S, ENDPOINT_MS / 1000 - VAD_STOP_S),
}
"""Ways to run pipecat → `Plan.stop_s`, `Plan.wait_s`."""

console = Console(stderr=True)


@dataclass(frozen=True, slots=True)
class Contest:
    """What was held, in every mode: name → its conversations."""

    conversations: Mapping[str, Sequence[Held]]

    def counted(self, mode: str, moments: Callable[[Held], Sequence[float | None]]) -> list[Any]:
        """`moments` of all lines but those that warm up."""
        return [each for held in self.conversations[mode] for each in moments(held)[1:]]

    def responses(self, mode: str) -> list[float | None]:
        """How long the person waited, in milliseconds; None where no reply was heard in order."""
        return self.counted(mode, Held.responses_ms)

    def median(self, mode: str) -> float | None:
        """The median of those responses that there were."""
        found = spread(self.responses(mode))
        return found.p50 if found else None

    def result(self, before: dict[str, Any]) -> Result:
        """What peers.json holds; `before`: the machine, before it was kept busy."""
        equal = [each for mode in (WAITING, EARLY) if (each := self.median(mode)) is not None]
        goals = [
            Goal.at_most(
                "response latency against our own serial mode, same endpoint delay",
                0.45,
                ratio(self.median(OURS), self.median(OUR_SERIAL)),
                "×",
            ),
            Goal.at_most(
                "response latency against pipecat, same weights, same endpoint delay",
                0.40,
                ratio(self.median(OURS), min(equal, default=None)),
                "×",
            ),
        ]
        figures = {
            "endpoint_ms": ENDPOINT_MS,
            "modes": {mode: self._figures(mode) for mode in self.conversations},
            "against_pipecat_as_it_comes": ratio(self.median(OURS), self.median(AS_IT_COMES)),
        }
        return Result(before, figures, goals)

    def _figures(self, mode: str) -> dict[str, Any]:
        responses = self.responses(mode)
        found = spread(responses)
        names = self.conversations[mode][0].marks
        return {
            "response_p50_ms": found.p50 if found else None,
            "response_p95_ms": found.p95 if found else None,
            "answered": sum(each is not None for each in responses),
            "lines": len(responses),
            "responses_ms": responses,
            "moments_p50_ms": {name: self._moment(mode, name) for name in names},
        }

    def _moment(self, mode: str, name: str) -> float | None:
        found = spread(self.counted(mode, lambda held: held.after_lines_ms(held.marks[name])))
        return found.p50 if found else None


def table(contest: Contest) -> Table:
    """Mode → how long the person waits, and how we compare."""
    shown = Table("", "median", "p95", "answered", "edgevoice is", title="Response latency")
    for mode in contest.conversations:
        responses = contest.responses(mode)
        found = spread(responses)
        against = ratio(contest.median(OURS), contest.median(mode))
        shown.add_row(
            mode,
            f"{found.p50:.0f} ms" if found else "",
            f"{found.p95:.0f} ms" if found else "",
            f"{sum(each is not None for each in responses)} of {len(responses)}",
            "" if against is None or mode == OURS else f"{against:.2f} ×",
        )
    return shown


def measure(config: Config, venv: Path, rounds: int, paced: bool, folder: Path) -> Contest:
    """Hold the conversation `rounds` times in every mode, the modes taking turns.

    `folder` is for what has to lie in files meanwhile. Raises `EdgevoiceError`.
    """
    # A cue would be taken for the reply.
    same = {
        "vad.endpointing": "fixed",
        "vad.endpointing_delay_ms": ENDPOINT_MS,
        "reply.cue_after_ms": 0,
    }
    quick = with_settings(config, same)
    modes = {OURS: quick, OUR_SERIAL: with_settings(quick, SERIAL)}
    clips = [line.clip for line in speak_script(tuple(map(Cued, SCRIPT)))]
    other = OtherSide(config, venv, clips, folder)
    engines = load_engines(quick)
    conversations: dict[str, list[Held]] = {mode: [] for mode in (*WAITS, *modes)}
    threads = threads_for(config.llm.threads, config.llm.model)
    log, context = folder / "server.log", config.llm.context_tokens
    with llm_server(other.python, config.llm.model, threads, context, log) as url:
        for number in range(rounds):
            for mode, held in conversations.items():
                console.print(f"[dim]round {number + 1} of {rounds}: {mode} …[/]")
                if mode in modes:
                    held.append(ours.hold(modes[mode], engines, clips, paced))
                else:
                    held.append(other.hold(url, *WAITS[mode]))
    return Contest(conversations)


def main() -> int:
    """Measure, print the table, write peers.json."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench.peers.compare")
    parser.add_argument("--config", type=Path, help="settings file: which models")
    parser.add_argument("--venv", type=Path, default=DEFAULT_VENV, help="of the other side")
    parser.add_argument("--out", type=Path, default=Path("bench-output"))
    parser.add_argument("--rounds", type=int, default=3, help="conversations in every mode")
    parser.add_argument(
        "--paced", action="store_true", help="words of scripted models come as they are spoken"
    )
    given = parser.parse_args()
    try:
        make_folder(given.out)
        before = machine()
        config = load_config(given.config)
        with tempfile.TemporaryDirectory() as folder:
            contest = measure(config, given.venv, given.rounds, given.paced, Path(folder))
        result = contest.result(before)
        result.write(given.out / "peers.json")
    except EdgevoiceError as error:
        console.print(str(error), style="red", highlight=False, markup=False)
        return error.exit_code
    Console().print(table(contest), goals_table(result.goals))
    return 0


if __name__ == "__main__":
    sys.exit(main())
