"""The tree of config.yaml: every setting with its type, unit and default.

Settings come from three places, the later winning: the defaults below, a YAML file, and the
environment (`EDGEVOICE_VAD__THRESHOLD=0.6` sets `vad.threshold`). A relative path in a file is
relative to that file; a default path is relative to the folder that edgevoice was installed from.
"""

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, get_args, get_origin

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from edgevoice.dialog.endpoint import ANCHORS_MS
from edgevoice.errors import ConfigError, one_line
from edgevoice.skills.knowledge.answer import MIN_FIT
from edgevoice.yaml_text import PYTHON_ERRORS, load, read_text

HOME = Path(__file__).resolve().parent.parent
"""The folder that edgevoice was installed from: models/ and config.yaml lie in it."""

SEARCHED = (Path("config.yaml"), Path("/etc/edgevoice/config.yaml"), HOME / "config.yaml")
"""Where a configuration is looked for when none is named, in this order."""

ENVIRONMENT_PREFIX = "EDGEVOICE_"

CONFIDENTIAL = frozenset({"environment", "headers"})
"""What is written under these is not repeated, whatever is wrong with it."""


def _resolve(path: Path, info: ValidationInfo) -> Path:
    base = (info.context or {}).get("base", HOME)
    # pathlib raises where there is no such user.
    return Path(os.path.normpath(Path(base) / os.path.expanduser(path)))  # noqa: PTH111


def _resolve_voice(voice: str, info: ValidationInfo) -> str:
    return str(_resolve(Path(voice), info)) if voice.endswith(".onnx") else voice


FilePath = Annotated[Path, AfterValidator(_resolve)]
"""A path, made absolute against the folder of the file that it was read from."""

VoiceName = Annotated[str, AfterValidator(_resolve_voice)]
"""A voice's name; or the path of its .onnx file, made absolute like any other."""


class Section(BaseModel):
    """A part of the tree: unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*")
    @classmethod
    def _whole_characters(cls, value: Any) -> Any:
        if isinstance(value, str | Path):
            try:
                str(value).encode()
            except UnicodeEncodeError:
                raise ValueError("it should be written in whole characters") from None
        return value


class AudioConfig(Section):
    """Microphone and loudspeaker."""

    input_device: str | None = None
    """Part of the microphone's name, or its place (usb:1-1.3); nothing: the system's default."""
    output_device: str | None = None
    """Part of the loudspeaker's name, or its place; nothing: the system's default."""
    period_ms: int = Field(default=20, ge=5, le=100)
    """Milliseconds of sound in one exchange with the device."""
    playback_buffer_ms: int = Field(default=1000, ge=100, le=10_000)
    """Milliseconds of the reply that may wait to be played."""
    duplex: Literal["auto", "full", "cancel", "half"] = "auto"
    """Whether we listen while we speak. `full`: yes, there is no echo (headphones, a speakerphone
    that takes it out itself). `cancel`: yes, and we take our echo out. `half`: no. `auto`: what
    `edgevoice doctor --echo` measured for these devices; `half` until then."""
    noise_suppression: bool = False
    """Whether steady noise is taken out of what we hear (with `cancel`)."""
    automatic_gain: bool = False
    """Whether quiet people are made louder (with `cancel`)."""


class VadConfig(Section):
    """When somebody speaks."""

    engine: str = "silero"
    """The engine that tells speech from other sound."""
    threshold: float = Field(default=0.5, gt=0, lt=1)
    """Probability from which a frame counts as speech; below 0.15 less, it counts as silence."""
    min_speech_duration_ms: int = Field(default=96, ge=32, le=2000)
    """Milliseconds of voice before something counts as speech at all."""
    soft_end_ms: int = Field(default=96, ge=64, le=5000)
    """Milliseconds of silence after which the final words, and the reply, are worked on in case
    the turn is over; not shorter than `endpointing_delay_ms` means: not before it is."""
    endpointing: Literal["fixed", "brisk", "normal", "patient"] = "normal"
    """How long we wait for a person to go on. `fixed`: always equally long. The others wait less
    where the person seems to have finished, and more where not; brisk least, patient longest."""
    endpointing_delay_ms: int | None = Field(default=None, ge=100, le=5000)
    """Milliseconds of silence after which a turn is over when nothing tells whether it is; the
    shorter and longer waits grow and shrink with it. Nothing: what `endpointing` stands for."""
    prefix_padding_ms: int = Field(default=300, ge=0, le=2000)
    """Milliseconds of sound kept from before the first voice, so that no syllable is lost."""
    max_utterance_s: int = Field(default=30, ge=5, le=300)
    """Seconds after which an utterance is answered even if the voice never pauses."""

    @property
    def plain_delay_ms(self) -> int:
        """Milliseconds of silence that end a turn when nothing tells whether it is over."""
        return self.endpointing_delay_ms or ANCHORS_MS[self.endpointing]


class TurnConfig(Section):
    """Whether a person has finished, by how it sounded."""

    engine: Literal["smart_turn", "none"] = "smart_turn"
    """The engine that judges; without one, or without its model, words and pauses decide."""
    model: FilePath = HOME / "models/smart-turn/smart-turn-v3.2-cpu.onnx"
    """The model's ONNX file."""
    threads: int = Field(default=1, ge=1, le=16)
    """Processor threads."""


