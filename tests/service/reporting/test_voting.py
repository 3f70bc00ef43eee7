"""Dots: by oneself first, tallied by group, over once the partner has it."""

from __future__ import annotations

import pytest

from tests.service.reporting.world import World


def test_one_sees_the_others_dots_when_one_has_voted(world: World) -> None:
    path = f"/recommendations/{world.written()['id']}/votes"
    assert world.call("volunteer", "POST", path, {"dots": 3}).get_json() == {
        "mine": 3,
        "by_group": {"volunteers": {"people": 1, "dots": 3}},
        "dots": 3,
    }
    assert world.call("second-volunteer", "GET", path).get_json() == {"mine": None, "by_group": None, "dots": None}
    world.call("second-volunteer", "POST", path, {"dots": 1})
    world.call("volunteer", "POST", path, {"dots": 0})
    found = world.call("lead", "POST", path, {"dots": 2}).get_json()
    assert found["by_group"] == {"charity": {"people": 1, "dots": 2}, "volunteers": {"people": 2, "dots": 1}}
    assert found["dots"] == 3


def test_voting_is_over_once_it_is_shared(world: World) -> None:
    path = f"/recommendations/{world.shared()['id']}/votes"
    answer = world.call("volunteer", "POST", path, {"dots": 1})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "already-shared")


@pytest.mark.parametrize("dots", [-1, 4, "2", 1.5, None, [1]])
def test_there_are_three_dots_and_no_more(world: World, dots: object) -> None:
    path = f"/recommendations/{world.written()['id']}/votes"
    assert world.call("lead", "POST", path, {"dots": dots}).status_code == 422


def test_the_partner_has_no_vote_and_the_working_group_has(world: World) -> None:
    path = f"/recommendations/{world.written()['id']}/votes"
    world.to_stage("shared")
    assert world.call("working-group", "POST", path, {"dots": 2}).get_json()["by_group"] == {
        "working-group": {"people": 1, "dots": 2}
    }
    for role in ("manager", "sponsor", "staff"):
        assert world.call(role, "POST", path, {"dots": 2}).status_code == 404
    assert world.call("data-keeper", "POST", path, {"dots": 2}).status_code == 403


def test_the_page_takes_dots(world: World) -> None:
    written = world.written()
    volunteer, path = world.browser("volunteer"), f"/recommendations/{written['id']}"
    assert "You see everybody’s dots when you have put yours." in volunteer.get(path).text
    assert world.post(volunteer, f"{path}/votes", {"dots": ""}).status_code == 422
    assert world.post(volunteer, f"{path}/votes", {"dots": "2"}).status_code == 303
    assert "so that nobody is outvoted unseen" in volunteer.get(path).text
