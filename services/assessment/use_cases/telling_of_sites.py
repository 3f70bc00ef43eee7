"""Tells the other services what a site's visits add up to now: once for all that changed since it was last told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping

from services.assessment import announce
from services.assessment.domain.disclosure import result_for_partner
from services.assessment.domain.findings import Finding, parts_said
from services.assessment.store import tallies, telling, visits
from services.assessment.store.shown import Words
from services.assessment.use_cases.showing import EVERYTHING, Sight, SitePicture, picture
from services.assessment.use_cases.sights import partner_sight
from shared.access import directory
from shared.messaging import outbox
from shared.runtime import correlation
from shared.runtime.correlation import Cause


def tell_of_site(tx: Connection, exercise_id: str, site_id: str, now: datetime) -> bool:
    """Tell of a site that changed, unless somebody did so meanwhile: results, findings, what became of its visits."""
    first = telling.take_site(tx, exercise_id, site_id)
    if first is None:
        return False
    stories = visits.states(tx, telling.visits_of_site(tx, exercise_id, site_id))
    with correlation.following(*_cause_of_all(stories)):
        _tell_of_site(tx, exercise_id, site_id, first, stories, now)
    return True


def _cause_of_all(stories: Sequence[RowMapping]) -> tuple[str | None, str | None]:
    # What several visits add up to follows from none of them alone.
    causes = {(row["correlation_id"], row["causation_id"]) for row in stories}
    return causes.pop() if len(causes) == 1 else (None, None)


def _tell_of_site(
    tx: Connection, exercise_id: str, site_id: str, first: int, stories: Sequence[RowMapping], now: datetime
) -> None:
    exercise = directory.exercise(tx, exercise_id)
    site = exercise.site(site_id) if exercise else None
    seen = picture(tx, exercise_id, site_id, site.zones if site else ())
    events = list(_waves(tx, seen, first, now))
    for_partner = partner_sight(exercise)
    drawn = seen.drawn()
    place = {"exercise_id": exercise_id, "site_id": site_id}
    revision, before = telling.draw(tx, exercise_id, site_id, [[f.item, f.zone, f.id] for f in drawn], now)
    events.append(
        announce.findings_drawn(
            place,
            revision=revision,
            findings=seen.findings(),
            for_partner=seen.findings(for_partner),
            comparison=_last_comparison(seen, EVERYTHING),
            comparison_for_partner=_last_comparison(seen, for_partner),
            now=now,
        )
    )
    changed = {(one[0], one[1]) for one in _difference(before, drawn)}
    events += _stories(tx, seen, drawn, stories, changed, now)
    outbox.add_all(tx, events)


def _waves(tx: Connection, seen: SitePicture, first: int, now: datetime) -> Iterable[Any]:
    # A change in one wave can change which reds are open in later ones, so those are told of again too.
    for wave in seen.waves:
        if wave.number >= first:
            revision = tallies.tell(tx, (seen.exercise_id, seen.site_id, wave.number), now)
            result = seen.result(wave.number)
            for_partner = result_for_partner(result, wave)
            yield announce.wave_assessed(revision=revision, result=result, for_partner=for_partner, now=now)


def _last_comparison(seen: SitePicture, sight: Sight) -> dict[str, Any] | None:
    numbers = [wave.number for wave in seen.waves if wave.items and sight.sees(wave.number)]
    return seen.comparison(numbers[-2], numbers[-1], sight) if len(numbers) >= 2 else None


def _difference(before: telling.Drawn, drawn: Sequence[Finding]) -> list[tuple[Any, ...]]:
    was = {tuple(one) for one in before}
    now = {(finding.item, finding.zone, finding.id) for finding in drawn}
    return list(was ^ now)


def _stories(
    tx: Connection,
    seen: SitePicture,
    drawn: Sequence[Finding],
    rows: Sequence[RowMapping],
    changed: set[tuple[Any, ...]],
    now: datetime,
) -> list[Any]:
    to_tell = {row["visit_id"]: row for row in rows}
    if changed:
        # Findings came or went: whoever said something there hears of it, whenever that was.
        said_there = [
            visit.visit_id
            for visit in visits.of_site(tx, seen.exercise_id, seen.site_id)
            if visit.visit_id not in to_tell
            and any((answer["item"], answer["zone"]) in changed for answer in visit.body["answers"])
        ]
        to_tell |= {row["visit_id"]: row for row in visits.states(tx, said_there)}
    spoken: dict[str, list[Words]] = {}
    for words in seen.words:
        spoken.setdefault(words.visit_id, []).append(words)
    return [
        _story(row, drawn, spoken.get(row["visit_id"], []), now)
        for row in to_tell.values()
        if row["volunteer_key"] is not None
    ]


def _story(row: RowMapping, drawn: Sequence[Finding], words: Sequence[Words], now: datetime) -> Any:
    quotes = {(spoken.item, spoken.zone): spoken.text for spoken in words}
    body = row["body"]
    # What was said in a visit that was stopped and not kept is nowhere (wire.md §4 pin 9).
    counts = body is not None and (body["keep_answers"] or not body["stopped_early"])
    said = [
        {"item": item, "zone": zone, "finding_id": finding, "quote": quotes.get((item, zone))}
        for item, zone, finding in (parts_said(body["answers"], drawn) if counts else [])
    ]
    place = {name: row[name] for name in ("exercise_id", "site_id", "wave")}
    return announce.visit_assessed(
        place,
        visit_id=row["visit_id"],
        version=row["version"],
        volunteer_key=row["volunteer_key"],
        said=said,
        dropped=row["withdrawn"],
        cause=Cause(row["correlation_id"], row["causation_id"]),
        now=now,
    )