class SttConfig(Section):
    """What was said."""

    engine: str = "whisper"
    """The engine that turns speech into words."""
    model: FilePath = HOME / "models/starter/stt"
    """Folder of a CTranslate2 Whisper model."""
    language: str = "en"
    """Language that is spoken, as a two-letter code."""
    threads: int = Field(default=0, ge=0, le=64)
    """Processor threads; 0 chooses for this machine."""
    partial_interval_ms: int = Field(default=300, ge=0, le=10_000)
    """Least milliseconds between two looks at an unfinished utterance, more on a slow machine;
    0 looks only at finished ones."""
    min_avg_logprob: float | None = Field(default=None, le=0)
    """Mean log-probability below which we ask again instead of guessing; nothing: the model's."""


class ModelConfig(Section):
    """A language model."""

    engine: str = "llama"
    """The engine that writes the replies: `llama` runs a model here; `openai` asks a server."""
    model: FilePath = HOME / "models/starter/chat/starter-chat-q8_0.gguf"
    """A GGUF file with a chat template (llama)."""
    threads: int = Field(default=0, ge=0, le=64)
    """Processor threads (llama); 0 chooses for this machine."""
    context_tokens: int = Field(default=2048, ge=256, le=131_072)
    """Tokens of conversation that the model can look back on."""
    max_tokens: int = Field(default=200, ge=8, le=4096)
    """Longest reply, in tokens."""
    temperature: float = Field(default=0.0, ge=0, le=2)
    """0 always takes the likeliest word; higher is livelier and less sure."""
    base_url: str = Field(default="http://127.0.0.1:8080/v1", pattern=r"^https?://[^\s/]\S*$")
    """Where the server is (openai): llama-server, Ollama, vLLM, or any other that speaks like
    OpenAI's."""
    remote_model: str = Field(default="default", min_length=1)
    """What the model is called there (openai)."""
    api_key_file: FilePath | None = None
    """A file with the key that the server wants (openai); nothing: it wants none."""
    timeout_s: float = Field(default=10.0, gt=0, le=600)
    """Seconds without a word from the server after which it has failed (openai)."""

    @property
    def name(self) -> str:
        """What the model is called."""
        return self.remote_model if self.engine == "openai" else self.model.name


class ThoroughConfig(ModelConfig):
    """A second language model, for what is difficult. Only what is other than in llm is written."""


