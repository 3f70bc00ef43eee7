"""What assessment said: findings, results of waves, before and after, and what each volunteer's visit came to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, bindparam, insert, select, update

from services.reporting.domain.past import past
from services.reporting.store.tables import findings, site_revisions, visit_stories, wave_results
from shared.storage.prepared import Prepared

Document = dict[str, Any]

_STORY = ("version", "exercise_id", "site_id", "wave", "volunteer_key", "said", "dropped", "as_of")
_OF_THIS_VISIT = visit_stories.c.visit_id == bindparam("id")
_STORY_HELD = Prepared(
    select(visit_stories.c.dropped, visit_stories.c.version, visit_stories.c.as_of).where(_OF_THIS_VISIT)
)
_ADD_STORY = Prepared(insert(visit_stories), "visit_id", *_STORY)
_CHANGE_STORY = Prepared(
    update(visit_stories)
    .where(_OF_THIS_VISIT)
    .values({name: bindparam(f"new_{name}", type_=visit_stories.c[name].type) for name in _STORY})
)


def revision_of_site(tx: Connection, exercise_id: str, site_id: str) -> int:
    """The revision of the findings that are held; 0 when there are none yet."""
    table = site_revisions
    query = select(table.c.revision).where(table.c.exercise_id == exercise_id, table.c.site_id == site_id)
    return int(tx.execute(query).scalar() or 0)


def replace_findings(
    tx: Connection,
    exercise_id: str,
    site_id: str,
    revision: int,
    drawn: Sequence[Document],
    for_partner: Sequence[Document],
    comparison: Document | None,
    comparison_for_partner: Document | None,
) -> bool:
    """Take over the findings of one site; returns whether what a partner may see changed.

    Findings that are no longer drawn stay, marked as past: recommendations link to them. Nothing that was said or
    counted stays of them, because it may have been taken back; drawn anew they are whole again.
    """
    before = _partners_view(tx, exercise_id, site_id)
    here = and_(findings.c.exercise_id == exercise_id, findings.c.site_id == site_id)
    partner_by_id = {finding["id"]: finding for finding in for_partner}
    held = set(tx.execute(select(findings.c.id).where(here)).scalars())
    _empty_past(tx, here, {finding["id"] for finding in drawn})
    tx.execute(update(findings).where(here).values(current=False, for_partner=None))
    for finding in drawn:
        row = {
            "exercise_id": exercise_id,
            "site_id": site_id,
            "kind": finding["kind"],
            "current": True,
            "data": finding,
            "for_partner": partner_by_id.get(finding["id"]),
        }
        if finding["id"] in held:
            tx.execute(update(findings).where(findings.c.id == finding["id"]).values(row))
        else:
            tx.execute(insert(findings).values({**row, "id": finding["id"]}))
    row = {"revision": revision, "comparison": comparison, "comparison_for_partner": comparison_for_partner}
    _put(tx, site_revisions, {"exercise_id": exercise_id, "site_id": site_id}, row)
    return _partners_view(tx, exercise_id, site_id) != before


def _empty_past(tx: Connection, here: ColumnElement[bool], drawn: Collection[str]) -> None:
    for row in tx.execute(select(findings.c.id, findings.c.data).where(here, findings.c.current)).all():
        if row.id not in drawn:
            tx.execute(update(findings).where(findings.c.id == row.id).values(data=past(row.data)))


def _partners_view(
    tx: Connection, exercise_id: str, site_id: str
) -> tuple[dict[str, Document | None], Document | None]:
    here = and_(findings.c.exercise_id == exercise_id, findings.c.site_id == site_id, findings.c.current)
    held = {row.id: row.for_partner for row in tx.execute(select(findings.c.id, findings.c.for_partner).where(here))}
    return {one: seen for one, seen in held.items() if seen is not None}, comparisons(tx, exercise_id).get(site_id)


def ids_of_site(tx: Connection, exercise_id: str, site_id: str) -> frozenset[str]:
    """Every finding ever drawn for the site."""
    query = select(findings.c.id).where(findings.c.exercise_id == exercise_id, findings.c.site_id == site_id)
    return frozenset(tx.execute(query).scalars())


def place_of(tx: Connection, finding_id: str) -> tuple[str, str] | None:
    """The exercise and the site of a finding, also of one that is past; None when there is none."""
    query = select(findings.c.exercise_id, findings.c.site_id).where(findings.c.id == finding_id)
    row = tx.execute(query).first()
    return None if row is None else (row.exercise_id, row.site_id)


EVERYWHERE = None
"""For `whole`: the findings of every building as they are, nothing hidden."""

NOWHERE: frozenset[str] = frozenset()
"""For `whole`: what a partner may see, in every building."""


def of_exercise(tx: Connection, exercise_id: str, *, whole: Collection[str] | None) -> list[Document]:
    """The findings of an exercise as they stand, each with its `site_id`.

    `whole` names the buildings whose findings are given as they are; of the others only what a partner may see.
    """
    query = (
        select(findings)
        .where(findings.c.exercise_id == exercise_id, findings.c.current)
        .order_by(findings.c.site_id, findings.c.id)
    )
    rows = tx.execute(query).all()
    shown = [(row.site_id, _shown(row, whole)) for row in rows]
    return [{**data, "site_id": site_id} for site_id, data in shown if data is not None]


def by_id(tx: Connection, ids: Sequence[str], *, whole: Collection[str] | None) -> dict[str, Document]:
    """These findings by id, as far as they may be seen (`whole` as above).

    Past ones carry `"current": false` and no more than what was asked and where.
    """
    if not ids:
        return {}
    query = select(findings).where(findings.c.id.in_(list(ids)))
    found = {}
    for row in tx.execute(query):
        data = _shown(row, whole)
        if data is not None:
            found[row.id] = {**data, "site_id": row.site_id, "current": row.current}
    return found


def _shown(row: Row[Any], whole: Collection[str] | None) -> Document | None:
    seen: Document | None = row.data if whole is None or row.site_id in whole else row.for_partner
    return past(seen) if seen is not None and not row.current else seen


def waves_seen(tx: Connection, exercise_id: str) -> dict[str, set[int]]:
    """Site id → the waves of which anything has come in."""
    query = select(wave_results.c.site_id, wave_results.c.wave).where(wave_results.c.exercise_id == exercise_id)
    found: dict[str, set[int]] = {}
    for row in tx.execute(query):
        found.setdefault(row.site_id, set()).add(row.wave)
    return found


def kinds(tx: Connection, exercise_id: str) -> dict[str, str]:
    """Finding id → red, amber or strength, past findings included."""
    query = select(findings.c.id, findings.c.kind).where(findings.c.exercise_id == exercise_id)
    return {row.id: row.kind for row in tx.execute(query)}


def comparisons(tx: Connection, exercise_id: str) -> dict[str, Document]:
    """Site id → before and after, as the partner may see it."""
    table = site_revisions
    query = select(table.c.site_id, table.c.comparison_for_partner).where(table.c.exercise_id == exercise_id)
    rows = tx.execute(query.order_by(table.c.site_id)).all()
    return {row.site_id: row.comparison_for_partner for row in rows if row.comparison_for_partner}


def take_wave(tx: Connection, exercise_id: str, site_id: str, wave: int, revision: int, for_partner: Document) -> bool:
    """Take over a wave's result unless a later one is held; returns whether the partner's view changed."""
    table = wave_results
    key = {"exercise_id": exercise_id, "site_id": site_id, "wave": wave}
    query = select(table.c.revision, table.c.for_partner).where(*(table.c[name] == one for name, one in key.items()))
    held = tx.execute(query).first()
    if held is not None and held.revision >= revision:
        return False
    _put(tx, table, key, {"revision": revision, "for_partner": for_partner})
    return held is None or held.for_partner != for_partner


def results(tx: Connection, exercise_id: str) -> list[Document]:
    """The partner's view of every wave of every site."""
    table = wave_results
    query = select(table.c.for_partner).where(table.c.exercise_id == exercise_id)
    return list(tx.execute(query.order_by(table.c.site_id, table.c.wave)).scalars())


