"""The pinned readings of wire.md §4, one after the other, word by word."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services.assessment.domain.contribution import contribution
from services.assessment.domain.result import wave_result
from services.assessment.domain.tally import Turn, VolunteerCard, WaveTally, add
from services.assessment.domain.waves import Wave
from tests.unit.assessment.counted import PIE, SHOP, of, result
from tests.unit.assessment.sent import ALL_ZONES, environment, talk

QUIET = {"QS-01": "c2", "QS-02": "c1", "QS-03": "t1"}
"""All three items of the quiet space, the smallest zone: C, C, B."""


def quiet(number: int, answers: dict[str, str] = QUIET, **more: Any) -> dict[str, Any]:
    """A visit to the quiet space alone."""
    return environment(number, answers, zones=more.pop("zones", ["QS"]), **more)


def zone(*visits: dict[str, Any], code: str = "QS") -> Any:
    """That zone in a wave of these visits."""
    return of(result(list(visits)), "zones", code)


# 1


@pytest.mark.parametrize(
    ("number", "sure"), [(1, "one-persons-view"), (2, "early"), (3, "fair"), (5, "fair"), (6, "strong"), (9, "strong")]
)
def test_1_sure_follows_the_visits(number: int, sure: str) -> None:
    found = result([quiet(at) for at in range(1, number + 1)])
    assert found["sure"] == of(found, "zones", "QS")["sure"] == sure


def test_1_a_zones_visits_are_those_with_a_countable_answer_in_it() -> None:
    blank = quiet(2, {"QS-01": "did-not-see", "QS-03": "skip"})
    found = result([quiet(1), blank])
    assert of(found, "zones", "QS")["visits"] == found["visits"] == 1
    assert of(found, "items", "P-QS-01")["left_out"] == {"not-here": 0, "did-not-see": 1, "skip": 0}


def test_1_at_one_visit_every_percent_range_and_band_is_null_and_points_are_given() -> None:
    found = result([quiet(1), talk(2, {"WE-01": "2"}, faces={"WE": 4})])
    here = of(found, "zones", "QS")
    assert (here["trigger"]["points"], here["trigger"]["maximum"]) == (1, 3)
    assert (here["comfort"]["points"], here["comfort"]["maximum"]) == (3, 9)
    nothing = [here["band"], here["band_by_points"], here["coverage"]["percent"]]
    nothing += [here[side][name] for side in ("trigger", "comfort") for name in ("percent", "range")]
    item, stage = of(found, "items", "P-QS-03"), of(found["mystery_shop"], "stages", "WE")
    nothing += [item["percent"], item["prevalence"], stage["percent"], stage["face_median"]]
    nothing += [of(found["mystery_shop"], "dimensions", "DIG")["percent"], found["mystery_shop"]["percent"]]
    nothing += [found["mystery_shop"]["range"], found["site"]["trigger_percent"], found["site"]["band"]]
    assert nothing == [None] * len(nothing)
    assert (item["triggers"], item["max"], item["median"]) == ([1], 1, 1)
    assert (stage["points"], stage["maximum"], stage["faces"]) == (2, 2, 1)
    assert found["visits"] == 2


def test_1_at_two_visits_there_is_a_percent_but_no_band() -> None:
    here = zone(quiet(1), quiet(2))
    assert here["trigger"]["percent"] == 33.3
    assert here["band"] is here["band_by_points"] is None
    assert here["why"] is not None
    assert zone(quiet(1), quiet(2), quiet(3))["band"] == "strained"


def test_1_whatever_is_null_has_a_why() -> None:
    found = result([quiet(1), talk(2, {"WE-01": "2"})])
    assert all(part["why"] for part in found["zones"] + found["items"])
    assert all(part["why"] for part in found["mystery_shop"]["stages"] + found["mystery_shop"]["items"])
    assert found["site"]["why"]
    assert found["agreement"]["facts"]["why"]


# 2


def test_2_the_long_form_asks_every_item_of_the_zone_with_the_core_items() -> None:
    found = result([environment(1, {"EN-01": "t1"}, zones=["EN", "QS"])])
    assert of(found, "zones", "EN")["coverage"]["asked"] == 7 + 9
    assert of(found, "zones", "QS")["coverage"]["asked"] == 3


def test_2_the_short_form_asks_its_own_items_and_the_core_items_that_were_answered() -> None:
    found = result([environment(1, {"EN-01": "t1", "AZ-02@EN": "t1"}, zones=["EN", "RE"], form="short")])
    asked = [item["item"] for item in found["items"] if item["zone"] == "EN"]
    assert asked == ["P-AZ-02", "P-EN-01", "P-EN-02", "P-EN-05", "P-EN-06"]
    assert [item["item"] for item in found["items"] if item["zone"] == "RE"] == ["P-RE-01", "P-RE-03"]


def test_2_a_visit_asks_every_zone_of_the_site_but_a_stopped_one_only_where_it_answered() -> None:
    whole = environment(1, {"QS-01": "c1"}, zones=["QS", "TO"])
    stopped = environment(2, {"QS-01": "c1"}, zones=["QS", "TO"], stopped=True, keep=True)
    assert of(result([whole]), "zones", "TO")["coverage"]["asked"] == 4
    assert of(result([stopped]), "zones", "TO")["coverage"]["asked"] == 0
    assert of(result([stopped]), "zones", "QS")["coverage"]["asked"] == 3


def test_2_a_complete_zone_turns_what_is_unanswered_into_fine_only_among_what_was_asked() -> None:
    found = result([environment(1, {"EN-01": "t1"}, zones=["EN"], form="short", complete=["EN"])])
    assert of(found, "zones", "EN")["coverage"] == {"countable": 4, "asked": 4, "not_applicable": 0, "percent": None}
    assert all(item["triggers"] in ([0], [1]) for item in found["items"])
    stopped = environment(1, {"QS-01": "c1"}, zones=["QS", "TO"], stopped=True, keep=True, complete=["TO"])
    assert of(result([stopped]), "zones", "TO")["visits"] == 0


def test_2_the_states_of_a_zone() -> None:
    absent = dict.fromkeys(QUIET, "not-here")
    assert zone()["state"] == "nothing-seen"
    assert zone(quiet(1, {}))["state"] == "nothing-seen"
    assert zone(quiet(1, {"QS-01": "skip"}))["state"] == "nothing-seen"
    assert zone(quiet(1, absent))["state"] == "does-not-apply"
    assert zone(quiet(1, absent), quiet(2, {}))["state"] == "does-not-apply"
    assert zone(quiet(1, absent), quiet(2, {"QS-01": "did-not-see"}))["state"] == "nothing-seen"
    assert zone(quiet(1))["state"] == "one-persons-view"
    assert zone(quiet(1), quiet(2))["state"] == "scored"
    half = [quiet(1, {"QS-01": "c1", "QS-03": "t3"}), quiet(2, {"QS-03": "fine"})]
    assert zone(*half)["coverage"]["percent"] == 50.0
    assert zone(*half)["state"] == "scored"
    few = zone(quiet(1, {"QS-03": "t3"}), quiet(2, {"QS-03": "fine"}))
    assert few["state"] == "not-enough-seen"
    assert few["trigger"]["percent"] is few["trigger"]["range"] is few["band"] is None
    assert few["red"] == ["P-QS-03"]


# 3


def test_3_the_range_is_over_visits_with_something_to_count_and_needs_two() -> None:
    no_trigger = quiet(3, {"QS-01": "c3", "QS-02": "c3"})
    found = zone(quiet(1, {**QUIET, "QS-03": "t2"}), quiet(2, {**QUIET, "QS-03": "fine"}), no_trigger)
    assert found["trigger"]["range"] == [0.0, 66.7]
    assert found["comfort"]["range"] == [33.3, 100.0]
    alone = zone(quiet(1), quiet(2, {"QS-01": "c3", "QS-02": "c3"}))
    assert (alone["trigger"]["percent"], alone["trigger"]["range"]) == (33.3, None)


def test_3_strengths_are_sorted() -> None:
    found = result([quiet(at, {"QS-03": said}) for at, said in enumerate(["t3c1", "c2", "t1"], 1)])
    item = of(found, "items", "P-QS-03")
    assert (item["triggers"], item["comforts"]) == ([0, 1, 3], [0, 1, 2])


# 4


def test_4_items_are_those_that_somebody_was_asked() -> None:
    assert len(result([environment(1, {"AP-01": "t1"}, zones=ALL_ZONES)])["items"]) == 90
    assert result([])["items"] == []


def test_4_trigger_items_have_no_comforts_and_comfort_items_no_triggers_and_no_flag() -> None:
    found = result([environment(at, {"RE-04": "t1", "RE-05": "c1"}) for at in (1, 2)])
    queue, quietly = of(found, "items", "P-RE-04"), of(found, "items", "P-RE-05")
    assert (queue["comforts"], queue["triggers"]) == ([], [1, 1])
    assert (quietly["triggers"], quietly["comforts"], quietly["flag"]) == ([], [1, 1], "none")
    assert [quietly[name] for name in ("k", "max", "median", "percent", "prevalence")] == [None] * 5
    unseen = of(found, "items", "P-RE-06")
    assert (unseen["n"], unseen["flag"]) == (0, "not-checked")


def test_4_the_median_of_an_even_n_is_the_mean_of_the_middle_two() -> None:
    found = result([quiet(at, {"QS-03": said}) for at, said in enumerate(["fine", "t1", "t2", "t3"], 1)])
    assert of(found, "items", "P-QS-03")["median"] == 1.5
    whole = of(result([quiet(at, {"QS-03": said}) for at, said in enumerate(["t1", "t3"], 1)]), "items", "P-QS-03")
    assert whole["median"] == 2
    assert isinstance(whole["median"], int)


def test_4_the_percent_of_an_item_is_its_load_and_prevalence_its_frequency() -> None:
    item = of(
        result([quiet(at, {"QS-03": said}) for at, said in enumerate(["fine", "t1", "t1"], 1)]), "items", "P-QS-03"
    )
    assert item["percent"] == 22.2
    assert item["prevalence"] == {"percent": 66.7, "low": 20.8, "high": 93.9}


# 5

RED, SEEN, MILD = {"QS-03": "t3"}, {"QS-03": "t1"}, {"QS-03": "t2"}


def open_reds(*waves: list[dict[str, Any]]) -> list[tuple[str, int]]:
    """Item and wave of the reds open at the last wave."""
    return [(red["item"], red["since_wave"]) for red in result(*waves)["site"]["open_red"]]


def test_5_a_red_stays_open_until_two_visits_by_two_volunteers_saw_it_and_none_gave_two() -> None:
    red = [quiet(1, RED)]
    assert open_reds(red) == [("P-QS-03", 1)]
    assert open_reds(red, []) == [("P-QS-03", 1)]
    assert open_reds(red, [quiet(2, SEEN)]) == [("P-QS-03", 1)]
    assert open_reds(red, [quiet(2, SEEN, volunteer="a"), quiet(3, SEEN, volunteer="a")]) == [("P-QS-03", 1)]
    assert open_reds(red, [quiet(2, SEEN), quiet(3, MILD)]) == [("P-QS-03", 1)]
    assert open_reds(red, [quiet(2, SEEN), quiet(3, SEEN)]) == []
    assert open_reds(red, [quiet(2, SEEN), quiet(3, SEEN)], [quiet(4, {})]) == []


def test_5_since_wave_is_when_it_was_first_open() -> None:
    gone = [quiet(2, SEEN), quiet(3, SEEN)]
    assert open_reds([quiet(1, RED)], [quiet(2, RED)], [quiet(3, RED)]) == [("P-QS-03", 1)]
    assert open_reds([quiet(1, RED)], gone, [quiet(4, RED)]) == [("P-QS-03", 3)]


def test_5_earlier_reds_cap_this_waves_bands_too() -> None:
    calm = [quiet(at, {"QS-01": "fine", "QS-03": "fine"}) for at in (11, 12, 13)]
    for visit in calm:
        visit["volunteer_key"] = "one person"
    here = of(result([quiet(1, RED)], calm), "zones", "QS")
    assert (here["band_by_points"], here["band"], here["caps"]) == ("calm", "strained", ["open-red"])
    assert here["red"] == []


def test_5_many_red_makes_a_zone_heavy() -> None:
    calm = {"RE-01": "fine", "RE-02": "fine", "RE-04": "fine", "RE-05": "fine", "RE-06": "fine"}
    calm |= {f"AZ-{at:02d}@RE": "fine" for at in range(1, 10)}

    def desk(*first: dict[str, str], people: str = "abc") -> Any:
        visits = [
            environment(at, calm | {"RE-03": "fine"} | said, volunteer=people[at - 1])
            for at, said in enumerate([*first, *[{}] * (3 - len(first))], 1)
        ]
        return of(result(visits), "zones", "RE")

    one = desk({"RE-03": "t2"})
    assert (one["caps"], one["band"], one["band_by_points"]) == (["open-red"], "strained", "calm")
    two_items = desk({"RE-03": "t2", "RE-04": "t3"})
    assert (two_items["caps"], two_items["band"]) == (["open-red", "many-red"], "heavy")
    two_people = desk({"RE-03": "t2"}, {"RE-03": "t3"})
    assert (two_people["caps"], two_people["band"]) == (["open-red", "many-red"], "heavy")
    same_person = desk({"RE-03": "t2"}, {"RE-03": "t3"}, people="aab")
    assert (same_person["caps"], same_person["band"]) == (["open-red"], "strained")
    # Two people, but only one of them makes it red by their own answer.
    half = desk({"RE-02": "t3"}, {"RE-02": "t2"})
    assert half["caps"] == ["open-red"]


# 6


def test_6_the_site_is_the_plain_mean_of_its_scored_zones_with_the_first_peak() -> None:
    both = {"QS-01": "c1", "QS-02": "c1", "QS-03": "t2"} | {f"TO-{at:02d}": "fine" for at in range(1, 5)}
    visits = [environment(at, both | {"TO-01": "t2"}, zones=["TO", "QS"]) for at in (1, 2, 3)]
    site = result(visits)["site"]
    assert site["trigger_percent"] == 41.7  # mean of 66.7 and 16.7, not the pooled 10 of 45
    assert (site["peak_zone"], site["band"]) == ("QS", "strained")
    tie = {"EX-01": "t1", "EX-02": "t1", "AP-01": "t1", "AP-02": "t1", "AP-03": "t1"}
    tie |= {"AP-04": "t1", "AP-05": "t1", "AP-06": "t1", "EX-03": "fine", "EX-04": "fine", "EX-05": "fine"}
    found = result([environment(at, tie, zones=["AP", "EX"]) for at in (1, 2)])["site"]
    assert (found["trigger_percent"], found["peak_zone"], found["band"]) == (33.3, "AP", None)


def test_6_a_zone_without_anything_to_count_stays_out_of_the_mean() -> None:
    nice = {"QS-01": "c3", "QS-02": "c3", "QS-03": "not-here"}
    toilets = {f"TO-{at:02d}": "t1" for at in range(1, 5)}
    site = result([environment(at, nice | toilets, zones=["TO", "QS"]) for at in (1, 2, 3)])
    assert of(site, "zones", "QS")["state"] == "scored"
    assert of(site, "zones", "QS")["trigger"]["percent"] is of(site, "zones", "QS")["band"] is None
    assert site["site"]["trigger_percent"] == 33.3


def test_6_the_sites_band_is_capped_by_any_open_red() -> None:
    calm = {f"TO-{at:02d}": "fine" for at in range(1, 5)} | {"QS-03": "t3"}
    site = result(
        [environment(at, calm if at == 1 else {**calm, "QS-03": "skip"}, zones=["TO", "QS"]) for at in (1, 2, 3)]
    )
    assert (site["site"]["trigger_percent"], site["site"]["band"]) == (0.0, "strained")
    assert of(site, "zones", "TO")["band"] == "calm"


# 7


def test_7_what_was_put_off_beforehand_never_scores() -> None:
    found = result([talk(at, {"BE-07": "2"}) for at in (1, 2)])
    assert found["visits"] == found["mystery_shop"]["visits"] == found["mystery_shop"]["maximum"] == 0
    assert all(item["item"] != "M-BE-07" for item in found["mystery_shop"]["items"])


def test_7_what_was_not_reached_leaves_both_sums_and_the_range_is_over_visits() -> None:
    left_out = {"CV-01": "did-not-get-that-far", "CV-02": "skip", "AF-01": "too-soon", "CV-03": "not-applicable"}
    shop = result([talk(1, {"WE-01": "2", **left_out}), talk(2, {"WE-01": "1", "WE-02": "0"})])["mystery_shop"]
    assert (shop["points"], shop["maximum"], shop["percent"], shop["range"]) == (3, 6, 50.0, [25.0, 100.0])
    assert of(shop, "stages", "CV")["maximum"] == 0
    assert of(shop, "stages", "CV")["percent"] is None


def test_7_faces_are_told_as_a_median_and_change_no_percentage() -> None:
    plain = [talk(1, {"WE-01": "2"}), talk(2, {"WE-01": "1"})]
    faced = [talk(1, {"WE-01": "2"}, faces={"WE": 1}), talk(2, {"WE-01": "1"}, faces={"WE": 4})]
    stage = of(result(faced)["mystery_shop"], "stages", "WE")
    assert (stage["face_median"], stage["faces"]) == (2.5, 2)
    assert stage["percent"] == of(result(plain)["mystery_shop"], "stages", "WE")["percent"] == 75.0


# 8


def test_8_a_volunteers_first_visit_by_the_time_it_came_stands_for_them() -> None:
    later = quiet(1, {"QS-03": "t3"}, volunteer="a", received=9)
    first = quiet(2, {"QS-03": "t1"}, volunteer="a", received=5)
    other = quiet(3, {"QS-03": "t1"}, volunteer="b", received=7)
    facts = result([later, first, other])["agreement"]["facts"]
    assert (facts["pairs"], facts["exact_percent"], facts["units"], facts["says"]) == (1, 100.0, 1, "too-few")


def test_8_facts_are_present_or_absent_and_felt_things_keep_their_strength() -> None:
    sides = [
        {"WA-08": "c1", "WA-07": "c3", "EN-01": "t1", "EN-02": "t3c1"},
        {"WA-08": "c3", "WA-07": "fine", "EN-01": "t2", "EN-02": "c3"},
    ]
    found = result([environment(at, said, zones=["EN", "WA"]) for at, said in enumerate(sides, 1)])["agreement"]
    assert (found["facts"]["pairs"], found["facts"]["exact_percent"]) == (2, 50.0)
    felt = found["felt"]
    assert (felt["pairs"], felt["exact_percent"], felt["within_one_percent"]) == (2, 0.0, 50.0)


def test_8_alpha_needs_ten_units_and_variation() -> None:
    def agreement(*answers: dict[str, str]) -> Any:
        return result([environment(at, said, zones=["AP", "EX", "TO"]) for at, said in enumerate(answers, 1)])[
            "agreement"
        ]

    facts = [f"TO-{at:02d}" for at in (1, 2, 4)] + [f"EX-{at:02d}" for at in range(1, 6)] + ["AP-02", "AP-04"]
    fine = dict.fromkeys(facts, "fine")
    nine = agreement(dict.fromkeys(facts[:9], "fine"), dict.fromkeys(facts[:9], "fine"))["facts"]
    assert (nine["units"], nine["alpha"], nine["says"]) == (9, None, "too-few")
    same = agreement(fine, fine)["facts"]
    assert (same["units"], same["alpha"], same["says"]) == (10, None, "everyone-agreed")
    one = agreement(fine)["facts"]
    assert (one["units"], one["pairs"], one["exact_percent"], one["says"]) == (0, 0, None, "too-few")
    mixed = agreement({**fine, "TO-01": "t1", "TO-02": "t2"}, {**fine, "TO-01": "t3", "TO-02": "t1"})["facts"]
    assert (mixed["alpha"], mixed["says"], mixed["exact_percent"]) == (1.0, "good", 100.0)
    trap = agreement({**fine, "TO-01": "t1"}, {**fine, "TO-02": "t1"})["facts"]
    assert (trap["says"], trap["exact_percent"], trap["alpha"]) == ("talk-it-over", 80.0, -0.056)
    assert trap["note"]


# 9


def test_9_a_stopped_visit_that_was_not_kept_is_nowhere() -> None:
    stopped = quiet(2, {"QS-03": "t3"}, stopped=True)
    assert result([quiet(1), stopped]) == result([quiet(1)])


def test_9_a_groups_own_items_are_shown_and_enter_no_sum() -> None:
    own = replace(PIE.item("P-QS-03"), code="X-QS-01", local=True)
    wider = PIE.with_items([own])
    tally = WaveTally()
    for at in (1, 2, 3):
        visit = quiet(at)
        visit["answers"].append({"item": "X-QS-01", "zone": "QS", "answer": "bad", "trigger": 2, "comfort": None})
        add(tally, VolunteerCard(), Turn(visit["received_at"], visit["visit_id"]), contribution(visit, wider))
    found = wave_result("e", "s", ["QS"], [Wave(1, tally, wider, SHOP)])
    plain = result([quiet(at) for at in (1, 2, 3)], zones=["QS"])
    local = of(found, "items", "X-QS-01")
    assert (local["local"], local["triggers"], local["flag"]) == (True, [2, 2, 2], "amber")
    for name in ("trigger", "comfort", "coverage", "band_by_points", "visits", "state"):
        assert of(found, "zones", "QS")[name] == of(plain, "zones", "QS")[name]
    assert found["site"] == plain["site"]
    assert found["agreement"] == plain["agreement"]
