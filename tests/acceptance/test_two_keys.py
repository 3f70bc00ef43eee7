"""An embargo ends by two recorded acts of two people, one a lead and one a representative of the volunteers, and by
nothing else: no date, no stage, no repeated act, no partner.
"""

import uuid
from random import Random
from typing import Any

import pytest

from tests.acceptance import visits
from tests.acceptance.plans import World, make_plan, new_world
from tests.acceptance.product import Product
from tests.acceptance.who_sees_what import figures

pytestmark = pytest.mark.slow


def release(world: World, who: str, to: str, **more: Any) -> tuple[int, str]:
    """One person's act: status and code."""
    path = f"/api/intake/v1/exercises/{world.exercise}/releases"
    answer = world.people[who].post(path, {"to": to, **more})
    return answer.status_code, str(answer.json().get("code", ""))


def stage(world: World) -> str:
    """Where the exercise is, as its lead sees it."""
    answer = world.role("lead").get(f"/api/intake/v1/exercises/{world.exercise}")
    return str(answer.json()["stage"])


def person(world: World, role: str) -> str:
    """The id of the first person with a role."""
    return next(str(one["id"]) for one in world.plan["people"] if role in one["roles"])


@pytest.fixture
def world(product: Product) -> World:
    """An exercise whose field work is over."""
    made = new_world(product, Random(uuid.uuid4().int), [["RE"]])
    made.move("fieldwork")
    made.move("sense-making")
    return made


def test_two_acts_of_two_people(world: World) -> None:
    lead, representative, other = person(world, "lead"), world.volunteers[0], world.volunteers[1]
    assert release(world, lead, "manager-review")[0] == 202
    assert release(world, lead, "manager-review")[0] == 202, "the same key again is still one key"
    assert release(world, other, "manager-review")[0] == 403
    for role in ("sponsor", "data-keeper", "buddy", "manager", "working-group", "staff"):
        assert release(world, person(world, role), "manager-review")[0] in (403, 404), role
    assert stage(world) == "sense-making"
    assert release(world, representative, "manager-review")[0] == 200
    assert stage(world) == "manager-review"
    assert release(world, representative, "shared")[0] == 202, "either may be first"
    assert stage(world) == "manager-review"
    assert release(world, lead, "shared")[0] == 200
    assert stage(world) == "shared"


def test_an_act_can_be_taken_back(world: World) -> None:
    lead, representative = person(world, "lead"), world.volunteers[0]
    path = f"/api/intake/v1/exercises/{world.exercise}/releases/manager-review"
    assert release(world, lead, "manager-review")[0] == 202
    assert world.people[representative].call("DELETE", path).status_code in (404, 409), "only one's own"
    assert world.people[lead].call("DELETE", path).status_code in (200, 204)
    assert release(world, representative, "manager-review")[0] == 202
    assert stage(world) == "sense-making"


def test_no_way_round(world: World) -> None:
    lead = world.role("lead")
    path = f"/api/intake/v1/exercises/{world.exercise}/stage"
    for to in ("manager-review", "shared", "action", "closed"):
        answer = lead.post(path, {"to": to})
        assert answer.status_code in (409, 422), (to, answer.text)
        assert release(world, person(world, "lead"), "shared")[0] == 409, "a key for a later door"
    assert release(world, person(world, "lead"), "closed")[0] in (409, 422)
    assert lead.post(path, {"to": "fieldwork"}).status_code == 422, "back without a reason"
    for role in ("sponsor", "manager", "volunteer", "data-keeper", "buddy"):
        answer = world.role(role).post(path, {"to": "fieldwork", "reason": "because"})
        assert answer.status_code in (403, 404), (role, answer.text)
    assert lead.post(path, {"to": "fieldwork", "reason": "One more visit is promised."}).status_code == 200
    assert stage(world) == "fieldwork"


def test_one_person_with_both_roles_is_still_one_person(product: Product) -> None:
    plan = make_plan(Random(uuid.uuid4().int), [["RE"]])
    for one in plan["people"]:
        if one["representative"] or one["roles"] == ["lead"]:
            one["roles"], one["representative"] = ["volunteer", "lead"], True
    world = World(plan, product.import_plan(plan), product)
    first, second = (one["id"] for one in plan["people"] if one["representative"])
    for to in ("fieldwork", "sense-making"):
        path = f"/api/intake/v1/exercises/{world.exercise}/stage"
        assert world.people[first].post(path, {"to": to}).status_code == 200
    assert release(world, first, "manager-review")[0] == 202
    assert release(world, first, "manager-review")[0] == 202
    assert release(world, second, "manager-review")[0] == 200


def test_a_later_wave_stays_under_embargo_until_it_is_released(product: Product) -> None:
    world = new_world(product, Random(21), [["RE"]])
    site = world.sites[0]
    world.move("fieldwork")

    def send(wave: int) -> None:
        answers = [{"item": "P-RE-03", "zone": "RE", "answer": "bad", "trigger": 3}]
        for who in world.volunteers:
            body = visits.plain_environment(world.exercise, site, wave, world.day(wave), answers)
            assert world.people[who].send_visit(str(uuid.uuid4()), body).status_code == 201

    send(1)
    for to in ("sense-making", "manager-review", "shared", "action"):
        world.move(to)
    send(2)
    product.drain()
    base = f"/api/assessment/v1/exercises/{world.exercise}/sites/{site}"
    readers = ("volunteer", "sponsor", "manager", "working-group", "staff")

    def told(role: str, path: str) -> list[str]:
        answer = world.role(role).get(path)
        return list(figures(answer.json())) if answer.status_code == 200 else []

    for role in readers:
        assert told(role, f"{base}/waves/1"), role
        assert not told(role, f"{base}/waves/2"), role
        assert not told(role, f"{base}/comparison?from=1&to=2"), role
        findings = world.role(role).get(f"{base}/findings").json()["items"]
        assert [finding["waves"] for finding in findings] == [[1]], role
        assert [(finding["k"], finding["n"]) for finding in findings] == [(4, 4)], role
    assert world.role("lead").get(f"{base}/waves/2").json()["visits"] == 4
    world.release("shared", wave=2)
    product.drain()
    for role in readers:
        assert told(role, f"{base}/waves/2"), role
        assert told(role, f"{base}/comparison?from=1&to=2"), role


def test_closing_needs_the_closure(product: Product) -> None:
    world = new_world(product, Random(22), [["RE"]])
    for to in ("fieldwork", "sense-making", "manager-review", "shared", "action"):
        world.move(to)
    path = f"/api/intake/v1/exercises/{world.exercise}"
    lead = world.role("lead")
    assert lead.post(f"{path}/stage", {"to": "closed"}).status_code == 409
    half = lead.post(f"{path}/closure", {"unwind": [], "statement": "Done."})
    assert half.status_code in (409, 422), "an unwind list that is not ticked"
    for role in ("volunteer", "staff"):
        answer = world.role(role).post(f"{path}/closure", {"unwind": ["Close the dummy record"], "statement": "Done."})
        assert answer.status_code == 403, (role, answer.text)
    assert lead.post(f"{path}/stage", {"to": "closed"}).status_code == 409
    world.close()
    assert stage(world) == "closed"
