import gettext
import io
from pathlib import Path

import pytest

from folkmoot.ui import build
from folkmoot.ui.catalogues import BadCatalogue, compile_catalogue, read_catalogue, write_catalogue

CATALOGUE = r"""# Texts of a small app.
msgid ""
msgstr ""
"Language: zh_Hans\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=1; plural=0;\n"

#: a.py
msgid "Matter"
msgstr "事项"

#. Django date format
msgctxt "date format"
msgid "j M"
msgstr "n月j日"

#, python-format
msgid "%(n)s row"
msgid_plural "%(n)s rows"
msgstr[0] "共 %(n)s 条"

msgid ""
"Two \"quoted\"\n"
"lines\\"
msgstr ""
"两行\n"
"“引号”\\"

#, fuzzy
msgid "Guess"
msgstr "猜"

msgid "Not yet"
msgstr ""

#~ msgid "Gone"
#~ msgstr "没了"
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    path = tmp_path / "app" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(CATALOGUE, encoding="utf-8")
    return path


def test_compiled_catalogue_is_read_by_python_itself(catalogue: Path) -> None:
    words = gettext.GNUTranslations(io.BytesIO(compile_catalogue(catalogue)))
    assert words.gettext("Matter") == "事项"
    assert words.pgettext("date format", "j M") == "n月j日"
    assert words.ngettext("%(n)s row", "%(n)s rows", 3) == "共 %(n)s 条"
    assert words.gettext('Two "quoted"\nlines\\') == "两行\n“引号”\\"
    assert words.info()["language"] == "zh_Hans"


@pytest.mark.parametrize("text", ["Guess", "Not yet", "Gone"])
def test_compiled_catalogue_leaves_out_what_is_not_sure(catalogue: Path, text: str) -> None:
    words = gettext.GNUTranslations(io.BytesIO(compile_catalogue(catalogue)))
    assert words.gettext(text) == text


def test_catalogue_survives_being_read_and_written(catalogue: Path) -> None:
    before = read_catalogue(catalogue)
    write_catalogue(catalogue, before)
    assert read_catalogue(catalogue) == before
    assert catalogue.read_text(encoding="utf-8").startswith("# Texts of a small app.\n")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ('msgid "a\nmsgstr "b"', r"django\.po:1: the text is not rightly quoted"),
        ('msgid "a"\nmsgstr b', r"django\.po:2: the text is not rightly quoted"),
        ('msgid "a"\nmsgstr 7', r"django\.po:2: the text is not quoted"),
        ('msgid "a"\nmsgstr ""\n\nmsgid "a"\nmsgstr ""', r"django\.po:4: 'a' stands here twice"),
        ('msgid "a"\nmsgtext "b"', r"django\.po:2: 'msgtext' is not expected here"),
        ('msgstr "b"', r"django\.po:1: a message without msgid"),
    ],
)
def test_broken_catalogue_names_the_line(catalogue: Path, fault: str, words: str) -> None:
    catalogue.write_text(fault, encoding="utf-8")
    with pytest.raises(BadCatalogue, match=words):
        read_catalogue(catalogue)


def test_compile_all_writes_only_what_changed(catalogue: Path, tmp_path: Path) -> None:
    compiled = catalogue.with_suffix(".mo")
    assert build.compile_all(tmp_path) == [compiled]
    written_at = compiled.stat().st_mtime_ns
    assert build.compile_all(tmp_path) == []
    assert compiled.stat().st_mtime_ns == written_at
    catalogue.write_text(CATALOGUE.replace("事项", "诉求"), encoding="utf-8")
    assert build.compile_all(tmp_path) == [compiled]
    assert list(compiled.parent.iterdir()) in ([catalogue, compiled], [compiled, catalogue])


def test_fingerprint_changes_with_content_and_name(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    first = build.fingerprint([tmp_path / "a"])
    assert build.fingerprint([tmp_path / "a"]) == first
    (tmp_path / "a").write_text("y")
    assert build.fingerprint([tmp_path / "a"]) != first


def test_build_says_which_step_failed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], catalogue: Path, tmp_path: Path
) -> None:
    catalogue.write_text("msgid 7", encoding="utf-8")
    monkeypatch.setattr(build, "PACKAGE", tmp_path)
    assert build.main(["--messages"]) == 1
    assert "A message catalogue cannot be read: " in capsys.readouterr().out


def test_build_of_an_installed_package_has_nothing_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(build, "ROOT", tmp_path)
    build.build_assets()
    assert "they are built already" in capsys.readouterr().out
