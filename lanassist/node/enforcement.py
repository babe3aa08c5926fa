"""What the admin signed, in force on this node: whose certificate is revoked, and what the policy masks."""

import logging
from collections.abc import Iterable

import trio
from cryptography import x509

from lanassist.node.desktop.mask_words import own_masks
from lanassist.node.desktop.masking import MaskedDesktop
from lanassist.node.errors import BadSignedDocument
from lanassist.node.link.links import Links
from lanassist.node.services.site.commands import LaidDown
from lanassist.node.services.site.core import Edition
from lanassist.node.trust import policy_document
from lanassist.node.trust.identity import Identity
from lanassist.node.trust.revocation import KIND, Revocations
from lanassist.node.trust.signed import open_document

_log = logging.getLogger(__name__)


class Enforcement:
    """Opens signed documents, and does at once what they say. Other parts hear of the policy as a fact."""

    def __init__(
        self, me: Identity, ca: x509.Certificate, links: Links, desktop: MaskedDesktop, masks: Iterable[str]
    ) -> None:
        """``masks``: this machine's own, as in the settings. Raises BadSetting."""
        self.revoked = trio.Event()
        """Set once this node's own certificate has been revoked."""
        self._me = me
        self._ca = ca
        self._links = links
        self._desktop = desktop
        self._own_masks = own_masks(masks)
        desktop.conceal(self._own_masks)

    def open(self, text: str) -> Edition:
        """What a document says. Raises BadSignedDocument unless this site's admin signed it."""
        body = open_document(text, self._ca)
        policy = None
        if body.kind == KIND:
            Revocations.of(body)
        elif body.kind == policy_document.KIND:
            content = policy_document.policy_of(body)
            policy = LaidDown(edition=body.number, signed=body.issued, policy=content.policy)
        return Edition(kind=body.kind, number=body.number, text=text, policy=policy)

    def again(self, texts: Iterable[str]) -> list[Edition]:
        """Documents that an earlier run kept, in force from now on; what does not hold is left out."""
        held = [edition for text in texts if (edition := self._kept(text)) is not None]
        for edition in held:
            self.enforce(edition)
        return held

    def enforce(self, edition: Edition) -> None:
        """Do what it says."""
        if edition.policy is not None:
            self._desktop.conceal((*edition.policy.policy.masks, *self._own_masks))
        if edition.kind == KIND:
            self._revoke(Revocations.read(edition.text, self._ca))

    def _kept(self, text: str) -> Edition | None:
        try:
            return self.open(text)
        except BadSignedDocument as error:
            _log.error("a stored document is ignored: %s", error.text)
            return None

    def _revoke(self, revocations: Revocations) -> None:
        for cut in self._links.revoke(revocations):
            _log.warning("cut the link to %s (%s): its certificate was revoked", cut.name, cut.node)
        if revocations.covers(self._me):
            _log.error("this node's own certificate was revoked; ask your admin for a new one")
            self.revoked.set()
