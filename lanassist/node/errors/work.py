"""The state of agents and conversations stands against it (exit codes 4 to 6)."""

from lanassist.node.errors.base import LanassistError


class Absent(LanassistError):
    """{agent} is absent ({why})."""

    code = "agent-absent"
    exit_code = 5
    http_status = 409


class AtCapacity(LanassistError):
    """{agent} is at maximum capacity ({active}/{total})."""

    code = "agent-at-capacity"
    exit_code = 6
    http_status = 409


class TooManyConversations(LanassistError):
    """This client has {count} conversations open already."""

    code = "too-many-conversations"
    http_status = 409


class ConversationMoved(LanassistError):
    """This conversation is not in {agent}'s hands any more. What was not sent is kept below it."""

    code = "conversation-moved"
    http_status = 409


class NobodyHasIt(LanassistError):
    """No agent has the conversation with {client}, so nobody can act in it. Assign it first:
    `lanassist chats assign`."""

    code = "nobody-has-it"
    http_status = 409


class BeingMoved(LanassistError):
    """This conversation is being moved already; try again in a moment."""

    code = "being-moved"
    http_status = 409


class NoAnswer(LanassistError):
    """{agent}'s node did not answer in time. Nothing was moved."""

    code = "no-answer"
    exit_code = 4
    http_status = 409


class NoReply(NoAnswer):
    """{who} has not answered in time. Look before you try again: it may have heard."""

    code = "no-reply"


class NoDesk(LanassistError):
    """No desk is connected that could do this."""

    code = "no-desk"
    exit_code = 4
    http_status = 409
