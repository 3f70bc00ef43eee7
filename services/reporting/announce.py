"""Says what became of recommendations, as events on `opendoor.recommendations`: roles and words, never a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from services.reporting.domain.recommendation import Entry, Recommendation
from shared.contracts.catalogue import (
    RECOMMENDATION_MOVED,
    RECOMMENDATION_WRITTEN,
    RECOMMENDATIONS,
    RECOMMENDATIONS_MERGED,
    RECOMMENDATIONS_PARTED,
)
from shared.contracts.envelope import Envelope

SOURCE = "/reporting"


def written(recommendation: Recommendation, version: int, *, event_id: str, now: datetime) -> Envelope:
    """How the recommendation reads now."""
    data = {
        "recommendation_id": recommendation.id,
        "version": version,
        **_place(recommendation),
        "title": recommendation.title,
        "why": recommendation.why,
        "findings": list(recommendation.findings),
        "items": list(recommendation.items),
        "kind": recommendation.kind,
        "pie_area": recommendation.pie_area,
        "cost_band": recommendation.cost_band,
        "owner_post": recommendation.owner_post,
        "due": _day(recommendation.due),
        "status": recommendation.status,
        "reply_due": _day(recommendation.reply_due),
        "written_at": _moment(recommendation.written_at),
    }
    return _envelope(RECOMMENDATION_WRITTEN, recommendation, data, event_id, now)


def moved(recommendation: Recommendation, entry: Entry, move_id: str, *, event_id: str) -> Envelope:
    """One move, by role."""
    data = {
        "move_id": move_id,
        "recommendation_id": recommendation.id,
        **_place(recommendation),
        "from_status": entry.from_status,
        "to_status": entry.to_status,
        "role": str(entry.role),
        "moved_at": _moment(entry.at),
        "note": entry.note,
        "evidence": [asdict(shown) for shown in entry.evidence],
    }
    return _envelope(RECOMMENDATION_MOVED, recommendation, data, event_id, entry.at)


def merged(kept: Recommendation, lost: Sequence[Recommendation], *, event_id: str, now: datetime) -> Envelope:
    """Which recommendations live on in which."""
    data = {
        "recommendation_id": kept.id,
        "merged": [one.id for one in lost],
        **_place(kept),
        "merged_at": _moment(now),
    }
    return _envelope(RECOMMENDATIONS_MERGED, kept, data, event_id, now)


def parted(kept: Recommendation, other: Recommendation, *, event_id: str, now: datetime) -> Envelope:
    """Which recommendation is by itself again, after it had become part of another."""
    data = {
        "recommendation_id": kept.id,
        "parted": other.id,
        **_place(kept),
        "parted_at": _moment(now),
    }
    return _envelope(RECOMMENDATIONS_PARTED, kept, data, event_id, now)


def _place(recommendation: Recommendation) -> dict[str, str]:
    return {"exercise_id": recommendation.exercise_id, "site_id": recommendation.site_id}


def _envelope(type_: str, about: Recommendation, data: dict[str, Any], event_id: str, now: datetime) -> Envelope:
    key = f"{about.exercise_id}/{about.site_id}"
    return Envelope(event_id, type_, RECOMMENDATIONS, key, now, data, source=SOURCE, subject=about.id)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
