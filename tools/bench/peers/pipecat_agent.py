"""pipecat on our models, talking to our scripted person; runs in the other side's environment.

    .venv-peers/bin/python -m tools.bench.peers.pipecat_agent PLAN.json HELD.json

Of edgevoice it uses what needs numpy only: the person, and the arithmetic of samples. The pipeline
is the one that pipecat's own examples have for local services; only the transport is ours, which
gives it 20 ms of the person at a time, in real time, and plays what it gets in real time.
"""

import asyncio
import json
import sys
from pathlib import Path

import numpy as np
from loguru import logger
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.audio.vad.vad_analyzer import VADParams
from pipecat.frames.frames import (
    CancelFrame,
    EndFrame,
    Frame,
    InputAudioRawFrame,
    LLMContextFrame,
    LLMTextFrame,
    OutputAudioRawFrame,
    StartFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    UserStoppedSpeakingFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.observers.base_observer import BaseObserver, FramePushed
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.services.openai.llm import OpenAILLMService
from pipecat.services.piper.tts import PiperTTSService
from pipecat.services.whisper.stt import WhisperSTTService
from pipecat.transports.base_input import BaseInputTransport
from pipecat.transports.base_output import BaseOutputTransport
from pipecat.transports.base_transport import TransportParams
from pipecat.turns.user_stop import SpeechTimeoutUserTurnStopStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.workers.runner import WorkerRunner

from edgevoice.audio.chunk import LISTENING_RATE
from edgevoice.audio.wav import read_wav
from edgevoice.transports.caller import PERIOD, Line, Person
from tools.bench.peers.plan import GAP_MS, PATIENCE_S, Held, Plan, first_loud

MARKS: dict[type[Frame], str] = {
    VADUserStoppedSpeakingFrame: "vad_stop",
    TranscriptionFrame: "transcript",
    UserStoppedSpeakingFrame: "turn_stop",
    LLMContextFrame: "llm_asked",
    LLMTextFrame: "first_token",
    TTSAudioRawFrame: "first_audio",
}
"""Frames whose moments are worth a look, and what we call them."""


class Room:
    """Where the person and the loudspeaker are; its clock starts with the person."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.loud: list[int] = []
        self._began = 0.0
        self._sounds_until = 0.0
        self._free = 0.0

    def begin(self) -> None:
        """The person comes in now."""
        self._began = asyncio.get_running_loop().time()

    def now(self) -> int:
        """The present moment, in samples."""
        return round((asyncio.get_running_loop().time() - self._began) * LISTENING_RATE)

    async def until(self, sample: int) -> None:
        """Wait for the moment `sample`."""
        due = self._began + sample / LISTENING_RATE
        await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))

    def sounds(self) -> bool:
        """Whether the loudspeaker sounds at present."""
        return asyncio.get_running_loop().time() < self._sounds_until

    async def play(self, frame: OutputAudioRawFrame) -> None:
        """Play `frame` as soon as the one before it is over; waits until it has been played."""
        now = asyncio.get_running_loop().time()
        start = max(now, self._free)
        pcm = np.frombuffer(frame.audio, np.int16)
        self._free = start + len(pcm) / frame.sample_rate
        first = first_loud(pcm)
        if first is not None:
            self._sounds_until = self._free
            moment = start + first / frame.sample_rate - self._began
            self.loud.append(round(moment * LISTENING_RATE))
        await asyncio.sleep(self._free - now)


class Microphone(BaseInputTransport):
    """Delivers what the person says; ends the conversation when they are gone."""

    def __init__(self, room: Room, params: TransportParams) -> None:
        super().__init__(params)
        self._room = room
        self._talk: asyncio.Task[None] | None = None

    async def start(self, frame: StartFrame) -> None:
        await super().start(frame)
        await self.set_transport_ready(frame)
        self._talk = self.create_task(self._converse())

    async def cancel(self, frame: CancelFrame) -> None:
        await self._hang_up()
        await super().cancel(frame)

    async def stop(self, frame: EndFrame) -> None:
        await self._hang_up()
        await super().stop(frame)

    async def _hang_up(self) -> None:
        if self._talk:
            await self.cancel_task(self._talk)
            self._talk = None

    async def _converse(self) -> None:
        room, at = self._room, 0
        room.begin()
        while not room.person.gone:
            at += PERIOD
            await room.until(at)
            said = room.person.tick(room.sounds(), PERIOD)
            await self.push_audio_frame(InputAudioRawFrame(said.tobytes(), LISTENING_RATE, 1))
        await self.pipeline_worker.cancel()


class Loudspeaker(BaseOutputTransport):
    """Plays in real time."""

    def __init__(self, room: Room, params: TransportParams) -> None:
        super().__init__(params)
        self._room = room

    async def start(self, frame: StartFrame) -> None:
        await super().start(frame)
        await self.set_transport_ready(frame)

    async def write_audio_frame(self, frame: OutputAudioRawFrame) -> bool:
        await self._room.play(frame)
        return True


class Marks(BaseObserver):
    """Writes down when frames of interest first appear, and what was heard."""

    def __init__(self, room: Room) -> None:
        super().__init__()
        self._room = room
        self._seen: set[int] = set()
        self.moments: dict[str, list[int]] = {name: [] for name in MARKS.values()}
        self.heard: list[str] = []

    async def on_push_frame(self, data: FramePushed) -> None:
        frame = data.frame
        name = MARKS.get(type(frame))
        if name is None or frame.id in self._seen:
            return
        self._seen.add(frame.id)
        self.moments[name].append(self._room.now())
        if isinstance(frame, TranscriptionFrame):
            self.heard.append(frame.text.strip())


def listening(plan: Plan) -> LLMUserAggregatorParams:
    """When a turn of the person is over."""
    if plan.stop_s is None or plan.wait_s is None:
        return LLMUserAggregatorParams(vad_analyzer=SileroVADAnalyzer())
    stop = SpeechTimeoutUserTurnStopStrategy(user_speech_timeout=plan.wait_s)
    return LLMUserAggregatorParams(
        vad_analyzer=SileroVADAnalyzer(params=VADParams(stop_secs=plan.stop_s)),
        user_turn_strategies=UserTurnStrategies(stop=[stop]),
    )


async def hold(plan: Plan) -> Held:
    """Hold the conversation."""
    lines = [Line(read_wav(Path(clip)), None, ms=GAP_MS) for clip in plan.clips]
    room = Room(Person(lines, round(PATIENCE_S * LISTENING_RATE)))
    params = TransportParams(
        audio_in_enabled=True,
        audio_in_sample_rate=LISTENING_RATE,
        audio_out_enabled=True,
        audio_out_sample_rate=plan.voice_rate,
    )
    transcriber = WhisperSTTService(
        device="cpu",
        compute_type="int8",
        settings=WhisperSTTService.Settings(model=plan.stt),
    )
    chat = OpenAILLMService(
        base_url=plan.llm_url,
        api_key="none",
        settings=OpenAILLMService.Settings(
            model="local",
            system_instruction=plan.system_prompt,
            temperature=0.0,
            max_tokens=plan.max_tokens,
        ),
    )
    voice = Path(plan.voice)
    speech = PiperTTSService(
        download_dir=voice.parent, settings=PiperTTSService.Settings(voice=voice.stem)
    )
    pair = LLMContextAggregatorPair(LLMContext(), user_params=listening(plan))
    pipeline = Pipeline(
        [
            Microphone(room, params),
            transcriber,
            pair.user(),
            chat,
            speech,
            Loudspeaker(room, params),
            pair.assistant(),
        ]
    )
    marks = Marks(room)
    worker = PipelineWorker(
        pipeline,
        params=PipelineParams(
            audio_in_sample_rate=LISTENING_RATE, audio_out_sample_rate=plan.voice_rate
        ),
        observers=[marks],
        enable_rtvi=False,
        idle_timeout_secs=None,
    )
    runner = WorkerRunner()
    await runner.add_workers(worker)
    await runner.run()
    spoken = [(line.start, line.end) for line in room.person.spoken]
    return Held(spoken, room.loud, marks.moments, marks.heard)


def main() -> None:
    """Read the plan, hold the conversation, write what happened."""
    plan_file, held_file = map(Path, sys.argv[1:])
    logger.remove()
    logger.add(sys.stderr, level="WARNING")
    plan = Plan.from_json(json.loads(plan_file.read_text()))
    held = asyncio.run(hold(plan))
    held_file.write_text(json.dumps(held.as_json()))


if __name__ == "__main__":
    main()
