"""What axe-core finds wrong with a page for people who use a keyboard, a screen reader, or other colours."""

import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]


@cache
def _script() -> str:
    """The checker, from the packages pinned in tests/page; installs them if need be."""
    tools = ROOT / "scripts" / "page-tools"
    subprocess.run(["bash", "-c", f"set -e; source '{tools}'; install_page_packages"], check=True)
    return (ROOT / "tests" / "page" / "node_modules" / "axe-core" / "axe.min.js").read_text()


def violations(page: Page) -> list[str]:
    """What is wrong with the page as it stands, one text a node; nothing: an empty list.

    The script comes in through the debugger, which the page's policy does not bind. Turn motion off
    (``page.emulate_media(reduced_motion="reduce")``) where colours fade: axe reads them halfway.
    """
    page.evaluate(_script())
    found: dict[str, Any] = page.evaluate("() => axe.run(document)")
    return [
        f"{each['id']}: {node['html'][:160]} {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"]
    ]
