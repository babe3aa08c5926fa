"""Every size, rate and timeout of the protocol, named, in one place. Sizes in bytes, times in seconds."""

from typing import Final

# Before a peer is authenticated
HANDSHAKE_DEADLINE: Final = 5.0
"""TLS, WebSocket upgrade and Hello together; a silent socket is closed after this."""
PRE_AUTH_BYTES: Final = 16 * 1024
"""What is read from a peer before its certificate and Hello are accepted."""
HALF_OPEN_PER_ADDRESS: Final = 64
HALF_OPEN_TOTAL: Final = 512
LINKS_TOTAL: Final = 2048

# A link
HEARTBEAT_EVERY: Final = 2.0
DEAD_AFTER: Final = 6.0
SILENCE: Final = 5.0
"""A peer not heard for this long is dead: flagged within DEAD_AFTER, also by a busy node."""
MESSAGE_BYTES: Final = 1024 * 1024
OUTBOX_MESSAGES: Final = 512
"""Messages waiting to be written to one peer; a peer that lets more pile up is cut off."""
OUTBOX_BYTES: Final = 8 * 1024 * 1024
CLOSE_DEADLINE: Final = 1.0
RECEIVE_BUFFER: Final = 64 * 1024
"""trio-websocket's own 4 KiB default gives a third of the throughput (docs/performance.md)."""

# Dialling
DIAL_DEADLINE: Final = 5.0
DIALS_AT_ONCE: Final = 32
BACKOFF_FIRST: Final = 0.5
BACKOFF_LAST: Final = 15.0
CANDIDATE_STAGGER: Final = 0.3
"""The next address of the same node is tried beside a slow one after this."""
CANDIDATES_PER_NODE: Final = 8
KNOWN_NAMES: Final = 2048
"""mDNS names remembered at once; a flood of others is dropped."""

# Text in messages (characters)
NAME_LENGTH: Final = 200
REASON_LENGTH: Final = 300
BREAK_REASONS: Final = 32
ID_LENGTH: Final = 64
DISPLAYS: Final = 16

MOST_CAPACITY: Final = 100
"""Clients of one agent at once."""

# Sessions
LEASE_EVERY: Final = 1.0
LEASE: Final = 3.0
SESSION_ANSWER: Final = 10.0
SESSIONS_PER_NODE: Final = 64
SESSIONS_PER_PEER: Final = 16
"""Of one supervisor, of one service, at one agent's node."""
BEGINNINGS: Final = 120
"""Sessions of one service that one supervisor's node may begin within BEGINNINGS_WITHIN."""
BEGINNINGS_WITHIN: Final = 60.0
CHANGES: Final = 600
"""Changes of one session within CHANGES_WITHIN; each is written into both ledgers."""
CHANGES_WITHIN: Final = 60.0
CONSENT: Final = 30.0
"""How long an agent who is asked first has to say yes."""
SIGN_EVERY: Final = 10.0
"""The supervisor's node signs this often that somebody is looking."""
SIGNED_LEASE: Final = 25.0
"""Without a signature for this long a session ends, however often it is renewed without one."""
STATEMENT_BYTES: Final = 4096
"""Of what one end signs about a session: more than every field at its longest."""
HEADS_EVERY: Final = 60.0
"""Heads of chains that have grown are signed this often, while linked."""
HEADS_PER_PEER: Final = 240
"""Words about heads that one peer may say a minute; more are passed over."""
WITNESSED: Final = 4096
"""Heads of others' chains that one node keeps."""
REASON_DEADLINE: Final = 1.0
"""Once a picture channel is over: how long the other end, or the page, is given to say why."""


