"""How the CLI shows the site's policy."""

from typing import Any

from lanassist.node.trust.policy import Policy
from lanassist.node.trust.policy_document import PolicyDocument


def document_as_plain(document: PolicyDocument | None) -> dict[str, Any]:
    """For scripts: edition 0 stands for no document."""
    if document is None:
        return {"edition": 0, "signed": None, "policy": Policy().as_written()}
    return {
        "edition": document.number,
        "signed": document.issued.isoformat(),
        "policy": document.policy.as_written(),
    }
