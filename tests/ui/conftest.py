"""The frame alone: few addresses, an empty navigation."""

from typing import Any

import pytest

from folkmoot.base.registries import Registry
from folkmoot.ui import navigation


@pytest.fixture(autouse=True)
def _only_the_frame(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ROOT_URLCONF = "tests.ui.addresses"
    monkeypatch.setattr(navigation, "entries", Registry("navigation entry"))