class LlmConfig(ModelConfig):
    """What to answer."""

    system_prompt: str = (
        "You are a friendly voice assistant. Answer in one or two short spoken sentences, "
        "without lists, symbols or markdown."
    )
    """What the model is told about itself. Keep it constant: it stays in the model's cache."""
    listen_along: bool = True
    """Whether the model reads the words while they are spoken, so that it can answer sooner."""
    thorough: ThoroughConfig | None = None
    """A second, better and slower model that is asked what is difficult; nothing: there is none."""

    @property
    def second(self) -> "LlmConfig | None":
        """The settings of the second model; None where there is none."""
        if self.thorough is None:
            return None
        written = {key: getattr(self.thorough, key) for key in self.thorough.model_fields_set}
        return self.model_copy(update={**written, "thorough": None})

    @property
    def all(self) -> "list[LlmConfig]":
        """The settings of every model."""
        return [self] if self.second is None else [self, self.second]

    @property
    def files(self) -> list[Path]:
        """The files of the models that are run here."""
        return [one.model for one in self.all if one.engine != "openai"]


class TtsConfig(Section):
    """How it sounds."""

    engine: str = "espeak"
    """`espeak` is small and everywhere; `piper` sounds like a person."""
    voice: VoiceName = "en-us"
    """espeak: a voice's name (en-us+f3). piper: path of the voice's .onnx file."""
    threads: int = Field(default=0, ge=0, le=64)
    """Processor threads (piper); 0 chooses for this machine."""
    speed: float = Field(default=1.0, ge=0.5, le=2)
    """1 is the voice's own speed, 2 twice as fast."""


class PhrasesConfig(Section):
    """Words that mean something to the conversation itself."""

    file: FilePath = HOME / "edgevoice/languages/en.yaml"
    """Short answers, "mhm", "stop", "go to sleep" and the like, in the language that is spoken."""


class IntentsConfig(Section):
    """Requests that need no language model: answered at once, and always in the same way."""

    enabled: bool = True
    """Whether they are looked for; otherwise everything goes to the language model."""
    file: FilePath = HOME / "edgevoice/languages/en-intents.yaml"
    """Their sentences, and the tool that each of them means, in the language that is spoken."""


class KnowledgeConfig(Section):
    """Answers from documents of your own."""

    folder: FilePath | None = None
    """Where the documents lie: Markdown, text, PDF; nothing: there are none."""
    index: FilePath | None = None
    """Where their index is kept; nothing: in the folder for our state."""
    min_fit: float = Field(default=MIN_FIT, ge=0, le=1)
    """How well a passage has to fit a question to be the answer."""


class BargeInConfig(Section):
    """Being interrupted."""

    min_voiced_ms: int = Field(default=416, ge=32, le=5000)
    """Milliseconds of plain voice that end a reply whatever was said: longer than "uh-huh" or a
    cough. Words like "stop" end it sooner; and it is held at the first sign of a voice anyway."""


class ReplyConfig(Section):
    """When a reply is prepared, and the sentences that do not come from the language model."""

    drafts: int = Field(default=3, ge=0, le=100)
    """How many times in a turn a reply may be drafted before it is certain that the person has
    finished; 0 waits for that."""
    cue_after_ms: int = Field(default=800, ge=0, le=60_000)
    """Milliseconds after the person's last sound at which a soft tone says that the reply is under
    way, if nothing is heard by then; 0 for no tone."""
    not_understood: str = "Sorry, I didn't catch that. Could you say it again?"
    """Said when the words were too uncertain to act on."""
    forgotten: str = "Okay. I have forgotten what we said."
    """Said after we were told to forget."""
    failed: str = "Sorry, something went wrong here. Please ask me again."
    """Said when an engine failed in the middle of a reply."""
    one_moment: str = "One moment."
    """Said when a tool takes long."""
    tool_failed: str = "Sorry, that did not work."
    """Said when a tool failed and does not say why."""
    refused: str = "All right, I won't."
    """Said after a no to "shall I …?"."""
    unclear: str = "I am not sure what you would like me to do."
    """Said when the language model wants to do what nobody seems to have asked for."""
    not_done: str = "I have not done that."
    """Said in the place of a sentence that claims what no tool has done."""
    claims_file: FilePath = HOME / "edgevoice/languages/en-claims.yaml"
    """How the language that is spoken says that something was done."""


