"""What of the microphone's sound gets to the listener.

Nothing while nobody speaks to us (`dialog/attention.py` says when), and nothing of our own voice
where there is no better way to keep its echo out. Silence goes in its place: the microphone's
samples are the conversation's clock.
"""

from edgevoice.audio.chunk import AudioChunk, Framer, samples_of
from edgevoice.dialog.attention import Attending, Attention, Gate, Signal
from edgevoice.engines.base import WakeWord

ECHO = samples_of(250)
"""How long a room goes on sounding after us, and what of the sound card's delay is not measured."""

LOOKBACK = samples_of(300)
"""Sound from before we were called that is listened to all the same."""


class Door:
    """Lets sound in, or keeps it out."""

    def __init__(
        self,
        attention: Attention,
        wake_word: WakeWord | None = None,
        *,
        half_duplex: bool = False,
        echo_delay: int = 0,
    ) -> None:
        """`wake_word`: who hears our name, if anybody does. `half_duplex`: we are deaf while we
        speak, and while our echo, which comes `echo_delay` samples later, sounds on."""
        self._attention = attention
        self._wake_word = wake_word
        self._framer = Framer(wake_word.frame_samples) if wake_word else None
        self.live_with(half_duplex=half_duplex, echo_delay=echo_delay)
        self._gate = Gate(LOOKBACK)
        self._deaf_until = 0

    def live_with(self, *, half_duplex: bool, echo_delay: int) -> None:
        """The echo is another one now."""
        self._half_duplex = half_duplex
        self._echo = echo_delay + ECHO

    def take_over(self, before: "Door") -> None:
        """Go on where `before` has come to: with whom we attend to, the sound held back, and the
        echo, which is the devices' and no setting's."""
        self._attention.take_over(before._attention)
        self._half_duplex, self._echo = before._half_duplex, before._echo
        self._gate, self._deaf_until = before._gate, before._deaf_until
        if self._wake_word is before._wake_word:
            self._framer = before._framer

    @property
    def attending(self) -> Attending:
        """How attentive we are."""
        return self._attention.now

    def signal(self, signal: Signal, at: int) -> None:
        """Somebody pressed a key, or told us to sleep, or the like."""
        self._attention.signal(signal, at)

    def let_in(
        self, chunk: AudioChunk, sounding: bool, busy: bool
    ) -> tuple[list[AudioChunk], Attending]:
        """What the listener hears now that `chunk` has come, and how attentive we are.

        `sounding`: we make sound. `busy`: so does the person, or one of us is about to.
        """
        self._listen_for_our_name(chunk)
        attending = self._attention.tick(chunk.end, busy)
        if sounding:
            self._deaf_until = chunk.end + self._echo
        deaf = self._half_duplex and chunk.start < self._deaf_until
        keep = not (deaf or attending.muted)
        return self._gate.add(chunk, attending.open and not deaf, keep), attending

    def _listen_for_our_name(self, chunk: AudioChunk) -> None:
        if self._wake_word and self._framer:
            for frame in self._framer.add(chunk):
                if self._wake_word(frame.pcm):
                    self._attention.signal(Signal.WAKE_WORD, frame.end)
