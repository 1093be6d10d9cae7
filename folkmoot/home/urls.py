from django.urls import path

from folkmoot.home import views

app_name = "home"

urlpatterns = [
    path("", views.front, name="front"),
    path("places/<slug:code>/", views.place, name="place"),
    path("my/work/", views.my_work, name="my_work"),
    path("my/", views.my_folder, name="my_folder"),
]
