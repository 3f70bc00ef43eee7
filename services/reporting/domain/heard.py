"""What all staff are told: what visitors valued, what they felt, what will be done, what was tried and by whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.reporting.domain.recommendation import Recommendation

Finding = Mapping[str, Any]

_WILL_BE_DONE = frozenset({"accepted", "accepted-in-part", "other-way-offered", "planned", "doing"})
_TRIED = frozenset({"partner-says-done", "verified", "not-yet", "kept-up"})
_TALKED_OVER = frozenset({"shared", "not-accepted", "paused", "no-longer-relevant"})
_ORDER = {"red": 0, "amber": 1, "strength": 2}


@dataclass(frozen=True, slots=True)
class Heard:
    """The page "What we heard". Findings are the partner's view; people appear as posts only."""

    valued: tuple[Finding, ...]
    felt: tuple[Finding, ...]
    will_be_done: tuple[Recommendation, ...]
    tried: tuple[Recommendation, ...]
    talked_over: tuple[Recommendation, ...]


def what_we_heard(
    findings: Sequence[Finding], recommendations: Sequence[Recommendation], *, only_totals: bool = False
) -> Heard:
    """Put it together from what a partner may see. `only_totals` (closed): findings without quotes and photos."""
    shown = [without_quotes(finding) if only_totals else finding for finding in findings]
    ordered = sorted(shown, key=lambda one: (_ORDER.get(one["kind"], 3), str(one.get("zone")), one["item"]))

    def among(statuses: frozenset[str]) -> tuple[Recommendation, ...]:
        return tuple(one for one in recommendations if one.status in statuses)

    return Heard(
        valued=tuple(one for one in ordered if one["kind"] == "strength"),
        felt=tuple(one for one in ordered if one["kind"] != "strength"),
        will_be_done=among(_WILL_BE_DONE),
        tried=among(_TRIED),
        talked_over=among(_TALKED_OVER),
    )


def without_quotes(finding: Finding) -> Finding:
    """The finding as a total: nobody's own words, nobody's photo."""
    return {**finding, "quotes": [], "photos": []}


def in_a_sentence(findings: Sequence[Finding]) -> str:
    """One building as all its staff hear of it first: what helped, what was put right, and only then what is open."""
    if not findings:
        return "There is not enough yet to say how it was."
    helped = sum(one["kind"] == "strength" for one in findings)
    better = sum(one["kind"] != "strength" and one.get("state") == "resolved" for one in findings)
    red = sum(one["kind"] == "red" and one.get("state") != "resolved" for one in findings)
    told = []
    if helped:
        told.append(f"{_things(helped)} helped people and should stay.")
    if better:
        told.append(f"{_things(better)} that got to people at first {'is' if better == 1 else 'are'} put right.")
    told.append(f"{red} {'red flag is' if red == 1 else 'red flags are'} open." if red else "No red flag is open.")
    return " ".join(told)


def _things(number: int) -> str:
    return f"{number} {'thing' if number == 1 else 'things'}"
