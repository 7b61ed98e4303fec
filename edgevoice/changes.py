"""What a change of the settings means for a conversation that goes on."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from edgevoice.config import Config

AT_ONCE = frozenset(
    """
    vad.threshold vad.min_speech_duration_ms vad.soft_end_ms vad.endpointing
    vad.endpointing_delay_ms vad.prefix_padding_ms vad.max_utterance_s
    stt.partial_interval_ms
    llm.system_prompt llm.listen_along
    phrases.file intents.enabled intents.file tools.wishes_file
    barge_in.min_voiced_ms
    reply.drafts reply.cue_after_ms reply.not_understood reply.forgotten reply.failed
    reply.one_moment reply.tool_failed reply.refused reply.unclear reply.not_done reply.claims_file
    attention.mode attention.wake_word attention.wake_threshold attention.follow_up_s
    signals.earcons
    privacy.forget_after_s
    log.level
    """.split()
)
"""The settings that an agent is built by, and that no engine or device was opened with. Everything
else, known or not, is for the next start; tests hold the list to what is really read."""


@dataclass(frozen=True, slots=True)
class Change:
    """`config`: what holds from now on. `now`: the settings that this changes; `later`: those of
    which the file says something else than what we were started with."""

    config: Config
    now: tuple[str, ...]
    later: tuple[str, ...]

    def __str__(self) -> str:
        words = "the new settings are in force" if self.now else "the settings were read again"
        return f"{words}; {self.later_words}" if self.later else words

    @property
    def later_words(self) -> str:
        """What a person has to know who wanted `later`; empty: nothing."""
        if not self.later:
            return ""
        take = "takes" if len(self.later) == 1 else "take"
        restart = "systemctl restart edgevoice"
        return f"{', '.join(self.later)} {take} effect at the next start ({restart})"


def change(begun: Config, before: Config, running: Config, wanted: Config) -> Change:
    """What comes of it that the settings' file says what is `wanted`, and said `before`.

    `begun`: what it said when we were started. `running`: what holds at present, which may differ
    from the file where somebody had to fall back on something else.
    """
    now = tuple(key for key in differences(before, wanted) if key in AT_ONCE)
    later = tuple(key for key in differences(begun, wanted) if key not in AT_ONCE)
    return Change(_with(running, wanted, now), now, later)


def differences(one: Config, other: Config) -> list[str]:
    """The settings, as `section.key`, in which the two differ."""
    ours, theirs = _flat(one), _flat(other)
    return [key for key, value in theirs.items() if ours[key] != value]


def _flat(config: Config) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name in Config.model_fields:
        section = getattr(config, name)
        if isinstance(section, BaseModel):
            tree |= {f"{name}.{key}": getattr(section, key) for key in type(section).model_fields}
        else:
            tree[name] = section
    return tree


def _with(running: Config, wanted: Config, keys: Iterable[str]) -> Config:
    """`running` with the settings `keys` of `wanted`."""
    config = running
    for name in keys:
        section, _, key = name.partition(".")
        there, here = getattr(wanted, section), getattr(config, section)
        part = here.model_copy(update={key: getattr(there, key)})
        config = config.model_copy(update={section: part})
    return config
