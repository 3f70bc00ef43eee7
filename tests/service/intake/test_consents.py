"""Single consents of a visit: taken back at any time, given only while it may be corrected, kept with their time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.intake.domain.exercise import Release
from services.intake.store import visits as store
from services.intake.store import words as words_store
from services.intake.use_cases import exercises, listening, words
from tests.service.intake.plans import EXERCISE, an_id
from tests.service.intake.visiting import (
    API,
    Browser,
    Caller,
    Intake,
    a_jpeg,
    a_mark,
    a_visit,
    listing,
    new_id,
    pointers,
    the_plan,
    voice_listing,
)
from tests.unit.intake.sounds import WEBM

ALL = dict.fromkeys(("use_words", "use_photos", "quote", "tell_me", "contact_again"), True)
NONE = dict.fromkeys(ALL, False)
PHOTO = a_jpeg()
UNWIND = [line for one in the_plan()["scenarios"] for line in one["unwind"]]
QUEUE = "/words-and-photos"


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    house = Intake(tmp_path)
    yield house
    house.close()


def say(who: Caller, visit_id: str, body: Any, status: int = 200) -> Any:
    answered = who.client.post(f"{API}/{visit_id}/consents", json=body, headers=who.headers)
    assert answered.status_code == status, answered.get_json()
    return answered.get_json()


def sent(intake: Intake, **more: Any) -> tuple[Caller, str]:
    """A visit of the first volunteer that allows everything; who sent it, and its id."""
    me, visit_id = intake.as_("volunteer-1"), new_id()
    assert me.put(visit_id, a_visit(consents=ALL, **more)).status_code == 201
    return me, visit_id


def share_everything(intake: Intake, visit_id: str, photo_id: str, voice_id: str) -> None:
    keeper = an_id("data-keeper")
    with intake.service.database.reading() as tx:
        waiting = words_store.words_of(tx, visit_id)
    for one in waiting:
        words.share_words(intake.service, keeper, one.words_id, one.text)
    words.share_photo(intake.service, keeper, visit_id, photo_id, with_words=True)
    listening.share_what_was_said(intake.service, keeper, visit_id, voice_id, "It was loud.")


def everything_shared(intake: Intake) -> tuple[Caller, str, str]:
    """A visit whose words, photo and recording were all let through, in a round that the partner reads."""
    photo = listing(PHOTO, annotations=[a_mark(words="This door.")])
    voice = voice_listing(WEBM)
    me, visit_id = sent(intake, photos=[photo], voice_notes=[voice])
    assert me.put_photo(visit_id, photo["photo_id"], PHOTO).status_code == 201
    assert me.put_voice(visit_id, voice["voice_id"], WEBM).status_code == 201
    intake.work("photo-cleaner")
    share_everything(intake, visit_id, photo["photo_id"], voice["voice_id"])
    for stage in ("sense-making", "manager-review", "shared"):
        move(intake, stage)
    return me, visit_id, photo["photo_id"]


def move(intake: Intake, to: str) -> None:
    if to in ("manager-review", "shared"):
        for who in ("lead", "volunteer-1"):
            exercises.give_key(intake.service, EXERCISE, an_id(who), Release(to))
    else:
        intake.move(to)


def news(intake: Intake, since: int) -> list[str]:
    return [one.type.removeprefix("org.opendoor.") for one in intake.told()[since:]]


def test_words_are_called_back_after_the_round_was_shared_and_nothing_else_is(intake: Intake) -> None:
    me, visit_id, photo_id = everything_shared(intake)
    before = len(intake.told())
    said = say(me, visit_id, {"quote": False})
    assert said["consents"] == ALL | {"quote": False}
    assert (said["version"], said["may_give"]) == (2, False)
    assert "cannot be called back" in said["detail"]
    came = news(intake, before)
    assert sorted(came) == ["photo.released.v1", *["visit.amended.v1"], *["words.held_back.v1"] * 3]
    photo = next(one for one in intake.told()[before:] if one.type == "org.opendoor.photo.released.v1")
    assert (photo.data["photo_id"], "This door." in str(photo.data)) == (photo_id, False)
    amended = next(one for one in intake.told()[before:] if one.type == "org.opendoor.visit.amended.v1")
    first = next(one for one in intake.told() if one.type == "org.opendoor.visit.submitted.v1")
    assert amended.data["answers"] == first.data["answers"]
    assert amended.data["consents"]["quote"] is False
    # Again is harmless, and says nothing to anybody.
    assert say(me, visit_id, {"quote": False})["version"] == 2
    assert len(intake.told()) == before + len(came)
    rows = Browser(intake, "lead").open(f"/exercises/{EXERCISE}/visits/answers.csv")
    for gone in ("People sat behind me", "It was loud"):
        assert gone not in rows


def test_photos_are_called_back_and_do_not_wait_for_a_second_person_any_more(intake: Intake) -> None:
    me, visit_id, photo_id = everything_shared(intake)
    before = len(intake.told())
    say(me, visit_id, {"use_photos": False})
    assert news(intake, before) == ["photo.held_back.v1", "visit.amended.v1"]
    assert photo_id not in Browser(intake, "data-keeper").open(QUEUE)
    assert me.get(visit_id, f"/photos/{photo_id}").status_code == 200  # still their own


def test_whoever_takes_back_their_words_is_not_quoted_either(intake: Intake) -> None:
    me, visit_id, _ = everything_shared(intake)
    before = len(intake.told())
    assert say(me, visit_id, {"use_words": False})["consents"] == ALL | {"use_words": False, "quote": False}
    assert news(intake, before).count("words.held_back.v1") == 3
    with intake.service.database.reading() as tx:
        assert set(tx.exec_driver_sql("select written from voice_notes").scalars()) == {None}
    page = Browser(intake, "lead").open(f"/exercises/{EXERCISE}/visits/{visit_id}")
    assert "People sat behind me." not in page
    assert "It was loud." not in page
    assert "People sat behind me." in str(me.get(visit_id).get_json()["answers"])
    again = intake.as_("volunteer-1")
    other = new_id()
    assert again.put(other, a_visit(consents=ALL)).status_code == 409  # the round is over
    assert say(me, visit_id, {"use_words": False, "quote": True}, 409)["code"] == "not-open"


def test_what_is_asked_together_must_fit_together(intake: Intake) -> None:
    me, visit_id = sent(intake)
    wrong = me.client.post(f"{API}/{visit_id}/consents", json={"use_words": False, "quote": True}, headers=me.headers)
    assert (wrong.status_code, pointers(wrong)) == (422, {"/quote"})
    for body, where in (({"use_all": True}, {"/use_all"}), ({"quote": "no"}, {"/quote"}), ([], {""})):
        refused = me.client.post(f"{API}/{visit_id}/consents", json=body, headers=me.headers)
        assert (refused.status_code, pointers(refused)) == (422, where), body
    raw = {"headers": me.headers, "data": b"{"}
    assert me.client.post(f"{API}/{visit_id}/consents", content_type="application/json", **raw).status_code == 400
    assert me.client.post(f"{API}/{visit_id}/consents", content_type="text/plain", **raw).status_code == 415
    assert say(me, visit_id, {})["consents"] == ALL
    with intake.service.database.reading() as tx:
        assert len(store.versions(tx, visit_id)) == 1


@pytest.mark.parametrize("stage", ["fieldwork", "sense-making", "manager-review", "shared", "action", "closed"])
def test_taking_back_is_possible_at_every_stage_and_giving_only_while_a_correction_is(
    intake: Intake, stage: str
) -> None:
    me, visit_id = sent(intake)
    for step in ("sense-making", "manager-review", "shared", "action", "closed"):
        if stage == "fieldwork":
            break
        if step == "closed":
            exercises.sign_closure(intake.service, EXERCISE, an_id("lead"), UNWIND, "All is undone.")
        move(intake, step)
        if step == stage:
            break
    taken = say(me, visit_id, {"tell_me": False, "use_photos": False})
    assert taken["consents"] == ALL | {"tell_me": False, "use_photos": False}
    open_still = stage in ("fieldwork", "sense-making")
    assert taken["may_give"] is open_still
    given = say(me, visit_id, {"tell_me": True}, 200 if open_still else 409)
    if open_still:
        assert given["consents"]["tell_me"] is True
    else:
        assert given["code"] == "not-open"
        assert "still be taken back" in given["detail"]
    with intake.service.database.reading() as tx:
        kept = store.versions(tx, visit_id)
    assert [one.content["consents"]["tell_me"] for one in kept if one.content] == [True, False, True][: 2 + open_still]


def test_only_its_own_volunteer_and_nothing_of_a_visit_that_was_taken_back(intake: Intake) -> None:
    me, visit_id = sent(intake)
    for other in ("volunteer-2", "lead", "data-keeper", "manager"):
        they = intake.as_(other)
        theirs = they.client.post(f"{API}/{visit_id}/consents", json={}, headers=they.headers)
        nobodys = they.client.post(f"{API}/{new_id()}/consents", json={}, headers=they.headers)
        assert (theirs.status_code, theirs.get_json()) == (404, nobodys.get_json())
        assert they.get(visit_id, "/consents").status_code == 404
    assert me.get(visit_id, "/consents").get_json()["consents"] == ALL
    assert me.client.post(f"{API}/{visit_id}/consents", json={}).status_code == 401
    me.withdraw(visit_id)
    assert say(me, visit_id, {"quote": False})["consents"] == NONE
    assert say(me, visit_id, {"quote": True}, 409)["code"] == "withdrawn"


def test_the_visit_as_it_was_sent_is_still_the_same_visit_and_gives_nothing_back(intake: Intake) -> None:
    me, visit_id = sent(intake)
    say(me, visit_id, {"quote": False})
    assert me.put(visit_id, a_visit(consents=ALL)).status_code == 200
    assert me.get(visit_id).get_json()["consents"]["quote"] is False


def test_a_correction_under_way_does_not_bring_back_what_was_taken_back(intake: Intake) -> None:
    me, visit_id = sent(intake)
    person = Browser(intake, "volunteer-1")
    person.open(f"/visits/{visit_id}/receipt")
    person.send(f"/visits/{visit_id}/correct")
    say(me, visit_id, {"quote": False})
    person.open(f"/visits/{visit_id}/check")
    ticked = re.findall(r'name="(\w+)" type="checkbox" value="true" checked', person.page.text)
    assert sorted(ticked) == sorted(ALL.keys() - {"quote"})
    sending = dict.fromkeys(ticked, "true")
    person.send(f"/visits/{visit_id}/check", visited_on="2026-10-10", part_of_day="evening", **sending)
    now = me.get(visit_id).get_json()
    assert (now["version"], now["part_of_day"], now["consents"]["quote"]) == (3, "evening", False)
    # An amendment from before is told that it is stale.
    assert me.amend(visit_id, a_visit(consents=ALL), '"1-nothing"').status_code == 412


def test_the_page_offers_what_can_be_done_and_says_what_cannot_be_undone(intake: Intake) -> None:
    me, visit_id, _ = everything_shared(intake)
    person = Browser(intake, "volunteer-1")
    where = f"/visits/{visit_id}/consents"
    assert where in person.open(f"/visits/{visit_id}/receipt")
    page = person.open(where)
    assert "We cannot call that back." in page
    assert "what you take back now cannot be allowed again" in page
    assert page.count('type="checkbox"') == 5
    offered = list(ALL)
    keep = {"use_words": "true", "use_photos": "true", "tell_me": "true"}
    assert person.send(where, offered=offered, **keep) == f"/visits/{visit_id}/receipt"
    assert "What you took back is not shown any more" in person.open(f"/visits/{visit_id}/receipt")
    assert me.get(visit_id).get_json()["consents"] == NONE | dict.fromkeys(keep, True)
    page = person.open(where)
    assert page.count('type="checkbox"') == 3
    assert "these can no longer be allowed" in page
    # A page that was open before gives nothing back.
    person.send(where, 409, offered=offered, **dict.fromkeys(ALL, "true"))
    assert me.get(visit_id).get_json()["consents"] == NONE | dict.fromkeys(keep, True)
    me.withdraw(visit_id)
    assert "You took this visit back" in person.open(where)


@pytest.mark.parametrize("language", ["cy", "ar"])
def test_the_page_speaks_the_language_of_its_reader(intake: Intake, language: str) -> None:
    _, visit_id, _ = everything_shared(intake)
    person = Browser(intake, "volunteer-1")
    person.client.set_cookie("opendoor-language", language)
    page = person.open(f"/visits/{visit_id}/consents")
    for english in ("You can take back", "Leave ticked", "We cannot call", "Save", "What you say here"):
        assert english not in page
    person.send(f"/visits/{visit_id}/consents", offered=["quote"])
    assert "Saved." not in person.open(f"/visits/{visit_id}/receipt")
