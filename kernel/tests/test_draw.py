import shutil
import subprocess
from fractions import Fraction
from hashlib import sha256
from itertools import combinations

import pytest
from folkmoot_kernel import draw
from folkmoot_kernel.draw import audit_sample_size, chance_to_find, drawn, drawn_by_stratum, ranked, ticket
from folkmoot_kernel.errors import MalformedDraw
from hypothesis import given
from hypothesis import strategies as st

LINES = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)
ITEMS = st.lists(LINES, unique=True, max_size=20)
NAMES = [f"Household {n}" for n in range(1, 41)]


def test_ticket_is_the_hash_of_three_lines():
    assert ticket("jury-2026", "4 1 6", "李大妈") == sha256("jury-2026\n4 1 6\n李大妈".encode()).digest()


@given(LINES, LINES, ITEMS, st.data())
def test_ranked_does_not_depend_on_the_order_of_the_list(label, seed, items, data):
    order = ranked(label, seed, items)
    assert sorted(order) == sorted(items)
    assert ranked(label, seed, data.draw(st.permutations(items))) == order


@given(LINES, LINES, ITEMS, st.data())
def test_drawn_takes_the_first_and_leaves_the_rest_in_order(label, seed, items, data):
    places = data.draw(st.integers(0, len(items)))
    chosen = drawn(label, seed, items, places)
    assert len(chosen) == places
    without = [item for item in items if item not in chosen]
    assert chosen + ranked(label, seed, without) == ranked(label, seed, items)


def test_drawn_gives_every_subset_about_as_often():
    """6 pairs of 4, 3,000 seeds: 500 each; five standard deviations are about 102."""
    found = dict.fromkeys(map(frozenset, combinations("abcd", 2)), 0)
    for seed in range(3_000):
        found[frozenset(drawn("audit", str(seed), "abcd", 2))] += 1
    assert all(abs(number - 500) < 102 for number in found.values())


def test_drawn_by_stratum_draws_each_by_itself_with_one_seed():
    strata = {"ordinary": NAMES[:30], "members": NAMES[30:]}
    chosen = drawn_by_stratum("jury", "dice 5 2", strata, {"ordinary": 8, "members": 2})
    assert chosen == {
        "ordinary": drawn("jury/ordinary", "dice 5 2", NAMES[:30], 8),
        "members": drawn("jury/members", "dice 5 2", NAMES[30:], 2),
    }
    with pytest.raises(MalformedDraw):
        drawn_by_stratum("jury", "dice 5 2", strata, {"ordinary": 8})
    with pytest.raises(MalformedDraw):
        drawn_by_stratum("jury", "dice 5 2", strata, {"ordinary": 8, "members": 11})


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="there is no sha256sum here")
def test_draw_is_done_again_by_the_commands_of_its_documentation(tmp_path):
    names = [*NAMES, "李大妈 3号", r"back\slash", "100%"]
    (tmp_path / "list.txt").write_text("".join(f"{name}\n" for name in names), "utf-8")
    commands = "\n".join(line for line in draw.__doc__.splitlines() if line.startswith("    "))
    run = subprocess.run(
        ["sh", "-c", commands.replace("55", "7")],
        cwd=tmp_path,
        env={"LABEL": "audit 2026", "SEED": "4 1 6 2", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=True,
    )
    assert run.stdout.decode().splitlines() == list(drawn("audit 2026", "4 1 6 2", names, 7))


@pytest.mark.parametrize("text", ["", " a", "a ", "a\nb", "a\r", "a\u2028b", "a\0"])
def test_ticket_refuses_what_is_not_one_line(text):
    for texts in ((text, "s", "i"), ("l", text, "i"), ("l", "s", text)):
        with pytest.raises(MalformedDraw):
            ticket(*texts)


def test_draw_refuses_an_item_twice_and_more_places_than_items():
    with pytest.raises(MalformedDraw):
        ranked("l", "s", ["a", "a"])
    for places in (-1, 3):
        with pytest.raises(MalformedDraw):
            drawn("l", "s", ["a", "b"], places)


# The size of an audit.


def test_55_of_400_find_5_percent_phantoms_with_95_percent():
    assert audit_sample_size(400, share=Fraction(5, 100)) == 55
    assert chance_to_find(population=400, faults=20, sample=55) > Fraction(95, 100)
    assert chance_to_find(population=400, faults=20, sample=54) < Fraction(95, 100)


@given(st.integers(1, 9), st.data())
def test_chance_to_find_is_that_of_all_samples_listed(population, data):
    faults, sample = (data.draw(st.integers(0, population)) for _ in range(2))
    samples = list(combinations(range(population), sample))
    finding = sum(any(number < faults for number in each) for each in samples)
    assert chance_to_find(population=population, faults=faults, sample=sample) == Fraction(
        finding, len(samples)
    )


@given(st.integers(1, 600), st.fractions(Fraction(1, 200), 1), st.fractions(Fraction(1, 2), 1))
def test_audit_sample_size_is_the_least_that_finds(population, share, confidence):
    size = audit_sample_size(population, share=share, confidence=confidence)
    faults = -(-population * share.numerator // share.denominator)
    assert 1 <= size <= population
    assert chance_to_find(population=population, faults=faults, sample=size) >= confidence
    assert chance_to_find(population=population, faults=faults, sample=size - 1) < confidence


@pytest.mark.parametrize(
    ("population", "share", "confidence"),
    [
        (0, Fraction(1, 20), Fraction(1, 2)),
        (9, Fraction(0), Fraction(1, 2)),
        (9, Fraction(2), Fraction(1, 2)),
        (9, Fraction(1, 2), Fraction(0)),
        (9, Fraction(1, 2), Fraction(3, 2)),
    ],
)
def test_audit_sample_size_refuses_what_is_no_share(population, share, confidence):
    with pytest.raises(MalformedDraw):
        audit_sample_size(population, share=share, confidence=confidence)
    with pytest.raises(MalformedDraw):
        chance_to_find(population=4, faults=5, sample=1)
