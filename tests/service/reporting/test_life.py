"""A recommendation's life through the API: from draft to kept up, with the no's, the silences and the history."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from services.reporting.store import recommendations
from tests.service.reporting.world import World


def test_from_draft_to_kept_up(world: World) -> None:
    done = world.done()
    assert done["due"] == "2026-12-01"
    first = world.move("volunteer", done, "verified")
    assert (first.status_code, first.get_json()["status"]) == (202, "partner-says-done")
    assert first.get_json()["waiting"] == [{"to": "verified", "have": 1, "need": 2}]
    assert world.move("volunteer", done, "verified").status_code == 202
    for partner in ("manager", "sponsor", "staff", "volunteer-of-the-partner"):
        assert world.move(partner, done, "verified").status_code in (403, 404)
    world.moved("second-volunteer", done, "verified")
    early = world.move("volunteer", done, "kept-up")
    assert (early.status_code, early.get_json()["code"]) == (409, "move-not-allowed")
    world.clock.move(timedelta(days=185))
    world.moved("volunteer", done, "kept-up")
    history = world.call("lead", "GET", f"/recommendations/{done['id']}/history").get_json()["items"]
    moves = [(entry["from"], entry["to"]) for entry in history if entry["kind"] == "move"]
    assert moves == [
        ("draft", "agreed"),
        ("agreed", "shared"),
        ("shared", "accepted"),
        ("accepted", "planned"),
        ("planned", "doing"),
        ("doing", "partner-says-done"),
        ("partner-says-done", "verified"),
        ("verified", "kept-up"),
    ]
    assert history[-3]["kind"] == "check"
    assert set(history[0]) == {"at", "kind", "role", "from", "to", "note", "evidence"}


def test_what_volunteers_saw_sends_it_back(world: World) -> None:
    done = world.done()
    assert world.move("second-volunteer", done, "not-yet").status_code == 422
    back = world.moved("second-volunteer", done, "not-yet", note="The line is there, nobody keeps to it.")
    assert back["status"] == "not-yet"
    assert world.moved("manager", done, "doing", note="We talk to the guards.")["status"] == "doing"


def test_a_move_that_is_not_there_names_those_that_are(world: World) -> None:
    answer = world.move("lead", world.written(), "verified").get_json()
    assert (answer["status"], answer["code"], answer["allowed"]) == (409, "move-not-allowed", ["agreed"])
    assert "agreed" in answer["detail"]


def test_a_no_needs_its_reason_and_stays_a_no(world: World) -> None:
    shared = world.shared()
    assert shared["reply_due"] == "2026-11-30"
    answer = world.move("manager", shared, "not-accepted")
    assert (answer.status_code, answer.get_json()["errors"][0]["pointer"]) == (422, "/note")
    world.moved("manager", shared, "not-accepted", note="The lease forbids it.")
    assert world.move("manager", shared, "accepted").get_json()["allowed"] == []


def test_only_the_manager_answers(world: World) -> None:
    shared = world.shared()
    world.to_stage("shared")
    for who in ("lead", "volunteer", "sponsor", "working-group", "staff"):
        assert world.move(who, shared, "accepted").status_code == 403
    assert world.move("data-keeper", shared, "accepted").status_code == 403
    assert world.move("buddy", shared, "accepted").status_code == 404


def test_a_pause_takes_the_owner_and_the_working_group(world: World) -> None:
    shared = world.shared()
    world.to_stage("shared")
    world.moved("manager", shared, "accepted")
    assert world.move("working-group", shared, "paused", note="x").status_code == 403
    when = [{"kind": "date", "text": "2027-03-01"}]
    asked = world.move("manager", shared, "paused", note="No builder until spring.", evidence=when)
    assert (asked.status_code, asked.get_json()["status"]) == (202, "accepted")
    paused = world.moved("working-group", shared, "paused")
    assert (paused["status"], paused["due"]) == ("paused", "2027-03-01")


def test_no_answer_and_no_news_are_shown_to_all(world: World) -> None:
    shared = world.shared()
    path = f"/recommendations/{shared['id']}"
    world.clock.move(timedelta(days=29))
    world.to_stage("shared")
    for who in ("lead", "volunteer", "manager", "staff"):
        seen = world.call(who, "GET", path).get_json()
        assert (seen["overdue"], seen["silent"]) == (True, False)
    world.clock.move(timedelta(days=31))
    assert world.call("staff", "GET", path).get_json()["silent"] is True
    news = world.call("manager", "POST", f"{path}/comments", {"words": "We meet on Monday."})
    assert (news.status_code, news.get_json()["silent"]) == (200, False)


def test_words_sent_twice_stand_once_and_said_anew_later_are_news(world: World) -> None:
    shared = world.shared()

    def said() -> int:
        path = f"/recommendations/{shared['id']}/comments"
        assert world.call("manager", "POST", path, {"words": "Still waiting."}).status_code == 200
        with world.service.database.reading() as tx:
            return [entry.note for entry in recommendations.history_of(tx, shared["id"])].count("Still waiting.")

    assert (said(), said()) == (1, 1)
    world.clock.move(timedelta(days=30))
    assert said() == 2


def test_a_thought_of_somebody_else_does_not_end_the_silence(world: World) -> None:
    shared = world.shared()
    world.clock.move(timedelta(days=61))
    path = f"/recommendations/{shared['id']}/comments"
    assert world.call("volunteer", "POST", path, {"words": "Any news?"}).get_json()["silent"] is True


@pytest.mark.parametrize("statement", ["UPDATE recommendation_history SET note = 'x'", "DELETE FROM embargoed_reads"])
def test_the_database_itself_refuses_to_change_what_happened(world: World, statement: str) -> None:
    world.call("lead", "GET", f"/recommendations/{world.written()['id']}")
    with pytest.raises(DatabaseError, match="never changed"), world.service.database.transaction() as tx:
        tx.execute(text(statement))


def test_hostile_moves_are_refused_by_name(world: World) -> None:
    path = f"/recommendations/{world.written()['id']}/moves"
    for body, status in (
        ({}, 422),
        ({"to": "nowhere"}, 422),
        ({"to": ["agreed"]}, 422),
        ({"to": "agreed", "note": 3}, 422),
        ({"to": "agreed", "note": "x" * 4001}, 422),
        ({"to": "agreed", "note": "\ud800"}, 422),
        ({"to": "agreed", "note": "x", "evidence": [{"kind": "rumour"}]}, 422),
        ({"to": "agreed", "note": "x", "evidence": [{"kind": "photo", "sha256": "no"}]}, 422),
        ({"to": "agreed", "note": "x", "evidence": [{"kind": "photo", "text": "x"}] * 21}, 422),
        ({"to": "agreed", "note": "x", "extra": 1}, 422),
    ):
        answer = world.call("lead", "POST", path, body)
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), body
