"""Which versions of documents are for others than the host: none from under embargo, none with what was taken back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from tests.service.reporting.test_documents import PATH, a_photo, with_photo
from tests.service.reporting.world import AMBER, EXERCISE, RED, STRENGTH, World

PACK = "findings-pack"
QUOTE = RED["quotes"][0]
WITHOUT = RED | {"quotes": [], "k": 1, "n": 2, "in_words": "1 of 2 visits."}
PAGE = f"/reports/{EXERCISE}/documents"


def versions(world: World, who: str, kind: str = PACK) -> list[int]:
    """The versions that are listed for somebody; each of them can be read."""
    items = [one for one in world.call(who, "GET", PATH).get_json()["items"] if one["kind"] == kind]
    for one in items:
        for each in one["formats"]:
            assert world.call(who, "GET", each["href"]).status_code == 200
    return [one["version"] for one in items]


def status(world: World, who: str, version: int, kind: str = PACK) -> int:
    """What somebody gets who guesses an address."""
    return world.call(who, "GET", f"{PATH}/{kind}/{version}.html").status_code


def made_under_embargo(world: World) -> None:
    """A lead has made both documents before anybody else may read them."""
    world.call("lead", "POST", PATH)
    world.make_documents()
    assert versions(world, "lead") == [1]


def test_nothing_made_under_embargo_ever_opens(world: World) -> None:
    made_under_embargo(world)
    world.findings([WITHOUT, STRENGTH], 2)
    world.to_stage("manager-review")
    assert versions(world, "manager") == versions(world, "manager", "recommendations") == []
    assert "The documents are being put together." in world.browser("manager").get(PAGE).text
    world.make_documents()
    for stage in ("manager-review", "shared", "action"):
        if stage != world.stage:
            world.to_stage(stage)
            world.make_documents()
        for who in ("manager", "sponsor", "volunteer"):
            assert 1 not in versions(world, who), (stage, who)
            assert status(world, who, 1) == status(world, who, 1, "recommendations") == 404, (stage, who)
    assert versions(world, "lead") == versions(world, "data-keeper") == [3, 2, 1]
    assert QUOTE in world.call("lead", "GET", f"{PATH}/{PACK}/1.json").text


def test_each_release_makes_its_own_version_even_when_nothing_else_is_new(world: World) -> None:
    made_under_embargo(world)
    world.to_stage("manager-review")
    world.make_documents()
    assert versions(world, "manager") == versions(world, "manager", "recommendations") == [2]
    world.to_stage("shared")
    assert versions(world, "staff") == versions(world, "manager") == []
    world.make_documents()
    for who in ("manager", "staff", "working-group"):
        assert versions(world, who) == versions(world, who, "recommendations") == [3], who
    world.to_stage("action")
    assert world.make_documents() == 0
    assert versions(world, "staff") == [3]
    world.to_stage("action", releases=(2,))
    assert versions(world, "staff") == []
    world.make_documents()
    assert versions(world, "staff") == [4]


def test_back_under_embargo_and_released_again(world: World) -> None:
    world.to_stage("manager-review")
    world.make_documents()
    world.to_stage("sense-making")
    world.findings([WITHOUT, STRENGTH], 2)
    world.to_stage("manager-review")
    assert status(world, "manager", 1) == 404
    world.make_documents()
    assert versions(world, "manager") == [2]


@pytest.mark.parametrize("stages", [("manager-review", "action"), ("closed", "action"), ("shared", "manager-review")])
def test_however_a_release_is_told_there_is_a_fresh_version(world: World, stages: tuple[str, str]) -> None:
    for stage in stages:
        world.to_stage(stage)
        world.make_documents()
    assert versions(world, "manager") == [2]


def test_what_was_taken_back_is_put_away_at_once(world: World) -> None:
    world.findings([with_photo(world, a_photo()), STRENGTH], 2)
    world.to_stage("shared")
    world.make_documents()
    before = world.call("lead", "GET", f"{PATH}/{PACK}/1.html").data
    assert QUOTE in world.call("staff", "GET", f"{PATH}/{PACK}/1.html").text
    world.findings([WITHOUT, STRENGTH], 3)
    others = ("staff", "manager", "sponsor", "working-group", "volunteer")
    for who in others:
        assert versions(world, who) == [], who
        assert status(world, who, 1) == 404, who
        assert versions(world, who, "recommendations") == [1], who
    assert "A new version is being put together." in world.browser("staff").get(PAGE).text
    world.make_documents()
    for who in others:
        assert versions(world, who) == [2], who
        assert status(world, who, 1) == 404, who
    page = world.browser("staff").get(PAGE).text
    assert "version 1" not in page.replace("Recommendations, version 1", "").replace("recommendations version 1", "")
    assert "put away" in page
    assert versions(world, "lead") == [2, 1]
    assert world.call("lead", "GET", f"{PATH}/{PACK}/1.html").data == before


def test_what_comes_to_the_same_opens_the_same_version(world: World) -> None:
    world.to_stage("shared")
    world.make_documents()
    world.findings([WITHOUT, STRENGTH], 2)
    world.findings([RED, AMBER, STRENGTH], 3)
    assert versions(world, "staff") == []
    world.make_documents()
    assert versions(world, "staff") == versions(world, "lead") == [1]


@pytest.mark.parametrize(
    "happens",
    [lambda world: world.findings([WITHOUT, STRENGTH], 2), lambda world: world.to_stage("shared")],
    ids=["something is taken back", "it is released"],
)
def test_what_happens_while_documents_are_made(
    world: World, monkeypatch: pytest.MonkeyPatch, happens: Callable[[World], object]
) -> None:
    world.to_stage("manager-review")
    put, left = world.service.objects.put, [happens]

    def put_meanwhile(*args: Any) -> Any:
        while left:
            left.pop()(world)
        return put(*args)

    monkeypatch.setattr(world.service.objects, "put", put_meanwhile)
    assert world.documents.run_once() == 1
    assert versions(world, "manager") == []
    assert world.make_documents() == 1
    newest = versions(world, "lead")[0]
    assert versions(world, "manager") == [newest]


def test_a_database_of_yesterday_opens_the_newest_version_alone(world: World) -> None:
    finding = world.written()["findings"][0]
    world.to_stage("shared")
    world.make_documents()
    world.findings([WITHOUT, STRENGTH], 2)
    world.make_documents()
    world.findings([STRENGTH], 3)
    world.make_documents()
    whole = json.dumps(RED)
    with world.service.database.transaction() as tx:
        for undone in (
            "DROP TABLE own_grounds",
            "DROP TABLE open_documents",
            "DROP INDEX document_requests_by_exercise",
            "ALTER TABLE last_looks DROP COLUMN day_before",
            "ALTER TABLE visit_stories DROP COLUMN as_of",
        ):
            tx.execute(text(undone))
        tx.execute(text("UPDATE alembic_version SET version_num = '0002'"))
        tx.execute(text("UPDATE findings SET data = :data WHERE id = :id"), {"data": whole, "id": finding})
    world.service.migrate()
    assert versions(world, "staff") == [3]
    assert versions(world, "lead") == [3, 2, 1]
    with world.service.database.reading() as tx:
        assert QUOTE not in str(tx.execute(text("SELECT data FROM findings WHERE current = 0")).all())
