"""The recommendations API of wire.md §6 as a program meets it."""

from __future__ import annotations

import re

import pytest

from tests.service.reporting.world import AMBER, EXERCISE, OTHER_SITE, RED, SITE, STRENGTH, World, an_id

FIELDS = {
    "id", "exercise_id", "site_id", "title", "why", "findings", "items", "kind", "pie_area", "cost_band", "owner_post",
    "due", "status", "reply_due", "overdue", "silent", "baseline", "progress",
}  # fmt: skip


def test_a_draft_has_every_field_of_the_wire(world: World) -> None:
    written = world.written(due="2027-01-15", baseline="2 of 3 visits", pie_area="physical-environment")
    assert set(written) >= FIELDS
    assert (written["status"], written["items"], written["due"]) == ("draft", ["P-RE-03"], "2027-01-15")
    assert (written["overdue"], written["silent"], written["reply_due"]) == (False, False, None)
    assert world.call("lead", "GET", f"/recommendations/{written['id']}").get_json() == written


def test_writing_says_where_the_new_one_is(world: World) -> None:
    body = {"exercise_id": EXERCISE, "site_id": SITE, "title": "T", "why": "W"}
    answer = world.call("volunteer", "POST", "/recommendations", body)
    assert answer.status_code == 201
    assert answer.headers["Location"].endswith(answer.get_json()["id"])


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"findings": [an_id("unknown")]}, "/findings/0"),
        ({"findings": [], "why": " "}, "/findings"),
        ({"findings": ["nonsense"]}, "/findings/0"),
        ({"title": ""}, "/title"),
        ({"title": "x" * 201}, "/title"),
        ({"why": "bad\x00"}, "/why"),
        ({"why": "Mrs Smith stared."}, "/why"),
        ({"owner_post": "ann@example.org"}, "/owner_post"),
        ({"why": "The man at desk 4."}, "/why"),
        ({"kind": "magic"}, "/kind"),
        ({"cost_band": "free"}, "/cost_band"),
        ({"due": "soon"}, "/due"),
        ({"due": "20270101"}, "/due"),
        ({"due": "2026-W48-3"}, "/due"),
        ({"effort": 101}, "/effort"),
        ({"effort": True}, "/effort"),
        ({"site_id": an_id("elsewhere")}, "/site_id"),
        ({"titel": "typing error"}, "/titel"),
    ],
)
def test_a_wrong_field_is_named(world: World, change: dict[str, object], pointer: str) -> None:
    body = {"exercise_id": EXERCISE, "site_id": SITE, "title": "T", "why": "W", "findings": [RED["id"]]} | change
    answer = world.call("lead", "POST", "/recommendations", body)
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert pointer in [error["pointer"] for error in answer.get_json()["errors"]]


def test_null_says_the_same_as_leaving_a_field_out(world: World) -> None:
    body = {"exercise_id": EXERCISE, "site_id": SITE, "title": "T"}
    for more, left_out in (({"why": "W"}, ("findings", "items", "kind")), ({"findings": [RED["id"]]}, ("why",))):
        plain = world.call("lead", "POST", "/recommendations", {**body, **more})
        nulls = world.call("lead", "POST", "/recommendations", {**body, **more, **dict.fromkeys(left_out)})
        assert (plain.status_code, nulls.status_code) == (201, 201), nulls.get_json()
        assert nulls.get_json() | {"id": ""} == plain.get_json() | {"id": ""}
    path = f"/recommendations/{nulls.get_json()['id']}"
    assert world.call("lead", "PATCH", path, {"items": None}).get_json()["items"] == []
    moved = world.call("lead", "POST", f"{path}/moves", {"to": "agreed", "note": "All of us.", "evidence": None})
    assert moved.get_json()["status"] == "agreed"


def test_a_hash_may_be_written_in_large_digits(world: World) -> None:
    path = f"/recommendations/{world.written()['id']}"
    shown = {"kind": "photo", "text": "Before", "sha256": "AB" * 32}
    moved = world.call("lead", "POST", f"{path}/moves", {"to": "agreed", "note": "All of us.", "evidence": [shown]})
    assert moved.status_code == 200, moved.get_json()
    kept = world.call("lead", "GET", f"{path}/history").get_json()["items"][-1]["evidence"]
    assert kept == [{**shown, "sha256": "ab" * 32}]


def test_a_finding_of_another_building_is_unknown(world: World) -> None:
    body = {"exercise_id": EXERCISE, "site_id": OTHER_SITE, "title": "T", "findings": [RED["id"]]}
    assert world.call("lead", "POST", "/recommendations", body).status_code == 422


