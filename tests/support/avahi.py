"""A foreign mDNS browser on a machine of a small network: avahi, with a message bus of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.dbus import Bus
from tests.support.namespaces import Namespace

AVAHI = """[server]
use-ipv4=yes
use-ipv6=no
enable-dbus=yes
[publish]
publish-workstation=no
publish-hinfo=no
"""


@contextmanager
def avahi_browse(machine: Namespace, folder: Path) -> Iterator[list[str]]:
    """The words of ``avahi-browse``, to be followed by a service type; ``folder`` is for its files."""
    (folder / "avahi.conf").write_text(AVAHI)
    with Bus() as bus, (folder / "avahi.log").open("w") as log:
        environment = f"DBUS_SYSTEM_BUS_ADDRESS={bus.address}"
        # A /run of its own keeps it apart from an avahi-daemon of this machine.
        daemon = (
            f"mount -t tmpfs none /run && exec env {environment} avahi-daemon --file={folder}/avahi.conf"
            " --no-drop-root --no-chroot --no-rlimits"
        )
        machine.popen("unshare", "--mount", "sh", "-c", daemon, stdout=log, stderr=log)
        yield machine.command("env", environment, "avahi-browse", "--resolve", "--terminate", "--parsable")
