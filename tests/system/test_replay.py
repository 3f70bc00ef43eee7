"""A replay works out from the log what was there before, to the byte, and leaves alone what only people can know."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Table, delete, func, select, update

from services.assessment import demo as replies
from services.assessment.store import tables as assessed
from services.cli import main
from services.embedded.replaying import ReplayRefused, replay
from services.embedded.worker import turn_of
from services.intake import demo as field_work
from services.intake.use_cases import people
from services.reporting import demo as follow_up
from services.reporting.store import tables as reported
from shared.access import directory
from shared.access import tables as access
from shared.contracts.catalogue import VISIT_SUBMITTED
from shared.contracts.envelope import Envelope
from shared.messaging import dead_letters
from shared.messaging.relay import Relay
from shared.messaging.worker import Worker
from tests.system import System

OWN_TO_ASSESSMENT = (assessed.finding_replies,)
OWN_TO_REPORTING = (reported.recommendations, reported.history, reported.documents, reported.reflections)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The demo: several exercises at different stages, replies, recommendations, documents."""
    system = System(tmp_path_factory.mktemp("replay") / "data")
    field_work.load(system.intake)
    system.drain()
    replies.load(system.services["assessment"])
    follow_up.load(system.services["reporting"])
    system.drain()
    let_go(system)
    yield system
    system.close()


def let_go(system: System) -> None:
    """The readers of the system's own jobs, so that a replay may have their groups."""
    for job in system.jobs:
        if isinstance(job, Worker):
            job.close()


def everything_told(system: System) -> dict[str, str]:
    """What the API says to everybody in the demo about everything, to the byte."""
    with system.intake.database.reading() as tx:
        exercises = [directory.entry_from(entry) for entry in tx.execute(select(access.exercises.c.entry)).scalars()]
        members = {
            (row.person_id, row.exercise_id): row.roles[0] for row in tx.execute(select(access.memberships)).all()
        }
    tokens = people.create_tokens(system.intake, sorted({person for person, _ in members}))
    paths: dict[str, list[tuple[str, str]]] = {}
    for exercise in exercises:
        of_it = [("reporting", f"/api/reporting/v1/exercises/{exercise.id}/documents")]
        of_it.append(("reporting", f"/api/reporting/v1/recommendations?exercise_id={exercise.id}"))
        for site in exercise.sites:
            here = f"/api/assessment/v1/exercises/{exercise.id}/sites/{site.id}"
            of_it += [("assessment", f"{here}/waves/{wave.number}") for wave in exercise.waves]
            of_it += [("assessment", f"{here}/findings?limit=200"), ("assessment", f"{here}/comparison?from=1&to=2")]
        paths[exercise.id] = of_it
    found = {}
    for (person, exercise_id), role in sorted(members.items()):
        headers = {"Authorization": f"Bearer {tokens[person]}"}
        for service, path in [*paths[exercise_id], ("reporting", "/api/reporting/v1/me/changes?limit=200")]:
            answer = system.client(service).get(path, headers=headers)
            found[f"{role} {person} {path}"] = f"{answer.status_code} {answer.text}"
    return found


def rows(system: System, service: str, table: Table) -> list[str]:
    with system.services[service].database.reading() as tx:
        return sorted(json.dumps(dict(row._mapping), default=str) for row in tx.execute(select(table)))


def own(system: System) -> list[list[str]]:
    """What nobody could tell again."""
    return [rows(system, "assessment", table) for table in OWN_TO_ASSESSMENT] + [
        rows(system, "reporting", table) for table in OWN_TO_REPORTING
    ]


def test_everything_told_before_is_told_again_to_the_byte(house: System) -> None:
    before, kept = everything_told(house), own(house)
    answered = [text for text in before.values() if text.startswith("200")]
    assert len(answered) > 20
    assert all(kept)
    replay(house.services)
    assert everything_told(house) == before
    assert own(house) == kept
    replay(house.services)
    assert everything_told(house) == before


def test_events_that_come_again_when_the_inbox_has_forgotten_them_change_nothing(house: System) -> None:
    before, kept = everything_told(house), own(house)
    for service in house.services.values():
        workers = [job for job in service.jobs() if isinstance(job, Worker)]
        for worker in workers:
            worker.begin_again(lambda _tx: None)
            worker.close()
    house.drain()
    let_go(house)
    assert everything_told(house) == before
    assert own(house) == kept


def test_what_was_lost_or_spoiled_comes_back(house: System) -> None:
    before = everything_told(house)
    with house.services["assessment"].database.transaction() as tx:
        tx.execute(update(assessed.wave_tallies).values(seen={}, people={}, ratings={}))
        tx.execute(delete(assessed.visits))
        tx.execute(delete(access.memberships))
    with house.services["reporting"].database.transaction() as tx:
        tx.execute(delete(reported.visit_stories))
        tx.execute(delete(reported.findings))
    assert everything_told(house) != before
    replay(house.services)
    assert everything_told(house) == before


def test_what_was_set_aside_is_tried_again_and_set_aside_once(house: System) -> None:
    relay = next(job for job in house.jobs if isinstance(job, Relay))
    broken = Envelope("broken-1", VISIT_SUBMITTED, "opendoor.visits", "e/s", house.clock.now(), {"visit_id": 3})
    relay.log.publish([broken])
    replay(house.services)
    replay(house.services)
    with house.services["assessment"].database.reading() as tx:
        assert [letter.event_id for letter in dead_letters.listed(tx)] == ["broken-1"]


def test_no_document_is_made_of_a_half_of_the_truth(house: System) -> None:
    before = rows(house, "reporting", reported.documents)
    replay(house.services)
    assert rows(house, "reporting", reported.documents) == before
    with house.services["reporting"].database.reading() as tx:
        waiting = select(func.count()).where(reported.document_requests.c.state == "waiting")
        assert tx.execute(waiting).scalar_one() == 0


def test_killed_half_way_the_next_start_goes_on(house: System, monkeypatch: pytest.MonkeyPatch) -> None:
    before = everything_told(house)

    def killed(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("services.embedded.replaying._rebuild", killed)
        with pytest.raises(KeyboardInterrupt):
            replay(house.services)
    assessment = house.services["assessment"]
    worker = next(job for job in assessment.jobs() if isinstance(job, Worker))
    assert assessment.forget_derived is not None
    worker.begin_again(assessment.forget_derived)
    worker.close()
    assert everything_told(house) != before
    house.drain()
    let_go(house)
    assert everything_told(house) == before


def test_a_running_worker_is_left_alone(house: System) -> None:
    running = turn_of(house.settings.data, "reporting")
    assert running.share()
    with pytest.raises(ReplayRefused, match="reporting"):
        replay(house.services)
    running.give_back()


def test_the_command_says_what_it_did_or_why_not(house: System, tmp_path: Path) -> None:
    environ = {"OPENDOOR_DATA": str(tmp_path / "data"), "OPENDOOR_DEMO": "0"}
    assert CliRunner().invoke(main, ["drain"], env=environ).exit_code == 0  # which makes the folder
    done = CliRunner().invoke(main, ["replay"], env=environ)
    assert (done.exit_code, "worked out anew" in done.output) == (0, True), done.output
    running = turn_of(tmp_path / "data", "assessment")
    assert running.share()
    refused = CliRunner().invoke(main, ["replay"], env=environ)
    assert (refused.exit_code, "stop Open Door" in refused.output) == (1, True), refused.output
    running.give_back()
