"""The components. Each tag takes the noun of folkmoot/ui/components.py, or a dict with the same keys.

/components shows them all with example words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django import forms, template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from folkmoot.base.errors import Sentence
from folkmoot.ui.components import Act, Bar, Check, Crumb, Fact, Picture, Row, Rung, Shape, Step, TimelineItem
from folkmoot.ui.drawings import bar_lengths, draw_map
from folkmoot.ui.moments import day_text, due_text, moment_text
from folkmoot.ui.numbers import number_text
from folkmoot.ui.paging import Listing

register = template.Library()
Context = dict[str, Any]

PIECES = "ui/components/"
MOST_STARS = 5


@register.inclusion_tag(PIECES + "breadcrumbs.html")
def breadcrumbs(crumbs: Sequence[Crumb]) -> Context:
    return {"crumbs": crumbs}


@register.inclusion_tag(PIECES + "verdict.html")
def verdict(sentence: Sentence, kind: str = "ok", small: Sentence = "") -> Context:
    """The one sentence that answers the page's question, above any number."""
    return {"sentence": sentence, "kind": kind, "small": small}


@register.inclusion_tag(PIECES + "ladder.html")
def ladder(rungs: Sequence[Rung]) -> Context:
    return {"rungs": rungs}


@register.inclusion_tag(PIECES + "timeline.html")
def timeline(items: Sequence[TimelineItem]) -> Context:
    return {"items": items}


@register.inclusion_tag(PIECES + "state_label.html")
def state_label(text: Sentence, kind: str = "ok") -> Context:
    return {"text": text, "kind": kind}


@register.inclusion_tag(PIECES + "person.html")
def person(  # noqa: PLR0917 - a tag is called by position too
    title: Sentence,
    url: str = "",
    text: Sentence = "",
    letter: str = "",
    name: str = "",
    kind: str = "",
) -> Context:
    """The summary card of a post: its title, who holds it, and one line on how it goes."""
    sign = "!" if kind == "vacant" else letter or str(name or title)[:1]
    return {"title": title, "url": url, "text": text, "sign": sign, "name": name, "kind": kind}


@register.inclusion_tag(PIECES + "act_tiles.html")
def act_tiles(acts: Sequence[Act]) -> Context:
    return {"acts": acts}


@register.inclusion_tag(PIECES + "rows.html")
def rows(items: Sequence[Row]) -> Context:
    return {"items": items}


@register.inclusion_tag(PIECES + "row.html")
def row(  # noqa: PLR0917
    title: Sentence,
    url: str = "",
    when: datetime | date | None = None,
    text: Sentence = "",
    label: Sentence = "",
    kind: str = "ok",
) -> Context:
    return {"item": Row(title, url, when, text, label, kind)}  # type: ignore[arg-type]


@register.inclusion_tag(PIECES + "empty_state.html")
def empty_state(title: Sentence, text: Sentence = "", url: str = "", act: Sentence = "") -> Context:
    return {"title": title, "text": text, "url": url, "act": act}


@register.inclusion_tag(PIECES + "pagination.html", takes_context=True)
def pagination(context: Context, listing: Listing[Any]) -> Context:
    """How many rows there are, and the way to the others; the filters stay in the address."""
    query = context["request"].GET.copy()

    def address(number: int) -> str:
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    return {
        "listing": listing,
        "previous_url": address(listing.number - 1) if listing.has_previous else "",
        "next_url": address(listing.number + 1) if listing.has_next else "",
    }


@register.inclusion_tag(PIECES + "filters.html", takes_context=True)
def filters(context: Context, form: forms.BaseForm) -> Context:
    request = context["request"]
    is_filtered = any(request.GET.get(form.add_prefix(name)) for name in form.fields)
    return {"form": form, "is_filtered": is_filtered, "path": request.path}


@register.inclusion_tag(PIECES + "checklist.html")
def checklist(checks: Sequence[Check]) -> Context:
    return {"checks": checks}


@register.inclusion_tag(PIECES + "next_steps.html")
def next_steps(steps: Sequence[Step | Sentence], title: Sentence = "") -> Context:
    """What happens next: at the end of every act."""
    return {"steps": [_as_step(step) for step in steps], "title": title or _("What happens next")}


@register.inclusion_tag(PIECES + "facts.html")
def facts(items: Sequence[Fact | tuple[Sentence, Any]]) -> Context:
    return {"items": [_as_fact(item) for item in items]}


@register.inclusion_tag(PIECES + "bar_chart.html")
def bar_chart(bars: Sequence[Bar], title: Sentence, desc: Sentence = "", unit: Sentence = "") -> Context:
    """Bars with their numbers printed on, and the same as a table."""
    lengths = bar_lengths([_of(bar, "value") for bar in bars])
    drawn = [
        {"bar": bar, "length": length, "value": _of(bar, "text") or number_text(_of(bar, "value"))}
        for bar, length in zip(bars, lengths, strict=True)
    ]
    return {"bars": drawn, "title": title, "desc": desc, "unit": unit}


