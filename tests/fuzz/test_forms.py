"""Whatever is put into a form: never a fault of ours, and what was typed stays."""

import html
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from django.core.cache import cache
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from folkmoot.ui.kept import is_secret
from tests.factories.island import make_island
from tests.fuzz.budget import TIMES, examples
from tests.fuzz.pages import CHOSEN, FREE, Form, Found, forms_of, found_forms, read_to_its_end
from tests.fuzz.values import BOUNDARY, FILES, TEXTS, TYPED, Pairs, multipart, plausible_pairs, urlencoded

Files = list[tuple[str, tuple[str, str, bytes]]]


@pytest.mark.django_db
class TestForms(TestCase):
    """One island and one search for all tests: to find every form takes a while."""

    found: ClassVar[list[Found]]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.found = found_forms(make_island())

    def test_forms_are_found_on_every_kind_of_page(self) -> None:
        """A search that finds little proves little."""
        assert len(self.found) > 60
        assert {each.role for each in self.found} >= {"visitor", "resident", "unit chief", "operator"}
        assert sum(each.form.takes_files for each in self.found) > 4

    def test_every_form_takes_whatever_is_put_into_it(self) -> None:
        complaints = [
            f"{each} with {told}: {complaint}"
            for number, each in enumerate(self.found)
            for told, pairs, files in fillings(each.form, number)
            if (complaint := complaint_about(each, pairs, files))
        ]
        assert "\n".join(complaints) == ""

    @examples(150)
    @given(data=st.data())
    def test_forms_take_any_mixture(self, data: st.DataObject) -> None:
        each = data.draw(st.sampled_from(self.found))
        pairs: Pairs = []
        files: Files = []
        for name, control in each.form.fields.items():
            if control.kind == "file":
                kinds = data.draw(st.lists(st.sampled_from(sorted(FILES)), max_size=2), label=name)
                files += [(name, FILES[kind]()) for kind in kinds]
            else:
                texts = st.sampled_from([*TEXTS.values(), *control.options, control.value])
                drawn = data.draw(st.lists(texts | st.text(max_size=60), max_size=2), label=name)
                pairs += [(name, text) for text in drawn]
        assert complaint_about(each, pairs, files) == ""


def fillings(form: Form, number: int) -> Iterator[tuple[str, Pairs, Files]]:
    """Texts in all free controls; some in all controls whatever they are; nothing, too much; each kind of file.

    In the ordinary run each form is given a third of the texts, its neighbours the others.
    """
    plain = plausible_pairs(form)
    files = [name for name, control in form.fields.items() if control.kind == "file"]
    free = {name for name, control in form.fields.items() if control.kind in FREE}
    buttons = [(name, control.value) for name, control in form.fields.items() if control.kind == "submit"]
    for place, (told, text) in enumerate(TEXTS.items()):
        if free and (TIMES or place % 3 == number % 3):
            yield told, [(name, text if name in free else value) for name, value in plain], []
    for told in ("out of range", "NUL", "half a character"):
        yield f"{told} everywhere", [(name, TEXTS[told]) for name in form.fields], []
    yield "what a person leaves in it", plain + buttons, []
    yield "nothing at all", [], []
    yield "twice and more", [*plain, *plain, ("is_operator", "1"), ("pk", "1"), ("next", "//a.example")], []
    if TIMES or number % 6 == 0:
        yield "a thousand fields", [*plain, *((f"f{i}", "1") for i in range(1000))], []
    if files:
        for told, make in FILES.items():
            yield told, plain, [(name, make()) for name in files]
        yield "five pictures", plain, [(name, FILES["a picture"]()) for name in files for _ in range(5)]


def complaint_about(found: Found, pairs: Pairs, files: Files) -> str:
    """What is wrong with the answer; empty when nothing is. Whatever it changed is taken back."""
    cache.clear()  # rate limits are tried elsewhere
    found.take_back_cookies()
    try:
        with transaction.atomic():
            response = send(found, pairs, files)
            page = response.content.decode() if response.status_code == 422 else ""
            read_to_its_end(response)
            transaction.set_rollback(True)
    except Exception as error:
        return f"{type(error).__name__} {error}"
    if response.status_code >= 500:
        return str(response.status_code)
    if response.status_code != 422 or is_tampered(found.form, dict(pairs)):
        return ""
    return lost_in(page, found.form, dict(pairs))


def is_tampered(form: Form, sent: dict[str, str]) -> bool:
    """Whether a hidden control was changed, as no person does: that is refused and gets nothing back."""
    hidden = {name: control.value for name, control in form.fields.items() if control.kind == "hidden"}
    hidden.pop("csrfmiddlewaretoken", None)
    return any(sent.get(name) != value for name, value in hidden.items())


def send(found: Found, pairs: Pairs, files: Files) -> Any:
    if found.form.method == "get":
        return found.client.get(f"{found.address}?{urlencoded(pairs).decode()}")
    if found.form.takes_files:
        sent_as = f"multipart/form-data; boundary={BOUNDARY}"
        return found.client.post(found.address, multipart(pairs, files), content_type=sent_as)
    sent_as = "application/x-www-form-urlencoded"
    return found.client.post(found.address, urlencoded(pairs), content_type=sent_as)


def lost_in(page: str, form: Form, sent: dict[str, str]) -> str:
    """Which of the things typed and chosen neither stand in a form again nor on the page, if any."""
    shown = {name: each.value for again in forms_of(page) for name, each in again.fields.items()}
    lost = [
        name
        for name, control in form.fields.items()
        if (value := sent.get(name))
        and not is_secret(name)
        and (
            (control.kind in FREE and value in TYPED.values())
            or (control.kind in CHOSEN and value in control.options)
        )
        and shown.get(name) != value
        and value not in html.unescape(page)
    ]
    return f"lost: {', '.join(lost)}" if lost else ""