class AttentionConfig(Section):
    """When it is spoken to."""

    mode: Literal["always", "push_to_talk", "wake_word"] = "always"
    """`always` listens; `push_to_talk` between a press and a release; `wake_word` after its
    name was said."""
    wake_word: str = "okay_nabu"
    """The word's name, or the path of a model of your own."""
    wake_threshold: float | None = Field(default=None, gt=0, lt=1)
    """How sure of the wake word we have to be; nothing: what its maker recommends."""
    follow_up_s: float = Field(default=6.0, ge=0, le=600)
    """Seconds after a reply in which one can go on without the wake word."""
    control_socket: str = "auto"
    """Where `edgevoice control` reaches us: a path, `none`, or `auto`: below $XDG_RUNTIME_DIR."""
    button: str | None = None
    """A push-to-talk button on a GPIO line, as gpiochip0:17; nothing: none."""


class SignalsConfig(Section):
    """How a person knows what it is doing."""

    earcons: bool = True
    """Whether short tones tell: ready, listening, muted, asleep, something is wrong."""
    led: str = "log"
    """Where the state is shown: `log`, `none`, or a GPIO line, as gpiochip0:27."""


class PersonConfig(Section):
    """How somebody is called: one of these."""

    command: tuple[str, ...] = ()
    """A program and its arguments, run without a shell; {message} in one of them is what to tell
    them."""
    webhook: str | None = None
    """An address that JSON is posted to."""
    sip: str | None = None
    """A SIP address that takes messages, as sip:nurse@10.0.0.5."""

    @model_validator(mode="after")
    def _one_way(self) -> "PersonConfig":
        if sum(map(bool, (self.command, self.webhook, self.sip))) != 1:
            raise ValueError("it should have one of command, webhook and sip")
        return self


class HandoverConfig(Section):
    """Whom it may call when a person is needed."""

    people: dict[str, PersonConfig] = Field(default={}, max_length=20)
    """By name, and how each is called."""
    default: str = ""
    """Who is called if nobody is named; nothing: the first one."""
    timeout_s: float = Field(default=20.0, gt=0, le=120)
    """Seconds after which nobody was reached."""
    called: str = "I have called {name}."
    """Said when somebody was called."""
    failed: str = "I could not reach {name}. Please use the phone."
    """Said when that has failed."""
    nobody: str = "There is nobody whom I could call. Please use the phone."
    """Said when there are no `people`."""

    @model_validator(mode="after")
    def _default_is_known(self) -> "HandoverConfig":
        if self.default and self.default not in self.people:
            raise ValueError("handover.default is not one of handover.people")
        return self


class TranscriptsConfig(Section):
    """What was said, kept sealed, where that is wanted."""

    enabled: bool = False
    """Whether finished turns are kept at all."""
    redact: bool = True
    """Whether names, numbers and addresses are taken out first, as far as they can be found."""
    folder: FilePath | None = None
    """Where they are kept; nothing: below the folder for our state."""
    retention_days: int = Field(default=30, ge=1, le=36_500)
    """Days after which they are removed."""
    key_file: FilePath | None = None
    """The key, if systemd hands none over; a file that nobody else may open."""


class StorageConfig(Section):
    """What it is asked to keep: lists, notes, facts, the words of reminders; sealed."""

    enabled: bool = False
    """Whether any of it is kept at all."""
    folder: FilePath | None = None
    """Where it is kept; nothing: below the folder for our state."""
    key_file: FilePath | None = None
    """The key, if systemd hands none over; a file that nobody else may open."""


