"""The headline measures of §5: replied in time, planned or made, verified, and how long it took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

from services.reporting.domain.days import day_here
from services.reporting.domain.recommendation import BEFORE_SHARED, STATUSES, Recommendation

_PLANNED_OR_MADE = frozenset({"planned", "doing", "partner-says-done", "verified", "not-yet", "kept-up"})
_SAID_YES = _PLANNED_OR_MADE | {"accepted", "accepted-in-part", "other-way-offered", "paused", "no-longer-relevant"}
_CHECKED = frozenset({"verified", "kept-up"})


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many. `percent` is None when there is nothing to count."""

    count: int
    of: int

    @property
    def percent(self) -> float | None:
        """Rounded half up to one decimal."""
        if not self.of:
            return None
        exact = Decimal(100 * self.count) / Decimal(self.of)
        return float(exact.quantize(Decimal("0.1"), ROUND_HALF_UP))

    def as_json(self) -> dict[str, object]:
        """Count, denominator, percent."""
        return {"count": self.count, "of": self.of, "percent": self.percent}


@dataclass(frozen=True, slots=True)
class Measures:
    """What an exercise comes to. `days_to_verified` is the median of whole days from shared to verified."""

    replied_in_time: Share
    planned_or_made: Share
    verified: Share
    days_to_verified: float | None
    by_status: Mapping[str, int]

    def as_json(self) -> dict[str, object]:
        """The shape of the aggregates on the wire."""
        return {
            "replied_in_time": self.replied_in_time.as_json(),
            "planned_or_made": self.planned_or_made.as_json(),
            "verified": self.verified.as_json(),
            "days_to_verified": self.days_to_verified,
            "by_status": dict(self.by_status),
        }


def measure(recommendations: Sequence[Recommendation], finding_kinds: Mapping[str, str], today: date) -> Measures:
    """The headline measures over what was shared. `finding_kinds` maps a finding to red, amber or strength.

    A reply counts as due once it came or its date has passed. Planned-or-made counts concerns only: praise
    needs no change (domain.md §5, CO).
    """
    shared = [r for r in recommendations if r.status not in BEFORE_SHARED and r.shared_at and not r.merged_into]
    answered = [r for r in shared if r.replied_at or (r.reply_due and today > r.reply_due)]
    in_time = [r for r in answered if r.replied_at and r.reply_due and day_here(r.replied_at) <= r.reply_due]
    concerns = [r for r in shared if not r.findings or _is_concern(r, finding_kinds)]
    yes = [r for r in shared if r.status in _SAID_YES]
    spans = [(r.verified_at - r.shared_at).days for r in shared if r.verified_at and r.shared_at]
    return Measures(
        replied_in_time=Share(len(in_time), len(answered)),
        planned_or_made=Share(len([r for r in concerns if r.status in _PLANNED_OR_MADE]), len(concerns)),
        verified=Share(len([r for r in yes if r.status in _CHECKED]), len(yes)),
        days_to_verified=float(median(spans)) if spans else None,
        by_status={s: n for s in STATUSES if (n := sum(r.status == s for r in shared))},
    )


def _is_concern(recommendation: Recommendation, finding_kinds: Mapping[str, str]) -> bool:
    return any(finding_kinds.get(finding) != "strength" for finding in recommendation.findings)
