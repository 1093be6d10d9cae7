import logging
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Django warns of every refused request; here there are thousands."""
    logger = logging.getLogger("django.request")
    logger.disabled = True
    yield
    logger.disabled = False
