"""Any message of the wire, within its bounds."""

from hypothesis import strategies as st

from lanassist.node.protocol import limits, messages
from lanassist.node.protocol.messages import (
    Display,
    DocumentNumber,
    GlanceRequest,
    Goodbye,
    Heartbeat,
    Hello,
    Message,
    Presence,
    Ready,
    Refusal,
    SessionChanged,
    SessionEnded,
    SessionGranted,
    SessionIntent,
    SessionRefused,
    SessionRenewed,
    SignedDocument,
    Version,
    Welcome,
)

short = st.text(max_size=limits.ID_LENGTH)
text = st.text(max_size=limits.REASON_LENGTH)
versions = st.builds(Version, st.integers(0, 1_000_000), st.integers(0, 1_000_000))
ages = st.floats(0, 1e9)
sides = st.integers(1, limits.DISPLAY_SIDE)
positions = st.integers(-limits.DISPLAY_SIDE * 2, limits.DISPLAY_SIDE * 2)
numbers = st.integers(1, limits.DISPLAYS)
displays = st.builds(
    Display,
    number=numbers,
    x=positions,
    y=positions,
    width=sides,
    height=sides,
    primary=st.booleans(),
    name=st.text(max_size=limits.NAME_LENGTH),
)
requests = st.builds(
    GlanceRequest,
    displays=st.lists(numbers, max_size=limits.DISPLAYS).map(tuple),
    lossless=st.booleans(),
)
session = {"session": short, "service": short}

BY_KIND: dict[type[Message], st.SearchStrategy[Message]] = {
    Hello: st.builds(
        Hello,
        version=versions,
        instance=short,
        port=st.integers(0, 65535),
        channel=st.sampled_from(["link", "media"]),
        session=short,
        nonce=short,
    ),
    Welcome: st.builds(Welcome, version=versions, instance=short),
    Refusal: st.builds(Refusal, version=versions, code=short, text=text),
    Ready: st.just(Ready()),
    Heartbeat: st.just(Heartbeat()),
    Goodbye: st.builds(Goodbye, code=short, text=text),
    DocumentNumber: st.builds(DocumentNumber, kind=short, number=st.integers(0, 2**53)),
    SignedDocument: st.builds(SignedDocument, kind=short, document=st.binary(max_size=2000)),
    Presence: st.builds(
        Presence,
        status=st.sampled_from(["available", "break"]),
        reason=text,
        status_age=ages,
        online_age=ages,
        activity_age=ages,
        locked=st.none() | st.booleans(),
        displays=st.lists(displays, max_size=limits.DISPLAYS).map(tuple),
        screen_error=text,
    ),
    SessionIntent: st.builds(SessionIntent, **session, request=requests, reason=text),
    SessionGranted: st.builds(SessionGranted, **session, nonce=short),
    SessionRefused: st.builds(SessionRefused, **session, code=short, text=text),
    SessionChanged: st.builds(SessionChanged, **session, request=requests),
    SessionRenewed: st.builds(SessionRenewed, **session),
    SessionEnded: st.builds(SessionEnded, **session, code=short, text=text),
}
assert set(BY_KIND) == set(messages.WIRE), "every message of the wire has its strategy"

any_message = st.one_of(list(BY_KIND.values()))
