"""Which part of the board somebody asked for: it stands in the address, and the way back to the board leads there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from urllib.parse import urlencode
from uuid import UUID

from flask import request, session

from shared.contracts.refusals import not_found

_BOARD = "/recommendations"
_NAME = "board"


@dataclass(frozen=True, slots=True)
class Part:
    """`show`: one of the filters, or empty for all. `exercise_id`, `site_id`: only what is asked for there."""

    show: str = ""
    exercise_id: str = ""
    site_id: str = ""

    @property
    def of_a_place(self) -> bool:
        """Whether less than everything the reader may see was asked for, whatever the filter."""
        return bool(self.exercise_id or self.site_id)

    @property
    def address(self) -> str:
        """Where this part stands."""
        wanted = (("exercise_id", self.exercise_id), ("site_id", self.site_id), ("show", self.show))
        query = urlencode([(name, value) for name, value in wanted if value])
        return f"{_BOARD}?{query}" if query else _BOARD

    def showing(self, show: str) -> Part:
        """The same place through another filter."""
        return replace(self, show=show)


def asked_for(filters: Collection[str]) -> Part:
    """What the address asks for; a filter that is none of `filters` is all. Raises Refusal (404) for no id at all."""
    show = request.args.get("show", "")
    known = show if show in filters else ""
    return Part(known, _id("exercise_id"), _id("site_id"))


def _id(name: str) -> str:
    text = request.args.get(name, "")
    try:
        return str(UUID(text)) if text else ""
    except ValueError:
        raise not_found() from None


def remember(part: Part) -> None:
    """It was looked at last in this browser: every page of a recommendation leads back to it."""
    kept = part.address.removeprefix(_BOARD)
    if session.get(_NAME, "") != kept:
        session[_NAME] = kept


def way_back() -> str:
    """The address of the board as it was looked at last."""
    kept = session.get(_NAME, "")
    # Sessions of yesterday's code hold the name of a filter alone.
    return f"{_BOARD}?show={kept}" if kept and not kept.startswith("?") else f"{_BOARD}{kept}"
