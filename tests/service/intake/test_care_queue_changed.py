"""The second person's queue when things change: a visit that is not kept, a mark changed under their eyes; and that
what they read under embargo is on record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.intake.domain.exercise import Release
from services.intake.store.exercises import reads
from services.intake.use_cases import exercises
from tests.service.intake.plans import EXERCISE, an_id
from tests.service.intake.test_care_queue import QUEUE, form_of, one_words, sent_with_photo, told
from tests.service.intake.visiting import (
    API,
    Browser,
    Intake,
    a_jpeg,
    a_mark,
    a_pin,
    a_visit,
    listing,
    new_id,
    the_plan,
    to_second_round,
    voice_listing,
)
from tests.unit.intake.sounds import WEBM


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    house = Intake(tmp_path)
    yield house
    house.close()


def test_reading_the_queue_under_embargo_is_written_down(intake: Intake) -> None:
    intake.as_("volunteer-1").put(new_id(), one_words())
    Browser(intake, "data-keeper").open(QUEUE)
    with intake.service.database.reading() as tx:
        rows = tx.exec_driver_sql("select person_id, what from embargoed_reads").all()
    assert (an_id("data-keeper"), "some words to check") in [tuple(row) for row in rows]


def test_reading_a_later_round_is_written_down_until_it_is_released_too(intake: Intake) -> None:
    later, photo = new_id(), a_jpeg()
    intake.as_("volunteer-1").put(new_id(), one_words())
    to_second_round(intake)
    me, keeper = intake.as_("volunteer-1"), Browser(intake, "data-keeper")
    assert "Mr Brown" in keeper.open(QUEUE)
    assert audited(intake) == []
    keeper.send(form_of(keeper.page.text), act="hold-back")
    listed = listing(photo)
    assert me.put(later, one_words(wave=2, visited_on="2027-01-15", photos=[listed])).status_code == 201
    me.put_photo(later, listed["photo_id"], photo)
    intake.work("photo-cleaner")
    keeper.open(f"{QUEUE}?show=words")
    assert audited(intake) == ["some words to check", "a photo to check"]
    assert keeper.client.get(f"{QUEUE}/photos/{later}/{listed['photo_id']}/image").status_code == 200
    assert audited(intake)[2:] == ["the picture of a photo"]
    for who in ("lead", "volunteer-1"):
        exercises.give_key(intake.service, EXERCISE, an_id(who), Release("shared", 2))
    keeper.open(QUEUE)
    assert keeper.client.get(f"{QUEUE}/photos/{later}/{listed['photo_id']}/image").status_code == 200
    assert len(audited(intake)) == 3


def audited(intake: Intake) -> list[str]:
    """What the data keeper read under embargo, in order."""
    with intake.service.database.reading() as tx:
        return [
            one.did.removeprefix("read ")
            for one in reads(tx, EXERCISE, 0, 1000)
            if one.person_id == an_id("data-keeper")
        ]


def test_nothing_stays_shared_of_a_visit_that_is_not_kept_and_all_of_it_may_be_shared_again(tmp_path: Path) -> None:
    house = Intake(tmp_path)
    me, visit_id, photo = house.as_("volunteer-1"), new_id(), a_jpeg()
    listed, voice = listing(photo, annotations=[a_mark(words="The glass.")]), voice_listing(WEBM)
    consents = {"use_words": True, "quote": True, "use_photos": True}
    body = {**one_words(photos=[listed], voice_notes=[voice]), "consents": consents}
    me.put(visit_id, body)
    me.put_photo(visit_id, listed["photo_id"], photo)
    me.put_voice(visit_id, voice["voice_id"], WEBM)
    house.work("photo-cleaner")
    keeper = Browser(house, "data-keeper")
    share_all(keeper)
    assert sorted(told(house)[1:]) == ["photo.released.v1", *["words.released.v1"] * 2]

    def say(**changes: bool) -> list[str]:
        before = len(told(house))
        etag = me.get(visit_id).headers["ETag"]
        assert me.amend(visit_id, {**body, **changes}, etag).status_code == 200
        return told(house)[before:]

    back = ["photo.held_back.v1", "visit.amended.v1", *["words.held_back.v1"] * 2]
    assert sorted(say(stopped_early=True, keep_answers=False)) == back
    assert "Nothing waits here" in keeper.open(QUEUE)
    # A consent that is taken back meanwhile shows nothing of it either.
    before = len(told(house))
    me.client.post(f"{API}/{visit_id}/consents", json={"quote": False}, headers=me.headers)
    assert told(house)[before:] == ["visit.amended.v1"]
    before = len(told(house))
    assert say(stopped_early=True, keep_answers=True) == ["visit.amended.v1"]
    share_all(keeper)
    assert sorted(told(house)[before + 1 :]) == ["photo.released.v1", *["words.released.v1"] * 2]
    house.close()


def test_a_pin_of_a_visit_that_is_not_kept_is_called_back(tmp_path: Path) -> None:
    file = the_plan()
    house = Intake(tmp_path, plan_file={**file, "sites": [{**one, "photos_allowed": False} for one in file["sites"]]})
    me, visit_id = house.as_("volunteer-1"), new_id()
    body = a_visit(answers=[], first_impressions={}, pins=[a_pin(words="It is dark here.")], consents={"quote": True})
    etag = me.put(visit_id, body).headers["ETag"]
    keeper = Browser(house, "data-keeper")
    share_all(keeper)
    stopped = {**body, "stopped_early": True}
    kept = me.amend(visit_id, stopped, etag).headers["ETag"]
    assert told(house)[1:] == ["words.released.v1", "words.held_back.v1", "visit.amended.v1"]
    assert me.amend(visit_id, {**stopped, "keep_answers": True}, kept).status_code == 200
    share_all(keeper)
    assert told(house)[-1] == "words.released.v1"
    house.close()


def share_all(keeper: Browser) -> None:
    """Let everything through that waits."""
    while found := re.search(rf'action="({QUEUE}/(?:words|photos|recordings)/[^"?]+)', keeper.open(QUEUE)):
        keeper.send(found[1], act="share", text="It was loud.")


def test_a_photo_of_a_stopped_visit_waits_for_nobody_until_its_volunteer_says_it_may_count(intake: Intake) -> None:
    me, visit_id, photo = intake.as_("volunteer-1"), new_id(), a_jpeg()
    listed = listing(photo)
    body = one_words(photos=[listed], stopped_early=True)
    me.put(visit_id, body)
    me.put_photo(visit_id, listed["photo_id"], photo)
    intake.work("photo-cleaner")
    assert "Nothing waits here" in Browser(intake, "data-keeper").open(QUEUE)
    me.amend(visit_id, {**body, "keep_answers": True}, me.get(visit_id).headers["ETag"])
    assert "Is there a face" in Browser(intake, "data-keeper").open(QUEUE)


def test_what_a_volunteer_changed_since_is_not_let_through_by_a_page_that_showed_it_otherwise(intake: Intake) -> None:
    visit_id, body = sent_with_photo(intake, quote=True)
    me, (photo,) = intake.as_("volunteer-1"), body["photos"]
    path = f"{QUEUE}/photos/{visit_id}/{photo['photo_id']}"
    keeper = Browser(intake, "data-keeper")
    keeper.open(QUEUE)
    for changed in (
        {"photos": [{**photo, "annotations": [a_mark(words="Mr Brown, desk 4.")]}]},
        {"photos": [{**photo, "zone": "RE"}]},
        {"consents": {"use_photos": True}},
        {},
    ):
        assert me.amend(visit_id, {**body, **changed}, me.get(visit_id).headers["ETag"]).status_code == 200
        before = len(intake.told())
        page = keeper.send(path, 409, act="share")
        assert "changed this while you had the page open" in page
        assert "Is there a face" in page
        assert ("Mr Brown" in page) == ("Mr Brown" in str(changed))
        assert len(intake.told()) == before
    # A form that does not say what it showed lets nothing through, and the page that came instead does.
    assert keeper.client.post(path, data={"csrf_token": keeper.csrf(), "act": "share"}).status_code == 409
    keeper.send(path, act="share")
    assert intake.told()[-1].data["annotations"][0]["body"]["words"] == "By Mrs Green's desk."


def test_a_photo_may_be_held_back_whatever_changed_meanwhile(intake: Intake) -> None:
    visit_id, body = sent_with_photo(intake, quote=True)
    me, (photo,) = intake.as_("volunteer-1"), body["photos"]
    keeper = Browser(intake, "data-keeper")
    keeper.open(QUEUE)
    me.amend(visit_id, {**body, "photos": [{**photo, "zone": "RE"}]}, me.get(visit_id).headers["ETag"])
    keeper.send(f"{QUEUE}/photos/{visit_id}/{photo['photo_id']}", act="hold-back")
    assert "Nothing waits here" in keeper.open(QUEUE)


def test_long_words_on_a_mark_are_shown_before_they_are_shared(tmp_path: Path) -> None:
    house = Intake(tmp_path, words_characters=6000)
    me, visit_id, photo = house.as_("volunteer-1"), new_id(), a_jpeg()
    listed = listing(photo, annotations=[a_mark(words="x" * 5000 + " Mr Brown")])
    body = a_visit(answers=[], first_impressions={}, photos=[listed], consents={"use_photos": True, "quote": True})
    assert me.put(visit_id, body).status_code == 201
    me.put_photo(visit_id, listed["photo_id"], photo)
    house.work("photo-cleaner")
    assert "Mr Brown" in Browser(house, "data-keeper").open(QUEUE)
    house.close()


def test_what_was_typed_never_stands_beside_the_words_of_somebody_else(intake: Intake) -> None:
    me = intake.as_("volunteer-1")
    body = {**one_words(), "first_impressions": {"WA": "Hard chairs."}}
    me.put(new_id(), body)
    keeper, other = Browser(intake, "data-keeper"), Browser(intake, "lead")
    form = form_of(keeper.open(QUEUE))
    too_long = "My copy. " * 600
    assert "My copy." in keeper.send(form, 422, act="share", text=too_long)
    other.open(QUEUE)
    other.send(form, act="hold-back")
    page = keeper.send(form, 409, act="share", text=too_long)
    assert "My copy." not in page
    assert form_of(page) != form
