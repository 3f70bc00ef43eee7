"""Pages of reporting as people use them: forms that work without scripts, and faults beside their fields."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, event

from tests.service.reporting.world import AMBER, EXERCISE, OTHER_SITE, RED, SITE, STRENGTH, World, an_id

WRITE = f"/recommendations/write/{EXERCISE}"
HEARD = f"/reports/{EXERCISE}"


def test_from_a_suggestion_to_a_shared_recommendation(world: World) -> None:
    lead = world.browser("lead")
    page = lead.get(WRITE).text
    assert "Prompt of P-RE-03" in page
    assert "Keep a space free in front of the desk" in page
    taken = world.post(
        lead, f"{WRITE}/drafts", {"site_id": SITE, "finding": RED["id"], "suggestion": "space-at-the-desk"}
    )
    assert taken.status_code == 303
    where = taken.headers["Location"].split("?")[0]
    assert "Keep a space free in front of the desk" in lead.get(where).text
    assert "There is a recommendation about this" in lead.get(WRITE).text
    empty = world.post(lead, f"{where}/moves", {"to": "agreed", "note": ""})
    assert empty.status_code == 422
    assert "There is a problem" in empty.text
    assert "Write down how it was agreed" in empty.text
    assert world.send(lead, f"{where}/moves", {"to": "agreed", "note": "All for it."}).status_code == 303
    world.to_stage("manager-review")
    assert world.send(lead, f"{where}/moves", {"to": "shared"}).status_code == 303
    assert "Please answer by <strong>30 November 2026</strong>" in world.browser("manager").get(where).text


def test_own_words_edits_and_merging(world: World) -> None:
    lead = world.browser("lead")
    fields = {"site_id": SITE, "finding": AMBER["id"], "title": "Tell people how long it takes"}
    where = world.post(lead, f"{WRITE}/drafts", fields).headers["Location"].split("?")[0]
    form = lead.get(f"{where}/edit").text
    assert 'value="Tell people how long it takes"' in form
    change = {"title": "Say how long", "why": "", "kind": "culture", "finding": STRENGTH["id"], "findings_listed": "1"}
    assert world.post(lead, f"{where}/edit", change).status_code == 303
    kept = world.call("lead", "GET", f"/api/reporting/v1{where}").get_json()
    assert (kept["title"], kept["kind"], kept["findings"]) == ("Say how long", "culture", [STRENGTH["id"]])
    wrong = world.post(lead, f"{where}/edit", {"title": "", "why": "x", "due": "soon"})
    assert wrong.status_code == 422
    assert 'id="f-title-fault"' in wrong.text
    other = world.written(title="The other one")
    first = where.rsplit("/", 1)[1]
    one = world.post(lead, f"{WRITE}/merges", {"draft": [first, other["id"]]})
    assert one.status_code == 303
    page = lead.get(one.headers["Location"]).text
    assert "Until it is shared, each can be taken out again." in page
    assert "Take it out again" in page
    assert "Made of several" in world.browser("volunteer").get(where).text
    for _ in ("once", "pressed twice"):
        assert world.post(lead, f"{where}/partings", {"other": other["id"]}).status_code == 303
    assert "Made of several" not in lead.get(where).text
    assert world.post(lead, f"{where}/partings", {"other": "x"}).status_code == 404
    refused = world.post(lead, f"{WRITE}/merges", {"draft": [first]})
    assert refused.status_code == 422
    assert "Tick at least two drafts." in refused.text
    refused = world.post(lead, f"{WRITE}/drafts", {"site_id": SITE, "finding": RED["id"], "title": "x" * 201})
    assert refused.status_code == 422
    assert f'href="#f-title-{RED["id"]}"' in refused.text
    assert "x" * 201 in refused.text, "what was typed is still there"


def test_the_group_puts_a_recommendation_on_its_grid(world: World) -> None:
    lead = world.browser("lead")
    one = world.written(title="Tell people how long it takes")
    assert "Where to begin" not in lead.get("/recommendations").text
    where = f"/recommendations/{one['id']}/edit"
    assert "How much effort would it take?" in lead.get(where).text
    assert world.post(lead, where, {"effort": "20", "difference": "80"}).status_code == 303
    page = lead.get("/recommendations").text
    assert "Quick wins" in page
    assert 'cx="20" cy="20"' in page
    far = world.post(lead, where, {"effort": "101", "difference": "much"})
    assert far.status_code == 422
    assert 'id="f-effort-fault"' in far.text
    assert 'id="f-difference-fault"' in far.text
    assert 'value="much"' in far.text
    assert world.post(lead, where, {"effort": "", "difference": ""}).status_code == 303
    assert "Where to begin" not in lead.get("/recommendations").text


def test_a_manager_answers_plans_and_says_done(world: World) -> None:
    shared = world.shared()
    manager, path = world.browser("manager"), f"/recommendations/{shared['id']}"
    no_reason = world.post(manager, f"{path}/moves", {"to": "not-accepted", "note": ""})
    assert no_reason.status_code == 422
    assert 'id="f-note-fault"' in no_reason.text
    nothing = world.post(manager, f"{path}/moves", {"note": "x"})
    assert nothing.status_code == 422
    assert world.send(manager, f"{path}/moves", {"to": "accepted", "note": "Gladly."}).status_code == 303
    no_date = world.post(manager, f"{path}/moves", {"to": "planned", "note": "Tape."})
    assert no_date.status_code == 422
    assert 'id="f-date-planned-fault"' in no_date.text
    over = world.post(manager, f"{path}/moves", {"to": "planned", "note": "Tape.", "date-planned": "2026-11-01"})
    assert over.status_code == 422
    assert "This day has passed. Choose a day from today on." in over.text
    plan = {"to": "planned", "note": "Tape.", "date": "2026-12-01"}
    assert world.send(manager, f"{path}/moves", plan).status_code == 303
    assert "1 December 2026" in manager.get(path).text
    assert world.send(manager, f"{path}/moves", {"to": "doing", "note": "Ordered."}).status_code == 303
    assert world.post(manager, f"{path}/moves", {"to": "partner-says-done"}).status_code == 422
    proof = {"to": "partner-says-done", "evidence_kind": "photo", "evidence_text": "The line on the floor."}
    assert world.send(manager, f"{path}/moves", proof).status_code == 303
    assert "I saw it: it is done" not in manager.get(path).text
    volunteer = world.browser("volunteer")
    assert "I saw it: it is done" in volunteer.get(path).text
    assert "said=recorded" in world.send(volunteer, f"{path}/moves", {"to": "verified"}).headers["Location"]
    page = volunteer.get(path).text
    assert "A second one’s check is needed." in page
    for words in ("Gladly.", "The line on the floor.", "Partner manager"):
        assert words in page
    assert not re.search(r"\d\d:\d\d", page)


def test_an_answer_is_looked_at_once_more_before_it_is_sent(world: World) -> None:
    shared = world.shared()
    manager, path = world.browser("manager"), f"/recommendations/{shared['id']}"
    no = {"to": "not-accepted", "note": "No money <this> year."}
    look = world.post(manager, f"{path}/moves", no)
    assert look.status_code == 200
    assert "Nothing is sent yet" in look.text
    assert look.text.count("No money &lt;this&gt; year.") == 2, "as it will be read, and to be sent"
    readers = look.text.split("Who reads it")[1].split("</p>")[0]
    assert "The volunteers, the charity and the managers and the sponsor of Seaside Council" in readers
    assert "the working group and everybody who works at Seaside Council" in readers
    assert world.call("manager", "GET", path).get_json()["status"] == "shared"
    back = world.post(manager, f"{path}/moves", {**no, "act": "change"})
    assert back.status_code == 200
    assert re.search(r'value="not-accepted" checked', back.text)
    assert "No money &lt;this&gt; year.</textarea>" in back.text
    assert world.post(manager, f"{path}/moves", {"to": "not-accepted", "note": " "}).status_code == 422
    assert world.send(manager, f"{path}/moves", {"to": "not-accepted", "note": " "}).status_code == 422
    other = world.post(manager, f"{path}/moves", {"to": "other-way-offered", "note": ""})
    assert "You have not said what you would do instead." in other.text
    assert world.send(manager, f"{path}/moves", no).status_code == 303
    assert world.send(manager, f"{path}/moves", no).status_code == 303, "pressed twice"
    history = world.call("manager", "GET", f"{path}/history").get_json()["items"]
    assert [line["to"] for line in history if line["kind"] == "move"][-2:] == ["shared", "not-accepted"]


def test_an_answer_that_comes_after_another_is_given_back(world: World) -> None:
    shared = world.shared()
    manager, path = world.browser("manager"), f"/recommendations/{shared['id']}"
    world.moved("manager", shared, "accepted", note="Yes.")
    late = world.send(manager, f"{path}/moves", {"to": "not-accepted", "note": "Words of half an hour."})
    assert late.status_code == 409
    assert "This was not sent" in late.text
    assert "Words of half an hour." in late.text
    assert world.call("manager", "GET", path).get_json()["status"] == "accepted"


def test_news_are_looked_at_once_more_before_they_are_added(world: World) -> None:
    path = f"/recommendations/{world.written()['id']}"
    lead = world.browser("lead")
    look = world.post(lead, f"{path}/comments", {"words": "We met."})
    assert look.status_code == 200
    assert "We met." not in lead.get(path).text
    readers = look.text.split("Who reads it")[1].split("</p>")[0]
    assert "managers" not in readers, "the partner reads from the day it was shared"
    assert "We met.</textarea>" in world.post(lead, f"{path}/comments", {"words": "We met.", "act": "change"}).text
    assert world.send(lead, f"{path}/comments", {"words": "We met."}).status_code == 303
    assert "We met." in lead.get(path).text


def test_every_move_says_what_it_needs(world: World) -> None:
    shared = world.shared()
    world.moved("manager", shared, "accepted")
    page = world.browser("manager").get(f"/recommendations/{shared['id']}").text.split('id="moves"')[1]
    assert "needs the first step and a date" in page
    assert "Pause it: needs a reason, a date and the working group’s yes" in page


def test_an_answer_is_not_promised_by_a_day_that_has_passed(world: World) -> None:
    shared = world.shared()
    manager, path = world.browser("manager"), f"/recommendations/{shared['id']}"
    over = world.post(manager, f"{path}/moves", {"to": "accepted", "note": "Gladly.", "date": "2026-01-01"})
    assert over.status_code == 422
    said = "This day has passed. Choose a day from today on, or leave it empty."
    assert re.search(rf'id="f-date-fault"[^\n]*{said}', over.text)
    assert "Gladly." in over.text, "what was typed is still there"
    assert "Your answer" in manager.get(path).text, "nothing was said yet"
    today = {"to": "accepted", "note": "Gladly.", "date": world.clock.now().date().isoformat()}
    assert world.send(manager, f"{path}/moves", today).status_code == 303
    assert "It is late" not in manager.get(path).text


def test_the_days_of_a_page_are_those_of_england(world: World) -> None:
    world.clock.move(datetime(2027, 6, 30, 23, 30, tzinfo=UTC) - world.clock.now())
    shared = world.shared()
    path = f"/recommendations/{shared['id']}"
    page = world.browser("manager").get(path).text
    assert "1 July 2027" in page.split('id="said"')[1]
    assert "Please answer by <strong>29 July 2027</strong>" in page
    world.clock.move(timedelta(days=28))
    assert "and is still wanted" not in world.browser("manager").get(path).text
    world.clock.move(timedelta(days=1))
    assert "and is still wanted" in world.browser("manager").get(path).text, "it is 30 July here"


def test_a_form_without_its_token_is_not_taken(world: World) -> None:
    shared = world.shared()
    answer = world.browser("manager").post(f"/recommendations/{shared['id']}/moves", data={"to": "accepted"})
    assert answer.status_code == 403


def test_the_board_says_what_moved_and_can_be_narrowed(world: World) -> None:
    world.shared(title="Costs nothing", cost_band="none")
    world.shared(title="Costs a lot", cost_band="more")
    manager = world.browser("manager")
    first = manager.get("/recommendations").text
    assert "The latest" in first
    world.clock.move(timedelta(days=1))
    assert "Nothing has moved since" in manager.get("/recommendations").text
    narrowed = manager.get("/recommendations?show=no-cost").text
    board = narrowed.split('class="od-board"')[1]
    assert "Costs nothing" in board
    assert "Costs a lot" not in board
    assert "Costs a lot" in manager.get("/recommendations?show=mine").text.split('class="od-board"')[1]
    assert "Nothing is silent." in manager.get("/recommendations?show=silent").text
    world.clock.move(timedelta(days=61))
    assert "No news for 60 days" in world.browser("manager").get("/recommendations?show=overdue").text


def test_the_board_asks_the_database_no_more_when_there_is_more_on_it(world: World) -> None:
    """Nor does it read findings, which a card does not name."""
    manager, asked = world.browser("manager"), []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    def steps() -> int:
        asked.clear()
        event.listen(Engine, "before_cursor_execute", note)
        assert manager.get("/recommendations?show=mine").status_code == 200
        event.remove(Engine, "before_cursor_execute", note)
        return len(asked)

    world.shared()
    before = steps()
    for title in ("The second one", "The third one"):
        world.shared(title=title)
    assert steps() == before > 0
    assert not [one for one in asked if "FROM findings" in one]


def test_the_way_back_leads_to_the_part_of_the_board_one_came_from(world: World) -> None:
    path = f"/recommendations/{world.shared()['id']}"
    manager = world.browser("manager")
    assert 'href="/recommendations">Recommendations' in manager.get(path).text.split("<main")[0]
    manager.get("/recommendations?show=mine")
    mine = manager.get(path).text
    assert 'href="/recommendations?show=mine">What waits for you' in mine
    assert "manager answers." not in mine, "whoever answers is not told that somebody else does"
    strange = manager.get('/recommendations?show="><b>').text
    assert '<strong aria-current="true">All</strong>' in strange
    assert "show=mine" not in manager.get(path).text.split("<main")[0], "all of it was looked at last"


def test_the_board_can_be_had_for_one_place_and_keeps_it_while_it_is_narrowed(world: World) -> None:
    here = world.shared(title="Asked of Harbour House")
    there = world.shared(title="Asked of Hill House", site_id=OTHER_SITE, findings=[], cost_band="more")
    manager, of_place = world.browser("manager"), f"exercise_id={EXERCISE}&amp;site_id={OTHER_SITE}"
    where = "/recommendations?" + of_place.replace("&amp;", "&")
    page = manager.get(where).text
    assert "Recommendations: Hill House" in page
    assert there["title"] in page
    assert here["title"] not in page
    for show in ("mine", "overdue", "silent", "no-cost"):
        assert f'href="/recommendations?show={show}&amp;{of_place}"' in page
    assert f'href="/findings/{EXERCISE}/{OTHER_SITE}"' in page
    assert f'href="/recommendations?exercise_id={EXERCISE}">Show all places' in page
    narrowed = manager.get(f"{where}&show=no-cost").text
    assert "There is none of that kind." in narrowed
    assert of_place in manager.get(f"/recommendations/{there['id']}").text.split("<main")[0]


def test_what_moved_stays_listed_until_the_next_day(world: World) -> None:
    manager = world.browser("manager")
    first = world.shared(title="The first one")

    def moved() -> str:
        return manager.get("/recommendations").text.split('id="moved"')[1].split("</section>")[0]

    assert "The latest" in moved()
    world.clock.move(timedelta(days=1))
    world.shared(title="The second one")
    for _ in range(3):
        page = moved()
        assert "What moved since 2 November 2026, when you last looked" in page
        assert "The second one" in page
        assert "The first one" not in page
        manager.get(f"/recommendations/{first['id']}")
        world.clock.move(timedelta(hours=4))
    world.clock.move(timedelta(hours=2))  # midnight is over
    assert "Nothing has moved since 3 November 2026" in moved()
    assert "Nothing has moved since 3 November 2026" in moved()


def test_what_came_of_it_waits_for_the_group_and_keeps_praise_apart(world: World) -> None:
    world.said("volunteer", RED, "They all turned round.")
    world.said("volunteer", STRENGTH, "The picture calmed me.", visit_id=an_id("another visit"))
    volunteer = world.browser("volunteer")

    def parts(page: str) -> dict[str, str]:
        return {part.split("</h3>")[0]: part for part in page.split("<h3>")[1:]}

    before = parts(volunteer.get("/changes").text)
    assert "They all turned round." in before["Waiting for the group"]
    assert "Nothing came of this yet" not in before
    assert "The picture calmed me." in before["You said that this helped"]
    told = {one["said"]: one["silence"] for one in world.call("volunteer", "GET", "/me/changes").get_json()["items"]}
    assert told["The picture calmed me."] is None
    assert told["They all turned round."].startswith("The group has not agreed on anything yet.")
    agreed = world.written(findings=[AMBER["id"]])
    world.moved("lead", agreed, "agreed", note="All for it.")
    after = parts(volunteer.get("/changes").text)
    assert "They all turned round." in after["Nothing came of this yet"]
    assert "The picture calmed me." in after["You said that this helped"]


def test_a_recommendation_stands_once_whatever_led_to_it(world: World) -> None:
    world.said("volunteer", RED, "They all turned round.")
    world.said("volunteer", AMBER, "Nobody said how long.", visit_id=an_id("another visit"))
    world.said("volunteer", AMBER, "Nobody said how long.", visit_id=an_id("a third visit"))
    world.moved("lead", world.written(findings=[RED["id"], AMBER["id"]]), "agreed", note="All for it.")
    page = world.browser("volunteer").get("/changes").text
    assert page.count("We asked them:") == 1
    for words in ("They all turned round.", "Nobody said how long."):
        assert page.count(words) == 1
    assert len(world.call("volunteer", "GET", "/me/changes").get_json()["items"]) == 3, "programs are told as before"


def test_the_lead_makes_the_pack_and_finds_it_again(world: World) -> None:
    lead = world.browser("lead")
    page = lead.get(f"{HEARD}/documents").text
    assert "There are no documents yet." in page
    asked = world.post(lead, f"{HEARD}/documents", {})
    assert asked.status_code == 303
    progress = lead.get(asked.headers["Location"]).text
    assert "You can leave this page" in progress
    assert 'value="0" max="2"' in progress
    found_again = lead.get(f"{HEARD}/documents").text
    assert asked.headers["Location"] in found_again
    assert "Make the pack" not in found_again, "it is being made"
    world.make_documents()
    assert "2 new documents." in lead.get(asked.headers["Location"]).text
    ready = lead.get(f"{HEARD}/documents").text
    assert "What volunteers found, version 1" in ready
    assert "Make the pack" in ready


def test_nobody_signed_in_is_sent_to_the_door(world: World) -> None:
    for path in ("/recommendations", f"/recommendations/{an_id('x')}", WRITE, HEARD, "/changes"):
        answer = world.app.test_client().get(path)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")


def test_no_page_needs_a_script_or_a_style_of_its_own(world: World) -> None:
    shared = world.shared()
    world.said("volunteer", RED, "Words.")
    world.to_stage("shared")
    world.moved("manager", world.shared(title="Two forms"), "accepted")
    two = world.browser("manager").get("/recommendations").text.split("/recommendations/")
    paths = {part[:36] for part in two if "Two forms" in part}
    for role, path in (
        *(("manager", f"/recommendations/{one}") for one in paths),
        ("lead", "/recommendations"),
        ("lead", WRITE),
        ("manager", f"/recommendations/{shared['id']}"),
        ("staff", HEARD),
        ("lead", f"{HEARD}/documents"),
        ("volunteer", "/changes"),
    ):
        page = world.browser(role).get(path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)|\bstyle=|<style|\bon[a-z]+=", page), path
        assert page.count("<h1") == 1, path
        ids = re.findall(r'\bid="([^"]+)"', page)
        assert len(ids) == len(set(ids)), path
