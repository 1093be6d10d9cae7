"""Addresses of inbox, preferences and outbox."""

from django.urls import path

from folkmoot.channels import views

app_name = "channels"
urlpatterns = [
    path("messages/", views.inbox, name="inbox"),
    path("messages/<int:message_id>/", views.message, name="message"),
    path("messages/read/", views.all_mark_read, name="mark_all_read"),
    path("messages/preferences/", views.preferences, name="preferences"),
    path("messages/address/", views.address_offer, name="offer_address"),
    path("messages/address/none/", views.address_drop, name="drop_address"),
    path("messages/address/<str:token>/", views.address_confirm, name="confirm_address"),
    path("operator/outbox/", views.outbox, name="outbox"),
    path("operator/outbox/retry/", views.dead_retry, name="retry_all_dead"),
    path("operator/outbox/<int:delivery_id>/retry/", views.dead_retry, name="retry_dead"),
]
