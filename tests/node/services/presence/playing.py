"""What a presence core says, taken apart for tests."""

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from lanassist.node.errors import LanassistError
from lanassist.node.protocol.messages import Message
from lanassist.node.services.base import Effect, Publish, Refuse, Reply, Send, Tell
from lanassist.node.services.facts import Availability, Intervention, Workload
from lanassist.node.services.presence.commands import AGENTS, SELF, AgentRow, OwnStatus
from lanassist.node.services.presence.core import PresenceCore
from tests.support.people import agent, supervisor

DANA, KIM, SAM = agent("Dana"), agent("Kim"), supervisor("Sam")
REASONS = ("break", "lunch", "training")
MessageT = TypeVar("MessageT", bound=Message)


def telling(now: float = 100.0, **about: object) -> PresenceCore:
    """Dana's node, just started."""
    core = PresenceCore(DANA, known=(), break_reasons=REASONS, **about)  # type: ignore[arg-type]
    core.start(now)
    return core


def watching(**about: object) -> PresenceCore:
    """Sam's node, at 0."""
    core = PresenceCore(SAM, known=(), **about)  # type: ignore[arg-type]
    core.start(0.0)
    return core


def sent(effects: Sequence[Effect], kind: type[MessageT]) -> list[MessageT]:
    return [each.message for each in effects if isinstance(each, Send) and isinstance(each.message, kind)]


def rows(effects: Sequence[Effect]) -> list[AgentRow]:
    published = [each.value for each in effects if isinstance(each, Publish) and each.topic == AGENTS]
    return [row for row in published if isinstance(row, AgentRow)]


def row(effects: Sequence[Effect]) -> AgentRow:
    (found,) = rows(effects)
    return found


def own(effects: Sequence[Effect]) -> OwnStatus:
    (found,) = [each.value for each in effects if isinstance(each, Publish) and each.topic == SELF]
    assert isinstance(found, OwnStatus)
    return found


def informed(effects: Sequence[Effect]) -> list[Availability]:
    facts = [each.fact for each in effects if isinstance(each, Tell)]
    return [fact for fact in facts if isinstance(fact, Availability)]


def reply(effects: Sequence[Effect], kind: type[msgspec.Struct]) -> msgspec.Struct:
    (found,) = [each.value for each in effects if isinstance(each, Reply)]
    assert isinstance(found, kind)
    return found


def refused(effects: Sequence[Effect]) -> LanassistError:
    (found,) = [each.error for each in effects if isinstance(each, Refuse)]
    return found


def busy(active: int, *, waiting: int = 0, active_at: float = 100.0, **about: float) -> Workload:
    """So many clients in hand."""
    return Workload(active=active, ongoing=active, waiting=waiting, active_at=active_at, **about)


def done(name: str, *, ended: float, seconds: float = 60.0) -> Intervention:
    return Intervention(id=name, ended=ended, seconds=seconds)
