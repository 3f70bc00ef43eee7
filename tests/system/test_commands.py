"""The `opendoor` commands, as somebody at a terminal meets them: plain sentences, no traceback, the right exit code."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from services.assessment.store import audit as assessment_audit
from services.cli import main
from services.embedded.worker import turn_of
from services.intake.store import exercises as exercise_store
from shared.access.audited import AT_ONCE
from shared.contracts.catalogue import PERSON_LISTED
from shared.contracts.examples import example
from shared.messaging.outbox import add
from tests.service.intake.plans import EXERCISE, a_plan, an_id
from tests.service.intake.visiting import OCTOBER, Caller, a_jpeg, a_visit, listing, new_id, the_plan, voice_listing
from tests.system import System
from tests.unit.intake.sounds import WEBM

Opendoor = Callable[..., Result]


@pytest.fixture
def opendoor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opendoor:
    """Give a command on a data folder of its own; a traceback in the answer fails the test."""
    monkeypatch.setenv("OPENDOOR_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("OPENDOOR_DEMO", "0")

    def run(*words: str, given: str | None = None) -> Result:
        result = CliRunner().invoke(main, words, input=given)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


@pytest.fixture
def planned(opendoor: Opendoor) -> Opendoor:
    assert opendoor("plan", "import", "-", given=json.dumps(a_plan())).exit_code == 0
    return opendoor


@pytest.fixture
def house(planned: Opendoor, tmp_path: Path) -> Iterator[System]:
    system = System(tmp_path / "data")
    yield system
    system.close()


def test_a_plan_is_made_once_and_the_same_file_again_changes_nothing(opendoor: Opendoor) -> None:
    plan = json.dumps(a_plan())
    assert "was made" in opendoor("plan", "import", "-", given=plan).output
    assert "is unchanged" in opendoor("plan", "import", "-", given=plan).output


def test_an_exported_plan_can_be_imported(planned: Opendoor) -> None:
    exported = planned("plan", "export", EXERCISE)
    assert json.loads(exported.output)["exercise"]["id"] == EXERCISE
    assert "is unchanged" in planned("plan", "import", "-", given=exported.output).output


def test_a_fault_in_a_plan_is_named_and_changes_nothing(planned: Opendoor) -> None:
    plan = a_plan()
    plan["people"][2]["roles"] = ["king"]
    refused = planned("plan", "import", "-", given=json.dumps(plan))
    assert refused.exit_code == 1
    assert "people[2]" in refused.output
    assert "is unchanged" in planned("plan", "import", "-", given=json.dumps(a_plan())).output


def test_a_file_that_is_not_json_or_not_there(opendoor: Opendoor) -> None:
    assert "not JSON" in opendoor("plan", "import", "-", given="{").output
    assert opendoor("plan", "import", "/nowhere/plan.json").exit_code == 2


def test_a_plan_file_that_programs_would_not_be_taken_is_not_taken_from_the_terminal_either(planned: Opendoor) -> None:
    plan = json.dumps(a_plan())
    twice = plan.replace('"stop_line":', '"stop_line": "Go on.", "stop_line":', 1)
    for text, why in (
        (twice, "'stop_line' stands twice"),
        ("[" * 200_000, "not JSON"),
        (plan.replace('"number": 1', '"number": NaN', 1), "not JSON"),
        ('{"\\ud800": 1}', "is not a field here"),
    ):
        refused = planned("plan", "import", "-", given=text)
        assert (refused.exit_code, why in refused.output) == (1, True), refused.output[:500]
    assert "is unchanged" in planned("plan", "import", "-", given="\ufeff" + plan).output


def test_days_of_a_token_that_are_none_are_named(planned: Opendoor) -> None:
    for days in ("0", "3661"):
        refused = planned("token", "create", "--person", an_id("lead"), "--days", days)
        assert (refused.exit_code, "'--days'" in refused.output) == (2, True)


def test_tokens_go_into_a_file_that_only_its_owner_can_read(opendoor: Opendoor, tmp_path: Path) -> None:
    tokens = tmp_path / "tokens.json"
    tokens.write_text("old and open to all")
    opendoor("plan", "import", "-", "--tokens", str(tokens), given=json.dumps(a_plan()))
    assert tokens.stat().st_mode & 0o077 == 0
    assert set(json.loads(tokens.read_text())) == {one["id"] for one in a_plan()["people"]}


def test_ids_in_capitals_are_the_same_ids(opendoor: Opendoor, tmp_path: Path) -> None:
    tokens, plan = tmp_path / "tokens.json", a_plan()
    lead = next(person for person in plan["people"] if "lead" in person["roles"])
    lead["id"] = lead["id"].upper()
    assert opendoor("plan", "import", "-", "--tokens", str(tokens), given=json.dumps(plan)).exit_code == 0
    assert set(json.loads(tokens.read_text())) == {person["id"] for person in plan["people"]}
    for words in (("export",), ("audit",), ("plan", "export")):
        small, capitals = opendoor(*words, EXERCISE), opendoor(*words, EXERCISE.upper())
        assert (capitals.exit_code, capitals.stdout) == (0, small.stdout), words


def test_a_tokens_file_that_cannot_be_written_is_told_in_words(opendoor: Opendoor) -> None:
    refused = opendoor("plan", "import", "-", "--tokens", "/nowhere/at/all.json", given=json.dumps(a_plan()))
    assert refused.exit_code == 1
    assert "/nowhere/at/all.json: No such file" in refused.output
    assert "was made" in opendoor("plan", "import", "-", given=json.dumps(a_plan())).output, "nothing was brought in"


def test_a_refused_plan_leaves_no_tokens_and_those_of_before_as_they_were(opendoor: Opendoor, tmp_path: Path) -> None:
    tokens = tmp_path / "tokens" / "out.json"
    tokens.parent.mkdir()
    tokens.write_text("those of before")
    assert opendoor("plan", "import", "-", "--tokens", str(tokens), given="{}").exit_code == 1
    assert [one.name for one in tokens.parent.iterdir()] == ["out.json"]
    assert tokens.read_text() == "those of before"


def test_a_token_and_a_link_for_somebody(planned: Opendoor) -> None:
    token = planned("token", "create", "--person", an_id("lead"), "--days", "3")
    assert (token.exit_code, len(token.output.split())) == (0, 1)
    assert "/sign-in/" in planned("invite", "--person", an_id("lead")).output
    assert planned("revoke", "--person", an_id("lead")).output == "Taken back: 2.\n"
    assert planned("revoke", "--person", an_id("lead")).output == "There was none to take back.\n"
    told = planned("audit", EXERCISE).output.splitlines()
    assert [line.rpartition(",command-line,")[2] for line in told[1:]] == [
        f"made a token for {an_id('lead')}",
        f"made a sign-in link for {an_id('lead')}",
        f"took every link and token back from {an_id('lead')} (2)",
    ]


@pytest.mark.parametrize("words", [("token", "create"), ("invite",), ("revoke",)])
def test_nobody_gets_nothing(planned: Opendoor, words: tuple[str, ...]) -> None:
    refused = planned(*words, "--person", "nobody")
    assert (refused.exit_code, "nobody" in refused.output) == (1, True)


def test_a_command_for_what_is_there_makes_nothing_where_nothing_is(opendoor: Opendoor, tmp_path: Path) -> None:
    # A backup of a new and empty folder would say that all is well.
    ids = ("--person", an_id("lead"))
    for words in (
        ("backup", str(tmp_path / "b.tar")),
        ("verify",),
        ("audit", EXERCISE),
        ("export", EXERCISE),
        ("plan", "list"),
        ("plan", "export", EXERCISE),
        ("invite", *ids),
        ("revoke", *ids),
        ("token", "create", *ids),
        ("dead-letters", "list"),
        ("dead-letters", "retry"),
        ("replay",),
    ):
        refused = opendoor(*words)
        assert (refused.exit_code, "There is nothing of Open Door in" in refused.output) == (2, True), words
    assert list(tmp_path.iterdir()) == []


def test_the_exercises_are_listed_with_their_ids(planned: Opendoor) -> None:
    assert planned("plan", "list").output == f"{EXERCISE}  plan            {a_plan()['exercise']['title']}\n"
    assert planned("audit", EXERCISE.upper()).exit_code == 0


def test_an_exercise_that_is_not_there(planned: Opendoor) -> None:
    assert planned("plan", "export", an_id("other")).exit_code == 1


def test_drain_brings_a_plan_to_the_other_services(planned: Opendoor, house: System) -> None:
    assert planned("drain").exit_code == 0
    assert [job.pending() for job in house.jobs] == [0] * len(house.jobs)
    assert planned("drain").output == "Nothing waits any more.\n"


def test_drain_leaves_the_jobs_of_a_running_worker_to_it(
    planned: Opendoor, house: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.embedded.draining.PATIENCE_SECONDS", 0.1)
    running = turn_of(tmp_path / "data", "assessment")
    assert running.take()
    waited = planned("drain")
    assert waited.exit_code == 1
    assert "assessment" in waited.output
    running.give_back()
    assert planned("drain").exit_code == 0


def test_dead_letters_are_listed_and_tried_again(planned: Opendoor, house: System) -> None:
    assert "No event is set aside" in planned("dead-letters", "list").output
    intake = house.intake.database
    sound = example(PERSON_LISTED)
    with intake.transaction() as tx:
        add(tx, sound)
    house.drain()
    assert "No event is set aside" in planned("dead-letters", "list").output

    broken = replace(sound, id=an_id("broken"), data={"person_id": 3})
    house.jobs[0].log.publish([broken])  # type: ignore[attr-defined]
    house.drain()
    listed = planned("dead-letters", "list", "--service", "assessment")
    assert broken.id in listed.output
    again = planned("dead-letters", "retry")
    assert (again.exit_code, "0 handled, 2 still set aside" in again.output) == (1, True)
    assert planned("dead-letters", "retry", "--number", "1").exit_code == 2
    unknown = planned("dead-letters", "retry", "--service", "intake", "--number", "9")
    assert (unknown.exit_code, "Not every number given" in unknown.output) == (1, True)


def test_schemas_are_printed(opendoor: Opendoor) -> None:
    assert json.loads(opendoor("schema", "asyncapi").output)["asyncapi"].startswith("3.")
    assert json.loads(opendoor("schema", "openapi", "intake").output)["openapi"].startswith("3.")
    assert set(json.loads(opendoor("schema", "openapi").output)) == {"intake", "assessment", "reporting"}


def test_each_service_migrates_by_itself(opendoor: Opendoor) -> None:
    for service in ("intake", "assessment", "reporting"):
        assert f"database of {service} is up to date" in opendoor(service, "migrate").output


def test_a_folder_of_a_newer_version_is_refused_in_one_sentence(opendoor: Opendoor, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "VERSION").write_text("99")
    refused = opendoor("drain")
    assert refused.exit_code == 2
    assert "newer version" in refused.output
    assert len(refused.output.splitlines()) == 1


def test_verify_finds_what_was_altered_or_lost(opendoor: Opendoor, tmp_path: Path) -> None:
    system = System(tmp_path / "data", OCTOBER)
    tokens = system.plan(the_plan())
    lead = {"Authorization": f"Bearer {tokens[an_id('lead')]}"}
    stage = f"/api/intake/v1/exercises/{EXERCISE}/stage"
    assert system.client().post(stage, json={"to": "fieldwork"}, headers=lead).status_code == 200
    volunteer = Caller(system.client(), tokens[an_id("volunteer-1")])
    photo, visit_id = a_jpeg(), new_id()
    listed = listing(photo)
    said = voice_listing(WEBM)
    assert volunteer.put(visit_id, a_visit(photos=[listed], voice_notes=[said])).status_code == 201
    assert volunteer.put_photo(visit_id, listed["photo_id"], photo).status_code == 201
    assert volunteer.put_voice(visit_id, said["voice_id"], WEBM).status_code == 201
    system.drain()
    system.close()
    assert "All 4 objects are there and unaltered" in opendoor("verify").output

    kept = sorted(path for path in (tmp_path / "data" / "objects" / "voices").rglob("*") if path.is_file())
    kept += sorted(path for path in (tmp_path / "data" / "objects" / "originals").rglob("*") if path.is_file())
    kept[0].write_bytes(b"something else")
    altered = opendoor("verify")
    assert (altered.exit_code, "was altered" in altered.output) == (1, True)
    kept[0].unlink()
    missing = opendoor("verify")
    assert (missing.exit_code, "is missing" in missing.output) == (1, True)


def test_answers_go_out_as_a_table(house: System, opendoor: Opendoor) -> None:
    out = opendoor("export", EXERCISE)
    assert out.exit_code == 0
    assert out.output.splitlines()[0].startswith("site,round,visit")
    nobody = opendoor("export", an_id("nowhere"))
    assert nobody.exit_code == 1
    assert "There is no exercise" in nobody.output


def test_the_audit_says_who_did_what_and_nothing_of_what_they_saw(house: System, opendoor: Opendoor) -> None:
    house.drain()
    at = "2001-01-02T00:00:00.000000+00:00"
    with house.intake.database.transaction() as tx:
        for _ in range(AT_ONCE + 1):  # more than is read at once
            exercise_store.write_read(tx, EXERCISE, an_id("data-keeper"), "some words to check", at)
        exercise_store.write_read(tx, an_id("other"), an_id("lead"), "what is none of this", at)
    with house.services["assessment"].database.transaction() as tx:
        assessment_audit.record(
            tx, at=at, person_id=an_id("lead"), roles=["lead"], exercise_id=EXERCISE, what="the findings"
        )
    opendoor("export", EXERCISE)
    out = opendoor("audit", EXERCISE)
    rows = list(csv.DictReader(out.output.splitlines()))
    assert Counter((row["service"], row["person"], row["did"]) for row in rows) == {
        ("intake", an_id("data-keeper"), "read some words to check"): AT_ONCE + 1,
        ("assessment", an_id("lead"), "read the findings (as lead)"): 1,
        ("intake", "command-line", "read all answers as a table"): 1,
    }
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    assert opendoor("audit", EXERCISE, "--until", "2001-01-02").output.splitlines() == ["at,service,person,did"]
    nobody = opendoor("audit", an_id("nowhere"))
    assert (nobody.exit_code, "There is no exercise" in nobody.output) == (1, True)
