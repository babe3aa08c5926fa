"""The page files, as they lie in ``static/``."""

import html
from functools import cache
from pathlib import Path
from typing import Final

STATIC: Final = Path(__file__).parent / "static"


@cache
def page(name: str) -> bytes:
    """A page's HTML; pages never change while a node runs."""
    return (STATIC / name).read_bytes()


def denied_page(title: str, text: str) -> bytes:
    """The page that says why something is not shown; both texts are escaped."""
    template = page("frame/denied.html").decode()
    filled = template.replace("{{title}}", html.escape(title)).replace("{{text}}", html.escape(text))
    return filled.encode()
