"""From a finding's card to what is suggested about it and the answer, and back: one click, and nothing told that the
reader may not know."""

from __future__ import annotations

from services.reporting.store import reading
from tests.service.reporting.test_embargo import BOTH, LATER, second_wave
from tests.service.reporting.world import AMBER, EXERCISE, RED, SITE, STRENGTH, World, an_id

CARD = f"/findings/{EXERCISE}/{SITE}#finding-{RED['id']}"
NOTHING = "Nothing is suggested about this yet."


def about(finding: str) -> str:
    return f"/recommendations/findings/{finding}"


def test_a_finding_leads_to_the_suggestion_and_the_answer_word_for_word(world: World) -> None:
    asked = world.shared()
    manager = world.browser("manager")
    page = manager.get(about(RED["id"])).text
    assert "One recommendation came of this finding." in page
    assert page.count(f'href="{CARD}"') == 2, "back to the very card"
    for words in (asked["title"], "Others hear everything.", "No answer yet. It is due by 30 November 2026."):
        assert words in page
    assert f'href="/recommendations/{asked["id"]}#reply"' in page
    world.moved("manager", asked, "accepted-in-part", note="At the desk, <not> at the door.")
    page = manager.get(about(RED["id"])).text
    assert "At the desk, &lt;not&gt; at the door." in page
    assert "#reply" not in page
    assert NOTHING in manager.get(about(AMBER["id"])).text


def test_drafts_about_a_finding_are_told_only_to_those_who_read_drafts(world: World) -> None:
    world.to_stage("manager-review")
    draft = world.written(title="Only thought of")
    for name in ("lead", "volunteer"):
        page = world.browser(name).get(about(RED["id"])).text
        assert draft["title"] in page
        assert f"/recommendations/write/{EXERCISE}#finding-{RED['id']}" in page
    for name in ("manager", "sponsor"):
        page = world.browser(name).get(about(RED["id"])).text
        assert NOTHING in page
        assert draft["title"] not in page
        assert "/recommendations/write/" not in page


def test_a_finding_that_somebody_may_not_know_of_is_one_that_is_not_there(world: World) -> None:
    world.findings([RED, AMBER, STRENGTH], 2, for_partner=[RED])
    world.to_stage("manager-review")
    for name, finding in [("manager", AMBER["id"]), ("staff", RED["id"]), ("buddy", RED["id"])]:
        browser = world.browser(name)
        refused, nowhere = browser.get(about(finding)), browser.get(about(an_id("no finding")))
        assert (refused.status_code, refused.text) == (404, nowhere.text)
    assert world.browser("lead").get(about(AMBER["id"])).status_code == 200
    world.to_stage("action")
    second_wave(world)
    volunteer = world.browser("volunteer")
    assert volunteer.get(about(LATER["id"])).status_code == 404
    assert volunteer.get(about(BOTH["id"])).status_code == 200


def test_a_finding_that_is_no_longer_drawn_tells_the_lead_so_and_a_closed_exercise_tells_no_single_one(
    world: World,
) -> None:
    asked = world.shared()
    world.findings([AMBER], 2)
    page = world.browser("lead").get(about(RED["id"])).text
    assert "It is not among the findings now." in page
    assert asked["title"] in page
    assert "#finding-" not in page
    assert world.browser("manager").get(about(RED["id"])).status_code == 404
    world.to_stage("closed")
    page = world.browser("manager").get(about(AMBER["id"])).text
    assert "This exercise is closed." in page
    assert NOTHING not in page


def test_reading_it_under_embargo_is_on_record(world: World) -> None:
    world.browser("lead").get(about(RED["id"]))
    with world.service.database.reading() as tx:
        told = [one.did for one in reading.reads(tx, EXERCISE, 0, 10)]
    assert told == [f"read recommendations about finding {RED['id']}"]


def test_what_shows_a_change_is_named_and_a_promised_day_shows_nothing(world: World) -> None:
    asked, lead = world.shared(), world.browser("lead")
    world.moved("manager", asked, "accepted", evidence=[{"kind": "date", "text": "2026-12-24"}])
    world.moved("manager", asked, "planned", note="Tape.", evidence=[{"kind": "date", "text": "2026-12-24"}])
    assert "shown by" not in lead.get("/recommendations").text
    world.moved("manager", asked, "doing", note="Ordered.")
    proof = [{"kind": "photo", "text": "Left."}, {"kind": "photo", "text": "Right."}, {"kind": "policy", "text": "P."}]
    world.moved("manager", asked, "partner-says-done", evidence=proof)
    board, _, table = lead.get("/recommendations").text.partition("The same as a table")
    assert "shown by 2 photos, a policy" in board
    assert "<td>2 photos, a policy</td>" in table
