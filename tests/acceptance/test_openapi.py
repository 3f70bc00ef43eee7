"""The published OpenAPI documents say the same as `wire.md`: every address and method, the errors, and valid
schemas.
"""

import re
from typing import Any

import jsonschema_rs
import pytest

from tests.acceptance.product import Product

pytestmark = pytest.mark.slow
WIRE = {
    "intake": """
        POST exercises/{}/stage
        POST exercises/{}/releases
        DELETE exercises/{}/releases/{}
        POST exercises/{}/closure
        GET exercises/{}
        GET me
        PUT visits/{}
        GET visits/{}
        PUT visits/{}/photos/{}
        GET visits/{}/photos/{}
        GET visits/{}/receipt
        PUT visits/{}/amendment
        POST visits/{}/withdrawal
    """,
    "assessment": """
        GET exercises/{}/sites/{}/waves/{}
        GET exercises/{}/sites/{}/comparison
        GET exercises/{}/sites/{}/findings
    """,
    "reporting": """
        GET recommendations
        POST recommendations
        GET recommendations/{}
        PATCH recommendations/{}
        GET recommendations/{}/history
        POST recommendations/{}/moves
        GET exercises/{}/documents
        GET me/changes
    """,
}


@pytest.fixture(scope="module")
def documents(product: Product) -> dict[str, Any]:
    """The three documents."""
    answers = {service: product.client(None).get(f"/api/{service}/openapi.json") for service in WIRE}
    assert {answer.status_code for answer in answers.values()} == {200}
    return {service: answer.json() for service, answer in answers.items()}


def operations(document: dict[str, Any], service: str) -> dict[str, Any]:
    """Method and path, with names of parameters taken out -> the operation."""
    found = {}
    for path, methods in document["paths"].items():
        plain = re.sub(r"\{[^}]*\}", "{}", path).removeprefix(f"/api/{service}/v1/")
        found |= {f"{method.upper()} {plain}": told for method, told in methods.items() if isinstance(told, dict)}
    return found


def test_every_address_of_the_wire_is_there(documents: dict[str, Any]) -> None:
    missing = [
        f"{service}: {line.strip()}"
        for service, lines in WIRE.items()
        for line in lines.strip().splitlines()
        if line.strip() not in operations(documents[service], service)
    ]
    assert not missing, "\n".join(missing)


def test_errors_are_told_as_problems(documents: dict[str, Any]) -> None:
    found = []
    for service, document in documents.items():
        shared = document["components"].get("responses", {})
        for name, operation in operations(document, service).items():
            for code, answer in operation["responses"].items():
                told = shared[answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer
                if code[0] in "45" and "application/problem+json" not in told.get("content", {}):
                    found.append(f"{service}: {name} {code} has {list(told.get('content', {}))}")
            if not any(code[0] == "4" or code == "default" for code in operation["responses"]):
                found.append(f"{service}: {name} tells of no error")
    assert not found, "\n".join(found)


def test_every_schema_is_valid(documents: dict[str, Any]) -> None:
    found = []
    for service, document in documents.items():
        assert str(document["openapi"]).startswith("3.1"), service
        for name, schema in document["components"]["schemas"].items():
            if not jsonschema_rs.meta.is_valid(schema):
                found.append(f"{service}: {name} is not a JSON Schema")
    assert not found, "\n".join(found)


def test_no_service_publishes_another_s_schemas(documents: dict[str, Any]) -> None:
    names = {service: set(document["components"]["schemas"]) for service, document in documents.items()}
    assert "Visit" in names["intake"]
    assert "Visit" not in names["assessment"] | names["reporting"]
    assert "WaveAnswer" not in names["reporting"]
