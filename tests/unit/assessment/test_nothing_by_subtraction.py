"""What a partner may not have in numbers cannot be had by taking shown numbers from totals either (domain.md §4)."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.assessment.domain import sentences
from services.assessment.domain.comparison import WARN_FEW, WARN_PEOPLE, WARN_TOTALS
from services.assessment.domain.disclosure import comparison_for_partner, result_for_partner
from services.assessment.domain.findings import findings_of
from services.assessment.domain.partner_sums import hides_any, shown
from services.assessment.domain.rounding import percent
from services.assessment.domain.sureness import WHY_ADDED_UP, WHY_PARTNER
from services.assessment.domain.waves import Wave
from tests.unit.assessment.counted import PIE, SHOP, Counted, compared, for_partner, of, result
from tests.unit.assessment.random_waves import SOME_ZONES, visits
from tests.unit.assessment.sent import EXERCISE, SITE, environment, talk
from tests.unit.assessment.test_must_never_happen import every_value

QUIETLY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
Json = dict[str, Any]


def numbers(found: Any) -> list[tuple[str, Any]]:
    return [(path, value) for path, value in every_value(found) if isinstance(value, int | float) and value is not True]


def otherwise(lead: Json, chance: Any) -> Json:
    """The same result with other numbers in every hidden item, and in every sum that such an item has a part in."""
    changed = deepcopy(lead)

    def other(part: Json, *names: str) -> None:
        part |= {name: chance.randint(0, 90) for name in names}

    for item in changed["items"]:
        if item["n"] and not shown(item):
            other(item, "k", "max", "percent")
            for name in ("triggers", "comforts"):
                item[name] = [chance.randint(0, 3) for _ in item[name]]
    for zone in changed["zones"]:
        here = [item for item in lead["items"] if item["zone"] == zone["zone"]]
        if hides_any(here):
            other(zone["coverage"], *zone["coverage"])
            for side in (zone["trigger"], zone["comfort"]):
                other(side, *(name for name in ("points", "maximum", "percent") if side[name] is not None))
    if hides_any(lead["items"]) and changed["site"]["trigger_percent"] is not None:
        other(changed["site"], "trigger_percent")
    shop = changed["mystery_shop"]
    for item in shop["items"]:
        if item["n"] and not shown(item):
            other(item, "points", "maximum", "percent", "twos", "ones_or_more")
    for name, parts in (("stage", shop["stages"]), ("dimension", shop["dimensions"]), ("", [shop])):
        for part in parts:
            if hides_any([item for item in lead["mystery_shop"]["items"] if not name or item[name] == part[name]]):
                other(part, "points", "maximum")
                if part["percent"] is not None:
                    other(part, "percent")
    return changed


@QUIETLY
@given(visits(most=7), st.randoms(use_true_random=False))
def test_no_number_depends_on_what_is_hidden(sent: list[Json], chance: Any) -> None:
    lead = result(sent, zones=SOME_ZONES)
    wave = Wave(1, Counted(sent).tally, PIE, SHOP)
    assert numbers(result_for_partner(otherwise(lead, chance), wave)) == numbers(result_for_partner(lead, wave))


@QUIETLY
@given(visits(most=7))
def test_every_sum_is_one_of_shown_items_and_equals_the_leads_where_nothing_is_hidden(sent: list[Json]) -> None:
    lead, told = result(sent, zones=SOME_ZONES), for_partner(sent, zones=SOME_ZONES)
    for zone, whole in zip(told["zones"], lead["zones"], strict=True):
        here = [item for item in told["items"] if item["zone"] == zone["zone"]]
        for side, strengths in (("trigger", "triggers"), ("comfort", "comforts")):
            if zone[side]["points"] is not None:
                assert zone[side]["points"] == sum(sum(item[strengths]) for item in here)
                assert zone[side]["maximum"] == sum(3 * len(item[strengths]) for item in here)
        assert set(zone["amber"]) | set(zone["strength"]) <= {item["item"] for item in here if item["n"]}
        if zone["visits"] is not None and not hides_any([i for i in lead["items"] if i["zone"] == zone["zone"]]):
            assert zone == whole
    shop, whole_shop = told["mystery_shop"], lead["mystery_shop"]
    for name, parts in (("stage", shop["stages"]), ("dimension", shop["dimensions"])):
        for part in parts:
            if part["points"] is not None:
                assert part["points"] == sum(item["points"] or 0 for item in shop["items"] if item[name] == part[name])
    if shop["points"] is not None:
        assert shop["points"] == sum(item["points"] or 0 for item in shop["items"])
        assert hides_any(whole_shop["items"]) or shop["points"] == whole_shop["points"]


@QUIETLY
@given(visits(most=6), visits(start=20, most=6))
def test_before_and_after_adds_up_from_shown_items_too(before: list[Json], after: list[Json]) -> None:
    waves = (result(before, zones=SOME_ZONES), result(before, after, zones=SOME_ZONES))
    told = comparison_for_partner(compared(before, after), waves)
    shown_rows = [row for row in told["items"] if row["from_n"]]
    for load, wave in ((told["trigger_from"], waves[0]), (told["trigger_to"], waves[1])):
        if load["points"] is None:
            continue
        counted = [of(wave, "items", row["item"], row["zone"]) for row in shown_rows]
        assert load["points"] == sum(sum(item["triggers"]) for item in counted)
        assert load["maximum"] == sum(3 * item["n"] for item in counted)
    if told["better"] is not None:
        verdicts = [row["verdict"] for row in told["items"]]
        assert [told[one] for one in ("better", "same", "worse")] == [
            verdicts.count(one) for one in ("better", "same", "worse")
        ]


def test_one_item_that_few_saw_is_in_no_total() -> None:
    said = {"RE-02": "t1", "RE-03": "t1"}
    sent = [environment(at, said | {"RE-04": "skip"}, complete=["RE"]) for at in (2, 3)]
    sent.append(environment(1, said | {"RE-04": "t2"}, complete=["RE"]))
    lead, told = of(result(sent), "zones", "RE"), of(for_partner(sent), "zones", "RE")
    assert (lead["trigger"]["points"], told["trigger"]["points"]) == (8, 6)
    most = lead["trigger"]["maximum"] - 3
    assert told["trigger"] == {"points": 6, "maximum": most, "percent": percent(6, most), "range": None}
    assert told["coverage"]["countable"] is None
    assert "what fewer saw is left out" in told["why"].lower()
    assert (told["visits"], told["band"]) == (3, "calm")


def test_one_question_of_the_talk_that_few_heard_is_in_no_total() -> None:
    sent = [talk(at, {"WE-01": "2", "WE-02": "1"}) for at in (1, 2, 3)]
    sent[0]["answers"] += talk(9, {"WE-04": "0"})["answers"]
    shop = for_partner(sent)["mystery_shop"]
    assert result(sent)["mystery_shop"]["maximum"] == 14
    assert (shop["points"], shop["maximum"], shop["range"]) == (9, 12, None)
    assert (of(shop, "stages", "WE")["points"], of(shop, "stages", "WE")["maximum"]) == (9, 12)
    assert [of(shop, "dimensions", code)["maximum"] for code in ("DIG", "PRI")] == [12, None]


def test_an_amber_flag_or_a_strength_that_few_saw_is_in_no_list() -> None:
    sent = [environment(at, {"RE-01": "fine", "RE-02": "fine"}) for at in (1, 2, 3)]
    for visit in sent[:2]:
        visit["answers"] += environment(9, {"RE-04": "t2", "RE-05": "c2"})["answers"]
    lead, told = of(result(sent), "zones", "RE"), of(for_partner(sent), "zones", "RE")
    assert (lead["amber"], lead["strength"]) == (["P-RE-04"], ["P-RE-05"])
    assert (told["amber"], told["strength"]) == ([], [])


def test_what_few_answered_later_does_not_end_or_take_away_an_amber_flag_or_a_strength() -> None:
    enough = [environment(at, {"RE-02": "t2", "RE-05": "c3"}) for at in (1, 2, 3)]
    later = [[environment(at, {"RE-02": said, "RE-05": good}) for at in (11, 12)] for said, good in SAID_LATER]
    waves = [[Wave(1, Counted(enough).tally, PIE, SHOP), Wave(2, Counted(few).tally, PIE, SHOP)] for few in later]
    drawn = [findings_of(EXERCISE, SITE, both, as_partner=True) for both in waves]
    told = [[finding.for_partner() for finding in found if finding.kind != "red"] for found in drawn]
    assert told[0] == told[1] == told[2]
    assert [(one["kind"], one["state"], one["n"]) for one in told[0] if one] == [
        ("amber", "open", 3),
        ("strength", "open", 3),
    ]


SAID_LATER = (("t2", "c3"), ("fine", "fine"), ("t1", "c1"))


def told_of(before: list[Json], after: list[Json]) -> Json:
    """Before and after, for a partner."""
    return comparison_for_partner(compared(before, after), (result(before), result(before, after)))


def test_before_and_after_does_not_tell_that_one_person_alone_made_a_round() -> None:
    before = [environment(at, {"RE-01": "fine", "RE-02": "t1"}) for at in (1, 2, 3)]
    alone = [environment(11, {"RE-01": "fine", "RE-02": "t1"})]
    two = [*alone, environment(12, {"RE-01": "fine", "RE-02": "t1"})]
    assert {WARN_FEW, WARN_PEOPLE} <= set(compared(before, alone)["warnings"])
    assert told_of(before, alone) == told_of(before, two)
    assert told_of(before, alone)["warnings"] == [WARN_TOTALS]
    assert told_of(before, alone)["why"] == WHY_PARTNER


def test_before_and_after_does_not_tell_which_questions_few_could_answer() -> None:
    before = [environment(at, {"RE-01": "fine", "RE-02": "t1", "RE-03": "t3"}) for at in (1, 2, 3)]
    for others in ([], [environment(at, {"RE-05": "c1"}) for at in (12, 13)]):
        seen = told_of(before, [environment(11, {"RE-02": "t1"}), *others])
        blind = told_of(before, [environment(11, {"RE-01": "fine"}), *others])
        assert seen == blind
        assert [row["flag"] for row in seen["unmatched"]] == ["cannot-tell"], "a red flag is told in any case"
        assert not seen["items"]


def test_before_and_after_counts_as_matched_what_it_lists() -> None:
    before = [environment(at, {"RE-01": "fine", "RE-02": "t1"}) for at in (1, 2, 3)]
    after = [environment(at, {"RE-02": "t1"}) for at in (11, 12, 13)]
    after[0]["answers"] += environment(9, {"RE-01": "fine"})["answers"]
    told = told_of(before, after)
    assert compared(before, after)["matched"] == 2
    assert (told["matched"], [row["item"] for row in told["items"]], told["unmatched"]) == (1, ["P-RE-02"], [])
    assert told["why"] == WHY_ADDED_UP
    few = told_of(before, [environment(at, {"RE-04": "t1"}) for at in (12, 13)] + [environment(11, {"RE-01": "fine"})])
    assert "one person" not in few["why"]


def test_the_visits_of_a_wave_less_those_of_the_building_do_not_tell_of_one_talk() -> None:
    building = [environment(at, {"RE-02": "t1"}) for at in (1, 2, 3)]
    talks = [talk(at, {"WE-01": "2"}) for at in (11, 12, 13)]
    for sent, part in (([*building, talks[0]], "site"), ([building[0], *talks], "mystery_shop")):
        told = for_partner(sent)
        assert [told[name] for name in ("visits", "volunteers", "sure", "swing")] == [None] * 4
        assert told["why"] == WHY_PARTNER
        assert told[part]["visits"] == 3
        assert sentences.how_sure(told[part]).startswith("This rests on three visits by three volunteers.")
        assert "Too few visits" not in sentences.how_it_was(told, [])
        assert result(sent)["visits"] == 4
    assert for_partner(building)["visits"] == 3
    assert for_partner([*building, *talks])["visits"] == 6
    # Of four of which no part is told, nothing can be taken away.
    assert for_partner([*building[:2], *talks[:2]])["visits"] == 4
