"""Care around a visit on the pages: the way there and back, who is told what, who sees nothing, and what is erased."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.service.intake.plans import EXERCISE, a_plan, an_id
from tests.service.intake.visiting import Browser, Intake, the_plan

PIE = an_id("assigned-volunteer-1-1-environment")
NO_BUDDY = an_id("assigned-volunteer-2-1-environment")
MINUTES = timedelta(minutes=1)
DAYS = timedelta(days=1)
SECRETS = {
    "needs": "A step-free door",
    "code_word": "Marmalade",
    "number": "07700 900123",
    "if_missing": "Ring my sister",
}


def plan_with_buddies() -> dict[str, object]:
    """Volunteer 1 has a buddy everywhere, volunteer 2 nowhere."""
    plan = the_plan()
    for asked in plan["assignments"]:
        if asked["volunteer"] == an_id("volunteer-1"):
            asked["buddy"] = an_id("buddy")
    people = [*plan["people"], {"id": an_id("other-buddy"), "name": "The other buddy", "roles": ["buddy"]}]
    return a_plan(assignments=plan["assignments"], people=people)


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    house = Intake(tmp_path, plan_file=plan_with_buddies())
    yield house
    house.close()


def ready(me: Browser, assignment: str = PIE) -> None:
    """Say yes and tell the buddy about the day."""
    me.open(f"/visits/{assignment}/ready")
    me.send(f"/visits/{assignment}/answer", answer="accepted")
    me.send(f"/visits/{assignment}/prepare", **SECRETS)
    me.open(f"/visits/{assignment}/ready")


def inside(me: Browser, assignment: str = PIE, face: str = "2") -> str:
    """Go in for an hour; returns the page of the trip."""
    ready(me, assignment)
    me.open(f"/visits/{assignment}/check-in")
    return me.send(f"/visits/{assignment}/check-in", face=face, minutes="60")


def test_from_yes_to_the_second_talk(intake: Intake) -> None:
    me, buddy = Browser(intake, "volunteer-1"), Browser(intake, "buddy")
    assert "Yes, I will go" in me.open(f"/visits/{PIE}/ready")
    assert "Nobody is on the way" in buddy.open("/")
    ready(me)
    assert "Marmalade" in me.open(f"/visits/{PIE}/ready")
    page = buddy.open("/")
    assert "has not gone in yet" in page
    assert "Marmalade" in page
    trip = inside(me)
    page = me.open(trip)
    assert "You do not have to go in" in page
    assert "You said you would be out at 11:00" in page
    assert "od-stop__button" in page
    page = buddy.open("/")
    assert "Went in at 10:00, expected out at 11:00" in page
    assert "felt bad" in page
    buddy.send(f"/out-now/{trip.rsplit('/', 1)[1]}", said="in", back="home")
    assert "they are inside" not in buddy.open("/")
    intake.clock.move(40 * MINUTES)
    assert "I am out" in me.open("/")
    talk = me.send(f"{trip}/check-out")
    assert talk == f"{trip}/talk"
    assert "How are you?" in me.open(talk)
    assert me.send(talk, face="4", words="Shaky, then fine.") == trip
    assert "Around 19 October 2026" in me.open(trip)
    assert "Shaky, then fine." in buddy.open("/")
    assert "It has been a week" not in me.open("/")
    intake.clock.move(7 * DAYS)
    assert "It has been a week" in me.open("/")
    me.open(f"{trip}/second-talk")
    me.send(f"{trip}/second-talk", face="5")
    assert "All done" in me.open(trip)
    assert "Nobody is on the way" in buddy.open("/")


def test_names_are_set_apart_where_words_run_from_the_right(intake: Intake) -> None:
    me, buddy = Browser(intake, "volunteer-1"), Browser(intake, "buddy")
    for one in (me, buddy):
        one.client.set_cookie("opendoor-language", "ar")
    ready(me)
    before = [me.open(f"/visits/{PIE}/ready"), me.open(f"/visits/{PIE}/check-in"), buddy.open("/")]
    trip = inside(me)
    during = [me.open(trip), me.open("/"), buddy.open("/"), buddy.open(f"/out-now/{trip.rsplit('/', 1)[1]}")]
    talk = me.send(f"{trip}/check-out")
    after = [me.open(talk), me.open(trip), me.open("/"), buddy.open("/")]
    told = [re.sub("<footer.*?</footer>", "", page, flags=re.S) for page in (*before, *during, *after)]
    names = "Pier Road office|The buddy|The volunteer-1"
    assert all(re.search(f"\u2068({names})\u2069", page) for page in told)
    assert [found for page in told for found in re.findall(f".{{40}}(?<!\u2068)(?:{names})", page)] == []


def test_saying_no_needs_no_reason_and_is_refused_only_inside(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    ready(me)
    me.send(f"/visits/{PIE}/answer", answer="declined")
    assert "Nobody is on the way" in Browser(intake, "buddy").open("/")
    intake.clock.move(MINUTES)
    trip = inside(me)
    me.open(trip)
    assert "To end it now, use Stop" in me.send(f"/visits/{PIE}/answer", 409, answer="declined")


def test_moves_that_cannot_be_now_are_refused_with_a_sentence(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    me.open(f"/visits/{PIE}/ready")
    assert "Say first that you will go" in me.send(f"/visits/{PIE}/prepare", 409, needs="x")
    me.open(f"/visits/{PIE}/ready")
    me.send(f"/visits/{PIE}/answer", answer="accepted")
    assert "Get ready first" in me.send(f"/visits/{PIE}/check-in", 409, minutes="60")
    ready(me)
    me.open(f"/visits/{PIE}/check-in")
    assert "Say how long you will be" in me.send(f"/visits/{PIE}/check-in", 422, minutes="7", face="9")


def test_getting_ready_keeps_what_was_typed_when_something_is_too_long(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    me.open(f"/visits/{PIE}/ready")
    me.send(f"/visits/{PIE}/answer", answer="accepted")
    page = me.send(f"/visits/{PIE}/prepare", 422, needs="Kept as typed", code_word="x" * 61)
    assert "Your code word is longer than 60 characters." in page
    assert "Kept as typed" in page
    me.send(f"/visits/{PIE}/prepare", 422, needs="a\x00b")


def test_one_tap_on_a_page_of_the_visit_stops_all_of_it_and_tells_the_buddy(intake: Intake) -> None:
    me, buddy = Browser(intake, "volunteer-1"), Browser(intake, "buddy")
    trip = inside(me)
    me.open(trip)
    visit = me.send(f"/visits/{PIE}/start")
    me.open(f"{visit}/WA")
    me.send(f"{visit}/WA", **{"a.P-WA-08": "fine"})
    me.open(visit)
    assert me.send(f"{visit}/stop") == f"{visit}/stopped"
    page = me.open(f"{visit}/stopped")
    assert "I am out and safe" in page
    assert "Do not ask why" in buddy.open("/")
    me.send(f"{trip}/check-out")
    me.open(f"{visit}/check")
    me.send(f"{visit}/check", visited_on="2026-10-10", part_of_day="morning")
    (told,) = intake.told()
    assert (told.data["stopped_early"], told.data["keep_answers"], told.data["answers"]) == (True, False, [])


def test_a_stop_before_anything_was_begun_still_tells_the_buddy(intake: Intake) -> None:
    me, buddy = Browser(intake, "volunteer-1"), Browser(intake, "buddy")
    me.open(f"/visits/{PIE}/ready")
    visit = me.send(f"/visits/{PIE}/start")
    me.open(visit)
    me.send(f"{visit}/stop")
    assert "has stopped" in buddy.open("/")
    me.open(f"{visit}/stopped")
    me.send(f"{visit}/stopped", next="go-on")
    assert "is going on" in buddy.open("/")


def test_what_is_written_after_a_stop_counts_only_if_the_volunteer_says_so(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    trip = inside(me)
    me.open(trip)
    me.send(f"{trip}/stop")
    me.open(trip)
    me.send(f"{trip}/check-out")
    me.open(trip)
    visit = me.send(f"/visits/{PIE}/start")
    me.open(visit)
    assert "You stopped this visit" in me.open(visit)
    me.open(f"{visit}/check")
    me.send(f"{visit}/check", visited_on="2026-10-10", part_of_day="morning")
    (told,) = intake.told()
    assert (told.data["stopped_early"], told.data["keep_answers"]) == (True, False)


def test_somebody_late_is_reminded_then_called_then_the_lead_knows(intake: Intake) -> None:
    me, buddy, lead = Browser(intake, "volunteer-1"), Browser(intake, "buddy"), Browser(intake, "lead")
    trip = inside(me)
    trip_id = trip.rsplit("/", 1)[1]
    late = "Somebody is late coming out"
    intake.clock.move(74 * MINUTES)
    assert intake.work("care-watch") == 0
    intake.clock.move(1 * MINUTES)
    assert intake.work("care-watch") == 1
    assert intake.work("care-watch") == 0
    assert "It is past the time you said" in me.open(trip)
    intake.clock.move(15 * MINUTES)
    intake.work("care-watch")
    assert "Call them now." in buddy.open("/")
    assert late not in lead.open("/")
    assert lead.client.get(f"/out-now/{trip_id}").status_code == 404
    intake.clock.move(15 * MINUTES)
    intake.work("care-watch")
    assert late in lead.open("/")
    page = lead.open(f"/out-now/{trip_id}")
    assert "Their buddy is The buddy" in page
    assert "Expected out at 11:00" in page
    assert "felt bad" not in page
    assert "felt" not in lead.open("/")
    intake.clock.move(15 * MINUTES)
    intake.work("care-watch")
    assert "Do now what was agreed: Ring my sister" in buddy.open("/")
    buddy.send(f"/out-now/{trip_id}", said="out")
    assert late not in lead.open("/")
    assert "How are you?" in me.open("/")
    assert [job.pending() for job in intake.jobs if job.name == "care-watch"] == [0]


def test_staying_longer_begins_the_steps_again(intake: Intake) -> None:
    me, buddy = Browser(intake, "volunteer-1"), Browser(intake, "buddy")
    trip = inside(me)
    intake.clock.move(90 * MINUTES)
    intake.work("care-watch")
    me.open(trip)
    me.send(f"{trip}/longer", minutes="30")
    assert "out at 12:00" in me.open(trip)
    assert "Expected out at" not in buddy.open("/")
    assert intake.work("care-watch") == 0
    intake.clock.move(45 * MINUTES)
    assert intake.work("care-watch") == 1


def test_a_server_that_slept_takes_all_steps_at_once(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    inside(me)
    intake.clock.move(5 * 60 * MINUTES)
    assert intake.work("care-watch") == 1
    assert "Somebody is late coming out" in Browser(intake, "lead").open("/")


def test_without_a_buddy_the_lead_looks_out_and_sees_no_feelings(intake: Intake) -> None:
    me, lead = Browser(intake, "volunteer-2"), Browser(intake, "lead")
    trip = inside(me, NO_BUDDY)
    page = lead.open("/out-now")
    assert "Went in at 10:00" in page
    assert "felt bad" not in page
    me.open(trip)
    me.send(f"{trip}/stop")
    assert "Somebody wants to hear from you" in lead.open("/")
    lead.open("/out-now")
    lead.send(f"/out-now/{trip.rsplit('/', 1)[1]}", said="seen")
    assert "Somebody wants to hear from you" not in lead.open("/")


def test_nobody_else_sees_or_does_anything(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    trip = inside(me)
    trip_id = trip.rsplit("/", 1)[1]
    for who in ("volunteer-2", "other-buddy", "lead", "data-keeper", "sponsor", "manager", "staff", "working-group"):
        other = Browser(intake, who)
        home = other.open("/")
        assert "Went in" not in home, who
        assert "Marmalade" not in home, who
        assert other.client.get(trip).status_code == 404, who
        assert other.client.get(f"{trip}/talk").status_code == 404, who
        assert other.client.get(f"/out-now/{trip_id}").status_code == 404, who
        proof = other.csrf()
        for path, fields in ((f"{trip}/stop", {}), (f"{trip}/check-out", {}), (f"/out-now/{trip_id}", {"said": "out"})):
            answer = other.client.post(path, data={"csrf_token": proof, **fields})
            assert answer.status_code == 404, (who, path)
    assert "You said you would be out" in me.open(trip)


def test_no_table_of_care_knows_a_visit_or_a_pseudonym(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    trip = inside(me)
    me.open(trip)
    visit = me.send(f"/visits/{PIE}/start").rsplit("/", 1)[1]
    with intake.service.database.reading() as tx:
        key = tx.execute(text("SELECT volunteer_key FROM visit_drafts")).scalar_one()
        for table in ("trips", "trip_feelings", "trip_steps", "care_notices", "care_erasures", "care_numbers"):
            rows = str(tx.execute(text(f"SELECT * FROM {table}")).all())
            assert key not in rows, table
            assert visit not in rows, table


def test_hours_and_feelings_are_erased_in_time_and_that_is_written_down(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    trip = inside(me)
    me.open(trip)
    me.send(f"{trip}/check-out")
    me.open(f"{trip}/talk")
    me.send(f"{trip}/talk", face="1", words="Too much.")
    intake.clock.move(29 * DAYS)
    assert intake.work("care-eraser") == 0
    intake.clock.move(DAYS)
    assert intake.work("care-eraser") == 1
    assert _everything(intake, "trips").count("2026-10-12T09:00") == 1  # when it was made, nothing of the visit
    assert "Marmalade" not in _everything(intake, "trips")
    assert "2026" not in _everything(intake, "trip_steps")
    assert "Too much." in _everything(intake, "trip_feelings")
    intake.clock.move(67 * DAYS)
    assert intake.work("care-eraser") == 1
    assert _everything(intake, "trip_feelings") == "[]"
    assert an_id("volunteer-1") not in _everything(intake, "trips")
    erased = _everything(intake, "care_erasures")
    assert "times" in erased
    assert "feelings" in erased
    assert Browser(intake, "volunteer-1").client.get(trip).status_code == 404


def _everything(intake: Intake, table: str) -> str:
    with intake.service.database.reading() as tx:
        return str(tx.execute(text(f"SELECT * FROM {table}")).all())


def test_the_one_to_call_stands_on_every_page_with_a_number(intake: Intake) -> None:
    me, buddy = Browser(intake, "volunteer-1"), Browser(intake, "buddy")
    buddy.open("/my-number")
    assert "in figures" in buddy.send("/my-number", 422, number="none")
    buddy.send("/my-number", number="07700 900456")
    trip = inside(me)
    me.open(trip)
    visit = me.send(f"/visits/{PIE}/start")
    for path in ("/", trip, f"/visits/{PIE}/ready", visit, f"{visit}/EN", f"{visit}/check"):
        page = me.open(path)
        assert 'href="tel:07700900456"' in page, path
        assert "your buddy," in page, path
        assert 'href="/weather"' in page, path
        assert "od-stop__button" in page, path
    assert "your buddy," in me.open(f"{visit}/check")
    assert me.client.get("/my-number").status_code == 404
    buddy.open("/my-number")
    buddy.send("/my-number", number="")
    assert "07700900456" not in me.open(visit)


def test_hard_questions_are_announced_and_a_part_can_be_saved_for_later(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    me.open(f"/visits/{PIE}/ready")
    visit = me.send(f"/visits/{PIE}/start")
    page = me.open(f"{visit}/EN")
    assert "The next questions are about guards. You can skip them all." in page
    assert page.index("The next questions") < page.index("P-EN-01")
    assert "The next questions are about" not in me.open(f"{visit}/RE")
    me.open(f"{visit}/EN")
    assert me.send(f"{visit}/EN", **{"a.P-EN-05": "fine", "then": "later"}) == "/"
    assert "Come back when you like" in me.open("/")
    assert "1 answered" in me.open(visit)


def test_leaving_quickly_leads_to_a_page_that_says_nothing_of_us(intake: Intake) -> None:
    page = intake.app.test_client().get("/weather")
    assert page.status_code == 200
    for word in ("Open Door", "visit", "Stop", "sign"):
        assert word.lower() not in page.text.lower().replace("design", ""), word


def test_the_exercise_moving_on_leaves_nobody_alone_inside(intake: Intake) -> None:
    me, buddy = Browser(intake, "volunteer-1"), Browser(intake, "buddy")
    trip = inside(me)
    intake.move("sense-making")
    assert "Went in at" in buddy.open("/")
    me.open(trip)
    me.send(f"{trip}/check-out")
    ready(me, an_id("assigned-volunteer-1-1-mystery-shop"))
    refused = me.send(f"/visits/{an_id('assigned-volunteer-1-1-mystery-shop')}/check-in", 409, minutes="30")
    assert "not being taken" in refused


def test_an_assignment_taken_out_of_the_plan_leaves_somebody_with_the_lead(intake: Intake) -> None:
    me, lead = Browser(intake, "volunteer-1"), Browser(intake, "lead")
    trip = inside(me)
    with intake.service.database.transaction() as tx:
        tx.execute(text("DELETE FROM assignments WHERE id = :id"), {"id": PIE})
    assert "Went in at" in lead.open("/out-now")
    me.open(trip)
    me.send(f"{trip}/check-out")
    assert EXERCISE in _everything(intake, "trips")
