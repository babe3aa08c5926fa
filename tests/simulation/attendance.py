"""What must hold of presence: who is told absent takes no client, and everything counts exactly once."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from lanassist.node.services.base import Persist
from lanassist.node.services.conversation import EntryRecord
from lanassist.node.services.conversations.records import CompletedRecord, ReservationRecord
from lanassist.node.services.conversations.work import REMEMBERED
from lanassist.node.services.desk.records import ConversationRecord
from lanassist.node.services.presence.records import InterventionRecord
from lanassist.node.services.presence.standing import standing
from lanassist.node.trust.grants import Role

if TYPE_CHECKING:
    from tests.simulation.machine import Machine


class Broken(AssertionError):
    """An invariant does not hold."""


class Attendance:
    """Agents as an outsider writes them down, and the comparison with what their nodes tell."""

    def __init__(self) -> None:
        self._completed: dict[str, set[str]] = {}
        """By agent: what the desks' logs say that it has completed, as conversation/epoch."""
        self._days: dict[tuple[str, str], set[str]] = {}
        """By agent and completion: the days on which it may count."""
        self._excused: set[tuple[str, str]] = set()
        """Completions that nobody can tell any more, because a clock was set far ahead meanwhile."""

    # --- at every step -------------------------------------------------------------------------------

    def committing(self, machine: "Machine", persist: Persist) -> None:
        """Look at each record before it is on the disk."""
        closed = {
            each.id for each in persist.put if isinstance(each, ConversationRecord) and each.state == "done"
        }
        for record in persist.put:
            match record:
                case EntryRecord(kind="complete") if machine.is_desk and record.conversation in closed:
                    self._completed.setdefault(record.node, set()).add(
                        f"{record.conversation}/{record.epoch}"
                    )
                case ReservationRecord():
                    self._reserved(machine, record)
                case CompletedRecord():
                    self._may_count(machine, record)
                case InterventionRecord():
                    self._counted(machine, record)

    def _reserved(self, machine: "Machine", record: ReservationRecord) -> None:
        if not machine.availability.available and machine.stored(ReservationRecord, record.key) is None:
            raise Broken(f"{machine} takes {record.conversation} while {machine.availability.why}")

    def _may_count(self, machine: "Machine", record: CompletedRecord) -> None:
        if record.ended < machine.now - REMEMBERED:  # the clock was set between the act and the desk's answer
            self._excused.add((machine.node, record.key))
        self._days.setdefault((machine.node, record.key), set()).add(machine.today().of(record.ended) or "")

    def _counted(self, machine: "Machine", record: InterventionRecord) -> None:
        if machine.stored(InterventionRecord, record.id) is not None:
            raise Broken(f"{machine} counts {record.id} twice")
        days = self._days.setdefault((machine.node, record.id), set())
        if record.day not in {*days, machine.today().day}:
            raise Broken(f"{machine} counts {record.id} on {record.day}, not on one of {days}")

    def looked_at(self, machine: "Machine") -> None:
        """Once no fact is on its way, conversations know whether the agent is there."""
        if (
            not machine.up
            or Role.AGENT not in machine.identity.roles
            or ("work", "availability") in machine.mail
        ):
            return
        around, status = machine.around, machine.presence_choice().status
        here = status == "available" and not around.locked and not around.idle
        if machine.availability.available != here:
            raise Broken(f"{machine} is {status} amid {around}, but {machine.availability} was told")

    def clock_set(self, machine: "Machine", ahead: float) -> None:
        """A node that is down has its clock set."""
        if ahead < REMEMBERED:
            return
        for record, _ in machine.disk.values():
            if isinstance(record, CompletedRecord) and machine.stored(InterventionRecord, record.key) is None:
                self._excused.add((machine.node, record.key))

    # --- in the end ----------------------------------------------------------------------------------

    def unfinished(self, machines: "Iterable[Machine]", forgotten: set[str]) -> str:
        """What is still not as it must be once the network has healed; empty: all is well."""
        everyone = list(machines)
        for agent in everyone:
            if Role.AGENT not in agent.identity.roles:
                continue
            if problem := self._miscounted(agent, forgotten):
                return problem
            for supervisor in everyone:
                if Role.SUPERVISOR in supervisor.identity.roles and (problem := _row(supervisor, agent)):
                    return problem
        return ""

    def _miscounted(self, agent: "Machine", forgotten: set[str]) -> str:
        counted = {record.id for record, _ in agent.disk.values() if isinstance(record, InterventionRecord)}
        completed = self._completed.get(agent.node, set())
        if counted - completed:
            return f"{agent} counts {counted - completed}, which it has not completed"
        missing = {each for each in completed - counted if (agent.node, each) not in self._excused}
        missing = {each for each in missing if each.partition("/")[0] not in forgotten}
        return f"{agent} does not count {missing}" if missing and not agent.restored else ""


def _row(supervisor: "Machine", agent: "Machine") -> str:
    """Whether the dashboard shows what is so."""
    rows = [row for row in supervisor.presence.rows() if row.node == agent.node]
    if not rows or not rows[0].online or agent.workload is None:
        return f"{supervisor} does not see {agent}"
    (row,) = rows
    choice, load = agent.presence_choice(), agent.workload
    stands = standing(
        status=choice.status,
        reason=choice.reason,
        locked=agent.around.locked,
        idle=agent.around.idle,
        active=load.active,
        total=2 if choice.capacity is None else choice.capacity,
    )
    records = [record for record, _ in agent.disk.values() if isinstance(record, InterventionRecord)]
    today = [record for record in records if record.day == agent.today().day]
    wanted = (stands.status, stands.why, stands.reason, load.ongoing, load.waiting, len(today))
    found = (row.status, row.why, row.reason, row.ongoing, row.waiting, row.completed)
    return "" if found == wanted else f"{supervisor} sees {found} of {agent}, not {wanted}"
