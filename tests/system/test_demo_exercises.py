"""The demo shows everything the product has to show, and it shows it after the whole way through three services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from services.assessment import demo as replies
from services.intake import demo as field_work
from services.reporting import demo as follow_up
from services.reporting.store import findings, recommendations
from services.reporting.store.tables import documents
from shared.backends import open_event_log
from shared.contracts import catalogue
from shared.contracts.demo_ids import JOBCENTRE_EXERCISE, demo_id
from shared.contracts.envelope import Envelope
from shared.messaging import dead_letters
from tests.system import System

EXERCISE = demo_id(JOBCENTRE_EXERCISE)
HOUSING = demo_id("housing-exercise")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    system = System(tmp_path_factory.mktemp("demo"))
    load(system)
    yield system
    system.close()


def load(system: System) -> None:
    field_work.load(system.intake)
    system.drain()
    replies.load(system.services["assessment"])
    follow_up.load(system.services["reporting"])
    system.drain()


def everything_said(system: System, topic: str) -> list[Envelope]:
    log = open_event_log(system.settings)
    reader = log.consumer("test-of-the-demo", [topic])
    found: list[Envelope] = []
    while batch := reader.poll(500):
        found += [delivery.envelope for delivery in batch]
        reader.commit(batch)
    reader.close()
    log.close()
    return found


@pytest.fixture(scope="module")
def waves(told: System) -> dict[tuple[str, int], dict[str, Any]]:
    """The last word of assessment on each wave."""
    said = everything_said(told, catalogue.ASSESSMENTS)
    return {
        (one.data["exercise_id"], one.data["wave"]): one.data["result"]
        for one in said
        if one.type == catalogue.WAVE_ASSESSED
    }


def zone(result: dict[str, Any], code: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in result["zones"] if one["zone"] == code)
    return found


def test_nothing_of_it_was_set_aside(told: System) -> None:
    for service in told.services.values():
        with service.database.reading() as tx:
            assert dead_letters.count(tx) == 0


def test_flags_and_caps_occur(waves: dict[tuple[str, int], dict[str, Any]]) -> None:
    before = waves[EXERCISE, 1]
    door = zone(before, "EN")
    assert door["caps"] == ["open-red", "many-red"]
    assert (door["band_by_points"], door["band"]) == ("some-strain", "heavy")
    assert zone(before, "RE")["caps"] == ["open-red"]
    assert zone(before, "QS")["state"] == "does-not-apply"
    assert zone(before, "WY")["state"] == "one-persons-view"
    assert zone(before, "AP")["amber"]
    assert before["agreement"]["facts"]["alpha"] is not None


def test_a_red_is_resolved_and_another_is_still_open(told: System) -> None:
    with told.services["reporting"].database.reading() as tx:
        found = findings.of_exercise(tx, EXERCISE, whole=())
    states = {(one["item"], one["kind"]): one["state"] for one in found}
    assert states["P-RE-03", "red"] == "resolved"
    assert states["P-WA-02", "red"] == "resolved"
    assert states["P-EN-01", "red"] == "open"
    assert states["M-WE-03", "red"] == "resolved"
    assert ("P-WA-07", "strength") in states


def test_the_manager_has_replied_beside_findings_once(told: System) -> None:
    load(told)
    with told.services["reporting"].database.reading() as tx:
        found = findings.of_exercise(tx, EXERCISE, whole=())
    replied = {one["item"]: one["reply"] for one in found if one["reply"]}
    assert set(replied) == {"P-AP-03", "P-WA-09"}


def test_two_visits_make_an_early_picture(waves: dict[tuple[str, int], dict[str, Any]]) -> None:
    early = waves[HOUSING, 1]
    assert early["site"]["band"] is None
    assert zone(early, "RE")["sure"] == "early"
    assert zone(early, "RE")["red"] == ["P-RE-03"]
    assert waves[HOUSING, 2]["sure"] == "one-persons-view"


def test_recommendations_have_come_to_many_places(told: System) -> None:
    with told.services["reporting"].database.reading() as tx:
        held = recommendations.of_exercise(tx, EXERCISE)
        kinds = set(tx.execute(select(documents.c.kind)).scalars())
    assert {one.status for one in held} == {
        "draft", "shared", "not-accepted", "planned", "doing", "partner-says-done", "verified", "paused",
    }  # fmt: skip
    assert all(one.findings or one.items for one in held)
    assert kinds == {"findings-pack", "recommendations"}


def test_loaded_again_it_is_as_it_was(told: System) -> None:
    with told.services["reporting"].database.reading() as tx:
        before = recommendations.histories(tx, [one.id for one in recommendations.of_exercise(tx, EXERCISE)])
    load(told)
    with told.services["reporting"].database.reading() as tx:
        again = recommendations.histories(tx, [one.id for one in recommendations.of_exercise(tx, EXERCISE)])
    assert again == before
