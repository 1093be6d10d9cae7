"""One structure in two forms, without a database."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.cases.open311.render import ITEMS, JSON, XML, moment, render
from tests.cases.open311_calls import as_text, spark


def test_render_writes_the_standards_example() -> None:
    services = [{"service_code": "001", "metadata": True, "keywords": "lorem, ipsum", "group": None}]
    assert render("services", services, XML) == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        "<services><service><service_code>001</service_code><metadata>true</metadata>"
        "<keywords>lorem, ipsum</keywords><group/></service></services>\n"
    )
    assert json.loads(render("services", services, JSON)) == services


def test_render_writes_nothing_as_an_empty_element_and_null() -> None:
    assert render("errors", [], XML).endswith("<errors/>\n")
    assert render("errors", [], JSON) == "[]"
    both = {"description": "", "lat": None, "formats": []}
    assert render("service", both, XML).endswith("<service><description/><lat/><formats/></service>\n")
    assert json.loads(render("service", both, JSON)) == {"description": None, "lat": None, "formats": []}


def test_render_drops_what_xml_cannot_hold() -> None:
    told = {"description": "a\x00b\x0bc\ud800d\ufffee\r\nf\rg"}
    assert json.loads(render("service", told, JSON)) == {"description": "abcde\nf\ng"}
    assert fromstring(render("service", told, XML)).findtext("description") == "abcde\nf\ng"


def test_render_writes_markup_as_text() -> None:
    text = "<script>alert('1')</script> & ]]> \"x\""
    assert fromstring(render("service", {"name": text}, XML)).findtext("name") == text


def test_moment_has_the_offset_of_the_place() -> None:
    when = datetime(2026, 11, 20, 1, 0, 5, 999, tzinfo=UTC)
    assert moment(when, ZoneInfo("Asia/Shanghai")) == "2026-11-20T09:00:05+08:00"
    assert moment(None, ZoneInfo("UTC")) is None


scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
names = st.sampled_from(["service_code", "group", "lat", "description", "metadata"])
records = st.recursive(
    st.dictionaries(names, scalars, min_size=2),  # Spark reads a record of one part as an array
    lambda inner: st.dictionaries(names, scalars, min_size=2).flatmap(
        lambda flat: st.dictionaries(
            st.sampled_from(sorted(ITEMS)), st.lists(inner | scalars, max_size=3)
        ).map(lambda lists: flat | lists)
    ),
    max_leaves=8,
)


@given(st.sampled_from(sorted(ITEMS)), st.lists(records, max_size=3))
def test_render_says_the_same_in_both_forms(root: str, value: list) -> None:
    read = fromstring(render(root, value, XML))
    assert read.tag == root
    assert spark(read) == as_text(json.loads(render(root, value, JSON)))
