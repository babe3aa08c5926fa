"""The services of a node, in one explicit list."""

from typing import Final

from lanassist.node.services.assist import commands as assist
from lanassist.node.services.audit import commands as audit
from lanassist.node.services.command import AnyCommand
from lanassist.node.services.consent import commands as consent
from lanassist.node.services.conversations import commands as conversations
from lanassist.node.services.desk import commands as desk, connector_commands as connector
from lanassist.node.services.glance import commands as glance
from lanassist.node.services.peers import commands as peers
from lanassist.node.services.presence import commands as presence
from lanassist.node.services.site import commands as site

COMMANDS: Final[tuple[type[AnyCommand], ...]] = (
    *site.COMMANDS,
    *consent.COMMANDS,
    *peers.COMMANDS,
    *presence.COMMANDS,
    *glance.COMMANDS,
    *audit.COMMANDS,
    *desk.COMMANDS,
    *connector.COMMANDS,
    *conversations.COMMANDS,
    *assist.COMMANDS,
)
"""Every command that a local user may give to a service."""
