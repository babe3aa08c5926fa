"""What the site's policy and an agent's pause say about one kind of supervision. Pure.

The agent's node decides by it; the supervisor's node uses the same words before the click.
"""

import math
from types import MappingProxyType
from typing import Final

from lanassist.node.errors import (
    AgentDeclined,
    AgentSilent,
    LanassistError,
    PolicyOff,
    ReasonRequired,
    WatchingIsPaused,
)
from lanassist.node.services.facts import SupervisionKind, WatchingPause
from lanassist.node.trust.policy import Consent, Policy

_WHAT: Final = MappingProxyType(
    {
        "glance": "viewing agents' screens",
        "control": "taking control of agents' conversations",
        "assist": "assisting agents' calls",
    }
)


def consent_to(kind: SupervisionKind, policy: Policy) -> Consent:
    """Whether the agent is told, is asked first, or it is off."""
    chosen: Consent = getattr(policy, kind)
    return chosen


def forbidden(kind: SupervisionKind, policy: Policy) -> PolicyOff | None:
    """The refusal if policy does not allow it at all."""
    return PolicyOff(what=_WHAT[kind]) if consent_to(kind, policy) == "off" else None


def unexplained(kind: SupervisionKind, policy: Policy, reason: str) -> ReasonRequired | None:
    """The refusal if policy wants a reason and there is none."""
    return ReasonRequired(what=_WHAT[kind]) if policy.reason_required and not reason.strip() else None


def paused(agent: str, until: float | None, now: float) -> WatchingIsPaused | None:
    """The refusal while an agent has paused being watched."""
    if until is None or until <= now:
        return None
    return WatchingIsPaused(agent=agent, left=left_in_words(until - now))


def left_in_words(seconds: float) -> str:
    """As a sentence has it: “4 minutes”, “less than a minute”."""
    minutes = math.ceil(seconds / 60)
    return f"{minutes} minutes" if minutes > 1 else "less than a minute"


def minutes_in_words(minutes: float) -> str:
    """“5 minutes”, “1 minute”, “90 seconds”."""
    if minutes != int(minutes):
        return f"{round(minutes * 60)} seconds"
    return "1 minute" if minutes == 1 else f"{int(minutes)} minutes"


def another_word_at(until: float | None, now: float) -> float | None:
    """When ``left_in_words`` says something else of a pause, or it is over; None: it is over."""
    if until is None or until <= now:
        return None
    return until - 60 * (math.ceil((until - now) / 60) - 1)


class Permission:
    """At the agent's node: whether one kind of supervision may begin, and whether the agent is asked."""

    def __init__(self, kind: SupervisionKind, agent: str) -> None:
        self.kind = kind
        self._agent = agent
        self._policy = Policy()
        self._pause = WatchingPause(until=None)

    @property
    def asks(self) -> bool:
        """Whether the agent is asked first."""
        return consent_to(self.kind, self._policy) == "ask"

    def rule(self, policy: Policy) -> PolicyOff | None:
        """Another policy; the refusal if nothing of this kind may go on under it."""
        self._policy = policy
        return forbidden(self.kind, policy)

    def pause(self, pause: WatchingPause) -> None:
        """The agent has paused being watched, or has not any more."""
        self._pause = pause

    def declined(self) -> AgentDeclined:
        """The agent's no."""
        return AgentDeclined(agent=self._agent)

    def unanswered(self, seconds: float) -> AgentSilent:
        """No answer, which counts as a no."""
        return AgentSilent(agent=self._agent, seconds=round(seconds))

    def why_not(self, reason: str, now: float) -> LanassistError | None:
        """The refusal of what would begin now."""
        return (
            forbidden(self.kind, self._policy)
            or paused(self._agent, self._pause.until, now)
            or unexplained(self.kind, self._policy, reason)
        )
