"""A page of a round tells of that round; photos and the list of places ask for no more than they need."""

from __future__ import annotations

from typing import Any

import pytest

from services.assessment.domain import findings
from services.assessment.store import audit, shown, tallies
from services.assessment.use_cases import showing
from tests.service.assessment.house import House
from tests.service.assessment.test_pages import PHOTO, PLACE, RED, four_visits, release_photo, release_words
from tests.unit.assessment.sent import EXERCISE, environment

EARLIER = "What was said and shown of it in the first round"


def two_rounds(house: House) -> None:
    """A red flag in both, with words and a photo, and something that only the second round saw."""
    four_visits(house)
    release_words(house, "I had to say it all out loud.")
    release_photo(house)
    four_visits(house, wave=2, start=21)
    house.send(*(environment(at, {"QS-03": "t3"}, wave=2, zones=["QS"]) for at in (41, 42, 43)))
    release_words(house, "They still all hear me.", wave=2)


def card(page: str) -> str:
    """The card of the red flag at the desk."""
    return page.partition(f'id="finding-{RED}"')[2].partition("</article>")[0]


@pytest.mark.parametrize("role", ["lead", "manager"])
def test_a_card_keeps_what_each_round_said_apart(house: House, role: str) -> None:
    two_rounds(house)
    house.plan("action", releases=[2])
    now, _, before = card(house.page(PLACE, role)).partition(EARLIER)
    assert "1 of 4 visits" in now
    assert "They still all hear me." in now
    assert "out loud" not in now
    assert PHOTO not in now
    assert "I had to say it all out loud." in before
    assert PHOTO in before
    first = house.page(f"{PLACE}?wave=1", role)
    assert "I had to say it all out loud." in card(first)
    assert EARLIER not in first
    assert "They still all hear me." not in first
    assert "step outside" not in first.partition("Every question")[0]


def test_figures_of_an_earlier_round_say_so(house: House) -> None:
    four_visits(house)
    house.send(*(environment(at, {"RE-02": "fine"}, wave=2, zones=["RE"]) for at in (21, 22, 23)))
    assert "In the first round: 1 of 4 visits" in card(house.page(PLACE))
    assert "In the first round" not in card(house.page(f"{PLACE}?wave=1"))


def test_what_most_visits_met_stands_first_and_in_the_short_of_it(house: House) -> None:
    for_all = {"RE-02": "t2", "RE-04": "t2"}
    house.send(*(environment(at, for_all if at < 3 else {"RE-02": "fine", "RE-04": "t2"}) for at in (1, 2, 3)))
    page = house.page(PLACE)
    short, _, cards = page.partition("<h2>What is good")
    for part in (short, cards):
        assert 0 < part.index("The queue got to people") < part.index("The glass or the high desk")
    assert "Nothing stood out yet as a thing to keep." in short
    assert "None is open." in short


def test_before_and_after_leads_up_to_the_round_one_reads(house: House) -> None:
    house.send(*(environment(wave, {"RE-02": "t1"}, wave=wave) for wave in (1, 2, 3)))
    for query, end in (("", 3), ("?wave=2", 2), ("?wave=1", 3)):
        assert f"from=1&amp;to={end}" in house.page(f"{PLACE}{query}")
    assert "This is how it stood after the second round." in house.page(f"{PLACE}?wave=2")


def test_a_lead_who_reads_an_open_round_reads_nothing_that_is_under_embargo(house: House) -> None:
    two_rounds(house)
    house.plan("action")
    assert "step outside" not in house.page(f"{PLACE}?wave=1").partition("Every question")[0]
    assert read(house) == 0
    assert "They still all hear me." in house.page(PLACE)
    assert read(house) == 1
    house.page(f"{PLACE}/compare?from=1&to=2")
    assert read(house) == 2


def read(house: House) -> int:
    """How many reads under embargo are on record."""
    with house.service.database.reading() as tx:
        return len(audit.reads(tx, EXERCISE, 0, 100))


def test_a_reply_to_a_card_of_a_round_leads_back_to_it(house: House) -> None:
    two_rounds(house)
    house.plan("action", releases=[2])
    path = f"{PLACE}/findings/{RED}/reply"
    assert f"{path}?wave=1" in house.page(f"{PLACE}?wave=1", "manager")
    client, who = house.app.test_client(), house.bearer("manager")
    kept = client.post(f"{path}?wave=1", data={"text": "It is gone."}, headers=who)
    assert (kept.status_code, kept.headers["Location"]) == (303, f"{PLACE}?wave=1#finding-{RED}")
    refused = client.post(f"{path}?wave=1", data={"text": " "}, headers=who)
    assert refused.status_code == 422
    assert "They still all hear me." not in refused.get_data(as_text=True)


def test_a_photo_is_let_through_by_what_it_shows_without_drawing_findings(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    four_visits(house)
    release_photo(house)
    house.plan("manager-review")

    def too_much(*_: Any, **__: Any) -> None:
        raise AssertionError("a photo needs none of this")

    monkeypatch.setattr(findings, "findings_of", too_much)
    monkeypatch.setattr(showing, "findings_of", too_much)
    monkeypatch.setattr(shown, "words_of_site", too_much)
    monkeypatch.setattr(shown, "photos_of_site", too_much)
    for role in ("lead", "manager"):
        house.page(f"{PLACE}/photos/{PHOTO}", role)
    house.plan("closed")
    for role in ("lead", "manager"):
        house.page(f"{PLACE}/photos/{PHOTO}", role, 404)


def test_a_partner_has_no_photo_of_a_round_that_few_people_saw(house: House) -> None:
    house.send(environment(1, {"RE-03": "t3"}))
    release_photo(house)
    four_visits(house, wave=2, start=21)
    house.plan("action", releases=[2])
    house.page(f"{PLACE}/photos/{PHOTO}", "lead")
    house.page(f"{PLACE}/photos/{PHOTO}", "manager", 404)


def test_a_photo_of_what_was_no_finding_is_shown_to_nobody(house: House) -> None:
    house.send(*(environment(at, {"RE-03": "t1" if at == 1 else "fine"}) for at in (1, 2, 3)))
    release_photo(house)
    house.page(f"{PLACE}/photos/{PHOTO}", "lead", 404)
    house.withdraw(1)
    house.page(f"{PLACE}/photos/{PHOTO}", "lead", 404)


def test_the_list_of_places_says_in_which_rounds_somebody_was_there_and_loads_no_counts(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.send(environment(1, {"RE-03": "t3"}), environment(2, {"RE-03": "t3"}, wave=2))
    monkeypatch.setattr(tallies, "of_site", lambda *_: pytest.fail("the list needs no counts"))
    house.plan("action")
    assert "Here is what was found: first round and second round." in house.page("/findings")
    assert "Here is what was found: first round." in house.page("/findings", "manager")
    monkeypatch.undo()
    house.withdraw(1)
    assert "Nobody has been there yet." in house.page("/findings", "manager")
