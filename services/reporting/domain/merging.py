"""How several recommendations are made one, and taken apart again as long as it was not shared."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.reporting.domain.recommendation import BEFORE_SHARED, Entry, Recommendation
from shared.contracts.refusals import FieldError, conflict, invalid


@dataclass(frozen=True, slots=True)
class Own:
    """The findings and items that a recommendation rests on by itself, whatever came with those it took in."""

    findings: tuple[str, ...]
    items: tuple[str, ...]


def own_of(kept: Recommendation, taken: Sequence[Recommendation], before: Own | None) -> Own:
    """What `kept` rests on by itself, when it has taken in `taken` and `before` was its own then.

    Nothing is known of the time `before` was kept, so without it all counts as its own.
    """
    if before is None:
        return Own(kept.findings, kept.items)
    return Own(
        _without(kept.findings, [one.findings for one in taken], before.findings),
        _without(kept.items, [one.items for one in taken], before.items),
    )


def merged(
    kept: Recommendation, others: Sequence[Recommendation], actor: str, role: str, now: datetime
) -> tuple[Recommendation, list[tuple[Recommendation, Entry]]]:
    """One recommendation out of several: the first keeps its words, findings and items come together.

    Raises Refusal: 409 when one of them was shared already or belongs to another site, 422 when there is nothing
    to merge.
    """
    if not others or any(other.id == kept.id for other in others):
        raise invalid([FieldError("/merge", "Choose at least one other recommendation.")])
    everyone = [kept, *others]
    if any(one.status not in BEFORE_SHARED or one.merged_into for one in everyone):
        raise conflict("already-shared", "Only recommendations that were not shared yet can be merged.")
    if any((one.exercise_id, one.site_id) != (kept.exercise_id, kept.site_id) for one in others):
        raise conflict("other-site", "Only recommendations for the same building can be merged.")
    joined = replace(
        kept,
        findings=tuple(dict.fromkeys(f for one in everyone for f in one.findings)),
        items=tuple(dict.fromkeys(i for one in everyone for i in one.items)),
        status="draft",  # what the group agreed to was something else
        news_at=now,
    )
    lost = []
    for other in others:
        entry = Entry(now, "merged", role, actor, other.status, other.status, f"Became part of “{kept.title}”.")
        lost.append((replace(other, merged_into=kept.id), entry))
    return joined, lost


def parted(
    kept: Recommendation,
    other: Recommendation,
    staying: Sequence[Recommendation],
    own: Own | None,
    actor: str,
    role: str,
    now: datetime,
) -> tuple[tuple[Recommendation, Entry], tuple[Recommendation, Entry]]:
    """Both again, each with its history line: `kept` without what came by `other` alone, `other` as it was.

    `staying` are the others that it took in and keeps. Raises Refusal (409) when `other` is no part of it, or it was
    shared or became part of another since.
    """
    if other.merged_into != kept.id:
        raise conflict("not-merged", "This is no part of that recommendation.")
    if kept.status not in BEFORE_SHARED:
        raise conflict("already-shared", "It was shared with the partner as one, so it stays one.")
    if kept.merged_into:
        raise conflict("merged", "This became part of another recommendation.", merged_into=kept.merged_into)
    own = own or Own(kept.findings, kept.items)
    left = replace(
        kept,
        findings=_without(
            kept.findings, [other.findings], {*own.findings, *(f for one in staying for f in one.findings)}
        ),
        items=_without(kept.items, [other.items], {*own.items, *(i for one in staying for i in one.items)}),
        status="draft",  # what the group agreed to was something else
        news_at=now,
    )
    told = Entry(now, "parted", role, actor, kept.status, left.status, f"Took out again: “{other.title}”.")
    back = replace(other, merged_into=None, news_at=now)
    other_told = Entry(
        now, "parted", role, actor, other.status, other.status, f"Is by itself again, no part of “{kept.title}”."
    )
    return (left, told), (back, other_told)


def _without(all_of_it: Sequence[str], brought: Sequence[Collection[str]], stays: Collection[str]) -> tuple[str, ...]:
    """All of it but what was brought and does not stay."""
    theirs = {one for part in brought for one in part}
    return tuple(one for one in all_of_it if one in stays or one not in theirs)
