"""All the tools, for whoever only wants to see them."""

from edgevoice.config import Config
from edgevoice.skills.builtin.together import House, built_in_tools
from edgevoice.skills.knowledge.knowledge import Knowledge, index_path
from edgevoice.skills.loading import open_toolbox
from edgevoice.skills.offer import by_rank
from edgevoice.skills.tool import Tool


def look_at_tools(config: Config, patience_s: float) -> list[Tool]:
    """All of them, in the order in which a language model is told of them. What they work on is not
    opened: no key is needed, and no document is read.

    `patience_s`: seconds that servers may take to answer. Raises `ConfigError`.
    """
    documents = config.knowledge
    knowledge = Knowledge(index_path(documents)) if documents.folder else None
    own = built_in_tools(House(handover=config.handover, knowledge=knowledge))
    with open_toolbox(config, own, patience_s) as toolbox:
        return by_rank(toolbox.tools)
