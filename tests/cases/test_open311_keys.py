"""Keys of other apps: given out once, kept as a hash, taken back."""

import pytest

from folkmoot.base.actors import VISITOR, Actor
from folkmoot.base.errors import NotAllowed, Refused
from folkmoot.cases import queries, services
from folkmoot.cases.models import ApiKey
from folkmoot.cli import build_parser, command_modules
from folkmoot.journal.models import Act

CONSOLE = Actor(ref="console", is_operator=True)


def test_issue_api_key_keeps_only_a_hash(db: None) -> None:
    key, text = services.issue_api_key(actor=CONSOLE, name=" Harbour app ")
    stored = ApiKey.objects.get()
    assert (stored, stored.name, stored.is_active, len(text)) == (key, "Harbour app", True, 43)
    assert text not in str(vars(stored))
    assert (queries.api_key_of(text), queries.api_key_of(text[:-1])) == (key, None)
    assert [(act.kind, act.object_ref) for act in Act.objects.all()] == [
        ("api_key.issued", f"api_key:{key.pk}")
    ]


def test_revoke_api_key_ends_it_at_once_and_frees_its_name(db: None) -> None:
    key, text = services.issue_api_key(actor=CONSOLE, name="Harbour app")
    services.revoke_api_key(actor=CONSOLE, name="Harbour app")
    assert queries.api_key_of(text) is None
    assert Act.objects.latest("pk").kind == "api_key.revoked"
    second, _text = services.issue_api_key(actor=CONSOLE, name="Harbour app")
    assert list(queries.api_keys()) == [key, second]


@pytest.mark.parametrize("name", ["", "  ", "x" * 81])
def test_issue_api_key_needs_a_name(db: None, name: str) -> None:
    with pytest.raises(Refused, match="at most 80 letters"):
        services.issue_api_key(actor=CONSOLE, name=name)


def test_issue_api_key_refuses_a_name_in_use(db: None) -> None:
    services.issue_api_key(actor=CONSOLE, name="Harbour app")
    with pytest.raises(Refused, match="Harbour app has a key already"):
        services.issue_api_key(actor=CONSOLE, name="Harbour app")


def test_revoke_api_key_refuses_an_unknown_name(db: None) -> None:
    with pytest.raises(Refused, match="No key in use is called Harbour app"):
        services.revoke_api_key(actor=CONSOLE, name="Harbour app")


def test_api_keys_are_the_operators_alone(db: None) -> None:
    for actor in (VISITOR, Actor(ref="x", person_id=1)):
        with pytest.raises(NotAllowed):
            services.issue_api_key(actor=actor, name="x")
        with pytest.raises(NotAllowed):
            services.revoke_api_key(actor=actor, name="x")
    assert ApiKey.objects.count() == 0


def command(*words: str) -> int:
    modules = command_modules()
    return int(modules["open311-key"].run(build_parser(modules).parse_args(["open311-key", *words])))


def test_command_gives_lists_and_revokes(db: None, at, capsys) -> None:
    at("2026-11-20 09:00")
    assert command("Harbour app") == 0
    said, text = capsys.readouterr().out.splitlines()
    assert said == "The key of Harbour app, shown this once and stored nowhere:"
    assert queries.api_key_of(text) == ApiKey.objects.get()
    assert command("--list") == 0
    assert capsys.readouterr().out == "2026-11-20  in use   Harbour app\n"
    assert command("--revoke", "Harbour app") == 0
    assert capsys.readouterr().out == "The key of Harbour app opens nothing any more.\n"
    command("--list")
    assert capsys.readouterr().out == "2026-11-20  revoked  Harbour app\n"


@pytest.mark.parametrize("words", [[], ["a", "--list"], ["--list", "--revoke", "a"]])
def test_command_wrongly_called_says_how(words: list[str], capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        command(*words)
    assert ended.value.code == 2
    assert "usage: folkmoot open311-key" in capsys.readouterr().err
