"""From item results to findings: what must be seen to, what should be looked at, what should stay (domain.md §3.2).

A finding's id is made from its place and kind, so it stays the same from one visit and one wave to the next,
and a reply or a recommendation that points at it goes on pointing at it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha1
from typing import Any

from services.assessment.domain.headings import heading
from services.assessment.domain.items import AMBER, RED, ItemCount
from services.assessment.domain.shop import ShopItemCount
from services.assessment.domain.sureness import WHY_PARTNER, may_be_shown_to_partner, why_no_percent
from services.assessment.domain.waves import Wave
from services.assessment.domain.wilson import in_words, prevalence

STRENGTH = "strength"
OPEN, RESOLVED = "open", "resolved"
_NAMESPACE = bytes.fromhex("5d1ce2f8a0c64a7f9c1b7d3e2f604b91")
_ORDER = {RED: 0, AMBER: 1, STRENGTH: 2}


def finding_id(exercise_id: str, site_id: str, item: str, zone: str | None, kind: str) -> str:
    """The id that a finding has for good: a name-based UUID (version 5) of its place and kind."""
    name = "/".join((exercise_id, site_id, item, zone or "", kind))
    digest = bytearray(sha1(_NAMESPACE + name.encode(), usedforsecurity=False).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    text = digest.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was found, with the frequency of the last wave in which it was."""

    id: str
    item: str
    prompt: str
    heading: str
    """What was found, in a sentence."""
    zone: str | None
    kind: str
    must_be_right: bool
    waves: tuple[int, ...]
    state: str
    k: int
    n: int
    volunteers: int
    partner_waves: frozenset[int]
    """The waves in which enough people saw it for a partner to read what was said and shown of it."""

    @property
    def place(self) -> tuple[str, str | None]:
        """The item and where it was asked."""
        return self.item, self.zone

    def as_json(self) -> dict[str, Any]:
        """The shape of wire.md §6, without what was said and shown about it."""
        why = why_no_percent(self.n)
        return {
            **self._head(),
            "k": self.k,
            "n": self.n,
            "volunteers": self.volunteers,
            # Of the talk, k counts the times when a must-have was not done.
            "in_words": in_words(self.k, self.n) if self.zone else f"Not done on {in_words(self.k, self.n)}",
            "prevalence": None if why else prevalence(self.k, self.n).as_json(),
            "why": why,
        }

    @property
    def shown_to_partner(self) -> bool:
        """Whether a partner may have its numbers, quotes and photos."""
        return may_be_shown_to_partner(self.n, self.volunteers)

    def for_partner(self) -> dict[str, Any] | None:
        """The same for a partner: below the rule a red flag keeps its flag only, and anything else is not there."""
        if self.shown_to_partner:
            waves = [wave for wave in self.waves if self.kind == RED or wave in self.partner_waves]
            return self.as_json() | {"waves": waves}
        if self.kind != RED:
            return None
        hidden = dict.fromkeys(("k", "n", "volunteers", "prevalence"))
        return {**self._head(), **hidden, "in_words": WHY_PARTNER, "why": WHY_PARTNER}

    def _head(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "item": self.item,
            "prompt": self.prompt,
            "zone": self.zone,
            "kind": self.kind,
            "must_be_right": self.must_be_right,
            "waves": list(self.waves),
            "state": self.state,
        }


def findings_of(exercise_id: str, site_id: str, waves: Sequence[Wave], *, as_partner: bool = False) -> list[Finding]:
    """Every finding of a site over `waves` (in order of number): red first, then amber, then strengths to keep.

    `as_partner`: amber flags and strengths come of what enough people saw, wave by wave. Else that one goes or is
    said to be over would tell what the few of a later wave answered.
    """
    history: dict[tuple[str, str], list[tuple[int, ItemCount]]] = {}
    shop: dict[str, list[tuple[int, ShopItemCount]]] = {}
    for wave in waves:
        for count in wave.items:
            history.setdefault((count.item.code, count.zone), []).append((wave.number, count))
        for asked in wave.shop_items:
            shop.setdefault(asked.item.code, []).append((wave.number, asked))
    found = []
    for (_, zone), counts in history.items():
        for kind in (RED, AMBER, STRENGTH):
            told = [one for one in counts if _enough(one[1])] if as_partner and kind != RED else counts
            story = _story_in_zone(kind, told)
            if story is not None:
                found.append(_finding(exercise_id, site_id, zone, kind, story))
    for answers in shop.values():
        story = _story_in_talk(answers)
        if story is not None:
            found.append(_finding(exercise_id, site_id, None, RED, story))
    return sorted(found, key=lambda finding: _ORDER[finding.kind])


