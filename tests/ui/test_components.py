import pytest
from django.test import Client


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_components_render_in_each_language(client: Client, language: str) -> None:
    answer = client.get("/components/", {"lang": language})
    assert answer.status_code == 200
