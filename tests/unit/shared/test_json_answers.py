"""Answers of the API are written fast where they are plain JSON, and by Flask's own hand where only it can."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask, jsonify

from shared.web.json_answers import JsonAnswers


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__)
    app.json = JsonAnswers(app)
    return app


@pytest.mark.parametrize(
    "said",
    [
        {"b": 1, "a": [None, True, 18.2, "Siân", "العربية"], "c": {"z": 1, "y": 2}},
        [],
        "half a character: \ud83d",
        {"whole number of many digits": 2**80},
        {"id": UUID(int=7)},
    ],
)
def test_an_answer_says_what_flask_would_have_said(app: Flask, said: Any) -> None:
    plain = Flask(__name__)
    with app.app_context():
        ours = jsonify(said)
    with plain.app_context():
        flasks = jsonify(said)
    assert json.loads(ours.get_data()) == json.loads(flasks.get_data())
    assert ours.mimetype == flasks.mimetype == "application/json"


def test_names_stand_in_order_without_spaces(app: Flask) -> None:
    with app.app_context():
        assert jsonify({"b": 1, "a": "Siân"}).get_data().decode() == '{"a":"Siân","b":1}\n'


def test_a_moment_is_written_as_flask_writes_it(app: Flask) -> None:
    moment = datetime(2026, 10, 1, 9, 30, tzinfo=UTC)
    with app.app_context():
        assert json.loads(jsonify({"at": moment}).get_data()) == {"at": "Thu, 01 Oct 2026 09:30:00 GMT"}
