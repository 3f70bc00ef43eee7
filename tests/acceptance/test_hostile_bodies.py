"""A visit is taken once, whole and right, or refused with a sentence that names the fault; nothing in between, whoever
sends what, and however often.
"""

import json
import re
import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import pytest
import requests

from tests.acceptance import hostile, visits
from tests.acceptance.plans import World, new_world
from tests.acceptance.product import Client, Product

pytestmark = pytest.mark.slow
PROBLEM = "application/problem+json"
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
TWENTY = 20


@pytest.fixture(scope="module")
def world(product: Product) -> World:
    """An exercise in its field work, with a site of two zones where photos are welcome."""
    made = new_world(product, Random(1), [["EN", "RE"]])
    made.move("fieldwork")
    return made


@pytest.fixture
def volunteer(world: World) -> Client:
    """Somebody with visits to make."""
    return world.people[world.volunteers[0]]


def good_check(world: World) -> dict[str, Any]:
    """A whole environment check."""
    answer = {"item": "P-RE-01", "zone": "RE", "answer": "bad", "trigger": 2, "words": "Nobody looked up."}
    return visits.plain_environment(world.exercise, world.sites[0], 1, world.day(1), [answer])


def good_shop(world: World) -> dict[str, Any]:
    """A whole mystery shop."""
    answers = [{"item": "M-WE-01", "answer": "2"}]
    return visits.plain_shop(world.exercise, world.sites[0], 1, world.day(1), answers)


def problem_faults(answer: requests.Response, statuses: Iterable[int], code: str | None = None) -> list[str]:
    """What is wrong with an error answer itself."""
    faults = []
    if answer.status_code not in tuple(statuses):
        faults.append(f"status {answer.status_code}, expected one of {tuple(statuses)}: {answer.text[:160]}")
        return faults
    if not answer.headers.get("Content-Type", "").startswith(PROBLEM):
        return [f"content type {answer.headers.get('Content-Type')}"]
    problem = answer.json()
    faults += [f"no {field}" for field in ("type", "title", "status", "detail", "code") if not problem.get(field)]
    if problem.get("status") != answer.status_code:
        faults.append(f"status field {problem.get('status')}")
    if not KEBAB.fullmatch(str(problem.get("code"))):
        faults.append(f"code {problem.get('code')!r}")
    if code and problem.get("code") != code:
        faults.append(f"code {problem.get('code')!r}, expected {code!r}")
    return faults


def try_all(client: Client, cases: Iterable[hostile.Hostile]) -> list[str]:
    """Send each to a visit of its own; every fault of every answer, by name. Nothing of it may be there afterwards."""
    found = []
    for case in cases:
        path = f"/api/intake/v1/visits/{uuid.uuid4()}"
        headers = {"Content-Type": case.media_type} if case.media_type else {}
        answer = client.call("PUT", path, data=case.data, headers=headers)
        faults = problem_faults(answer, case.statuses, case.code)
        if not faults and case.pointer is not None and answer.status_code == 422:
            pointers = [error.get("pointer", "") for error in answer.json().get("errors", [])]
            if not any(pointer == case.pointer or pointer.startswith(case.pointer + "/") for pointer in pointers):
                faults.append(f"pointers {pointers}, expected {case.pointer}")
            elif not all(error.get("detail") for error in answer.json()["errors"]):
                faults.append("an error without a sentence")
        left = client.get(path).status_code
        if left != 404:
            faults.append(f"something was kept: GET answers {left}")
        found += [f"{case.name}: {fault}" for fault in faults]
    return found


def report(found: list[str]) -> None:
    """Fail once, with everything."""
    assert not found, f"{len(found)} faults:\n" + "\n".join(found)


def test_bodies_that_are_not_even_json(world: World, volunteer: Client) -> None:
    good = json.dumps({**good_check(world), "faces": {}}).encode()
    report(try_all(volunteer, hostile.raw_bodies(good)))


def test_every_field_of_an_environment_check(world: World, volunteer: Client) -> None:
    report(try_all(volunteer, hostile.environment_fields(good_check(world))))


def test_every_field_of_a_mystery_shop(world: World, volunteer: Client) -> None:
    report(try_all(volunteer, hostile.shop_fields(good_shop(world))))


def test_every_field_of_a_photo(world: World, volunteer: Client) -> None:
    photo = {"photo_id": str(uuid.uuid4()), "sha256": "a" * 64, "media_type": "image/jpeg", "bytes": 5, "zone": "RE"}
    report(try_all(volunteer, hostile.photo_fields(good_check(world), {**photo, "annotations": []})))


def test_refused_visits_leave_no_trace_in_the_result(world: World, product: Product) -> None:
    product.drain()
    result = world.role("lead").get(world.wave_path(world.sites[0], 1)).json()
    assert (result["visits"], result["volunteers"]) == (0, 0)


