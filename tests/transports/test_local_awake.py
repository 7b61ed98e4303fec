"""Speakerphones that fall asleep in silence clip the first word: so ours never get any rest."""

import asyncio

import numpy as np
import pytest

from edgevoice.audio.chunk import AudioChunk
from tests.pulse import SoundCard
from tests.transports.scene import hear, listening, opened, run
from tests.transports.test_local import ends, tone

pytestmark = pytest.mark.sound

ASLEEP_AFTER_S = 1
SILENCE = 3 * 16_000


def state(card: SoundCard) -> str:
    """Of the loudspeaker: RUNNING, IDLE or SUSPENDED."""
    for line in card.pactl("list", "short", "sinks").splitlines():
        _, name, *_, state = line.split("\t")
        if name == "spk":
            return state
    raise LookupError


def test_between_replies_the_loudspeaker_gets_silence_and_stays_awake(card: SoundCard) -> None:
    card.pactl("load-module", "module-suspend-on-idle", f"timeout={ASLEEP_AFTER_S}")

    async def scene() -> None:
        async with opened(speak=False) as microphone:
            await hear(microphone, SILENCE)
            assert state(card) == "SUSPENDED"  # nobody plays, so it sleeps: the test can fail
        async with opened() as transport:
            await hear(transport, SILENCE)
            assert state(card) == "RUNNING"
            async with listening(transport), card.recording() as recording:
                await transport.play(AudioChunk(tone(440, 0.5), 16_000))
                async with asyncio.timeout(5):
                    await transport.played()
                pcm = await recording.until(
                    lambda pcm: np.abs(pcm).max() > 1_000 and np.abs(pcm[-1_600:]).max() < 1_000
                )
        first, last = ends(pcm)
        assert (last - first) / 16_000 == pytest.approx(0.5, abs=0.02)

    run(scene())
