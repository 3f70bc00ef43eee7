"""Voice notes in the second person's queue: listened to, written down, quoted as written, never shared themselves."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.intake.domain.exercise import Release
from services.intake.store.exercises import reads
from services.intake.use_cases import exercises
from services.intake.voice_jobs import stored_recordings
from tests.service.intake.plans import EXERCISE, a_plan, an_id
from tests.service.intake.visiting import (
    Browser,
    Intake,
    a_pin,
    a_shop,
    a_visit,
    new_id,
    pointers,
    the_plan,
    to_second_round,
    voice_listing,
)
from tests.unit.intake.sounds import WEBM

QUEUE = "/words-and-photos"
QUOTE = {"use_words": True, "quote": True}


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    house = Intake(tmp_path)
    yield house
    house.close()


def spoken(intake: Intake, visit: dict[str, Any] | None = None, **place: Any) -> tuple[str, str]:
    """A visit of the first volunteer that says one thing aloud and writes nothing; its id and the recording's."""
    me, visit_id = intake.as_("volunteer-1"), new_id()
    listed = voice_listing(WEBM, **place)
    body = {**(visit or a_visit(consents=QUOTE)), "answers": [], "first_impressions": {}, "voice_notes": [listed]}
    sent = me.put(visit_id, body)
    assert sent.status_code == 201, sent.get_json()
    assert me.put_voice(visit_id, listed["voice_id"], WEBM).status_code == 201
    return visit_id, listed["voice_id"]


def told(intake: Intake) -> list[str]:
    return [one.type.removeprefix("org.opendoor.") for one in intake.told()]


def gone_after(intake: Intake, days: int) -> bool:
    intake.clock.move(timedelta(days=days))
    intake.work("voice-eraser")
    return not list(stored_recordings(intake.service))


def test_it_is_heard_written_down_and_quoted_as_written(intake: Intake) -> None:
    visit_id, voice_id = spoken(intake, item="P-WA-02")
    keeper = Browser(intake, "data-keeper")
    assert "Recordings to listen to" in keeper.open("/")
    page = keeper.open(QUEUE)
    assert "1 recording waits for a second person" in page
    source = re.search(r'<audio [^>]*src="([^"]+)"', page)
    assert source
    heard = keeper.client.get(source[1])
    assert (heard.status_code, heard.mimetype, heard.data) == (200, "audio/webm", WEBM)
    action = f"{QUEUE}/recordings/{visit_id}/{voice_id}"
    assert f'action="{action}?seen=' in page
    assert "Write down what was said first" in keeper.send(action, 422, act="share", text="  ")
    # What might tell who somebody is, is pointed at once before it is shared.
    looked = keeper.send(action, 200, act="share", text="Mr Brown shouted.\r\nTwice.")
    assert 'title="a name"' in looked
    assert told(intake) == ["visit.submitted.v1"]
    again = html.unescape(re.search(r'name="looked" value="([^"]*)"', looked)[1])  # type: ignore[index]
    keeper.send(action, 200, act="share", text="Mrs Brown shouted.", looked=again)
    keeper.send(action, act="share", text="[A worker] shouted.\r\nTwice.")
    assert told(intake) == ["visit.submitted.v1", "words.released.v1"]
    released = intake.told()[1].data
    assert (released["text"], released["item"], released["zone"], released["stage"]) == (
        "[A worker] shouted.\nTwice.",
        "P-WA-02",
        "WA",
        None,
    )
    assert voice_id not in str([one.data for one in intake.told()])
    assert "Nothing waits here" in keeper.open(QUEUE)
    keeper.send(action, 409, act="share", text="Again.")
    lead = Browser(intake, "lead")
    seen = lead.open(f"/exercises/{EXERCISE}/visits/{visit_id}")
    assert "A second person wrote down: “<bdi>[A worker] shouted." in seen
    assert intake.as_("volunteer-1").get(visit_id, f"/voice-notes/{voice_id}").data == WEBM


