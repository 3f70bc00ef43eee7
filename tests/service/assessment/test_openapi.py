"""The published OpenAPI document says what is really answered: its schemas are valid and every answer fits them."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest

from tests.service.answers_fit import unknown_fields
from tests.service.assessment.house import House
from tests.service.assessment.test_pages import four_visits, release_photo
from tests.unit.assessment.sent import EXERCISE, SITE

PATH = f"/exercises/{EXERCISE}/sites/{SITE}"


@pytest.fixture
def schemas(house: House) -> Any:
    """The schemas of the document, by name."""
    document = house.app.test_client().get("/api/assessment/openapi.json").get_json()
    return json.loads(json.dumps(document["components"]["schemas"]).replace("#/components/schemas/", "#/$defs/"))


def test_every_schema_is_valid(schemas: Any) -> None:
    assert [name for name, schema in schemas.items() if not jsonschema_rs.meta.is_valid(schema)] == []


def test_every_answer_fits_its_schema(house: House, schemas: Any) -> None:
    four_visits(house)
    four_visits(house, wave=2, start=21)
    release_photo(house)
    house.plan("action", releases=[2])
    for role in ("lead", "manager"):
        answers = {
            "WaveAnswer": [house.wave(1, role), house.wave(2, role)],
            "ComparisonAnswer": [house.compare(role=role)],
            "FindingsAnswer": [{"items": house.findings(role)}],
            "ExplanationAnswer": [house.get(f"{PATH}/waves/1/explanation", role)],
        }
        for name, bodies in answers.items():
            check = jsonschema_rs.validator_for({"$ref": f"#/$defs/{name}", "$defs": schemas})
            for body in bodies:
                assert [str(error) for error in check.iter_errors(body)] == []
                assert unknown_fields({"$defs": schemas}, {"$ref": f"#/$defs/{name}"}, body) == []
