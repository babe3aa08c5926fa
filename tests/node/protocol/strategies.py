"""Any message of the wire, within its bounds."""

from hypothesis import strategies as st

from lanassist.node.protocol import limits, messages
from lanassist.node.protocol.messages import (
    Act,
    Append,
    AppendAnswered,
    Appended,
    Block,
    BlockRequested,
    Blocks,
    BlocksDigest,
    Client,
    ColleaguesAsked,
    ColleaguesTold,
    ColleagueTold,
    ControlAction,
    ControlAnswered,
    ControlRequest,
    ConversationTold,
    DeskTold,
    Display,
    DocumentNumber,
    Draft,
    Entry,
    GlanceRequest,
    Goodbye,
    Granted,
    Heartbeat,
    Hello,
    HistoryAsked,
    HistoryTold,
    Holding,
    Holds,
    Load,
    LogAsked,
    LogTold,
    Message,
    Mirrored,
    MoveRequested,
    Offer,
    OfferAnswered,
    OfferWithdrawn,
    Past,
    Presence,
    Ready,
    Reconciled,
    Refusal,
    Released,
    RequestAnswered,
    SessionChanged,
    SessionEnded,
    SessionGranted,
    SessionIntent,
    SessionRefused,
    SessionRenewed,
    SignedDocument,
    Standing,
    StatusAnswered,
    StatusRequested,
    Took,
    Typing,
    Version,
    Watching,
    Welcome,
    Whisper,
    WhisperAnswered,
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
requests = st.just(ControlRequest()) | st.builds(
    GlanceRequest,
    displays=st.lists(numbers, max_size=limits.DISPLAYS).map(tuple),
    lossless=st.booleans(),
)
counts = st.integers(0, 1_000_000)
epochs = st.integers(0, 2**53)
seqs = st.integers(0, 2**31)
names = st.text(max_size=limits.NAME_LENGTH)
words = st.text(max_size=300) | st.just("w" * limits.ENTRY_LENGTH)
clients = st.builds(Client, id=short, name=names, contact=names)
acts = st.builds(
    Act,
    id=short,
    kind=st.sampled_from(["say", "note", "categorise", "complete"]),
    text=words,
    seen=seqs,
    actor=short,
    actor_name=names,
)
entries = st.lists(
    st.builds(
        Entry,
        seq=seqs,
        id=short,
        kind=st.sampled_from(["client", "say", "complete", "joined", "queued", "left", "blocked"]),
        text=words,
        node=short,
        name=names,
        epoch=epochs,
        actor=short,
        actor_name=names,
        age=ages,
    ),
    max_size=3,
).map(tuple)
loads = st.builds(
    Load,
    boot=short,
    number=epochs,
    available=st.booleans(),
    reason=text,
    active=counts,
    total=counts,
    idle_age=ages,
)
holds = st.lists(st.builds(Holds, short, epochs, seqs), max_size=5).map(tuple)
ids = st.lists(short, max_size=5).map(tuple)
blocks = st.builds(
    Block,
    client=short,
    number=epochs,
    node=short,
    blocked=st.booleans(),
    reason=text,
    by=names,
    name=names,
    seconds=st.none() | ages,
)
conversation = {"conversation": short, "epoch": epochs}
told = st.builds(
    ConversationTold,
    **conversation,
    client=clients,
    category=names,
    state=st.sampled_from(["waiting", "open", "done"]),
    owner=short,
    owner_name=names,
    orphaned=st.booleans(),
    since_age=ages,
)
past = st.builds(
    Past,
    conversation=short,
    category=names,
    state=st.sampled_from(["waiting", "open", "done"]),
    agent=names,
    began_age=ages,
    entries=seqs,
)
colleagues = st.builds(
    ColleagueTold,
    node=short,
    name=names,
    email=names,
    teams=st.lists(names, max_size=3).map(tuple),
    active=counts,
    total=counts,
    code=short,
    text=text,
)
asked = {"id": short, "code": short, "text": text}
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
        idle=st.booleans(),
        active=counts,
        total=counts,
        ongoing=counts,
        waiting=counts,
        waiting_age=st.none() | ages,
        completed=counts,
        aht=st.none() | ages,
        break_reasons=st.lists(text, max_size=limits.BREAK_REASONS).map(tuple),
    ),
    StatusRequested: st.builds(
        StatusRequested, id=short, status=st.sampled_from(["available", "break"]), reason=text
    ),
    StatusAnswered: st.builds(StatusAnswered, **asked),
    SessionIntent: st.builds(SessionIntent, **session, request=requests, reason=text),
    SessionGranted: st.builds(SessionGranted, **session, nonce=short),
    SessionRefused: st.builds(SessionRefused, **session, code=short, text=text),
    SessionChanged: st.builds(SessionChanged, **session, request=requests),
    SessionRenewed: st.builds(SessionRenewed, **session),
    SessionEnded: st.builds(SessionEnded, **session, code=short, text=text),
    Holding: st.builds(Holding, load=loads, held=holds),
    Reconciled: st.builds(Reconciled, boot=short, number=epochs),
    Offer: st.builds(Offer, **conversation, offer=short, client=clients, category=names),
    OfferAnswered: st.builds(
        OfferAnswered,
        offer=short,
        conversation=short,
        accepted=st.booleans(),
        code=short,
        text=text,
        load=loads,
    ),
    OfferWithdrawn: st.builds(OfferWithdrawn, offer=short),
    Granted: st.builds(Granted, **conversation, offer=short, client=clients, category=names, entries=entries),
    Appended: st.builds(Appended, **conversation, entries=entries),
    Took: st.builds(Took, **conversation, seq=seqs),
    Released: st.builds(
        Released,
        **conversation,
        code=st.sampled_from(["moved", "completed", "left", "blocked", "unknown"]),
    ),
    Append: st.builds(Append, **conversation, acts=st.lists(acts, max_size=3).map(tuple)),
    AppendAnswered: st.builds(AppendAnswered, conversation=short, accepted=ids, refused=ids, returned=ids),
    MoveRequested: st.builds(
        MoveRequested, **conversation, id=short, to=short, actor=short, actor_name=names
    ),
    BlockRequested: st.builds(
        BlockRequested,
        id=short,
        client=short,
        blocked=st.booleans(),
        reason=text,
        seconds=st.none() | ages,
    ),
    RequestAnswered: st.builds(RequestAnswered, **asked),
    Typing: st.builds(Typing, conversation=short, typing=st.booleans()),
    Blocks: st.builds(Blocks, blocks=st.lists(blocks, max_size=5).map(tuple)),
    BlocksDigest: st.builds(BlocksDigest, digest=short),
    ConversationTold: told,
    Standing: st.builds(Standing, conversations=st.lists(told, max_size=3).map(tuple), last=st.booleans()),
    DeskTold: st.builds(DeskTold, categories=st.lists(names, max_size=5).map(tuple)),
    LogAsked: st.builds(LogAsked, id=short, conversation=short, of=short, after=seqs),
    LogTold: st.builds(LogTold, id=short, conversation=short, entries=entries, more=st.booleans()),
    HistoryAsked: st.builds(HistoryAsked, id=short, conversation=short),
    HistoryTold: st.builds(HistoryTold, id=short, client=clients, past=st.lists(past, max_size=3).map(tuple)),
    ColleaguesAsked: st.builds(ColleaguesAsked, id=short, conversation=short, after=counts),
    ColleaguesTold: st.builds(
        ColleaguesTold,
        id=short,
        after=counts,
        colleagues=st.lists(colleagues, max_size=3).map(tuple),
        more=st.booleans(),
    ),
    Watching: st.builds(Watching, watching=st.booleans()),
    Mirrored: st.builds(
        Mirrored,
        **conversation,
        desk=short,
        client=clients,
        category=names,
        state=st.sampled_from(["held", "completing", "done", "moved"]),
        unsent=counts,
        since_age=ages,
        typing=st.booleans(),
        waiting_age=st.none() | ages,
        length=seqs,
        entries=entries,
    ),
    Draft: st.builds(Draft, conversation=short, text=words),
    Whisper: st.builds(Whisper, id=short, conversation=short, text=words),
    WhisperAnswered: st.builds(WhisperAnswered, **asked),
    ControlAction: st.builds(
        ControlAction,
        **session,
        token=short,
        conversation=short,
        act=st.none() | acts,
        id=short,
        to=short,
    ),
    ControlAnswered: st.builds(ControlAnswered, **session, **asked),
}
assert set(BY_KIND) == set(messages.WIRE), "every message of the wire has its strategy"

any_message = st.one_of(list(BY_KIND.values()))
