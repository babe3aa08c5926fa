"""Roles and grants: the vocabulary of authority that a certificate carries."""

from enum import StrEnum


class Role(StrEnum):
    """What a person or machine is on this site. A certificate carries one or more."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    DESK = "desk"


class Grant(StrEnum):
    """What a supervisor's certificate allows, checked at the node that is acted on, each time."""

    OBSERVE = "observe"
    GLANCE = "glance"
    LISTEN = "listen"
    TALK = "talk"
    TAKEOVER = "takeover"
    CONTROL = "control"
    ASSIGN = "assign"
    BLOCK = "block"


ALL_GRANTS = frozenset(Grant)