def test_bodies_that_are_no_json_are_told_apart(world: World) -> None:
    headers = {"Authorization": f"Bearer {world.token('lead')}"}
    client, path = world.app.test_client(), "/api/reporting/v1/recommendations"
    wrong = client.post(path, data="{", headers=headers, content_type="application/json")
    assert (wrong.status_code, wrong.get_json()["code"]) == (400, "not-json")
    assert client.post(path, data="title=x", headers=headers).status_code == 415
    assert client.post(path, json=["a", "list"], headers=headers).status_code == 422
    assert client.post(path, json={"title": "x" * 300_000}, headers=headers).status_code == 413


def test_a_list_goes_on_where_it_stopped(world: World) -> None:
    ids = [world.written(title=f"Number {n}")["id"] for n in range(5)]
    seen, after = [], ""
    while True:
        page = world.call("lead", "GET", f"/recommendations?exercise_id={EXERCISE}&limit=2{after}").get_json()
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == ids


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "after=!!", "after=bm9uZQ"])
def test_a_wrong_query_is_refused(world: World, query: str) -> None:
    assert world.call("lead", "GET", f"/recommendations?{query}").status_code == 422


def test_the_list_without_an_exercise_shows_only_what_the_caller_may_see(world: World) -> None:
    world.written()
    assert len(world.call("volunteer", "GET", "/recommendations").get_json()["items"]) == 1
    assert world.call("manager", "GET", "/recommendations").get_json() == {"items": [], "next": None}


def test_nobody_without_a_token_gets_in(world: World) -> None:
    answer = world.app.test_client().get("/api/reporting/v1/recommendations")
    assert (answer.status_code, answer.get_json()["code"]) == (401, "not-signed-in")


def test_not_there_and_not_yours_are_the_same_bytes(world: World) -> None:
    written = world.written()
    hidden = world.call("manager", "GET", f"/recommendations/{written['id']}")
    absent = world.call("manager", "GET", f"/recommendations/{an_id('nothing')}")
    assert hidden.status_code == absent.status_code == 404
    assert hidden.data == absent.data
    for method, tail, body in (("PATCH", "", {"title": "x"}), ("POST", "/moves", {"to": "accepted"})):
        one = world.call("manager", method, f"/recommendations/{written['id']}{tail}", body)
        other = world.call("manager", method, f"/recommendations/{an_id('nothing')}{tail}", body)
        assert (one.status_code, one.data) == (404, other.data)


def test_the_group_changes_a_draft_and_the_history_says_so(world: World) -> None:
    written = world.written()
    changed = world.call("volunteer", "PATCH", f"/recommendations/{written['id']}", {"title": "Better words"})
    assert (changed.status_code, changed.get_json()["title"]) == (200, "Better words")
    history = world.call("lead", "GET", f"/recommendations/{written['id']}/history").get_json()["items"]
    assert [(entry["kind"], entry["role"]) for entry in history] == [("written", "lead"), ("edited", "volunteer")]


