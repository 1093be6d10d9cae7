"""The bare floor of a page: the smallest WSGI application there is, under the product's own server."""

from collections.abc import Callable, Iterable
from typing import Any

PAGE = b"<!doctype html><title>Bare</title><p>Nothing is asked and nothing is made."


def application(_environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    start("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(PAGE)))])
    return [PAGE]
