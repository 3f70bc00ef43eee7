"""What the audit of an exercise tells of ways in and of erasures: who did what, and when; never a way in, a visit, a
pseudonym, or the moment at which something went.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from services.intake.use_cases import people
from services.intake.use_cases.auditing import audit_of
from services.intake.use_cases.plan import import_plan
from shared.access.audited import AT_THE_MACHINE, Audited
from shared.contracts.refusals import Refusal
from shared.runtime.service import Service
from tests.service.intake.planning import House, an_intake
from tests.service.intake.plans import EXERCISE, an_id
from tests.service.intake.test_care import DAYS, PIE, inside, plan_with_buddies
from tests.service.intake.test_people_of_others import PLAN, THEIRS, person, theirs
from tests.service.intake.visiting import Browser, Intake, a_jpeg, a_visit, listing, new_id, voice_listing
from tests.unit.intake.sounds import WEBM

TAKEN_BACK = "took every link and token back from"


def ways_in(service: Service, exercise_id: str) -> list[tuple[str, str]]:
    return [
        (one.person_id, one.did) for one in audit_of(service, exercise_id) if " token" in one.did or "-in " in one.did
    ]


def since(service: Service, exercise_id: str, known: int) -> list[tuple[str, str]]:
    return ways_in(service, exercise_id)[known:]


def test_who_made_a_way_in_and_who_took_them_back(tmp_path: Path) -> None:
    house = House(an_intake(tmp_path))
    import_plan(house.service, theirs(person("staff", "staff")))
    staff, sponsor, lead = an_id("staff"), an_id("sponsor"), an_id("lead")
    made_at_start = ways_in(house.service, EXERCISE)
    assert (AT_THE_MACHINE, f"made a token for {staff}") in made_at_start
    known, elsewhere = len(made_at_start), len(ways_in(house.service, THEIRS))
    browser = house.browser("lead")
    known += 1  # the link by which the lead came in here
    browser.send(f"{PLAN}/people/{sponsor}/link", {}, page=f"{PLAN}/people/{sponsor}")
    browser.send(f"{PLAN}/people/{staff}/revoke", {}, page=f"{PLAN}/people/{staff}")
    browser.send(f"{PLAN}/people/{staff}/revoke", {}, page=f"{PLAN}/people/{staff}")  # nothing is left to take back
    link = people.invite(house.service, staff)
    assert people.revoke_all(house.service, staff) == 1
    assert since(house.service, EXERCISE, known) == [
        (lead, f"made a sign-in link for {sponsor}"),
        (lead, f"{TAKEN_BACK} {staff} (1)"),
        (AT_THE_MACHINE, f"made a sign-in link for {staff}"),
        (AT_THE_MACHINE, f"{TAKEN_BACK} {staff} (1)"),
    ]
    # Nobody learns by the audit of one exercise what was done on the plan of another.
    assert since(house.service, THEIRS, elsewhere) == [
        (AT_THE_MACHINE, f"made a sign-in link for {staff}"),
        (AT_THE_MACHINE, f"{TAKEN_BACK} {staff} (1)"),
    ]
    told = str(list(audit_of(house.service, EXERCISE)))
    assert link.rpartition("/")[2] not in told
    with pytest.raises(Refusal):
        people.revoke_all(house.service, an_id("nobody"))


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    house = Intake(tmp_path, plan_file=plan_with_buddies())
    yield house
    house.close()


def erased(service: Service) -> list[Audited]:
    return [one for one in audit_of(service, EXERCISE) if one.did.startswith("erased")]


def test_what_was_erased_is_told_by_day_kind_and_reason_and_not_whose_it_was(intake: Intake) -> None:
    me, page = intake.as_("volunteer-1"), Browser(intake, "volunteer-1")
    photos = [a_jpeg(shade) for shade in (90, 110)]
    visit_id, listed, spoken = new_id(), [listing(photo) for photo in photos], voice_listing(WEBM)
    me.put(visit_id, a_visit(photos=listed, voice_notes=[spoken]))
    for photo, entry in zip(photos, listed, strict=True):
        me.put_photo(visit_id, entry["photo_id"], photo)
    me.put_voice(visit_id, spoken["voice_id"], WEBM)
    intake.work("photo-cleaner")
    trip = inside(page, PIE)
    page.open(trip)
    page.send(f"{trip}/check-out")
    intake.clock.move(8 * DAYS)
    assert intake.work("original-eraser") == 2
    me.withdraw(visit_id)
    intake.clock.move(timedelta(hours=1))
    assert (intake.work("original-eraser"), intake.work("voice-eraser")) == (2, 1)
    intake.clock.move(120 * DAYS)
    assert intake.work("care-eraser") > 0
    lines = [(one.at, one.person_id, one.did) for one in erased(intake.service)]
    assert lines == [
        ("2026-10-20T00:00:00.000000+00:00", "eraser", "erased cleaned photos (2): their visit was taken back"),
        ("2026-10-20T00:00:00.000000+00:00", "eraser", "erased photos as they came (2): they had done their work"),
        ("2026-10-20T00:00:00.000000+00:00", "eraser", "erased recordings (1): their visit was taken back"),
        ("2027-02-17T00:00:00.000000+00:00", "eraser", "erased feelings logs (1): their time had come"),
        ("2027-02-17T00:00:00.000000+00:00", "eraser", "erased hours of trips (1): their time had come"),
    ]
    with intake.service.database.reading() as tx:
        key = tx.execute(text("SELECT DISTINCT volunteer_key FROM photos")).scalar_one()
        trip_id = tx.execute(text("SELECT id FROM trips")).scalar_one()
    ids = [visit_id, spoken["voice_id"], an_id("volunteer-1"), key, trip_id]
    ids += [entry[name] for entry in listed for name in ("photo_id", "sha256")]
    assert [one for one in ids if one in str(lines)] == []
    everything = [one.at for one in audit_of(intake.service, EXERCISE)]
    assert everything == sorted(everything)
    assert all(
        not one.did.startswith("erased") for one in audit_of(intake.service, EXERCISE) if one.person_id != "eraser"
    )
