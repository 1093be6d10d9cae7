"""The audit of who took a paper: places of published lists, drawn again by anybody, and what the answers prove."""

import shutil
import subprocess
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import pytest
from folkmoot_kernel import draw
from folkmoot_kernel.audit import (
    Place,
    TokenList,
    draw_places,
    label_of,
    lists_of,
    outcome,
    prove_place,
    seed_of,
    verify_place,
)
from folkmoot_kernel.draw import CONFIDENCE, chance_to_find, most_faults
from folkmoot_kernel.encoding import b64u
from folkmoot_kernel.errors import KernelError, MalformedDraw
from folkmoot_kernel.leaves import Issued, IssuedPart, issued_hash, list_root
from hypothesis import given
from hypothesis import strategies as st

ROOT = bytes(range(32))
OTHER = bytes(range(1, 33))
SEED = seed_of(ROOT, "41624")


def test_seed_is_the_root_and_the_number():
    assert SEED == "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8= 41624"
    assert label_of("season-2026") == "folkmoot/audit/v1 season-2026"


def test_lists_alike_stand_once_and_empty_ones_not_at_all():
    first = Issued(b"1" * 32, (IssuedPart("a", 20, 3, ROOT), IssuedPart("b", 20, 0, b"e" * 32)))
    second = Issued(b"2" * 32, (IssuedPart("a", 20, 3, ROOT), IssuedPart("b", 20, 2, OTHER)))
    assert lists_of([first, second]) == (TokenList(ROOT, 3), TokenList(OTHER, 2))


def test_55_of_400_are_drawn_and_another_number_draws_others():
    lists = (TokenList(ROOT, 312), TokenList(OTHER, 88))
    places = draw_places("p", lists, SEED)
    assert len(places) == len(set(places)) == 55
    assert {place.index < {ROOT: 312, OTHER: 88}[place.root] for place in places} == {True}
    assert draw_places("p", lists[::-1], SEED) == places
    assert draw_places("p", lists, seed_of(ROOT, "41625")) != places
    assert draw_places("q", lists, SEED) != places


def test_nothing_is_drawn_of_nobody():
    with pytest.raises(MalformedDraw):
        draw_places("p", (), SEED)


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="there is no sha256sum here")
def test_places_are_drawn_again_by_the_commands_of_draw(tmp_path):
    lists = (TokenList(ROOT, 30), TokenList(OTHER, 10))
    items = [f"{b64u(each.root)}/{number}\n" for each in lists for number in range(each.size)]
    (tmp_path / "list.txt").write_text("".join(items), "utf-8")
    places = draw_places("p", lists, SEED)
    commands = "\n".join(line for line in draw.__doc__.splitlines() if line.startswith("    "))
    run = subprocess.run(
        ["sh", "-c", commands.replace("55", str(len(places)))], cwd=tmp_path, capture_output=True, check=True,
        env={"LABEL": label_of("p"), "SEED": SEED, "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert run.stdout.decode().splitlines() == [place.item for place in places]


@given(st.integers(1, 40), st.data())
def test_place_is_proved_for_its_person_and_for_nobody_else(size, data):
    salt = b"s" * 32
    people = {issued_hash(salt=salt, person=str(number)): str(number) for number in range(size)}
    hashes = sorted(people)
    index = data.draw(st.integers(0, size - 1))
    place, path = Place(list_root(hashes), index), prove_place(hashes, index)
    person = people[hashes[index]]
    verify_place(place, size, salt=salt, person=person, path=path)
    for said in ({"person": "x"}, {"salt": b"t" * 32}):
        with pytest.raises(KernelError):
            verify_place(place, size, **{"salt": salt, "person": person, "path": path} | said)
    for other in (Place(OTHER, index), Place(place.root, (index + 1) % (size + 1))):
        with pytest.raises(KernelError):
            verify_place(other, size, salt=salt, person=person, path=path)


# What the answers prove.


def test_55_of_400_without_a_no_leave_less_than_5_percent():
    assert most_faults(population=400, sample=55, found=0) == 19
    assert str(outcome(population=400, yes=55, no=0, unreached=0)) == (
        "55 of 400 papers taken online were drawn by lot. All 55 were taken by the voters themselves, they say: "
        "with 95% confidence at most 19 of all (5%) were not."
    )


def test_whoever_was_not_reached_is_counted_as_no():
    assert most_faults(population=400, sample=55, found=3) == 51
    doubts = outcome(population=400, yes=52, no=1, unreached=2)
    assert str(doubts) == (
        "55 of 400 papers taken online were drawn by lot. Taken by the voters themselves: 52; not: 1; "
        "not reached: 2. Those not reached counted as not, with 95% confidence at most 51 of all (13%) were not "
        "taken by the voters themselves."
    )
    assert doubts.said("zh-Hans").startswith("网上领取的400张选票中抽查55张：本人领取52张，非本人领取1张，")


def test_all_asked_leave_no_doubt():
    assert most_faults(population=20, sample=20, found=0) == 0
    assert "at most 0 of all (0%) were not" in str(outcome(population=20, yes=20, no=0, unreached=0))


@given(st.integers(1, 8), st.data())
def test_most_faults_is_the_last_that_all_samples_listed_allow(population, data):
    sample = data.draw(st.integers(0, population))
    found = data.draw(st.integers(0, sample))
    samples = list(combinations(range(population), sample))

    def chance_of_as_few(faults: int) -> Fraction:
        return Fraction(sum(sum(n < faults for n in each) <= found for each in samples), len(samples))

    possible = range(found, population - sample + found + 1)
    allowed = [faults for faults in possible if chance_of_as_few(faults) > 1 - CONFIDENCE]
    assert most_faults(population=population, sample=sample, found=found) == max(allowed)


@given(st.integers(2, 3_000), st.data())
def test_most_faults_is_the_other_side_of_the_chance_to_find(population, data):
    sample = data.draw(st.integers(1, population - 1))
    most = most_faults(population=population, sample=sample, found=0)
    assert chance_to_find(population=population, faults=most, sample=sample) < CONFIDENCE
    assert chance_to_find(population=population, faults=most + 1, sample=sample) >= CONFIDENCE


@given(st.integers(1, 300), st.data())
def test_most_faults_grows_with_what_was_found_and_falls_with_who_was_asked(population, data):
    sample = data.draw(st.integers(0, population))
    found = data.draw(st.integers(0, sample))
    most = most_faults(population=population, sample=sample, found=found)
    assert found <= most <= population
    if found < sample:
        assert most <= most_faults(population=population, sample=sample, found=found + 1)
    if sample < population:
        assert most >= most_faults(population=population, sample=sample + 1, found=found)


@pytest.mark.parametrize(("population", "sample", "found"), [(0, 0, 0), (4, 5, 0), (4, 3, 4), (4, 2, -1)])
def test_most_faults_refuses_what_is_no_sample(population, sample, found):
    with pytest.raises(MalformedDraw):
        most_faults(population=population, sample=sample, found=found)


def test_example_of_the_documentation_is_drawn():
    first = [place.index for place in draw_places("p", (TokenList(ROOT, 30),), SEED)][:3]
    said = (Path(__file__).parents[2] / "docs" / "reference" / "protocol.md").read_text("utf-8")
    assert "end in {}, {} and {}.".format(*first) in said
