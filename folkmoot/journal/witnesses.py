"""The witnesses of our own logs, as the operator names them in one file (settings.WITNESSES_FILE):

    witness county county.example/witness+9fbc53a6+BC... https://county.example/witness
    quorum county

The words are those of C2SP tlog-policy. The box writes the same lines into the policy of each poll that begins.
"""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from folkmoot_kernel.errors import MalformedPolicy
from folkmoot_kernel.notes import Policy, VerifierKey, parse_witnesses

from folkmoot.base.errors import FolkmootError


class WitnessesUnreadable(FolkmootError):
    """The file that names the witnesses says something else."""

    status = 503


@dataclass(frozen=True)
class Witness:
    """Somebody who cosigns our logs. Shapes: asked at `<address>/add-checkpoint`."""

    name: str
    key: VerifierKey
    address: str


def named_witnesses() -> list[Witness]:
    """Whom the operator names; nobody where there is no file. Raises WitnessesUnreadable."""
    path = settings.WITNESSES_FILE
    try:
        policy = parse_witnesses(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except (MalformedPolicy, UnicodeDecodeError) as error:
        raise WitnessesUnreadable(f"{path}: {error}") from None
    for name, address in policy.addresses.items():
        if not may_be_asked(address):
            raise WitnessesUnreadable(
                _("%(file)s: the witness %(name)s has to have an address that begins with https://")
                % {"file": path, "name": name}
            )
    return witnesses_in(policy)


def witnesses_in(policy: Policy) -> list[Witness]:
    """Those of a policy that can be asked."""
    return [
        Witness(name, policy.witnesses[name], address.rstrip("/"))
        for name, address in policy.addresses.items()
        if may_be_asked(address)
    ]


def may_be_asked(address: str) -> bool:
    """Whether we connect there: by https, or to this very machine."""
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)))


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
