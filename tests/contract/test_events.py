"""Every event holds to its contract on both sides: marshmallow's, JSON Schema's, and the AsyncAPI document's."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from shared.contracts import catalogue, directory, visits
from shared.contracts.asyncapi import document
from shared.contracts.catalogue import EVENTS, TOPICS, ContractBroken, UnknownEvent, read, validate_out
from shared.contracts.envelope import Envelope, EnvelopeRefused
from shared.contracts.examples import example
from shared.contracts.instruments import load
from shared.contracts.json_schemas import kept, path_of, text_of

TYPES = sorted(EVENTS)
STRANGE: tuple[Any, ...] = (None, "", "words", -1, 1.5, 10**9, True, [], [1], {}, {"a": 1})


def with_data(envelope: Envelope, data: Any) -> Envelope:
    return Envelope(envelope.id, envelope.type, envelope.topic, envelope.key, envelope.time, data)


def strictly(type_: str, data: Any) -> bool:
    try:
        validate_out(with_data(example(type_), data))
    except ContractBroken:
        return False
    return True


def places(data: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where every value inside `data` stands; not what is inside documents that belong to their producer."""
    owned = {"result", "for_partner", "findings", "comparison", "annotations", "evidence"}
    entries = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in entries:
        yield (*at, key)
        if key not in owned:
            yield from places(value, (*at, key))


def changed(data: Any, at: tuple[Any, ...], value: Any) -> Any:
    result = copy.deepcopy(data)
    inner = result
    for key in at[:-1]:
        inner = inner[key]
    inner[at[-1]] = value
    return result


def without(data: Any, at: tuple[Any, ...]) -> Any:
    result = copy.deepcopy(data)
    inner = result
    for key in at[:-1]:
        inner = inner[key]
    del inner[at[-1]]
    return result


def test_every_event_has_an_example_a_schema_and_a_topic() -> None:
    folder = Path(catalogue.__file__).parent
    for kept_in in ("examples", "schemas"):
        assert sorted(path.stem for path in (folder / kept_in).glob("*.json")) == TYPES
    assert {kind.topic for kind in EVENTS.values()} == set(TOPICS)
    assert all(type_.startswith("org.opendoor.") and type_.endswith(".v1") for type_ in TYPES)
    assert all(kind.type == type_ for type_, kind in EVENTS.items())


@pytest.mark.parametrize("type_", TYPES)
def test_the_example_is_right_on_both_sides_and_the_schema_file_is_up_to_date(type_: str) -> None:
    given = example(type_)
    validate_out(given)
    assert read(given) == given.data
    assert given.source == f"/{EVENTS[type_].producer}"
    jsonschema_rs.validator_for(kept(type_), validate_formats=True).validate(given.data)
    assert path_of(type_).read_text(encoding="utf-8") == text_of(type_)


@pytest.mark.parametrize("type_", TYPES)
def test_both_kinds_of_schema_agree_about_what_is_wrong(type_: str) -> None:
    published = jsonschema_rs.validator_for(kept(type_), validate_formats=True)
    data = example(type_).data
    refused = 0
    for at in places(data):
        attempts = [changed(data, at, value) for value in STRANGE]
        if not isinstance(at[-1], int):
            attempts.append(without(data, at))
        for attempt in attempts:
            verdict = strictly(type_, attempt)
            assert verdict == published.is_valid(attempt), (at, attempt)
            refused += not verdict
    assert refused > len(list(places(data)))


@pytest.mark.parametrize("type_", TYPES)
def test_consumers_pass_over_what_they_do_not_know_and_producers_may_not_send_it(type_: str) -> None:
    given = example(type_)
    more = {**given.data, "from_a_later_version": {"x": [1]}}
    assert read(with_data(given, more)) == given.data
    with pytest.raises(ContractBroken, match="from_a_later_version"):
        validate_out(with_data(given, more))


@pytest.mark.parametrize(
    ("type_", "inside"),
    [
        (catalogue.EXERCISE_PLANNED, "partner"),
        (catalogue.EXERCISE_PLANNED, "sites"),
        (catalogue.PERSON_LISTED, "memberships"),
        (catalogue.VISIT_SUBMITTED, "answers"),
        (catalogue.VISIT_SUBMITTED, "consents"),
        (catalogue.PHOTO_RELEASED, "display"),
        (catalogue.VISIT_ASSESSED, "said"),
    ],
)
def test_the_same_holds_inside(type_: str, inside: str) -> None:
    given = example(type_)
    at = (inside, 0) if isinstance(given.data[inside], list) else (inside,)
    more = changed(given.data, (*at, "later"), 1)
    assert read(with_data(given, more)) == given.data
    with pytest.raises(ContractBroken, match="later"):
        validate_out(with_data(given, more))


