"""A room: a class that works together for some hours, its members, and what its teacher has set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from lib.core.errors import Refusal
from lib.core.i18n import mark
from lib.core.untrusted import beginning

MOST_MEMBERS = 300
"""Members of one room."""
KEPT_FOR = timedelta(days=30)
"""A room that nobody has used for so long is forgotten, with who was in it."""

SENTENCES: Mapping[str, str] = {
    "code": mark(
        "“{given}” is not the code of an open room. A code has six letters and digits; perhaps it has expired, and the "
        "teacher can show a new one."
    ),
    "name": mark("“{given}” is none of the nicknames: choose one of the three."),
    "taken": mark("Somebody else has just taken this nickname: choose another one."),
    "full": mark("This room is full: it takes {most} people."),
    "removed": mark("The teacher has removed you from this room, and can let you in again."),
    "over": mark("This room is closed: the lesson is over, or nobody has used it for long."),
    "teacher": mark("Only this room's teacher can do that, in the browser that has the teacher's rights."),
    "secret": mark("This link to the teacher's view is not valid: it works once, and a newer one replaces it."),
    "paused": mark("Your teacher has paused the class: nothing starts until it goes on."),
    "yours": mark("You have a room of your own: close it first, or join from another browser."),
}


class RoomError(Refusal):
    """Refused in a class; `code` is one of SENTENCES, `given` the faulty value."""

    def __init__(self, code: str, given: object = "") -> None:
        self.code, self.given, self.template = code, given, SENTENCES[code]
        super().__init__(given=beginning(given, 20), most=MOST_MEMBERS)


class Doors(StrEnum):
    """Who comes in with the code: everybody at once, or only whom the teacher lets in."""

    OPEN = "open"
    KNOCK = "knock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room at the time it was read; timestamps are timezone-aware, in UTC.

    `code` lets people join until `code_expires_at`; `teacher` is the visitor with the teacher's rights. While `paused`,
    its members start nothing; `held` are the runs that the pause has paused. `opened` is the page that was opened for
    all, with its link's values (tour?lesson=tape), and '' if none; `opened_at` the last time. `locked` and `hidden` are
    the names of settings that members see without being able to change them, and do not see. `used_at` is when somebody
    was last there, to some minutes.
    """

    id: str
    code: str
    code_expires_at: datetime
    teacher: str
    paused: bool = False
    held: frozenset[str] = frozenset()
    opened: str = ""
    opened_at: datetime | None = None
    locked: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    names_hidden: bool = False
    doors: Doors = Doors.OPEN
    created_at: datetime
    used_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody in a room; timestamps are timezone-aware, in UTC.

    Without being `admitted` they are seen by nobody but the teacher; who was `removed` is in the room no more. `where`
    is the page on which they were last seen, at `seen_at`, with the lesson (tour/tape), and `doing` the id of the run
    or study that they look at there, else ''.
    """

    visitor: str
    nickname: str
    admitted: bool
    removed: bool = False
    joined_at: datetime
    seen_at: datetime
    where: str = ""
    doing: str = ""

    @property
    def is_inside(self) -> bool:
        """Whether they take part."""
        return self.admitted and not self.removed


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A visitor in a room: as a member, let in or not, removed or not; or without `member` as its teacher."""

    room: Room
    member: Member | None = None

    @property
    def is_teacher(self) -> bool:
        """Whether they have the teacher's rights."""
        return self.member is None

    @property
    def is_inside(self) -> bool:
        """Whether they take part as a member."""
        return self.member is not None and self.member.is_inside

    @property
    def takes_part(self) -> bool:
        """Whether what they do belongs to the room: as a member inside it, or as its teacher."""
        return self.is_inside or self.is_teacher
