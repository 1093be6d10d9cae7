"""Checks the journal, and shows what was done to one thing."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from django.utils.translation import gettext as _

from folkmoot.base.marks import gettext_noop

HELP = gettext_noop("verify the journal, or show the acts of one thing")


def add(parser: ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", metavar="act", required=True)
    check = acts.add_parser(
        "verify", help=gettext_noop("check every act, leaf, tile and checkpoint; exit 1 on a fault")
    )
    check.add_argument(
        "--against", type=Path, metavar="FILE", help=gettext_noop("a checkpoint that you kept elsewhere")
    )
    show = acts.add_parser("show", help=gettext_noop("show the acts of one thing in order"))
    show.add_argument("object", help=gettext_noop("kind and number, such as case:41"))
    acts.add_parser("seal", help=gettext_noop("seal what waits now instead of waiting for the worker"))


def run(options: Namespace) -> int:
    return {"verify": verify, "show": show, "seal": seal}[options.act](options)


def verify(options: Namespace) -> int:
    from folkmoot_kernel.encoding import b64

    from folkmoot.cli.progress import progress_line
    from folkmoot.journal.verifying import verify as verify_journal

    against = options.against.read_bytes() if options.against else None
    with progress_line(_("acts checked")) as progress:
        report = verify_journal(against=against, progress=progress)
    for sentence in report.faults:
        print(f"FAULT  {sentence}")
    if report.fault_count > len(report.faults):
        more = report.fault_count - len(report.faults)
        print(f"FAULT  {_('and %(count)d more.') % {'count': more}}")
    print(
        _("%(size)d acts sealed, %(checkpoints)d checkpoints, root %(root)s")
        % {"size": report.size, "checkpoints": report.checkpoints, "root": b64(report.root)}
    )
    print(
        _("%(waiting)d acts wait to be sealed, %(erased)d no longer name their actor")
        % {"waiting": report.waiting, "erased": report.erased}
    )
    print(_("The journal is whole.") if report.is_sound else _("The journal is NOT whole."))
    return 0 if report.is_sound else 1


def show(options: Namespace) -> int:
    from folkmoot.journal.queries import acts_of

    acts = list(acts_of(options.object))
    if not acts:
        print(_("Nothing is recorded of %(object)s.") % {"object": options.object})
        return 1
    for act in acts:
        place = "-" if act.position is None else act.position
        body = dict(act.body) if act.body else {}
        who = body.pop("actor", "") or "-"
        body.pop("object", None)
        details = " ".join(f"{name}={value}" for name, value in sorted(body.items()))
        print(f"{act.at:%Y-%m-%d %H:%M:%S}Z  {place:>9}  {act.kind:32} {who}  {details}".rstrip())
    return 0


def seal(_options: Namespace) -> int:
    from folkmoot.journal.sealing import seal_all

    print(_("%(count)d acts sealed.") % {"count": seal_all()})
    return 0
