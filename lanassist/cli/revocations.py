"""``lanassist node revocations``: which certificates no longer count."""

from pathlib import Path

from lanassist.cli.documents import install_document
from lanassist.node.services.site.commands import Installed
from lanassist.node.trust.revocation import KIND


def install_list(home: Path, path: Path) -> tuple[Installed, bool]:
    """What was installed, and whether a running node took it. Raises what ``install_document`` raises."""
    return install_document(home, path, KIND)
