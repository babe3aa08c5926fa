"""A glance from a terminal: why it ended when the pictures stop."""

from typing import Final

import msgspec

from lanassist.cli.channels import events_of
from lanassist.cli.client import NodeClient
from lanassist.node.errors import (
    LanassistError,
    LinkLost,
    NotAuthorised,
    RefusedByPolicy,
    ScreenLocked,
    ScreenUnavailable,
)
from lanassist.node.services.glance.commands import SESSIONS, GlanceSession, StartedGlance

ENDINGS: Final[dict[str, type[LanassistError]]] = {
    "locked": ScreenLocked,
    "link-lost": LinkLost,
    "media-lost": LinkLost,
    "revoked": NotAuthorised,
    "policy": RefusedByPolicy,
    "privacy": RefusedByPolicy,
}
"""The error, and so the exit code, for a session's end; any other is ScreenUnavailable."""


async def why_ended(node: NodeClient, started: StartedGlance) -> LanassistError | None:
    """Why the node ended the glance; None if it does not say."""
    async with events_of(node) as events:
        for change in (await events.next()).changes:
            if (change.topic, change.key) == (SESSIONS, started.session) and not change.gone:
                end = msgspec.json.decode(change.value, type=GlanceSession).end
                if end is not None:
                    kind = ENDINGS.get(end.code, ScreenUnavailable)
                    return kind.worded(f"The glance at {started.agent_name} ended: {end.text}.")
    return None
