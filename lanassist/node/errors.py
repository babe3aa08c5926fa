"""Every error of lanassist. The docstring of a class is the sentence that its user reads.

Placeholders in the sentence are filled from the keyword arguments of the constructor, so an error is
raised as ``raise UnknownAgent(agent="dana")`` and says the same words in the CLI (with its exit code),
on the page and in the API (with its HTTP status).
"""

import inspect
from typing import ClassVar, Self, TypeVar

ErrorT = TypeVar("ErrorT", bound=BaseException)


class LanassistError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 400

    def __init__(self, **details: object) -> None:
        self.details = details
        super().__init__(sentence(type(self)).format(**details))

    @classmethod
    def worded(cls, text: str) -> Self:
        """This kind of error in the words of the node that decided it."""
        error = cls.__new__(cls)
        Exception.__init__(error, text)
        error.details = {}
        return error

    @property
    def text(self) -> str:
        """The sentence, filled in."""
        return str(self)


def sentence(kind: type[LanassistError]) -> str:
    """The unfilled sentence of an error: its docstring on one line."""
    return " ".join(inspect.cleandoc(kind.__doc__ or "").split())


# --- bad input (exit code 2) -------------------------------------------------------------------------


class BadInput(LanassistError):
    """{what} is not usable: {why}."""

    code = "bad-input"
    exit_code = 2


class UnknownAgent(BadInput):
    """No agent called “{agent}” is known here. `lanassist agents list` shows those that are."""

    code = "unknown-agent"
    http_status = 404


class AmbiguousAgent(BadInput):
    """“{agent}” fits more than one agent ({candidates}). Give the full e-mail address."""

    code = "ambiguous-agent"


class UnknownDisplay(BadInput):
    """{agent} has no display {display}; there is {available}."""

    code = "unknown-display"


class UnknownSession(BadInput):
    """No glance of that name is running; it may have ended already."""

    code = "unknown-session"
    http_status = 404


class UnknownConversation(BadInput):
    """There is no such conversation here."""

    code = "unknown-conversation"
    http_status = 404


class UnknownClient(BadInput):
    """No client of that name is known here."""

    code = "unknown-client"
    http_status = 404


class AmbiguousName(BadInput):
    """“{name}” fits more than one: {candidates}. Give the beginning of an id."""

    code = "ambiguous-name"


class UnknownCommand(BadInput):
    """There is no command “{command}”. The API's own page lists all of them."""

    code = "unknown-command"
    http_status = 404


class BadSetting(BadInput):
    """{where}: {why}. docs/settings.md lists every setting."""

    code = "bad-setting"


class BadPolicy(BadInput):
    """{where}: {why}. docs/policy.md explains every key."""

    code = "bad-policy"


# --- not authorised (exit code 3) --------------------------------------------------------------------


class NotAuthorised(LanassistError):
    """Not authorised."""

    code = "not-authorised"
    exit_code = 3
    http_status = 403


class MissingRole(NotAuthorised):
    """This needs the role “{role}”, which the certificate of {who} does not carry. Ask your admin for one
    that does."""

    code = "missing-role"


class MissingGrant(NotAuthorised):
    """The certificate of {who} lacks the grant “{grant}”. Ask your admin for one that carries it."""

    code = "missing-grant"


class LocalAccessDenied(NotAuthorised):
    """This page is not signed in to the node. Run `lanassist open` for a fresh address."""

    code = "local-access-denied"
    http_status = 401


class ForeignOrigin(NotAuthorised):
    """Requests to the node are accepted from its own page only; this one came from {origin}."""

    code = "foreign-origin"


# --- certificates and trust (exit code 3) ------------------------------------------------------------


class TrustError(LanassistError):
    """A certificate was not accepted."""

    code = "trust"
    exit_code = 3
    http_status = 403


class NoIdentity(TrustError):
    """{home} holds no identity yet. Install the bundle that your admin issued:
    `lanassist node install BUNDLE`."""

    code = "no-identity"


class NoPageCertificate(TrustError):
    """The chat page has no certificate: {path} is not there. Make one with
    `lanassist-ca page-certificate` and put it there with its key, or set desk.plain_http to true to do
    without."""

    code = "no-page-certificate"


class DeskNotCertified(TrustError):
    """desk.enabled is on, but the certificate of {who} does not carry the role “desk”. Ask your admin for
    one that does, or turn it off."""

    code = "desk-not-certified"


class UnsafeKeyFile(TrustError):
    """{path} is not safe to use as a key: {why}. Fix it with `{fix}`."""

    code = "unsafe-key-file"


class BadCertificate(TrustError):
    """The certificate in {path} cannot be used: {why}."""

    code = "bad-certificate"