def test_a_mistake_is_undone_and_what_was_written_is_kept(intake: Intake) -> None:
    visit_id, voice_id = spoken(intake, a_shop(consents=QUOTE), zone=None, item="M-WE-03")
    keeper = Browser(intake, "data-keeper")
    keeper.open(QUEUE)
    action = f"{QUEUE}/recordings/{visit_id}/{voice_id}"
    keeper.send(action, act="share", text="all of it at the desk.")
    assert intake.told()[1].data["stage"] == "WE"
    assert "a recording, shared" in keeper.open(QUEUE)
    keeper.send(f"{QUEUE}/undo")
    assert told(intake)[1:] == ["words.released.v1", "words.held_back.v1"]
    assert intake.told()[1].data["words_id"] == intake.told()[2].data["words_id"]
    assert "all of it at the desk.</textarea>" in keeper.open(QUEUE)
    keeper.send(action, act="hold-back")
    assert len(told(intake)) == 3
    assert not gone_after(intake, 6)
    assert gone_after(intake, 2)
    keeper = Browser(intake, "data-keeper")
    keeper.open(QUEUE)
    keeper.send(f"{QUEUE}/undo", 409)


def test_words_that_may_be_used_and_not_quoted_are_written_down_for_the_charity_only(intake: Intake) -> None:
    visit_id, voice_id = spoken(intake, a_visit(consents={"use_words": True}))
    keeper = Browser(intake, "data-keeper")
    assert "Keep these words for us" in keeper.open(QUEUE)
    action = f"{QUEUE}/recordings/{visit_id}/{voice_id}"
    keeper.send(action, 409, act="share", text="too loud.")
    keeper.open(QUEUE)
    keeper.send(action, act="write-down", text="too loud.")
    assert told(intake) == ["visit.submitted.v1"]
    assert "“<bdi>too loud.</bdi>”" in Browser(intake, "lead").open(f"/exercises/{EXERCISE}/visits/{visit_id}")


@pytest.mark.parametrize("changes", [{"consents": {"use_photos": True}}, {"consents": QUOTE, "stopped_early": True}])
def test_without_leave_nobody_listens(intake: Intake, changes: dict[str, Any]) -> None:
    visit_id, voice_id = spoken(intake, a_visit(**changes))
    keeper = Browser(intake, "data-keeper")
    assert "Nothing waits here" in keeper.open(QUEUE)
    action = f"{QUEUE}/recordings/{visit_id}/{voice_id}"
    assert keeper.client.get(f"{action}/sound").status_code == 404
    for act in ("share", "write-down", "hold-back"):
        keeper.send(action, 404, act=act, text="too loud.")


def test_nobody_but_the_second_person_hears_it(intake: Intake) -> None:
    visit_id, voice_id = spoken(intake)
    sound = f"{QUEUE}/recordings/{visit_id}/{voice_id}/sound"
    for who in ("volunteer-1", "volunteer-2", "sponsor", "manager", "buddy"):
        browser = Browser(intake, who)
        assert browser.client.get(sound).status_code == 404, who
    assert intake.app.test_client().get(sound).status_code in (302, 303, 401)
    assert Browser(intake, "lead").client.get(sound).status_code == 200
    assert Browser(intake, "data-keeper").client.get(sound[:-6] + new_id()).status_code == 404


def test_a_data_keeper_never_hears_their_own(tmp_path: Path) -> None:
    people = [
        {**person, "roles": ["volunteer", "data-keeper"]} if person["id"] == an_id("volunteer-1") else person
        for person in a_plan()["people"]
    ]
    intake = Intake(tmp_path, plan_file=the_plan(people=people))
    visit_id, voice_id = spoken(intake)
    mine = Browser(intake, "volunteer-1")
    assert "Nothing waits here" in mine.open(QUEUE)
    action = f"{QUEUE}/recordings/{visit_id}/{voice_id}"
    assert mine.client.get(f"{action}/sound").status_code == 404
    intake.close()


def test_each_listening_under_embargo_is_written_down(intake: Intake) -> None:
    visit_id, voice_id = spoken(intake)
    keeper = Browser(intake, "data-keeper")
    keeper.open(QUEUE)
    keeper.client.get(f"{QUEUE}/recordings/{visit_id}/{voice_id}/sound")
    with intake.service.database.reading() as tx:
        found = [(one.person_id, one.did.removeprefix("read ")) for one in reads(tx, EXERCISE, 0, 100)]
    keeper_read = ["a recording to check", "the sound of a recording"]
    assert found == [(an_id("data-keeper"), what) for what in keeper_read]


