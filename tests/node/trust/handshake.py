"""A TLS handshake of two contexts in memory, played to its end: what each side saw."""

import ssl
from dataclasses import dataclass

from lanassist.node.trust.tls import Handshaken


@dataclass
class Side:
    """One end: what it sends and gets, and how its handshake went."""

    tls: ssl.SSLObject
    inbox: ssl.MemoryBIO
    outbox: ssl.MemoryBIO
    done: bool = False
    error: ssl.SSLError | None = None

    def step(self) -> None:
        """Go on with the handshake; once done, read, for that is when an alert shows."""
        if self.error:
            return
        try:
            if not self.done:
                self.tls.do_handshake()
                self.done = True
            else:
                self.tls.read(1)
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError as error:
            self.error = error


def side(context: ssl.SSLContext, *, server: bool) -> Side:
    """An end of a connection that has not begun."""
    inbox, outbox = ssl.MemoryBIO(), ssl.MemoryBIO()
    return Side(context.wrap_bio(inbox, outbox, server_side=server), inbox, outbox)


def handshake(server: ssl.SSLContext, client: ssl.SSLContext) -> tuple[Side, Side]:
    """Both ends, server first, after everything that they had to say to each other."""
    ends = side(server, server=True), side(client, server=False)
    for _ in range(6):
        for here, there in (ends[::-1], ends):
            here.step()
            there.inbox.write(here.outbox.read())
    return ends


def finished(end: Side) -> Handshaken:
    """The end's TLS object, whose handshake must have gone well."""
    assert end.done, end.error
    assert end.error is None, end.error
    return end.tls
