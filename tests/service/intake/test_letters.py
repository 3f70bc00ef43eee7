"""Letters to people: who may be written to, what leaves and what never does, retries, and what is forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from services.intake.domain.exercise import Release
from services.intake.use_cases import exercises
from services.intake.use_cases.auditing import audit_of
from tests.service.intake.letter_house import DAYS, MINUTES, House, give_address, links, release
from tests.service.intake.plans import EXERCISE, an_id
from tests.service.intake.test_care import inside
from tests.service.intake.visiting import Browser, a_visit, new_id


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.close()


def test_nobody_is_written_to_who_did_not_give_an_address(intake: House) -> None:
    trip = inside(Browser(intake, "volunteer-1"))
    me = Browser(intake, "volunteer-1")
    me.open(trip)
    intake.clock.move(200 * MINUTES)
    intake.work("care-watch")
    me.send(f"{trip}/stop")
    assert (intake.letters(), intake.count()) == ([], 0)


def test_an_address_has_to_be_said_yes_to_by_its_own_person(intake: House) -> None:
    me, other = Browser(intake, "buddy"), Browser(intake, "other-buddy")
    page = me.open("/reach-me")
    assert "late or has stopped" in page
    assert "When I am late" not in page
    me.send("/reach-me", address=" buddy@Home.Example ", topics=["care"])
    assert "We have written to buddy@home.example" in me.open("/reach-me")
    (letter,) = intake.letters()
    assert letter.subject == "Is this your address?"
    confirm, stop = links(letter)
    stranger = intake.app.test_client()
    seen = stranger.get(confirm)
    assert (seen.status_code, "Come in first" in seen.text) == (404, True)
    assert other.client.get(confirm).status_code == 404
    other.open("/reach-me")
    other.send(confirm, 404)
    me.client.head(confirm)
    assert intake.count("mail_addresses", "confirmed_at IS NOT NULL") == 0
    me.open(confirm)
    me.send(confirm)
    assert "We can write to buddy@home.example" in me.open("/reach-me")
    me.open(confirm)
    me.send(confirm)
    assert "No more letters?" in stranger.get(stop).text


def test_a_yes_must_come_within_a_week_and_is_for_that_address_only(intake: House) -> None:
    me = Browser(intake, "buddy")
    me.open("/reach-me")
    me.send("/reach-me", address="first@home.example", topics=["care"])
    first = links(intake.letters()[-1])[0]
    me.send("/reach-me", address="second@home.example", topics=["care"])
    intake.clock.move(MINUTES)
    second = links(intake.letters()[-1])[0]
    me.send(first, 404)
    intake.clock.move(8 * DAYS)
    me = Browser(intake, "buddy")
    me.open("/reach-me")
    me.send(second, 404)


def test_an_address_that_is_none_is_refused_and_what_was_typed_stays(intake: House) -> None:
    me = Browser(intake, "volunteer-1")
    me.open("/reach-me")
    for given in ("", "nobody", "a@b@c.example", "ada@home.example\r\nBcc: eve@x.example", "ä@home.example", "a" * 300):
        page = me.send("/reach-me", 422, address=given, topics=["reminder"])
        assert "There is a problem" in page
        assert re.search(r'value="reminder" checked', page)
    assert intake.count("mail_addresses") == 0


def test_nobody_can_have_a_stranger_written_to_again_and_again(intake: House) -> None:
    me = Browser(intake, "volunteer-1")
    me.open("/reach-me")
    for number in range(5):
        me.send("/reach-me", address=f"stranger{number}@home.example")
        intake.letters()
        me.send("/reach-me/take-back")
        intake.work("letter-eraser")
    assert "too often today" in me.send("/reach-me", 422, address="stranger@home.example")
    intake.clock.move(DAYS + MINUTES)
    intake.work("letter-eraser")
    me = Browser(intake, "volunteer-1")
    me.open("/reach-me")
    me.send("/reach-me", address="me@home.example")


def test_a_buddy_hears_of_a_stop_at_once_without_a_word_of_who_or_where(intake: House) -> None:
    give_address(intake, "buddy", "care")
    me = Browser(intake, "volunteer-1")
    trip = inside(me)
    assert intake.letters() == []
    me.open(trip)
    me.send(f"{trip}/stop")
    (letter,) = intake.letters()
    assert letter.subject == "Please look now"
    said = letter.text.lower()
    assert "somebody you look after has stopped" in said
    for secret in ("volunteer", "pier road", "autumn", "seaside", "bad", "10:", "october", an_id("volunteer-1"), trip):
        assert secret.lower() not in said, secret
    assert links(letter)[0] == "/out-now"
    assert (intake.letters(), intake.count(where="state = 'sent'")) == ([letter], 2)


def test_lateness_is_told_in_steps_to_whoever_asked_for_it(intake: House) -> None:
    give_address(intake, "volunteer-1", "reminder")
    give_address(intake, "buddy", "care")
    give_address(intake, "lead", "care")
    inside(Browser(intake, "volunteer-1"))
    names = {an_id(who): who for who in ("volunteer-1", "buddy", "lead", "second-lead")}
    told: list[set[tuple[str, str]]] = []
    intake.clock.move(60 * MINUTES)
    for more in (14, 1, 14, 1, 15, 15):
        intake.clock.move(more * MINUTES)
        intake.work("care-watch")
        with intake.service.database.reading() as tx:
            rows = tx.execute(text("SELECT kind, person_id FROM letters WHERE state = 'waiting'")).all()
        told.append({(kind, names[person]) for kind, person in rows})
        assert len(intake.letters()) == len(set().union(*told))
    assert told == [
        set(),
        {("reminder", "volunteer-1")},
        set(),
        {("late", "buddy")},
        {("late", "lead")},
        {("very-late", "buddy"), ("very-late", "lead")},
    ]
    assert "Please open your page for a moment" in intake.letters()[0].text


def test_an_alarm_that_is_not_true_any_more_is_not_sent(intake: House) -> None:
    give_address(intake, "buddy", "care")
    me = Browser(intake, "volunteer-1")
    trip = inside(me)
    intake.clock.move(95 * MINUTES)
    intake.work("care-watch")
    me.open(trip)
    me.send(f"{trip}/check-out")
    assert intake.letters() == []
    assert intake.count(where="state = 'dropped' AND kind = 'late'") == 1


def test_each_kind_can_be_turned_off_without_a_new_yes(intake: House) -> None:
    me = give_address(intake, "buddy", "care")
    me.open("/reach-me")
    me.send("/reach-me", address="buddy@home.example", topics=["way-in"])
    volunteer = Browser(intake, "volunteer-1")
    trip = inside(volunteer)
    volunteer.open(trip)
    volunteer.send(f"{trip}/stop")
    assert intake.letters() == []
    assert "We can write to buddy@home.example" in me.open("/reach-me")


def test_a_way_straight_in_is_only_in_letters_of_those_who_asked_for_it(intake: House) -> None:
    give_address(intake, "buddy", "care", way_in="true")
    volunteer = Browser(intake, "volunteer-1")
    trip = inside(volunteer)
    volunteer.open(trip)
    volunteer.send(f"{trip}/stop")
    (letter,) = intake.letters()
    link = links(letter)[0]
    assert link.startswith("/sign-in/")
    assert intake.app.test_client().get(link).status_code == 200
    intake.clock.move(DAYS + MINUTES)
    assert intake.app.test_client().get(link).status_code == 404


def test_a_manager_hears_only_after_both_keys(intake: House) -> None:
    give_address(intake, "manager", "news")
    give_address(intake, "staff", "news")
    intake.move("sense-making")
    exercises.give_key(intake.service, EXERCISE, an_id("lead"), Release("manager-review", None))
    assert intake.letters() == []
    exercises.give_key(intake.service, EXERCISE, an_id("volunteer-1"), Release("manager-review", None))
    (letter,) = intake.letters()
    assert "There is something for you to read" in letter.text
    assert "Pier" not in letter.text
    for who in ("lead", "volunteer-1"):
        exercises.give_key(intake.service, EXERCISE, an_id(who), Release("shared", None))
    assert len(intake.letters()) == 3
    intake.move("action")
    assert len(intake.letters()) == 3


def test_volunteers_hear_first_once_and_only_if_they_asked(intake: House) -> None:
    give_address(intake, "staff", "news")
    give_address(intake, "volunteer-1", "news")
    give_address(intake, "volunteer-2", "way-in")
    release(intake)
    before = len(intake.letters())
    intake.clock.move(MINUTES)
    for who in ("lead", "volunteer-1"):
        exercises.give_key(intake.service, EXERCISE, an_id(who), Release("shared", None))
    intake.work("letters")
    with intake.service.database.reading() as tx:
        asked = "SELECT person_id, kind FROM letters WHERE about LIKE '% shared' ORDER BY rowid"
        rows = [tuple(row) for row in tx.execute(text(asked))]
    assert rows == [(an_id("volunteer-1"), "news"), (an_id("staff"), "to-read")]
    exercises.move_exercise(intake.service, EXERCISE, an_id("lead"), "manager-review", "A mistake.")
    for who in ("lead", "volunteer-1"):
        exercises.give_key(intake.service, EXERCISE, an_id(who), Release("shared", None))
    assert len(intake.letters()) == before + 2


def test_at_the_end_volunteers_hear_once_more(intake: House) -> None:
    give_address(intake, "volunteer-2", "news")
    give_address(intake, "manager", "news")
    release(intake)
    for who in ("lead", "volunteer-1"):
        exercises.give_key(intake.service, EXERCISE, an_id(who), Release("shared", None))
    intake.move("action")
    intake.forget_letters()
    records = ["The appointment in the diary", "The dummy record"]
    exercises.sign_closure(intake.service, EXERCISE, an_id("lead"), records, "All of it is gone.")
    intake.move("closed")
    (letter,) = intake.letters()
    assert "There is news for you" in letter.text


def test_who_took_back_tell_me_is_not_told_by_letter_either(intake: House) -> None:
    give_address(intake, "volunteer-1", "news")
    give_address(intake, "volunteer-2", "news")
    for who in ("volunteer-1", "volunteer-2"):
        assert intake.as_(who).put(new_id(), a_visit(consents={})).status_code == 201
    asked, visit_id = intake.as_("volunteer-1"), new_id()
    assert asked.put(visit_id, a_visit(consents={"tell_me": True})).status_code == 201
    where = f"/api/intake/v1/visits/{visit_id}/consents"
    assert asked.client.post(where, json={"tell_me": False}, headers=asked.headers).status_code == 200
    intake.move("sense-making")
    intake.work("letters")
    with intake.service.database.reading() as tx:
        rows = tx.execute(text("SELECT person_id, state FROM letters WHERE kind = 'news'")).all()
    assert {tuple(row) for row in rows} == {(an_id("volunteer-1"), "dropped"), (an_id("volunteer-2"), "sent")}


def test_what_is_under_embargo_again_is_told_to_nobody(intake: House) -> None:
    give_address(intake, "manager", "news")
    release(intake)
    exercises.move_exercise(intake.service, EXERCISE, an_id("lead"), "sense-making", "Too early.")
    assert intake.letters() == []
    release_again = Release("manager-review", None)
    for who in ("lead", "volunteer-1"):
        exercises.give_key(intake.service, EXERCISE, an_id(who), release_again)
    assert len(intake.letters()) == 1


def test_a_later_wave_is_told_of_when_it_is_released(intake: House) -> None:
    give_address(intake, "manager", "news")
    release(intake)
    for who in ("lead", "volunteer-1"):
        exercises.give_key(intake.service, EXERCISE, an_id(who), Release("shared", None))
    intake.move("action")
    intake.forget_letters()
    exercises.give_key(intake.service, EXERCISE, an_id("lead"), Release("shared", 2))
    assert intake.letters() == []
    exercises.give_key(intake.service, EXERCISE, an_id("volunteer-1"), Release("shared", 2))
    assert len(intake.letters()) == 1


def test_a_lead_sends_a_link_without_seeing_the_address_or_the_link(intake: House) -> None:
    lead = Browser(intake, "lead")
    page = f"/exercises/{EXERCISE}/plan/people/{an_id('volunteer-1')}"
    assert "their own address" not in lead.open(page)
    lead.send(f"{page}/letter", 409)
    give_address(intake, "volunteer-1", "way-in")
    shown = lead.open(page)
    assert "Send a link to their own address" in shown
    assert "home.example" not in shown
    shown = lead.send(f"{page}/letter", 200)
    assert "on its way" in shown
    (letter,) = intake.letters()
    assert links(letter)[0].startswith("/sign-in/")
    assert links(letter)[0].rsplit("/", 1)[1] not in shown
    came = intake.app.test_client().get(links(letter)[0])
    assert "Welcome, The volunteer-1" in came.text
    sent = [
        one.person_id for one in audit_of(intake.service, EXERCISE) if one.did.startswith("had a sign-in link sent")
    ]
    assert sent == [an_id("lead")]
