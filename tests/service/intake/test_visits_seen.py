"""What the host charity sees of visits: everything that was said and may be used, nobody's name, no day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.intake.plans import EXERCISE, an_id
from tests.service.intake.visiting import Browser, Intake, a_shop, a_visit, new_id

LIST = f"/exercises/{EXERCISE}/visits"


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    house = Intake(tmp_path)
    yield house
    house.close()


@pytest.mark.parametrize("who", ["lead", "data-keeper"])
def test_the_host_reads_what_was_said_without_the_name_or_the_day(intake: Intake, who: str) -> None:
    visit_id = new_id()
    intake.as_("volunteer-1").put(visit_id, a_visit())
    host = Browser(intake, who)
    assert visit_id in host.open(LIST)
    page = host.open(f"{LIST}/{visit_id}")
    assert "People sat behind me." in page
    assert "Hard chairs in one row." in page
    for secret in ("The volunteer-1", an_id("volunteer-1"), "2026-10-10", "10 October"):
        assert secret not in page
    with intake.service.database.reading() as tx:
        reads = tx.exec_driver_sql("select what from embargoed_reads where person_id = ?", (an_id(who),)).scalars()
        assert f"the visit {visit_id}" in list(reads)


def test_words_without_leave_to_use_them_are_not_shown(intake: Intake) -> None:
    visit_id = new_id()
    intake.as_("volunteer-1").put(visit_id, a_visit(consents={}))
    page = Browser(intake, "lead").open(f"{LIST}/{visit_id}")
    assert "People sat behind me." not in page
    assert "Hard chairs" not in page
    assert "I felt unsafe" in page


def test_what_may_not_be_used_is_not_there(intake: Intake) -> None:
    me, gone, stopped = intake.as_("volunteer-1"), new_id(), new_id()
    me.put(gone, a_visit())
    me.withdraw(gone)
    me.put(stopped, a_shop(stopped_early=True))
    host = Browser(intake, "lead")
    assert "No visits yet" in host.open(LIST)
    for visit_id in (gone, stopped, new_id()):
        assert host.client.get(f"{LIST}/{visit_id}").status_code == 404


@pytest.mark.parametrize("who", ["volunteer-1", "buddy", "sponsor", "manager", "working-group", "staff"])
def test_nobody_else_reads_them(intake: Intake, who: str) -> None:
    visit_id = new_id()
    intake.as_("volunteer-2").put(visit_id, a_visit())
    other = Browser(intake, who)
    assert other.client.get(LIST).status_code == 404
    assert other.client.get(f"{LIST}/{visit_id}").status_code == 404
