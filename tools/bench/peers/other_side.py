"""Runs pipecat in its own environment, on our models."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from edgevoice.audio.chunk import LISTENING_RATE, Samples
from edgevoice.audio.wav import write_wav
from edgevoice.config import Config
from edgevoice.engines.loading import threads_for
from edgevoice.errors import ConfigError, EngineError
from tools.bench.peers.llm_server import stop
from tools.bench.peers.plan import PATIENCE_S, Held, Plan
from tools.bench.peers.setup import ROOT

START_S = 60.0
"""Longest that loading and ending may take."""

TURN_S = 45.0
"""Longest that a turn may take, replies included."""


class OtherSide:
    """pipecat in its environment, on the models of `config`; raises `ConfigError`."""

    def __init__(self, config: Config, venv: Path, clips: Sequence[Samples], folder: Path) -> None:
        self.python = venv / "bin" / "python"
        if not self.python.exists():
            raise ConfigError(
                f"there is no environment in {venv}", "Run `python -m tools.bench.peers.setup`."
            )
        if config.tts.engine != "piper":
            raise ConfigError(
                f"tts.engine is {config.tts.engine}, which pipecat has not",
                "Give a configuration with a Piper voice (--config).",
            )
        self._config = config
        self._folder = folder
        self._clips = [folder / f"{number}.wav" for number in range(len(clips))]
        for path, clip in zip(self._clips, clips, strict=True):
            write_wav(path, clip, LISTENING_RATE)

    def hold(self, url: str, stop_s: float | None, wait_s: float | None) -> Held:
        """Hold the conversation, the language model at `url`; see `Plan` for the rest.

        Raises `EngineError`.
        """
        plan, held = self._folder / "plan.json", self._folder / "held.json"
        held.unlink(missing_ok=True)
        plan.write_text(json.dumps(self._plan(url, stop_s, wait_s).as_json()))
        command = [str(self.python), "-m", "tools.bench.peers.pipecat_agent", str(plan), str(held)]
        log = self._folder / "pipecat.log"
        with (
            log.open("wb") as sink,
            subprocess.Popen(
                command,
                cwd=ROOT,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
            ) as process,
        ):
            try:
                process.wait(timeout=START_S + len(self._clips) * (TURN_S + PATIENCE_S))
            except subprocess.TimeoutExpired:
                raise EngineError("pipecat did not come to an end", "Try again.") from None
            finally:
                stop(process)
        if process.returncode or not held.exists():
            last = log.read_text(errors="replace").strip().splitlines()[-1:]
            raise EngineError(
                f"pipecat ended with code {process.returncode}: {' '.join(last)}",
                "Run `python -m tools.bench.peers.setup` again.",
            )
        return Held.from_json(json.loads(held.read_text()))

    def _plan(self, url: str, stop_s: float | None, wait_s: float | None) -> Plan:
        config = self._config
        voice = Path(config.tts.voice)
        return Plan(
            clips=[str(path) for path in self._clips],
            stt=str(config.stt.model),
            llm_url=url,
            voice=str(voice),
            voice_rate=_rate(voice),
            system_prompt=config.llm.system_prompt,
            max_tokens=config.llm.max_tokens,
            stop_s=stop_s,
            wait_s=wait_s,
        )

    def _environment(self) -> dict[str, str]:
        """Nothing is fetched; CTranslate2 takes its number of threads from OpenMP's."""
        threads = threads_for(self._config.stt.threads, self._config.stt.model / "model.bin")
        return {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": str(threads)}


def _rate(voice: Path) -> int:
    try:
        described = json.loads(voice.with_name(f"{voice.name}.json").read_text())
        return int(described["audio"]["sample_rate"])
    except (OSError, ValueError, KeyError, TypeError):
        raise ConfigError(
            f"{voice}: its description {voice.name}.json is missing or broken",
            "Fetch the voice again, with the .json file beside it.",
        ) from None
