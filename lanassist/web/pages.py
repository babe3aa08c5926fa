"""The page files, as they lie in ``static/``."""

import html
import re
from functools import cache
from pathlib import Path
from typing import Final

STATIC: Final = Path(__file__).parent / "static"


@cache
def page(name: str) -> bytes:
    """A page's HTML; pages never change while a node runs."""
    return (STATIC / name).read_bytes()


def denied_page(title: str, text: str) -> bytes:
    """The page that says why something is not shown; both texts are escaped, `commands` in them set apart."""
    template = page("frame/denied.html").decode()
    sentence = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))
    return template.replace("{{title}}", html.escape(title)).replace("{{text}}", sentence).encode()
