from django import forms
from django.utils.translation import override

from folkmoot.ui.forms import Choice


class Report(forms.Form):
    what = forms.CharField(
        label="What is it?", help_text="Say it <plainly>.", widget=forms.Textarea(attrs={"rows": 3})
    )
    kind = forms.ChoiceField(
        label="Kind", choices=[("a", Choice("Roads", "and lamps")), ("b", "Water")], widget=forms.RadioSelect
    )
    phone = forms.CharField(
        label="Phone",
        required=False,
        max_length=5,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "class": "short"}),
    )
    is_public = forms.BooleanField(label="Public", help_text="No names.", required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput)


def test_form_labels_and_hints_belong_to_their_field() -> None:
    html = str(Report())
    assert '<label class="govuk-label" for="id_what">What is it?</label>' in html
    assert '<div class="govuk-hint" id="id_what_helptext">Say it &lt;plainly&gt;.</div>' in html
    assert 'aria-describedby="id_what_helptext"' in html
    assert 'class="govuk-textarea" rows="3"' in html.replace(' cols="40"', "")


def test_form_keeps_the_attributes_of_its_widgets() -> None:
    html = str(Report()["phone"])
    assert 'class="govuk-input short"' in html
    assert 'autocomplete="tel" inputmode="tel"' in html
    assert html.count("class=") == 1


def test_form_marks_what_is_not_needed() -> None:
    html = str(Report())
    assert html.count("(if you like)") == 1
    assert 'for="id_phone">Phone <span class="optional">(if you like)</span>' in html


def test_radio_choices_have_their_own_hints() -> None:
    html = str(Report()["kind"])
    assert 'for="id_kind_0">Roads</label><div class="choice-hint" id="id_kind_0_hint">and lamps</div>' in html
    assert 'aria-describedby="id_kind_0_hint"' in html
    assert html.count("choice-hint") == 1


def test_radio_group_is_a_fieldset_with_a_legend() -> None:
    html = Report()["kind"].as_field_group()
    assert '<legend class="govuk-fieldset__legend">Kind</legend>' in html


def test_single_checkbox_has_its_label_beside_it() -> None:
    html = Report()["is_public"].as_field_group()
    assert html.index("govuk-checkboxes__input") < html.index(">Public</label>")
    assert 'aria-describedby="id_is_public_helptext"' in html


def test_form_errors_stand_on_top_with_links_and_above_their_field() -> None:
    html = str(Report({"phone": "1234567", "seen": "3"}))
    assert html.index("Please look at this again") < html.index("<textarea")
    assert '<a href="#id_what">Please fill this in.</a>' in html
    assert '<a href="#id_kind_0">Please fill this in.</a>' in html
    assert '<a href="#id_phone">Please write at most 5 characters; there are 7 now.</a>' in html
    assert html.index('id="id_what_error"') < html.index("<textarea")
    assert 'aria-describedby="id_what_helptext id_what_error"' in html
    assert 'value="1234567"' in html


def test_form_errors_of_hidden_fields_are_said_without_link() -> None:
    assert "<li>Please fill this in.</li>" in str(Report({"what": "x", "kind": "a"}))


def test_form_errors_speak_chinese() -> None:
    with override("zh-hans"):
        html = str(Report({"phone": "1234567", "seen": "3"}))
    assert "请填写这一项。" in html
    assert "最多写 5 个字，现在是 7 个。" in html


def test_untouched_form_shows_no_summary() -> None:
    assert "error-summary" not in str(Report())
