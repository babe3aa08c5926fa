"""What a certificate allows, and what its bearer is told otherwise."""

from lanassist.node.errors import MissingGrant, MissingRole
from lanassist.node.trust.grants import Grant, Role
from tests.support.site import Site

SITE = Site()


def test_a_role_that_is_missing_is_named() -> None:
    dana = SITE.agent("Dana Fox").identity
    assert dana.why_not_role(Role.AGENT) is None
    refusal = dana.why_not_role(Role.SUPERVISOR)
    assert isinstance(refusal, MissingRole)
    assert "“supervisor”, which the certificate of Dana Fox does not carry" in refusal.text


def test_a_grant_counts_with_the_role_only() -> None:
    sam = SITE.supervisor("Sam Reed", grants=[Grant.GLANCE]).identity
    assert sam.why_not_grant(Grant.GLANCE) is None
    assert isinstance(sam.why_not_grant(Grant.LISTEN), MissingGrant)
    assert isinstance(SITE.agent().identity.why_not_grant(Grant.GLANCE), MissingRole)
