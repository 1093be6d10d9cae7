"""Runs one installation: the web server, the box of ballots and the worker, until Ctrl-C."""

import importlib
import importlib.util
import os
import socket
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable

from django.utils.translation import gettext as _

from folkmoot.base.marks import gettext_noop

HELP = gettext_noop("start web server, box of ballots and worker; everything they need is made first")


def add(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--demo", action="store_true", help=gettext_noop("with the invented place, its people and matters")
    )
    parser.add_argument("--port", type=int, help=gettext_noop("port to listen on (default: PORT or 8000)"))
    parser.add_argument(
        "--address", default="127.0.0.1", help=gettext_noop("address to listen on (default: %(default)s)")
    )


def environment(options: Namespace) -> dict[str, str]:
    """What the settings read."""
    chosen = {"FOLKMOOT_DEMO": "yes"} if options.demo else {}
    return chosen | ({"PORT": str(options.port)} if options.port else {})


def run(options: Namespace) -> int:
    from django.conf import settings

    from folkmoot.journal.witnesses import named_witnesses
    from folkmoot.operations.lock import held_lock
    from folkmoot.operations.supervisor import Child, supervise
    from folkmoot.operations.worker import run_worker

    address = (options.address, settings.PORT)
    box = (options.address, settings.BOX_PORT)
    require_free(address)
    require_free(box)
    named_witnesses()  # a file that cannot be read is told now, and not by a box that does not start
    children = [
        Child("web", lambda: run_web(address)),
        Child("box", lambda: run_box(box)),
        Child("worker", run_worker),
    ]
    if settings.DEMO and importlib.util.find_spec("folkmoot.demo.load"):
        children.append(Child("demo", load_demo, is_kept=False))
    with held_lock(settings.DATA_DIR / "serve.lock"):
        prepare()
        supervise(children, each_round=announcer(address))
    print(_("Stopped."))
    return 0


def prepare() -> None:
    """Makes tables and static files; says what takes time."""
    from folkmoot.operations.static import collect_if_changed
    from folkmoot.operations.tables import migrate, pending

    if waiting := pending():
        print(_("Making the tables of the database: %(count)d steps") % {"count": len(waiting)}, flush=True)
        migrate()
    if collect_if_changed():
        print(_("Static files are ready"), flush=True)


def run_web(address: tuple[str, int]) -> None:
    """The web server: granian's own process and the server processes that it keeps."""
    from django.conf import settings
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        "folkmoot.wsgi:application",
        address=address[0],
        port=address[1],
        interface=Interfaces.WSGI,
        workers=settings.WEB_PROCESSES,
        blocking_threads=settings.WEB_THREADS,
        blocking_threads_idle_timeout=600,  # a thread keeps its connection to the database
        log_level=LogLevels.warning,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=3,
    ).serve()


def run_box(address: tuple[str, int]) -> None:
    """The box of ballots, which shares neither code nor memory with us: this process becomes another program."""
    from django.conf import settings

    told = {
        "DATA_DIR": str(settings.DATA_DIR),
        "BOX_ADDRESS": address[0],
        "BOX_PORT": str(address[1]),
        "BOX_ORIGIN": settings.BOX_ORIGIN,
        "BALLOT_DATABASE_URL": settings.BALLOT_DATABASE_URL,
        "FOLKMOOT_WITNESSES": str(settings.WITNESSES_FILE),
    }
    command = [sys.executable, "-m", "folkmoot.ballots.box"]
    os.execve(sys.executable, command, os.environ | told)  # noqa: S606


def load_demo() -> None:
    importlib.import_module("folkmoot.demo.load").start()


def require_free(address: tuple[str, int]) -> None:
    """Raises Refused when another program listens there: granian would silently share the port."""
    from folkmoot.base.errors import Refused

    with socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise Refused(
                _("Port %(port)s cannot be used (%(why)s). Choose another with --port.")
                % {"port": address[1], "why": error.strerror}
            ) from None


def announcer(address: tuple[str, int]) -> Callable[[], None]:
    """Gives a function that prints the address once, when somebody answers there."""
    is_told = False

    def announce() -> None:
        nonlocal is_told
        if is_told:
            return
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address[0], address[0])  # noqa: S104
        try:
            socket.create_connection((host, address[1]), timeout=1).close()
        except OSError:
            return
        is_told = True
        shown = f"[{host}]" if ":" in host else host
        url = f"http://{shown}:{address[1]}"
        print(_("Folkmoot is at %(address)s (Ctrl-C stops it)") % {"address": url}, flush=True)
        print_sign_ins(url)

    return announce


def print_sign_ins(url: str) -> None:
    """In the demo only: whom one may be, and where."""
    from django.urls import reverse
    from django.utils.translation import gettext as _

    from folkmoot.people.demo_door import offered

    if people := offered():
        address = url + reverse("account_login")
        print(_("This is a demo: at %(address)s one tap makes you") % {"address": address})
        for _key, person in people:
            print(f"  {person.name}, {person.text} ({person.phone})")
        print(flush=True, end="")
