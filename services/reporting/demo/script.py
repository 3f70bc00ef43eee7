"""Reads what was asked for and what came of it in the demo: dates from days before today, ids from words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml

from services.reporting.domain.moving import Wish
from services.reporting.domain.recommendation import Evidence
from shared.contracts.demo_ids import JOBCENTRE_BUILDING, JOBCENTRE_EXERCISE, demo_id

_FILE = Path(__file__).parent / "seaside-jobcentre.yaml"
_HOUR = time(13, 40)
_PLAIN = ("title", "why", "kind", "pie_area", "cost_band", "owner_post", "baseline", "effort", "difference")


@dataclass(frozen=True, slots=True)
class Move:
    """One move, by whom and when."""

    at: datetime
    by: str
    wish: Wish


@dataclass(frozen=True, slots=True)
class Story:
    """A recommendation, as written, and its moves. `about` is the (item, zone) of each finding it rests on."""

    at: datetime
    by: str
    fields: Mapping[str, Any]
    about: tuple[tuple[str, str], ...]
    moves: tuple[Move, ...]


class Script:
    """The demo of reporting, set down around a day that counts as today."""

    def __init__(self, today: date) -> None:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self._found: dict[str, Any] = yaml.load(_FILE.read_text(encoding="utf-8"), Loader=loader)
        self._today = today
        self.exercise_id = demo_id(JOBCENTRE_EXERCISE)
        self.site_id = demo_id(JOBCENTRE_BUILDING)

    def stories(self) -> Iterator[Story]:
        """Every recommendation."""
        for found in self._found["recommendations"]:
            fields = {name: found[name] for name in _PLAIN if name in found}
            fields |= {"exercise_id": self.exercise_id, "site_id": self.site_id}
            fields["items"] = tuple(found.get("items", ()))
            about = tuple((item, zone) for item, _, zone in (one.partition("/") for one in found.get("findings", ())))
            moves = tuple(self._move(move) for move in found["then"])
            yield Story(self._at(found["day"]), demo_id(found["by"]), fields, about, moves)

    def reflections(self) -> list[tuple[str, str]]:
        """Hopes and worries of staff: (kind, words)."""
        return [(one["kind"], one["words"]) for one in self._found["reflections"]]

    def _move(self, found: Mapping[str, Any]) -> Move:
        shown = [self._evidence(one) for one in found.get("evidence", ())]
        if "date" in found:
            shown.append(Evidence("date", self._day(found["date"]).isoformat()))
        wish = Wish(found["to"], found.get("note", ""), tuple(shown))
        return Move(self._at(found["day"]), demo_id(found["by"]), wish)

    def _evidence(self, found: Mapping[str, Any]) -> Evidence:
        text = self._day(found["day"]).isoformat() if "day" in found else found["text"]
        return Evidence(found["kind"], text)

    def _at(self, offset: int) -> datetime:
        return datetime.combine(self._day(offset), _HOUR, UTC)

    def _day(self, offset: int) -> date:
        return self._today + timedelta(days=offset)
