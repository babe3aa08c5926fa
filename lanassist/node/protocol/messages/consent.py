"""What agents' nodes tell of the agents' own say in being watched."""

from lanassist.node.protocol.messages.base import Age, Message


class WatchingPaused(Message, frozen=True, kw_only=True, tag="consent.paused"):
    """Agent to every supervisor, at each change and when a link comes up: for so long nobody may watch."""

    left: Age
    """Seconds; 0: watching is not paused."""
