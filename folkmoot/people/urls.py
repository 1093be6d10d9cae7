"""Addresses of posts, households and accounts. Those of sign-in are in account_urls.py."""

from django.urls import URLPattern, URLResolver, path

from folkmoot.people.views import accounts, data, demo, finding, households, notes, posts, ways

app_name = "people"
urlpatterns: list[URLPattern | URLResolver] = [
    path("chiefs/", finding.find_chief, name="find_chief"),
    path("posts/<int:pk>/", finding.post, name="post"),
    path("organizations/", finding.organization_list, name="organization_list"),
    path("organizations/<slug:code>/", finding.organization, name="organization"),
    path("my/post/", posts.choose_post, name="choose_post"),
    path("my/card/", posts.card_edit, name="edit_card"),
    path("posts/<int:pk>/appoint/", posts.appointment_propose, name="propose_appointment"),
    path("posts/<int:pk>/deputy/", posts.deputy_name, name="name_deputy"),
    path("tenures/<int:pk>/end/", posts.tenure_end, name="end_tenure"),
    path("appointments/", posts.appointment_list, name="appointment_list"),
    path("appointments/<int:pk>/", posts.appointment, name="appointment"),
    path("appointments/<int:pk>/confirm/", posts.appointment_confirm, name="confirm_appointment"),
    path("appointments/<int:pk>/refuse/", posts.appointment_refuse, name="refuse_appointment"),
    path("gaps/", posts.gap_list, name="gap_list"),
    path("my/household/", households.my_household, name="my_household"),
    path("my/household/join/", households.household_join, name="join_household"),
    path("my/household/leave/", households.household_leave, name="leave_household"),
    path("residents/", households.resident_list, name="resident_list"),
    path("residents/<int:pk>/confirm/", households.resident_confirm, name="confirm_resident"),
    path("residents/<int:pk>/refuse/", households.resident_refuse, name="refuse_resident"),
    path("links/new/", households.household_link, name="link_household"),
    path("links/<int:pk>/end/", households.link_end, name="end_link"),
    path("notes/", notes.note_list, name="note_list"),
    path("notes/new/", notes.note_write, name="write_note"),
    path("notes/<int:pk>/", notes.note, name="note"),
    path("notes/<int:pk>/read/", notes.note_read, name="read_note"),
    path("notes/<int:pk>/end/", notes.note_end, name="end_note"),
    path("notes/<int:pk>/answer/", households.note_answer, name="answer_note"),
    path("notes/<int:pk>/erase/", households.note_erase, name="erase_note"),
    path("my/data/", data.my_data, name="my_data"),
    path("my/data/export/", data.data_export, name="export_data"),
    path("my/data/erase/", data.person_erase, name="erase_person"),
    path("accounts/", accounts.account_list, name="account_list"),
    path("accounts/<int:pk>/close/", accounts.account_close, name="close_account"),
    path("accounts/<int:pk>/reopen/", accounts.account_reopen, name="reopen_account"),
    path("accounts/emergency/", accounts.emergency_begin, name="begin_emergency"),
    path("accounts/emergency/<int:pk>/end/", accounts.emergency_end, name="end_emergency"),
    path("account/", ways.sign_in_ways, name="sign_in_ways"),
    path("demo/be/<slug:key>/", demo.demo_sign_in, name="demo_sign_in"),
]
