"""Dots: by oneself first, tallied by group, over once the partner has it."""

from __future__ import annotations

import pytest

from services.reporting.domain.voting import WHY_ALONE
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


def test_a_vote_that_is_recorded_says_how_the_group_agreed(world: World) -> None:
    path = f"/recommendations/{world.written()['id']}"

    def agree() -> int:
        return world.call("lead", "POST", f"{path}/moves", {"to": "agreed"}).status_code

    world.call("volunteer", "POST", f"{path}/votes", {"dots": 3})
    assert agree() == 422, "one person is no group"
    world.call("second-volunteer", "POST", f"{path}/votes", {"dots": 0})
    world.call("volunteer", "POST", f"{path}/votes", {"dots": 0})
    assert agree() == 422, "nobody was for it"
    world.call("second-volunteer", "POST", f"{path}/votes", {"dots": 2})
    assert agree() == 200


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


def test_nobody_outside_the_group_reads_the_vote_of_the_only_volunteer_who_voted(world: World) -> None:
    shared = world.shared()
    world.to_stage("sense-making")
    draft = world.written(title="Another")
    path = f"/recommendations/{draft['id']}/votes"
    world.call("volunteer", "POST", path, {"dots": 0})
    world.call("lead", "POST", path, {"dots": 3})
    world.moved("volunteer", draft, "agreed", note="All for it.")
    world.to_stage("manager-review")
    world.moved("lead", draft, "shared")
    for_manager = world.call("manager", "GET", path).get_json()
    assert for_manager["by_group"]["volunteers"] == {"people": None, "dots": None, "why": WHY_ALONE}
    assert for_manager["by_group"]["charity"] == {"people": 1, "dots": 3}
    assert for_manager["dots"] is None
    assert WHY_ALONE in world.browser("manager").get(f"/recommendations/{draft['id']}").text
    for role in ("lead", "volunteer", "second-volunteer"):
        assert world.call(role, "GET", path).get_json()["by_group"]["volunteers"] == {"people": 1, "dots": 0}
    assert world.call("manager", "GET", f"/recommendations/{shared['id']}/votes").get_json()["dots"] == 0


def test_the_tally_of_two_volunteers_is_told_so_that_nobody_is_outvoted_unseen(world: World) -> None:
    draft = world.written()
    path = f"/recommendations/{draft['id']}/votes"
    for who, dots in (("volunteer", 1), ("second-volunteer", 3)):
        world.call(who, "POST", path, {"dots": dots})
    world.moved("volunteer", draft, "agreed", note="All for it.")
    world.to_stage("manager-review")
    world.moved("lead", draft, "shared")
    found = world.call("manager", "GET", path).get_json()
    assert (found["by_group"], found["dots"]) == ({"volunteers": {"people": 2, "dots": 4}}, 4)