def test_what_was_said_elsewhere_since_is_looked_at_again_and_the_writing_is_not_lost(intake: Intake) -> None:
    visit_id, voice_id = spoken(intake, item="P-WA-02")
    keeper = Browser(intake, "data-keeper")
    keeper.open(QUEUE)
    action = f"{QUEUE}/recordings/{visit_id}/{voice_id}"
    me = intake.as_("volunteer-1")
    body = me.get(visit_id).get_json()["versions"][0]["visit"]
    for item, text in (("P-WA-06", "too loud."), ("P-WA-07", "Mr Brown was too loud.")):
        body["voice_notes"][0]["item"] = item
        assert me.amend(visit_id, body, me.get(visit_id).headers["ETag"]).status_code == 200
        page = keeper.send(action, 409, act="share", text=text)
        assert "changed this while you had the page open" in page
        assert f"{text}</textarea>" in page
        assert "words.released.v1" not in told(intake)
    keeper.send(action, act="share", text="too loud.")
    assert intake.told()[-1].data["item"] == "P-WA-07"


def test_listening_to_a_later_round_is_written_down_until_it_is_released_too(intake: Intake) -> None:
    to_second_round(intake)
    visit_id, voice_id = spoken(intake, a_visit(wave=2, visited_on="2027-01-15", consents=QUOTE))
    keeper = Browser(intake, "data-keeper")
    for release in (None, Release("shared", 2)):
        for who in ("lead", "volunteer-1") if release else ():
            exercises.give_key(intake.service, EXERCISE, an_id(who), release)
        assert keeper.client.get(f"{QUEUE}/recordings/{visit_id}/{voice_id}/sound").status_code == 200
        with intake.service.database.reading() as tx:
            assert [one.did for one in reads(tx, EXERCISE, 0, 100)] == ["read the sound of a recording"]


def test_the_recording_goes_and_what_was_written_down_stays(intake: Intake) -> None:
    visit_id, voice_id = spoken(intake)
    keeper = Browser(intake, "data-keeper")
    keeper.open(QUEUE)
    action = f"{QUEUE}/recordings/{visit_id}/{voice_id}"
    keeper.send(action, act="share", text="too loud.")
    assert not gone_after(intake, 6)
    assert gone_after(intake, 2)
    assert Browser(intake, "lead").client.get(f"{action}/sound").status_code == 404
    assert intake.as_("volunteer-1").get(visit_id, f"/voice-notes/{voice_id}").status_code == 404
    # A correction that moves it makes a second person look again, at the writing.
    me = intake.as_("volunteer-1")
    own = me.get(visit_id).get_json()
    body = own["versions"][0]["visit"]
    body["voice_notes"][0]["zone"] = "RE"
    assert me.amend(visit_id, body, me.get(visit_id).headers["ETag"]).status_code == 200
    assert told(intake)[1:] == ["words.released.v1", "words.held_back.v1", "visit.amended.v1"]
    page = Browser(intake, "data-keeper").open(QUEUE)
    assert "The recording is erased" in page
    assert "too loud.</textarea>" in page


def test_a_correction_or_withdrawal_calls_back_what_was_quoted(intake: Intake) -> None:
    visit_id, voice_id = spoken(intake)
    keeper = Browser(intake, "data-keeper")
    keeper.open(QUEUE)
    action = f"{QUEUE}/recordings/{visit_id}/{voice_id}"
    keeper.send(action, act="share", text="too loud.")
    me = intake.as_("volunteer-1")
    body = me.get(visit_id).get_json()["versions"][0]["visit"]
    same = {**body, "zones_complete": []}
    assert me.amend(visit_id, same, me.get(visit_id).headers["ETag"]).status_code == 200
    assert told(intake)[2:] == ["visit.amended.v1"]
    unsaid = {**same, "consents": {"use_words": True}}
    assert me.amend(visit_id, unsaid, me.get(visit_id).headers["ETag"]).status_code == 200
    assert told(intake)[3:] == ["words.held_back.v1", "visit.amended.v1"]
    keeper.open(QUEUE)
    keeper.send(action, act="write-down", text="too loud.")
    assert me.amend(visit_id, same, me.get(visit_id).headers["ETag"]).status_code == 200
    keeper.open(QUEUE)
    keeper.send(action, act="share", text="too loud.")
    me.withdraw(visit_id)
    assert told(intake)[-2:] == ["words.held_back.v1", "visit.withdrawn.v1"]
    with intake.service.database.reading() as tx:
        assert tx.exec_driver_sql("select written from voice_notes").scalar() is None
    assert "Nothing waits here" in keeper.open(QUEUE)


