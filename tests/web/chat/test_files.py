"""Which files customers get: those that the page needs, and no others."""

import posixpath
import re

from lanassist.web.chat.files import FILES, About, files
from lanassist.web.pages import STATIC

ABOUT = About(
    title='</title><script>"&', categories=("'><b>",), name_length=80, contact_length=120, text_length=4000
)


def needed(name: str, found: set[str]) -> set[str]:
    """What a module imports, and what that imports, added to ``found``."""
    if name not in found:
        found.add(name)
        folder = posixpath.dirname(name)
        for path in re.findall(r'^[^/]*(?:from|import)\s*"(\.[^"]+)"', (STATIC / name).read_text(), re.M):
            needed(posixpath.normpath(posixpath.join(folder, path)), found)
    return found


def test_the_page_gets_what_it_needs_and_nothing_else() -> None:
    page = (STATIC / "chat" / "chat.html").read_text()
    linked = set(re.findall(r'"/static/([^"]+)"', page))
    assert linked | needed("chat/chat.js", set()) == set(FILES)


def test_what_the_settings_say_is_text_in_the_page() -> None:
    page = files(ABOUT)["/chat"].content.decode()
    assert "<script>" not in page
    assert "<b>" not in page
    assert "{{" not in page
    assert page.count("&lt;/title&gt;&lt;script&gt;") == 2
