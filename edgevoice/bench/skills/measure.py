"""Puts the benchmark of skills together from a configuration."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from edgevoice.bench.run import Progress
from edgevoice.bench.skills.answering import Answering, IntentsAlone
from edgevoice.bench.skills.run import Skills, run
from edgevoice.bench.skills.stage import built_in, set_stage
from edgevoice.config import Config
from edgevoice.dialog.claims import Claims
from edgevoice.engines.loading import load_chat, load_transcriber
from edgevoice.engines.workers import ThreadWorker
from edgevoice.skills.intents import load_intents

FAILING = ("skills.runner", "engines.routed", "responders.realtime.line")
"""Those that tell of failures."""


def measure(
    config: Config,
    progress: Progress,
    *,
    intents_alone: bool = False,
    spoken: bool = False,
    quick: bool = False,
) -> Skills:
    """Ask everything. `intents_alone`: without a language model. `spoken`: some of it aloud, too.

    Raises `ConfigError` or `ModelError`.
    """
    models = {
        "llm": None if intents_alone else "/".join(config.llm.model.parts[-2:]),
        "stt": "/".join(config.stt.model.parts[-2:]) if spoken else None,
    }
    progress("getting ready", 0, 1)
    transcriber = load_transcriber(config.stt) if spoken else None
    worker = ThreadWorker("llm")
    answering: Answering
    claims: Claims | None = None
    try:
        if intents_alone:
            answering = IntentsAlone(load_intents(config.intents.file))
        else:
            chat = load_chat(config.llm)
            answering, claims = set_stage(config, chat, worker, built_in())
        with _without_warnings():
            return run(
                answering,
                progress,
                models=models,
                claims=claims,
                transcriber=transcriber,
                quick=quick,
                whole=not intents_alone,
            )
    finally:
        worker.close()


@contextmanager
def _without_warnings() -> Iterator[None]:
    """What fails here is meant to, and need not be told in the log."""
    logs = [logging.getLogger(f"edgevoice.{name}") for name in FAILING]
    before = [log.disabled for log in logs]
    for log in logs:
        log.disabled = True
    try:
        yield
    finally:
        for log, disabled in zip(logs, before, strict=True):
            log.disabled = disabled
