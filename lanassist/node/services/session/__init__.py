"""One state machine under every stretch of supervision: glance, control, assist.

intent → the agent is asked, if policy wants it → granted or refused → running under a lease → ended, with a
reason on both sides. Two siblings:
``Supervision`` on the node that asks, ``Attendance`` on the node that is looked at. The agent's side
decides: it checks grants on every message, and its lease ends the session when renewals stop coming,
whatever the other side does. A service adds only what is its own, through ``why_not`` and the effects
``Opened``, ``Altered`` and ``Closed``.

Both ends write the session into their ledgers: a step that must be written is the effect ``Enter``, which the
loop carries out; what became of it comes back as the observation ``Entered`` or ``NotEntered``, before
anything else happens. A core hands these two to ``entered`` of its ``Supervision`` (if
``step.session.asked``) or ``Attendance``, and handles what comes out like any other outcome. ``Opened`` comes
only once both ends have committed the start.
"""

from lanassist.node.services.session.attendance import Attendance as Attendance
from lanassist.node.services.session.endings import ENDINGS as ENDINGS, Ending as Ending, ending as ending
from lanassist.node.services.session.past import Past as Past
from lanassist.node.services.session.session import (
    AgentAsked as AgentAsked,
    Altered as Altered,
    Closed as Closed,
    Declined as Declined,
    Enter as Enter,
    Entered as Entered,
    NotEntered as NotEntered,
    Opened as Opened,
    Outcome as Outcome,
    Session as Session,
    Step as Step,
)
from lanassist.node.services.session.supervision import Supervision as Supervision
