"""What somebody asks to read of a site, within what their role and the stage allow, audited while under embargo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from services.assessment.domain.explanation import explain
from services.assessment.domain.findings import may_be_pictured
from services.assessment.domain.marks import marks_of
from services.assessment.domain.talk_compared import talk_compared
from services.assessment.store import audit, shown, tallies
from services.assessment.use_cases.instruments_used import wave_of
from services.assessment.use_cases.receiving import as_text
from services.assessment.use_cases.showing import Sight, SitePicture, picture
from services.assessment.use_cases.sights import sight_of
from shared.access import directory
from shared.access.directory import ExerciseEntry, SiteEntry
from shared.access.roles import Role
from shared.access.rules import roles_allowed
from shared.contracts.refusals import FieldError, invalid, not_found
from shared.runtime.service import Service

Json = dict[str, Any]
LINK_SECONDS = 60
"""Long enough for a phone on a bad line to begin, too short to be handed around."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks, in which exercise, and under which of their roles they may read findings there."""

    person_id: str
    exercise: ExerciseEntry
    roles: frozenset[Role]

    @property
    def sight(self) -> Sight:
        """What they may see of each site."""
        return sight_of(self.exercise, self.roles)

    def visible_waves(self) -> list[int]:
        """The numbers of the waves they may see, in order."""
        return sorted(wave.number for wave in self.exercise.waves if self.sight.sees(wave.number))


@dataclass(frozen=True, slots=True)
class SiteView:
    """A site as its reader may see it: the picture, and the reader's sight to look at it with."""

    site: SiteEntry
    sight: Sight
    picture: SitePicture
    waves: list[int]

    @property
    def waves_seen(self) -> list[int]:
        """The visible waves that anybody has visited."""
        return [wave.number for wave in self.picture.waves if wave.number in self.waves and wave.tally.seen]


def wave(service: Service, reader: Reader, site_id: str, number: int) -> Json:
    """The result of a wave (wire.md §4). Raises Refusal (404)."""
    with looking_at(service, reader, site_id, [number], f"the result of wave {number}") as view:
        return view.picture.result(number, view.sight)


def explanation(service: Service, reader: Reader, site_id: str, number: int) -> Json:
    """How each number of a wave came about. Raises Refusal (404)."""
    return explain(wave(service, reader, site_id, number))


def comparison(service: Service, reader: Reader, site_id: str, start: int, end: int) -> Json:
    """Before and after (wire.md §5). Raises Refusal: 404, or 422 unless `start` comes before `end`."""
    if start >= end:
        raise invalid([FieldError("/to", "must be a later wave than the one to compare it with.")])
    with looking_at(service, reader, site_id, [start, end], f"waves {start} and {end} compared") as view:
        return view.picture.comparison(start, end, view.sight)


