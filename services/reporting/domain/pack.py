"""What the two documents of an exercise say, as plain JSON values, from what a partner may see and nothing else.

No clock enters here: the same facts always make the same content, so that a new version means new facts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.reporting.domain.days import day_here
from services.reporting.domain.heard import without_quotes
from services.reporting.domain.recommendation import BEFORE_SHARED, WORDS, Entry, Recommendation
from services.reporting.domain.story import told

Content = dict[str, Any]
FINDINGS_PACK, RECOMMENDATIONS = "findings-pack", "recommendations"
KINDS = (FINDINGS_PACK, RECOMMENDATIONS)
ALONE = frozenset({FINDINGS_PACK})
"""Of these whoever is not of the host reads only the version that says what stands now: taken from one another, two
versions could tell what one visit said that was taken back or corrected in between."""

WHAT_THIS_IS_NOT = (
    "It is not a ranking: no building, team or person is compared with another.",
    "It names nobody. It tests how the place works, not the people who work there.",
    "It is what volunteers felt on the days they came. Other people may feel other things.",
)


def findings_pack(
    exercise: Mapping[str, Any],
    results: Sequence[Content],
    findings: Sequence[Content],
    comparisons: Mapping[str, Content],
    *,
    only_totals: bool = False,
) -> Content:
    """The findings of every building. `results`, `findings`, `comparisons` are the partner's views.

    `only_totals` leaves out quotes and photos: that is all there is once the exercise is closed (domain.md §4).
    """
    shown = [dict(without_quotes(finding)) if only_totals else finding for finding in findings]
    sites = []
    for site in exercise["sites"]:
        here = [finding for finding in shown if finding["site_id"] == site["id"]]
        here.sort(key=lambda finding: finding.get("state") == "resolved")  # what is open comes first
        waves = [result for result in results if result.get("site_id") == site["id"]]
        sites.append(
            {
                "id": site["id"],
                "name": site["name"],
                "in_a_sentence": in_a_sentence(here),
                "keep": [finding for finding in here if finding["kind"] == "strength"],
                "red": [finding for finding in here if finding["kind"] == "red"],
                "amber": [finding for finding in here if finding["kind"] == "amber"],
                "waves": sorted(waves, key=lambda result: int(result["wave"])),
                "before_and_after": comparisons.get(site["id"]),
            }
        )
    return {
        "document": FINDINGS_PACK,
        "exercise": _exercise(exercise),
        "sites": sites,
        "what_this_is_not": list(WHAT_THIS_IS_NOT),
    }


def recommendations_document(
    exercise: Mapping[str, Any],
    recommendations: Sequence[Recommendation],
    histories: Mapping[str, Sequence[Entry]],
    *,
    only_totals: bool = False,
) -> Content:
    """What was asked for and how far it came; only what was shared with the partner.

    `only_totals`: how many stand at each status, nothing else.
    """
    shared = [one for one in recommendations if one.status not in BEFORE_SHARED and not one.merged_into]
    counts: dict[str, int] = {}
    for one in shared:
        counts[one.status] = counts.get(one.status, 0) + 1
    return {
        "document": RECOMMENDATIONS,
        "exercise": _exercise(exercise),
        "by_status": counts,
        "recommendations": [] if only_totals else [_recommendation(one, histories.get(one.id, ())) for one in shared],
    }


def in_a_sentence(findings: Sequence[Mapping[str, Any]]) -> str:
    """How it was, in one sentence without a number of points."""
    red = sum(f["kind"] == "red" and f.get("state") != "resolved" for f in findings)
    keep = sum(f["kind"] == "strength" for f in findings)
    helped = f"{keep} {'thing' if keep == 1 else 'things'} helped people and should stay"
    got = f"{red} {'red flag is' if red == 1 else 'red flags are'} open"
    if not findings:
        return "There is not enough yet to say how it was."
    if red and keep:
        return f"{got[0].upper()}{got[1:]}, and {helped}."
    if red:
        return f"{got[0].upper()}{got[1:]}."
    if keep:
        return f"No red flag is open, and {helped}."
    return "No red flag is open."


def _exercise(exercise: Mapping[str, Any]) -> Content:
    return {"id": exercise["exercise_id"], "title": exercise["title"], "partner": exercise["partner"]["name"]}


def _recommendation(one: Recommendation, history: Sequence[Entry]) -> Content:
    said = [entry for entry in history if entry.kind in ("move", "comment")]
    since_shared = [entry for entry in said if entry.to_status not in BEFORE_SHARED]
    return {
        "id": one.id,
        "site_id": one.site_id,
        "title": one.title,
        "why": one.why,
        "findings": list(one.findings),
        "items": list(one.items),
        "kind": one.kind,
        "pie_area": one.pie_area,
        "cost_band": one.cost_band,
        "owner_post": one.owner_post,
        "status": one.status,
        "status_in_words": WORDS[one.status],
        "reply_due": one.reply_due and one.reply_due.isoformat(),
        "due": one.due and one.due.isoformat(),
        "baseline": one.baseline,
        "progress": one.progress,
        "history": [{**told(entry), "at": day_here(entry.at).isoformat()} for entry in since_shared],
    }
