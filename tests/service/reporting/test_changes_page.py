"""The page "What came of it", as somebody reads it on a bad day: what changed first, and no "not yet" after a no."""

from __future__ import annotations

from tests.service.reporting.world import AMBER, RED, World, an_id


def test_what_has_changed_stands_first_and_every_no_stands_in_the_list(world: World) -> None:
    world.said("volunteer", RED, "They all turned round.")
    world.said("volunteer", AMBER, "Nobody said how long.", visit_id=an_id("another visit"))
    refused = world.shared(title="Move the desk", findings=[RED["id"]])
    world.moved("manager", refused, "not-accepted", note="The wall holds the roof.")
    asked = world.shared(title="Keep a space free", findings=[AMBER["id"]])
    world.moved("manager", asked, "accepted")
    plan = {"note": "Tape on the floor.", "evidence": [{"kind": "date", "text": "2026-12-01"}]}
    world.moved("manager", asked, "planned", **plan)
    page = world.browser("volunteer").get("/changes").text
    overview, told = page.split('id="asked-', 1)
    for title in ("Move the desk", "Keep a space free"):
        assert title in overview
    assert told.index("Tape on the floor.") < told.index("The wall holds the roof.")


def test_after_a_no_nothing_more_is_awaited(world: World) -> None:
    world.said("volunteer", RED, "They all turned round.")
    asked = world.shared()
    waiting = world.browser("volunteer").get("/changes").text
    assert "Nobody has gone back to look yet." in waiting, "silence is shown while something may still come"
    world.moved("manager", asked, "not-accepted", note="The wall holds the roof.")
    page = world.browser("volunteer").get("/changes").text
    assert "The wall holds the roof." in page
    assert "Nobody has gone back to look yet." not in page
    assert "Nothing that we know of yet." not in page
