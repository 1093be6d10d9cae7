"""Papers: PDF by Typst and QR codes by segno. Data travels as JSON and is never part of a source."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import segno
import typst
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from folkmoot.base import clock

PAPERS = Path(__file__).resolve().parent / "papers"
# The first family of each script that the machine has is used; the last one is inside Typst itself.
FAMILIES = (
    "Noto Sans", "Liberation Sans", "DejaVu Sans", "Segoe UI", "Helvetica Neue",
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Noto Serif CJK SC", "Libertinus Serif",
)  # fmt: skip
PREAMBLE = """
#let data = json(bytes(sys.inputs.data))
#let card = (width: 85.6mm, height: 54mm, margin: 5mm)
#set text(font: json(bytes(sys.inputs.families)), lang: sys.inputs.lang, region: sys.inputs.region)
"""


def render_pdf(template_source: str, data: dict[str, Any]) -> bytes:
    """A tagged PDF. The source reads its values from `data`; `..card` gives `page` the size of a bank card.

    Raises typst.TypstError when the source is wrong.
    """
    lang, _sep, script = (get_language() or "en").partition("-")
    inputs = {
        "data": json.dumps(data, ensure_ascii=False),
        "families": json.dumps([family for family in FAMILIES if family in _installed()]),
        "lang": lang,
        "region": "cn" if script == "hans" else "gb",
    }
    compiler = typst.Compiler(
        input=(PREAMBLE + template_source).encode(), root=PAPERS, font_paths=_fonts(), sys_inputs=inputs
    )
    pdf = compiler.compile(format="pdf", timestamp=_moment())
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave no single document")
    return pdf


def notice(title: str, paragraphs: Sequence[str], qr_url: str = "") -> bytes:
    """A printed notice on A4 in the reader's language, with the address as text and as a QR code."""
    source = (PAPERS / "notice.typ").read_text(encoding="utf-8")
    data = {
        "title": title,
        "paragraphs": list(paragraphs),
        "url": qr_url,
        "qr": str(qr_svg(qr_url, label=qr_url)) if qr_url else "",
        "hint": _("Hold your phone's camera over the square, or type:"),
    }
    return render_pdf(source, data)


def qr_svg(text: str, *, label: str | Any = "") -> SafeString:
    """A QR code as SVG without style or script; error correction M, quiet zone of four modules."""
    code = segno.make(text, error="m", micro=False)
    drawing: str = code.svg_inline(border=4, omitsize=True, svgclass="qr", lineclass=None)
    words = f' role="img" aria-label="{escape(label)}"' if label else ' aria-hidden="true"'
    opened = drawing.replace("<svg ", f'<svg xmlns="http://www.w3.org/2000/svg"{words} ', 1)
    return mark_safe(opened)  # noqa: S308 - segno draws only a path; the label is escaped


def _moment() -> datetime:
    """The present as Typst takes it: whole seconds, in UTC."""
    return clock.now().astimezone(UTC).replace(microsecond=0)


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts()


@lru_cache(maxsize=1)
def _installed() -> frozenset[str]:
    return frozenset(_fonts().families())
