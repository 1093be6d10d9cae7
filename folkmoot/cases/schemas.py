"""How matters look on the wire: to everybody what a page shows somebody who is not signed in."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Field, Schema
from pydantic import ConfigDict

from folkmoot.areas.schemas import AreaRow, LevelOut, area_row, level_out
from folkmoot.cases import timeline
from folkmoot.cases.figures import Quarter
from folkmoot.cases.models import Case, CaseEvent, Category, CategoryQuestion, Publicity
from folkmoot.cases.services.reporting import MAX_TEXT
from folkmoot.cases.states import HANDLED_STATES, CaseState
from folkmoot.ui.wire import Names, address_of, both, in_both, moment

SIZES = ("thumb", "full")


class CategoryRow(Schema):
    code: str
    name: Names


class AnswerToChoose(Schema):
    key: str
    name: Names


class QuestionOut(Schema):
    """A further question of one category; `values` are the answers to choose from."""

    code: str
    question: Names
    datatype: CategoryQuestion.Datatype
    required: bool
    values: list[AnswerToChoose]


class CategoryOut(CategoryRow):
    """A kind of matter. A matter that is private by default never becomes public by choice."""

    group: CategoryRow | None
    default_publicity: Publicity
    questions: list[QuestionOut]


class CategoriesOut(Schema):
    categories: list[CategoryOut]


class CaseRow(Schema):
    """A matter in a list. Of one that shows only a summary, the summary stands as title."""

    number: str
    title: str
    state: CaseState
    state_name: Names
    category: CategoryRow
    area: AreaRow
    publicity: Publicity
    changed_at: datetime
    url: str


class CasesOut(Schema):
    """One page of 25. `total` is null where more than 1,000 fit; `next` is null on the last page."""

    cases: list[CaseRow]
    page: int
    total: int | None
    next: str | None


class PhotoOut(Schema):
    """Addresses of the two sizes."""

    thumb: str
    full: str


class LineOut(Schema):
    """A line of the timeline. `text` and photos are there only where everybody may read the matter in full."""

    at: datetime
    act: str
    sentence: Names
    text: str | None
    photos: list[PhotoOut]


class CaseOut(CaseRow):
    """A matter as everybody sees it. `text` is null where only the approved summary is shown.

    `level` and `post` say where it stands; `due_at` is the end of the term there, null while nothing is due.
    """

    text: str | None
    place_text: str | None
    level: LevelOut
    post: Names | None
    verdict: Names
    why_due: Names | None
    reported_at: datetime
    due_at: datetime | None
    paused_until: date | None
    timeline: list[LineOut]


class ShareOut(Schema):
    """How many were closed without leaving a level and those below it."""

    level: LevelOut
    count: int
    of: int


class RatingOut(Schema):
    mark: int
    count: int


class QuarterOut(Schema):
    """The figures of one quarter: null where the place or one beside it has fewer than `small_group`."""

    start: date
    reported: int | None
    closed: int | None
    small_group: int
    shares: list[ShareOut] | None
    every_term_kept: int | None
    solved: int | None
    ratings: list[RatingOut] | None
    rated: int | None
    counted_at: datetime


class FiguresOut(Schema):
    """Counted from the matters themselves, newest quarter first."""

    area: AreaRow
    quarters: list[QuarterOut]


class ReportIn(Schema):
    """A matter. Its place is the code of an area, or a point, or both; the answers go by the question's code."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=MAX_TEXT)
    category: str = Field(min_length=1, max_length=40)
    area: str | None = Field(None, max_length=40)
    lat: float | None = Field(None, ge=-90, le=90)
    lon: float | None = Field(None, ge=-180, le=180)
    place_text: str = Field("", max_length=200)
    publicity: Literal["private", "summary", "public"] | None = None
    answers: dict[str, str | list[str]] = {}
    about_post: int | None = Field(None, description="the post that the matter complains of", ge=1)
    contact_name: str = Field("", max_length=80)
    contact_phone: str = Field("", max_length=30)
    shares_contact: bool = Field(default=False, description="those who handle it may see name and phone")
    sent_key: UUID | None = Field(None, description="drawn by you: the same one sent twice stores one matter")


