"""What the fields of commands may hold."""

from typing import Annotated

from msgspec import Meta

from lanassist.node.protocol.limits import ENTRY_LENGTH, ID_LENGTH, NAME_LENGTH

Id = Annotated[str, Meta(min_length=1, max_length=ID_LENGTH)]
NewId = Annotated[str, Meta(max_length=ID_LENGTH)]
"""Chosen by the page, so that a repeated click counts once; empty: chosen here."""
Said = Annotated[str, Meta(min_length=1, max_length=ENTRY_LENGTH)]
AgentText = Annotated[str, Meta(max_length=NAME_LENGTH)]
"""How a user names an agent: node id, e-mail, or the start of a name."""
