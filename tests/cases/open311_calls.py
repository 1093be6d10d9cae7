"""What an app does: it calls, and reads XML by the Spark convention."""

import json
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.media.conftest import photo

ROOT = "/open311/"


def get(path: str, **asked: Any) -> Any:
    """The content of a JSON answer that must be 200."""
    response = Client().get(f"{ROOT}{path}", asked)
    assert response.status_code == 200, response.content.decode()
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    return json.loads(response.content)


def errors(response: Any) -> tuple[int, list[str]]:
    """Status and descriptions of an answer that must be the standard's error, in either form."""
    if response.headers["Content-Type"].startswith("text/xml"):
        root = fromstring(response.content)
        assert root.tag == "errors"
        assert {error.tag for error in root} == {"error"}
        found = spark(root)
    else:
        assert response.headers["Content-Type"] == "application/json; charset=utf-8"
        found = json.loads(response.content)
    assert {tuple(error) for error in found} == {("code", "description")}
    assert {str(error["code"]) for error in found} == {str(response.status_code)}
    return response.status_code, [error["description"] for error in found]


def spark(element: Element) -> Any:
    """XML as the Spark convention reads it: children of one kind are an array. Knows nothing of our tables."""
    if len(element) == 0:
        return element.text
    if len({child.tag for child in element}) == 1:
        return [spark(child) for child in element]
    return {child.tag: spark(child) for child in element}


def as_text(value: Any) -> Any:
    """JSON with every scalar as XML writes it, and what is empty as nothing."""
    if isinstance(value, dict):
        return {name: as_text(part) for name, part in value.items()}
    if isinstance(value, list):
        return [as_text(part) for part in value] or None
    return value if value is None or isinstance(value, str) else json.dumps(value)


def picture(content: bytes | None = None) -> SimpleUploadedFile:
    """A file to send as `media`: a photo that says where it was taken, unless said otherwise."""
    return SimpleUploadedFile("a.jpg", photo() if content is None else content, content_type="image/jpeg")
