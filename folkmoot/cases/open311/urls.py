from django.urls import path, register_converter

from folkmoot.cases.open311 import views
from folkmoot.cases.open311.render import CONTENT_TYPES


class FormConverter:
    """The ending of an address: xml or json. Any other ending is an address that there is not."""

    regex = "|".join(CONTENT_TYPES)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(FormConverter, "open311_form")

app_name = "open311"

urlpatterns = [
    path("discovery.<open311_form:form>", views.discovery, name="discovery"),
    path("v2/discovery.<open311_form:form>", views.discovery, name="endpoint_discovery"),
    path("v2/services.<open311_form:form>", views.service_list, name="services"),
    path("v2/services/<slug:code>.<open311_form:form>", views.service_definition, name="service_definition"),
    path("v2/requests.<open311_form:form>", views.requests, name="requests"),
    path("v2/requests/<slug:number>.<open311_form:form>", views.request_view, name="request"),
    path("v2/tokens/<slug:token>.<open311_form:form>", views.token_view, name="token"),
    path("v2/openapi.json", views.openapi, name="openapi"),
]
