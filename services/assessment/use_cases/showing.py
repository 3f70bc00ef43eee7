"""Reads what there is to say of a site: results of waves, before and after, findings with what was said and shown.

What may be seen is said by a `Sight`: which waves, whether by the partner's rule, whether words and photos.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from sqlalchemy import Connection

from services.assessment.domain.comparison import VisitsBehind, comparison
from services.assessment.domain.contribution import contribution
from services.assessment.domain.disclosure import comparison_for_partner, result_for_partner
from services.assessment.domain.findings import Finding, findings_of
from services.assessment.domain.marks import marks_of
from services.assessment.domain.result import wave_result
from services.assessment.domain.tally import WaveTally
from services.assessment.domain.waves import Place, Wave
from services.assessment.store import replies, shown, tallies, visits
from services.assessment.use_cases.instruments_used import of_visit, wave_of

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody may see of a site. `waves`: None for all of them."""

    waves: frozenset[int] | None = None
    as_partner: bool = False
    words_and_photos: bool = True

    def sees(self, wave: int) -> bool:
        """Whether that wave may be seen at all."""
        return self.waves is None or wave in self.waves

    def as_of(self, wave: int) -> Sight:
        """The same without what came after `wave`."""
        upto = frozenset(range(1, wave + 1))
        return replace(self, waves=upto if self.waves is None else upto & self.waves)


EVERYTHING = Sight()