class CertificateRefused(TrustError):
    """{who} refused this node's certificate: {why}."""

    code = "certificate-refused"


class PeerCertificateInvalid(TrustError):
    """The certificate of {who} is not acceptable: {why}."""

    code = "peer-certificate-invalid"


class WrongPeer(TrustError):
    """{address} answered as {found}, but {expected} was meant. Not connected."""

    code = "wrong-peer"


class BadSignature(TrustError):
    """{who}'s node did not sign this session as it must: {why}."""

    code = "bad-signature"


class BadSignedDocument(TrustError):
    """{path} is not a document signed by this site's authority: {why}."""

    code = "bad-signed-document"


# --- offline, unreachable (exit code 4) --------------------------------------------------------------


class Offline(LanassistError):
    """{agent} is offline{since}."""

    code = "agent-offline"
    exit_code = 4
    http_status = 409


class LinkLost(LanassistError):
    """The link to {agent} was lost."""

    code = "link-lost"
    exit_code = 4
    http_status = 409


class LinkBroken(LinkLost):
    """The link to {agent} was lost: {why}."""

    code = "link-broken"


class Unreachable(LanassistError):
    """{address} cannot be reached: {why}."""

    code = "unreachable"
    exit_code = 4
    http_status = 503


class VersionMismatch(LanassistError):
    """{who} speaks protocol {theirs}, this node {ours}: no version in common. Update the older of the two."""

    code = "version-mismatch"
    exit_code = 4


class NotLanassist(LanassistError):
    """{address} does not answer like a lanassist node: {why}."""

    code = "not-lanassist"
    exit_code = 4


class TooBusy(LanassistError):
    """{who} has no room for another connection right now; trying again by itself."""

    code = "too-busy"
    exit_code = 4


# --- the agent's state (exit codes 5 to 8) -----------------------------------------------------------


class Absent(LanassistError):
    """{agent} is absent ({why})."""

    code = "agent-absent"
    exit_code = 5
    http_status = 409


class AtCapacity(LanassistError):
    """{agent} is at maximum capacity ({active}/{total})."""

    code = "agent-at-capacity"
    exit_code = 6
    http_status = 409


class TooManyConversations(LanassistError):
    """This client has {count} conversations open already."""

    code = "too-many-conversations"
    http_status = 409


class ConversationMoved(LanassistError):
    """This conversation is not in {agent}'s hands any more. What was not sent is kept below it."""

    code = "conversation-moved"
    http_status = 409


class NobodyHasIt(LanassistError):
    """No agent has the conversation with {client}, so nobody can act in it. Assign it first:
    `lanassist chats assign`."""

    code = "nobody-has-it"
    http_status = 409


class BeingMoved(LanassistError):
    """This conversation is being moved already; try again in a moment."""

    code = "being-moved"
    http_status = 409


class NoAnswer(LanassistError):
    """{agent}'s node did not answer in time. Nothing was moved."""

    code = "no-answer"
    exit_code = 4
    http_status = 409


class NoReply(NoAnswer):
    """{who} has not answered in time. Look before you try again: it may have heard."""

    code = "no-reply"


class NoDesk(LanassistError):
    """No desk is connected that could do this."""

    code = "no-desk"
    exit_code = 4
    http_status = 409


class NoRoutedCall(LanassistError):
    """{agent} has no routed call."""

    code = "no-routed-call"
    exit_code = 7
    http_status = 409


class OutboundCall(NoRoutedCall):
    """{agent} is on an outbound call: assist is for inbound calls."""

    code = "outbound-call"


class NoCall(NoRoutedCall):
    """There is no call {that}."""

    code = "no-call"


class CallOngoing(LanassistError):
    """A call is on already{which}. End it first: `lanassist call end`."""

    code = "call-ongoing"
    http_status = 409


class NotAssisting(BadInput):
    """No assist of that name is running; it may have ended already."""

    code = "not-assisting"
    http_status = 404


class NoHelpAsked(BadInput):
    """{agent} does not ask for help (any more)."""

    code = "no-help-asked"
    http_status = 404


class RefusedByPolicy(LanassistError):
    """{agent}'s machine refuses this: {why}."""

    code = "refused-by-policy"
    exit_code = 8
    http_status = 409


class PolicyOff(RefusedByPolicy):
    """The policy of your site does not allow {what}."""

    code = "policy-off"


class ReasonRequired(RefusedByPolicy):
    """The policy of your site wants a reason for {what}. Say why, then try again."""

    code = "reason-required"


class WatchingIsPaused(RefusedByPolicy):
    """{agent} has paused watching: {left} left."""

    code = "watching-paused"


class AgentDeclined(RefusedByPolicy):
    """{agent} was asked and said no."""

    code = "agent-declined"