def test_a_refused_id_is_free_for_the_corrected_visit(world: World, volunteer: Client) -> None:
    visit_id, good = str(uuid.uuid4()), good_check(world)
    assert volunteer.send_visit(visit_id, {**good, "form": "medium"}).status_code == 422
    assert volunteer.send_visit(visit_id, good).status_code == 201
    kept = volunteer.get(f"/api/intake/v1/visits/{visit_id}")
    assert kept.status_code == 200
    assert "Nobody looked up." in kept.text
    assert volunteer.withdraw(visit_id).status_code == 200
    assert volunteer.withdraw(visit_id).status_code == 200


def test_again_is_harmless_and_different_is_refused(world: World, volunteer: Client) -> None:
    visit_id, good = str(uuid.uuid4()), good_check(world)
    assert [volunteer.send_visit(visit_id, good).status_code for _ in range(3)] == [201, 200, 200]
    other_order = dict(reversed(list(good.items())))
    assert volunteer.send_visit(visit_id, other_order).status_code == 200
    different = volunteer.send_visit(visit_id, {**good, "part_of_day": "evening"})
    report(problem_faults(different, [409], "visit-differs"))
    stranger = world.people[world.volunteers[1]].send_visit(visit_id, good)
    assert stranger.status_code in (404, 409), stranger.text
    assert world.people[world.volunteers[1]].get(f"/api/intake/v1/visits/{visit_id}").status_code == 404


def test_twenty_at_once_make_one(world: World, volunteer: Client) -> None:
    visit_id, good = str(uuid.uuid4()), good_check(world)
    with ThreadPoolExecutor(TWENTY) as pool:
        same = list(pool.map(lambda _: fresh(volunteer).send_visit(visit_id, good).status_code, range(TWENTY)))
    assert sorted(same) == [200] * (TWENTY - 1) + [201]


def test_twenty_different_at_once_make_one(world: World, volunteer: Client) -> None:
    visit_id, good = str(uuid.uuid4()), good_check(world)
    bodies = [{**good, "first_impressions": {"RE": f"It was number {n}."}} for n in range(TWENTY)]
    with ThreadPoolExecutor(TWENTY) as pool:
        codes = list(pool.map(lambda body: fresh(volunteer).send_visit(visit_id, body).status_code, bodies))
    assert sorted(codes) == [201] + [409] * (TWENTY - 1)
    winner = codes.index(201)
    assert f"It was number {winner}." in volunteer.get(f"/api/intake/v1/visits/{visit_id}").text


def fresh(client: Client) -> Client:
    """The same person on a connection of their own."""
    return Client(client.address, client.token)


def test_words_come_back_as_they_were_written(world: World, volunteer: Client) -> None:
    for words in (
        "Żółć \u202e اهلا 🙂 \u0301",
        "<script>alert(1)</script>",
        "a" * 4000,
        "  two\r\nlines\t",
        "'; DROP --",
    ):
        visit_id, good = str(uuid.uuid4()), good_check(world)
        good["answers"][0]["words"] = words
        assert volunteer.send_visit(visit_id, good).status_code == 201, words[:20]
        kept = volunteer.get(f"/api/intake/v1/visits/{visit_id}").text
        assert words in strings_of(json.loads(kept)), words[:20]


def test_a_zero_byte_is_kept_or_refused_but_never_lost(world: World, volunteer: Client) -> None:
    visit_id, good = str(uuid.uuid4()), good_check(world)
    good["answers"][0]["words"] = "before\0after"
    answer = volunteer.send_visit(visit_id, good)
    assert answer.status_code in (201, 422), answer.text
    if answer.status_code == 201:
        assert "before\0after" in strings_of(volunteer.get(f"/api/intake/v1/visits/{visit_id}").json())


def strings_of(value: Any) -> list[str]:
    """Every string anywhere in a JSON value."""
    if isinstance(value, dict):
        return [one for part in value.values() for one in strings_of(part)]
    if isinstance(value, list):
        return [one for part in value for one in strings_of(part)]
    return [value] if isinstance(value, str) else []


def test_an_amendment_needs_the_last_etag(world: World, volunteer: Client) -> None:
    visit_id, good = str(uuid.uuid4()), good_check(world)
    assert volunteer.send_visit(visit_id, good).status_code == 201
    path = f"/api/intake/v1/visits/{visit_id}"
    first = volunteer.get(path).headers["ETag"]
    corrected = {**good, "part_of_day": "evening"}
    amendment = f"{path}/amendment"
    report(problem_faults(volunteer.call("PUT", amendment, json=corrected), [412]))
    report(problem_faults(volunteer.call("PUT", amendment, json=corrected, headers={"If-Match": '"other"'}), [412]))
    unknown = volunteer.call("PUT", amendment, json={**good, "nonsense": 1}, headers={"If-Match": first})
    report(problem_faults(unknown, [422]))
    done = volunteer.call("PUT", amendment, json=corrected, headers={"If-Match": first})
    assert done.status_code in (200, 201), done.text
    assert volunteer.get(path).headers["ETag"] != first
    late = volunteer.call("PUT", amendment, json={**good, "part_of_day": "afternoon"}, headers={"If-Match": first})
    report(problem_faults(late, [412]))
    kept = strings_of(volunteer.get(path).json())
    assert "evening" in kept
    assert "morning" in kept, "the first version is not kept"