@dataclass(frozen=True, slots=True)
class _Story:
    waves: tuple[int, ...]
    state: str
    last: ItemCount | ShopItemCount
    k: int
    partner_waves: frozenset[int]


def _finding(exercise_id: str, site_id: str, zone: str | None, kind: str, story: _Story) -> Finding:
    item = story.last.item
    return Finding(
        id=finding_id(exercise_id, site_id, item.code, zone, kind),
        item=item.code,
        prompt=item.prompt,
        heading=heading(item, kind),
        zone=zone,
        kind=kind,
        must_be_right=item.must_be_right,
        waves=story.waves,
        state=story.state,
        k=story.k,
        n=story.last.n,
        volunteers=story.last.volunteers,
        partner_waves=story.partner_waves,
    )


def _story_in_zone(kind: str, counts: list[tuple[int, ItemCount]]) -> _Story | None:
    waves: list[int] = []
    state = OPEN
    last: ItemCount | None = None
    for number, count in counts:
        if _is(kind, count):
            waves.append(number)
            state, last = OPEN, count
        elif count.n and (kind != RED or count.resolves):
            # A red closes only by the rule of §3.7; amber and strengths follow the latest wave that looked.
            state = RESOLVED
    if last is None:
        return None
    return _Story(tuple(waves), state, last, last.helped if kind == STRENGTH else last.k, _for_partner(counts))


def _is(kind: str, count: ItemCount) -> bool:
    return count.strength if kind == STRENGTH else count.flag == kind


def _story_in_talk(answers: list[tuple[int, ShopItemCount]]) -> _Story | None:
    waves: list[int] = []
    state = OPEN
    last: ShopItemCount | None = None
    for number, count in answers:
        if count.flag == RED:
            waves.append(number)
            state, last = OPEN, count
        elif count.resolves:
            state = RESOLVED
    return None if last is None else _Story(tuple(waves), state, last, last.noughts, _for_partner(answers))


def _for_partner(counts: Sequence[tuple[int, ItemCount]] | Sequence[tuple[int, ShopItemCount]]) -> frozenset[int]:
    return frozenset(number for number, count in counts if _enough(count))


def _enough(count: ItemCount | ShopItemCount) -> bool:
    return may_be_shown_to_partner(count.n, count.volunteers)


def may_be_pictured(counts: Mapping[int, ItemCount], wave: int, *, as_partner: bool) -> bool:
    """Whether photos of `wave` that show this item-in-zone may be seen: what findings show, told without drawing any.

    `counts`: wave -> its count, for the waves that may be seen. Something must have been found of it; for a partner
    in a wave that enough people saw, and enough must have seen it in `wave` too.
    """
    told = {number: count for number, count in counts.items() if not as_partner or _enough(count)}
    found = any(count.strength or count.flag in (RED, AMBER) for count in told.values())
    return found and (wave in told or not as_partner)


def parts_said(answers: Sequence[Any], findings: Sequence[Finding]) -> list[tuple[str, str | None, str]]:
    """(item, zone, finding id) for each of a visit's answers that is part of a finding.

    `answers` are those of the visit's event. A trigger belongs to a red or amber finding, a comfort to a strength,
    a 0 in the talk to a red one.
    """
    by_place: dict[tuple[str, str | None], list[Finding]] = {}
    for finding in findings:
        by_place.setdefault(finding.place, []).append(finding)
    return [
        (answer["item"], answer["zone"], finding.id)
        for answer in answers
        for finding in by_place.get((answer["item"], answer["zone"]), ())
        if _belongs(answer, finding.kind)
    ]


def _belongs(answer: Any, kind: str) -> bool:
    if answer["zone"] is None:
        return bool(answer["answer"] == "0")
    return bool(answer["comfort"] if kind == STRENGTH else answer["trigger"])
