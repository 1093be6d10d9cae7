"""The files of two registrars: read as they were written, and nothing else is read."""

from dataclasses import replace
from hashlib import sha256

import pytest
from folkmoot_kernel.errors import KernelError

from folkmoot.ballots.handover import (
    OfferedKeys,
    OpenedPapers,
    SetUp,
    blanked,
    decode_numbers,
    encode_numbers,
    fingerprint,
)
from folkmoot.ballots.models import TokenKey
from tests.factories.registrars import SECOND, made_keys, made_setup, opened_papers, signed_numbers


def test_fingerprint_is_thirty_digits_that_change_with_any_byte() -> None:
    number = int.from_bytes(sha256(b"set-up").digest(), "big")
    assert fingerprint(b"set-up").replace(" ", "") == f"{number % 10**30:030}"
    assert list(map(len, fingerprint(b"").split(" "))) == [5] * 6
    assert fingerprint(b"set-up") != fingerprint(b"set-up ")


def test_handed_files_are_read_as_they_were_written(key_pool: list[TokenKey]) -> None:
    setup = made_setup(SECOND, papers=2)
    assert SetUp.decode(setup.encode()) == setup
    offered = made_keys(setup.encode(), key_pool)
    assert list(offered.keys) == [(1, "residents"), (1, "members"), (2, "residents"), (2, "members")]
    assert OfferedKeys.decode(offered.encode()) == offered
    opened = opened_papers(setup, offered, bytes(key_pool[-1].public))
    assert OpenedPapers.decode(opened.encode()) == opened
    assert tuple(map(blanked, opened.papers)) == setup.papers
    numbers = signed_numbers(list(opened.papers), 3)
    assert decode_numbers(encode_numbers(numbers), opened.papers) == numbers


@pytest.mark.parametrize("is_two_phase", [True, False])
def test_blanked_keeps_the_kind_of_calendar(key_pool: list[TokenKey], is_two_phase: bool) -> None:
    setup = made_setup(SECOND)
    calendar = replace(setup.papers[0].calendar, casts=0 if is_two_phase else 1)
    setup = replace(setup, papers=(replace(setup.papers[0], calendar=calendar),))
    assert setup.papers[0].calendar.is_two_phase is is_two_phase
    assert SetUp.decode(setup.encode()) == setup
    opened = opened_papers(setup, made_keys(setup.encode(), key_pool), bytes(key_pool[-1].public)).papers[0]
    if not is_two_phase:
        opened = replace(opened, calendar=replace(opened.calendar, casts=opened.calendar.opens))
    assert blanked(opened) == setup.papers[0]


@pytest.mark.parametrize("spoil", [
    lambda data: b"", lambda data: b"\n", lambda data: data[:-1], lambda data: data + b"\n", lambda data: data * 2,
    lambda data: data.replace(b'"', b"'"), lambda data: data.replace(b"v1", b"v2", 1), lambda data: data[40:],
    lambda data: data.replace(b"\n", b"\r\n"), lambda data: b"\xff" * 100, lambda data: b"[]\n" + data,
    lambda data: data + b" " * 4_000_000 + b"\n",
])  # fmt: skip
def test_handed_files_of_another_spelling_are_refused(spoil, key_pool: list[TokenKey]) -> None:
    setup = made_setup(SECOND)
    offered = made_keys(setup.encode(), key_pool)
    opened = opened_papers(setup, offered, bytes(key_pool[-1].public))
    for read, data in (
        (SetUp.decode, setup.encode()), (OfferedKeys.decode, offered.encode()), (OpenedPapers.decode, opened.encode()),
        (lambda data: decode_numbers(data, opened.papers), encode_numbers(signed_numbers(list(opened.papers), 3))),
    ):  # fmt: skip
        with pytest.raises(KernelError):
            read(spoil(data))


def test_setup_of_papers_that_are_not_one_poll_of_two_registrars_is_refused(key_pool: list[TokenKey]) -> None:
    setup = made_setup(SECOND, papers=2)
    opened = opened_papers(setup, made_keys(setup.encode(), key_pool), bytes(key_pool[-1].public))
    other = replace(setup.papers[0], poll="another")
    alone = replace(
        setup.papers[0], registrars=("organiser.example",), registrar_keys=(),
        strata=tuple(
            replace(each, token=each.token and replace(each.token, keys=each.token.keys[:1]))
            for each in setup.papers[0].strata
        ),
    )  # fmt: skip
    for papers in ((), (setup.papers[0], other), (alone,), opened.papers):
        with pytest.raises(KernelError):
            SetUp.decode(replace(setup, papers=papers).encode())


def test_numbers_of_another_poll_or_key_are_refused(key_pool: list[TokenKey]) -> None:
    setup = made_setup(SECOND, papers=2)
    opened = opened_papers(setup, made_keys(setup.encode(), key_pool), bytes(key_pool[-1].public))
    good = signed_numbers(list(opened.papers), 3)
    for leaves in (
        good[:1], [*good, *signed_numbers(list(opened.papers), 4)], signed_numbers(list(opened.papers), 3, parts=()),
        signed_numbers(list(opened.papers), 3, registrar="organiser.example"), [good[0], replace(good[1], sig=bytes(64))],
        [good[0], good[0]],
    ):  # fmt: skip
        with pytest.raises(KernelError):
            decode_numbers(encode_numbers(leaves), opened.papers)
