"""Loading quickly never says anything else than marshmallow would: not of visits and events broken at random."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import pytest
from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, validate

from services.intake.forms.visit import visit_form
from shared.contracts.catalogue import EVENTS, _schema
from shared.contracts.examples import example
from shared.contracts.quick_load import quickly_loaded
from tests.bench import visits

ODD: tuple[Any, ...] = (None, "", "x", 0, 1, 1.0, -1, True, [], {}, [None], {"a": None}, 2**70, "9" * 500)


def broken(value: Any, chance: random.Random) -> Any:
    """`value` with one thing in it changed, taken out or added."""
    changed = copy.deepcopy(value)
    here, inner = None, changed
    while isinstance(inner, dict | list) and inner and (here is None or chance.random() < 0.5):
        here = inner
        at: Any = chance.choice(list(inner)) if isinstance(inner, dict) else chance.randrange(len(inner))
        inner = here[at]
    assert here is not None
    act = chance.random()
    if act < 0.2 and isinstance(here, dict):
        del here[at]
    elif act < 0.35 and isinstance(here, dict):
        here["not-known"] = chance.choice(ODD)
    else:
        here[at] = chance.choice(ODD)
    return changed


def said(schema: Schema, value: Any) -> Any:
    try:
        return schema.load(value)
    except ValidationError as fault:
        return ("refused", fault.messages)


def agrees(schema: Schema, value: Any) -> bool:
    quick = quickly_loaded(schema, copy.deepcopy(value))
    slow = said(schema, copy.deepcopy(value))
    assert quick is None or json.dumps(quick) == json.dumps(slow)
    return quick is not None


@pytest.mark.parametrize("type_", sorted(EVENTS))
@pytest.mark.parametrize("unknown", [RAISE, EXCLUDE])
def test_of_events(type_: str, unknown: str) -> None:
    data = dict(example(type_).data)
    chance = random.Random(type_)
    assert agrees(_schema(type_, unknown), data)
    for _ in range(60):
        agrees(_schema(type_, unknown), broken(data, chance))


def test_of_visits() -> None:
    plan, chance = visits.plan(), random.Random(1)
    form = visit_form(4000, 20)
    for seed in range(5):
        body = visits.body(plan, seed, [b"a photo", b"another"])
        assert agrees(form, body)
        for _ in range(100):
            agrees(form, broken(body, chance))


class Checked(Schema):
    word = fields.String(validate=validate.Length(max=3))


class Renamed(Schema):
    word = fields.String(data_key="Word")


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (Checked(), {"word": "long"}),
        (Renamed(), {"Word": "x"}),
        (Schema.from_dict({"word": fields.String()})(many=True), [{"word": "x"}]),
        (Schema.from_dict({"word": fields.String(required=True)})(partial=True), {}),
        (Schema.from_dict({"word": fields.String()})(unknown="include"), {"word": "x", "more": 1}),
    ],
)
def test_what_is_out_of_the_ordinary_is_left_to_marshmallow(schema: Schema, value: Any) -> None:
    assert quickly_loaded(schema, value) is None
