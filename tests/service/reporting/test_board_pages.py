"""The page of recommendations, narrowed: who asks for what waits for them, or for one exercise, sees no more."""

from __future__ import annotations

from datetime import timedelta

from shared.contracts import catalogue
from tests.service.reporting.world import EXERCISE, World, an_id

OTHER = an_id("other exercise")


def test_what_waits_for_a_manager_stands_first_and_alone(world: World) -> None:
    later = world.shared(title="Asked later")
    world.moved("manager", world.shared(title="Said yes"), "accepted")
    world.moved("manager", world.shared(title="Said no"), "not-accepted", note="The landlord will not.")
    page = world.browser("manager").get("/recommendations?show=mine").text
    assert '<h1 class="od-title">What waits for you</h1>' in page
    assert "The latest" not in page, "the manager came for what waits"
    assert "Nothing to check." not in page, "an empty column says nothing to somebody who asked for a part"
    assert later["title"] in page
    assert "Said no" not in page
    assert "Nothing waits for you just now." in world.browser("sponsor").get("/recommendations?show=mine").text


def test_what_is_paused_waits_for_nobody_until_its_day(world: World) -> None:
    one = world.moved("manager", world.shared(title="Put off"), "accepted")
    world.to_stage("action")
    pause = {"note": "After the works.", "evidence": [{"kind": "date", "text": "2026-12-01"}]}
    assert world.move("manager", one, "paused", **pause).status_code == 202
    world.moved("working-group", one, "paused", **pause)
    manager = world.browser("manager")
    assert "Put off" not in manager.get("/recommendations?show=mine").text
    world.clock.move(timedelta(days=40))
    assert "Put off" in world.browser("manager").get("/recommendations?show=mine").text


def test_nobody_is_offered_what_cannot_wait_for_them(world: World) -> None:
    world.shared()
    world.to_stage("shared")
    assert "Waiting for me" not in world.browser("staff").get("/recommendations").text
    assert "Waiting for me" in world.browser("manager").get("/recommendations").text


def test_from_an_exercise_one_comes_to_its_recommendations_only(world: World) -> None:
    _add_another_exercise(world)
    world.written(title="In the first one")
    world.written(title="In the other one", exercise_id=OTHER, site_id=an_id("far site"), findings=[], items=[])
    lead = world.browser("lead")
    both = lead.get("/recommendations").text
    assert "In the first one" in both
    assert "In the other one" in both
    page = lead.get(f"/recommendations?exercise_id={OTHER}").text
    assert '<h1 class="od-title">Recommendations: Far away</h1>' in page
    assert "In the other one" in page
    assert "In the first one" not in page
    assert f'href="/recommendations?show=overdue&amp;exercise_id={OTHER}"' in page, "a filter stays in the exercise"
    assert "In the first one" in lead.get(f"/recommendations?exercise_id={an_id('no exercise')}").text


def test_all_that_moved_since_the_last_look_is_told(world: World) -> None:
    world.shared(title="Seen before")
    manager = world.browser("manager")
    manager.get("/recommendations")
    world.clock.move(timedelta(days=1))
    for number in range(7):
        world.shared(title=f"Number {number}")
    page = manager.get("/recommendations").text.split('id="moved"')[1].split("</section>")[0]
    assert "Moved too since then (2)" in page
    assert all(f"Number {number}" in page for number in range(7))
    assert "Seen before" not in page


def _add_another_exercise(world: World) -> None:
    world.hear(
        catalogue.EXERCISE_PLANNED,
        OTHER,
        {
            "exercise_id": OTHER,
            "version": 1,
            "title": "Far away",
            "mode": "announced",
            "stage": "sense-making",
            "partner": {"id": an_id("partner"), "name": "Seaside Council", "kind": "housing"},
            "sites": [{"id": an_id("far site"), "name": "Far House", "zones": ["RE"], "photos_allowed": True}],
            "waves": [{"number": 1, "opens": "2026-10-01", "closes": "2026-10-31"}],
            "wave_releases": [],
            "shared_before": False,
        },
    )
    memberships = [{"exercise_id": one, "roles": ["lead"], "representative": False} for one in (EXERCISE, OTHER)]
    listed = {"person_id": an_id("lead"), "version": 2, "memberships": memberships}
    world.hear(catalogue.PERSON_LISTED, an_id("lead"), listed)
