"""Slips: codes that nothing keeps, their hashes in every paper, their PDF, and those that come back."""

import re
import zlib
from collections.abc import Callable

import pytest
from django.db import connection
from django.utils.translation import override
from folkmoot_kernel.es256 import point_of, private_key
from folkmoot_kernel.leaves import list_root, slip_hash
from folkmoot_kernel.papers import Paper as PaperLeaf
from folkmoot_kernel.recovery import slip_scalar

from folkmoot.ballots import printing, queries, services, slips
from folkmoot.ballots.models import Poll, SlipBatch, SlipList, Taken
from folkmoot.base.errors import Refused
from tests.ballots.box.running import RunningBox
from tests.factories.ballots import ALL_CHANNELS, RecordedChance, Voting

CODE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@pytest.fixture
def draft(voting: Callable[..., Voting]) -> Voting:
    return voting({"residents": 20}, papers=2, channels=ALL_CHANNELS)


@pytest.fixture
def opened(draft: Voting, printed: RecordedChance, ballot_box: RunningBox) -> Voting:
    draft.print_slips(printed, {"residents": 12})
    draft.open_poll()
    return draft


def test_code_is_read_however_it_was_typed() -> None:
    spaced = "  abcd-EFGH ijkl.MNOP qrst uvw xyz "
    assert slips.normal_slip_code(spaced) == CODE
    assert slips.normal_slip_code(f"http://127.0.0.1:1/booth/#poll=p&slip={CODE}") == CODE
    assert slips.normal_slip_code("0" * 26) == "O" * 26
    assert slips.normal_slip_code(CODE[:-1]) == slips.normal_slip_code(CODE + "A") == ""
    assert "".join(slips.grouped(CODE)) == CODE


def test_new_code_uses_every_letter_alike() -> None:
    drawn = slips.new_code(lambda count: bytes(range(count)))
    assert drawn == CODE
    assert slips.new_code(lambda count: bytes([255] * count)) == "7" * 26


def test_printed_slips_are_those_of_the_log(opened: Voting) -> None:
    for paper in opened.poll.papers.all():
        leaf = PaperLeaf.decode(bytes(paper.leaf))
        hashes = [
            slip_hash(point_of(private_key(slip_scalar(code, paper=leaf.slip_context)).public_key()))
            for code in opened.codes["residents"]
        ]
        assert leaf.strata[0].slip is not None
        assert (leaf.strata[0].slip.printed, leaf.strata[0].slip.root) == (12, list_root(hashes))
        assert SlipList.objects.get(paper=paper).hashes == slips.packed(hashes)


def test_codes_are_stored_nowhere(opened: Voting) -> None:
    stored = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            stored.append(repr(cursor.fetchall()))
    found = [code for code in opened.codes["residents"] if code in "".join(stored)]
    assert found == []


def test_pdf_has_a_strip_for_each_slip_in_both_languages(draft: Voting, settings) -> None:
    settings.BOX_ORIGIN = "https://box.example"
    for language in ("en", "zh-hans"):
        with override(language):
            pdf = printing.slips_pdf(draft.poll, {"Residents": [CODE] * 11})
        assert pdf.startswith(b"%PDF")
        assert pages(pdf) == 3  # five strips on each


def test_observers_sheet_is_one_page(opened: Voting) -> None:
    batches = list(queries.slip_batches(opened.poll))
    assert pages(printing.sheet_pdf(opened.poll, batches, queries.drawn_slips(opened.poll))) == 1


def pages(pdf: bytes) -> int:
    """How many pages a PDF has, read from its page tree, which may be packed."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S)
    text = pdf
    for stream in streams:
        try:
            text += zlib.decompress(stream)
        except zlib.error:
            continue
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", text))


def test_print_slips_refuses_other_groups_and_numbers(draft: Voting) -> None:
    for numbers in ({}, {"members": 3}, {"residents": 0}, {"residents": 20_001}):
        with pytest.raises(Refused):
            services.print_slips(actor=draft.chair, poll=draft.reload(), numbers=numbers)
    assert SlipBatch.objects.count() == 0


def test_open_poll_refuses_while_slips_are_not_printed(draft: Voting, pool) -> None:
    with pytest.raises(Refused, match="The slips of “Residents” are not printed yet"):
        draft.open_poll()


def test_draw_slip_notes_all_papers_and_never_which(opened: Voting) -> None:
    entry = opened.entries("residents")[0]
    services.draw_slip(actor=opened.chair, entry=entry)
    assert set(Taken.objects.filter(entry=entry).values_list("kind", flat=True)) == {"slip"}
    assert Taken.objects.filter(entry=entry).count() == 2
    assert queries.drawn_slips(opened.poll) == {opened.stratum("residents").pk: 1}
    with pytest.raises(Refused, match="has taken a paper already"):
        services.draw_slip(actor=opened.chair, entry=entry)


def test_draw_slip_ends_with_the_last_one(opened: Voting) -> None:
    for entry in opened.entries("residents")[:12]:
        services.draw_slip(actor=opened.chair, entry=entry)
    with pytest.raises(Refused, match="All slips of this group are drawn"):
        services.draw_slip(actor=opened.chair, entry=opened.entries("residents")[12])


def test_return_slips_voids_each_code_once(opened: Voting) -> None:
    stratum, codes = opened.stratum("residents"), opened.codes["residents"]
    assert opened.return_slips(stratum=stratum, codes=[codes[0], codes[0].lower()]) == 1
    for bad, why in (([codes[0]], "handed back before"), (["Q" * 26], "not printed"), (["x"], "not printed")):
        with pytest.raises(Refused, match=why):
            opened.return_slips(stratum=stratum, codes=bad)
    services.draw_slip(actor=opened.chair, entry=opened.entries("residents")[0])
    with pytest.raises(Refused, match="Only 10 slips of this group are unused"):
        opened.return_slips(stratum=stratum, codes=codes[1:12])
    assert [len(slips.unpacked(bytes(each.void))) for each in SlipList.objects.all()] == [1, 1]


def test_give_back_slips_is_for_fewer_than_k(opened: Voting) -> None:
    stratum, entries = opened.stratum("residents"), opened.entries("residents")
    with pytest.raises(Refused):
        opened.give_back_slips(stratum=stratum)  # nobody has drawn
    for entry in entries[:5]:
        services.draw_slip(actor=opened.chair, entry=entry)
    with pytest.raises(Refused):
        opened.give_back_slips(stratum=stratum)  # k is 5
    Taken.objects.filter(entry=entries[0]).delete()
    assert opened.give_back_slips(stratum=stratum) == 4
    assert Taken.objects.count() == 0
    assert all(bytes(each.void) == bytes(each.hashes) for each in SlipList.objects.all())
    with pytest.raises(Refused, match="There are no slips for this group"):
        services.draw_slip(actor=opened.chair, entry=entries[1])
    assert "4" not in str(Poll.objects.get(pk=opened.poll.pk).events.get(act="give_back_slips").params)
