"""Sheets of hand papers: two tellers, numbers that fit, and none counted out below k."""

from collections.abc import Callable
from typing import Any

import pytest

from folkmoot.ballots import services
from folkmoot.ballots.models import HandSheet
from folkmoot.base.actors import Actor
from folkmoot.base.errors import Refused
from folkmoot.media.services import take_photo
from tests.factories.ballots import Voting, picture


def enter(made: Voting, **counted: Any) -> HandSheet:
    said = {"papers": 6, "totals": [3, 2, 1], "strata": [made.stratum("residents")]} | counted
    photo = take_photo(actor=made.chair, upload=picture())
    return services.enter_sheet(actor=made.chair, paper=made.paper, photo=photo, **said)


@pytest.mark.parametrize(
    ("counted", "why"),
    [
        ({"papers": 7, "totals": [7, 0, 0]}, "6 papers were given out"),
        ({"totals": [3, 2, 2]}, "do not fit together"),
        ({"totals": [3, 3]}, "do not fit together"),
        ({"papers": 5, "spoiled": -1, "totals": [5, 0, 0]}, "below zero"),
        ({"papers": 4, "totals": [4, 0, 0]}, "Fewer than 5 papers"),
        ({"strata": []}, "no sheet for these groups"),
    ],
)
def test_enter_sheet_refuses_what_does_not_fit(
    hand_counted: Voting, counted: dict[str, Any], why: str
) -> None:
    with pytest.raises(Refused, match=why):
        enter(hand_counted, **counted)
    assert HandSheet.objects.count() == 0


def test_sheet_needs_a_second_teller(hand_counted: Voting, acting: Callable[..., Actor]) -> None:
    with pytest.raises(Refused, match="not written or not confirmed"):
        hand_counted.publish_openings()
    sheet = enter(hand_counted)
    with pytest.raises(Refused, match="two people count"):
        services.confirm_sheet(actor=hand_counted.chair, sheet=sheet)
    with pytest.raises(Refused, match="not written or not confirmed"):
        hand_counted.publish_openings()
    with pytest.raises(Refused, match="written already"):
        enter(hand_counted)
    services.confirm_sheet(actor=acting("chen", "officer"), sheet=HandSheet.objects.get())
    hand_counted.publish_openings()
    assert hand_counted.reload().state == "opened"


def test_drop_sheet_makes_room_for_another(hand_counted: Voting) -> None:
    services.drop_sheet(actor=hand_counted.chair, sheet=enter(hand_counted))
    assert enter(hand_counted, totals=[1, 2, 3]).totals == [1, 2, 3]
    assert HandSheet.objects.count() == 1
