"""Who a certificate says its bearer is. Nothing else in lanassist decides names, roles or grants."""

from datetime import datetime

import msgspec

from lanassist.node.errors import MissingGrant, MissingRole
from lanassist.node.protocol.messages import NodeId
from lanassist.node.trust.grants import Grant, Role


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """One verified certificate, read."""

    site: str
    node: NodeId
    name: str
    email: str
    roles: frozenset[Role]
    teams: frozenset[str] = frozenset()
    grants: frozenset[Grant] = frozenset()
    serial: str
    """Hexadecimal, lower case."""
    issued: datetime
    expires: datetime
    certificate: bytes = b""
    """The certificate itself, DER: what this node signs is checked with it."""

    def why_not_role(self, role: Role) -> MissingRole | None:
        """The refusal if this certificate lacks ``role``; None if it carries it."""
        return None if role in self.roles else MissingRole(role=role.value, who=self.name)

    def why_not_grant(self, grant: Grant) -> MissingRole | MissingGrant | None:
        """The refusal if this is no supervisor's certificate with ``grant``; None if it is."""
        if refusal := self.why_not_role(Role.SUPERVISOR):
            return refusal
        return None if grant in self.grants else MissingGrant(grant=grant.value, who=self.name)
