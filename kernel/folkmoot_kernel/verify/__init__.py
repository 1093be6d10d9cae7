"""The check that anybody can make of a whole poll, from nothing but its public log.

    bundle = Bundle(Path("season-2026.zip"))
    report = verify_poll(Evidence(bundle.fetch, read_policy(Path("policy").read_bytes())))
    report.is_right, [finding.said("en") for finding in report.findings]

Ballots, credentials and signatures are checked on all cores, bundle by bundle; what has to be compared with all
others (keys, openings) goes through files cut by a byte of the key. Memory does not grow with the ballots; printed
slips are held, because each stratum has a list of them.
"""

from folkmoot_kernel.verify.evidence import (
    CHECKPOINT,
    POLICY,
    PROMISES,
    SEEN,
    Bundle,
    Evidence,
    read_policy,
    slips_path,
)
from folkmoot_kernel.verify.findings import Finding
from folkmoot_kernel.verify.poll import verify_poll
from folkmoot_kernel.verify.report import PaperReport, Report
from folkmoot_kernel.verify.words import FAULTS, NOTES, WORDS

__all__ = [
    "CHECKPOINT",
    "FAULTS",
    "NOTES",
    "POLICY",
    "PROMISES",
    "SEEN",
    "WORDS",
    "Bundle",
    "Evidence",
    "Finding",
    "PaperReport",
    "Report",
    "read_policy",
    "slips_path",
    "verify_poll",
]