class MemoryConfig(Section):
    """Facts that a person asks it to remember, beyond the conversation; needs `storage`."""

    enabled: bool = False
    """Whether it may."""
    retention_days: int = Field(default=365, ge=1, le=36_500)
    """Days after which a fact is forgotten, unless it was told again."""


class PrivacyConfig(Section):
    """What is remembered, and for how long; and what must not get out."""

    network: Literal["open", "offline"] = "open"
    """`offline`: refuse to listen where anything could leave this machine. The service says so."""
    forget_after_s: int = Field(default=300, ge=0, le=86_400)
    """Seconds without a word after which the conversation is forgotten, the language model's cache
    included: whoever comes next must not hear about it. 0: when told to, or at the end."""


class PricesConfig(Section):
    """What the service costs, in whatever currency `cloud.money_per_day` is in."""

    text_in: float = Field(default=0.0, ge=0, le=1_000_000)
    """For a million tokens of text that it reads."""
    audio_in: float = Field(default=0.0, ge=0, le=1_000_000)
    """For a million tokens of sound that it hears."""
    cached_text_in: float = Field(default=0.0, ge=0, le=1_000_000)
    """For a million tokens of text that it has read before."""
    cached_audio_in: float = Field(default=0.0, ge=0, le=1_000_000)
    """For a million tokens of sound that it has heard before."""
    text_out: float = Field(default=0.0, ge=0, le=1_000_000)
    """For a million tokens of text that it writes."""
    audio_out: float = Field(default=0.0, ge=0, le=1_000_000)
    """For a million tokens of sound that it speaks."""
    minute: float = Field(default=0.0, ge=0, le=1_000_000)
    """For a minute of an open session, if it takes something for that."""


class CloudConfig(Section):
    """A voice on the internet that may answer, where the operator allows it."""

    enabled: bool = False
    """Whether anything may be sent at all. It needs `consent` as well."""
    consent: str = ""
    """The operator's word for it: "What is said here may be sent to this service."."""
    engine: Literal["openai", "gemini"] = "openai"
    """Whose protocol is spoken: OpenAI's Realtime API or Gemini Live."""
    model: str = ""
    """The service's name of the model."""
    base_url: str = ""
    """Where the service is; nothing: where its maker has it."""
    api_key_file: FilePath | None = None
    """The file that holds the service's key; nobody else may open it."""
    voice: str = ""
    """The service's name of the voice; nothing: a usual one."""
    when: Literal["always", "on_failure", "on_request"] = "on_request"
    """When it answers in our place."""
    money_per_day: float = Field(default=1.0, ge=0, le=1_000_000)
    """What a day may cost; the reply that reaches it is still finished."""
    minutes_per_day: float = Field(default=30.0, ge=0, le=1440)
    """Minutes for which sessions may be open in a day."""
    prices: PricesConfig = PricesConfig()
    """What it costs, as in the service's price list: that changes, so write it down here."""
    redact: bool = True
    """Whether names, numbers and addresses are taken out of what was said earlier, as far as they
    can be found, before it is sent. The question itself goes as it is."""
    instructions: str = (
        "Here you can talk, and do nothing else: you cannot set timers, keep lists, call anybody "
        "or change anything. If you are asked to, say that you cannot."
    )
    """What it is told about itself, after llm.system_prompt."""
    patience_ms: int = Field(default=900, ge=100, le=60_000)
    """Milliseconds in which it must begin to speak, where we can answer in its place."""
    idle_minutes: float = Field(default=2.0, gt=0, le=60)
    """Minutes without a turn after which the session is closed."""
    notice: str = "For this I ask a service on the internet."
    """Said at the first use in a conversation."""
    over_budget: str = "I may not ask the service on the internet any more today."
    """Said once when the budget of the day is spent."""