@register.inclusion_tag(PIECES + "map_drawing.html")
def map_drawing(shapes: Sequence[Shape], title: Sentence, desc: Sentence = "") -> Context:
    """A map of outlines with a link each; the highlighted one over the others, points on top."""
    ordered = sorted(shapes, key=_drawing_order)
    drawing = draw_map([_of(shape, "geometry") for shape in ordered])
    return {
        "map": drawing,
        "shapes": list(zip(ordered, drawing.outlines, strict=True)),
        "title": title,
        "desc": desc,
    }


@register.inclusion_tag(PIECES + "progress_bar.html")
def progress_bar(done: int, total: int, label: Sentence = "") -> Context:
    return {"done": min(done, total), "total": total, "label": label or _("Progress")}


@register.inclusion_tag(PIECES + "error_summary.html")
def error_summary(form: forms.BaseForm) -> Context:
    """What to look at again, on top of the form, each with a link to its field."""
    problems = [("", error) for error in form.non_field_errors()] if form.is_bound else []
    for field in form if form.is_bound else []:
        target = f"{field.id_for_label or field.auto_id}"
        if field.use_fieldset:
            target = f"{field.auto_id}_0"
        problems += [(target if not field.is_hidden else "", error) for error in field.errors]
    return {"problems": problems}


@register.simple_tag
def moment(when: datetime) -> SafeString:
    return _time(when, moment_text(when))


@register.simple_tag
def day(when: date | datetime) -> SafeString:
    return _time(when, day_text(when))


@register.simple_tag
def due(when: datetime) -> SafeString:
    return _time(when, due_text(when))


register.simple_tag(moment_text, name="moment_text")
register.simple_tag(day_text, name="day_text")
register.simple_tag(due_text, name="due_text")


@register.simple_tag
def number(value: float, about: bool = False) -> str:  # noqa: FBT001, FBT002
    return number_text(value, about=about)


@register.inclusion_tag(PIECES + "stars.html")
def stars(value: float) -> Context:
    """A rating from 1 to 5: the number for everybody, the stars for the eye."""
    full = round(value)
    return {"value": f"{value:g}", "drawn": "★" * full + "☆" * (MOST_STARS - full)}


@register.inclusion_tag(PIECES + "copyable.html")
def copyable(text: str, label: Sentence = "") -> Context:
    return {"text": text, "label": label}


@register.inclusion_tag(PIECES + "button.html")
def button(label: Sentence, kind: str = "", name: str = "", value: str = "") -> Context:
    return {"label": label, "kind": kind, "name": name, "value": value}


@register.inclusion_tag(PIECES + "button_link.html")
def button_link(label: Sentence, url: str, kind: str = "") -> Context:
    return {"label": label, "url": url, "kind": kind}


@register.inclusion_tag(PIECES + "post_button.html", takes_context=True)
def post_button(  # noqa: PLR0917
    context: Context, label: Sentence, url: str, kind: str = "", name: str = "", value: str = ""
) -> Context:
    """A form that is only a button. `name` and `value` travel with it, `seen` versions for example."""
    return {
        "label": label,
        "url": url,
        "kind": kind,
        "name": name,
        "value": value,
        "csrf_token": context["csrf_token"],
    }


@register.inclusion_tag(PIECES + "photos.html")
def photos(pictures: Sequence[Picture]) -> Context:
    return {"pictures": pictures}


@register.inclusion_tag(PIECES + "step_of.html")
def step_of(number: int, total: int) -> Context:
    return {"number": number, "total": total}


@register.simple_tag
def qr(text: str, label: Sentence = "") -> SafeString:
    from folkmoot.ui.print import qr_svg  # noqa: PLC0415 - typst and segno weigh 18 MB

    return qr_svg(text, label=label)


@register.inclusion_tag("ui/mark.html")
def mark() -> Context:
    return {}


@register.inclusion_tag(PIECES + "use_htmx.html")
def use_htmx() -> Context:
    """Loads htmx on this page, without the style sheet and the evaluation that our policy forbids."""
    return {}


def _as_fact(item: Fact | tuple[Sentence, Any]) -> Fact:
    """Moments and days are written as people say them, like everywhere."""
    fact = Fact(*item) if isinstance(item, tuple) else item
    if isinstance(fact, Fact) and isinstance(fact.value, datetime):
        return replace(fact, value=moment(fact.value))
    if isinstance(fact, Fact) and isinstance(fact.value, date):
        return replace(fact, value=day(fact.value))
    return fact


def _drawing_order(shape: Shape | Mapping[str, Any]) -> tuple[bool, bool]:
    return _of(shape, "geometry")["type"] == "Point", bool(_of(shape, "is_highlighted"))


def _time(when: date | datetime, text: str) -> SafeString:
    stamp = timezone.localtime(when) if isinstance(when, datetime) else when
    return format_html('<time datetime="{}">{}</time>', stamp.isoformat(), text)


def _as_step(step: Step | Sentence | Mapping[str, Any]) -> Step | Mapping[str, Any]:
    return step if isinstance(step, Step | Mapping) else Step(step)


def _of(thing: Any, key: str) -> Any:
    """A field of a component's noun or of the dict that stands for it."""
    return thing.get(key, "") if isinstance(thing, Mapping) else getattr(thing, key)
