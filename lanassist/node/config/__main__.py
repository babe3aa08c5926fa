"""Print docs/settings.md."""

from lanassist.node.config.listing import settings_page

print(settings_page(), end="")
