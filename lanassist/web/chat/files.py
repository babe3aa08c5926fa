"""The files of the chat page, and no others: read once, each under its own path."""

import html
from typing import Final

import msgspec

from lanassist.web.pages import STATIC

PAGE: Final = "/chat"
FILES: Final = (
    "chat/chat.css",
    "chat/chat.js",
    "chat/chat-begin.js",
    "chat/chat-conversation.js",
    "chat/chat-door.js",
    "chat/chat-form.js",
    "chat/chat-live.js",
    "chat/chat-memory.js",
    "chat/chat-outbox.js",
    "chat/chat-state.js",
    "chat/chat-words.js",
    "frame/colours.css",
    "frame/dialog.js",
    "frame/html.js",
    "frame/icon.svg",
    "frame/socket-address.js",
    "vendor/htm.mjs",
    "vendor/preact.mjs",
    "vendor/preact-hooks.mjs",
    "vendor/signals.mjs",
    "vendor/signals-core.mjs",
)
_KINDS: Final = {
    "css": b"text/css; charset=utf-8",
    "js": b"text/javascript; charset=utf-8",
    "mjs": b"text/javascript; charset=utf-8",
    "svg": b"image/svg+xml",
}
HTML: Final = b"text/html; charset=utf-8"


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What the page is told about this desk."""

    title: str
    categories: tuple[str, ...]
    name_length: int
    contact_length: int
    text_length: int


class File(msgspec.Struct, frozen=True):
    """One answer that never changes."""

    kind: bytes
    content: bytes


def files(about: About) -> dict[str, File]:
    """By path. What the settings say stands in the page as escaped text."""
    told = html.escape(msgspec.json.encode(about).decode())
    page = (STATIC / "chat" / "chat.html").read_text()
    filled = page.replace("{{title}}", html.escape(about.title)).replace("{{about}}", told)
    found = {
        f"/static/{name}": File(_KINDS[name.rpartition(".")[2]], (STATIC / name).read_bytes())
        for name in FILES
    }
    return {PAGE: File(HTML, filled.encode()), **found}