class FallbackConfig(Section):
    """When the service on the internet answers in our place; see `cloud.when`."""

    latency_ms: int = Field(default=3000, ge=100, le=60_000)
    """Milliseconds to our first sound, of which one reply in twenty may take longer."""
    rest_s: float = Field(default=60.0, ge=1, le=3600)
    """Seconds after which we try again to answer ourselves."""
    phrases: tuple[str, ...] = Field(
        default=("ask the cloud", "ask the internet", "ask the service"), max_length=100
    )
    """How a request begins that the service is to answer."""


class ProfileConfig(Section):
    """A smaller profile: what is other than in the main one. Only what is written counts."""

    name: str = Field(min_length=1, max_length=40)
    """What it is called, where it is told of."""
    turn: TurnConfig = TurnConfig()
    """Other settings for whether a person has finished."""
    stt: SttConfig = SttConfig()
    """Other settings for what was said: a smaller model, fewer threads."""
    llm: LlmConfig = LlmConfig()
    """Other settings for what to answer: a smaller model, a shorter context."""
    tts: TtsConfig = TtsConfig()
    """Other settings for how it sounds."""
    reply: ReplyConfig = ReplyConfig()
    """Other settings for when a reply is prepared."""


class McpConfig(Section):
    """A server whose tools may be used, through the Model Context Protocol."""

    name: str = Field(pattern=r"^[a-z][a-z0-9]{0,23}$")
    """What it is called; its tools are called `name_tool`."""
    command: tuple[str, ...] = ()
    """The program to be run, and its arguments: we talk to it through its standard streams."""
    environment: dict[str, str] = Field(default={}, repr=False)
    """What the program finds in its environment, besides PATH, HOME, LANG and the like."""
    url: str = Field(default="", pattern=r"^(https?://\S+)?$")
    """Where the server is, if it runs already: we talk to it over HTTP."""
    headers: dict[str, str] = Field(default={}, repr=False)
    """What is sent along over HTTP, as {Authorization: Bearer …}."""
    allow: tuple[str, ...] = ()
    """The tools that may be used, as the server calls them. No other one is."""
    effects: dict[str, Literal["none", "acts", "dangerous"]] = {}
    """What using a tool means: `none` only looks, `acts` changes something, `dangerous` asks for a
    yes first. What is not named is dangerous."""
    timeout_s: float = Field(default=10.0, gt=0, le=600)
    """Seconds that a tool may take."""

    @model_validator(mode="after")
    def _is_reached_in_one_way(self) -> "McpConfig":
        if bool(self.command) == bool(self.url):
            raise ValueError("it should have either a command or a url")
        if unknown := sorted(self.effects.keys() - set(self.allow)):
            raise ValueError(f"effects name {unknown[0]}, which allow does not")
        if self.environment if self.url else self.headers:
            raise ValueError("environment goes with a command, headers go with a url")
        return self


class ToolsConfig(Section):
    """What it can do besides talking."""

    without: tuple[str, ...] = ()
    """Tools that are not wanted, by name, as `edgevoice tools list` tells them."""
    wishes_file: FilePath = HOME / "edgevoice/languages/en-wishes.yaml"
    """By which words a person's wish for a tool is known."""
    folder: FilePath | None = None
    """Your own tools: a folder of Python files; nothing: none."""
    filler_after_ms: int = Field(default=700, ge=0, le=60_000)
    """Milliseconds that a tool may take before a short sentence says that it is under way; 0 for
    no sentence."""
    mcp: tuple[McpConfig, ...] = Field(default=(), max_length=16)
    """Servers that lend their tools."""

    @model_validator(mode="after")
    def _servers_have_names_of_their_own(self) -> "ToolsConfig":
        names = [server.name for server in self.mcp]
        if twice := [name for name in names if names.count(name) > 1]:
            raise ValueError(f"two servers are called {twice[0]}")
        return self


class LogConfig(Section):
    """The log, on standard error. It holds numbers and times, never a word that was said."""

    level: Literal["debug", "info", "warning", "error"] = "warning"
    """How much is told: debug, info, warning or error."""


