from datetime import date, datetime
from typing import Any

import pytest
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.utils import timezone

from folkmoot.ui.components import Bar, Check, Fact, Row, Rung, Shape, TimelineItem
from folkmoot.ui.paging import Listing


def draw(source: str, path: str = "/list/", **values: Any) -> str:
    request = RequestFactory().get(path)
    return Template("{% load ui %}" + source).render(Context({"request": request, **values}))


@pytest.mark.parametrize(
    ("language", "heading"), [("en", "Ladder and verdict"), ("zh-hans", "逐级办理与结论")]
)
def test_components_page_shows_each_language(client: Client, language: str, heading: str) -> None:
    answer = client.get("/components/", {"lang": language})
    assert answer.status_code == 200
    assert f"<h2>{heading}</h2>" in answer.content.decode()


def test_components_page_keeps_no_language(client: Client) -> None:
    client.get("/components/", {"lang": "zh-hans"})
    assert '<html lang="en">' in client.get("/components/").content.decode()


def test_verdict_says_the_sentence_first() -> None:
    html = draw("{% verdict said 'late' 'In 2 days.' %}", said="Solved <now>.")
    assert html.strip() == '<p class="verdict late">Solved &lt;now&gt;. <small>In 2 days.</small></p>'


def test_ladder_says_where_one_is_without_colour() -> None:
    html = draw(
        "{% ladder rungs %}", rungs=[Rung("Unit", "past"), Rung("Grid", "on"), Rung("Village", "ahead")]
    )
    assert '<li class="past">Unit<span class="unseen"> (was here)</span></li>' in html
    assert '<li class="on" aria-current="step">Grid<span class="unseen"> (is here now)</span></li>' in html
    assert '<li class="ahead">Village</li>' in html


def test_components_take_dicts_as_well() -> None:
    as_dict = draw("{% ladder rungs %}", rungs=[{"label": "Unit", "state": "past"}])
    assert as_dict == draw("{% ladder rungs %}", rungs=[Rung("Unit", "past")])
    bars = draw("{% bar_chart bars 'Title' %}", bars=[{"label": "Unit", "value": 3}])
    assert bars == draw("{% bar_chart bars 'Title' %}", bars=[Bar("Unit", 3)])


def test_timeline_quotes_and_marks_lateness_in_words() -> None:
    when = datetime(2020, 1, 2, 3, 4, tzinfo=timezone.get_default_timezone())
    html = draw(
        "{% timeline items %}", items=[TimelineItem(when, "Gone up", quote="a\nb", kind="late", by="Clock")]
    )
    assert '<time datetime="2020-01-02T03:04:00+08:00">2 Jan 2020 03:04</time>' in html
    assert '<span class="unseen">(late)</span>' in html
    assert "<blockquote><p>a<br>b</p></blockquote>" in html


def test_rows_leave_out_what_is_not_given() -> None:
    html = draw("{% rows items %}", items=[Row("Only a title")])
    assert html.strip() == '<ul class="rows"><li><div><h3>Only a title</h3></div></li>\n</ul>'


def test_checklist_says_each_state_in_words() -> None:
    checks = [Check("A", "done"), Check("B", "open"), Check("C", "blocked")]
    html = draw("{% checklist checks %}", checks=checks)
    assert [word in html for word in ("(done)", "(still open)", "(blocked)")] == [True, True, True]


def test_facts_say_days_as_people_do() -> None:
    html = draw(
        "{% facts items %}", items=[("Since", date(2020, 5, 4)), Fact("With", "Bei", "/x/", "Change")]
    )
    assert '<time datetime="2020-05-04">4 May 2020</time>' in html
    assert 'Bei <a href="/x/">Change</a>' in html


def test_pagination_keeps_the_filters() -> None:
    page = Listing([1] * 25, 2, 25, 60, is_about=False, has_next=True)
    html = draw("{% pagination page %}", "/list/?state=late&page=2", page=page)
    assert "Rows 26 to 50 of 60" in html
    assert 'href="?state=late&amp;page=1"' in html
    assert 'href="?state=late&amp;page=3"' in html


@pytest.mark.parametrize(("rows", "words"), [(1, "1 row<"), (3, "3 rows<")])
def test_pagination_of_one_page_says_how_many(rows: int, words: str) -> None:
    page = Listing([1] * rows, 1, 25, rows, is_about=False, has_next=False)
    assert words in draw("{% pagination page %}", page=page)


def test_pagination_of_many_says_about_how_many() -> None:
    page = Listing([1] * 25, 1, 25, 12437, is_about=True, has_next=True)
    assert "Rows 1 to 25 of about 12,400" in draw("{% pagination page %}", page=page)
    unknown = Listing([1] * 25, 1, 25, None, is_about=False, has_next=True)
    assert "Rows 1 to 25 of more than 1,000" in draw("{% pagination page %}", page=unknown)


def test_bar_chart_says_its_numbers_and_has_a_table() -> None:
    html = draw(
        "{% bar_chart bars 'Solved' 'This year' 'matters' %}", bars=[Bar("grid", 1580), Bar("village", 790)]
    )
    assert '<rect width="100.0" height="10"/>' in html
    assert '<rect width="50.0" height="10"/>' in html
    assert '<tr><th scope="row">grid</th><td class="number">1,580 matters</td></tr>' in html


def test_map_links_each_shape_and_lists_them() -> None:
    square = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}
    html = draw(
        "{% map_drawing shapes 'Grids' %}", shapes=[Shape(square, "Grid 01", "/g/1/", is_highlighted=True)]
    )
    assert '<a href="/g/1/" aria-label="Grid 01"><path d="M' in html
    assert '<li><a href="/g/1/">Grid 01</a> <strong>(marked on the map)</strong></li>' in html


def test_progress_never_passes_its_end() -> None:
    html = draw("{% progress_bar 2000 1650 'Areas' %}")
    assert "Areas: 1,650 of 1,650" in html
    assert '<progress value="1650" max="1650" aria-label="Areas">' in html


def test_stars_say_the_number() -> None:
    assert (
        draw("{% stars 4 %}") == '<span class="stars" aria-hidden="true">★★★★☆</span> <span>4 of 5</span>\n'
    )


def test_number_can_be_about() -> None:
    assert draw("{% number 12437 %} {% number 12437 about=True %}") == "12,437 about 12,400"


def test_moment_texts_can_be_put_into_sentences() -> None:
    when = datetime(2020, 1, 2, 3, 4, tzinfo=timezone.get_default_timezone())
    assert (
        draw("{% due_text when as until %}until {{ until }}", when=when)
        == "until Thursday 2 January 2020 03:04"
    )


def test_post_button_carries_the_token() -> None:
    html = draw("{% post_button 'Close' '/close/' name='seen' value='3' %}", csrf_token="abc")
    assert '<input type="hidden" name="csrfmiddlewaretoken" value="abc">' in html
    assert '<input type="hidden" name="seen" value="3">' in html
    assert 'data-prevent-double-click="true">Close</button>' in html


def test_qr_has_words_for_those_who_do_not_see_it() -> None:
    html = draw("{% qr 'https://example.org/' 'a <b>' %}")
    assert html.startswith('<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="a &lt;b&gt;"')
    assert "style" not in html
