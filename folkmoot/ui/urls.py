from django.urls import path

from folkmoot.ui import views

app_name = "ui"

urlpatterns = [
    path("language/", views.language_change, name="language"),
    path("text-size/", views.text_size_change, name="text_size"),
    path("components/", views.components_view, name="components"),
]
