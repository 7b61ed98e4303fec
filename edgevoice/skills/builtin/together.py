"""All the tools that are there from the start, by what they work on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from edgevoice.config import HandoverConfig
from edgevoice.dialog.attention import Signal
from edgevoice.skills.builtin.clock import clock_tools
from edgevoice.skills.builtin.handover import handover_tools
from edgevoice.skills.builtin.household import household_tools
from edgevoice.skills.builtin.lists import list_tools
from edgevoice.skills.builtin.memory import memory_tools
from edgevoice.skills.builtin.sums import sum_tools
from edgevoice.skills.builtin.timers import timer_tools
from edgevoice.skills.builtin.units import unit_tools
from edgevoice.skills.builtin.volume import volume_tools
from edgevoice.skills.documents import Documents
from edgevoice.skills.facts import Memory
from edgevoice.skills.knowledge.knowledge import Knowledge, knowledge_tools
from edgevoice.skills.ringing import Ringer
from edgevoice.skills.situation import Situation
from edgevoice.skills.tool import Tool
from edgevoice.transports.loudness import Level


@dataclass(frozen=True, slots=True)
class House:
    """What the tools work on; as it stands, nobody's: nothing is kept, and nobody can be called.

    `volume`: the file that the level is kept in. `signal`: does what a person could do by a key.
    `status`: how we are, in words; called in a thread. `knowledge`: None: there are no documents.
    """

    ringer: Ringer = field(default_factory=Ringer)
    level: Level = field(default_factory=Level)
    volume: Path | None = None
    situation: Situation = field(default_factory=Situation)
    signal: Callable[[Signal], None] = lambda _: None
    status: Callable[[], str] = lambda: "I am up and running."
    handover: HandoverConfig = field(default_factory=HandoverConfig)
    storage: Documents | None = None
    memory: Memory | None = None
    knowledge: Knowledge | None = None


def built_in_tools(house: House) -> list[Tool]:
    """All of them."""
    speaker = house.situation.speaker
    return [
        *clock_tools(),
        *timer_tools(house.ringer),
        *sum_tools(),
        *unit_tools(),
        *volume_tools(house.level, house.volume),
        *_household_tools(house),
        *handover_tools(house.handover),
        *list_tools(house.storage),
        *memory_tools(house.memory, lambda: speaker.name),
        *(knowledge_tools(house.knowledge) if house.knowledge else ()),
    ]


def conversational() -> frozenset[str]:
    """The names of those that make sense in a conversation alone: what rings, how loud we are, what
    we said."""
    house = House()
    tools = [
        *timer_tools(house.ringer),
        *volume_tools(house.level, None),
        *_household_tools(house),
    ]
    return frozenset(tool.name for tool in tools)


def _household_tools(house: House) -> list[Tool]:
    return household_tools(house.situation, house.signal, house.status, house.ringer.answered)