class Config(Section):
    """All settings."""

    audio: AudioConfig = AudioConfig()
    vad: VadConfig = VadConfig()
    turn: TurnConfig = TurnConfig()
    stt: SttConfig = SttConfig()
    llm: LlmConfig = LlmConfig()
    tts: TtsConfig = TtsConfig()
    barge_in: BargeInConfig = BargeInConfig()
    reply: ReplyConfig = ReplyConfig()
    attention: AttentionConfig = AttentionConfig()
    signals: SignalsConfig = SignalsConfig()
    phrases: PhrasesConfig = PhrasesConfig()
    tools: ToolsConfig = ToolsConfig()
    handover: HandoverConfig = HandoverConfig()
    intents: IntentsConfig = IntentsConfig()
    knowledge: KnowledgeConfig = KnowledgeConfig()
    transcripts: TranscriptsConfig = TranscriptsConfig()
    storage: StorageConfig = StorageConfig()
    memory: MemoryConfig = MemoryConfig()
    privacy: PrivacyConfig = PrivacyConfig()
    cloud: CloudConfig = CloudConfig()
    fallback: FallbackConfig = FallbackConfig()
    profiles: tuple[ProfileConfig, ...] = Field(default=(), max_length=8)
    """What is run where the above cannot be: smaller and smaller."""
    log: LogConfig = LogConfig()

    @model_validator(mode="before")
    @classmethod
    def _empty_section_is_default(cls, tree: dict[Any, Any]) -> dict[Any, Any]:
        return {k: v for k, v in tree.items() if v is not None or k not in cls.model_fields}

    @model_validator(mode="after")
    def _replies_fit_context(self) -> "Config":
        for config in (self, *self.smaller()):
            if any(llm.max_tokens * 2 > llm.context_tokens for llm in config.llm.all):
                raise ValueError("llm.max_tokens must be at most half of llm.context_tokens")
            if any(llm.context_tokens < config.llm.context_tokens for llm in config.llm.all):
                raise ValueError(
                    "llm.thorough.context_tokens must not be less than llm.context_tokens"
                )
        return self

    @model_validator(mode="after")
    def _offline_asks_nobody(self) -> "Config":
        for config in (self, *self.smaller()):
            if self.privacy.network == "offline" and any(
                llm.engine == "openai" for llm in config.llm.all
            ):
                raise ValueError(
                    "llm.engine is openai, which asks a server, but privacy.network is offline"
                )
        return self

    def smaller(self) -> list["Config"]:
        """The settings of each profile, in the order in which they are to be tried."""
        return [self._with(profile) for profile in self.profiles]

    def _with(self, profile: ProfileConfig) -> "Config":
        changes: dict[str, Any] = {"profiles": ()}
        for name in profile.model_fields_set - {"name"}:
            new = getattr(profile, name)
            written = {key: getattr(new, key) for key in new.model_fields_set}
            changes[name] = getattr(self, name).model_copy(update=written)
        return self.model_copy(update=changes)


def find_config() -> Path | None:
    """The configuration file that is used when none is named; None when there is none."""
    return next((path for path in SEARCHED if path.is_file()), None)


def load_config(path: Path | None = None, environment: Mapping[str, str] | None = None) -> Config:
    """Read settings from `path` (or the first of `SEARCHED`, or none) and the environment.

    Raises `ConfigError`, one line with file, key and cure.
    """
    env = os.environ if environment is None else environment
    path = path or find_config()
    tree = _read(path) if path else {}
    source = str(path) if path else "the settings"
    overridden = _override(tree, env)
    base = path.resolve().parent if path else HOME
    try:
        return Config.model_validate(tree, context={"base": base})
    except ValidationError as error:
        raise _explain(error, source, overridden) from None


