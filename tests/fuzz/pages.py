"""The forms of the house as a browser finds them: read from the pages themselves, for everybody who sees them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.test import Client
from django.urls import resolve, reverse

from folkmoot.base.permissions import may_try
from folkmoot.cases.models import Category, CategoryQuestion
from tests.architecture.addresses import Address, addresses
from tests.architecture.samples import Samples
from tests.architecture.test_addresses import ROLES, client_and_actor
from tests.factories.island import Island

FREE = {"text", "search", "tel", "email", "url", "number", "date", "datetime-local", "time", "textarea"}
ENOUGH = 3
# Those who see forms that nobody before them sees; tests/architecture opens every address for everybody.
READERS = (
    "visitor", "resident", "stranger", "unit chief", "grid chief", "secretary", "head of department", "operator"
)  # fmt: skip
CHOSEN = {"select", "radio", "checkbox"}


@dataclass
class Field:
    """One control. Shapes: `options` are what may be chosen; `value` is what stands in it."""

    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)


@dataclass
class Form:
    """A form on a page: where it goes and what it asks."""

    action: str
    method: str
    fields: dict[str, Field] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self.fields))

    @property
    def takes_files(self) -> bool:
        return any(each.kind == "file" for each in self.fields.values())


class FormReader(HTMLParser):
    """Collects the forms of a page with their controls."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.controls_outside: list[str] = []
        self._form: Form | None = None
        self._inside: Field | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._form = Form(has.get("action", ""), has.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag == "option" and self._inside is not None:
            self._inside.options.append(has.get("value", ""))
            if "selected" in has:
                self._inside.value = has.get("value", "")
        elif tag in {"input", "textarea", "select", "button"} and has.get("name"):
            self._control(tag, has)

    def _control(self, tag: str, has: dict[str, str]) -> None:
        if self._form is None:
            self.controls_outside.append(has["name"])
            return
        kind = has.get("type", "submit" if tag == "button" else "text") if tag in {"input", "button"} else tag
        control = self._form.fields.setdefault(has["name"], Field(has["name"], kind))
        if kind in {"radio", "checkbox"}:
            control.options.append(has.get("value", "on"))
            if "checked" in has:
                control.value = has.get("value", "on")
        elif tag in {"input", "button"}:
            control.value = has.get("value", "")
        self._inside = control if tag in {"textarea", "select"} else None

    def handle_data(self, data: str) -> None:
        if self._inside is not None and self._inside.kind == "textarea":
            self._inside.value += data

    def handle_endtag(self, tag: str) -> None:
        if tag in {"textarea", "select"}:
            if self._inside is not None and tag == "textarea":
                # The line break right after <textarea> belongs to the page.
                self._inside.value = self._inside.value.removeprefix("\r\n").removeprefix("\n")
            self._inside = None
        elif tag == "form":
            self._form = None


def forms_of(html: str) -> list[Form]:
    reader = FormReader()
    reader.feed(html)
    return reader.forms


@dataclass
class Found:
    """A form, the page it stands on, and the browser of the first role that sees it."""

    role: str
    client: Client
    cookies: dict[str, Any]
    page: str = ""
    form: Form = field(default_factory=lambda: Form("", "get"))

    def take_back_cookies(self) -> None:
        """As before the last page: nobody stays signed out, and no claim stays opened."""
        self.client.cookies.clear()
        self.client.cookies.update(self.cookies)

    @property
    def address(self) -> str:
        """Where the browser sends it, without the query."""
        return urlsplit(urljoin(self.page, self.form.action or self.page)).path

    def __str__(self) -> str:
        return f"{self.role} {self.form.method} {self.address} {'/'.join(self.form.names)}"


def found_forms(island: Island, roles: Iterable[str] = READERS) -> list[Found]:
    """Every form of the house once: of two roles that see the same form, the first sends it.

    A page that has opened to three roles is not opened again.
    """
    samples = Samples(island)
    ask_everything()
    found: dict[tuple[str, str, tuple[str, ...]], Found] = {}
    opened: Counter[str] = Counter()
    for role in roles:
        people = (getattr(island, name) if name else None for name in ROLES[role])
        client, actor = client_and_actor(*people)
        client.raise_request_exception = True
        reader = Found(role, client, dict(client.cookies))
        for address in addresses():
            if not may_try(actor, address.door) or opened[address.name] >= ENOUGH:
                continue
            for each in forms_at(address, samples, reader, opened):
                view = resolve(each.address).view_name
                found.setdefault((view, each.form.method, each.form.names), each)
    return list(found.values())


def ask_everything() -> None:
    """The kind of matter in the samples' draft gets a question of every datatype."""
    for kind in CategoryQuestion.Datatype:
        CategoryQuestion.objects.create(
            category=Category.objects.get(code="drain"), code=kind.value, datatype=kind, question=kind.label,
            values=[{"key": "1", "name": "one"}, {"key": "2", "name": "two"}],
        )  # fmt: skip


def forms_at(address: Address, samples: Samples, reader: "Found", opened: Counter[str]) -> Iterator["Found"]:
    """The forms on the first page of an address that has any beside those of the frame."""
    for parameters in samples.of(address):
        reader.take_back_cookies()
        path = reverse(address.name, kwargs=parameters)
        response = reader.client.get(path)
        opened[address.name] += response.status_code == 200
        forms = [form for form in forms_on(response) if not is_of_frame(form)]
        yield from (replace(reader, page=path, form=form) for form in forms)
        if forms:
            return


def is_of_frame(form: Form) -> bool:
    """Signing out stands on every page; its own page has it too."""
    return set(form.names) == {"csrfmiddlewaretoken"} and form.action.startswith("/account/logout/")


def read_to_its_end(response: Any) -> None:
    """Closes the file behind an answer, without the signal by which Django would close the database."""
    if response.streaming:
        list(response.streaming_content)


def forms_on(response: Any) -> list[Form]:
    is_page = response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming
    html = response.content.decode() if is_page else ""
    read_to_its_end(response)
    return forms_of(html)
