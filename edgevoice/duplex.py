"""May we listen while we speak? What was measured about the echo, and what follows from it.

A loudspeaker is heard by the microphone beside it, and an agent that takes its own voice for a
person's interrupts itself. There are three ways to live with that:

    full      nothing to do: headphones, or a speakerphone that takes the echo out by itself
    cancel    the echo canceller takes it out
    half      we do not listen while we speak: nobody can interrupt, and nothing goes wrong

`edgevoice doctor --echo` measures (`echo_check`), `choose` judges, and `echo_memory` keeps the
judgement for these two devices. Until there is one, `decide` says `half`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from edgevoice.transports.sound_places import closeness, plain_name

if TYPE_CHECKING:
    from edgevoice.doctor import Device


class Duplex(Enum):
    """Whether we listen while we speak; the values are those of `audio.duplex`."""

    FULL = "full"
    CANCEL = "cancel"
    HALF = "half"


class Devices(NamedTuple):
    """The two devices between which an echo goes, by their names."""

    microphone: str
    loudspeaker: str


@dataclass(frozen=True, slots=True)
class Echo:
    """What came back of a sound that was played (`echo_check.estimate`).

    `heard`: how many of the two sweeps came back. `noise_dbfs`: the room without them, in the
    voice's band. `clipped`: what came back was louder than the microphone can tell. `gated`: the
    microphone is silent while the loudspeaker is not.

    Only where a sweep came back: `delay_ms` from the moment when the loudspeaker had the sound, by
    the transport's reckoning; `jitter_ms`: by how much the two delays differ; `level_db`: of the
    echo, relative to what was played; `rush_dbfs`: what the microphone heard of the rush, when
    whoever cancels it by himself has had a second to learn, noise included; `expected_dbfs`: what
    that would be if it came back like the sweeps, without noise; `residual_dbfs`: what our own
    canceller leaves of it.
    """

    heard: int
    noise_dbfs: float
    clipped: bool = False
    gated: bool = False
    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    level_db: float = 0.0
    expected_dbfs: float = -96.0
    rush_dbfs: float = -96.0
    residual_dbfs: float = -96.0

    @property
    def cancelled_db(self) -> float:
        """By how much our canceller lowers what the microphone hears."""
        return self.rush_dbfs - self.residual_dbfs


@dataclass(frozen=True, slots=True)
class Measured:
    """A measurement, what was chosen because of it and why, and on which day."""

    echo: Echo
    duplex: Duplex
    reason: str
    day: date


FULLY_HEARD = 2
"""How many sweeps are played."""

FAINT_DBFS = -80.0
"""A weaker echo of our voice, or of the rush, which is as loud, does no harm: of a voice at
-80 dBFS, in perfect silence, Silero takes no frame for speech; at -75 it takes 79% (measured). The
room's noise does not count here, although it would hide more: it ends when the fan does."""

GONE_DB = 1.0
"""The rush is gone when we hear no more than that above the noise: of our voice, 6 dB below the
noise, Silero hears some, 9 dB below it, nothing (measured)."""
CLEAR_DB = 6.0
"""So much above the noise the rush should have been, going by the sweeps. They may well come back
from a device that cancels by itself: an adaptive filter learns nothing from them (`echo_check`)."""

LOUD_ROOM_DBFS = -50.0
"""In a room that is louder, an echo may hide that is heard when the noise ends: it is found down
to 10 dB below the noise (simulated rooms). Where a quiet room ends is a judgement, not a
measurement."""

STEADY_MS = 5.0
"""Two delays that differ by more are no steady way from loudspeaker to microphone: something loses
sound in between, and the canceller would begin anew each time."""

LEFT_DB = 10.0
"""With more than that left above the noise, cancelling has failed. In simulated rooms with noise,
long reverberation and an overdriven loudspeaker it leaves 7 dB at most."""


def choose(echo: Echo) -> tuple[Duplex, str]:
    """How to live with this echo, and a sentence that says why."""
    if echo.gated:
        return Duplex.HALF, "the microphone is switched off by itself while the loudspeaker plays"
    if echo.clipped:
        return Duplex.HALF, (
            "the echo is louder than the microphone can tell: turn one of them down, measure again"
        )
    if not echo.heard:
        return _unheard(echo.noise_dbfs)
    if echo.expected_dbfs <= FAINT_DBFS:
        return Duplex.FULL, "what comes back is too faint to be taken for a voice"
    if _cancels_by_itself(echo):
        return Duplex.FULL, "the device cancels its echo by itself"
    if echo.heard < FULLY_HEARD:
        return Duplex.HALF, "one sweep came back and the other did not: measure again"
    if echo.jitter_ms > STEADY_MS:
        return Duplex.HALF, (
            f"the echo's delay does not keep still, it moved by {echo.jitter_ms:.0f} ms: "
            "sound is lost on the way"
        )
    if echo.residual_dbfs - max(echo.noise_dbfs, FAINT_DBFS) > LEFT_DB:
        return Duplex.HALF, (
            f"the canceller takes only {echo.cancelled_db:.0f} dB of the echo out: turn the "
            "loudspeaker down, or move it away from the microphone"
        )
    return Duplex.CANCEL, "there is an echo, and the canceller takes it out"


def _cancels_by_itself(echo: Echo) -> bool:
    """Whether nothing of the rush came back, and that is not because the echo is faint."""
    quiet = echo.noise_dbfs <= LOUD_ROOM_DBFS
    gone = echo.rush_dbfs <= echo.noise_dbfs + GONE_DB
    clear = echo.expected_dbfs >= echo.noise_dbfs + CLEAR_DB
    torn = echo.heard < FULLY_HEARD or echo.jitter_ms > STEADY_MS  # no room does that to a sweep
    return quiet and gone and (clear or torn)


def _unheard(noise_dbfs: float) -> tuple[Duplex, str]:
    if noise_dbfs > LOUD_ROOM_DBFS:
        return Duplex.HALF, (
            "no echo was heard, but the room is too loud to be sure: measure when it is quieter"
        )
    return Duplex.FULL, (
        "no echo comes back: headphones, or a speakerphone that cancels it by itself"
    )


def between(
    input_device: str | None, output_device: str | None, known: Iterable["Device"]
) -> Devices:
    """The devices that settings mean: names, parts of names, or None for the system's defaults.

    `known`: as `devices.list_devices` gives them. A device that is not there has no name.
    """
    known = list(known)
    recording = [(device, device.is_default_input) for device in known if device.max_inputs]
    playing = [(device, device.is_default_output) for device in known if device.max_outputs]
    return Devices(_meant(input_device, recording), _meant(output_device, playing))


def _meant(wanted: str | None, known: Iterable[tuple["Device", bool]]) -> str:
    """The transport's own rule (`sound_cards.find_device`); the name without any numbers."""
    fits = [
        (int(default) if wanted is None else closeness(wanted, device.name, device.places), device)
        for device, default in known
    ]
    fit, device = max(fits, key=lambda fit: fit[0], default=(0, None))
    return plain_name(device.name) if fit and device else ""


def decide(setting: str, measured: Measured | None, note: str = "") -> tuple[Duplex, str]:
    """What is done, and why: as `audio.duplex` says, or, for `auto`, as was measured.

    `note`: why there is no measurement, if it is not that none was made (`echo_memory.recall`).
    """
    if setting != "auto":
        return Duplex(setting), f"audio.duplex says {setting}"
    if measured is None:
        return Duplex.HALF, f"{note or 'not measured yet'}: run `edgevoice doctor --echo`"
    return measured.duplex, f"{measured.reason} (measured {measured.day})"
