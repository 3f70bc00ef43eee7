"""Events of assessment and the directory: each once, in any order, and nothing for those they are not meant for."""

from __future__ import annotations

import itertools
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select

from services.reporting.store import documents, findings, tables
from tests.service.reporting.world import AMBER, EXERCISE, RED, SITE, STRENGTH, World, a_finding, an_id


def drawn(world: World) -> set[str]:
    """The items of the findings that stand."""
    with world.service.database.reading() as tx:
        return {one["item"] for one in findings.of_exercise(tx, EXERCISE, whole=findings.EVERYWHERE)}


def test_only_the_highest_revision_counts_in_whatever_order(tmp_path: Path) -> None:
    states = []
    for place, order in enumerate(itertools.permutations([2, 3, 4])):
        world = World(tmp_path / str(place))
        items = {2: [RED], 3: [AMBER], 4: [RED, STRENGTH]}
        for revision in order:
            world.findings(items[revision], revision)
        states.append(drawn(world))
        world.service.database.close()
    assert states == [{"P-RE-03", "P-WA-07"}] * 6


def test_the_same_event_twice_changes_nothing(world: World) -> None:
    event = world.findings([AMBER], 2)
    once = drawn(world)
    world.again(event)
    assert drawn(world) == once == {"P-WA-03"}
    told = world.said("volunteer", RED, "In my words.")
    first = world.call("volunteer", "GET", "/me/changes").get_json()
    world.again(told)
    assert world.call("volunteer", "GET", "/me/changes").get_json() == first


def test_a_recommendation_keeps_a_finding_that_is_no_longer_drawn(world: World) -> None:
    written = world.written()
    world.findings([AMBER], 2)
    kept = world.call("lead", "GET", f"/recommendations/{written['id']}").get_json()
    assert kept["findings"] == [RED["id"]]
    assert world.call("lead", "PATCH", f"/recommendations/{written['id']}", {"why": "Still."}).status_code == 200
    assert "not among the findings now" in world.browser("lead").get(f"/recommendations/{written['id']}").text


def test_of_a_finding_that_is_no_longer_drawn_nothing_said_or_counted_is_left(world: World) -> None:
    marks = [{"kind": "trigger", "strength": 2, "words": "This glass.", "x": 10, "y": 20, "w": 30, "h": 25}]
    display = {"key": "photos/1", "sha256": "a" * 64, "media_type": "image/jpeg", "width": 12, "height": 8}
    photo = {"id": an_id("photo"), "zone": "RE", "marks": marks, "display": display}
    whole = RED | {"photos": [photo], "k": 1, "n": 4, "in_words": "1 of 4 visits.", "reply": "We did not know."}
    world.findings([whole, AMBER], 2)
    address = f"/recommendations/{world.written()['id']}"
    secrets = (RED["quotes"][0], "This glass.", photo["id"], "1 of 4 visits", "We did not know.")
    readers = ("lead", "data-keeper", "volunteer", "second-volunteer")
    for who in readers:
        assert all(secret in world.browser(who).get(address).text for secret in secrets), who
    world.findings([AMBER], 3)
    for who in readers:
        page = world.browser(who).get(address).text
        assert "Prompt of P-RE-03" in page
        assert "not among the findings now" in page
        assert "How often it happened" not in page
        assert not [one for one in secrets if one in page + world.call(who, "GET", address).text], who
    with world.service.database.reading() as tx:
        (held,) = findings.by_id(tx, [RED["id"]], whole=findings.EVERYWHERE).values()
        stored = tx.execute(select(tables.findings.c.data).where(tables.findings.c.id == RED["id"])).scalar_one()
    assert set(stored) == {"id", "item", "prompt", "zone", "kind"}
    assert held == stored | {"site_id": SITE, "current": False}
    world.findings([whole, AMBER], 4)
    assert all(secret in world.browser("volunteer").get(address).text for secret in secrets)


def test_what_a_partner_may_not_see_is_not_on_their_page(world: World) -> None:
    hidden = RED | {"k": None, "n": None, "quotes": [], "in_words": "Too few to say.", "prevalence": None}
    world.findings([RED, AMBER], 2, for_partner=[hidden])
    shared = world.shared(findings=[RED["id"], AMBER["id"]])
    for_lead = world.browser("lead").get(f"/recommendations/{shared['id']}").text
    for_manager = world.browser("manager").get(f"/recommendations/{shared['id']}").text
    assert "The whole queue turned round." in for_lead
    assert "Prompt of P-WA-03" in for_lead
    assert "The whole queue turned round." not in for_manager
    assert "Prompt of P-WA-03" not in for_manager
    assert "Too few to say." in for_manager


