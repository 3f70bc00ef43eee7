"""Figures, readiness and the log, as whoever runs the services meets them: honest, and nothing of anybody in them."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import structlog
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from structlog.testing import CapturingLogger
from werkzeug.test import TestResponse

from services.assessment.wiring import build
from shared.contracts.catalogue import PERSON_LISTED, VISIT_SUBMITTED
from shared.contracts.examples import example
from shared.messaging import dead_letters
from shared.messaging.log.port import LogAway
from shared.messaging.outbox import add, unsent
from shared.messaging.relay import Relay
from shared.runtime.log import OnlyTheShape, add_cause, tell_where
from shared.storage.blobs.port import StoreAway
from tests.service.intake.plans import an_id
from tests.service.intake.visiting import a_jpeg, a_visit, listing
from tests.service.intake.visiting import the_plan as plan_with_visits
from tests.system import System, embedded_settings

SERVICES = ("intake", "assessment", "reporting")
AN_ID = "5c0f39a2-9d0b-4c77-8f60-2b7f1f6d5a10"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    monkeypatch.setattr("shared.web.reaching.FRESH_SECONDS", -1.0)
    system = System(tmp_path / "data")
    yield system
    system.close()


def scraped(client: FlaskClient, path: str = "/metrics", **headers: str) -> dict[tuple[str, ...], float]:
    """Name and the values of the labels, apart from the service -> value."""
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return {
        (sample.name, *(value for name, value in sorted(sample.labels.items()) if name != "service")): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_tells_its_figures_at_both_of_its_paths(house: System, service: str) -> None:
    for path in ("/metrics", f"/api/{service}/metrics"):
        found = scraped(house.client(service), path)
        assert {found["opendoor_part_there", part] for part in ("database", "event log", "object store")} == {1.0}
        assert found["opendoor_outbox_waiting",] == 0
        assert found["opendoor_dead_letters",] == 0
        assert found["opendoor_workers_stopped",] == 0


def test_what_waits_is_counted_and_how_long_the_oldest_has_waited(house: System) -> None:
    with house.intake.database.transaction() as tx:
        add(tx, replace(example(PERSON_LISTED), time=house.clock.now()))
    house.clock.move(timedelta(seconds=90))
    found = scraped(house.client())
    assert (found["opendoor_outbox_waiting",], found["opendoor_outbox_oldest_seconds",]) == (1, 90)
    assert found["opendoor_job_waiting", "photo-cleaner"] == 0
    relay = next(job for job in house.jobs if isinstance(job, Relay))
    relay.run_once()
    assert scraped(house.client())["opendoor_outbox_oldest_seconds",] == 0
    assert scraped(house.client("assessment"))["opendoor_consumer_lag",] == 1
    house.drain()
    assert scraped(house.client("assessment"))["opendoor_consumer_lag",] == 0


def test_dead_letters_and_a_worker_that_stopped_are_counted(house: System) -> None:
    relay = next(job for job in house.jobs if isinstance(job, Relay))
    relay.log.publish([replace(example(PERSON_LISTED), id=an_id("broken"), data={"person_id": 3})])
    house.drain()
    with house.services["reporting"].database.transaction() as tx:
        dead_letters.mark_stopped(tx, "reporting", "It stopped.", house.clock.now())
    found = scraped(house.client("reporting"))
    assert (found["opendoor_dead_letters",], found["opendoor_workers_stopped",]) == (1, 1)


def test_photos_that_wait_are_counted_and_their_visit_stays_of_its_own_request(house: System) -> None:
    house.clock.move(timedelta(days=7))
    tokens = house.plan(plan_with_visits())
    photo = a_jpeg()
    listed = listing(photo)
    house.drain()
    sent = send(house, tokens[an_id("lead")], "post", stage_path(), {"to": "fieldwork"})
    assert sent.status_code == 200, sent.text
    path = f"/api/intake/v1/visits/{uuid4()}"
    token = tokens[an_id("volunteer-1")]
    kept = send(house, token, "put", path, a_visit(photos=[listed]))
    assert kept.status_code == 201
    thread = kept.headers["X-Request-Id"]
    kept = house.client().put(
        f"{path}/photos/{listed['photo_id']}",
        data=photo,
        content_type="image/jpeg",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert kept.status_code in (200, 201), kept.text
    assert scraped(house.client())["opendoor_job_waiting", "photo-cleaner"] == 1
    with house.intake.database.reading() as tx:
        assert [one.correlation_id for _, one in unsent(tx, 10) if one.type == VISIT_SUBMITTED] == [thread]
    house.drain()
    assert scraped(house.client())["opendoor_job_waiting", "photo-cleaner"] == 0


def test_request_times_are_told_by_shape_and_status_and_never_by_id(house: System) -> None:
    client = house.client()
    secret = str(uuid4())
    client.get(f"/api/intake/v1/visits/{secret}")
    client.get(f"/nowhere/{secret}")
    client.open(f"/exercises/{secret}", method="BREW")
    text = client.get("/metrics").text
    assert secret not in text
    found = scraped(client)
    assert found["opendoor_request_seconds_count", "GET", "/api/intake/v1/visits/<uuid:visit_id>", "401"] == 1
    assert found["opendoor_request_seconds_count", "GET", "none", "404"] == 1
    assert "BREW" not in text


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_nobody_reads_figures_through_a_proxy(house: System, header: str) -> None:
    hidden = house.client().get("/metrics", headers={header: "127.0.0.1"})
    nowhere = house.client().get("/no-such-page")
    assert (hidden.status_code, hidden.text) == (404, nowhere.text.replace("/no-such-page", "/metrics"))


def test_nobody_reads_figures_from_another_machine(house: System) -> None:
    assert house.client().get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 404


def test_with_a_token_in_the_settings_only_that_token_opens_them(tmp_path: Path) -> None:
    secret = "watching-" * 5
    system = System(tmp_path / "data", metrics_token=secret)
    far = {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}}
    client = system.client()
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    right = {"Authorization": f"Bearer {secret}", "X-Forwarded-For": "192.0.2.9"}
    assert client.get("/metrics", headers=right, **far).status_code == 200
    assert client.get("/api/intake/v1/me", headers=right).status_code == 401
    system.close()


def away(*_: object) -> None:
    raise LogAway("gone")


def full(*_: object) -> None:
    raise StoreAway("full")


def test_readiness_names_every_part_that_is_away(house: System, monkeypatch: pytest.MonkeyPatch) -> None:
    client = house.client("assessment")
    assert client.get("/readyz").json == {"service": "assessment", "state": "ready"}
    monkeypatch.setattr("shared.messaging.log.sqlite_log.SqliteLog.check", away)
    monkeypatch.setattr("shared.storage.blobs.local_files.LocalFiles.check", full)
    system = System(house.settings.data)
    answer = system.client("assessment").get("/readyz")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json == {
        "service": "assessment",
        "state": "the event log and the object store are away",
        "away": ["event log", "object store"],
    }
    assert system.client("assessment").get("/healthz").status_code == 200
    found = scraped(system.client("assessment"))
    assert found["opendoor_part_there", "event log"] == 0
    assert found["opendoor_outbox_waiting",] == 0
    assert ("opendoor_consumer_lag",) not in found
    system.close()


def test_a_database_that_is_away_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.web.reaching.FRESH_SECONDS", -1.0)
    system = System(tmp_path / "data")
    system.intake.database.close()
    (tmp_path / "data" / "intake.db").rename(tmp_path / "data" / "moved.db")
    (tmp_path / "data" / "intake.db").mkdir()
    answer = system.client().get("/readyz")
    assert (answer.status_code, answer.json["away"]) == (503, ["database"])
    system.close()


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    """Every line of the log at level info, as it would be written."""
    kept = structlog.get_config()
    written: list[dict[str, Any]] = []
    logger = CapturingLogger()

    def keep(_logger: object, _method: str, line: dict[str, Any]) -> str:
        written.append(json.loads(json.dumps(line)))
        return json.dumps(line)

    structlog.configure(
        processors=[add_cause, tell_where, keep],
        wrapper_class=structlog.make_filtering_bound_logger(20),
        logger_factory=lambda *_: logger,
        cache_logger_on_first_use=False,
    )
    yield written
    structlog.configure(**kept)


def stage_path() -> str:
    return f"/api/intake/v1/exercises/{an_id('exercise')}/stage"


def send(house: System, token: str, method: str, path: str, body: Any, **headers: str) -> TestResponse:
    return house.client().open(
        path, method=method.upper(), json=body, headers={"Authorization": f"Bearer {token}", **headers}
    )


def test_one_visit_is_followed_through_three_services_and_nothing_of_it_is_in_the_log(
    house: System, lines: list[dict[str, Any]]
) -> None:
    house.clock.move(timedelta(days=7))
    plan = plan_with_visits()
    tokens = house.plan(plan)
    assert send(house, tokens[an_id("lead")], "post", stage_path(), {"to": "fieldwork"}).status_code == 200
    house.drain()
    visit_id, thread = str(uuid4()), uuid4()
    visit = a_visit()
    token = tokens[an_id("volunteer-1")]
    path = f"/api/intake/v1/visits/{visit_id}?who=Ann-Example"
    sent = send(house, token, "put", path, visit, **{"X-Request-Id": thread.hex})
    assert (sent.status_code, sent.headers["X-Request-Id"]) == (201, str(thread)), sent.text
    house.drain()

    followed = [line for line in lines if line.get("correlation_id") == str(thread)]
    assert {line.get("service") or line.get("consumer") for line in followed} == set(SERVICES)
    assert {line["type"] for line in followed if line["event"] == "event handled"} == {
        f"org.opendoor.{kind}.v1" for kind in ("visit.submitted", "visit.assessed", "wave.assessed", "findings.drawn")
    }
    everything = json.dumps(lines, ensure_ascii=False)
    names = [person["name"] for person in plan["people"]]
    words = [answer["words"] for answer in visit["answers"] if "words" in answer]
    impressions = list(visit["first_impressions"].values())
    ids = [visit_id, *(person["id"] for person in plan["people"]), an_id("exercise")]
    assert words
    assert impressions
    for hidden in (*names, *words, *impressions, *ids, token, "Ann-Example", "2026-10-10"):
        assert hidden not in everything


@pytest.mark.parametrize("given", ["", "Ann", "x" * 32, f"{{{AN_ID}}}", f"{AN_ID} Ann", "é" * 32])
def test_an_id_that_could_say_something_is_not_taken_over(house: System, given: str) -> None:
    answer = house.client().get("/healthz", headers={"X-Request-Id": given})
    assert answer.headers["X-Request-Id"] == str(UUID(answer.headers["X-Request-Id"]))
    assert answer.headers["X-Request-Id"] not in (given, given.strip("{}"))


def test_a_thread_ends_with_its_request(house: System) -> None:
    first, second = (house.client().get("/healthz").headers["X-Request-Id"] for _ in range(2))
    assert first != second


def test_an_error_is_told_by_its_kind_and_place_and_not_by_its_text() -> None:
    try:
        raise ValueError("Mrs Secret wrote this") from KeyError("Mr Secret")
    except ValueError as error:
        line = tell_where(None, "error", {"event": "unexpected", "exc_info": error})
    assert line["error"] == "ValueError"
    assert line["because"] == "KeyError"
    assert "Secret" not in json.dumps(line)


def test_libraries_tell_no_values() -> None:
    made = logging.LogRecord("lib", 30, "", 0, "Invalid request from ip=192.0.2.1: /sign-in/token %s", ("Ann",), None)
    told = OnlyTheShape().format(made)
    assert "192.0.2.1" not in told
    assert "sign-in" not in told
    assert "Ann" not in told
    assert json.loads(told)["level"] == "warning"


def test_servers_that_never_answer_are_named_within_two_seconds(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:  # takes connections and says nothing
        at = f"127.0.0.1:{deaf.getsockname()[1]}"
        settings = embedded_settings(
            tmp_path,
            assessment_database=f"postgresql://x@{at}/x",
            event_log=f"kafka://{at}?patience=3000",
            objects=f"s3://photos?endpoint=http://{at}",
        )
        client = build(settings).app().test_client()
        began = time.monotonic()
        answer = client.get("/readyz")
        assert time.monotonic() - began < 2.5
    assert answer.status_code == 503
    assert answer.json["away"] == ["database", "event log", "object store"]
    assert client.get("/healthz").status_code == 200
    # The questions that nobody waited for go on, and with them a client of Kafka: they end before another test begins.
    for thread in threading.enumerate():
        if thread.name.startswith("is the "):
            thread.join(30)
