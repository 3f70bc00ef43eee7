"""What domain.md §3.8 settles at the edges, and what §3.9 says must never happen."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings

from services.assessment.domain import disclosure, explanation, findings, sentences
from services.assessment.domain.contribution import NOTHING, contribution
from services.assessment.domain.rounding import one_decimal, percent
from services.assessment.domain.wilson import in_words
from services.assessment.forms.result import WaveAnswer
from tests.unit.assessment.counted import PIE, Counted, compared, for_partner, of, result
from tests.unit.assessment.random_waves import SOME_ZONES, visits
from tests.unit.assessment.sent import environment, talk

QUIETLY = settings(max_examples=40, deadline=None)


def every_value(found: Any, path: str = "") -> Any:
    """Every (path, value) in a document."""
    if isinstance(found, dict):
        for name, value in found.items():
            yield from every_value(value, f"{path}/{name}")
    elif isinstance(found, list):
        for value in found:
            yield from every_value(value, path)
    else:
        yield path, found


# §3.8


@pytest.mark.parametrize("left_out", ["not-here", "did-not-see", "skip"])
def test_what_was_not_seen_leaves_points_and_maximum_and_not_here_alone_leaves_coverage(left_out: str) -> None:
    said = {"QS-01": "c1", "QS-02": "c1", "QS-03": left_out}
    zone = of(result([environment(at, said, zones=["QS"]) for at in (1, 2)]), "zones", "QS")
    assert (zone["trigger"]["maximum"], zone["comfort"]["maximum"]) == (0, 12)
    assert zone["trigger"]["percent"] is None
    assert zone["coverage"]["percent"] == (100.0 if left_out == "not-here" else 66.7)


def test_a_maximum_of_nothing_is_neither_0_nor_100_per_cent() -> None:
    assert percent(0, 0) is None


def test_skipping_is_never_counted_as_fine() -> None:
    zone = of(result([environment(at, {"QS-03": "t3"}, zones=["QS"]) for at in (1, 2)]), "zones", "QS")
    assert (zone["coverage"]["countable"], zone["comfort"]["maximum"]) == (2, 6)


def test_both_adds_to_both_sums() -> None:
    zone = of(result([environment(1, {"QS-03": "t2c1"}, zones=["QS"])]), "zones", "QS")
    assert (zone["trigger"]["points"], zone["comfort"]["points"]) == (2, 1)


def test_a_stopped_visit_counts_only_if_its_volunteer_says_so() -> None:
    assert contribution(environment(1, {"RE-03": "t3"}, stopped=True), PIE) == NOTHING
    kept = environment(1, {"RE-03": "t3"}, stopped=True, keep=True)
    assert result([kept])["visits"] == 1


def test_the_same_volunteer_twice_is_two_visits_and_one_volunteer() -> None:
    found = result([environment(at, {"RE-02": "t2"}, volunteer="a") for at in (1, 2)])
    item = of(found, "items", "P-RE-02")
    assert (item["n"], item["volunteers"], found["visits"], found["volunteers"]) == (2, 1, 2, 1)
    assert item["flag"] == "watch"
    assert of(result([environment(at, {"RE-02": "t2"}) for at in (1, 2)]), "items", "P-RE-02")["flag"] == "amber"


def test_photos_carry_no_score_and_words_neither() -> None:
    seen = set(contribution(environment(1, {"RE-03": "t1"}), PIE).seen)
    assert not {key for key in seen if key.startswith(("photo", "words"))}


def test_rounding_is_half_up_and_only_at_display() -> None:
    assert percent(1, 16) == 6.3  # 6.25
    assert percent(1, 2000) == 0.1  # 0.05
    assert percent(1, 3) == 33.3
    assert one_decimal(-one_decimal_source()) == -17.4
    assert str(one_decimal(-one_decimal_source() / 1000)) == "0.0"
    # Two loads that show as 25.0 and 35.0 but lie 9.98 apart are the same.
    before = [environment(at, {"QS-03": "t1"}, zones=["QS"], volunteer=f"v{at}") for at in range(1, 4)]
    after = [
        environment(at, {"QS-03": said}, zones=["QS"], volunteer=f"v{at}") for at, said in ((11, "t2"), (12, "t1"))
    ]
    assert compared(before, after)["items"][0]["verdict"] == "worse"


def one_decimal_source() -> Any:
    """17.35 exactly."""
    from fractions import Fraction

    return Fraction(347, 20)


def test_the_cut_points_hold_exactly() -> None:
    def band(*said: str) -> Any:
        sent = [environment(at, {"QS-01": "fine", "QS-03": one}, zones=["QS"]) for at, one in enumerate(said, 1)]
        return of(result(sent), "zones", "QS")["band_by_points"]

    assert band(*["t1"] * 3, *["fine"] * 7) == "some-strain"  # exactly 10
    assert band(*["t1"] * 29, *["fine"] * 71) == "calm"
    assert band("t1", "t1", "t1", "fine") == "strained"  # exactly 25
    assert band("t1", "t2", "t1", "t2") == "heavy"  # exactly 50
    assert band("t1", "t2", "t1", "t1") == "strained"


# §3.9


def test_a_three_is_never_averaged_away() -> None:
    calm = [environment(at, {"QS-01": "fine", "QS-03": "fine"}, zones=["QS"]) for at in range(2, 40)]
    found = result([environment(1, {"QS-01": "fine", "QS-03": "t3"}, zones=["QS"]), *calm])
    zone = of(found, "zones", "QS")
    assert (zone["band_by_points"], zone["band"], zone["red"]) == ("calm", "strained", ["P-QS-03"])
    assert of(found, "items", "P-QS-03")["max"] == 3


@QUIETLY
@given(visits(most=1))
def test_no_percentage_and_no_band_from_one_visit(sent: list[dict[str, Any]]) -> None:
    found = result(sent, zones=SOME_ZONES)
    found.pop("swing")
    for path, value in every_value(found):
        if path.endswith(("percent", "band", "band_by_points", "range", "low", "high", "face_median", "alpha")):
            assert value is None, path


def test_one_visit_is_told_in_words() -> None:
    assert in_words(1, 1) == "1 of 1 visit; this is one person's view"
    assert in_words(0, 3) == "0 of 3 visits; it could still happen on up to 56% of visits"
    assert in_words(1, 3) == "1 of 3 visits; it could be up to 79% of visits"
    assert in_words(3, 3) == "3 of 3 visits, every time"
    found = result([environment(1, {"RE-03": "t3"})])
    assert "one person's view" in sentences.how_it_was(found, [])
    assert "per cent" not in sentences.how_sure(found)


def test_a_half_is_rounded_up_in_a_sentence() -> None:
    found = result([environment(1, {"RE-03": "t3"})]) | {"visits": 8, "volunteers": 8, "swing": 12.5}
    assert "up to 13 per cent" in sentences.how_sure(found)


def test_the_two_sides_are_never_subtracted_and_nothing_is_ranked() -> None:
    names = {
        name
        for schema in (WaveAnswer(),)
        for name in json.dumps(_names(schema)).replace('"', " ").replace("_", " ").split()
    }
    assert not names & {"net", "balance", "rank", "ranking", "position", "league", "staff", "employee", "name"}


def _names(schema: Any) -> list[Any]:
    found: list[Any] = []
    for name, field in schema.fields.items():
        inner = getattr(field, "inner", field)
        found.append([name, _names(inner.schema)] if hasattr(inner, "schema") else name)
    return found


def test_waves_of_different_versions_are_never_compared() -> None:
    before = [environment(at, {"RE-02": "t2", "RE-03": "t3"}) for at in (1, 2)]
    after = [environment(at, {"RE-02": "fine", "RE-03": "fine"}) for at in (11, 12)]
    for visit in after:
        visit["instrument_version"] = 2
    found = compared(before, after)
    assert found["matched"] == 0
    assert found["trigger_from"]["maximum"] == found["trigger_to"]["maximum"] == 0
    assert {(row["item"], row["why"], row["flag"]) for row in found["unmatched"]} == {
        ("P-RE-02", "other-version", "none"),
        ("P-RE-03", "other-version", "cannot-tell"),
    }
    assert any("different versions" in warning for warning in found["warnings"])


def test_no_answer_and_no_result_says_whose_it_is() -> None:
    sent = [environment(at, {"RE-03": "t3"}, volunteer=f"secret-{at}") for at in (1, 2, 3)]
    told = json.dumps([result(sent), compared(sent, sent)])
    assert "secret" not in told
    assert "aaaaaaaa" not in told


def test_a_red_never_closes_without_a_visit() -> None:
    red = [environment(1, {"RE-03": "t3"})]
    for later in ([], [environment(2, {"RE-03": "not-here"}), environment(3, {"RE-03": "skip"})]):
        assert result(red, later)["site"]["open_red"] == [{"item": "P-RE-03", "zone": "RE", "since_wave": 1}]


def test_a_felt_answer_counts_whatever_the_others_say() -> None:
    many = [environment(at, {"RE-04": "fine"}) for at in range(2, 12)]
    item = of(result([environment(1, {"RE-04": "t3"}), *many]), "items", "P-RE-04")
    assert (item["triggers"][-1], item["flag"]) == (3, "red")


@QUIETLY
@given(visits(1), visits(11))
def test_an_explanation_adds_up(first: list[dict[str, Any]], second: list[dict[str, Any]]) -> None:
    found = result(first, second, zones=SOME_ZONES)
    for shown in (found, for_partner(first, second, zones=SOME_ZONES)):
        told = explanation.explain(shown)
        for zone in told["zones"]:
            for side in ("trigger", "comfort"):
                if zone[side]["points"] is not None:
                    assert zone[side]["points"] == sum(part["points"] for part in zone[side]["counted"])
                    assert zone[side]["maximum"] == sum(part["maximum"] for part in zone[side]["counted"])
        if shown is found:
            for zone in told["zones"]:
                left = sum(part["answers"] for part in zone["left_out"])
                assert left == zone["coverage"]["asked"] - zone["coverage"]["countable"]
        for stage in told["stages"]:
            if stage["points"] is not None:
                assert stage["points"] == sum(part["points"] for part in stage["counted"])


# The partner: domain.md §3.4, §4


ALLOWED_NUMBERS = (
    "/wave",
    "/site/open_red/since_wave",
    "/instrument_versions/pie-environment",
    "/instrument_versions/mystery-shop",
)


def numbers_in(found: Any) -> list[str]:
    """Where numbers stand that say anything of visits."""
    return [
        path
        for path, value in every_value(found)
        if isinstance(value, int | float) and not isinstance(value, bool) and path not in ALLOWED_NUMBERS
    ]


@pytest.mark.parametrize("people", ["ab", "aaa", "a"])
def test_below_three_visits_by_two_a_partner_sees_no_number_but_every_red_flag(people: str) -> None:
    sent = [
        environment(at, {"RE-01": "c3", "RE-02": "t2", "RE-03": "t3"}, volunteer=who)
        for at, who in enumerate(people, 1)
    ]
    sent += [
        talk(at + 10, {"WE-03": "0", "WE-01": "2"}, volunteer=who, faces={"WE": 1}) for at, who in enumerate(people, 1)
    ]
    for visit in sent[len(people) :]:
        visit["wave"] = 1
    hidden = for_partner(sent[: len(people)])
    assert numbers_in(hidden) == []
    assert [item["item"] for item in hidden["items"] if item["flag"]] == ["P-RE-03"]
    assert of(hidden, "zones", "RE")["red"] == ["P-RE-03"]
    assert of(hidden, "zones", "RE")["amber"] == of(hidden, "zones", "RE")["strength"] == []
    assert hidden["site"]["open_red"]
    shop = for_partner(sent[len(people) :])
    assert numbers_in(shop) == []
    assert [item["item"] for item in shop["mystery_shop"]["items"] if item["flag"]] == ["M-WE-03"]


def test_from_three_visits_by_two_on_a_partner_sees_what_the_lead_sees_of_it() -> None:
    sent = [
        environment(at, {"RE-02": "t1", "RE-03": "t1"}, complete=["RE"], volunteer=who)
        for at, who in enumerate("aab", 1)
    ]
    sent.append(environment(4, {"QS-03": "t1"}, zones=["QS"], volunteer="c"))
    found = result(sent)
    shown = for_partner(sent)
    assert of(shown, "zones", "RE") == of(found, "zones", "RE")
    assert of(shown, "items", "P-RE-02") == of(found, "items", "P-RE-02")
    assert of(shown, "zones", "QS")["trigger"] == {"points": None, "maximum": None, "percent": None, "range": None}
    assert of(shown, "items", "P-QS-03")["triggers"] == []
    assert shown["visits"] == 4


def test_the_mean_of_zones_does_not_give_a_hidden_zone_away() -> None:
    said = {f"TO-{at:02d}": "t1" for at in range(1, 5)}
    sent = [environment(at, said, zones=["TO", "QS"]) for at in (1, 2, 3)]
    assert for_partner(sent)["site"]["trigger_percent"] == 33.3
    for visit in sent[:2]:
        visit["answers"] += environment(9, {"QS-01": "c1", "QS-02": "c1", "QS-03": "t3"}, zones=["QS"])["answers"]
    hidden = for_partner(sent)["site"]
    assert hidden["trigger_percent"] is hidden["peak_zone"] is None
    assert hidden["band"] == "heavy"


def test_a_partners_comparison_follows_the_same_rule() -> None:
    before = [environment(at, {"RE-02": "t2", "RE-03": "t3"}, volunteer=f"v{at}") for at in (1, 2, 3)]
    after = [environment(at, {"RE-02": "fine", "RE-03": "fine"}, volunteer=f"v{at}") for at in (11, 12)]
    found = compared(before, after)
    shown = disclosure.comparison_for_partner(found, (result(before), result(before, after)))
    assert [path for path in numbers_in(shown) if path not in ("/from", "/to")] == []
    assert {row["item"]: row["flag"] for row in shown["items"]} == {"P-RE-03": "resolved"}
    after.append(environment(13, {"RE-02": "fine"}, volunteer="v13"))
    found = compared(before, after)
    shown = disclosure.comparison_for_partner(found, (result(before), result(before, after)))
    assert shown["matched"] == 2
    rows = {row["item"]: (row["to_percent"], row["flag"]) for row in shown["items"]}
    assert rows == {"P-RE-02": (0.0, "none"), "P-RE-03": (None, "resolved")}


def drawn(*waves: list[dict[str, Any]]) -> list[findings.Finding]:
    """The findings over these waves."""
    from services.assessment.domain.waves import Wave
    from tests.unit.assessment.counted import SHOP
    from tests.unit.assessment.sent import EXERCISE, SITE

    return findings.findings_of(
        EXERCISE, SITE, [Wave(at, Counted(sent).tally, PIE, SHOP) for at, sent in enumerate(waves, 1)]
    )


def test_findings_keep_their_ids_and_follow_their_flag_over_waves() -> None:
    red = [environment(at, {"RE-03": "t3", "RE-02": "t2", "RE-05": "c3"}, volunteer=f"v{at}") for at in (1, 2, 3)]
    better = [environment(at, {"RE-03": "fine", "RE-02": "fine", "RE-05": "c3"}, volunteer=f"v{at}") for at in (11, 12)]
    first, second = drawn(red), drawn(red, better)
    assert [(f.item, f.kind, f.state) for f in first] == [
        ("P-RE-03", "red", "open"),
        ("P-RE-02", "amber", "open"),
        ("P-RE-05", "strength", "open"),
    ]
    assert [(f.item, f.state, f.waves) for f in second] == [
        ("P-RE-03", "resolved", (1,)),
        ("P-RE-02", "resolved", (1,)),
        ("P-RE-05", "open", (1, 2)),
    ]
    assert [f.id for f in first] == [f.id for f in second]
    assert (second[0].k, second[0].n) == (3, 3)


def test_a_partner_gets_only_the_flag_of_a_red_finding_that_few_people_saw() -> None:
    few = drawn([environment(1, {"RE-03": "t3", "RE-05": "c3"})])
    hidden = [finding.for_partner() for finding in few]
    assert hidden[1] is None
    assert hidden[0] is not None
    assert (hidden[0]["kind"], hidden[0]["k"], hidden[0]["n"], hidden[0]["prevalence"]) == ("red", None, None, None)
    assert numbers_in({name: value for name, value in hidden[0].items() if name != "waves"}) == []


def test_a_must_have_that_was_not_done_is_a_finding_of_the_talk() -> None:
    (found,) = drawn([talk(at, {"WE-03": "0", "WE-01": "0"}) for at in (1, 2)])
    assert (found.item, found.zone, found.kind, found.k, found.n) == ("M-WE-03", None, "red", 2, 2)
    assert found.as_json()["in_words"].startswith("Not done on 2 of 2 visits")
    (later,) = drawn([talk(1, {"WE-03": "0"})], [talk(at, {"WE-03": "1"}) for at in (2, 3)])
    assert later.state == "resolved"


def test_what_a_volunteer_said_belongs_to_findings_of_its_own_side() -> None:
    sent = environment(1, {"RE-03": "t3", "RE-01": "t1c3", "RE-02": "fine"})
    found = drawn([sent, talk(2, {"WE-03": "0"})])
    said = findings.parts_said(sent["answers"], found)
    assert [(item, zone) for item, zone, _ in said] == [("P-RE-03", "RE"), ("P-RE-01", "RE")]