def test_volunteers_see_findings_whole_until_a_wave_under_embargo_begins(world: World) -> None:
    world.findings([RED, AMBER], 2, for_partner=[])
    shared = world.shared(findings=[RED["id"], AMBER["id"]])
    path = f"/recommendations/{shared['id']}"
    assert "The whole queue turned round." in world.browser("volunteer").get(path).text
    assert "The whole queue turned round." not in world.browser("volunteer-of-the-partner").get(path).text
    world.second_wave_tells()
    assert "The whole queue turned round." not in world.browser("volunteer").get(path).text
    assert "The whole queue turned round." in world.browser("lead").get(path).text
    world.to_stage("action", releases=(2,))
    assert "The whole queue turned round." in world.browser("volunteer").get(path).text


def test_a_withdrawn_visit_takes_its_story_along(world: World) -> None:
    world.said("volunteer", RED, "In my words.")
    world.said("volunteer", RED, None, version=2, said=[], dropped=True)
    world.said("volunteer", RED, "Late and old.", version=1)
    assert world.call("volunteer", "GET", "/me/changes").get_json()["items"] == []


def test_what_became_of_a_visit_does_not_hang_on_the_order_in_which_it_is_told(world: World) -> None:
    """A dead letter that is tried again comes late: it takes back neither a withdrawal nor what was told since."""

    def of_the_visit() -> dict[str, object]:
        with world.service.database.reading() as tx:
            return dict(tx.execute(select(tables.visit_stories)).one()._mapping)

    events = [world.said("volunteer", RED, "In my words.")]
    world.clock.move(timedelta(minutes=1))
    events.append(world.said("volunteer", AMBER, None))
    for order in itertools.permutations(events):
        with world.service.database.transaction() as tx:
            tx.execute(delete(tables.visit_stories))
        for event in order:
            world.again(event)
        assert of_the_visit()["said"] == events[1].data["said"]
    world.clock.move(timedelta(minutes=1))
    events.append(world.said("volunteer", RED, None, said=[], dropped=True))
    states = []
    for order in itertools.permutations(events):
        with world.service.database.transaction() as tx:
            tx.execute(delete(tables.visit_stories))
        for event in order:
            world.again(event)
        assert world.call("volunteer", "GET", "/me/changes").get_json()["items"] == []
        states.append(of_the_visit())
    assert all(state == states[0] for state in states)
    assert (states[0]["said"], states[0]["dropped"]) == ([], True)


def test_a_withdrawn_visit_stays_withdrawn_whatever_version_is_told(world: World) -> None:
    world.said("volunteer", RED, None, said=[], dropped=True)
    world.clock.move(timedelta(minutes=1))
    world.said("volunteer", RED, "In my words.", version=2)
    assert world.call("volunteer", "GET", "/me/changes").get_json()["items"] == []


def test_what_became_of_a_visit_that_yesterdays_code_wrote_gives_way(world: World) -> None:
    told = world.said("volunteer", RED, "In my words.")
    columns = set(tables.visit_stories.c.keys()) - {"as_of"}
    with world.service.database.transaction() as tx:
        tx.execute(delete(tables.visit_stories))
        tx.execute(insert(tables.visit_stories), {name: told.data[name] for name in columns})
    world.said("volunteer", AMBER, None)
    with world.service.database.reading() as tx:
        (said,) = tx.execute(select(tables.visit_stories.c.said)).scalars()
    assert said[0]["finding_id"] == AMBER["id"]


@pytest.mark.parametrize("stage", ["manager-review", "shared", "closed"])
def test_stages_that_share_something_ask_for_documents(world: World, stage: str) -> None:
    world.to_stage(stage)
    world.to_stage(stage)
    with world.service.database.reading() as tx:
        assert documents.how_many_wait(tx) == 1


def test_other_stages_do_not(world: World) -> None:
    for stage in ("plan", "fieldwork", "sense-making"):
        world.to_stage(stage)
    with world.service.database.reading() as tx:
        assert documents.how_many_wait(tx) == 0
    world.to_stage("shared")
    world.make_documents()
    world.to_stage("action")
    with world.service.database.reading() as tx:
        assert documents.how_many_wait(tx) == 0


def test_a_directory_that_keeps_only_the_latest_stage_asks_as_well(world: World) -> None:
    world.to_stage("action")
    with world.service.database.reading() as tx:
        assert documents.how_many_wait(tx) == 1


def test_only_what_a_partner_may_see_asks_for_new_documents(world: World) -> None:
    world.to_stage("manager-review")
    world.make_documents()

    def asked() -> int:
        with world.service.database.reading() as tx:
            return documents.how_many_wait(tx)

    everything = [RED, AMBER, STRENGTH]
    world.findings([*everything, a_finding("P-RE-02", "RE", "amber")], 2, for_partner=everything)
    assert asked() == 0
    place = {"exercise_id": EXERCISE, "site_id": SITE, "revision": 1, "result": {}}
    world.hear("org.opendoor.wave.assessed.v1", "k", place | {"wave": 2, "for_partner": {"wave": 2}})
    assert asked() == 0
    world.hear("org.opendoor.wave.assessed.v1", "k", place | {"wave": 1, "for_partner": {"wave": 1}})
    assert asked() == 1
    world.make_documents()
    world.findings([RED], 3)
    assert asked() == 1


