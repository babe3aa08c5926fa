"""The node's settings: frozen, from ``<home>/lanassist.toml`` and from the environment, which wins.

``python -m lanassist.node.config > docs/settings.md`` writes the list of all of them.
"""

from lanassist.node.config.reading import load_settings
from lanassist.node.config.sections import (
    CallsSettings,
    ConversationsSettings,
    DeskSettings,
    DiscoverySettings,
    GlanceSettings,
    LinkSettings,
    PageSettings,
    PresenceSettings,
    Settings,
)
from lanassist.node.home_folder import home_folder

__all__ = [
    "CallsSettings",
    "ConversationsSettings",
    "DeskSettings",
    "DiscoverySettings",
    "GlanceSettings",
    "LinkSettings",
    "PageSettings",
    "PresenceSettings",
    "Settings",
    "home_folder",
    "load_settings",
]
