"""The tally sheet of papers that were counted by hand."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from folkmoot_kernel.scales import RANKED

from folkmoot.ballots.forms.running import PollActForm
from folkmoot.ballots.forms.setting_up import NUMBER
from folkmoot.ballots.models import Paper
from folkmoot.ballots.shown import option_words

MOST_PAPERS = 1_000_000


def count_field(label: Any, *, required: bool = True) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=0, max_value=MOST_PAPERS, required=required,
        widget=forms.TextInput(NUMBER), error_messages={"required": _("Please write the number, or 0.")},
    )  # fmt: skip


class EnterSheetForm(PollActForm):
    """What the first teller writes down. A sheet under k has only its number of papers."""

    papers = count_field(_("Papers that say something valid"))
    spoiled = count_field(_("Papers that say nothing valid"), required=False)
    photo = forms.ImageField(
        label=_("Photograph of the sheet"), help_text=_("With both signatures. Its fingerprint stands in the public log."),
        error_messages={
            "required": _("Please add a photograph of the sheet."),
            "invalid_image": _("This is not a photograph. Please choose a JPEG or PNG picture."),
            "empty": _("This file is empty."),
        },
    )  # fmt: skip

    def __init__(self, *args: Any, paper: Paper, is_counted_out: bool, **kwargs: Any) -> None:
        super().__init__(*args, poll=paper.poll, **kwargs)
        self.paper, self.is_counted_out = paper, is_counted_out
        if not is_counted_out:
            del self.fields["spoiled"]
        elif paper.scale in RANKED:
            self.fields["rankings"] = forms.CharField(
                label=_("The orders, one on each line"), widget=forms.Textarea(attrs={"rows": 6}),
                max_length=20_000, required=False,
                help_text=_("Such as “2 1 3: 14”: 14 papers put the second first. %(names)s") % _numbered(paper),
            )  # fmt: skip
        else:
            for number, option in enumerate(paper.options):
                self.fields[f"total_{number}"] = count_field(option_words(option))
        self.order_fields(
            ["papers", *(name for name in self.fields if name.startswith("total_")), "rankings"]
        )

    def clean_rankings(self) -> list[tuple[tuple[int, ...], int]]:
        return list(_rankings(self.cleaned_data["rankings"]))

    def counted(self) -> dict[str, Any]:
        """The numbers as the service takes them."""
        said = self.cleaned_data
        totals = [said[name] for name in self.fields if name.startswith("total_")]
        return {
            "papers": said["papers"], "spoiled": said.get("spoiled") or 0, "totals": totals,
            "rankings": said.get("rankings") or [], "seen": said["seen"],
        }  # fmt: skip


def _numbered(paper: Paper) -> dict[str, str]:
    names = (f"{number} {option_words(option)}" for number, option in enumerate(paper.options, 1))
    return {"names": ", ".join(names)}


def _rankings(text: str) -> Iterator[tuple[tuple[int, ...], int]]:
    """Shapes: ((1, 0, 2), 14) for “2 1 3: 14”. Raises ValidationError."""
    for line in text.splitlines():
        order, _colon, number = line.replace("：", ":").partition(":")
        if not line.strip():
            continue
        try:
            yield tuple(int(place) - 1 for place in order.split()), int(number)
        except ValueError:
            raise ValidationError(
                _("Please write each line like “2 1 3: 14”, not “%(line)s”."), params={"line": line[:40]}
            ) from None
