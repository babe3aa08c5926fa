"""One throw-away site a test."""

import pytest

from tests.support.site import Site


@pytest.fixture
def site() -> Site:
    return Site()
