"""`folkmoot serve` as people start it: a process of its own, a free port, an empty folder."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.operations.conftest import Place

PAGE = "/journal/"


def free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(port, path=PAGE):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def wait_for(what, seconds=30):
    """Waits until `what()` gives something true; returns it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if found := what():
                return found
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError("it never came")


def children(pid):
    """The processes that `pid` started, and those that they started."""
    found = []
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        found += [int(child), *children(int(child))]
    return found


def command_line(pid):
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def boxes_of(pid):
    """The box's keeper and its worker."""
    return [each for each in children(pid) if b"folkmoot.ballots.box" in command_line(each)]


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


COLLECT = """
from folkmoot.cli import set_up
set_up(makes_keys=True)
from folkmoot.operations.static import collect_if_changed
assert collect_if_changed() and not collect_if_changed()
"""


@pytest.fixture(scope="session")
def static_files(tmp_path_factory):
    """Static files as the server gathers them, once for all tests."""
    place = Place(tmp_path_factory.mktemp("static"))
    subprocess.run([sys.executable, "-c", COLLECT], env=place.environment(), check=True)
    return place.folder / "static"


@pytest.fixture
def serve(static_files, monkeypatch):
    """Starts servers, and ends those that a failing test leaves."""
    started = []

    def start(place, *arguments):
        port = free_port()
        monkeypatch.setenv("BOX_PORT", str(free_port()))
        shutil.copytree(static_files, place.folder / "static", dirs_exist_ok=True)
        process = place.start("serve", "--port", str(port), *arguments, start_new_session=True)
        started.append(process)
        return process, port

    yield start
    for process in started:
        for pid in children(process.pid) if process.poll() is None else []:
            os.kill(pid, signal.SIGKILL)
        process.kill()
        process.communicate()


@pytest.fixture
def running(serve, sqlite_place):
    """A server that answers."""
    return started(serve, sqlite_place)


def started(serve, place):
    process, port = serve(place)
    wait_for(lambda: get(port)[0] == 200)
    wait_for((place.folder / "worker.json").exists)
    return process, port, place


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_serve_stops_within_five_seconds_and_leaves_no_process(serve, sqlite_place, how):
    process, port = serve(sqlite_place)
    wait_for(lambda: get(port)[0] == 200)
    # The worker; of web and box the granian that keeps two servers and one; what checks signatures beside the box.
    wait_for(lambda: len(children(process.pid)) == 7)
    pids = children(process.pid)
    begun = time.monotonic()
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as held:
        held.request("GET", PAGE)
        held.getresponse().read()  # the connection stays open
        process.send_signal(how)
        said, errors = process.communicate(timeout=10)
    assert time.monotonic() - begun < 5
    assert (process.returncode, errors) == (0, "")
    address = f"Folkmoot is at http://127.0.0.1:{port} (Ctrl-C stops it)"
    assert [said.splitlines().count(line) for line in (address, "Stopped.")] == [1, 1]
    assert [pid for pid in pids if is_alive(pid)] == []


def test_serve_on_an_empty_folder_makes_everything_it_needs(serve, empty_place, sqlite_place):
    place = empty_place(sqlite_place)
    _, port = serve(place)
    assert wait_for(lambda: get(port)[0]) == 200
    assert (place.folder / "keys" / "field.keys").stat().st_mode & 0o777 == 0o600
    assert place.folder.stat().st_mode & 0o777 == 0o700


def test_serve_starts_each_process_again_that_is_killed(serve, place):
    process, port, place = started(serve, place)
    beat = place.folder / "worker.json"
    for pid in list(children(process.pid)):
        os.kill(pid, signal.SIGKILL)
    beat.unlink()
    assert wait_for(lambda: get(port)[0]) == 200
    wait_for(beat.exists)
    assert process.poll() is None


def test_serve_keeps_the_box_of_ballots(serve, place):
    """It answers, and starts again when killed."""
    process, _, place = started(serve, place)
    box = int(os.environ["BOX_PORT"])
    wait_for(lambda: get(box, "/nobody/checkpoint")[0] == 404)
    [main, *_] = boxes_of(process.pid)
    os.kill(main, signal.SIGKILL)
    wait_for(lambda: len(boxes_of(process.pid)) == 2 and main not in boxes_of(process.pid))
    assert wait_for(lambda: get(box, "/nobody/checkpoint")[0]) == 404
    assert (place.folder / "box.sqlite3").stat().st_mode & 0o777 == 0o600


def test_serve_killed_takes_its_processes_along(running):
    process, port, _ = running
    pids = children(process.pid)
    process.kill()
    wait_for(lambda: not any(map(is_alive, pids)), seconds=10)
    with pytest.raises(ConnectionRefusedError):
        get(port)


def test_serve_on_a_taken_port_says_so(running):
    _, port, place = running
    other = subprocess.run(
        place.command("serve", "--port", str(port)),
        check=False,
        env=place.environment(),
        capture_output=True,
        text=True,
    )
    assert (other.returncode, other.stdout) == (1, "")
    assert other.stderr.startswith(f"Port {port} cannot be used (")
    assert other.stderr.endswith("Choose another with --port.\n")


def test_serve_twice_on_one_folder_says_so(running, serve):
    _, _, place = running
    other, _ = serve(place)
    said, errors = other.communicate(timeout=20)
    assert (other.returncode, said) == (1, "")
    assert errors == f"Folkmoot runs already on the folder {place.folder}.\n"


def test_serve_gives_static_files_by_a_name_that_may_be_kept_for_ever(running):
    _, port, _ = running
    _, page = get(port)
    path = page.partition('href="/static/')[2].partition('"')[0]
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        connection.request("GET", f"/static/{path}", headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        answer.read()
    assert answer.status == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Encoding"] == "gzip"