def _read(path: Path) -> dict[str, Any]:
    try:
        tree = load(read_text(path))
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read ({error.strerror})", "Check the path given with --config."
        ) from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8 text", "Save it as UTF-8.") from None
    except (yaml.YAMLError, *PYTHON_ERRORS) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        problem = getattr(error, "problem", None) or f"is not YAML ({_short(error)})"
        raise ConfigError(
            f"{path}: {where}{problem}", "Check indentation, colons and quotes there."
        ) from None
    if tree is None:
        return {}
    if not isinstance(tree, dict):
        raise ConfigError(
            f"{path}: is not a tree of settings",
            "Write sections with settings under them, as in config.yaml.",
        )
    return tree


def _override(tree: dict[str, Any], env: Mapping[str, str]) -> dict[str, str]:
    """Put the environment's settings into `tree`; answers which variable set which key."""
    names: dict[str, str] = {}
    for name in sorted(env):
        if not name.startswith(ENVIRONMENT_PREFIX):
            continue
        section, _, key = name.removeprefix(ENVIRONMENT_PREFIX).lower().partition("__")
        if not _keys(section):
            known = ", ".join(filter(_keys, Config.model_fields))
            raise ConfigError(f"{name}: {section!r} is not a section", f"Known: {known}.")
        if not key:
            example = f"{name.rstrip('_')}__{next(iter(_keys(section))).upper()}"
            raise ConfigError(
                f"{name}: {section} is a section", f"Name the setting too, as in {example}."
            )
        settings = tree.get(section)
        if settings is None or isinstance(settings, dict):
            tree[section] = {**(settings or {}), key: env[name] or None}
        names[f"{section}.{key}"] = name
    return names


def _explain(error: ValidationError, source: str, overridden: Mapping[str, str]) -> ConfigError:
    """The first thing that is wrong, as one line for a person."""
    first = error.errors()[0]
    kind, location, given = first["type"], first["loc"], first["input"]
    key = _short(".".join(str(part) for part in location))
    where = overridden.get(key, source)
    if kind in ("extra_forbidden", "invalid_key"):
        known = _keys(*location[:-1]) if len(location) > 1 else Config.model_fields
        return ConfigError(f"{where}: {key} is not a setting", f"Known here: {', '.join(known)}.")
    problem = first["msg"].removeprefix("Value error, ").replace("Input should be", "it should be")
    if not key:
        where = next((name for key, name in overridden.items() if key in problem), source)
        return ConfigError(f"{where}: {problem}", "Change one of the two.")
    value = "empty" if given is None else _shown(given)
    if CONFIDENTIAL & {*location, *(given if isinstance(given, dict) else ())}:
        value = "something"
    if kind == "model_type":
        return ConfigError(
            f"{where}: {key} is {value}, but it is a section",
            f"Write its settings under it: {', '.join(_keys(*location))}.",
        )
    cure = "See config.yaml for what it means and its default."
    if kind == "string_type" and isinstance(given, bool | int | float):
        cure = "Put it in quotes."
    return ConfigError(f"{where}: {key} is {value}, which cannot be: {problem}", cure)


def _keys(*path: str | int) -> Collection[str]:
    """The settings of a section; none where there is no section of that name."""
    kind: Any = Config
    for part in path:
        if isinstance(part, int):  # one of several
            kind = next(iter(get_args(kind)), None)
        elif get_origin(kind) is dict:  # one of those with names
            kind = get_args(kind)[1]
        elif isinstance(kind, type) and issubclass(kind, Section) and part in kind.model_fields:
            kind = _section_of(kind.model_fields[part].annotation)
        else:
            return ()
    return kind.model_fields if isinstance(kind, type) and issubclass(kind, Section) else ()


def _section_of(kind: Any) -> Any:
    """Of "a section or nothing", the section."""
    return get_args(kind)[0] if isinstance(kind, UnionType) else kind


def _shown(value: object) -> str:
    try:
        return _short(repr(value))
    except ValueError:  # Python writes no number of more than 4300 digits
        return "too long a number"


def _short(text: object) -> str:
    return one_line(str(text))[:60]
