"""Whose path is whose, and what of it may stand in a log."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from services.embedded.web import OneAddress, service_of, shape_of


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/", "intake"),
        ("", "intake"),
        ("/visits/x", "intake"),
        ("/exercises/x", "intake"),
        ("/static/shared/x.css", "intake"),
        ("/healthz", "intake"),
        ("/api/intake/v1/me", "intake"),
        ("/findings", "assessment"),
        ("/findings/x/y", "assessment"),
        ("/findingsx", "intake"),
        ("/api/assessment/v1/x", "assessment"),
        ("/static/assessment/x.css", "assessment"),
        ("/recommendations", "reporting"),
        ("/reports/x", "reporting"),
        ("/changes", "reporting"),
        ("/documents/x", "reporting"),
        ("/api/reporting/openapi.json", "reporting"),
        ("/static/reporting/x.js", "reporting"),
    ],
)
def test_a_path_belongs_to_one_service(path: str, service: str) -> None:
    assert service_of(path) == service


def test_a_logged_path_tells_no_id_no_token_and_no_name() -> None:
    assert shape_of("/sign-in/WyJhIiwiYiJd.Zm9v-Xyz_123456789012") == "/sign-in/*"
    assert (
        shape_of("/api/intake/v1/visits/0c5f6a3e-52c4-5d0a-8a54-6f4e0d3f7b21/photos")
        == "/api/intake/v1/visits/*/photos"
    )
    assert shape_of("/exercises/Ann") == "/exercises/*"


def test_a_refusal_is_sent_only_when_the_whole_body_has_come() -> None:
    def refuses(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("413 Too Big", [])
        return [b"no"]

    body = io.BytesIO(b"x" * 200_000)
    said: list[str] = []
    environ = {"PATH_INFO": "/visits", "REQUEST_METHOD": "PUT", "wsgi.input": body}
    answer = OneAddress({"intake": refuses})(environ, lambda code, headers: said.append(code))  # type: ignore[dict-item,arg-type,return-value]
    assert (list(answer), said) == ([b"no"], ["413 Too Big"])
    assert body.read() == b""