@pytest.mark.parametrize(
    "answer",
    [
        {"item": "P-RE-01", "zone": "RE", "answer": "fine", "trigger": None},
        {"item": "P-RE-01", "zone": "XX", "answer": "fine", "trigger": None, "comfort": None},
        {"item": "P-RE-01", "zone": "RE", "answer": "awful", "trigger": None, "comfort": None},
        {"item": "P-RE-01", "zone": "RE", "answer": "bad", "trigger": 4, "comfort": None},
        {"item": "P-RE-01", "zone": "RE", "answer": "bad", "trigger": True, "comfort": None},
        {"item": "", "zone": "RE", "answer": "bad", "trigger": 1, "comfort": None},
        "P-RE-01",
    ],
)
def test_a_wrong_answer_is_refused_with_its_place(answer: Any) -> None:
    given = example(catalogue.VISIT_SUBMITTED)
    wrong = {**given.data, "answers": [*given.data["answers"], answer]}
    with pytest.raises(ContractBroken) as refused:
        read(with_data(given, wrong))
    assert list(refused.value.faults["answers"]) == [len(given.data["answers"])]


def test_an_event_on_another_topic_or_of_an_unknown_type_is_refused() -> None:
    given = example(catalogue.VISIT_WITHDRAWN)
    with pytest.raises(ContractBroken, match=r"opendoor\.visits"):
        validate_out(Envelope(given.id, given.type, catalogue.DIRECTORY, given.key, given.time, given.data))
    stranger = Envelope(given.id, "org.opendoor.tea.made.v1", given.topic, given.key, given.time, {})
    with pytest.raises(UnknownEvent):
        validate_out(stranger)
    with pytest.raises(UnknownEvent):
        read(stranger)


def test_no_event_of_a_visit_has_room_for_who_it_was_or_which_day() -> None:
    for type_ in TYPES:
        if EVENTS[type_].topic == catalogue.VISITS:
            fields = set(kept(type_)["properties"])
            assert not fields & {"person_id", "name", "visited_on", "words", "first_impressions"}


def test_the_words_of_events_are_those_of_the_instruments() -> None:
    environment, shop = load("pie-environment", 1), load("mystery-shop", 1)
    assert environment.zone_codes == directory.ZONES
    assert tuple(environment.answers) == visits.ENVIRONMENT_ANSWERS
    assert tuple(shop.answers) == visits.MYSTERY_ANSWERS
    assert tuple(stage.code for stage in shop.stages) == visits.MYSTERY_STAGES
    assert tuple(channel.code for channel in shop.channels) == visits.CHANNELS


@pytest.mark.parametrize("type_", TYPES)
def test_an_envelope_comes_back_as_it_went(type_: str) -> None:
    given = example(type_)
    assert Envelope.from_json(given.to_json(), topic=given.topic) == given
    assert Envelope.from_json(given.to_json().encode(), topic=given.topic) == given


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"specversion": "0.3"}, "version 1.0"),
        ({"data": None}, "not a JSON object"),
        ({"data": []}, "not a JSON object"),
        ({"id": ""}, "no id"),
        ({"type": 4}, "no type"),
        ({"partitionkey": None}, "no partitionkey"),
        ({"time": "yesterday"}, "RFC 3339"),
        ({"time": "2026-10-08T10:41:07"}, "offset"),
    ],
)
def test_what_is_no_event_is_refused(change: dict[str, Any], says: str) -> None:
    found = {**example(catalogue.VISIT_WITHDRAWN).as_cloudevent(), **change}
    with pytest.raises(EnvelopeRefused, match=says):
        Envelope.from_json(json.dumps(found), topic=catalogue.VISITS)


@pytest.mark.parametrize("text", ["", "{", "[]", "4", b"\xff\xfe"])
def test_what_is_no_json_object_is_refused(text: str | bytes) -> None:
    with pytest.raises(EnvelopeRefused):
        Envelope.from_json(text, topic=catalogue.VISITS)


def test_times_travel_in_utc_with_microseconds() -> None:
    given = Envelope("1", "t", "topic", "k", datetime(2026, 10, 8, 9, 0, tzinfo=UTC), {})
    assert given.attributes()["time"] == "2026-10-08T09:00:00.000000+00:00"
    assert "subject" not in given.attributes()


def test_asyncapi_names_every_event_once_and_every_reference_leads_somewhere() -> None:
    whole = document()
    assert whole["asyncapi"] == "3.0.0"
    named = [name for channel in whole["channels"].values() for name in channel["messages"]]
    assert sorted(named) == TYPES == sorted(whole["components"]["messages"])
    for reference in _references(whole):
        inner: Any = whole
        for step in reference.removeprefix("#/").split("/"):
            inner = inner[step]
        assert inner
    sent = [one for name, one in whole["operations"].items() if ".send." in name]
    assert sum(len(one["messages"]) for one in sent) == len(TYPES)
    assert all(
        f"{service}.receive.{kind.topic.removeprefix('opendoor.')}" in whole["operations"]
        for kind in EVENTS.values()
        for service in kind.consumers
    )
    json.dumps(whole)


def _references(found: Any) -> Iterator[str]:
    if isinstance(found, dict):
        if isinstance(found.get("$ref"), str):
            yield found["$ref"]
        for inner in found.values():
            yield from _references(inner)
    elif isinstance(found, list):
        for inner in found:
            yield from _references(inner)
