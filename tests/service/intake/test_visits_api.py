"""Sending, repeating, correcting and taking back a visit, as wire.md §3 has it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.service.intake.plans import SITE, a_plan, an_id
from tests.service.intake.visiting import Intake, a_jpeg, a_shop, a_visit, listing, new_id, pointers, the_plan


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    house = Intake(tmp_path)
    yield house
    house.close()


def test_a_visit_is_taken_in_once_and_sending_it_again_is_harmless(intake: Intake) -> None:
    me, visit_id = intake.as_("volunteer-1"), new_id()
    assert me.put(visit_id, a_visit()).status_code == 201
    again = me.put(visit_id, dict(reversed(a_visit().items())))
    assert again.status_code == 200
    assert [one.type for one in intake.told()] == ["org.opendoor.visit.submitted.v1"]
    differs = me.put(visit_id, a_visit(part_of_day="evening"))
    assert (differs.status_code, differs.get_json()["code"]) == (409, "visit-differs")


def test_a_photo_whose_marks_are_null_has_none(intake: Intake) -> None:
    me, visit_id, photo = intake.as_("volunteer-1"), new_id(), listing(a_jpeg())
    assert me.put(visit_id, a_visit(photos=[{**photo, "annotations": None}])).status_code == 201
    assert me.put(visit_id, a_visit(photos=[{**photo, "annotations": []}])).status_code == 200
    assert me.get(visit_id).get_json()["photos"][0]["annotations"] == []


def test_what_is_told_of_a_visit_has_no_person_no_date_and_no_words(intake: Intake) -> None:
    visit_id = new_id()
    intake.as_("volunteer-1").put(visit_id, a_visit())
    (event,) = intake.told()
    assert event.key == f"{a_visit()['exercise_id']}/{SITE}"
    text = event.to_json()
    for secret in (an_id("volunteer-1"), "2026-10-10", "People sat behind me", "Hard chairs"):
        assert secret not in text
    assert event.data["zones_complete"] == ["WA"]
    assert event.data["answers"][0] == {
        "item": "P-WA-02",
        "zone": "WA",
        "answer": "bad",
        "trigger": 3,
        "comfort": None,
    }


def test_a_repeat_is_harmless_also_when_the_round_is_over(intake: Intake) -> None:
    me, visit_id = intake.as_("volunteer-1"), new_id()
    me.put(visit_id, a_visit())
    intake.move("sense-making")
    assert me.put(visit_id, a_visit()).status_code == 200
    late = me.put(new_id(), a_visit())
    assert (late.status_code, late.get_json()["code"]) == (409, "not-open")


def test_twenty_at_once_make_one_visit(intake: Intake) -> None:
    visit_id, codes = new_id(), []
    start = threading.Barrier(20)

    def send() -> None:
        me = intake.as_("volunteer-1")
        start.wait()
        codes.append(me.put(visit_id, a_visit()).status_code)

    threads = [threading.Thread(target=send) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [200] * 19 + [201]
    assert len(intake.told()) == 1


def test_twenty_different_ones_at_once_keep_exactly_one(intake: Intake) -> None:
    visit_id, codes = new_id(), []
    start = threading.Barrier(20)

    def send(number: int) -> None:
        me = intake.as_("volunteer-1")
        body = a_visit(first_impressions={"WA": f"Words number {number}"})
        start.wait()
        codes.append(me.put(visit_id, body).status_code)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [201] + [409] * 19


@pytest.mark.parametrize("who", ["volunteer-2", "lead", "data-keeper", "buddy", "sponsor", "manager", "staff"])
def test_only_its_volunteer_reaches_a_visit(intake: Intake, who: str) -> None:
    visit_id = new_id()
    intake.as_("volunteer-1").put(visit_id, a_visit())
    stranger, nowhere = intake.as_(who), new_id()
    for path in ("", "/receipt", f"/photos/{new_id()}"):
        there, not_there = stranger.get(visit_id, path), stranger.get(nowhere, path)
        assert there.status_code == 404
        assert there.data == not_there.data
    assert stranger.amend(visit_id, a_visit(), '"1-x"').data == stranger.amend(nowhere, a_visit(), '"1-x"').data
    assert stranger.withdraw(visit_id).status_code == 404
    assert stranger.put_photo(visit_id, new_id(), b"x").status_code == 404
    # One volunteer may not take another's id either, and learns nothing by trying.
    assert stranger.put(visit_id, a_visit()).status_code == 404


def test_nobody_without_a_token_gets_anywhere(intake: Intake) -> None:
    client = intake.app.test_client()
    for call in (client.get, client.put):
        found = call(f"/api/intake/v1/visits/{new_id()}")
        assert (found.status_code, found.mimetype) == (401, "application/problem+json")


@pytest.mark.parametrize(
    ("who", "changes", "status"),
    [
        ("lead", {}, 403),
        ("data-keeper", {}, 403),
        ("sponsor", {}, 403),
        ("manager", {}, 404),
        ("staff", {}, 404),
        ("volunteer-1", {"exercise_id": an_id("nowhere")}, 404),
        ("volunteer-1", {"site_id": an_id("elsewhere")}, 403),
        ("volunteer-1", {"wave": 7}, 403),
    ],
)
def test_a_visit_nobody_asked_for_is_not_taken(intake: Intake, who: str, changes: dict[str, Any], status: int) -> None:
    assert intake.as_(who).put(new_id(), a_visit(**changes)).status_code == status


def test_a_visit_is_taken_only_from_who_was_asked_for_that_kind(tmp_path: Path) -> None:
    house = Intake(tmp_path, plan_file=a_plan())
    assert house.as_("volunteer-1").put(new_id(), a_visit()).status_code == 201
    assert house.as_("volunteer-1").put(new_id(), a_shop()).status_code == 403
    assert house.as_("volunteer-2").put(new_id(), a_shop()).status_code == 201
    house.close()


def test_before_field_work_nothing_is_taken(tmp_path: Path) -> None:
    house = Intake(tmp_path, stage="plan")
    refused = house.as_("volunteer-1").put(new_id(), a_visit())
    assert (refused.status_code, refused.get_json()["code"]) == (409, "not-open")
    house.close()


SKIPPED = {"item": "P-WA-08", "zone": "WA", "answer": "skip"}


def answer(**changes: Any) -> dict[str, Any]:
    found = {"item": "P-WA-02", "zone": "WA", "answer": "bad", "trigger": 2} | changes
    return a_visit(answers=[SKIPPED, {key: value for key, value in found.items() if value != "-"}])


def shop_answer(**changes: Any) -> dict[str, Any]:
    return a_shop(answers=[{"item": "M-WE-01", "answer": "2"} | changes])


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("no exercise", {k: v for k, v in a_visit().items() if k != "exercise_id"}, "/exercise_id"),
    ("no date", {k: v for k, v in a_visit().items() if k != "visited_on"}, "/visited_on"),
    ("an unknown field", a_visit(anwsers=[]), "/anwsers"),
    ("a name for an id", a_visit(site_id="the office"), "/site_id"),
    ("yes for a wave", a_visit(wave=True), "/wave"),
    ("half a wave", a_visit(wave=1.5), "/wave"),
    ("a huge wave", a_visit(wave=10**40), "/wave"),
    ("another kind", a_visit(kind="party"), "/kind"),
    ("the wrong instrument", a_visit(instrument="mystery-shop", answers=[]), "/instrument"),
    ("a version to come", a_visit(instrument_version=99), "/instrument_version"),
    ("another form", a_visit(form="tiny"), "/form"),
    ("a building by phone", a_visit(channel="phone"), "/channel"),
    ("a short mystery shop", a_shop(form="short"), "/form"),
    ("no such day", a_visit(visited_on="2026-02-30"), "/visited_on"),
    ("a day in another spelling", a_visit(visited_on="2026-W42-1"), "/visited_on"),
    ("tomorrow", a_visit(visited_on="2026-10-13"), "/visited_on"),
    ("before the round", a_visit(visited_on="2026-09-30"), "/visited_on"),
    ("night", a_visit(part_of_day="night"), "/part_of_day"),
    ("1 for yes", a_visit(stopped_early=1), "/stopped_early"),
    ("a zone that is not there", a_visit(zones_complete=["WA", "TO"]), "/zones_complete/1"),
    ("no zone at all", a_visit(zones_complete=["XX"]), "/zones_complete/0"),
    ("faces in a building", a_visit(faces={"WE": 3}), "/faces"),
    ("a face of 6", a_shop(faces={"WE": 6}), "/faces/WE"),
    ("a face of no stage", a_shop(faces={"XX": 3}), "/faces/XX"),
    ("zones in a mystery shop", a_shop(zones_complete=["WA"]), "/zones_complete"),
    ("impressions of another zone", a_visit(first_impressions={"TO": "Dark."}), "/first_impressions/TO"),
    ("impressions of another zone in a shop", a_shop(first_impressions={"TO": "Dark."}), "/first_impressions/TO"),
    ("words too long", a_visit(first_impressions={"WA": "x" * 4001}), "/first_impressions/WA"),
    ("consent to something else", a_visit(consents={"sell": True}), "/consents/sell"),
    ("consent by word", a_visit(consents={"quote": "yes"}), "/consents/quote"),
    ("answers that are no list", a_visit(answers={}), "/answers"),
    ("an answer that is no object", a_visit(answers=["bad"]), "/answers/0"),
    ("an unknown item", answer(item="P-XX-01"), "/answers/1/item"),
    ("an item of another zone", answer(zone="RE"), "/answers/1/zone"),
    ("a zone the site has not", answer(item="P-TO-01", zone="TO", answer="fine", trigger="-"), "/answers/1/zone"),
    ("a core item where it is not asked", answer(item="P-AZ-01", zone="AP"), "/answers/1/zone"),
    ("no zone", answer(zone="-"), "/answers/1/zone"),
    ("an unknown answer", answer(answer="awful"), "/answers/1/answer"),
    ("a strength of 4", answer(trigger=4), "/answers/1/trigger"),
    ("a strength of 0", answer(trigger=0), "/answers/1/trigger"),
    ("a strength of yes", answer(trigger=True), "/answers/1/trigger"),
    ("a strength of 2.0", answer(trigger=2.0), "/answers/1/trigger"),
    ("bad without strength", answer(trigger="-"), "/answers/1/trigger"),
    ("fine with strength", answer(answer="fine"), "/answers/1/trigger"),
    ("bad with comfort", answer(comfort=1), "/answers/1/comfort"),
    ("both without comfort", answer(answer="both"), "/answers/1/comfort"),
    (
        "good at a trigger item",
        answer(item="P-RE-03", zone="RE", answer="good", trigger="-", comfort=1),
        "/answers/1/answer",
    ),
    ("bad at a comfort item", answer(item="P-WA-08"), "/answers/1/answer"),
    ("an answer twice", a_visit(answers=[SKIPPED, SKIPPED]), "/answers/1/item"),
    ("an unknown field in an answer", answer(strength=2), "/answers/1/strength"),
    ("words that are a number", answer(words=5), "/answers/1/words"),
    ("words too long in an answer", answer(words="x" * 4001), "/answers/1/words"),
    ("words with a NUL", answer(words="a\0b"), "/answers/1/words"),
    ("words with half a character", answer(words="a\ud800b"), "/answers/1/words"),
    (
        "a long item on the short form",
        a_visit(form="short", answers=[{"item": "P-WA-06", "zone": "WA", "answer": "fine"}]),
        "/answers/0/item",
    ),
    ("an unknown mystery item", shop_answer(item="M-XX-01"), "/answers/0/item"),
    ("an item of another channel", shop_answer(item="M-BE-02"), "/answers/0/item"),
    ("a number for an answer", shop_answer(answer=2), "/answers/0/answer"),
    ("a good for a mystery shop", shop_answer(answer="good"), "/answers/0/answer"),
    ("too soon during the visit", shop_answer(answer="too-soon"), "/answers/0/answer"),
    ("a strength in a mystery shop", shop_answer(trigger=1), "/answers/0/trigger"),
    ("photos that are no list", a_visit(photos="many"), "/photos"),
    ("a photo in a zone the site has not", a_visit(photos=[listing(a_jpeg(), zone="TO")]), "/photos/0/zone"),
    ("a hash that is none", a_visit(photos=[listing(a_jpeg(), sha256="abc")]), "/photos/0/sha256"),
    ("a photo of no bytes", a_visit(photos=[listing(a_jpeg(), bytes=0)]), "/photos/0/bytes"),
    ("an unknown field of a photo", a_visit(photos=[listing(a_jpeg(), gps="here")]), "/photos/0/gps"),
    (
        "the same photo twice",
        a_visit(photos=[listing(a_jpeg(), an_id("p")), listing(a_jpeg(), an_id("p"))]),
        "/photos/1/photo_id",
    ),
    ("21 photos", a_visit(photos=[listing(b"x") for _ in range(21)]), "/photos"),
]


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Intake]:
    house = Intake(tmp_path_factory.mktemp("standing"))
    yield house
    house.close()


@pytest.mark.parametrize(("body", "pointer"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_is_wrong_is_refused_and_pointed_at(standing: Intake, body: dict[str, Any], pointer: str) -> None:
    refused = standing.as_("volunteer-1").put(new_id(), body)
    assert refused.status_code == 422, refused.get_json()
    assert pointer in pointers(refused)
    assert standing.told() == []


def test_the_grace_of_seven_days_and_not_one_more(intake: Intake) -> None:
    me = intake.as_("volunteer-1")
    intake.clock.move(timedelta(days=40))
    for day, status in (("2026-10-01", 201), ("2026-11-07", 201), ("2026-11-08", 422)):
        assert me.put(new_id(), a_visit(visited_on=day)).status_code == status


def test_where_no_photos_may_be_taken_none_are_listed(tmp_path: Path) -> None:
    file = the_plan()
    file["sites"][0]["photos_allowed"] = False
    house = Intake(tmp_path, plan_file=file)
    refused = house.as_("volunteer-1").put(new_id(), a_visit(photos=[listing(a_jpeg())]))
    assert (refused.status_code, refused.get_json()["code"]) == (422, "no-photos-here")
    assert house.as_("volunteer-1").put(new_id(), a_visit()).status_code == 201
    house.close()


def test_of_a_stopped_visit_that_is_not_kept_no_answer_leaves(intake: Intake) -> None:
    me = intake.as_("volunteer-1")
    me.put(new_id(), a_visit(stopped_early=True))
    me.put(new_id(), a_visit(stopped_early=True, keep_answers=True))
    dropped, kept = intake.told()
    assert dropped.data["answers"] == []
    assert dropped.data["zones_complete"] == []
    assert len(kept.data["answers"]) == 4


def test_a_correction_keeps_the_old_version_and_asks_for_the_last_etag(intake: Intake) -> None:
    me, visit_id = intake.as_("volunteer-1"), new_id()
    first = me.put(visit_id, a_visit()).headers["ETag"]
    corrected = a_visit(part_of_day="evening")
    for stale in (None, '"1-nonsense"', "*", f"W/{first}", first.strip('"')):
        assert me.amend(visit_id, corrected, stale).status_code == 412
    intake.clock.move(timedelta(hours=2))
    amended = me.amend(visit_id, corrected, f'"1-nonsense", {first}')
    assert amended.status_code == 200
    assert amended.headers["ETag"] != first
    assert me.amend(visit_id, a_visit(), first).status_code == 412
    seen = me.get(visit_id)
    assert seen.headers["ETag"] == amended.headers["ETag"]
    body = seen.get_json()
    assert (body["version"], body["part_of_day"]) == (2, "evening")
    assert [old["visit"]["part_of_day"] for old in body["versions"]] == ["morning", "evening"]
    assert body["versions"][0]["at"] < body["versions"][1]["at"]
    told = intake.told()
    assert [one.type.split(".")[-2] for one in told] == ["submitted", "amended"]
    assert [one.data["version"] for one in told] == [1, 2]
    assert told[0].data["received_at"] == told[1].data["received_at"]
    # A phone that never heard our first yes sends the first content again: harmless, and nothing goes back.
    assert me.put(visit_id, a_visit()).status_code == 200
    assert me.get(visit_id).get_json()["version"] == 2


def test_a_copy_that_has_not_changed_is_not_sent_again(intake: Intake) -> None:
    me, visit_id = intake.as_("volunteer-1"), new_id()
    etag = me.put(visit_id, a_visit()).headers["ETag"]
    same = me.get(visit_id, known=etag)
    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", etag)
    assert "no-store" in same.headers["Cache-Control"]
    me.amend(visit_id, a_visit(part_of_day="evening"), etag)
    assert me.get(visit_id, known=etag).get_json()["part_of_day"] == "evening"
    assert intake.as_("volunteer-2").get(visit_id, known=etag).status_code == 404


def test_a_correction_cannot_move_a_visit_elsewhere(intake: Intake) -> None:
    me, visit_id = intake.as_("volunteer-1"), new_id()
    etag = me.put(visit_id, a_visit()).headers["ETag"]
    assert pointers(me.amend(visit_id, a_visit(wave=2), etag)) == {"/wave"}
    assert pointers(me.amend(visit_id, a_shop(), etag)) == {"/kind"}


def test_taking_a_visit_back_empties_it_and_is_told_once(intake: Intake) -> None:
    me, visit_id = intake.as_("volunteer-1"), new_id()
    etag = me.put(visit_id, a_visit()).headers["ETag"]
    first = me.withdraw(visit_id)
    assert first.status_code == 200
    assert first.get_json()["totals_shared"] is False
    # What the log was told before is there still, so nobody is told otherwise.
    assert "machine log still has what you ticked" in first.get_json()["detail"]
    intake.clock.move(timedelta(hours=1))
    again = me.withdraw(visit_id)
    assert again.status_code == 200
    assert again.get_json() == first.get_json()
    assert [one.type.split(".")[-2] for one in intake.told()] == ["submitted", "withdrawn"]
    assert me.get(visit_id).get_json()["versions"][0]["visit"] is None
    assert me.amend(visit_id, a_visit(), etag).status_code == 409
    assert me.put(visit_id, a_visit()).status_code == 200
    assert len(intake.told()) == 2


def test_withdrawing_takes_an_empty_object_or_nothing_and_no_reasons(intake: Intake) -> None:
    me, visit_id = intake.as_("volunteer-1"), new_id()
    me.put(visit_id, a_visit())
    path = f"/api/intake/v1/visits/{visit_id}/withdrawal"
    assert me.client.post(path, json={"why": "x"}, headers=me.headers).status_code == 422
    assert me.client.post(path, json=[], headers=me.headers).status_code == 422
    assert me.client.post(path, data=b"{", content_type="application/json", headers=me.headers).status_code == 400
    assert me.client.post(path, headers=me.headers).status_code == 200


def test_the_receipt_of_a_visit_without_photos_is_safe_then_processed(intake: Intake) -> None:
    me, visit_id = intake.as_("volunteer-1"), new_id()
    assert me.put(visit_id, a_visit()).get_json()["state"] == "safe"
    assert me.get(visit_id, "/receipt").get_json()["state"] == "safe"
    intake.work("relay")
    receipt = me.get(visit_id, "/receipt").get_json()
    assert (receipt["state"], receipt["photos"]) == ("processed", [])
