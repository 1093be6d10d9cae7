"""Checks one published poll in a process of its own: seconds, processor time, peak memory and faults as JSON."""

import json
import resource
import sys
import time
from pathlib import Path

from folkmoot_kernel.errors import MissingFile
from folkmoot_kernel.notes import Policy
from folkmoot_kernel.verify import Evidence, verify_poll

from measure.published import POLICY


def fetch_from(folder: Path, path: str) -> bytes:
    try:
        return (folder / path).read_bytes()
    except OSError:
        raise MissingFile(path=path) from None


def main(folder: Path) -> None:
    begun = time.perf_counter()
    report = verify_poll(Evidence(lambda path: fetch_from(folder, path), Policy.parse(POLICY)))
    seconds = time.perf_counter() - begun
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    busy, peaks = sum(each.ru_utime + each.ru_stime for each in used), [own_peak_kb(), used[1].ru_maxrss]
    faults = sorted(finding.key for finding in report.findings if finding.is_fault)
    accepted = sum(paper.accepted for paper in report.papers)
    print(
        json.dumps(
            {"seconds": seconds, "busy": busy, "peaks_kb": peaks, "faults": faults, "accepted": accepted}
        )
    )


def own_peak_kb() -> int:
    """Peak memory since this program began; what getrusage says of itself includes what started it."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    raise SystemExit("this system does not say how much memory was used")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