# Media channels and pictures
MEDIA_MESSAGE_BYTES: Final = 64 * 1024
MEDIA_DEADLINE: Final = 5.0
"""A granted media channel that has not opened by then is not waited for."""
VIEWER_MESSAGE_BYTES: Final = 64
UPDATES_IN_FLIGHT: Final = 2
DISPLAY_SIDE: Final = 16384
"""Pixels on one side of a display; X11's own coordinates end at 32767."""
DISPLAY_PIXELS: Final = 64 * 1024 * 1024
"""Of one display; bounds what a viewer allocates on a peer's word (256 MiB)."""
UPDATE_RECTANGLES: Final = 20_000
UPDATE_BYTES: Final = 48 * 1024 * 1024
UPDATE_RAW_BYTES: Final = 32 * 1024 * 1024
"""Pixels (4 bytes each) that one update covers at most; the rest follows in the next one."""
UPDATE_OVERDRAW: Final = 2
"""The rectangles of one update cover the display at most this often."""
TILE_SIDE: Final = 64
"""Pixels on each side of a tile, in which changes are counted and content is kept."""
CACHED_TILES: Final = 4096
"""Of one display: eight full-HD screens or two in 4K, 64 MiB of pixels at each end."""
VIDEO_STREAMS: Final = 4
"""Regions of one display that move like video at once."""
VIDEO_FRAMES: Final = 10
"""A viewer that missed more frames than this gets no more of them until a key frame."""
VIDEO_CODECS: Final = 8
"""Named in one request."""
SIGNED_DOCUMENT_BYTES: Final = 512 * 1024
REVOKED_SERIALS: Final = 20_000

# Conversations
LONGEST_AGE: Final = 1e9
"""Seconds, thirty years: more is a clock that was set right, and is told as this."""
ENTRY_LENGTH: Final = 4000
"""Characters of one entry of a conversation's log."""
ACTS_PER_MESSAGE: Final = 40
ENTRIES_PER_MESSAGE: Final = 40
"""So many entries of full length in four-byte characters, with their names, stay below MESSAGE_BYTES."""
LOG_ENTRIES: Final = 10_000
"""Of one conversation; its client is asked to start another then."""
HELD: Final = 1000
"""Conversations that one agent holds of one desk."""
BLOCKS_PER_MESSAGE: Final = 200
TOLD_PER_MESSAGE: Final = 100
"""Conversations in one message that tells a supervisor how things stand."""
CATEGORIES: Final = 64
"""Of one desk."""
OPEN_PER_CLIENT: Final = 5
"""Conversations of one client at one desk that are not done."""
HISTORY: Final = 50
"""Other conversations of a client that are listed."""
COLLEAGUES_PER_MESSAGE: Final = 100
TEAMS_TOLD: Final = 8
"""Of a colleague."""
RESEND: Final = 2.0
"""What has no answer is sent again after this."""
OFFER_ANSWER: Final = 5.0
"""An agent that does not answer an offer by then is passed over."""
REQUEST_ANSWER: Final = 12.0
"""A request to a desk that has no answer by then is given up; longer than the offer within it."""
TYPING_AGAIN: Final = 3.0
"""Whoever goes on typing says so this often."""
TYPING: Final = 8.0
"""Somebody who has not said so for this long does not type any more."""
HOLDING_EVERY: Final = 30.0
"""Agents and desks compare what they believe at least this often, also when nothing happens."""
WATCH_AGAIN: Final = 10.0
"""Pages and commands that look on at an agent say so this often."""
WATCH: Final = 30.0
"""One that has not said so for this long looks on no more."""

# Connectors
TAKE_WAIT: Final = 25.0
"""The longest that a connector may wait for news in one request."""
TAKES_WAITING: Final = 8
"""Requests of one connector that wait at once; one more sends the oldest away with nothing."""
TAKEN_AT_ONCE: Final = 40
"""Entries in one answer to a connector."""
IN_HAND: Final = 1000
"""Conversations of which a connector may have entries that it has not acknowledged."""
CONNECTORS_LISTED: Final = 500
"""Conversations in one answer to a connector that asks what is open."""

# Presence
PRESENCE_EVERY: Final = 0.25
"""An agent's figures are told at most this often; a change of status is told at once."""
STATUS_ANSWER: Final = 5.0
"""An agent's node that has not answered a request to change its status by then is given up."""
