"""Care on the first pages of leads and volunteers: who is inside with a buddy, and one card for one visit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.intake.use_cases.plan_changes import import_as
from shared.contracts.refusals import Refusal
from tests.service.intake.plans import an_id
from tests.service.intake.test_care import PIE, SECRETS, inside, plan_with_buddies, ready
from tests.service.intake.visiting import Browser, Intake


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    house = Intake(tmp_path, plan_file=plan_with_buddies())
    yield house
    house.close()


def test_a_lead_sees_who_is_inside_with_a_buddy_and_nothing_they_told(intake: Intake) -> None:
    me, lead, buddy = Browser(intake, "volunteer-1"), Browser(intake, "lead"), Browser(intake, "buddy")
    buddy.open("/my-number")
    buddy.send("/my-number", number="07700 900456")
    trip = inside(me)
    trip_id = trip.rsplit("/", 1)[1]
    page = lead.open("/out-now")
    assert "The volunteer-1" in page
    assert "Went in at 10:00, expected out at 11:00." in page
    assert 'Their buddy is The buddy: <a href="tel:07700900456">' in page
    assert "Nobody is on the way just now" not in page
    for secret in (*SECRETS.values(), "felt", "07700 900123", trip_id, "I have heard from them"):
        assert secret not in page, secret
    me.open(trip)
    me.send(f"{trip}/stop")
    stopped = lead.open("/out-now")
    assert "Went in at 10:00" in stopped
    assert "Stopped at" not in stopped
    for who in ("other-buddy", "data-keeper"):
        assert "The volunteer-1" not in Browser(intake, who).client.get("/out-now").text, who
    me.open(trip)
    me.send(f"{trip}/check-out")
    assert "The volunteer-1" not in lead.open("/out-now")


def test_a_lead_names_no_other_buddy_for_somebody_who_went(intake: Intake) -> None:
    file = plan_with_buddies()
    inside(Browser(intake, "volunteer-1"))
    other = [{**each, "buddy": an_id("other-buddy")} if each["id"] == PIE else each for each in file["assignments"]]
    with pytest.raises(Refusal) as refused:
        import_as(intake.service, an_id("lead"), file | {"assignments": other})
    assert "what they told is for the buddy they had" in refused.value.detail
    without = [{name: each[name] for name in each if name != "buddy"} for each in file["assignments"]]
    assert import_as(intake.service, an_id("lead"), file | {"assignments": without}).change == "updated"


def test_one_visit_has_one_card_with_one_button(intake: Intake) -> None:
    me = Browser(intake, "volunteer-1")

    def cards() -> list[str]:
        """The cards of this visit, the one that stands first at its head."""
        found = re.findall(r'<section class="od-card.*?</section>', me.open("/"), re.DOTALL)
        mine = [card for card in found if PIE in card or "/visits/trips/" in card]
        assert found.index(mine[0]) == 0
        return mine

    def button(card: str) -> str:
        (shown,) = re.findall(r'class="govuk-button[^"]*"[^>]*>(.*?)</(?:a|button)>', card, re.DOTALL)
        return re.sub(r"<[^>]+>", "", re.sub(r"<span[^>]* hidden>.*?</span>", "", shown)).strip()

    def only() -> tuple[str, str]:
        (card,) = cards()
        return button(card), card

    assert only()[0] == "Get ready"
    ready(me)
    shown, card = only()
    assert shown == "I am there: check in"
    assert "You are ready." in card
    assert "Between 1 October 2026 and 31 October 2026" in card
    me.open(f"/visits/{PIE}/check-in")
    trip = me.send(f"/visits/{PIE}/check-in", minutes="60")
    shown, card = only()
    assert shown == "I am out"
    assert "You are there: Pier Road office" in card
    me.open(trip)
    visit = me.send(f"/visits/{PIE}/start")
    me.open(trip)
    me.send(f"{trip}/check-out")
    shown, card = only()
    assert shown == "Say how you are"
    assert f'href="{visit}"' in card
    me.open(f"{trip}/talk")
    me.send(f"{trip}/talk", face="3")
    shown, card = only()
    assert shown == "Carry on"
    assert "You have begun to write it down." in card