def findings(service: Service, reader: Reader, site_id: str) -> list[Json]:
    """The findings of a site (wire.md §6). Raises Refusal (404)."""
    with looking_at(service, reader, site_id, reader.visible_waves(), "the findings") as view:
        return view.picture.findings(view.sight)


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of a photo: where a browser gets it from the store for a short while, or else its bytes."""

    media_type: str
    link: str | None
    body: bytes


def photo(service: Service, reader: Reader, site_id: str, photo_id: str, size: str) -> Copy:
    """A released photo that one of the findings the reader may see shows. Raises Refusal (404), ObjectMissing."""
    _let_in(service, reader, site_id, reader.visible_waves(), f"photo {photo_id}")
    with service.database.reading() as tx:
        found = shown.photo(tx, reader.exercise.id, site_id, photo_id)
        if found is None or not _may_see(tx, reader, site_id, found):
            raise not_found()
    copy = found.thumbnail if size == "thumbnail" else found.display
    link = service.objects.link(copy["key"], LINK_SECONDS)
    return Copy(str(copy["media_type"]), link, b"" if link else service.objects.get(copy["key"]))


def _may_see(tx: Connection, reader: Reader, site_id: str, photo: shown.Photo) -> bool:
    # Asked for every picture of a page, so it reads counts alone and looks only at what the photo is marked with.
    sight = reader.sight
    counted = tallies.of_site(tx, reader.exercise.id, site_id)
    if not sight.words_and_photos or not sight.sees(photo.wave) or photo.wave not in counted:
        return False
    waves = [wave_of(number, tally) for number, tally in counted.items() if sight.sees(number)]
    for item in {mark["item"] for mark in marks_of(photo.annotations)}:
        place = item, photo.zone
        counts = {wave.number: wave.by_place[place] for wave in waves if place in wave.by_place}
        if may_be_pictured(counts, photo.wave, as_partner=sight.as_partner):
            return True
    return False


def my_sites(service: Service, person_id: str) -> list[tuple[ExerciseEntry, list[tuple[SiteEntry, list[int]]]]]:
    """Every exercise whose findings the person may read now, with its sites and in which waves anybody was there."""
    with service.database.reading() as tx:
        mine = [
            (exercise, roles)
            for exercise, membership in directory.exercises_of(tx, person_id)
            if (roles := roles_allowed("findings.read", membership.roles, exercise.stage))
        ]
        counted = tallies.waves_counted(tx, [exercise.id for exercise, _ in mine])
    found = []
    for exercise, roles in mine:
        sight = sight_of(exercise, roles)
        sites = [
            (site, [number for number in counted.get((exercise.id, site.id), ()) if sight.sees(number)])
            for site in exercise.sites
        ]
        found.append((exercise, sites))
    return found


@contextmanager
def looking_at(service: Service, reader: Reader, site_id: str, waves: list[int], what: str) -> Iterator[SiteView]:
    """The site in one view of the database; the read is on record before anything is shown, if under embargo.

    Raises Refusal (404) for a site or wave that is not there or not the reader's to know of.
    """
    site = _let_in(service, reader, site_id, waves, what)
    with service.database.reading() as tx:
        seen = picture(tx, reader.exercise.id, site_id, site.zones)
        yield SiteView(site, reader.sight, seen, reader.visible_waves())


def _let_in(service: Service, reader: Reader, site_id: str, waves: list[int], what: str) -> SiteEntry:
    site = reader.exercise.site(site_id)
    sight = reader.sight
    if site is None or any(reader.exercise.wave(wave) is None or not sight.sees(wave) for wave in waves):
        raise not_found()
    if reader.exercise.under_embargo(waves):
        with service.database.transaction(()) as tx:
            audit.record(
                tx,
                at=as_text(service.clock.now()),
                person_id=reader.person_id,
                roles=reader.roles,
                exercise_id=reader.exercise.id,
                what=f"{site_id}: {what}",
            )
    return site


@dataclass(frozen=True, slots=True)
class SitePage:
    """All that the page of a site's findings shows, read in one view of the database."""

    site: SiteEntry
    wave: int
    waves: list[int]
    seen: list[int]
    result: Json
    explained: Json
    findings: list[Json]
    """As they stand after `wave`: `SitePicture.cards`."""
    first_impressions: list[tuple[str, str]]


def site_page(service: Service, reader: Reader, site_id: str, number: int | None) -> SitePage:
    """The findings of a site with the result of one wave, by default the latest that was visited. Raises Refusal."""
    asked = reader.visible_waves()
    if number is not None:
        asked = [*(wave for wave in asked if wave < number), number]
    with looking_at(service, reader, site_id, asked, "the findings page") as view:
        if not view.waves:
            raise not_found()
        wave_shown = number if number is not None else (view.waves_seen or view.waves)[-1]
        result = view.picture.result(wave_shown, view.sight)
        return SitePage(
            site=view.site,
            wave=wave_shown,
            waves=view.waves,
            seen=view.waves_seen,
            result=result,
            explained=explain(result),
            findings=view.picture.cards(wave_shown, view.sight),
            first_impressions=_first_impressions(view, wave_shown, result),
        )


@dataclass(frozen=True, slots=True)
class ComparedPage:
    """All that the page of before and after shows, read in one view of the database."""

    found: Json
    talk: list[Mapping[str, Any]]
    """Must-haves of the talk: `talk_compared`."""
    findings: list[Json]
    """As they stand after the later wave."""


def compared_page(service: Service, reader: Reader, site_id: str, start: int, end: int) -> ComparedPage:
    """Before and after, and the findings as they stand after the later wave. Raises Refusal (404)."""
    asked = [*(wave for wave in reader.visible_waves() if wave < end and wave != start), start, end]
    with looking_at(service, reader, site_id, asked, f"waves {start} and {end} compared, with findings") as view:
        was, now = (view.picture.result(number, view.sight)["mystery_shop"]["items"] for number in (start, end))
        before, after = (view.picture.findings(view.sight.as_of(number)) for number in (start, end))
        found = view.picture.comparison(start, end, view.sight)
        return ComparedPage(found, talk_compared(was, now, before, after), after)


def _first_impressions(view: SiteView, number: int, result: Json) -> list[tuple[str, str]]:
    """(zone or stage, words) said of no single item; to a partner only where the zone itself may be shown."""
    if not view.sight.words_and_photos:
        return []
    open_zones = {zone["zone"] for zone in result["zones"] if zone["visits"] is not None}
    open_zones |= {stage["stage"] for stage in result["mystery_shop"]["stages"] if stage["visits"] is not None}
    return [
        (place, words.text)
        for words in view.picture.words
        if words.item is None and words.wave == number and (place := words.zone or words.stage) in open_zones and place
    ]
