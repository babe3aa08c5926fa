"""Every error of lanassist. The docstring of a class is the sentence that its user reads.

Placeholders in the sentence are filled from the keyword arguments of the constructor, so an error is
raised as ``raise UnknownAgent(agent="dana")`` and says the same words in the CLI (with its exit code),
on the page and in the API (with its HTTP status).
"""

from lanassist.node.errors.access import (
    ForeignOrigin as ForeignOrigin,
    LocalAccessDenied as LocalAccessDenied,
    MissingGrant as MissingGrant,
    MissingRole as MissingRole,
    NotAuthorised as NotAuthorised,
)
from lanassist.node.errors.base import (
    LanassistError as LanassistError,
    sentence as sentence,
)
from lanassist.node.errors.calls import (
    CallOngoing as CallOngoing,
    NoCall as NoCall,
    NoHelpAsked as NoHelpAsked,
    NoRoutedCall as NoRoutedCall,
    NotAssisting as NotAssisting,
    OutboundCall as OutboundCall,
)
from lanassist.node.errors.input import (
    AmbiguousAgent as AmbiguousAgent,
    AmbiguousName as AmbiguousName,
    BadInput as BadInput,
    BadPolicy as BadPolicy,
    BadSetting as BadSetting,
    NoSuchClient as NoSuchClient,
    NoSuchConversation as NoSuchConversation,
    UnknownAgent as UnknownAgent,
    UnknownClient as UnknownClient,
    UnknownCommand as UnknownCommand,
    UnknownConversation as UnknownConversation,
    UnknownDisplay as UnknownDisplay,
    UnknownSession as UnknownSession,
)
from lanassist.node.errors.ledger import (
    LedgerBroken as LedgerBroken,
)
from lanassist.node.errors.lookup import (
    Refused as Refused,
    by_code as by_code,
    first_of as first_of,
    said_elsewhere as said_elsewhere,
)
from lanassist.node.errors.machine import (
    FileExists as FileExists,
    FileUnreadable as FileUnreadable,
    LedgerUnwritable as LedgerUnwritable,
    MachineError as MachineError,
    NodeAlreadyRunning as NodeAlreadyRunning,
    NodeNotRunning as NodeNotRunning,
    PortInUse as PortInUse,
    StorageFailed as StorageFailed,
    VideoNotInstalled as VideoNotInstalled,
)
from lanassist.node.errors.reach import (
    LinkBroken as LinkBroken,
    LinkLost as LinkLost,
    NotLanassist as NotLanassist,
    Offline as Offline,
    TooBusy as TooBusy,
    Unreachable as Unreachable,
    VersionMismatch as VersionMismatch,
)
from lanassist.node.errors.refused import (
    AgentDeclined as AgentDeclined,
    AgentSilent as AgentSilent,
    BeingAssisted as BeingAssisted,
    ClientBlocked as ClientBlocked,
    ControlTaken as ControlTaken,
    HelpTaken as HelpTaken,
    ListenInRequired as ListenInRequired,
    NobodyAsks as NobodyAsks,
    NotInControl as NotInControl,
    PauseNotAllowed as PauseNotAllowed,
    PolicyOff as PolicyOff,
    ReasonRequired as ReasonRequired,
    RefusedByPolicy as RefusedByPolicy,
    ScreenLocked as ScreenLocked,
    TakeControlFirst as TakeControlFirst,
    WatchingIsPaused as WatchingIsPaused,
)
from lanassist.node.errors.screen import (
    ScreenUnavailable as ScreenUnavailable,
    ScreenUnmaskable as ScreenUnmaskable,
)
from lanassist.node.errors.sound import (
    NoCallSound as NoCallSound,
    NoCallSource as NoCallSource,
    NoSoundServer as NoSoundServer,
    SoundDeviceLost as SoundDeviceLost,
    SoundEngineCrashed as SoundEngineCrashed,
    SoundExtraNotInstalled as SoundExtraNotInstalled,
    SoundNotInstalled as SoundNotInstalled,
    SoundServerLost as SoundServerLost,
    SoundUnavailable as SoundUnavailable,
    UnknownSoundDevice as UnknownSoundDevice,
)
from lanassist.node.errors.trust import (
    BadCertificate as BadCertificate,
    BadSignature as BadSignature,
    BadSignedDocument as BadSignedDocument,
    CertificateRefused as CertificateRefused,
    DeskNotCertified as DeskNotCertified,
    NoIdentity as NoIdentity,
    NoPageCertificate as NoPageCertificate,
    PeerCertificateInvalid as PeerCertificateInvalid,
    TrustError as TrustError,
    UnsafeKeyFile as UnsafeKeyFile,
    WrongPeer as WrongPeer,
)
from lanassist.node.errors.work import (
    Absent as Absent,
    AtCapacity as AtCapacity,
    BeingMoved as BeingMoved,
    ConversationMoved as ConversationMoved,
    NoAnswer as NoAnswer,
    NobodyHasIt as NobodyHasIt,
    NoDesk as NoDesk,
    NoReply as NoReply,
    TooManyConversations as TooManyConversations,
)
