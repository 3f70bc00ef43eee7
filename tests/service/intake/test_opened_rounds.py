"""Nothing joins a round by itself once two keys opened it to the partner: no late photo's visit, and no new one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from services.intake.domain.exercise import Release
from services.intake.store import visits as store
from services.intake.use_cases import exercises, visits
from shared.contracts.envelope import Envelope
from shared.messaging.outbox import unsent
from tests.service.intake.plans import EXERCISE, an_id
from tests.service.intake.visiting import (
    Browser,
    Intake,
    a_jpeg,
    a_visit,
    listing,
    new_id,
    the_plan,
    voice_listing,
)
from tests.unit.intake.sounds import a_webm

PHOTO = a_jpeg(7)
FIRST, SECOND = an_id("assigned-volunteer-1-1-environment"), an_id("assigned-volunteer-1-2-environment")
NO_MORE = "What was found in this round is with the office already, so no more visits to it are taken."


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    exercise = the_plan()["exercise"]
    exercise["waves"][1] |= {"opens": "2026-11-10", "closes": "2026-11-30"}
    house = Intake(tmp_path, plan_file=the_plan(exercise=exercise))
    yield house
    house.close()


def release(intake: Intake, to: str, wave: int | None = None) -> None:
    for who in ("volunteer-1", "lead"):
        exercises.give_key(intake.service, EXERCISE, an_id(who), Release(to, wave))


def to_action(intake: Intake) -> None:
    intake.move("sense-making")
    release(intake, "manager-review")
    release(intake, "shared")
    intake.move("action")


def in_the_second_round(intake: Intake) -> None:
    to_action(intake)
    intake.clock.move(timedelta(days=31))


def second_visit(**changes: Any) -> dict[str, Any]:
    return a_visit(wave=2, visited_on="2026-11-11", **changes)


def everything_told(intake: Intake) -> list[Envelope]:
    with intake.service.database.reading() as tx:
        return [one for _, one in unsent(tx, 1000)]


def send(intake: Intake, body: dict[str, Any]) -> str:
    visit_id = new_id()
    sent = intake.as_("volunteer-1").put(visit_id, body)
    assert sent.status_code == 201, sent.text
    return visit_id


def receipt(intake: Intake, visit_id: str) -> str:
    return str(intake.as_("volunteer-1").get(visit_id, "/receipt").get_json()["state"])


def test_a_visit_that_waits_for_a_photo_is_told_of_by_the_release_and_not_by_the_photo(intake: Intake) -> None:
    listed = listing(PHOTO)
    visit_id = send(intake, a_visit(photos=[listed]))
    intake.move("sense-making")
    assert intake.told() == []
    release(intake, "manager-review")
    [submitted] = intake.told()
    assert (submitted.type, submitted.subject) == ("org.opendoor.visit.submitted.v1", visit_id)
    # It is told of before the others hear that the round is open.
    everything = everything_told(intake)
    opening = next(at for at, one in enumerate(everything) if one.data.get("stage") == "manager-review")
    assert everything.index(submitted) < opening
    release(intake, "shared")
    assert receipt(intake, visit_id) == "receiving"
    intake.clock.move(timedelta(days=30))
    assert intake.as_("volunteer-1").put_photo(visit_id, listed["photo_id"], PHOTO).status_code == 201
    assert (intake.told(), receipt(intake, visit_id)) == ([submitted], "safe")
    intake.work("photo-cleaner")
    intake.work("relay")
    assert receipt(intake, visit_id) == "processed"


def test_a_visit_that_waits_for_a_voice_note_is_told_of_by_the_release(intake: Intake) -> None:
    recording = a_webm(2)
    listed = voice_listing(recording)
    visit_id = send(intake, a_visit(voice_notes=[listed], consents={"use_words": True, "quote": True}))
    to_action(intake)
    before = intake.told()
    assert [one.subject for one in before] == [visit_id]
    assert intake.as_("volunteer-1").put_voice(visit_id, listed["voice_id"], recording).status_code == 201
    assert intake.told() == before


def test_the_release_tells_of_a_correction_that_waits_and_of_nothing_taken_back(intake: Intake) -> None:
    me = intake.as_("volunteer-1")
    corrected, taken_back = send(intake, a_visit()), send(intake, a_visit(photos=[listing(PHOTO)]))
    etag = me.get(corrected).headers["ETag"]
    assert me.amend(corrected, a_visit(photos=[listing(a_jpeg(9))]), etag).status_code == 200
    assert me.withdraw(taken_back).status_code == 200
    assert [one.data["version"] for one in intake.told()] == [1]
    intake.move("sense-making")
    release(intake, "manager-review")
    assert [(one.subject, one.data["version"]) for one in intake.told()] == [(corrected, 1), (corrected, 2)]


def test_no_file_lets_a_visit_into_an_open_round(intake: Intake) -> None:
    listed = listing(PHOTO)
    visit_id = send(intake, a_visit(photos=[listed]))
    to_action(intake)
    with intake.service.database.transaction() as tx:
        # As an earlier version of this program left it.
        tx.execute(text("UPDATE visits SET announced = 0, last_event = NULL"))
    before = intake.told()
    assert intake.as_("volunteer-1").put_photo(visit_id, listed["photo_id"], PHOTO).status_code == 201
    assert (intake.told(), receipt(intake, visit_id)) == (before, "safe")


def test_what_is_taken_back_of_a_visit_in_an_open_round_waits_for_no_file(intake: Intake) -> None:
    visit_id = send(intake, a_visit(photos=[listing(PHOTO)], consents={"use_words": True, "quote": True}))
    to_action(intake)
    me = intake.as_("volunteer-1")
    path = f"/api/intake/v1/visits/{visit_id}/consents"
    assert me.client.post(path, json={"quote": False}, headers=me.headers).status_code == 200
    assert [(one.data["version"], one.data["consents"]["quote"]) for one in intake.told()] == [(1, True), (2, False)]


def test_a_released_later_round_takes_no_visit_though_its_days_are_not_over(intake: Intake) -> None:
    in_the_second_round(intake)
    listed = listing(PHOTO)
    waiting, me = send(intake, second_visit(photos=[listed])), intake.as_("volunteer-1")
    assert intake.told() == []
    release(intake, "shared", 2)
    assert [one.subject for one in intake.told()] == [waiting]
    assert me.put_photo(waiting, listed["photo_id"], PHOTO).status_code == 201
    refused = me.put(new_id(), second_visit())
    assert (refused.status_code, refused.get_json()["code"], refused.get_json()["detail"]) == (409, "not-open", NO_MORE)
    assert len(intake.told()) == 1
    # What was taken before is sent again as harmlessly as ever.
    assert me.put(waiting, second_visit(photos=[listed])).status_code == 200


def test_a_later_round_is_corrected_until_its_own_release(intake: Intake) -> None:
    in_the_second_round(intake)
    visit_id, me = send(intake, second_visit()), intake.as_("volunteer-1")
    corrected = me.amend(visit_id, second_visit(part_of_day="evening"), me.get(visit_id).headers["ETag"])
    assert corrected.status_code == 200
    release(intake, "shared", 2)
    refused = me.amend(visit_id, second_visit(part_of_day="afternoon"), corrected.headers["ETag"])
    assert (refused.status_code, refused.get_json()["code"]) == (409, "not-open")


def test_a_visit_that_crosses_with_the_release_is_refused(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    in_the_second_round(intake)
    look: Callable[..., None] = visits._refuse_outside

    def look_while_others_release(*given: Any) -> None:
        look(*given)
        release(intake, "shared", 2)

    monkeypatch.setattr(visits, "_refuse_outside", look_while_others_release)
    refused = intake.as_("volunteer-1").put(new_id(), second_visit())
    assert (refused.status_code, refused.get_json()["code"], intake.told()) == (409, "not-open", [])


def test_pages_and_check_in_of_a_released_round_say_that_it_is_over(intake: Intake) -> None:
    in_the_second_round(intake)
    me = Browser(intake, "volunteer-1")
    ready = f"/visits/{SECOND}/ready"
    assert "Start writing it down" in me.open(ready)
    me.send(f"/visits/{SECOND}/answer", answer="accepted")
    me.open(ready)
    me.send(f"/visits/{SECOND}/prepare", way_there="On foot")
    release(intake, "shared", 2)
    page = me.open(ready)
    assert NO_MORE in page
    assert "Start writing it down" not in page
    assert NO_MORE in me.open("/")
    for act, fields in (("start", {}), ("check-in", {"face": "3", "minutes": "60"})):
        me.open(ready)
        assert NO_MORE in me.send(f"/visits/{SECOND}/{act}", 409, **fields)
    asked = me.client.get("/api/intake/v1/me").get_json()["assignments"]
    assert asked == []


def test_the_lead_is_told_before_that_a_release_ends_the_visits(intake: Intake) -> None:
    in_the_second_round(intake)
    lead, ends = Browser(intake, "lead"), "Visits to round 2 are planned until 30 November 2026. Once both have"
    assert ends in lead.open(f"/exercises/{EXERCISE}")
    intake.clock.move(timedelta(days=18 + 7))
    lead = Browser(intake, "lead")
    assert ends in lead.open(f"/exercises/{EXERCISE}")
    intake.clock.move(timedelta(days=1))
    assert "Visits to round 2 are planned" not in lead.open(f"/exercises/{EXERCISE}")


def test_a_release_finds_what_waits_by_an_index(intake: Intake) -> None:
    asked: list[str] = []
    with intake.service.database.reading() as tx:
        assert store.waiting_to_be_told(tx, EXERCISE, (1,)) == []
        plan = tx.execute(
            text(
                "EXPLAIN QUERY PLAN SELECT * FROM visits WHERE visits.exercise_id = :exercise AND visits.wave IN (1, 2)"
                " AND visits.announced < visits.version AND visits.withdrawn_at IS NULL ORDER BY received_at, id"
            ),
            {"exercise": EXERCISE},
        )
        asked += [row.detail for row in plan]
    assert any("visits_to_be_told" in line for line in asked), asked
