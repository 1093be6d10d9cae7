"""How the tests of pages ask: addresses by name, and what a page costs."""

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        page = client.get(address)
    assert page.status_code == 200, page.content.decode()
    return len(asked)


def url(name: str, *args: Any) -> str:
    return reverse(f"people:{name}", args=args)
