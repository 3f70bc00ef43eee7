"""A session ends after fourteen days, and at once when every way in is taken back, however old its link is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from services.intake.use_cases import people
from shared.messaging import outbox
from shared.runtime.clock import MovableClock
from shared.runtime.service import Service
from tests.service.intake.planning import Browser, House, an_intake
from tests.service.intake.plans import an_id

DAY = timedelta(days=1)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(an_intake(tmp_path))


def move(service: Service, by: timedelta) -> None:
    assert isinstance(service.clock, MovableClock)
    service.clock.move(by)


def signed_in_for_a_day(house: House) -> Browser:
    """A browser that came in by a link that is good for one day."""
    browser = Browser(house.app.test_client())
    link = people.invite(house.service, an_id("staff"), 1).removeprefix(house.service.settings.public_url)
    browser.send(link, {}, page=link)
    assert browser.get("/").status_code == 200
    return browser


def revocations(house: House) -> int:
    with house.service.database.reading() as tx:
        return sum(event.type.endswith("credential.revoked.v1") for _, event in outbox.unsent(tx, 1000))


def test_taking_every_link_back_ends_the_session_of_one_that_has_run_out(house: House) -> None:
    people.revoke_all(house.service, an_id("staff"))  # the token of this house
    browser = signed_in_for_a_day(house)
    move(house.service, 2 * DAY)
    assert browser.get("/").status_code == 200
    assert people.revoke_all(house.service, an_id("staff")) == 1
    assert browser.get("/").headers["Location"] == "/sign-in"
    before = revocations(house)
    assert people.revoke_all(house.service, an_id("staff")) == 0  # each is told of once
    assert revocations(house) == before


def test_a_link_that_no_session_can_be_left_of_is_not_told_of_any_more(house: House) -> None:
    people.revoke_all(house.service, an_id("staff"))
    people.create_token(house.service, an_id("staff"), 1)
    signed_in_for_a_day(house)
    move(house.service, 2 * DAY)
    people.create_token(house.service, an_id("staff"), 1)
    move(house.service, 13 * DAY + timedelta(seconds=1))
    assert people.revoke_all(house.service, an_id("staff")) == 0


def test_a_session_ends_after_fourteen_days_although_every_page_renews_it(house: House) -> None:
    browser = house.browser("staff")
    for _ in range(13):
        move(house.service, DAY)
        assert browser.get("/").status_code == 200
    move(house.service, DAY)
    assert browser.get("/").headers["Location"] == "/sign-in"