class ReportedOut(Schema):
    """The number, and the code to follow, rate and reopen it: shown once, null when it had been sent before."""

    number: str
    claim_code: str | None
    follow_url: str


def category_row(category: Category) -> CategoryRow:
    return CategoryRow(code=category.code, name=both(category))


def category_out(category: Category) -> CategoryOut:
    return CategoryOut(
        code=category.code,
        name=both(category),
        group=category_row(category.parent) if category.parent else None,
        default_publicity=Publicity(category.default_publicity),
        questions=[_question(question) for question in category.questions.all()],
    )


def _question(question: CategoryQuestion) -> QuestionOut:
    values = [
        AnswerToChoose(
            key=value["key"],
            name=Names(
                en=value.get("name") or value["key"],
                zh=value.get("name_zh") or value.get("name") or value["key"],
            ),
        )
        for value in question.values
    ]
    return QuestionOut(
        code=question.code,
        question=both(question),
        datatype=CategoryQuestion.Datatype(question.datatype),
        required=question.required,
        values=values,
    )


def case_row(case: Case) -> CaseRow:
    return CaseRow(**_row(case))


def _row(case: Case) -> dict[str, Any]:
    return {
        "number": case.number,
        "title": case.title if case.publicity == Publicity.PUBLIC else case.summary,
        "state": CaseState(case.state),
        "state_name": both(case.get_state_display),
        "category": category_row(case.category),
        "area": area_row(case.area),
        "publicity": Publicity(case.publicity),
        "changed_at": moment(case.changed_at),
        "url": address_of("cases:case_view", case.number),
    }


def case_out(case: Case, events: list[CaseEvent], *, in_full: bool) -> CaseOut:
    """Shapes: `events` are the public ones, oldest first; `in_full` when everybody may read the words."""
    due = case.solve_due_at if case.state in HANDLED_STATES and not case.is_paused else None
    verdict, why_due = _verdict(case)
    return CaseOut(
        **_row(case),
        text=case.text if in_full else None,
        place_text=case.place_text if in_full else None,
        level=level_out(case.rung.level),
        post=both(case.post) if case.post else None,
        verdict=verdict,
        why_due=why_due,
        reported_at=moment(case.reported_at),
        due_at=moment(due) if due else None,
        paused_until=case.paused_until,
        timeline=_lines(case, events, in_full=in_full),
    )


def _verdict(case: Case) -> tuple[Names, Names | None]:
    """Where it stands, and why it is due then."""
    said = in_both(lambda: timeline.verdict(case)[:2])
    sentences, reasons = zip(said["en"], said["zh"], strict=True)
    why_due = Names(en=reasons[0], zh=reasons[1]) if any(reasons) else None
    return Names(en=sentences[0], zh=sentences[1]), why_due


def _lines(case: Case, events: list[CaseEvent], *, in_full: bool) -> list[LineOut]:
    def sentences() -> list[str]:
        names = timeline.skipped_area_names(events)
        return [timeline.with_reason(event, names) for event in events]

    said = in_both(sentences)
    return [
        LineOut(
            at=moment(event.at),
            act=event.act,
            sentence=Names(en=en, zh=zh),
            text=event.text if in_full else None,
            photos=_photos(case, event) if in_full else [],
        )
        for event, en, zh in zip(events, said["en"], said["zh"], strict=True)
    ]


def _photos(case: Case, event: CaseEvent) -> list[PhotoOut]:
    return [
        PhotoOut(
            **{size: address_of("cases:photo", case.number, photo.attachment.ref, size) for size in SIZES}
        )
        for photo in event.photos.all()
    ]


def quarter_out(quarter: Quarter) -> QuarterOut:
    return QuarterOut(
        start=quarter.start,
        reported=quarter.reported,
        closed=quarter.closed,
        small_group=quarter.k,
        shares=[
            ShareOut(level=level_out(share.level), count=share.count, of=share.of) for share in quarter.shares
        ]
        or None,
        every_term_kept=quarter.in_term,
        solved=quarter.solved,
        ratings=[RatingOut(mark=mark, count=count) for mark, count in quarter.ratings] or None,
        rated=quarter.rated if quarter.ratings else None,
        counted_at=moment(quarter.counted_at),
    )
