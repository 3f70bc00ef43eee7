"""A plan file goes in and comes out again, changes only what it changes, and tells everybody in one transaction."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from services.intake.store.exercises import reads
from services.intake.use_cases.people import create_token, revoke_all
from services.intake.use_cases.plan import export_plan, import_plan
from shared.access import directory
from shared.access.roles import Role
from shared.contracts.refusals import Refusal
from shared.messaging import outbox
from shared.runtime.service import Service
from tests.service.intake.planning import PLACE, House, an_intake
from tests.service.intake.plans import EXERCISE, a_plan, an_id


@pytest.fixture
def intake(tmp_path: Path) -> Service:
    return an_intake(tmp_path)


def told(intake: Service) -> list[tuple[str, str]]:
    """Type and key of every event that waits to be sent."""
    with intake.database.reading() as tx:
        return [(event.type, event.key) for _, event in outbox.unsent(tx, 1000)]


def test_a_plan_comes_out_as_it_went_in_and_the_same_again_changes_nothing(intake: Service) -> None:
    done = import_plan(intake, a_plan())
    assert (done.change, done.exercise_id, len(done.people)) == ("created", EXERCISE, 10)
    assert export_plan(intake, EXERCISE) == a_plan()
    before = told(intake)
    assert import_plan(intake, export_plan(intake, EXERCISE)).change == "unchanged"
    assert told(intake) == before
    assert len(before) == 11  # the exercise and ten people


def test_null_in_a_plan_says_the_same_as_leaving_it_out(intake: Service) -> None:
    file = a_plan()
    said = json.loads(json.dumps(file))
    for part, name in ((said["people"][1], "representative"), (said["scenarios"][0], "unwind"), (said, "assignments")):
        part[name] = None
    done = import_plan(intake, said)
    kept = export_plan(intake, EXERCISE)
    assert (done.change, kept["assignments"], kept["scenarios"][0]["unwind"]) == ("created", [], [])
    assert kept["people"] == file["people"]
    assert import_plan(intake, kept).change == "unchanged"
    said |= {"scenarios": None}
    assert import_plan(intake, said).change == "updated"
    assert export_plan(intake, EXERCISE)["scenarios"] == []


def test_waves_listed_out_of_order_are_kept_in_order_and_the_same_again_changes_nothing(intake: Service) -> None:
    file = a_plan()
    waves = file["exercise"]["waves"]
    file["exercise"]["waves"] = [*reversed(waves)]
    import_plan(intake, file)
    assert export_plan(intake, EXERCISE)["exercise"]["waves"] == waves
    assert import_plan(intake, file).change == "unchanged"


def test_the_directory_knows_at_once_and_holds_no_name(intake: Service) -> None:
    import_plan(intake, a_plan())
    with intake.database.reading() as tx:
        entry = directory.exercise(tx, EXERCISE)
        membership = directory.membership(tx, an_id("volunteer-1"), EXERCISE)
        events = [event.to_json() for _, event in outbox.unsent(tx, 1000)]
    assert entry is not None
    assert (entry.stage, entry.version, entry.wave_releases, entry.shared_before) == ("plan", 1, frozenset(), False)
    assert membership is not None
    assert (membership.roles, membership.representative) == ({Role.VOLUNTEER}, True)
    assert not [event for event in events if "The volunteer" in event or "The lead" in event]


def test_a_fault_changes_nothing_and_names_its_line_of_thought(intake: Service) -> None:
    import_plan(intake, a_plan())
    wrong = a_plan()
    wrong["exercise"]["title"] = "Another title"
    wrong["people"][2]["roles"] = ["guard"]
    with pytest.raises(Refusal) as refused:
        import_plan(intake, wrong)
    assert refused.value.status == 422
    assert "people[2].roles[0]: " in refused.value.detail
    assert export_plan(intake, EXERCISE) == a_plan()


def test_a_changed_plan_is_an_update_and_tells_only_what_changed(intake: Service) -> None:
    import_plan(intake, a_plan())
    before = len(told(intake))
    changed = a_plan()
    changed["exercise"]["title"] = "A better title"
    changed["people"][1]["name"] = "Somebody else’s name"
    changed["people"][2]["roles"] = ["buddy", "working-group"]
    removed = changed["people"].pop()
    assert import_plan(intake, changed).change == "updated"
    assert export_plan(intake, EXERCISE) == changed
    assert told(intake)[before:] == [
        ("org.opendoor.exercise.planned.v1", EXERCISE),
        ("org.opendoor.person.listed.v1", an_id("buddy")),
        ("org.opendoor.person.listed.v1", removed["id"]),
    ]
    with intake.database.reading() as tx:
        assert directory.membership(tx, removed["id"], EXERCISE) is None


def test_two_exercises_may_share_a_site_and_people_but_not_scenarios(intake: Service) -> None:
    import_plan(intake, a_plan())
    other = a_plan()
    other["exercise"] = {**other["exercise"], "id": an_id("other"), "title": "Another"}
    with pytest.raises(Refusal) as refused:
        import_plan(intake, other)
    assert {fault.pointer for fault in refused.value.errors} == {
        "/scenarios/0/id",
        "/assignments/0/id",
        "/assignments/1/id",
    }
    other |= {"scenarios": [], "assignments": []}
    other["sites"][0]["name"] = "A new name for it"
    assert import_plan(intake, other).change == "created"
    with intake.database.reading() as tx:
        first = directory.exercise(tx, EXERCISE)
        assert first is not None
        assert first.sites[0].name == "A new name for it"
        assert len(directory.exercises_of(tx, an_id("lead"))) == 2


def test_a_site_of_another_partner_is_not_taken_over(intake: Service) -> None:
    import_plan(intake, a_plan())
    strange = a_plan(scenarios=[], assignments=[])
    strange["partner"] = {**strange["partner"], "id": an_id("rival")}
    strange["exercise"] = {**strange["exercise"], "id": an_id("other")}
    with pytest.raises(Refusal) as refused:
        import_plan(intake, strange)
    assert [fault.pointer for fault in refused.value.errors] == ["/sites/0/id"]


def test_a_closed_exercise_stays_as_it_was(intake: Service) -> None:
    house = House(intake)
    house.move("closed")
    with pytest.raises(Refusal) as refused:
        import_plan(intake, a_plan(assignments=[]))
    assert (refused.value.status, refused.value.code) == (409, "exercise-closed")


def test_a_token_opens_until_it_is_taken_back(intake: Service) -> None:
    house = House(intake)
    assert house.call("lead", "GET", f"{PLACE}").status_code == 200
    assert revoke_all(intake, an_id("lead")) == 1
    assert house.call("lead", "GET", f"{PLACE}").status_code == 401
    assert ("org.opendoor.credential.revoked.v1") in [kind for kind, _ in told(intake)]


def test_a_token_is_for_somebody_and_for_some_days(intake: Service) -> None:
    import_plan(intake, a_plan())
    for person, days, status in ((an_id("nobody"), 5, 404), (an_id("lead"), 0, 422), (an_id("lead"), 10**9, 422)):
        with pytest.raises(Refusal) as refused:
            create_token(intake, person, days)
        assert refused.value.status == status


def test_reading_names_under_embargo_is_written_down(intake: Service) -> None:
    house = House(intake)
    house.call("lead", "GET", f"{PLACE}")
    house.call("volunteer-1", "GET", f"{PLACE}")
    with intake.database.reading() as tx:
        assert [one.person_id for one in reads(tx, EXERCISE, 0, 100)] == [an_id("lead")]


def written(intake: Service, file: dict[str, Any]) -> list[str]:
    """Import the file; the statements that wrote into a table of the plan."""
    said: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if re.match(r"(INSERT INTO|UPDATE) (sites|scenarios|assignments)\b", statement):
            said.append(" ".join(statement.split()[:3]))

    event.listen(intake.database.engine, "before_cursor_execute", hear)
    import_plan(intake, file)
    event.remove(intake.database.engine, "before_cursor_execute", hear)
    return said


def test_changing_one_entry_writes_one_entry_however_many_there_are(intake: Service) -> None:
    file = a_plan()
    base = file["assignments"][0]
    file["assignments"] += [{**base, "id": an_id(f"more {number}")} for number in range(20)]
    assert written(intake, file) == ["INSERT INTO sites", "INSERT INTO scenarios", "INSERT INTO assignments"]
    file["assignments"][-1]["buddy"] = an_id("buddy")
    assert written(intake, file) == ["UPDATE assignments SET"]
    file["sites"][0]["name"] = "Better spelt"
    assert written(intake, file) == ["UPDATE sites SET"]
    assert export_plan(intake, EXERCISE) == file


def test_a_plan_that_is_far_too_long_is_told_so_and_not_gone_through(intake: Service) -> None:
    file = a_plan()
    file["people"] += [{}] * 1_000
    file["exercise"]["waves"] += [{"number": "none"}] * 99
    with pytest.raises(Refusal) as refused:
        import_plan(intake, file)
    assert [(fault.pointer, fault.detail) for fault in refused.value.errors] == [
        ("/people", "has 1,010 entries. A plan has at most 1,000; make several exercises of it."),
        ("/exercise/waves", "has 101 entries. A plan has at most 99; make several exercises of it."),
    ]


def test_of_very_many_faults_the_first_are_told_and_how_many_there_are(intake: Service) -> None:
    file = a_plan()
    file["people"] += [{}] * 100
    with pytest.raises(Refusal) as refused:
        import_plan(intake, file)
    *first, last = refused.value.errors
    assert len(first) == 100
    assert first[0].pointer == "/people/10/id"
    assert (last.pointer, last.detail) == ("", "There are 200 more faults. They are told when these are mended.")
    assert "plan: There are 200 more faults." in refused.value.detail
