"""This machine does not let us (exit code 10)."""

from lanassist.node.errors.base import LanassistError


class MachineError(LanassistError):
    """This machine cannot do that: {why}."""

    code = "machine"
    exit_code = 10
    http_status = 503


class NodeNotRunning(MachineError):
    """No node is running for {home}. Start one with `lanassist node run`."""

    code = "node-not-running"


class NodeAlreadyRunning(MachineError):
    """A node is already running for {home} (process {pid}). Stop it first, or give this one its own
    `--home`."""

    code = "node-already-running"


class PortInUse(MachineError):
    """Port {port} on {host} is in use by another program. Choose another with {setting}."""

    code = "port-in-use"


class StorageFailed(MachineError):
    """{path} cannot be written: {why}. Nothing was changed."""

    code = "storage-failed"


class VideoNotInstalled(MachineError):
    """Recording needs the extra “video”. Install lanassist again with it: docs/admin-guide.md says how."""

    code = "video-not-installed"


class LedgerUnwritable(MachineError):
    """The ledger of {who}'s node cannot be written: {why}. Without it no session runs."""

    code = "ledger-unwritable"


class FileExists(MachineError):
    """{path} exists already and is not overwritten. Add `--force` if you mean to replace it."""

    code = "file-exists"


class FileUnreadable(MachineError):
    """{path} cannot be read: {why}."""

    code = "file-unreadable"
