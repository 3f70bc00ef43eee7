"""A volunteer's way through the pages, without JavaScript, to the same visit that the API would have taken."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.intake.use_cases import volunteer_home
from tests.service.intake.plans import a_plan, an_id
from tests.service.intake.visiting import Browser, Intake, a_jpeg, a_visit, new_id, the_plan

PIE = an_id("assigned-volunteer-1-1-environment")
SHOP = an_id("assigned-volunteer-1-1-mystery-shop")


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    house = Intake(tmp_path)
    yield house
    house.close()


def begun(me: Browser, assignment: str = PIE) -> str:
    me.open(f"/visits/{assignment}/ready")
    return me.send(f"/visits/{assignment}/start")


def test_from_the_first_page_to_the_receipt(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    assert "Pier Road office" in me.open("/")
    visit = begun(me)
    assert "Carry on" in me.open("/")
    page = me.open(visit)
    assert "Not looked at" in page
    assert "Stop" in page
    page = me.open(f"{visit}/WA")
    assert "What hit you first?" in page
    assert "Is that everything here?" in page
    answers = {
        "first": "Hard chairs.",
        "a.P-WA-02": "bad",
        "t.P-WA-02": "3",
        "w.P-WA-02": "People sat behind me.",
        "a.P-WA-07": "good",
        "c.P-WA-07": "2",
        "t.P-WA-07": "3",
        "everything": "yes",
    }
    assert me.send(f"{visit}/WA", **answers) == visit
    page = me.open(visit)
    assert "Done" in page
    page = me.open(f"{visit}/check")
    assert "People sat behind me." in page
    assert "that is fine" in page
    me.send(f"{visit}/check", 422, part_of_day="morning")
    assert "on which day" in me.page.text
    receipt = me.send(f"{visit}/check", visited_on="2026-10-10", part_of_day="morning", quote="true")
    assert receipt.endswith("/receipt")
    page = me.open(receipt)
    assert "1 of 1 safe" in page
    assert "How are you?" in page
    (told,) = intake.told()
    assert told.data["zones_complete"] == ["WA"]
    assert told.data["form"] == "short"
    said = {answer["item"]: (answer["trigger"], answer["comfort"]) for answer in told.data["answers"]}
    assert said == {"P-WA-02": (3, None), "P-WA-07": (None, 2)}
    assert told.data["consents"] == {
        "use_words": False,
        "use_photos": False,
        "quote": True,
        "tell_me": False,
        "contact_again": False,
    }
    assert "Safe with us" in me.open("/")
    intake.move("sense-making")
    assert "Being looked at" in me.open("/")
    # The draft is gone; the address of the visit leads to its receipt.
    assert "1 of 1 safe" in me.open(visit)


def test_an_answer_without_its_strength_is_kept_and_asked_about(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    visit = begun(me)
    me.open(f"{visit}/WA")
    page = me.send(f"{visit}/WA", 422, **{"a.P-WA-02": "bad", "w.P-WA-02": "Behind me.", "first": "x" * 4001})
    assert "Say how much it got to you" in page
    assert "is longer than" in page
    assert "x" * 4001 in page
    assert "Behind me." in me.open(f"{visit}/WA")
    me.open(f"{visit}/check")
    page = me.send(f"{visit}/check", 422, visited_on="2026-10-10", part_of_day="morning")
    assert "needs to know how much" in page
    me.open(f"{visit}/WA")
    me.send(f"{visit}/WA", **{"a.P-WA-02": "bad", "t.P-WA-02": "1"})
    me.open(f"{visit}/check")
    me.send(f"{visit}/check", visited_on="2026-10-10", part_of_day="morning")


def test_changing_the_form_loses_no_answer(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    visit = begun(me)
    assert "P-WA-06" not in me.open(f"{visit}/WA")
    me.open(visit)
    me.send(f"{visit}/form", form="long")
    assert "P-WA-06" in me.open(f"{visit}/WA")
    me.send(f"{visit}/WA", **{"a.P-WA-06": "fine"})
    me.open(visit)
    me.send(f"{visit}/form", form="short")
    assert "P-WA-06" in me.open(f"{visit}/WA")
    me.open(f"{visit}/check")
    me.send(f"{visit}/check", visited_on="2026-10-10", part_of_day="evening")
    (told,) = intake.told()
    assert told.data["form"] == "long"
    assert [answer["item"] for answer in told.data["answers"]] == ["P-WA-06"]


def test_a_photo_with_marks_goes_along(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    visit = begun(me)
    me.open(f"{visit}/RE")
    photo = me.send(f"{visit}/RE", photo_taken=(io.BytesIO(a_jpeg(9, (900, 600))), "IMG_1.jpg"))
    page = me.open(photo)
    assert "No people, no screens, no papers" in page
    assert "in a moment" in page
    intake.work("photo-cleaner")
    page = me.open(photo)
    assert f"{photo}/image?size=display" in page
    assert me.client.get(f"{photo}/image?size=thumbnail").mimetype == "image/jpeg"
    page = me.send(photo, 422, where="top-left")
    assert "Choose what it is about" in page
    mark = {"felt": "trigger", "strength": "3", "item": "P-RE-03", "words": "Everybody hears it."}
    me.send(photo, where="top-left", **mark)
    me.open(photo)
    me.send(photo, 422, box="90,90,30,30", **mark)
    me.send(photo, box="10, 20, 30, 40", **mark)
    page = me.open(photo)
    assert "Take mark 2 away" in page
    for no_number in ("0", "3", "0001999999", "9" * 5000, "one"):
        me.send(f"{photo}/take-mark-away", number=no_number)
    me.send(f"{photo}/take-mark-away", number="1")
    me.open(f"{visit}/check")
    me.send(f"{visit}/check", visited_on="2026-10-10", part_of_day="evening", use_photos="true")
    visit_id = visit.rsplit("/", 1)[1]
    sent = intake.as_("volunteer-1").get(visit_id).get_json()
    (kept,) = sent["photos"]
    assert kept["zone"] == "RE"
    assert [mark["target"]["selector"]["value"] for mark in kept["annotations"]] == ["xywh=percent:10,20,30,40"]
    assert "2 of 2 safe" in me.open(f"{visit}/receipt")
    assert len(intake.told()) == 1


def test_a_file_that_is_no_photo_is_refused_beside_its_field_and_nothing_else_is_lost(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    visit = begun(me)
    me.open(f"{visit}/RE")
    page = me.send(f"{visit}/RE", 422, photo_chosen=(io.BytesIO(b"<svg/>"), "x.jpg"), **{"a.P-RE-01": "fine"})
    assert "not a photo we can read" in page
    assert "1 answered" in me.open(visit)


def test_a_photo_may_be_taken_away_again(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    visit = begun(me)
    me.open(f"{visit}/RE")
    photo = me.send(f"{visit}/RE", photo_taken=(io.BytesIO(a_jpeg()), "x.jpg"))
    me.open(photo)
    assert me.send(f"{photo}/take-away") == f"{visit}/RE"
    assert me.client.get(photo).status_code == 404


def test_stopping_takes_one_tap_and_what_was_said_is_only_used_by_permission(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    visit = begun(me)
    me.open(f"{visit}/WA")
    me.send(f"{visit}/WA", **{"a.P-WA-08": "fine"})
    me.open(visit)
    stopped = me.send(f"{visit}/stop")
    assert "You do not have to say why" in me.open(stopped)
    assert me.send(stopped, next="mine").endswith("/check")
    me.open(f"{visit}/check")
    me.send(f"{visit}/check", visited_on="2026-10-10", part_of_day="evening", keep_answers="no")
    (told,) = intake.told()
    assert (told.data["stopped_early"], told.data["keep_answers"], told.data["answers"]) == (True, False, [])


def test_a_stopped_visit_can_be_gone_on_with_or_thrown_away(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    visit = begun(me)
    me.open(visit)
    stopped = me.send(f"{visit}/stop")
    me.open(stopped)
    assert me.send(stopped, next="go-on") == visit
    me.open(stopped)
    assert me.send(stopped, next="throw-away") == "/"
    assert me.client.get(visit).status_code == 404


def test_the_talk_is_filled_in_stage_by_stage(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    page = me.open(f"/visits/{SHOP}/ready")
    assert "Stop before you sign anything" in page
    assert "I have never done this before." in page
    assert "Where they lived before" in page
    assert "your office has agreed to" in me.open(f"/visits/{SHOP}/letter")
    visit = begun(me, SHOP)
    page = me.open(f"{visit}/WE")
    assert "M-WE-03" in page
    me.send(f"{visit}/WE", **{"a.M-WE-03": "0", "w.M-WE-03": "At the desk.", "face": "2"})
    assert "too-soon" not in me.open(f"{visit}/CV")
    me.open(f"{visit}/AF")
    me.send(f"{visit}/AF", **{"a.M-AF-01": "too-soon"})
    me.open(f"{visit}/check")
    me.send(f"{visit}/check", visited_on="2026-10-10", part_of_day="morning")
    (told,) = intake.told()
    assert {answer["item"]: answer["answer"] for answer in told.data["answers"]} == {
        "M-WE-03": "0",
        "M-AF-01": "too-soon",
    }
    assert told.data["faces"] == {"WE": 2}


def test_a_visit_can_be_corrected_and_taken_back_from_its_receipt(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    visit = begun(me)
    me.open(f"{visit}/WA")
    me.send(f"{visit}/WA", **{"a.P-WA-02": "bad", "t.P-WA-02": "3"})
    me.open(f"{visit}/check")
    me.send(f"{visit}/check", visited_on="2026-10-10", part_of_day="morning")
    me.open(f"{visit}/receipt")
    assert me.send(f"{visit}/correct") == visit
    assert "putting something right" in me.open(visit)
    me.open(f"{visit}/WA")
    me.send(f"{visit}/WA", **{"a.P-WA-02": "bad", "t.P-WA-02": "1"})
    me.open(f"{visit}/check")
    me.send(f"{visit}/check", visited_on="2026-10-10", part_of_day="morning")
    assert [one.data["answers"][0]["trigger"] for one in intake.told()] == [3, 1]
    assert "put something right once" in me.open(f"{visit}/receipt")
    asked = me.open(f"{visit}/take-back")
    assert "cannot be undone" in asked
    assert all(kept in asked for kept in ("machine log", "Documents that were made before", "Safety copies"))
    me.send(f"{visit}/take-back")
    assert "You took this visit back" in me.open(f"{visit}/receipt")
    assert "You took it back" in me.open("/")


def test_a_correction_that_met_another_one_is_not_lost(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    visit_id = new_id()
    visit = f"/visits/{visit_id}"
    first = intake.as_("volunteer-1").put(visit_id, a_visit())
    me.open(f"{visit}/receipt")
    me.send(f"{visit}/correct")
    intake.as_("volunteer-1").amend(visit_id, a_visit(part_of_day="evening"), first.headers["ETag"])
    me.open(f"{visit}/check")
    assert "changed somewhere else" in me.send(f"{visit}/check", 422, visited_on="2026-10-11", part_of_day="morning")
    me.send(f"{visit}/check", visited_on="2026-10-11", part_of_day="morning")
    assert intake.as_("volunteer-1").get(visit_id).get_json()["version"] == 3


def test_saying_no_asks_for_no_reason_and_can_be_changed(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    me.open(f"/visits/{SHOP}/ready")
    me.send(f"/visits/{SHOP}/answer", answer="declined")
    page = me.open(f"/visits/{SHOP}/ready")
    assert "You said no" in page
    me.send(f"/visits/{SHOP}/start", 409)
    me.send(f"/visits/{SHOP}/answer", answer="accepted")
    begun(me, SHOP)


def test_before_the_visits_are_open_one_can_read_but_not_begin(tmp_path: Path) -> None:
    house = Intake(tmp_path, stage="plan")
    me = Browser(house, "volunteer-1")
    assert "not being taken just now" in me.open(f"/visits/{PIE}/ready")
    me.send(f"/visits/{PIE}/start", 409)
    house.close()


@pytest.mark.parametrize("who", ["volunteer-2", "lead", "data-keeper", "buddy", "sponsor", "staff"])
def test_nobody_else_opens_a_page_of_a_visit(intake: Intake, who: str) -> None:
    me, other = Browser(intake, "volunteer-1"), Browser(intake, who)
    visit = begun(me)
    me.open(f"{visit}/RE")
    photo = me.send(f"{visit}/RE", photo_taken=(io.BytesIO(a_jpeg()), "x.jpg"))
    other.open("/")
    pages = [f"/visits/{PIE}/ready", f"/visits/{PIE}/letter", visit, f"{visit}/WA", f"{visit}/check"]
    for page in [*pages, f"{visit}/stopped", photo, f"{photo}/image", f"{visit}/receipt", f"{visit}/take-back"]:
        assert other.client.get(page).status_code == 404, page
    for page in (f"{visit}/WA", f"{visit}/check", f"{visit}/stop", f"{visit}/form", photo, f"{visit}/take-back"):
        other.send(page, 404)
    other.send(f"/visits/{PIE}/start", 404)


def test_a_part_the_building_has_not_is_not_there(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")
    visit = begun(me)
    for part in ("TO", "XX", "WE"):
        assert me.client.get(f"{visit}/{part}").status_code == 404


def test_where_photos_are_not_allowed_none_are_offered(tmp_path: Path) -> None:
    file = the_plan()
    file["sites"][0]["photos_allowed"] = False
    house = Intake(tmp_path, plan_file=file)
    me = Browser(house, "volunteer-1")
    visit = begun(me)
    assert "photo_taken" not in me.open(f"{visit}/WA")
    me.send(f"{visit}/WA", 422, photo_taken=(io.BytesIO(a_jpeg()), "x.jpg"))
    house.close()


def test_somebody_without_visits_reads_what_will_stand_here(tmp_path: Path) -> None:
    house = Intake(tmp_path, plan_file=a_plan(assignments=[]))
    assert "There is no visit for you just now" in Browser(house, "volunteer-1").open("/")
    house.close()


def test_what_was_sent_comes_a_page_at_a_time_also_what_came_at_one_moment(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(volunteer_home, "PAGE", 3)
    mine = [new_id() for _ in range(8)]
    for number, visit_id in enumerate(mine):
        intake.as_("volunteer-1").put(visit_id, a_visit())
        if number % 3 == 0:
            intake.clock.move(timedelta(minutes=1))
    intake.as_("volunteer-2").put(new_id(), a_visit())
    intake.as_("volunteer-1").withdraw(mine[4])
    me, seen, where = Browser(intake, "volunteer-1"), [], "/"
    while where:
        page = me.open(where)
        assert "You have sent 8 visits." in page
        found = re.findall(r"/visits/([0-9a-f-]{36})/receipt", page)
        assert 0 < len(found) <= 3
        seen += found
        more = re.search(r'href="(\?earlier=[^"]+)"', page)
        where = f"/{more[1]}" if more else ""
    assert sorted(seen) == sorted(mine)
    assert seen[-1] == mine[0]
    for nonsense in ("x", "_", "%00_a", "a" * 200 + "_b"):
        assert me.client.get(f"/?earlier={nonsense}").status_code == 422, nonsense
