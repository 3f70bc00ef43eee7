"""The page of a photo with JavaScript: what it is told, marks handed over at once, something covered for good."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from services.intake.use_cases import drafts, visits
from services.intake.voice_jobs import stored_recordings
from shared.contracts.refusals import Refusal
from tests.service.intake.plans import an_id
from tests.service.intake.test_visit_pages import begun
from tests.service.intake.visiting import Browser, Intake, a_jpeg, a_visit, new_id
from tests.unit.intake.sounds import WEBM

DOT = {
    "@context": "http://www.w3.org/ns/anno.jsonld",
    "type": "Annotation",
    "motivation": "tagging",
    "body": {"type": "TextualBody", "purpose": "tagging", "value": "trigger", "item": "P-RE-03", "strength": 2},
    "target": {
        "selector": {
            "type": "FragmentSelector",
            "conformsTo": "http://www.w3.org/TR/media-frags/",
            "value": "xywh=percent:10,20,30,40",
        }
    },
}


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    house = Intake(tmp_path)
    yield house
    house.close()


def with_a_photo(intake: Intake) -> tuple[Browser, str, str]:
    """Somebody with a visit and one cleaned photo of the reception in it: browser, visit, photo."""
    me = Browser(intake, "volunteer-1")
    visit = begun(me)
    me.open(f"{visit}/RE")
    photo = me.send(f"{visit}/RE", photo_taken=(io.BytesIO(a_jpeg(9, (900, 600))), "IMG_1.jpg"))
    intake.work("photo-cleaner")
    me.open(photo)
    return me, visit, photo


def told(page: str) -> dict[str, Any]:
    """What the script of the page is told."""
    found: dict[str, Any] = json.loads(unescape(page.split("data-photo-desk data-told='")[1].split("'")[0]))
    return found


def kept(intake: Intake) -> set[str]:
    """Where the bytes of all photos lie: as they came, and cleaned."""
    return {key for prefix in ("originals/", "photos/") for key in intake.service.objects.keys(prefix)}


def hand_over(me: Browser, photo: str, wanted: Any, before: Any, status: int = 200) -> Any:
    """All marks anew, as the script does it; what is kept then, or None when they were refused."""
    fields = {"annotations": json.dumps(wanted), "before": json.dumps(before)}
    answered = me.client.post(f"{photo}/marks", data={"csrf_token": me.csrf(), **fields})
    assert answered.status_code == status, answered.text
    return answered.get_json()["annotations"] if status == 200 else None


def test_marks_are_kept_as_the_annotations_that_the_phone_form_makes(intake: Intake) -> None:
    me, visit, photo = with_a_photo(intake)
    assert told(me.page.text)["annotations"] == []
    assert hand_over(me, photo, [DOT], []) == [DOT]
    assert told(me.open(photo))["annotations"] == [DOT]
    assert hand_over(me, photo, [DOT], []) == [DOT]  # the answer was lost, so it is said again
    me.open(f"{visit}/check")
    me.send(f"{visit}/check", visited_on="2026-10-10", part_of_day="evening")
    (sent,) = intake.as_("volunteer-1").get(visit.rsplit("/", 1)[1]).get_json()["photos"]
    assert sent["annotations"] == [DOT]


def test_two_windows_lose_nothing_of_each_other(intake: Intake) -> None:
    me, _, photo = with_a_photo(intake)
    hand_over(me, photo, [DOT], [])
    other = {**DOT, "body": {**DOT["body"], "strength": 3}}
    hand_over(me, photo, [other], [], 409)
    assert told(me.open(photo))["annotations"] == [DOT]


@pytest.mark.parametrize("wanted", [None, "x", {}, [1], [{**DOT, "target": {}}], [DOT] * 51])
def test_what_is_no_mark_is_refused_and_nothing_is_lost(intake: Intake, wanted: Any) -> None:
    me, _, photo = with_a_photo(intake)
    hand_over(me, photo, [DOT], [])
    hand_over(me, photo, wanted, [DOT], 422)
    assert told(me.open(photo))["annotations"] == [DOT]


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "\ud800"])
def test_what_is_no_json_is_refused(intake: Intake, text: str) -> None:
    me, _, photo = with_a_photo(intake)
    for field in ("annotations", "before"):
        fields = {"annotations": "[]", "before": "[]", "csrf_token": me.csrf(), field: text.encode("utf-8", "replace")}
        assert me.client.post(f"{photo}/marks", data=fields).status_code == 422


def test_a_covered_copy_takes_the_place_and_what_was_there_is_erased_at_once(intake: Intake) -> None:
    me, visit, photo = with_a_photo(intake)
    hand_over(me, photo, [DOT], [])
    before = kept(intake)
    assert len(before) == 3
    covered = Image.new("RGB", (900, 600), "#1d1a17")
    made = io.BytesIO()
    covered.save(made, "JPEG")
    page = me.client.post(
        f"{photo}/cover", data={"csrf_token": me.csrf(), "photo": (io.BytesIO(made.getvalue()), "x.jpg")}
    ).get_json()["page"]
    assert page != photo
    assert me.client.get(photo).status_code == 404
    assert me.client.get(f"{photo}/image").status_code == 404
    assert "Covered. What was there is gone" in me.open(page)
    assert not before & kept(intake)
    intake.work("photo-cleaner")
    assert told(me.open(page))["annotations"] == [DOT]
    with Image.open(io.BytesIO(me.client.get(f"{page}/image").data)) as shown:
        assert shown.convert("L").getextrema()[1] < 60
    me.open(f"{visit}/check")
    me.send(f"{visit}/check", visited_on="2026-10-10", part_of_day="evening")
    (sent,) = intake.as_("volunteer-1").get(visit.rsplit("/", 1)[1]).get_json()["photos"]
    assert sent["photo_id"] in page


def test_covering_with_what_is_no_photo_changes_nothing(intake: Intake) -> None:
    me, _, photo = with_a_photo(intake)
    for body in ({}, {"photo": (io.BytesIO(b"<svg/>"), "x.jpg")}):
        answered = me.client.post(f"{photo}/cover", data={"csrf_token": me.csrf(), **body})
        assert answered.status_code == 422
    assert told(me.open(photo))["annotations"] == []


def test_nobody_else_marks_or_covers_it(intake: Intake) -> None:
    _, _, photo = with_a_photo(intake)
    other = Browser(intake, "volunteer-2")
    other.open("/")
    hand_over(other, photo, [DOT], [], 404)
    answered = other.client.post(
        f"{photo}/cover", data={"csrf_token": other.csrf(), "photo": (io.BytesIO(a_jpeg()), "x.jpg")}
    )
    assert answered.status_code == 404


def test_taking_a_visit_back_takes_a_correction_that_was_begun_with_it(intake: Intake) -> None:
    me, visit, photo = with_a_photo(intake)
    me.open(f"{visit}/check")
    me.send(f"{visit}/check", visited_on="2026-10-10", part_of_day="morning")
    me.open(f"{visit}/receipt")
    me.send(f"{visit}/correct")
    me.open(f"{visit}/RE")
    me.send(f"{visit}/RE", photo_taken=(io.BytesIO(a_jpeg(200, (800, 600))), "IMG_2.jpg"), first="Mr Brown shouted.")
    me.send(f"{visit}/WA", voice_taken=(io.BytesIO(WEBM), "said.webm"))
    intake.work("photo-cleaner")
    assert len(kept(intake)) == 6
    program = intake.as_("volunteer-1")
    visit_id = visit.rsplit("/", 1)[1]
    assert program.withdraw(visit_id).status_code == 200
    with intake.service.database.reading() as tx:
        assert tx.exec_driver_sql("select count(*) from visit_drafts").scalar() == 0
    for page in ("/RE", "/check"):
        answered = me.client.get(f"{visit}{page}", follow_redirects=True)
        assert "Mr Brown" not in answered.text, page
    assert me.client.get(f"{photo}/image").status_code == 404
    intake.work("original-eraser")
    intake.work("voice-eraser")
    assert kept(intake) == set()
    assert list(stored_recordings(intake.service)) == []
    assert list(intake.service.objects.keys("voices/")) == []
    assert program.withdraw(visit_id).status_code == 200


def test_no_correction_begins_of_a_visit_that_is_taken_back(intake: Intake) -> None:
    visit_id = new_id()
    intake.as_("volunteer-1").put(visit_id, a_visit())
    visits.withdraw_visit(intake.service, an_id("volunteer-1"), visit_id)
    with pytest.raises(Refusal, match="withdrawn"):
        drafts.correct_visit(intake.service, an_id("volunteer-1"), visit_id)
    assert not drafts.has_draft(intake.service, an_id("volunteer-1"), visit_id)