def without_photos(tmp_path: Path) -> Intake:
    file = the_plan()
    return Intake(tmp_path, plan_file={**file, "sites": [{**site, "photos_allowed": False} for site in file["sites"]]})


def test_pins_are_for_places_without_photos(intake: Intake) -> None:
    refused = intake.as_("volunteer-1").put(new_id(), a_visit(pins=[a_pin()]))
    assert (refused.status_code, refused.get_json()["code"]) == (422, "photos-allowed-here")


def test_the_words_of_a_pin_are_read_like_other_words(tmp_path: Path) -> None:
    intake = without_photos(tmp_path)
    me, visit_id = intake.as_("volunteer-1"), new_id()
    pins = [a_pin(words="People sat behind me."), a_pin(value="comfort", words="People sat behind me."), a_pin()]
    body = a_visit(first_impressions={}, pins=pins, consents=QUOTE)
    assert me.put(visit_id, body).status_code == 201
    assert me.put(visit_id, {**body, "pins": pins[::-1]}).status_code == 200
    assert me.get(visit_id).get_json()["pins"] == pins
    keeper = Browser(intake, "data-keeper")
    # Once at the answer and once at the pin: they are said at two places.
    assert "2 pieces of writing wait" in keeper.open(QUEUE)
    for _ in range(2):
        action = re.search(rf'action="({QUEUE}/words/[^"]+)"', keeper.open(QUEUE))
        assert action
        keeper.send(action[1], act="share", text="Sat behind me.")
    assert [one.data["item"] for one in intake.told()[1:]] == ["P-WA-02", "P-WA-02"]
    lead = Browser(intake, "lead").open(f"/exercises/{EXERCISE}/visits/{visit_id}")
    assert "A pin: this helped me, 2 of 3." in lead
    assert "pin" not in str(intake.told()[0].data)
    silent = new_id()
    assert me.put(silent, {**body, "consents": {}}).status_code == 201
    assert "behind me" not in Browser(intake, "lead").open(f"/exercises/{EXERCISE}/visits/{silent}")
    intake.close()


def test_what_is_wrong_with_a_pin_is_said_where_it_is(tmp_path: Path) -> None:
    intake = without_photos(tmp_path)
    me = intake.as_("volunteer-1")
    for name, wrong in (
        ("x", -1),
        ("x", 100.1),
        ("y", "20"),
        ("y", True),
        ("y", 1e400),
        ("value", "bad"),
        ("item", "M-WE-03"),
        ("item", 7),
        ("strength", 4),
        ("strength", 1.5),
        ("words", "a" * 4001),
        ("zone", "QQ"),
        ("colour", "red"),
    ):
        faults = me.put_raw(new_id(), _json({**a_visit(), "pins": [a_pin(), a_pin(**{name: wrong})]}))
        assert (faults.status_code, pointers(faults)) == (422, {f"/pins/1/{name}"}), name
    for pins in ({}, "all", [7], [a_pin()] * 51):
        assert me.put(new_id(), a_visit(pins=pins)).status_code == 422
    intake.close()


def _json(value: Any) -> bytes:
    return json.dumps(value).replace("Infinity", "1e400").encode()


def test_its_volunteer_finds_it_on_the_receipt_and_in_a_correction_without_scripts(intake: Intake) -> None:
    visit_id, voice_id = spoken(intake)
    me = Browser(intake, "volunteer-1")
    assert "Voice note 1" in me.open(f"/visits/{visit_id}/receipt")
    me.send(f"/visits/{visit_id}/correct")
    assert "a recording of 2 seconds" in me.open(f"/visits/{visit_id}/check")
    me.send(f"/visits/{visit_id}/check", visited_on="2026-10-10", part_of_day="evening", quote="1", use_words="1")
    own = intake.as_("volunteer-1").get(visit_id).get_json()
    assert (own["version"], own["voice_notes"][0]["voice_id"]) == (2, voice_id)
