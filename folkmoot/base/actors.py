"""Who acts. An actor is a person acting through ONE post held today, or nobody, or the clock.

The dataclasses stand here because permissions and journal speak of them; the people app makes them.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class HeldPost:
    """The one post through which somebody acts, with the place it covers.

    Shapes: `area_path` is the materialised path of the post's area (of its organization's area when the
    post belongs to an organization); `level_rank` is that area's (10 district .. 50 unit: smaller is higher).
    """

    id: int
    role: str
    area_id: int
    area_path: str
    level_rank: int
    organization_id: int | None = None
    as_deputy: bool = False
    handles_cases: bool = False  # its role is one of people.models.HANDLING_ROLES

    def covers(self, path: str) -> bool:
        """Whether `path` lies in the post's area."""
        return path.startswith(self.area_path)


@dataclass(frozen=True)
class Actor:
    """Somebody at the door: a person with or without a post, a visitor, or the clock."""

    person_id: int | None = None
    ref: str = ""
    post: HeldPost | None = None
    is_active: bool = True
    is_operator: bool = False
    is_clock: bool = False
    claims: frozenset[str] = frozenset()  # references opened with a bearer code in this session: {"case:41"}

    @property
    def is_signed_in(self) -> bool:
        return self.person_id is not None


VISITOR = Actor()
CLOCK = Actor(ref="clock", is_clock=True)
