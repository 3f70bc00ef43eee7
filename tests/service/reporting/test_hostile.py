"""Nothing a client sends ends in a 500: every field of every form with values of every wrong kind."""

from __future__ import annotations

from typing import Any

import pytest

from tests.service.reporting.world import EXERCISE, RED, SITE, World, an_id
from tests.service.strict_bodies import hold_to_strict_json

STRANGE: list[Any] = [
    None, True, 0, -1, 1.5, 10**30, "", " ", "x" * 5000, "\x00", "\ud800", "\u202e", "NaN", [], {}, [[]], ["\ud800"],
    [None], [{}], {"a": 1}, {"\x00": 1}, "../../etc/passwd", "' OR 1=1 --", "<script>", "2026-02-30", [RED["id"]] * 300,
]  # fmt: skip
WRITTEN = {
    "exercise_id": EXERCISE,
    "site_id": SITE,
    "title": "T",
    "why": "W",
    "findings": [RED["id"]],
    "items": ["P-RE-03"],
    "kind": "practice",
    "pie_area": "physical-environment",
    "cost_band": "none",
    "owner_post": "Front of house",
    "due": "2027-01-01",
    "baseline": "B",
    "progress": "P",
    "effort": 1,
    "difference": 2,
    "suggestion": "art-hung",
}
MOVE = {"to": "agreed", "note": "All for it.", "evidence": [{"kind": "photo", "text": "x", "sha256": "a" * 64}]}
NAMES = "\x00\ud800/~"


def calm(world: World, method: str, path: str, body: Any) -> int:
    """The status of a call that is refused politely or works."""
    answer = world.call("lead", method, path, body)
    assert answer.status_code in (200, 201, 202, 400, 403, 404, 409, 413, 415, 422), (path, body, answer.status_code)
    if answer.status_code >= 400:
        assert answer.mimetype == "application/problem+json"
        assert set(answer.get_json()) >= {"type", "title", "status", "detail", "code", "errors"}
    return answer.status_code


@pytest.mark.parametrize("field", [*WRITTEN, "unknown", NAMES])
def test_a_draft_with_one_strange_field(world: World, field: str) -> None:
    written = world.written()
    for value in STRANGE:
        status = calm(world, "POST", "/recommendations", WRITTEN | {field: value})
        if field in ("unknown", NAMES):
            assert status == 422
        if field not in ("exercise_id", "site_id", "suggestion"):
            calm(world, "PATCH", f"/recommendations/{written['id']}", {field: value})


def test_a_move_with_strange_fields(world: World) -> None:
    path = f"/recommendations/{world.written()['id']}"
    for value in STRANGE:
        assert calm(world, "POST", f"{path}/moves", MOVE | {"to": value}) == 422
        for field in ("kind", "text", "sha256", "unknown"):
            evidence = {"kind": "nonsense", "text": "x"} | {field: value}
            assert calm(world, "POST", f"{path}/moves", MOVE | {"evidence": [evidence]}) in (200, 409, 422)
        calm(world, "POST", f"{path}/moves", MOVE | {"note": value})
        calm(world, "POST", f"{path}/moves", MOVE | {"evidence": value})
        calm(world, "POST", f"{path}/moves", value)
        calm(world, "POST", f"{path}/comments", {"words": value})
        calm(world, "POST", f"{path}/merges", {"merge": value})


@pytest.mark.parametrize("value", ["", "x", "-1", "%00", "%ud800", "a" * 3000, an_id("none"), "1" * 400, "MTIz" * 300])
def test_strange_queries_and_paths(world: World, value: str) -> None:
    for path in (
        f"/recommendations?exercise_id={value}",
        f"/recommendations?after={value}",
        f"/recommendations?limit={value}",
        f"/recommendations/{value}",
        f"/recommendations/{value}/history",
        f"/exercises/{value}/documents",
        f"/exercises/{EXERCISE}/documents/findings-pack/{value}.json",
        f"/exercises/{EXERCISE}/documents/{value}/1.html",
    ):
        assert world.call("lead", "GET", path).status_code in (200, 404, 422), path


def test_strange_forms_of_pages(world: World) -> None:
    shared = world.shared()
    manager, lead = world.browser("manager"), world.browser("lead")
    path = f"/recommendations/{shared['id']}"
    for value in ["", "\x00", "\u202e", "x" * 5000, "<b>", "2026-02-30"]:
        for name in ("to", "note", "date", "evidence_text", "evidence_kind"):
            fields = {"to": "not-accepted", "note": "", name: value}
            assert world.post(manager, f"{path}/moves", fields).status_code in (200, 409, 422)
            assert world.send(manager, f"{path}/moves", fields).status_code in (303, 409, 422)
        assert world.post(manager, f"{path}/comments", {"words": value}).status_code in (200, 422)
        assert world.send(manager, f"{path}/comments", {"words": value}).status_code in (303, 422)
        assert world.post(lead, f"{path}/edit", {"title": value, "why": value, "progress": value}).status_code in (
            303,
            409,
            422,
        )
        drafts = f"/recommendations/write/{EXERCISE}"
        for name in ("site_id", "finding", "title", "why", "suggestion"):
            fields = {"site_id": SITE, "title": "T", "why": "W", name: value}
            assert world.post(lead, f"{drafts}/drafts", fields).status_code in (303, 422)
        assert world.post(lead, f"{drafts}/merges", {"draft": [value, value]}).status_code == 422
        hopes = world.post(lead, f"/reports/{EXERCISE}/hopes", {"kind": value, "words": value})
        assert hopes.status_code in (200, 404, 422)
        for fields in ({"kind": "worry", "words": value, "instead": value}, {"id": value, "act": value}):
            assert world.send(lead, f"/reports/{EXERCISE}/hopes", fields).status_code in (303, 404, 409, 422)
            mine = world.post(lead, f"/reports/{EXERCISE}/hopes/mine", fields)
            assert mine.status_code in (303, 404)


def test_json_is_read_as_strictly_as_visits_are(world: World) -> None:
    headers = {"Authorization": f"Bearer {world.token('lead')}"}
    where = "/api/reporting/v1/recommendations"
    hold_to_strict_json(world.app.test_client(), "POST", where, headers, WRITTEN, 200_000)
