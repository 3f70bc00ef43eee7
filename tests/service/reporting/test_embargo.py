"""What was found of a wave under embargo stays with the charity: no side door tells of it, reads are on record.

(domain.md §4: volunteers see the group's findings from sense-making on; a later wave when two keys released it.)
"""

from __future__ import annotations

from typing import Any

import pytest

from services.reporting.store import reading
from tests.service.reporting.world import AMBER, EXERCISE, RED, SITE, World, a_finding, an_id

LATER = a_finding("P-EN-01", "EN", "amber", waves=[2])
BOTH = a_finding("P-WA-03", "WA", "amber", waves=[1, 2])


def second_wave(world: World) -> None:
    """The second wave has begun to tell, and nobody released it."""
    world.second_wave_tells()
    world.findings([RED, BOTH, LATER], 2, for_partner=[RED, AMBER])


def changes(world: World, name: str = "volunteer") -> list[Any]:
    """The findings that somebody is told their own words became part of."""
    return [one["finding_id"] for one in world.call(name, "GET", "/me/changes").get_json()["items"]]


@pytest.mark.parametrize("stage", ["plan", "fieldwork"])
def test_nobody_learns_from_their_own_words_what_others_said_before_sense_making(world: World, stage: str) -> None:
    world.said("volunteer", AMBER, "My own words.")
    assert changes(world) == [AMBER["id"]]
    world.to_stage(stage)
    assert changes(world) == []
    page = world.browser("volunteer").get("/changes")
    assert (page.status_code, "My own words." in page.text) == (200, False)


def test_somebody_of_the_partner_learns_by_their_visit_only_what_the_partner_may_see(world: World) -> None:
    world.findings([RED, AMBER], 2, for_partner=[RED])
    for at, finding in enumerate((RED, AMBER)):
        world.said("volunteer-of-the-partner", finding, None, visit_id=an_id(f"visit {at}"))
    assert changes(world, "volunteer-of-the-partner") == []
    world.to_stage("shared")
    assert changes(world, "volunteer-of-the-partner") == [RED["id"]]


def test_what_a_later_wave_found_comes_to_a_volunteers_changes_when_it_is_released(world: World) -> None:
    world.to_stage("action")
    second_wave(world)
    for at, (finding, wave) in enumerate([(RED, 1), (LATER, 1), (LATER, 2), (BOTH, 2)]):
        world.said("volunteer", finding, None, visit_id=an_id(f"visit {at}"), wave=wave)
    assert set(changes(world)) == {RED["id"], BOTH["id"]}
    world.to_stage("action", releases=(2,))
    assert sorted(changes(world)) == sorted([RED["id"], BOTH["id"], LATER["id"], LATER["id"]])


@pytest.mark.parametrize("role", ["volunteer", "volunteer-of-the-partner"])
def test_whether_a_finding_is_there_cannot_be_had_by_writing_about_it(world: World, role: str) -> None:
    world.to_stage("action")
    second_wave(world)
    body = {"exercise_id": EXERCISE, "site_id": SITE, "title": "Another door", "why": "It was shut."}

    def ask(finding: str, name: str = role) -> tuple[int, Any]:
        answer = world.call(name, "POST", "/recommendations", body | {"findings": [finding]})
        return answer.status_code, answer.get_json().get("errors")

    assert ask(LATER["id"]) == ask(an_id("no finding"))
    assert ask(LATER["id"])[0] == 422
    assert ask(RED["id"])[0] == ask(BOTH["id"])[0] == 201
    mine = world.written(role)
    changed = world.call(role, "PATCH", f"/recommendations/{mine['id']}", {"findings": [RED["id"], LATER["id"]]})
    assert changed.status_code == 422
    assert ask(LATER["id"], "lead")[0] == 201
    world.to_stage("action", releases=(2,))
    world.findings([RED, BOTH, LATER], 3)
    assert ask(LATER["id"])[0] == 201


def test_a_finding_that_is_drawn_no_more_is_linked_anew_by_nobody_but_the_charity(world: World) -> None:
    held = world.written("volunteer", findings=[AMBER["id"]])
    world.findings([RED], 2)
    body = {"exercise_id": EXERCISE, "site_id": SITE, "title": "T", "findings": [AMBER["id"]]}
    assert world.call("volunteer", "POST", "/recommendations", body).status_code == 422
    assert world.call("lead", "POST", "/recommendations", body).status_code == 201
    kept = world.call("volunteer", "PATCH", f"/recommendations/{held['id']}", {"title": "Said better"})
    assert kept.status_code == 200


def test_the_charity_reads_a_later_wave_on_record_until_it_is_released(world: World) -> None:
    asked = world.written()
    world.to_stage("action")

    def reads() -> list[str]:
        for name in ("lead", "volunteer"):
            for path in (f"write/{EXERCISE}", asked["id"], f"{asked['id']}/edit"):
                assert world.browser(name).get(f"/recommendations/{path}").status_code == 200
        with world.service.database.reading() as tx:
            found = [(one.person_id, one.did.removeprefix("read ")) for one in reading.reads(tx, EXERCISE, 0, 100)]
        assert an_id("volunteer") not in {person for person, _ in found}
        return [what for _, what in found if what not in before]

    before: list[str] = []
    before = reads()  # those of writing it, before it was shared
    assert reads() == []
    second_wave(world)
    assert set(reads()) >= {"writing page", f"findings to link to {asked['id']}"}
