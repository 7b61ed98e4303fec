"""The built-in tools, all of them."""

from pathlib import Path

from edgevoice.config import Config
from edgevoice.skills.builtin.together import House, built_in_tools, conversational
from edgevoice.skills.knowledge.knowledge import Knowledge
from edgevoice.skills.skills import Skills
from edgevoice.skills.tool import BUILT_IN


def test_no_two_are_called_alike_and_all_are_ours() -> None:
    tools = built_in_tools(House(knowledge=Knowledge(Path("/nonexistent"))))
    names = [tool.name for tool in tools]
    assert len(names) == len(set(names)) > 30
    assert {tool.source for tool in tools} == {BUILT_IN}


def test_what_needs_a_conversation_is_among_them() -> None:
    names = {tool.name for tool in built_in_tools(House())}
    assert conversational() < names
    assert {"set_timer", "list_alarms", "set_volume", "repeat", "mute"} <= conversational()
    assert names - conversational() > {"calculate", "convert", "call_person", "add_to_list"}


def test_the_skills_of_a_run_are_these() -> None:
    with Skills(Config(), keeps=False) as skills:
        found = [tool.spec for tool in skills.toolbox.tools]
    assert found == [tool.spec for tool in built_in_tools(House())]
