"""Every address of the house, found in the resolver, with its view and what it needs to be asked."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Address:
    name: str  # with namespaces: `cases:case_view`
    route: str
    view: Callable[..., Any]
    parameters: tuple[str, ...]

    @property
    def door(self) -> str:
        return getattr(self.view, "door", "")


def addresses() -> list[Address]:
    return list(walk(get_resolver(), "", ""))


def walk(resolver: URLResolver, route: str, space: str) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        here = f"{route}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from walk(pattern, here, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern):
            parameters = parameters_of(resolver, pattern)
            yield Address(f"{space}{pattern.name or ''}", here, pattern.callback, parameters)


def parameters_of(resolver: URLResolver, pattern: URLPattern) -> tuple[str, ...]:
    return (*resolver.pattern.regex.groupindex, *pattern.pattern.regex.groupindex)
