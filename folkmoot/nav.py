"""The standing links of every page, in their order."""

from django.utils.translation import gettext_lazy as _

from folkmoot.ui.navigation import add_entry


def register() -> None:
    """Called once, when every app is ready."""
    add_entry(
        name="matters", label=_("Matters"), url_name="cases:case_list", who="cases.view_cases", order=10
    )
    add_entry(
        name="chiefs",
        label=_("Who serves me"),
        url_name="people:find_chief",
        who="people.find_chief",
        order=20,
    )
    add_entry(name="votes", label=_("Votes"), url_name="ballots:poll_list", who="ballots.view_poll", order=15)
    add_entry(
        name="my_papers",
        label=_("My papers"),
        url_name="ballots:my_papers",
        who="ballots.issue_claim",
        order=30,
        where="mine",
    )
    add_entry(
        name="figures",
        label=_("How we are doing"),
        url_name="cases:figures",
        who="cases.view_figures",
        order=30,
    )
    add_entry(
        name="accounts",
        label=_("Accounts"),
        url_name="people:account_list",
        who="people.list_accounts",
        order=80,
        where="mine",
    )
    add_entry(
        name="imports",
        label=_("Imports"),
        url_name="areas:imports",
        who="areas.import_areas",
        order=85,
        where="mine",
    )
    add_entry(
        name="my_work",
        label=_("My work"),
        url_name="home:my_work",
        who="home.view_my_work",
        order=10,
        where="mine",
    )
