"""Events may come late, twice, overtaken or after their withdrawal: what is answered is what was last true."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.assessment.store import audit
from services.assessment.use_cases import counting
from shared.contracts import catalogue
from tests.service.assessment.house import House, event_type, withdrawal
from tests.unit.assessment.counted import result
from tests.unit.assessment.random_waves import SOME_ZONES, environments, visits
from tests.unit.assessment.sent import EXERCISE, SITE, environment, talk, visit_id

RE = {"RE-01": "fine", "RE-02": "t1", "RE-03": "t3", "RE-04": "t1"}


def test_a_repeated_visit_counts_once(house: House) -> None:
    sent = environment(1, RE)
    house.send(sent, sent)
    house.send(sent)
    assert house.wave()["visits"] == 1


def test_a_correction_that_overtakes_its_visit_stands(house: House) -> None:
    first, second = environment(1, RE), environment(1, {"RE-03": "fine"}, version=2)
    house.send(second)
    house.send(first)
    found = house.wave()
    assert [item["triggers"] for item in found["items"] if item["item"] == "P-RE-03"] == [[0]]
    house.send(environment(1, {"RE-03": "t1"}, version=3))
    assert house.findings() == []


def test_a_withdrawal_that_overtakes_its_visit_stands(house: House) -> None:
    house.withdraw(1)
    house.send(environment(1, RE), environment(2, RE))
    house.send(environment(1, RE, version=2))
    assert house.wave()["visits"] == 1


def test_withdrawing_leaves_no_trace(house: House) -> None:
    before = house.wave()
    house.send(environment(1, RE), talk(2, {"WE-03": "0"}))
    house.withdraw(1)
    house.withdraw(2)
    house.withdraw(2)
    assert house.wave() == before
    assert house.findings() == []


def test_a_volunteers_next_visit_stands_for_them_when_the_first_is_withdrawn(house: House) -> None:
    house.send(environment(1, {"RE-01": "t1"}, volunteer="a"), environment(2, {"RE-01": "fine"}, volunteer="a"))
    house.send(environment(3, {"RE-01": "fine"}, volunteer="b"))
    assert house.wave()["agreement"]["facts"]["exact_percent"] == 0.0
    house.withdraw(1)
    assert house.wave()["agreement"]["facts"]["exact_percent"] == 100.0


def test_a_first_visit_in_which_nothing_counted_stays_the_first(house: House) -> None:
    house.send(environment(1, {"RE-01": "skip"}, volunteer="a"))
    house.send(environment(2, {"RE-01": "t1"}, volunteer="a"), environment(3, {"RE-01": "fine"}, volunteer="b"))
    assert house.wave()["agreement"]["facts"]["pairs"] == 0


def test_visits_that_come_before_the_plan_are_not_lost(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.send(environment(1, RE))
    house.plan()
    assert house.wave()["visits"] == 1
    house.close()


def test_what_is_told_is_what_is_answered(house: House) -> None:
    house.send(environment(1, RE), environment(2, RE), wave_two := environment(3, RE, wave=2))
    (one, two) = {e.data["wave"]: e for e in house.told(catalogue.WAVE_ASSESSED)}.values()
    assert one.data["result"]["visits"] == 2
    assert two.data["result"]["site"]["open_red"][0]["since_wave"] == 1
    assert one.data["for_partner"]["visits"] is None
    drawn = house.told(catalogue.FINDINGS_DRAWN)[-1].data
    assert drawn["findings"][0]["item"] == "P-RE-03"
    assert drawn["comparison"]["matched"] == 4
    assert drawn["comparison_for_partner"] is None
    stories = {e.data["visit_id"]: e.data for e in house.told(catalogue.VISIT_ASSESSED)}
    said = stories[wave_two["visit_id"]]["said"]
    assert {one["item"] for one in said} >= {"P-RE-03"}
    assert {one["finding_id"] for one in said} <= {one["id"] for one in drawn["findings"]}
    house.withdraw(3, wave=2)
    last = [e.data for e in house.told(catalogue.VISIT_ASSESSED) if e.data["visit_id"] == visit_id(3)][-1]
    assert (last["dropped"], last["said"]) == (True, [])


def test_an_earlier_visit_hears_of_a_finding_that_a_later_one_brought_about(house: House) -> None:
    house.send(environment(1, {"RE-02": "t1"}))
    assert house.told(catalogue.VISIT_ASSESSED)[-1].data["said"] == []
    house.send(environment(2, {"RE-02": "t3"}))
    told = [e.data for e in house.told(catalogue.VISIT_ASSESSED) if e.data["visit_id"] == visit_id(1)]
    assert [one["item"] for one in told[-1]["said"]] == ["P-RE-02"]


def test_a_released_wave_is_told_anew(house: House) -> None:
    house.send(environment(1, {"RE-03": "t3"}, wave=2))
    assert house.told(catalogue.FINDINGS_DRAWN)[-1].data["for_partner"] == []
    house.plan("action", releases=[2])
    (hidden,) = house.told(catalogue.FINDINGS_DRAWN)[-1].data["for_partner"]
    assert (hidden["item"], hidden["k"], hidden["quotes"]) == ("P-RE-03", None, [])


def test_words_may_be_held_back_and_let_out_again_and_the_latest_word_counts(house: House) -> None:
    house.send(environment(1, RE))
    told = {"visit_id": visit_id(1), "exercise_id": EXERCISE, "site_id": SITE, "words_id": "w"}
    words = told | {"wave": 1, "item": "P-RE-03", "zone": "RE", "stage": None, "text": "Loud.", "volunteer_key": "v"}

    def quotes() -> Any:
        house.drain()
        return next(one["quotes"] for one in house.findings() if one["item"] == "P-RE-03")

    house.publish([(catalogue.WORDS_RELEASED, words)])
    assert quotes() == ["Loud."]
    house.publish([(catalogue.WORDS_HELD_BACK, told)])
    assert quotes() == []
    house.publish([(catalogue.WORDS_RELEASED, words | {"text": "Very loud."})])
    assert quotes() == ["Very loud."]


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)
@given(
    stay=visits(1, most=4),
    leave=visits(30, most=2),
    before=environments(60),
    after=environments(60),
    chance=st.randoms(use_true_random=False),
)
def test_any_order_gives_what_counting_from_scratch_gives(
    tmp_path_factory: Any, stay: list[Any], leave: list[Any], before: Any, after: Any, chance: Any
) -> None:
    after |= {"version": 2, "volunteer_key": before["volunteer_key"], "received_at": before["received_at"]}
    told = [(event_type(visit), visit) for visit in (*stay, *leave, before, after)]
    told += [(catalogue.VISIT_WITHDRAWN, withdrawal(int(visit["visit_id"][-4:]))) for visit in leave]
    told += chance.sample(told, len(told) // 2)
    chance.shuffle(told)
    house = House(tmp_path_factory.mktemp("house"))
    try:
        house.plan(zones=SOME_ZONES)
        cut = chance.randint(0, len(told))
        house.publish(told[:cut])
        house.drain()
        house.publish(told[cut:])
        house.drain()
        live = house.wave()
        expected = result([*stay, after], zones=SOME_ZONES)
        assert _wire(live) == _wire(expected)
        with house.service.database.transaction() as tx:
            counting.recount(tx, (EXERCISE, SITE, 1))
        assert house.wave() == live
    finally:
        house.close()


def _wire(found: Any) -> Any:
    """As the answer gives it: no field that only the domain knows."""
    if isinstance(found, dict):
        return {name: _wire(value) for name, value in found.items() if name != "face_volunteers"}
    return [_wire(value) for value in found] if isinstance(found, list) else found


def test_reads_under_embargo_are_on_record_and_others_are_not(house: House) -> None:
    house.send(environment(1, RE))
    house.wave()
    house.findings()
    house.plan("shared")
    house.wave(role="manager")
    house.wave(2)
    with house.service.database.reading() as tx:
        reads = audit.reads(tx, EXERCISE, 0, 10)
    assert [read.did for read in reads] == [
        f"read {SITE}: the result of wave 1 (as lead)",
        f"read {SITE}: the findings (as lead)",
        f"read {SITE}: the result of wave 2 (as lead)",
    ]