@dataclass(frozen=True)
class SitePicture:
    """A site as its counts stand in this transaction; each thing is worked out once, when it is asked for."""

    exercise_id: str
    site_id: str
    zones: tuple[str, ...]
    tallies: Mapping[int, WaveTally]
    words: Sequence[shown.Words]
    photos: Sequence[shown.Photo]
    replies: Mapping[str, str]
    visits_behind: VisitsBehind
    _drawn: dict[tuple[bool, tuple[int, ...]], list[Finding]] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def waves(self) -> list[Wave]:
        """Every wave that has counts, in order."""
        return [wave_of(number, tally) for number, tally in sorted(self.tallies.items())]

    def result(self, number: int, sight: Sight = EVERYTHING) -> Json:
        """Wire.md §4 for a wave, also for one without any visit yet."""
        upto = self._upto(number, sight)
        found = wave_result(self.exercise_id, self.site_id, self.zones, upto)
        return result_for_partner(found, upto[-1]) if sight.as_partner else found

    def comparison(self, start: int, end: int, sight: Sight = EVERYTHING) -> Json:
        """Wire.md §5 from one wave to a later one."""
        waves = {wave.number: wave for wave in (*self._upto(start, sight), *self._upto(end, sight))}
        found = comparison([waves[number] for number in sorted(waves)], start, end, self.visits_behind)
        if not sight.as_partner:
            return found
        return comparison_for_partner(found, (self.result(start), self.result(end)))

    def findings(self, sight: Sight = EVERYTHING) -> list[Json]:
        """Wire.md §6, with the words, photos and replies that belong to each."""
        return [found for finding in self.drawn(sight) if (found := self._finding(finding, sight)) is not None]

    def drawn(self, sight: Sight = EVERYTHING) -> list[Finding]:
        """The findings themselves, before the figures of a red flag are hidden from a partner."""
        waves = [wave for wave in self.waves if sight.sees(wave.number)]
        seen = sight.as_partner, tuple(wave.number for wave in waves)
        if seen not in self._drawn:
            self._drawn[seen] = findings_of(self.exercise_id, self.site_id, waves, as_partner=sight.as_partner)
        return self._drawn[seen]

    def cards(self, number: int, sight: Sight = EVERYTHING) -> list[Json]:
        """The findings as they stand after wave `number`, with what belongs to which wave kept apart.

        Each is as in `findings`, but `quotes` and `photos` are those of the wave that its figures are of (`wave`) and
        photos of later ones; `earlier` has those of each wave before, the latest first. `heading` says what was found.
        """
        found = []
        upto = sight.as_of(number)
        for finding in self.drawn(upto):
            card = self._finding(finding, upto)
            if card is not None:
                found.append(card | self._by_wave(finding, card["photos"], upto))
        return found

    def _by_wave(self, finding: Finding, photos: Sequence[Json], sight: Sight) -> Json:
        last, told = finding.waves[-1], self._waves_told(finding, sight)
        before = [
            {
                "wave": wave,
                "quotes": self._quotes(finding, {wave} & set(finding.waves)),
                "photos": [photo for photo in photos if photo["wave"] == wave],
            }
            for wave in sorted((wave for wave in told if wave < last), reverse=True)
        ]
        return {
            "heading": finding.heading,
            "wave": last,
            "quotes": self._quotes(finding, told & {last}),
            "photos": [photo for photo in photos if photo["wave"] >= last],
            "earlier": [one for one in before if one["quotes"] or one["photos"]],
        }

    def _finding(self, finding: Finding, sight: Sight) -> Json | None:
        found = finding.for_partner() if sight.as_partner else finding.as_json()
        if found is None:
            return None
        waves = self._waves_told(finding, sight)
        # Words from the waves in which it was found, so that they fit it; photos from all, to lay side by side.
        found["quotes"] = self._quotes(finding, waves.intersection(finding.waves))
        found["photos"] = list(self._photos(finding, waves))
        found["reply"] = self.replies.get(finding.id)
        return found

    def _quotes(self, finding: Finding, waves: Collection[int]) -> list[str]:
        said = (words for words in self.words if (words.item, words.zone) == finding.place)
        return list(dict.fromkeys(words.text for words in said if words.wave in waves))

    def _waves_told(self, finding: Finding, sight: Sight) -> set[int]:
        # A partner reads and sees only of waves in which enough people were asked, so that nobody can be picked out.
        if not sight.words_and_photos or (sight.as_partner and not finding.shown_to_partner):
            return set()
        told = {wave.number for wave in self.waves if sight.sees(wave.number)}
        return told & finding.partner_waves if sight.as_partner else told

    def _photos(self, finding: Finding, waves: set[int]) -> Iterable[Json]:
        for photo in self.photos:
            if photo.zone != finding.zone or photo.wave not in waves:
                continue
            marks = [mark for mark in marks_of(photo.annotations) if mark["item"] == finding.item]
            if marks:
                yield {
                    "id": photo.photo_id,
                    "zone": photo.zone,
                    "wave": photo.wave,
                    "marks": marks,
                    "display": dict(photo.display),
                    "thumbnail": dict(photo.thumbnail),
                }

    def _upto(self, number: int, sight: Sight) -> list[Wave]:
        # A wave under embargo is not there for whoever may not see it, so neither are its red flags.
        waves = [wave for wave in self.waves if wave.number <= number and sight.sees(wave.number)]
        if not waves or waves[-1].number != number:
            waves.append(wave_of(number, WaveTally()))
        return waves


def picture(tx: Connection, exercise_id: str, site_id: str, zones: Sequence[str]) -> SitePicture:
    """Read everything there is of a site; good while `tx` is. `zones`: those the plan says it has."""

    def visits_behind(number: int, places: Collection[Place]) -> int:
        rated = {f"{item}/{zone}" for item, zone in places}
        sent = visits.of_wave(tx, (exercise_id, site_id, number))
        return sum(not rated.isdisjoint(contribution(one.body, of_visit(one.body)).ratings) for one in sent)

    return SitePicture(
        exercise_id=exercise_id,
        site_id=site_id,
        zones=tuple(zones),
        tallies=tallies.of_site(tx, exercise_id, site_id),
        words=shown.words_of_site(tx, exercise_id, site_id),
        photos=shown.photos_of_site(tx, exercise_id, site_id),
        replies=replies.of_site(tx, exercise_id, site_id),
        visits_behind=visits_behind,
    )