def test_a_wave_is_taken_once_per_revision(world: World) -> None:
    def result(percent: float) -> dict[str, object]:
        return {"exercise_id": EXERCISE, "site_id": SITE, "wave": 1, "zones": [], "percent": percent}

    for revision, percent in ((2, 20.0), (1, 10.0), (2, 99.0), (3, 30.0)):
        data = {
            "exercise_id": EXERCISE,
            "site_id": SITE,
            "wave": 1,
            "revision": revision,
            "result": result(percent),
            "for_partner": result(percent),
        }
        world.hear("org.opendoor.wave.assessed.v1", f"{EXERCISE}/{SITE}", data)
    with world.service.database.reading() as tx:
        assert [one["percent"] for one in findings.results(tx, EXERCISE)] == [30.0]


def test_a_volunteer_reads_only_what_came_of_their_own_visits(world: World) -> None:
    world.said("volunteer", RED, "My own words.")
    world.said("second-volunteer", STRENGTH, None)
    mine = world.call("volunteer", "GET", "/me/changes").get_json()["items"]
    theirs = world.call("second-volunteer", "GET", "/me/changes").get_json()["items"]
    assert [(one["said"], one["item"]) for one in mine] == [("My own words.", "P-RE-03")]
    assert [(one["said"], one["item"]) for one in theirs] == [(None, "P-WA-07")]
    assert world.call("manager", "GET", "/me/changes").get_json()["items"] == []
    assert world.browser("manager").get("/changes").status_code == 404


def test_you_said_they_answered_it_was_done_you_checked(world: World) -> None:
    world.said("volunteer", RED, "My own words.")
    empty = world.call("volunteer", "GET", "/me/changes").get_json()["items"][0]
    assert (empty["recommendation"], empty["silence"] is not None) == (None, True)
    draft = world.written()
    assert world.call("volunteer", "GET", "/me/changes").get_json()["items"][0]["recommendation"] is None
    world.moved("lead", draft, "agreed", note="All for it.")
    world.to_stage("manager-review")
    world.moved("lead", draft, "shared")
    waiting = world.call("volunteer", "GET", "/me/changes").get_json()["items"][0]
    assert (waiting["answered"], waiting["silence"]) == (None, "No answer yet. It is due by 30 November 2026.")
    world.moved("manager", draft, "accepted-in-part", note="The line, yes; the room, no.")
    proof = [{"kind": "date", "text": "2026-12-01"}]
    world.moved("manager", draft, "planned", note="Tape.", evidence=proof)
    world.moved("manager", draft, "doing", note="Ordered.")
    world.moved("manager", draft, "partner-says-done", evidence=[{"kind": "photo", "text": "The line."}])
    world.move("volunteer", draft, "verified")
    world.moved("second-volunteer", draft, "verified")
    told = world.call("volunteer", "GET", "/me/changes").get_json()["items"][0]
    assert told["said"] == "My own words."
    assert (told["answered"]["status"], told["answered"]["words"]) == (
        "accepted-in-part",
        "The line, yes; the room, no.",
    )
    assert [one["status"] for one in told["done"]] == ["planned", "doing", "partner-says-done"]
    assert [one["status"] for one in told["checked"]] == ["verified"]
    assert told["silence"] is None
    page = world.browser("volunteer").get("/changes").text
    for words in ("My own words.", "The line, yes; the room, no.", "Ordered.", "Two volunteers went back"):
        assert words in page
    world.to_stage("closed")
    assert world.call("volunteer", "GET", "/me/changes").get_json()["items"][0]["checked"]


def test_a_finding_kind_that_changes_is_another_finding(world: World) -> None:
    world.findings([a_finding("P-RE-03", "RE", "amber")], 2)
    assert drawn(world) == {"P-RE-03"}
    written = world.written(findings=[an_id("P-RE-03/RE/amber")])
    assert written["findings"] != [RED["id"]]


def test_what_came_of_it_comes_in_pages(world: World) -> None:
    world.said("volunteer", RED, "My own words.")
    for number in range(3):
        world.moved("lead", world.written(title=f"Number {number}"), "agreed", note="All for it.")
    whole = world.call("volunteer", "GET", "/me/changes").get_json()
    assert (len(whole["items"]), whole["next"]) == (3, None)
    first = world.call("volunteer", "GET", "/me/changes?limit=2").get_json()
    rest = world.call("volunteer", "GET", f"/me/changes?limit=2&after={first['next']}").get_json()
    assert (first["items"] + rest["items"], rest["next"]) == (whole["items"], None)
    for query in ("limit=0", "limit=201", "limit=x", "after=!!"):
        assert world.call("volunteer", "GET", f"/me/changes?{query}").status_code == 422
