from pathlib import Path

import pytest

from folkmoot.ui import messages
from folkmoot.ui.catalogues import read_catalogue, write_catalogue
from folkmoot.ui.texts import BadText, texts_of_python, texts_of_template

PYTHON = """
from django.utils.translation import gettext as _, gettext_lazy, ngettext, npgettext_lazy, pgettext
from elsewhere import gettext as other
one = _("One " "text")
# Translators: a format of a day
two = pgettext("date format", "j M")
three = ngettext("%(n)s row", "%(n)s rows", 3)
four = npgettext_lazy("paper", "%(n)s sheet", "%(n)s sheets", "n")
five = _(one)
six = other("not ours")
"""
TEMPLATE = """{% load i18n ui %}{% translate "One text" %}{% translate "May" context "month" as may %}
{% blocktranslate trimmed count n=rows|length with name=a.b %}
  {{ n }} row of {{ name }}{% plural %}{{ n }} rows of {{ name }}
{% endblocktranslate %}{% button _("Send it") kind="plain" %}{{ x|default:_("Nobody") }}{% comment %}_("no"){% endcomment %}
{% translate 'Half, 50 %' %}"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package with two apps and a file outside both."""
    for app in ("base", "cases"):
        (tmp_path / "moot" / app / "templates" / app).mkdir(parents=True)
        (tmp_path / "moot" / app / "apps.py").write_text("")
    (tmp_path / "moot" / "cases" / "views.py").write_text(PYTHON)
    (tmp_path / "moot" / "cases" / "templates" / "cases" / "list.html").write_text(TEMPLATE)
    (tmp_path / "moot" / "settings.py").write_text(
        "from django.utils.translation import gettext as _\nname = _('Police')\n"
    )
    return tmp_path / "moot"


def merge(package: Path, app: str) -> Path:
    messages._merge_into(package, app, messages.collect(package)[app])
    return package / app / messages.CATALOGUE


def checked(package: Path) -> list[str]:
    return messages.check(package, messages.collect(package), ["base", "cases"])


def translate(path: Path, **texts: str) -> None:
    catalogue = read_catalogue(path)
    for key, message in catalogue.items():
        message.texts = [texts.get(key[1], key[1] if not message.plural else message.plural)]
    write_catalogue(path, catalogue)


def test_python_texts_are_found_by_what_was_imported() -> None:
    found = [(m.context, m.id, m.plural, m.notes) for m in texts_of_python(PYTHON, "views.py")]
    assert found == [
        ("", "One text", "", []),
        ("date format", "j M", "", ["a format of a day"]),
        ("", "%(n)s row", "%(n)s rows", []),
        ("paper", "%(n)s sheet", "%(n)s sheets", []),
    ]


def test_template_texts_are_found_in_tags_and_filters() -> None:
    found = {(m.context, m.id, m.plural) for m in texts_of_template(TEMPLATE, "list.html")}
    assert found == {
        ("", "One text", ""),
        ("month", "May", ""),
        ("", "%(n)s row of %(name)s", "%(n)s rows of %(name)s"),
        ("", "Send it", ""),
        ("", "Nobody", ""),
        ("", "Half, 50 %%", ""),
    }


def test_f_string_is_refused_with_its_line() -> None:
    source = "from django.utils.translation import gettext as _\n_(f'{x} rows')"
    with pytest.raises(BadText, match=r"views\.py:2: an f-string cannot be translated"):
        list(texts_of_python(source, "views.py"))


def test_collect_puts_homeless_texts_into_base(package: Path) -> None:
    found = messages.collect(package)
    assert list(found["base"]) == [("", "Police")]
    assert found["cases"]["", "One text"].files == {
        "moot/cases/views.py",
        "moot/cases/templates/cases/list.html",
    }


def test_merge_keeps_translations_and_drops_what_is_gone(package: Path) -> None:
    path = merge(package, "cases")
    translate(path, **{"One text": "一句话"})
    (package / "cases" / "views.py").write_text("")
    merge(package, "cases")
    catalogue = read_catalogue(path)
    assert catalogue["", "One text"].texts == ["一句话"]
    assert ("date format", "j M") not in catalogue


def test_merge_twice_changes_nothing(package: Path) -> None:
    path = merge(package, "cases")
    first = path.read_bytes()
    merge(package, "cases")
    assert path.read_bytes() == first


def test_merge_takes_what_another_app_has_translated(package: Path) -> None:
    translate(merge(package, "cases"), **{"One text": "一句话"})
    (package / "settings.py").write_text(
        "from django.utils.translation import gettext as _\nname = _('One text')\n"
    )
    assert read_catalogue(merge(package, "base"))["", "One text"].texts == ["一句话"]


def test_check_of_whole_catalogues_finds_nothing(package: Path) -> None:
    for app in ("base", "cases"):
        translate(merge(package, app))
    assert checked(package) == []


def test_check_names_each_fault(package: Path) -> None:
    for app in ("base", "cases"):
        translate(merge(package, app))
    path = package / "cases" / messages.CATALOGUE
    catalogue = read_catalogue(path)
    catalogue["", "Send it"].is_fuzzy = True
    catalogue["", "Nobody"].texts = [""]
    catalogue["", "%(n)s row"].texts = ["共 %(m)s 条"]
    catalogue["month", "May"].plural = "Mays"
    del catalogue["date format", "j M"]
    write_catalogue(path, catalogue)
    (package / "settings.py").write_text("")
    assert checked(package) == [
        "base: obsolete: 'Police'",
        "cases: missing: [date format] 'j M' (moot/cases/views.py)",
        "cases: other placeholders: '%(n)s row'",
        "cases: empty: 'Nobody'",
        "cases: fuzzy: 'Send it'",
        "cases: plural changed: [month] 'May'",
    ]


def test_check_names_a_text_translated_in_two_ways(package: Path) -> None:
    (package / "settings.py").write_text(
        "from django.utils.translation import gettext as _\nname = _('One text')\n"
    )
    translate(merge(package, "cases"), **{"One text": "一句话"})
    translate(merge(package, "base"), **{"One text": "一段文字"})
    assert checked(package) == ["cases: translated otherwise in base: 'One text'"]


def test_command_refuses_an_unknown_app(capsys: pytest.CaptureFixture[str]) -> None:
    assert messages.main(["nowhere", "--check"]) == 2
    assert capsys.readouterr().err == "No such app: nowhere\n"


def test_texts_of_ui_stand_in_both_languages() -> None:
    assert messages.check(messages.PACKAGE, messages.collect(messages.PACKAGE), ["ui"]) == []
