"""The second person's queue: what comes into it, what leaves it, and that nobody checks their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.service.intake.plans import EXERCISE, a_plan, an_id
from tests.service.intake.visiting import (
    Browser,
    Intake,
    a_jpeg,
    a_mark,
    a_shop,
    a_visit,
    close,
    listing,
    new_id,
    the_plan,
)

QUEUE = "/words-and-photos"
WORDS_FORM = rf'action="({QUEUE}/words/[^"]+)"'


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    house = Intake(tmp_path)
    yield house
    house.close()


def one_words(**changes: Any) -> dict[str, Any]:
    """A visit with words at one place only."""
    answer = {"item": "P-WA-02", "zone": "WA", "answer": "bad", "trigger": 3, "words": "Mr Brown at desk 4 shouted."}
    return a_visit(answers=[answer], first_impressions={}, consents={"quote": True, "use_photos": True}, **changes)


def form_of(page: str, pattern: str = WORDS_FORM) -> str:
    found = re.search(pattern, page)
    assert found, page
    return found[1]


def told(intake: Intake) -> list[str]:
    return [one.type.removeprefix("org.opendoor.") for one in intake.told()]


def test_words_are_shared_in_a_copy_and_the_original_stays(intake: Intake) -> None:
    me, visit_id = intake.as_("volunteer-1"), new_id()
    me.put(visit_id, one_words())
    keeper = Browser(intake, "data-keeper")
    page = keeper.open(QUEUE)
    assert "Mr Brown" in page
    assert 'title="a name"' in page
    assert 'title="a desk or a room"' in page
    form = form_of(page)
    keeper.send(form, 422, act="share", text="  ")
    keeper.send(form, act="share", text="[A worker] shouted.")
    assert told(intake) == ["visit.submitted.v1", "words.released.v1"]
    released = intake.told()[1].data
    assert (released["text"], released["item"], released["zone"]) == ("[A worker] shouted.", "P-WA-02", "WA")
    assert me.get(visit_id).get_json()["answers"][0]["words"] == "Mr Brown at desk 4 shouted."
    assert "Nothing waits here" in keeper.open(QUEUE)
    keeper.send(form, 409, act="share", text="Again.")


def test_first_impressions_of_a_mystery_shop_are_read_over_and_released_as_all_others(intake: Intake) -> None:
    me, visit_id = intake.as_("volunteer-1"), new_id()
    shop = a_shop(answers=[], first_impressions={"WA": "Mr Brown shouted."}, consents={"quote": True})
    assert me.put(visit_id, shop).status_code == 201
    assert me.get(visit_id).get_json()["first_impressions"] == {"WA": "Mr Brown shouted."}
    keeper = Browser(intake, "data-keeper")
    keeper.send(form_of(keeper.open(QUEUE)), act="share", text="[A worker] shouted.")
    assert told(intake) == ["visit.submitted.v1", "words.released.v1"]
    released = intake.told()[1].data
    assert (released["text"], released["item"], released["zone"]) == ("[A worker] shouted.", None, "WA")
    assert "Mr Brown shouted." in Browser(intake, "lead").open(f"/exercises/{EXERCISE}/visits/{visit_id}")
    mine = Browser(intake, "volunteer-1")
    mine.open(f"/visits/{visit_id}/receipt")
    mine.send(f"/visits/{visit_id}/correct")
    assert "What hit you first: “Mr Brown shouted.”" in mine.open(f"/visits/{visit_id}/check")


def test_every_choice_has_its_key_and_the_page_says_which(intake: Intake) -> None:
    intake.as_("volunteer-1").put(new_id(), one_words())
    keeper = Browser(intake, "data-keeper")
    keeper.send(form_of(keeper.open(QUEUE)), act="hold-back")
    keys = re.findall(r'accesskey="(.)">([^<(]*)', keeper.open(QUEUE))
    assert keys == [("u", "Undo the last one ")]
    keeper.send(f"{QUEUE}/undo")
    page = keeper.open(QUEUE)
    assert re.findall(r'accesskey="(.)">([^<(]*)', page) == [
        ("y", "Share this copy"),
        ("c", "Cover what is marked"),
        ("h", "Hold it back"),
    ]
    for words in ("Y shares", "H holds back", "U undoes the last one", "C covers in your copy what is marked"):
        assert f"<li>{words}</li>" in page


def test_a_mistake_that_is_seen_one_press_late_is_undone_too(intake: Intake) -> None:
    for _ in range(2):
        intake.as_("volunteer-1").put(new_id(), one_words())
    keeper = Browser(intake, "data-keeper")
    first = form_of(keeper.open(QUEUE))
    keeper.send(first, act="share", text="Mr Brown shouted.")
    second = form_of(keeper.open(QUEUE))
    keeper.send(second, act="hold-back")
    (number,) = re.findall(r'name="number" value="(\d+)"', keeper.open(QUEUE))
    keeper.send(f"{QUEUE}/undo", number=number)
    # The same button pressed twice undoes one thing; the page then offers the one before.
    assert "undone already" in keeper.send(f"{QUEUE}/undo", 409, number=number)
    assert "words.held_back.v1" not in told(intake)
    assert "Undo the last one (words, shared)" in keeper.open(QUEUE)
    keeper.send(f"{QUEUE}/undo")
    assert told(intake)[2:] == ["words.released.v1", "words.held_back.v1"]
    assert form_of(keeper.open(QUEUE)) == first
    assert "Undo the last" not in keeper.page.text


def test_what_is_marked_is_covered_in_the_copy_and_nothing_is_shared_by_that(intake: Intake) -> None:
    intake.as_("volunteer-1").put(new_id(), one_words())
    keeper = Browser(intake, "data-keeper")
    form = form_of(keeper.open(QUEUE))
    page = keeper.send(form, 200, act="cover", text="Mr Brown at desk 4 shouted <loudly>.")
    assert "Nothing is shared yet" in page
    assert "[a name] at [a place] shouted &lt;loudly&gt;.</textarea>" in page
    assert "<mark" in page  # what they wrote still stands beside it
    assert told(intake) == ["visit.submitted.v1"]
    keeper.send(form, act="hold-back")
    assert "Something else waits first now" in keeper.send(form, 409, act="cover", text="Mr Brown.")


def test_a_mistake_is_undone(intake: Intake) -> None:
    intake.as_("volunteer-1").put(new_id(), one_words())
    keeper = Browser(intake, "data-keeper")
    form = form_of(keeper.open(QUEUE))
    keeper.send(form, act="share", text="Mr Brown shouted.")
    keeper.open(QUEUE)
    keeper.send(f"{QUEUE}/undo")
    assert told(intake)[1:] == ["words.released.v1", "words.held_back.v1"]
    assert form_of(keeper.open(QUEUE)) == form
    assert "Undo the last" not in keeper.page.text
    keeper.send(form, act="hold-back")
    assert "Nothing waits here" in keeper.open(QUEUE)
    keeper.send(f"{QUEUE}/undo")
    assert form_of(keeper.open(QUEUE)) == form
    assert len(told(intake)) == 3


def test_without_the_consent_nothing_comes_into_the_queue(intake: Intake) -> None:
    me = intake.as_("volunteer-1")
    photo = a_jpeg()
    listed = listing(photo)
    visit_id = new_id()
    me.put(visit_id, {**one_words(photos=[listed]), "consents": {"use_words": True}})
    me.put(new_id(), {**one_words(), "stopped_early": True})
    me.put_photo(visit_id, listed["photo_id"], photo)
    intake.work("photo-cleaner")
    keeper = Browser(intake, "data-keeper")
    assert "Nothing waits here" in keeper.open(QUEUE)
    path = f"{QUEUE}/photos/{visit_id}/{listed['photo_id']}"
    assert keeper.client.get(f"{path}/image").status_code == 404
    keeper.send(path, 409, act="share")


def sent_with_photo(intake: Intake, **consents: bool) -> tuple[str, dict[str, Any]]:
    me, visit_id, photo = intake.as_("volunteer-1"), new_id(), a_jpeg(50, (800, 600))
    listed = listing(photo, annotations=[a_mark(words="By Mrs Green's desk.")])
    consented = {"use_photos": True, **consents}
    body = a_visit(answers=[], first_impressions={}, photos=[listed], consents=consented)
    assert me.put(visit_id, body).status_code == 201
    me.put_photo(visit_id, listed["photo_id"], photo)
    intake.work("photo-cleaner")
    return visit_id, body


def test_a_photo_is_shared_with_its_marks_by_its_cleaned_copy(intake: Intake) -> None:
    visit_id, body = sent_with_photo(intake, quote=True)
    photo_id = body["photos"][0]["photo_id"]
    keeper = Browser(intake, "data-keeper")
    page = keeper.open(QUEUE)
    assert "Is there a face" in page
    assert "Mrs Green" in page
    path = f"{QUEUE}/photos/{visit_id}/{photo_id}"
    assert keeper.client.get(f"{path}/image").mimetype == "image/jpeg"
    keeper.send(path, act="share-without-words")
    event = intake.told()[-1]
    assert event.type == "org.opendoor.photo.released.v1"
    assert event.data["display"]["key"] == f"photos/{event.data['display']['sha256']}"
    assert intake.service.objects.head(event.data["display"]["key"]).sha256 == event.data["display"]["sha256"]
    (annotation,) = event.data["annotations"]
    assert annotation["target"]["selector"]["value"] == "xywh=percent:10,20,30.5,40"
    assert annotation["body"] == {
        "type": "TextualBody",
        "purpose": "tagging",
        "value": "trigger",
        "item": "P-WA-02",
        "strength": 3,
    }
    keeper.open(QUEUE)
    keeper.send(f"{QUEUE}/undo")
    assert told(intake)[-1] == "photo.held_back.v1"
    keeper.open(QUEUE)
    keeper.send(path, act="share")
    assert intake.told()[-1].data["annotations"][0]["body"]["words"] == "By Mrs Green's desk."


def test_words_on_marks_are_never_shared_without_leave_to_quote(intake: Intake) -> None:
    visit_id, body = sent_with_photo(intake)
    keeper = Browser(intake, "data-keeper")
    keeper.open(QUEUE)
    keeper.send(f"{QUEUE}/photos/{visit_id}/{body['photos'][0]['photo_id']}", act="share")
    assert "words" not in intake.told()[-1].data["annotations"][0]["body"]


def test_a_photo_held_back_is_gone_after_seven_days(intake: Intake) -> None:
    visit_id, body = sent_with_photo(intake)
    photo_id = body["photos"][0]["photo_id"]
    keeper = Browser(intake, "data-keeper")
    keeper.open(QUEUE)
    keeper.send(f"{QUEUE}/photos/{visit_id}/{photo_id}", act="hold-back")
    assert "Nothing waits here" in keeper.open(QUEUE)
    assert keeper.client.get(f"{QUEUE}/photos/{visit_id}/{photo_id}/image").status_code == 404
    intake.clock.move(timedelta(days=7) - timedelta(seconds=1))
    assert len(list(intake.service.objects.keys("photos/"))) == 2
    intake.work("original-eraser")
    assert len(list(intake.service.objects.keys("photos/"))) == 2
    intake.clock.move(timedelta(seconds=1))
    intake.work("original-eraser")
    assert list(intake.service.objects.keys("photos/")) == []
    assert "gone already" in keeper.send(f"{QUEUE}/undo", 409)


def test_nothing_is_let_through_by_a_button_that_there_is_not(intake: Intake) -> None:
    visit_id, body = sent_with_photo(intake)
    keeper = Browser(intake, "data-keeper")
    keeper.open(QUEUE)
    before = len(intake.told())
    with intake.service.database.reading() as tx:
        words_id = next(iter(tx.exec_driver_sql("select id from words").scalars()), None)
    photo_id = body["photos"][0]["photo_id"]
    for path in (f"words/{words_id or new_id()}", f"photos/{visit_id}/{photo_id}"):
        for act in ({}, {"act": ""}, {"act": "SHARE"}, {"act": "share-all"}):
            answered = keeper.client.post(f"{QUEUE}/{path}", data={"csrf_token": keeper.csrf(), "text": "All.", **act})
            assert answered.status_code in (404, 422), (path, act)
    assert len(intake.told()) == before


def test_nobody_is_the_second_person_of_their_own_visit(tmp_path: Path) -> None:
    file = the_plan()
    people = {one["id"]: one for one in file["people"]}
    people[an_id("volunteer-1")]["roles"] = ["volunteer", "data-keeper"]
    house = Intake(tmp_path, plan_file=file)
    visit_id = new_id()
    house.as_("volunteer-1").put(visit_id, one_words())
    own = Browser(house, "volunteer-1")
    assert "Nothing waits here" in own.open(QUEUE)
    other = Browser(house, "data-keeper")
    form = form_of(other.open(QUEUE))
    own.open("/words-and-photos")
    own.send(form, 404, act="share", text="Mine.")
    assert told(house) == ["visit.submitted.v1"]
    house.close()


@pytest.mark.parametrize("who", ["volunteer-1", "volunteer-2", "buddy", "sponsor", "manager", "working-group", "staff"])
def test_only_the_host_charity_works_here(intake: Intake, who: str) -> None:
    intake.as_("volunteer-1").put(new_id(), one_words())
    form = form_of(Browser(intake, "data-keeper").open(QUEUE))
    stranger = Browser(intake, who)
    assert stranger.client.get(QUEUE).status_code == 404
    stranger.open("/")
    token = stranger.csrf()
    answered = stranger.client.post(form, data={"csrf_token": token, "act": "share", "text": "x"})
    assert answered.status_code in (403, 404)
    assert told(intake) == ["visit.submitted.v1"]


def test_a_lead_may_work_here_too(intake: Intake) -> None:
    intake.as_("volunteer-1").put(new_id(), one_words())
    assert "Mr Brown" in Browser(intake, "lead").open(QUEUE)


def test_taking_a_visit_back_calls_back_what_was_shared(intake: Intake) -> None:
    me, visit_id, photo = intake.as_("volunteer-1"), new_id(), a_jpeg()
    listed = listing(photo)
    me.put(visit_id, one_words(photos=[listed]))
    me.put_photo(visit_id, listed["photo_id"], photo)
    intake.work("photo-cleaner")
    keeper = Browser(intake, "data-keeper")
    keeper.open(QUEUE)
    keeper.send(f"{QUEUE}/photos/{visit_id}/{listed['photo_id']}", act="share")
    keeper.send(form_of(keeper.open(f"{QUEUE}?show=words")), act="share", text="Shouting.")
    me.withdraw(visit_id)
    assert told(intake)[-3:] == ["photo.held_back.v1", "words.held_back.v1", "visit.withdrawn.v1"]
    assert "Nothing waits here" in keeper.open(QUEUE)


def test_a_correction_calls_back_what_it_changes_and_keeps_what_it_does_not(intake: Intake) -> None:
    me, visit_id = intake.as_("volunteer-1"), new_id()
    body = {**one_words(), "first_impressions": {"WA": "Hard chairs."}}
    etag = me.put(visit_id, body).headers["ETag"]
    keeper = Browser(intake, "data-keeper")
    for _ in range(2):
        keeper.send(form_of(keeper.open(QUEUE)), act="share", text="Shared.")
    answer = {**body["answers"][0], "words": "Somebody shouted."}
    amended = me.amend(visit_id, {**body, "answers": [answer]}, etag)
    assert amended.status_code == 200
    assert told(intake)[-2:] == ["words.held_back.v1", "visit.amended.v1"]
    assert "Somebody shouted." in keeper.open(QUEUE)
    # Leave to quote taken back: everything that was shared is called back.
    again = {**body, "answers": [answer], "consents": {"quote": False}}
    assert me.amend(visit_id, again, amended.headers["ETag"]).status_code == 200
    assert told(intake)[-2:] == ["words.held_back.v1", "visit.amended.v1"]
    assert "Nothing waits here" in keeper.open(QUEUE)


def test_somebody_with_nothing_to_look_after_finds_no_queue(tmp_path: Path) -> None:
    house = Intake(tmp_path, plan_file=a_plan())
    assert Browser(house, "buddy").client.get(QUEUE).status_code == 404
    house.close()


def test_once_closed_nobody_sees_a_single_photo_or_word_any_more(intake: Intake) -> None:
    visit_id, body = sent_with_photo(intake)
    photo = f"{QUEUE}/photos/{visit_id}/{body['photos'][0]['photo_id']}"
    keeper = Browser(intake, "data-keeper")
    assert keeper.client.get(f"{photo}/image").status_code == 200
    close(intake)
    keeper = Browser(intake, "data-keeper")
    assert QUEUE not in keeper.open("/")
    for path in (QUEUE, f"{photo}/image"):
        assert keeper.client.get(path).status_code == 404
    assert keeper.client.post(photo, data={"csrf_token": keeper.csrf(), "act": "share"}).status_code == 403
