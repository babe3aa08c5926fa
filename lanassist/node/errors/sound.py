"""This machine has no sound, or it broke off (exit code 10)."""

from lanassist.node.errors.machine import MachineError


class SoundUnavailable(MachineError):
    """Sound does not work on this machine: {why}. The call itself goes on."""

    code = "sound"


class SoundNotInstalled(SoundUnavailable):
    """Sound needs a part that is not installed: {missing}. Install it with `{command}`. The call itself
    goes on."""

    code = "sound-not-installed"


class SoundExtraNotInstalled(SoundNotInstalled):
    """Sound needs the extra “sound”; its {missing} is missing. Install lanassist again with it:
    docs/admin-guide.md says how. The call itself goes on."""

    code = "sound-extra-not-installed"


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
