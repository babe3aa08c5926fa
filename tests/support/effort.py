"""How thoroughly tests look that try one thing many times."""

import os
from typing import Final

FAST: Final = bool(os.environ.get("LANASSIST_FAST"))
"""Whether it must be quick (scripts/test --fast)."""


def many(times: int) -> int:
    """That many times; a fifth where it must be quick."""
    return times // 5 if FAST else times
