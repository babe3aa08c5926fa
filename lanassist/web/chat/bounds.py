"""What the chat page allows. Everybody on the LAN reaches it, so every size, rate and wait has an end."""

from typing import Final

import msgspec


class Rate(msgspec.Struct, frozen=True):
    """So many at once, and one more each so many seconds."""

    burst: int
    seconds: float


# Connections
CONNECTIONS: Final = 1024
CONNECTIONS_PER_ADDRESS: Final = 48
"""With more, the oldest of the busiest address makes room: a flood ends only itself."""
HANDSHAKE_SECONDS: Final = 5.0
HEAD_SECONDS: Final = 10.0
"""From the connection, or the last answer, to the last byte of a request's head."""
HEAD_BYTES: Final = 16 * 1024
BODY_SECONDS: Final = 10.0
BODY_BYTES: Final = 64 * 1024
"""ENTRY_LENGTH characters, each written as two JSON escapes, and the other fields."""
SEND_SECONDS: Final = 20.0
"""A browser that takes nothing for so long is gone."""

# Live sockets
LIVE: Final = 600
LIVE_PER_ADDRESS: Final = 24
LIVE_PER_CLIENT: Final = 6
"""Tabs of one browser."""
ALIVE_EVERY: Final = 10.0
"""The page takes a socket for lost that says nothing for two and a half times as long."""
HEARD_BYTES: Final = 4096
"""A page says nothing on its socket. This is room for the closing, under TLS; with more it is cut off."""

# Rates
KEYS: Final = 4096
"""Addresses or clients whose rate is remembered."""
REQUESTS: Final = Rate(240, 0.05)
"""Of one address; a page and its files are about twenty."""
STARTS_WITHIN: Final = 600.0
"""Seconds in which an address may begin as many conversations as the setting says."""
WORDS: Final = Rate(20, 1.0)
"""Of one client."""
WORDS_PER_ADDRESS: Final = Rate(120, 0.1)
TYPING: Final = Rate(8, 0.5)
READS: Final = Rate(30, 0.5)
TRANSCRIPTS: Final = Rate(3, 5.0)

# Words
NAME_LENGTH: Final = 80
CONTACT_LENGTH: Final = 120
ENTRIES_AT_ONCE: Final = 200
"""In one answer or one message to a page."""

COOKIE_SECONDS: Final = 90 * 86400
