"""The one way to ask whether an act is allowed.

Each app declares its permissions in `rules.py`, one per act:

    permit("cases.escalate_case", who=holds_post, on=handles_case)

`who` looks at the actor alone and is what a door asks before anything is read; `on` looks at the object too.
There is no superuser, and an unknown name raises: a misspelt permission never says yes.
"""

from dataclasses import dataclass
from typing import Any

from rules.predicates import Predicate, always_true, predicate

from folkmoot.base.actors import Actor
from folkmoot.base.errors import NotAllowed


@dataclass(frozen=True)
class Permission:
    name: str
    who: Predicate
    on: Predicate


_permissions: dict[str, Permission] = {}


def permit(name: str, *, who: Predicate, on: Predicate = always_true) -> None:
    """Declares a permission `<app>.<verb>_<noun>`. Raises ValueError if the name is taken."""
    if name in _permissions:
        raise ValueError(f"permission {name} is declared twice")
    _permissions[name] = Permission(name, who, on)


def permission_names() -> list[str]:
    return sorted(_permissions)


def permissions() -> list[Permission]:
    """Every permission by name, for the reference."""
    return [_permissions[name] for name in permission_names()]


def may_try(actor: Actor, name: str) -> bool:
    """Whether there can be an object for which `actor` holds the permission: the door's question."""
    permission = _permissions[name]
    return actor.is_active and bool(permission.who.test(actor))


def allowed(actor: Actor, name: str, obj: Any = None) -> bool:
    """Whether `actor` holds the permission for `obj`. Raises KeyError on an unknown name."""
    return may_try(actor, name) and bool(_permissions[name].on.test(actor, obj))


def require(actor: Actor, name: str, obj: Any = None) -> None:
    """Raises NotAllowed unless `actor` holds the permission for `obj`."""
    if not allowed(actor, name, obj):
        raise NotAllowed()


@predicate
def anybody(actor: Actor) -> bool:
    return True


@predicate
def is_signed_in(actor: Actor) -> bool:
    return actor.is_signed_in


@predicate
def holds_post(actor: Actor) -> bool:
    return actor.post is not None


@predicate
def is_operator(actor: Actor) -> bool:
    return actor.is_operator


@predicate
def is_clock(actor: Actor) -> bool:
    return actor.is_clock
