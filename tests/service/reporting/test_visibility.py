"""Who sees which recommendation at which stage, through the API and the pages, and who may do what to it."""

from __future__ import annotations

import pytest

from tests.service.reporting.world import EXERCISE, PEOPLE, World

STAGES = ("plan", "fieldwork", "sense-making", "manager-review", "shared", "action", "closed")
ALL, SHARED, NONE, GONE = {"draft", "agreed", "shared"}, {"shared"}, set(), None
# domain.md §4 per stage; GONE: not even that there are recommendations.
SEEN = {
    "volunteer": (GONE, GONE, ALL, ALL, ALL, ALL, SHARED),
    "buddy": (GONE,) * 7,
    "lead": (ALL, ALL, ALL, ALL, ALL, ALL, NONE),
    "data-keeper": (ALL, ALL, ALL, ALL, ALL, ALL, NONE),
    "sponsor": (GONE, GONE, GONE, SHARED, SHARED, SHARED, NONE),
    "manager": (GONE, GONE, GONE, SHARED, SHARED, SHARED, NONE),
    "working-group": (GONE, GONE, GONE, GONE, ALL, ALL, NONE),
    "staff": (GONE, GONE, GONE, GONE, SHARED, SHARED, NONE),
}


@pytest.fixture
def three(world: World) -> dict[str, str]:
    """One draft, one agreed, one shared: status → id."""
    shared = world.shared(title="Shared one")
    agreed = world.written(title="Agreed one")
    world.moved("lead", agreed, "agreed", note="All for it.")
    return {"draft": world.written(title="Draft one")["id"], "agreed": agreed["id"], "shared": shared["id"]}


@pytest.mark.parametrize("place", range(7))
def test_what_each_role_sees(world: World, three: dict[str, str], place: int) -> None:
    world.to_stage(STAGES[place])
    for role, row in SEEN.items():
        listed = world.call(role, "GET", f"/recommendations?exercise_id={EXERCISE}")
        expected = row[place]
        if expected is None:
            assert listed.status_code == 404, role
        else:
            assert {one["status"] for one in listed.get_json()["items"]} == expected, role
        page = world.browser(role).get("/recommendations")
        assert page.status_code == (404 if expected is None else 200), role
        for status, one in three.items():
            code = 200 if expected and status in expected else 404
            assert world.call(role, "GET", f"/recommendations/{one}").status_code == code, (role, status)
            assert world.call(role, "GET", f"/recommendations/{one}/history").status_code == code
            assert world.browser(role).get(f"/recommendations/{one}").status_code == code
            title = f"{status.capitalize()} one"
            assert (title in page.get_data(as_text=True)) == (code == 200), (role, status)


def test_who_may_write(world: World) -> None:
    body = {"exercise_id": EXERCISE, "site_id": "x", "title": "T", "why": "W"}
    world.to_stage("shared")
    for role in PEOPLE:
        code = world.call(role, "POST", "/recommendations", body | {"site_id": EXERCISE}).status_code
        assert code == (422 if "volunteer" in PEOPLE[role] or role == "lead" else 403), role
    world.to_stage("closed")
    assert world.call("lead", "POST", "/recommendations", body | {"site_id": EXERCISE}).status_code == 403


def test_staff_and_sponsor_may_look_and_not_touch(world: World, three: dict[str, str]) -> None:
    world.to_stage("action")
    for role in ("staff", "sponsor"):
        path = f"/recommendations/{three['shared']}"
        assert world.call(role, "POST", f"{path}/moves", {"to": "accepted"}).status_code == 403
        assert world.call(role, "POST", f"{path}/comments", {"words": "x"}).status_code == 403
        assert world.call(role, "PATCH", path, {"title": "x"}).status_code == 403
        assert world.call(role, "POST", f"{path}/merges", {"merge": []}).status_code in (403, 422)
        assert '<form method="post" action="/recommendations' not in world.browser(role).get(path).get_data(
            as_text=True
        )


def test_the_closed_exercise_shows_others_only_what_it_came_to(world: World, three: dict[str, str]) -> None:
    world.moved("manager", {"id": three["shared"]}, "accepted-in-part", note="Half of it.")
    world.to_stage("closed")
    page = world.browser("staff").get("/recommendations").get_data(as_text=True)
    assert "what it came to" in page
    assert "Shared one" not in page
    measures = world.call("sponsor", "GET", f"/exercises/{EXERCISE}/measures")
    assert measures.get_json()["by_status"] == {"accepted-in-part": 1}
    assert world.call("buddy", "GET", f"/exercises/{EXERCISE}/measures").status_code == 404
