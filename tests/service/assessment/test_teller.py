"""The teller knows what waited at a moment from what came after it."""

from __future__ import annotations

from pathlib import Path

from services.assessment.jobs import Teller
from services.assessment.store import telling
from tests.system import System


def test_a_site_that_was_told_of_since_is_done_although_it_changed_again(tmp_path: Path) -> None:
    system = System(tmp_path)
    assessment = system.services["assessment"]
    teller = next(job for job in assessment.jobs() if isinstance(job, Teller))
    with assessment.database.transaction() as tx:
        telling.wave_changed(tx, "exercise", "one", 1)
        telling.wave_changed(tx, "exercise", "two", 1)
    mark = teller.mark()
    assert teller.left(mark) == 2
    with assessment.database.transaction() as tx:
        telling.take_site(tx, "exercise", "one")
        telling.draw(tx, "exercise", "one", [], system.clock.now())
        telling.wave_changed(tx, "exercise", "one", 1)
    assert teller.left(mark) == 1
    assert teller.pending() == 2
    assert teller.left(teller.mark()) == 2
    system.close()