def test_of_ten_amendments_at_once_one_is_taken(world: World, volunteer: Client) -> None:
    visit_id, good = str(uuid.uuid4()), good_check(world)
    assert volunteer.send_visit(visit_id, good).status_code == 201
    path = f"/api/intake/v1/visits/{visit_id}"
    etag = volunteer.get(path).headers["ETag"]
    bodies = [{**good, "first_impressions": {"RE": f"It was number {n}."}} for n in range(10)]

    def amend(body: dict[str, Any]) -> int:
        answer = fresh(volunteer).call("PUT", f"{path}/amendment", json=body, headers={"If-Match": etag})
        return answer.status_code

    with ThreadPoolExecutor(10) as pool:
        codes = list(pool.map(amend, bodies))
    assert sorted(codes)[1:] == [412] * 9, codes
    assert min(codes) in (200, 201)
    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(lambda _: fresh(volunteer).withdraw(visit_id).status_code, range(10))) == {200}


def test_visits_only_while_they_are_open(product: Product) -> None:
    world = new_world(product, Random(2), [["EN", "RE"]])
    client, found = world.people[world.volunteers[0]], []

    def refused(stage: str, wave: int) -> list[str]:
        body = {**good_check(world), "wave": wave, "visited_on": world.day(wave)}
        answer = client.send_visit(str(uuid.uuid4()), body)
        return [f"{stage}, wave {wave}: {fault}" for fault in problem_faults(answer, [409], "not-open")]

    found += refused("plan", 1)
    world.move("fieldwork")
    for wave in (1, 2):
        body = {**good_check(world), "wave": wave, "visited_on": world.day(wave)}
        assert client.send_visit(str(uuid.uuid4()), body).status_code == 201
    for stage in ("sense-making", "manager-review", "shared"):
        world.move(stage)
        found += refused(stage, 1) + refused(stage, 2)
    world.move("action")
    found += refused("action", 1)
    body = {**good_check(world), "wave": 2, "visited_on": world.day(2)}
    assert client.send_visit(str(uuid.uuid4()), body).status_code == 201
    report(found)


def test_odd_addresses_and_questions_are_never_an_accident(world: World, volunteer: Client) -> None:
    lead, site, huge = world.role("lead"), world.sites[0], "9" * 30
    base = f"/api/assessment/v1/exercises/{world.exercise}/sites/{site}"
    reading = [
        (lead, f"{base}/waves/{n}", (400, 404, 422)) for n in ("0", "-1", "99", huge, "one", "1.0", "%00", "1%2F2")
    ]
    reading += [
        (lead, f"{base}/comparison{query}", (400, 404, 422))
        for query in ("", "?from=1", "?from=a&to=b", f"?from=1&to={huge}", "?from=-1&to=2", "?from=1&to=99")
    ]
    reading += [
        (lead, f"{base}/findings?limit={limit}", (200, 400, 422)) for limit in ("0", "-1", "201", "x", huge, "1e3")
    ]
    reading += [(lead, f"{base}/findings?after={after}", (200, 400, 422)) for after in ("x", "%00", "a" * 3000, "🙂")]
    reading += [
        (lead, f"/api/intake/v1/exercises/{name}", (404, 422)) for name in ("x", "%00", "a" * 500, "..%2f..", "🙂")
    ]
    reading += [
        (lead, f"/api/reporting/v1/recommendations{query}", (200, 400, 404, 422)) for query in ("", "?exercise_id=x")
    ]
    reading += [(volunteer, f"/api/intake/v1/visits/{name}", (404, 422)) for name in ("x", "%ff", "a" * 400)]
    found = []
    for client, path, statuses in reading:
        answer = client.get(path)
        if answer.status_code not in statuses:
            found.append(f"GET {path[:120]}: {answer.status_code} {answer.text[:100]}")
    for body in (
        "plan",
        5,
        [],
        {"to": 5},
        {"to": "nowhere"},
        {"to": "shared"},
        {"to": "sense-making", "x": 1},
        {"to": None},
    ):
        answer = lead.call("POST", f"/api/intake/v1/exercises/{world.exercise}/stage", json=body)
        if answer.status_code not in (400, 409, 422):
            found.append(f"stage {body}: {answer.status_code} {answer.text[:100]}")
    report(found)


def test_odd_tokens_are_nobody(product: Product, world: World) -> None:
    found = []
    for header in (
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer " + "a" * 5000,
        "Basic eDp5",
        "Bearer \xff",
        "bearer a b",
    ):
        client = product.client(None)
        answer = client.get("/api/intake/v1/me", headers={"Authorization": header.encode("latin-1")})
        found += [f"{header[:20]!r}: {fault}" for fault in problem_faults(answer, [401])]
    real = world.people[world.volunteers[0]].token or ""
    swapped = real[:-2] + ("A" if real[-2] != "A" else "B") + real[-1]
    answer = product.client(swapped).get("/api/intake/v1/me")
    found += [f"a token with one letter changed: {fault}" for fault in problem_faults(answer, [401])]
    report(found)
