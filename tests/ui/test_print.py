import shutil
import subprocess
from pathlib import Path

import pytest
import typst
from django.utils.translation import override

from folkmoot.ui.print import notice, qr_svg, render_pdf


def text_of(pdf: bytes, folder: Path) -> str:
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("pdftotext is not on this machine")
    (folder / "x.pdf").write_bytes(pdf)
    return subprocess.run([program, folder / "x.pdf", "-"], check=True, capture_output=True, text=True).stdout


def test_notice_is_a_tagged_pdf_with_its_title() -> None:
    with override("zh-hans"):
        pdf = notice("渔港路说事会", ["住在这里的人都可以发言。"], "https://example.org/m/7KQ2")
    assert pdf.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in pdf
    assert '<rdf:li xml:lang="x-default">渔港路说事会</rdf:li>'.encode() in pdf
    assert b"/Lang(zh-CN)" in pdf


def test_notice_can_be_read_by_machines(tmp_path: Path) -> None:
    with override("zh-hans"):
        pdf = notice("渔港路说事会", ["住在这里的人都可以发言。"], "https://example.org/m/7KQ2")
    text = text_of(pdf, tmp_path)
    assert "渔港路说事会" in text
    assert "https://example.org/m/7KQ2" in text


def test_data_is_never_read_as_source() -> None:
    """Read as source, the first would stop Typst and the others would not even be whole."""
    assert notice("#panic()", ['#read("/etc/passwd")', '"+ \\ $x *y', "#{"], "#(").startswith(b"%PDF-")


def test_paper_can_have_the_size_of_a_card() -> None:
    pdf = render_pdf("#set page(..card)\n#data.name", {"name": "单元长"})
    assert b"/MediaBox[0 0 242.6" in pdf


def test_wrong_source_is_said() -> None:
    with pytest.raises(typst.TypstError):
        render_pdf("#nothing-of-that-name", {})


def test_same_paper_is_made_of_the_same_bytes(at: object) -> None:
    at("2026-11-18 09:30")  # type: ignore[operator]
    assert notice("A", ["b"], "https://example.org/") == notice("A", ["b"], "https://example.org/")


def test_qr_without_label_is_hidden_from_readers() -> None:
    assert ' aria-hidden="true" ' in qr_svg("7KQ2")
