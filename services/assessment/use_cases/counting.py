"""Brings the counts of waves up to date with the visits that came, changed or left since the last time.

A tally and the cards of the volunteers concerned are read once and written once for all of a wave's changes in
a batch, and each change costs work in proportion to that visit, whatever the wave's history.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from services.assessment.domain import tally as counts
from services.assessment.domain.contribution import Contribution, contribution
from services.assessment.domain.tally import Turn, VolunteerCard, WaveTally
from services.assessment.store import tallies, telling, visits
from services.assessment.store.visits import StoredVisit, WaveKey
from services.assessment.use_cases.instruments_used import of_visit


def settle(tx: Connection) -> None:
    """Count what is not counted yet, and note which waves and visits must be told of anew."""
    leaving, coming = visits.to_uncount(tx), visits.uncounted(tx)
    changes: dict[WaveKey, tuple[list[StoredVisit], list[StoredVisit]]] = {}
    for visit in leaving:
        changes.setdefault(visit.wave, ([], []))[0].append(visit)
    for visit in coming:
        changes.setdefault(visit.wave, ([], []))[1].append(visit)
    for wave, (left, came) in changes.items():
        _count_wave(tx, wave, left, came)
    if changes:
        visits.all_counted(tx, coming)
        telling.visits_changed(tx, {visit.visit_id: visit.wave[:2] for visit in (*leaving, *coming)})
    for exercise_id, site_id, number in changes:
        telling.wave_changed(tx, exercise_id, site_id, number)


def recount_older_rules(tx: Connection) -> int:
    """Count anew every wave whose tally was made under older rules; how many."""
    waves = tallies.of_older_rules(tx)
    for wave in waves:
        recount(tx, wave)
        telling.wave_changed(tx, *wave)
    return len(waves)


def recount(tx: Connection, wave: WaveKey) -> None:
    """Count a wave anew from the visits that are held, as if they came just now."""
    tallies.drop_cards(tx, wave)
    tally, cards = WaveTally(), dict[str, VolunteerCard]()
    for visit in visits.of_wave(tx, wave):
        _add(tally, cards.setdefault(visit.volunteer_key, VolunteerCard()), visit)
    tallies.save_cards(tx, wave, cards)
    tallies.save(tx, wave, tally)


def _count_wave(tx: Connection, wave: WaveKey, left: Sequence[StoredVisit], came: Sequence[StoredVisit]) -> None:
    tally = tallies.one(tx, wave)
    if tally is None and tallies.exists(tx, wave):
        recount(tx, wave)
        return
    tally = tally or WaveTally()
    cards = tallies.cards(tx, wave, {visit.volunteer_key for visit in (*left, *came)})
    for visit in left:
        card = cards[visit.volunteer_key]
        following = None
        if card.first == _turn(visit):
            following = _first_rating(visits.counted_of(tx, wave, visit.volunteer_key))
        counts.remove(tally, card, _turn(visit), _contribution(visit), following)
    for visit in came:
        _add(tally, cards[visit.volunteer_key], visit)
    tallies.save_cards(tx, wave, cards)
    tallies.save(tx, wave, tally)


def _add(tally: WaveTally, card: VolunteerCard, visit: StoredVisit) -> None:
    counts.add(tally, card, _turn(visit), _contribution(visit))


def _first_rating(counted: Iterable[StoredVisit]) -> tuple[Turn, Contribution] | None:
    for visit in counted:
        found = _contribution(visit)
        if found.rates:
            return _turn(visit), found
    return None


def _turn(visit: StoredVisit) -> Turn:
    return Turn(visit.received_at, visit.visit_id)


def _contribution(visit: StoredVisit) -> Contribution:
    return contribution(visit.body, of_visit(visit.body))
