"""Signed documents: the newest edition wins on every node, by whatever way it came."""

from lanassist.node.errors import BadSignedDocument
from lanassist.node.protocol.messages import DocumentNumber, SignedDocument
from lanassist.node.services.base import Publish, Refuse, Reply, Send, Tell
from lanassist.node.services.facts import PolicyInForce
from lanassist.node.services.site.commands import POLICY, InstallDocument, Installed, LaidDown, ShowPolicy
from lanassist.node.services.site.core import Adopt, Edition, SiteCore
from lanassist.node.trust.policy import Policy
from tests.support.people import agent, supervisor

DANA, KIM, SAM = agent("Dana"), agent("Kim"), supervisor("Sam")


def opened(text: str) -> Edition:
    """Stands for the signature check: "revocations 3" is the third edition."""
    kind, _, number = text.partition(" ")
    if not number.isdigit():
        raise BadSignedDocument(path="the document", why="its signature does not fit")
    policy = LaidDown(edition=int(number), policy=Policy(privacy_pause=int(number)))
    return Edition(kind=kind, number=int(number), text=text, policy=policy if kind == "policy" else None)


def core(*held: str) -> SiteCore:
    return SiteCore(opened, [opened(text) for text in held])


def document(number: int) -> SignedDocument:
    return SignedDocument(kind="revocations", document=f"revocations {number}".encode())


def test_what_the_admin_installs_is_acted_on_and_goes_to_every_peer() -> None:
    node = core()
    node.peer_up(DANA, 0.0)
    node.peer_up(SAM, 0.0)
    effects = node.command(1, InstallDocument(document="revocations 1"), 1.0)
    assert [effect.to for effect in effects if isinstance(effect, Send)] == [DANA.node, SAM.node]
    assert Adopt(opened("revocations 1")) in effects
    assert Reply(1, Installed(kind="revocations", number=1, news=True)) in effects


def test_it_is_on_its_way_to_everybody_before_it_cuts_a_link() -> None:
    node = core()
    node.peer_up(DANA, 0.0)
    kinds = [type(effect) for effect in node.command(1, InstallDocument(document="revocations 1"), 1.0)]
    assert kinds.index(Send) < kinds.index(Adopt)


def test_it_is_passed_on_but_not_back() -> None:
    node = core()
    for peer in (DANA, KIM, SAM):
        node.peer_up(peer, 0.0)
    effects = node.receive(SAM, document(2), 1.0)
    assert [effect.to for effect in effects if isinstance(effect, Send)] == [DANA.node, KIM.node]


def test_an_older_or_equal_edition_changes_nothing() -> None:
    node = core("revocations 5")
    node.peer_up(DANA, 0.0)
    assert list(node.receive(SAM, document(4), 1.0)) == []
    assert list(node.receive(SAM, document(5), 1.0)) == []
    (reply,) = node.command(1, InstallDocument(document="revocations 4"), 1.0)
    assert reply == Reply(1, Installed(kind="revocations", number=4, news=False))


def test_a_peer_that_is_behind_gets_the_newer_edition() -> None:
    node = core("revocations 5")
    (offered,) = node.peer_up(DANA, 0.0)
    assert offered == Send(DANA.node, DocumentNumber(kind="revocations", number=5))
    (sent,) = node.receive(DANA, DocumentNumber(kind="revocations", number=3), 1.0)
    assert sent == Send(DANA.node, document(5))
    assert list(node.receive(DANA, DocumentNumber(kind="revocations", number=7), 1.0)) == []


def test_a_node_that_holds_none_asks_for_what_a_peer_announces() -> None:
    node = core()
    (asked,) = node.receive(SAM, DocumentNumber(kind="revocations", number=5), 1.0)
    assert asked == Send(SAM.node, DocumentNumber(kind="revocations", number=0))
    assert list(node.receive(SAM, DocumentNumber(kind="revocations", number=0), 1.0)) == []


def test_a_forged_document_is_refused_to_the_user_and_ignored_from_a_peer() -> None:
    node = core("revocations 5")
    (refused,) = node.command(1, InstallDocument(document="nonsense"), 1.0)
    assert isinstance(refused, Refuse)
    assert list(node.receive(DANA, SignedDocument(kind="revocations", document=b"\xff\xfe"), 1.0)) == []


def test_a_node_that_starts_acts_on_what_it_held() -> None:
    assert Adopt(opened("revocations 5")) in core("revocations 5").start(0.0)


def test_without_a_document_the_services_hear_what_holds_anyway() -> None:
    effects = core("revocations 5").start(0.0)
    assert Tell("policy", PolicyInForce(policy=Policy())) in effects
    assert Publish(POLICY, "self", LaidDown()) in effects


def test_a_policy_is_told_at_the_start_and_when_a_newer_one_comes() -> None:
    node = core("policy 2")
    assert Tell("policy", PolicyInForce(policy=Policy(privacy_pause=2))) in node.start(0.0)
    assert list(node.receive(SAM, SignedDocument(kind="policy", document=b"policy 1"), 1.0)) == []
    effects = node.receive(SAM, SignedDocument(kind="policy", document=b"policy 3"), 1.0)
    assert Tell("policy", PolicyInForce(policy=Policy(privacy_pause=3))) in effects
    (shown,) = node.command(7, ShowPolicy(), 2.0)
    assert shown == Reply(7, LaidDown(edition=3, policy=Policy(privacy_pause=3)))


def test_policy_and_revocations_are_held_side_by_side() -> None:
    node = core("revocations 5", "policy 2")
    offered = node.peer_up(DANA, 0.0)
    assert [effect.message.number for effect in offered if isinstance(effect, Send)] == [5, 2]  # type: ignore[attr-defined]
    (sent,) = node.receive(DANA, DocumentNumber(kind="policy", number=0), 1.0)
    assert sent == Send(DANA.node, SignedDocument(kind="policy", document=b"policy 2"))
