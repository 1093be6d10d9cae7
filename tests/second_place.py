"""A second installation in a process of its own: the other registrar of a poll, with its own database and people.

    python -m tests.second_place <port>       a command a line on the standard input, an answer a line on the output

It serves the real pages; what a test need not do with a finger, it asks for by name.
"""

import base64
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


class SecondPlace:
    """The process as a test sees it. Every command waits for its answer."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        environment = {name: value for name, value in os.environ.items() if name not in _OURS}
        environment["PYTHONPATH"] = f"{ROOT}{os.pathsep}{ROOT / 'kernel'}"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.second_place", str(port)], env=environment, cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    @property
    def host(self) -> str:
        return self.url.partition("//")[2]

    def ask(self, command: str, **said: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"command": command, **said}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"{command}: the second place has ended"
        answer = json.loads(line)
        assert "failed" not in answer, answer
        return answer["done"]

    def file(self, command: str, **said: Any) -> bytes:
        return base64.b64decode(self.ask(command, **said))

    def end(self) -> None:
        self._process.communicate(timeout=20)


_OURS = ("DATA_DIR", "DATABASE_URL", "FOLKMOOT_TEST", "FOLKMOOT_TEST_DATABASE_URL", "PYTEST_CURRENT_TEST")


@contextlib.contextmanager
def second_place(port: int) -> Iterator[SecondPlace]:
    place = SecondPlace(port)
    try:
        place.ask("is_there")
        yield place
    finally:
        place.end()


# In that process ------------------------------------------------------------------------------------


class Commands:
    """What can be asked for. Bei is the secretary who fills the roll."""

    def __init__(self) -> None:
        from tests.factories.cases import actor_of
        from tests.factories.island import make_island

        self.island = make_island()
        self.bei = actor_of(self.island.bei, self.island.secretary)

    def is_there(self) -> bool:
        return True

    def session(self) -> str:
        """The cookie of Bei, secretary."""
        from django.test import Client

        client = Client()
        client.force_login(self.island.bei.account)
        session = client.session
        session["acting_post"] = self.island.secretary.pk
        session.save()
        return str(session.session_key)

    def pool(self, count: int) -> int:
        from folkmoot.ballots.models import TokenKey
        from folkmoot.ballots.services.clock import fresh_key

        return len(TokenKey.objects.bulk_create(fresh_key() for _number in range(count)))

    def agree(self, file: str) -> str:
        from folkmoot.ballots import services

        poll = services.agree_to_poll(actor=self.bei, area=self.island["V1"], file=base64.b64decode(file))
        return str(poll.code)

    def fill(self, poll: str, stratum: str, count: int) -> int:
        """So many names on the roll."""
        from folkmoot.ballots.models import RollEntry, Stratum

        row = Stratum.objects.get(poll__code=poll, code=stratum)
        names = (f"{stratum} {number:03}" for number in range(count))
        entries = [
            RollEntry(poll_id=row.poll_id, stratum=row, name=name, salt=os.urandom(32)) for name in names
        ]
        return len(RollEntry.objects.bulk_create(entries))

    def act(self, poll: str, name: str, file: str | None = None) -> str:
        """One act of Bei on the poll; the state after it."""
        from folkmoot.ballots import services
        from folkmoot.ballots.models import Poll

        row = Poll.objects.get(code=poll)
        said = {"file": base64.b64decode(file)} if file is not None else {}
        getattr(services, name)(actor=self.bei, poll=row, **said)
        return str(Poll.objects.get(code=poll).state)

    def handed(self, poll: str, name: str) -> str:
        from folkmoot.ballots import queries
        from folkmoot.ballots.models import Poll

        return base64.b64encode(queries.handed_over(Poll.objects.get(code=poll), name)).decode()

    def claim(self, poll: str, stratum: str, nth: int) -> str:
        from folkmoot.ballots import services
        from folkmoot.ballots.models import RollEntry

        rows = RollEntry.objects.filter(poll__code=poll, stratum__code=stratum).order_by("name")
        entry = rows.select_related("poll__area", "stratum__votes_in")[nth]
        return str(services.issue_claim(actor=self.bei, entry=entry))


def main(port: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django
    from django.core.management import call_command

    django.setup()
    from django.conf import settings

    call_command("migrate", verbosity=0)
    settings.ORIGIN, settings.ALLOWED_HOSTS = f"http://127.0.0.1:{port}", ["*"]
    commands = Commands()
    server = _served(port)
    for line in sys.stdin:
        said = json.loads(line)
        try:
            answer = {"done": getattr(commands, said.pop("command"))(**said)}
        except Exception as error:  # the test shall read it
            answer = {"failed": repr(error)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    server.shutdown()


def _served(port: int) -> Any:
    """The pages, in a thread."""
    from threading import Thread

    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application

    class Quiet(WSGIRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as the base class names it
            pass

    server = ThreadedWSGIServer(("127.0.0.1", port), Quiet, allow_reuse_address=True)
    server.set_app(StaticFilesHandler(get_wsgi_application()))
    Thread(target=server.serve_forever, daemon=True).start()
    return server


if __name__ == "__main__":
    main(int(sys.argv[1]))
