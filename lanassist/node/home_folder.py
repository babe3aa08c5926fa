"""Where a node's home is. Apart from the settings, because every CLI command asks and must answer fast."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

HOME: Final = "LANASSIST_HOME"


def home_folder(option: Path | None, environ: Mapping[str, str]) -> Path:
    """The node's home: ``--home``, else ``LANASSIST_HOME``, else a folder of the user's data. Absolute."""
    named = option or Path(environ.get(HOME, ""))
    return (named if named != Path() else _default()).expanduser().absolute()


def _default() -> Path:
    import platformdirs  # here because most calls name a home and need not wait for it

    return platformdirs.user_data_path("lanassist", appauthor=False)