def take_story(tx: Connection, told: Mapping[str, Any], as_of: str) -> None:
    """Keep what became of one visit, unless what is held was told later, in whatever order the two come.

    A withdrawn visit stays dropped, whatever is told of it. Otherwise a later version of the visit counts, and of one
    version what was told last: `as_of` (sortable text).
    """
    held = _STORY_HELD.first(tx, {"id": told["visit_id"]})
    new = {**told, "as_of": as_of}
    if held is None:
        _ADD_STORY.run(tx, new)
    elif (held.dropped, held.version, held.as_of) <= (told["dropped"], told["version"], as_of):
        _CHANGE_STORY.run(tx, {"id": told["visit_id"], **{f"new_{name}": new[name] for name in _STORY}})


def stories_of(tx: Connection, volunteer_keys: Sequence[str]) -> list[Document]:
    """What the visits of these pseudonyms came to."""
    table = visit_stories
    query = select(table).where(table.c.volunteer_key.in_(list(volunteer_keys)), table.c.dropped.is_(False))
    ordered = query.order_by(table.c.exercise_id, table.c.wave, table.c.visit_id)
    return [dict(row._mapping) for row in tx.execute(ordered)]


def _put(tx: Connection, table: Table, key: Mapping[str, Any], row: Mapping[str, Any]) -> None:
    here = and_(*(table.c[name] == value for name, value in key.items()))
    if tx.execute(update(table).where(here).values(row)).rowcount == 0:
        tx.execute(insert(table).values({**key, **row}))
