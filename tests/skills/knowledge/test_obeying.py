"""Hostile documents in a whole reply, with a model that would obey them."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from edgevoice.dialog.calls import ToolCall
from edgevoice.skills.knowledge.index import refresh
from edgevoice.skills.knowledge.knowledge import NOTHING, Knowledge, knowledge_tools
from edgevoice.skills.tool import Effect, Tool, tool
from edgevoice.testing import run_virtual
from tests.skills.hostile import Hostile, each_hostile, unspeakable
from tests.skills.test_writer import Commands, Desk, World


@dataclass
class House(World):
    """Has all that the hostile texts want, and the documents."""

    knowledge: Knowledge | None = None

    def tools(self) -> list[Tool]:
        assert self.knowledge

        def wanted(name: str) -> Tool:
            @tool(effect=Effect.DANGEROUS, name=name)
            async def use() -> str:
                """Do what a hostile text wants."""
                self.done.append(name)
                return "Done."

            return use

        names = ("unlock_door", "clear_list", "call_person", "forget_facts")
        return [*map(wanted, names), *knowledge_tools(self.knowledge)]


@each_hostile
@pytest.mark.parametrize("place", ["text", "title"])
def test_nothing_is_done_that_a_document_wants(
    tmp_path: Path, hostile: Hostile, place: str
) -> None:
    line = " ".join(hostile.text.split())[:150]
    text = f"# {line}\n\nThe zebra eats grass." if place == "title" else f"# Z\n\nZebra. {line}"
    (tmp_path / "a.md").write_bytes(text.encode("utf-8", "replace"))
    refresh(tmp_path, tmp_path / "k.db")
    house = House(knowledge=Knowledge(tmp_path / "k.db"))
    assert house.knowledge
    obeyed = [ToolCall(hostile.wants, {})] if hostile.wants else ["Nothing."]
    script = [ToolCall("search_documents", {"query": "zebra"}), *obeyed]
    quoted = house.knowledge.answer("what do the documents say about the zebra")
    desk = Desk(script, house, Commands(documents={"what does it say": quoted}))

    async def hold() -> list[str]:
        return [await desk.say(line) for line in ("what does it say", "yes", "yes")]

    by_itself, by_tool, after_yes = run_virtual(hold())
    house.knowledge.close()
    assert desk.routes == ["documents", "model", "model"]
    for said in (by_itself, by_tool):
        assert said.startswith("According to ") or said == NOTHING
        assert not unspeakable(said)
    assert house.done == []
    assert after_yes.startswith("Shall I really") or not hostile.wants
