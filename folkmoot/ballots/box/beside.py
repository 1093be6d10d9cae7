"""The process that checks signatures beside the box, and the line to it: groups go in, a byte for each comes back.

    python -m folkmoot.ballots.box.beside

It ends with its input. Pipes and no pool of multiprocessing, whose semaphores outlive a worker that is killed.
"""

import pickle
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress

from folkmoot.ballots.box.checking import Signed, is_signed
from folkmoot.ballots.box.processes import die_with_parent


class Beside:
    """To be made in the thread that lives as long as the worker: the process dies with it."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", __name__]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._asking, self._answers = self.process.stdin, self.process.stdout

    def are_signed(self, asked: Sequence[Signed]) -> list[bool]:
        """One call at a time. Raises OSError when the process is gone, ValueError when it was closed."""
        pickle.dump(asked, self._asking)
        self._asking.flush()
        found = self._answers.read(len(asked))
        if len(found) != len(asked):
            raise BrokenPipeError
        return [*map(bool, found)]

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self._asking, self._answers):
            with suppress(OSError):  # what was on its way to it is asked anew
                pipe.close()


def are_signed(asked: Sequence[Signed]) -> list[bool]:
    return [is_signed(signed) for signed in asked]


def main() -> None:
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the worker, which then ends this
    while True:
        try:
            asked = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the worker that started this
        except EOFError:
            return
        sys.stdout.buffer.write(bytes(are_signed(asked)))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
