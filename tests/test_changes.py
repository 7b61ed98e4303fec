"""Which settings may change while a conversation goes on, and what is said of the others."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgevoice.air import Air
from edgevoice.app import Engines, Workers, build_successor, load_engines
from edgevoice.changes import AT_ONCE, change, differences
from edgevoice.config import AttentionConfig, Config, LlmConfig, Section, VadConfig
from edgevoice.duplex import Duplex
from edgevoice.engines.scripted import ScriptedChat, ScriptedTranscriber, ScriptedVoice
from edgevoice.engines.workers import InlineWorker
from edgevoice.privacy.keeping import Keeping
from edgevoice.responders.base import Speech
from edgevoice.room import Room, surroundings
from edgevoice.signals import NoLed
from edgevoice.skills.skills import Skills
from edgevoice.transports.caller import Caller
from tests.talk import APOLOGY, LoudVad

OTHERS: dict[type, Any] = {
    bool: lambda it: not it,
    int: lambda it: it + 1,
    float: lambda it: it + 0.1,
}
ROOM = Room(Duplex.CANCEL, "it is a test", 20)


def spied(config: Config) -> tuple[Config, set[str]]:
    """`config`, and the settings that are read of it from now on."""
    read: set[str] = set()
    sections = {}
    for name in Config.model_fields:
        section = getattr(config, name)
        if not isinstance(section, Section):
            continue
        kind: type[Section] = type(section)

        def look(self: Any, key: str, name: str = name, kind: type[Section] = kind) -> Any:
            if key in kind.model_fields:
                read.add(f"{name}.{key}")
            return kind.__getattribute__(self, key)

        spy = type(kind.__name__, (kind,), {"__getattribute__": look, "__module__": __name__})
        sections[name] = spy(**section.model_dump())
    watched = config.model_copy(update=sections)
    read.clear()
    return watched, read


def read_by_a_successor() -> set[str]:
    config, read = spied(Config(attention=AttentionConfig(mode="wake_word")))
    engines = Engines(
        LoudVad(),
        ScriptedTranscriber([]),
        ScriptedChat([]),
        ScriptedVoice(),
        Speech(APOLOGY, "Sorry."),
    )
    skills = Skills(Config(), keeps=False)
    here = replace(surroundings(config, ROOM, NoLed()), skills=skills)
    workers = Workers(*[InlineWorker() for _ in range(4)])
    build_successor(config, engines, workers, Caller([]), [], here)
    return read


def test_what_changes_at_once_is_read_when_an_agent_is_built() -> None:
    elsewhere = {"log.level", "reply.failed"}  # when it takes over; by `converse`
    assert read_by_a_successor() >= AT_ONCE - elsewhere


@pytest.mark.engine
def test_and_no_engine_or_device_was_opened_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))
    config, read = spied(Config())
    load_engines(config)
    Air(config, ROOM, 16_000, lambda away, words: None)
    with Keeping(config):
        pass
    # A first look at the prompt, and the apology, which is made again: both are no engine's own.
    common = {"llm.system_prompt", "reply.failed", "signals.earcons"}
    assert not read & (AT_ONCE - common)


def test_what_is_not_known_to_change_at_once_is_for_the_next_start() -> None:
    """So nobody is told that a setting has changed which nobody has looked at."""
    engines_own = {"llm.context_tokens", "llm.max_tokens", "stt.min_avg_logprob"}
    assert read_by_a_successor() - AT_ONCE == engines_own


def other(config: Config, name: str) -> Config:
    """`config` with another value for the setting `name`; not necessarily a sensible one."""
    section, _, key = name.partition(".")
    part = getattr(config, section)
    value = getattr(part, key)
    new = OTHERS[type(value)](value) if type(value) in OTHERS else f"{value}x"
    return config.model_copy(update={section: part.model_copy(update={key: new})})


ALL = [f"{name}.{key}" for name in Config.model_fields for key in dict(getattr(Config(), name))]


@pytest.mark.parametrize("name", ALL)
def test_every_setting_changes_now_or_later(name: str) -> None:
    begun = Config()
    wanted = other(begun, name)
    assert differences(begun, wanted) == [name]
    what = change(begun, begun, begun, wanted)
    if name in AT_ONCE:
        assert (what.now, what.later) == ((name,), ())
        assert what.config == wanted
        assert str(what) == "the new settings are in force"
    else:
        assert (what.now, what.later) == ((), (name,))
        assert what.config == begun
        assert str(what).endswith(
            f"{name} takes effect at the next start (systemctl restart edgevoice)"
        )


def test_several_are_named_in_one_line() -> None:
    begun = Config()
    wanted = Config(vad=VadConfig(threshold=0.6), llm=LlmConfig(threads=2, temperature=0.5))
    what = change(begun, begun, begun, wanted)
    assert what.now == ("vad.threshold",)
    assert str(what) == (
        "the new settings are in force; llm.threads, llm.temperature take effect at the next start "
        "(systemctl restart edgevoice)"
    )
    again = change(begun, wanted, what.config, wanted)
    assert again.now == () and again.later == what.later


def test_what_somebody_fell_back_on_stays_until_the_file_says_otherwise() -> None:
    file = Config()
    fallen_back = other(other(file, "llm.model"), "llm.system_prompt")
    wanted = other(file, "vad.threshold")
    what = change(file, file, fallen_back, wanted)
    assert what.config == other(fallen_back, "vad.threshold")
    assert not what.later


@given(st.lists(st.lists(st.sampled_from(ALL), max_size=5), max_size=5))
def test_whatever_changes_in_whatever_order(files: list[list[str]]) -> None:
    """What holds is what the last file says, but for what waits, which is as at the start."""
    begun = before = running = wanted = Config()
    for names in files:
        wanted = begun
        for name in names:
            wanted = other(wanted, name)
        what = change(begun, before, running, wanted)
        assert set(what.later) == set(differences(begun, wanted)) - AT_ONCE
        before, running = wanted, what.config
    assert set(differences(begun, running)) == set(differences(begun, wanted)) & AT_ONCE
    assert set(differences(running, wanted)) == set(differences(begun, wanted)) - AT_ONCE


def test_what_skills_are_made_of_is_for_the_next_start() -> None:
    begun = Config()
    wanted = Config.model_validate(
        {
            "tools": {"mcp": [{"name": "home", "url": "http://home:1/", "headers": {"A": "key"}}]},
            "intents": {"enabled": False},
            "knowledge": {"folder": "documents"},
            "storage": {"enabled": True},
            "memory": {"enabled": True},
            "handover": {"people": {"nurse": {"command": ["page", "nurse"]}}},
        }
    )
    what = change(begun, begun, begun, wanted)
    assert what.now == ("intents.enabled",) and set(what.later) == {
        "tools.mcp",
        "knowledge.folder",
        "storage.enabled",
        "memory.enabled",
        "handover.people",
    }
    assert not any(value in str(what) for value in ("home", "key", "nurse"))
