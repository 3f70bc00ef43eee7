"""Several people at the same moment: one move happens, and no check is lost or counted twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.service.reporting.world import World


def test_of_many_answers_at_once_one_counts(world: World) -> None:
    shared = world.shared()
    with ThreadPoolExecutor(6) as pool:
        wishes = ["accepted", "other-way-offered"] * 3
        answers = list(pool.map(lambda to: world.move("manager", shared, to).status_code, wishes))
    assert sorted(answers) == [200, 409, 409, 409, 409, 409]


def test_two_checks_at_once_are_two_checks(world: World) -> None:
    done = world.done()
    with ThreadPoolExecutor(6) as pool:
        who = ["volunteer", "second-volunteer"] * 3
        answers = list(pool.map(lambda name: world.move(name, done, "verified").status_code, who))
    assert answers.count(200) == 1
    history = world.call("lead", "GET", f"/recommendations/{done['id']}/history").get_json()["items"]
    assert [entry["kind"] for entry in history].count("check") == 1
    assert world.call("lead", "GET", f"/recommendations/{done['id']}").get_json()["status"] == "verified"
