"""What stands in each address when every address is tried: real rows, made by the real services."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from folkmoot.base.actors import CLOCK, VISITOR
from tests.factories.island import Island

# Addresses whose parameter is a plain word, with one that exists.
WORDS: dict[str, dict[str, Any]] = {
    "journal:tile": {"place": "0/000"},
    "people:demo_sign_in": {"key": "amal"},
}


def samples(island: Island) -> dict[str, dict[str, Any]]:
    """Parameters by the name of the address."""
    return dict(WORDS)
