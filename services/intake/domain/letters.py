"""What may be written to somebody, to whom, and when to try again. A letter may be read by somebody who is feared: it
holds a sentence and a link, and no name, place, title, feeling or finding."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from shared.contracts.sentences import Sentence


class Topic(StrEnum):
    """What somebody can ask for or turn off."""

    CARE = "care"
    REMINDER = "reminder"
    NEWS = "news"
    WAY_IN = "way-in"


class Kind(StrEnum):
    """What a letter is about."""

    CONFIRM = "confirm"
    STOPPED = "stopped"
    CALL_ME = "call-me"
    LATE = "late"
    VERY_LATE = "very-late"
    REMINDER = "reminder"
    NEWS = "news"
    TO_READ = "to-read"
    INVITATION = "invitation"


TOPICS: Mapping[Kind, Topic] = {
    Kind.STOPPED: Topic.CARE,
    Kind.CALL_ME: Topic.CARE,
    Kind.LATE: Topic.CARE,
    Kind.VERY_LATE: Topic.CARE,
    Kind.REMINDER: Topic.REMINDER,
    Kind.NEWS: Topic.NEWS,
    Kind.TO_READ: Topic.NEWS,
    Kind.INVITATION: Topic.WAY_IN,
}
"""Kind -> what turns it on or off. A letter that asks for a yes to an address has none."""

OF_NOTICES: Mapping[str, Kind] = {
    "stopped": Kind.STOPPED,
    "call-me": Kind.CALL_ME,
    "late-remind": Kind.REMINDER,
    "late-buddy-calls": Kind.LATE,
    "late-lead": Kind.LATE,
    "late-emergency": Kind.VERY_LATE,
}
"""Kind of a notice of care -> the letter that goes with it; the others wait on the page."""

URGENT = frozenset({Kind.STOPPED, Kind.CALL_ME, Kind.LATE, Kind.VERY_LATE, Kind.REMINDER})
"""These go first, and are not worth sending for long."""

_CARERS = frozenset({"buddy", "lead"})
_PARTNER = frozenset({"sponsor", "manager", "working-group", "staff"})

SUBJECTS: Mapping[Kind, Sentence] = {
    **dict.fromkeys(URGENT, Sentence("Please look now")),
    Kind.CONFIRM: Sentence("Is this your address?"),
    Kind.NEWS: Sentence("A note for you"),
    Kind.TO_READ: Sentence("A note for you"),
    Kind.INVITATION: Sentence("A note for you"),
}
WORDS: Mapping[Kind, Sentence] = {
    Kind.CONFIRM: Sentence(
        "Somebody gave this address so that we can write to it. Was it you? Open this where you gave it, and say yes:"
    ),
    Kind.STOPPED: Sentence("Somebody you look after has stopped. Open who is out now:"),
    Kind.CALL_ME: Sentence("Somebody you look after would like you to call. Open who is out now:"),
    Kind.LATE: Sentence("Somebody you look after is late. Open who is out now:"),
    Kind.VERY_LATE: Sentence("Somebody you look after is very late. Open who is out now:"),
    Kind.REMINDER: Sentence("Please open your page for a moment:"),
    Kind.NEWS: Sentence("There is news for you:"),
    Kind.TO_READ: Sentence("There is something for you to read:"),
    Kind.INVITATION: Sentence("Here is your link. Give it to nobody else:"),
}
STOP_WORDS = Sentence("You get this because you said that we may write to you. To stop it, open this:")
NOT_MINE_WORDS = Sentence("Was it not you? Open this, and we take the address out:")

FIRST_TRIES = (timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=5))
_LATER_TRIES = (timedelta(minutes=10), timedelta(minutes=30), *(timedelta(hours=h) for h in (1, 3, 6, 12)))
TRIES = FIRST_TRIES + _LATER_TRIES
"""How long to wait after each failure; after the last of them a letter is given up."""
URGENT_FOR = timedelta(hours=3)
CONFIRM_WITHIN = timedelta(days=7)
CONFIRMS_A_DAY = 5
KEPT = timedelta(days=30)
"""How long we know that a letter was sent."""


def offered(roles: Collection[str]) -> tuple[Topic, ...]:
    """What somebody with these roles can be written about, in the order of the page."""
    found = [Topic.CARE] if _CARERS & set(roles) else []
    found += [Topic.REMINDER] if "volunteer" in roles else []
    found += [Topic.NEWS] if "volunteer" in roles or _PARTNER & set(roles) else []
    return (*found, Topic.WAY_IN)


def on_at_first(roles: Collection[str]) -> frozenset[Topic]:
    """What is ticked before they choose. A volunteer is told nothing that they did not ask for."""
    mine = set(offered(roles))
    return frozenset(mine - {Topic.REMINDER} - ({Topic.NEWS} if "volunteer" in roles else set()))


def next_try(kind: Kind, failures: int, made: datetime, now: datetime) -> datetime | None:
    """When to try again after so many failures; None when it is given up."""
    if failures > len(TRIES):
        return None
    then = now + TRIES[failures - 1]
    return None if kind in URGENT and then > made + URGENT_FOR else then
