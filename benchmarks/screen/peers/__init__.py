"""What is measured: equal siblings of one shape, listed here in the order of the report."""

from __future__ import annotations

from benchmarks.screen.peers.base import Peer
from benchmarks.screen.peers.lanassist import Lanassist
from benchmarks.screen.peers.novnc import NoVnc
from benchmarks.screen.peers.scraping import Scraping
from benchmarks.screen.peers.tigervnc import TigerVnc

_SIBLINGS: tuple[Peer, ...] = (Lanassist(), TigerVnc(), Scraping(), NoVnc())

PEERS = {peer.name: peer for peer in _SIBLINGS}