class AgentSilent(RefusedByPolicy):
    """{agent} was asked and did not answer within {seconds} seconds."""

    code = "agent-silent"


class PauseNotAllowed(RefusedByPolicy):
    """{why}"""

    code = "pause-not-allowed"


class NobodyAsks(BadInput):
    """Nobody waits for your answer to that; it may be over already."""

    code = "nobody-asks"
    http_status = 404


class ClientBlocked(RefusedByPolicy):
    """This client is blocked{reason}."""

    code = "client-blocked"


class ControlTaken(RefusedByPolicy):
    """{agent}'s conversations are under the control of {holder}."""

    code = "control-taken"


class NotInControl(RefusedByPolicy):
    """Control of {agent}'s conversations is not in your hands (any more)."""

    code = "not-in-control"


class TakeControlFirst(RefusedByPolicy):
    """Take control of {agent} first."""

    code = "take-control-first"


class ListenInRequired(RefusedByPolicy):
    """{agent} does not let listen in, and this site's policy requires it."""

    code = "listen-in-required"


class BeingAssisted(RefusedByPolicy):
    """{agent} is being assisted by {holder}."""

    code = "being-assisted"


class HelpTaken(RefusedByPolicy):
    """{holder} is helping {agent} already."""

    code = "help-taken"


class ScreenLocked(RefusedByPolicy):
    """The screen of {agent} is locked."""

    code = "screen-locked"


# --- the screen (exit code 9) ------------------------------------------------------------------------


class ScreenUnavailable(LanassistError):
    """The screen cannot be shown: {why}."""

    code = "screen-unavailable"
    exit_code = 9
    http_status = 409


class ScreenUnmaskable(ScreenUnavailable):
    """The screen cannot be shown: {why}."""

    code = "screen-unmaskable"


# --- this machine (exit code 10) ---------------------------------------------------------------------


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
    """Recording needs the extra “video”. `pip install 'lanassist[video]'` installs it."""

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


class SoundUnavailable(MachineError):
    """Sound does not work on this machine: {why}. The call itself goes on."""

    code = "sound"


class SoundNotInstalled(SoundUnavailable):
    """Sound needs a part that is not installed: {missing}. Install it with `{command}`. The call itself
    goes on."""

    code = "sound-not-installed"


class NoSoundServer(SoundUnavailable):
    """No sound server answers on this machine. Start PulseAudio or PipeWire (with pipewire-pulse) in the
    user's session. The call itself goes on."""

    code = "no-sound-server"


class SoundServerLost(SoundUnavailable):
    """The sound server of this machine has stopped. Sound comes back by itself when it runs again."""

    code = "sound-server-lost"


class UnknownSoundDevice(SoundUnavailable):
    """There is no {kind} called “{name}” on this machine; there is {available}."""

    code = "unknown-sound-device"


class SoundDeviceLost(SoundUnavailable):
    """The {kind} “{name}” is gone. Plug it in again or choose another. The call itself goes on."""

    code = "sound-device-lost"


class SoundEngineCrashed(SoundUnavailable):
    """The sound engine of this machine stopped unexpectedly and was started again. The call itself goes on;
    assist it again."""

    code = "sound-engine-crashed"


class NoCallSource(SoundUnavailable):
    """This machine gives no sound of calls: the setting calls.source is not set there."""

    code = "no-call-source"


class NoCallSound(SoundUnavailable):
    """No call is on whose sound could be changed."""

    code = "no-call-sound"


# --- the ledger (exit code 11) -----------------------------------------------------------------------


class LedgerBroken(LanassistError):
    """The ledger is not whole. {first}."""

    code = "ledger-broken"
    exit_code = 11
    http_status = 409


class Refused(LanassistError):
    """{reason}"""

    # A refusal that a peer or the node has worded; it keeps the code and exit code of its kind.
    code = "refused"
    http_status = 409


def said_elsewhere(code: str, text: str) -> LanassistError:
    """A refusal that came from another node: its own words, with the exit code of its kind."""
    return by_code().get(code, Refused).worded(text)


def _tree(kind: type[LanassistError]) -> list[type[LanassistError]]:
    return [kind, *(below for child in kind.__subclasses__() for below in _tree(child))]


def first_of(group: BaseExceptionGroup[ErrorT]) -> ErrorT:
    """The first error in nurseries within nurseries: the one sentence to tell."""
    inner = group.exceptions[0]
    return first_of(inner) if isinstance(inner, BaseExceptionGroup) else inner


def by_code() -> dict[str, type[LanassistError]]:
    """Every error class by its code, for turning a refusal that came over a wire into its exit code."""
    return {kind.code: kind for kind in _tree(LanassistError)}
