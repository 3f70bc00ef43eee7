"""The published OpenAPI document says the same as wire.md §6."""

from __future__ import annotations

from typing import Any

import pytest

from services.reporting.domain.recommendation import COST_BANDS, EVIDENCE_KINDS, KINDS, STATUSES
from tests.service.answers_fit import misfits
from tests.service.reporting.world import World

OPERATIONS = [
    ("/recommendations", "get"),
    ("/recommendations", "post"),
    ("/recommendations/{recommendation_id}", "get"),
    ("/recommendations/{recommendation_id}", "patch"),
    ("/recommendations/{recommendation_id}/history", "get"),
    ("/recommendations/{recommendation_id}/moves", "post"),
    ("/exercises/{exercise_id}/documents", "get"),
    ("/exercises/{exercise_id}/documents/{kind}/{version}.{ending}", "get"),
    ("/me/changes", "get"),
]


@pytest.fixture
def document(world: World) -> dict[str, Any]:
    """The document as it is served to anybody."""
    found: dict[str, Any] = world.app.test_client().get("/api/reporting/openapi.json").get_json()
    return found


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_call_of_the_wire_is_in_it(document: dict[str, Any], path: str, method: str) -> None:
    assert method in document["paths"][f"/api/reporting/v1{path}"]


def test_what_it_says_of_values_is_what_is_taken(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert schemas["MoveForm"]["properties"]["to"]["enum"] == list(STATUSES)
    assert schemas["EvidenceForm"]["properties"]["kind"]["enum"] == list(EVIDENCE_KINDS)
    asked = schemas["RecommendationForm"]
    assert asked["properties"]["kind"]["enum"] == list(KINDS)
    assert set(COST_BANDS) <= set(asked["properties"]["cost_band"]["enum"])
    assert set(asked["required"]) == {"exercise_id", "site_id", "title"}
    assert asked["additionalProperties"] is False


def test_a_move_tells_of_its_three_ends(document: dict[str, Any]) -> None:
    moves = document["paths"]["/api/reporting/v1/recommendations/{recommendation_id}/moves"]["post"]
    assert {"200", "202", "409"} <= set(moves["responses"])


def test_every_answer_fits_the_document(world: World, document: dict[str, Any]) -> None:
    path = f"/recommendations/{world.written()['id']}"
    moved = world.call("lead", "POST", f"{path}/moves", {"to": "agreed", "note": "All of us."})
    # A problem may say more than every problem has: here, what is allowed.
    refused = world.call("lead", "POST", f"{path}/moves", {"to": "verified"})
    read = [world.call("lead", "GET", f"{path}{end}") for end in ("", "/history", "/votes")]
    read += [world.call("lead", "GET", "/recommendations"), world.call("volunteer", "GET", "/me/changes")]
    assert [one.status_code for one in (moved, refused, *read)] == [200, 409, *[200] * 5]
    assert [(one.request.path, said) for one in (moved, refused, *read) for said in misfits(document, one)] == []


def test_times_are_said_to_be_times(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert schemas["EntryAnswer"]["properties"]["at"]["format"] == "date-time"
    assert schemas["RecommendationForm"]["properties"]["due"]["format"] == "date"
    assert schemas["DocumentAnswer"]["properties"]["made_at"]["format"] == "date-time"