def test_a_history_tells_times_as_rfc_3339_writes_them(world: World) -> None:
    written = world.written()
    (entry,) = world.call("lead", "GET", f"/recommendations/{written['id']}/history").get_json()["items"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00", entry["at"])


def test_after_sharing_the_words_stay_and_the_owner_says_when(world: World) -> None:
    shared = world.shared()
    path = f"/recommendations/{shared['id']}"
    assert world.call("lead", "PATCH", path, {"title": "Other"}).get_json()["code"] == "already-shared"
    assert world.call("manager", "PATCH", path, {"title": "Other"}).status_code == 403
    assert world.call("lead", "PATCH", path, {"due": "2027-01-01"}).status_code == 403
    kept = world.call("manager", "PATCH", path, {"due": "2027-01-01", "owner_post": "Office lead"})
    assert (kept.status_code, kept.get_json()["due"]) == (200, "2027-01-01")
    assert world.call("sponsor", "PATCH", path, {"due": "2027-01-01"}).status_code == 403


def test_several_become_one(world: World) -> None:
    kept = world.written(title="Kept")
    other = world.written(title="Other", findings=[STRENGTH["id"]])
    path = f"/recommendations/{kept['id']}/merges"
    joined = world.call("volunteer", "POST", path, {"merge": [other["id"]]}).get_json()
    assert (joined["title"], joined["status"]) == ("Kept", "draft")
    assert set(joined["findings"]) == {RED["id"], STRENGTH["id"]}
    listed = world.call("lead", "GET", "/recommendations").get_json()["items"]
    assert [one["id"] for one in listed] == [kept["id"]]
    gone = world.call("lead", "GET", f"/recommendations/{other['id']}").get_json()
    assert gone["merged_into"] == kept["id"]
    assert world.move("lead", other, "agreed", note="x").get_json()["code"] == "merged"
    assert world.call("lead", "POST", path, {"merge": [kept["id"]]}).status_code == 422


def test_what_became_one_is_taken_apart_again_until_it_is_shared(world: World) -> None:
    kept, other = world.written(title="Kept"), world.written(title="Other", findings=[RED["id"], STRENGTH["id"]])
    third = world.written(title="Third", findings=[AMBER["id"]])
    path = f"/recommendations/{kept['id']}/merges"
    world.call("lead", "POST", path, {"merge": [other["id"]]})
    world.call("lead", "POST", path, {"merge": [third["id"]]})
    world.moved("volunteer", kept, "agreed", note="All for it.")
    assert world.call("manager", "DELETE", f"{path}/{other['id']}").status_code == 404
    assert world.call("lead", "DELETE", f"{path}/{an_id('none')}").status_code == 404
    left = world.call("volunteer", "DELETE", f"{path}/{other['id']}")
    assert (left.status_code, left.get_json()["status"]) == (200, "draft")
    assert left.get_json()["findings"] == [RED["id"], AMBER["id"]]
    back = world.call("lead", "GET", f"/recommendations/{other['id']}").get_json()
    assert (back["merged_into"], back["findings"]) == (None, [RED["id"], STRENGTH["id"]])
    assert world.call("lead", "DELETE", f"{path}/{other['id']}").get_json()["code"] == "not-merged"
    history = world.call("lead", "GET", f"/recommendations/{other['id']}/history").get_json()["items"]
    assert [line["kind"] for line in history] == ["written", "merged", "parted"]
    told = [(one.type.split(".")[-2], one.data.get("parted", one.subject)) for one in world.events()[-3:]]
    assert told == [("parted", other["id"]), ("written", kept["id"]), ("written", other["id"])]
    assert world.call("lead", "DELETE", f"{path}/{third['id']}").get_json()["findings"] == [RED["id"]]
    world.call("lead", "POST", path, {"merge": [third["id"]]})
    world.moved("volunteer", kept, "agreed", note="All for it.")
    world.to_stage("manager-review")
    world.moved("lead", kept, "shared")
    assert world.call("lead", "DELETE", f"{path}/{third['id']}").get_json()["code"] == "already-shared"


def test_every_change_is_announced_by_role_and_never_by_person(world: World) -> None:
    shared = world.shared()
    world.moved("manager", shared, "not-accepted", note="The lease forbids it.")
    told = [(event.type.split(".")[-2], event.data.get("to_status")) for event in world.events()]
    assert told == [("written", None), ("moved", "agreed"), ("moved", "shared"), ("moved", "not-accepted")]
    said = str([event.data for event in world.events()])
    assert an_id("manager") not in said
    assert an_id("volunteer") not in said


def test_reads_under_embargo_are_written_down_and_later_ones_are_not(world: World) -> None:
    from services.reporting.store import reading

    written = world.written()
    world.call("volunteer", "GET", f"/recommendations/{written['id']}")
    world.to_stage("shared")
    world.call("staff", "GET", "/recommendations")
    with world.service.database.reading() as tx:
        reads = [(one.person_id, one.did) for one in reading.reads(tx, EXERCISE, 0, 100)]
    assert (an_id("volunteer"), f"read recommendation {written['id']}") in reads
    assert an_id("staff") not in {person for person, _ in reads}


def test_the_headline_measures(world: World) -> None:
    done = world.done()
    assert world.move("volunteer", done, "verified").status_code == 202
    world.moved("second-volunteer", done, "verified")
    refused = world.shared(title="Another")
    world.moved("manager", refused, "not-accepted", note="No money.")
    measures = world.call("lead", "GET", f"/exercises/{EXERCISE}/measures").get_json()
    assert measures["replied_in_time"] == {"count": 2, "of": 2, "percent": 100.0}
    assert measures["planned_or_made"] == {"count": 1, "of": 2, "percent": 50.0}
    assert measures["verified"] == {"count": 1, "of": 1, "percent": 100.0}
    assert measures["by_status"] == {"not-accepted": 1, "verified": 1}
