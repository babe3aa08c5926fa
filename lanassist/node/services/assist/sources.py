"""Where the sound of this agent's calls comes from, as the settings say."""

from lanassist.node.config import CallsSettings
from lanassist.node.sound.base import Softphone, Source, Synthetic


def source_of(chosen: CallsSettings) -> Source | None:
    """None: calls have no sound here."""
    match chosen.source:
        case "softphone":
            return Softphone(headset=chosen.headset, microphone=chosen.microphone)
        case "synthetic":
            return Synthetic(
                customer=chosen.synthetic_customer,
                agent=chosen.synthetic_agent,
                record=chosen.synthetic_record,
            )
        case "none":
            return None
