from django.urls import path

from folkmoot.ballots.views import registrar

app_name = "ballots"

urlpatterns = [
    path("papers/", registrar.papers_offered, name="papers_offered"),
    path("papers/batch/", registrar.papers_take, name="papers_take"),
    path("papers/<str:paper>/<str:stratum>/", registrar.paper_take, name="paper_take"),
]
