"""Tens of thousands of figures of made-up waves, every one held against the reference: points, percentages, ranges,
bands, flags, certainty, agreement, and before and after.
"""

from random import Random
from typing import Any

import pytest

from tests.acceptance import visits
from tests.acceptance.differences import Tally
from tests.acceptance.plans import ALL_ZONES, World, new_world
from tests.acceptance.product import Product
from tests.acceptance.reference_comparison import comparison
from tests.acceptance.reference_scoring import Sent, wave_result

pytestmark = pytest.mark.slow
SEED = 20261123
ENOUGH_FIGURES = 20_000
SHOWN = 60


def zones_of_sites(rng: Random) -> list[list[str]]:
    """One site with everything, one with a few zones, one with next to nothing."""
    return [ALL_ZONES, rng.sample(ALL_ZONES, 5), sorted(rng.sample(ALL_ZONES, 2))]


class Wave:
    """One wave of one site while it fills up."""

    def __init__(self, world: World, rng: Random, site: str, number: int) -> None:
        self.world, self.rng, self.site, self.number = world, rng, site, number
        self.nowhere = frozenset(zone for zone in world.zones(site) if rng.random() < 0.1)
        self.alike = rng.random() < 0.4
        self.seen: dict[str, Any] | None = None

    def body(self, kind: str) -> dict[str, Any]:
        """A visit of this wave, in some waves much like the one before."""
        world = self.world
        place = (world.exercise, self.site, self.number, world.day(self.number))
        if kind == "mystery-shop":
            return visits.shop(self.rng, visits.plain_shop(*place))
        if self.alike and self.seen is not None:
            return visits.much_the_same(self.rng, self.seen)
        zones = world.zones(self.site)
        self.seen = visits.environment(self.rng, visits.plain_environment(*place), zones, self.nowhere)
        return self.seen

    def send(self, order: int) -> Sent:
        """One more visit of some kind by somebody, perhaps corrected, perhaps taken back."""
        rng, who = self.rng, self.rng.choice(self.world.volunteers)
        client, visit_id = self.world.people[who], visits.visit_id(rng)
        kind = rng.choice(("environment", "environment", "mystery-shop"))
        last = self.body(kind)
        answer = client.send_visit(visit_id, last)
        assert answer.status_code == 201, answer.text
        if rng.random() < 0.15:
            last = self.body(kind)
            answer = client.amend(visit_id, last)
            assert answer.status_code in (200, 201), answer.text
        withdrawn = rng.random() < 0.1
        if withdrawn:
            assert client.withdraw(visit_id).status_code == 200
        return Sent(visit_id, who, order, last, withdrawn)


def fill(world: World, rng: Random, site: str, number: int) -> list[Sent]:
    """A wave of a site: at the smaller ones now and then nobody goes, or one."""
    wave = Wave(world, rng, site, number)
    size = rng.choice((4, 6, 8, 12) if site == world.sites[0] else (0, 1, 2, 2, 3, 4, 6, 9))
    return [wave.send(order) for order in range(size)]


def expect(world: World, tally: Tally, site: str, sent: list[Sent], wave_count: int) -> list[str]:
    """Every difference between a site's answers and the reference."""
    lead, zones, found = world.role("lead"), world.zones(site), list[str]()
    ids = {"exercise_id": world.exercise, "site_id": site}
    for wave in range(1, wave_count + 1):
        expected = wave_result(ids, sent, zones, wave)
        found += tally.differences(expected, read(lead, world.wave_path(site, wave)), f"wave {wave}")
    for start, end in [(a, b) for a in range(1, wave_count) for b in range(a + 1, wave_count + 1)]:
        path = f"/api/assessment/v1/exercises/{world.exercise}/sites/{site}/comparison?from={start}&to={end}"
        found += tally.differences(comparison(sent, zones, start, end), read(lead, path), f"comparison {start}-{end}")
    return [f"site {world.sites.index(site) + 1} {line}" for line in found]


def read(client: Any, path: str) -> Any:
    """The JSON of an answer that must be there."""
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
    return answer.json()


def test_every_figure_of_random_waves_is_the_reference_s(product: Product) -> None:
    tally, found = Tally(), list[str]()
    for number, wave_count in ((1, 3), (2, 2), (3, 3)):
        rng = Random(SEED + number)
        world = new_world(product, rng, zones_of_sites(rng), wave_count=wave_count)
        world.move("fieldwork")
        sent = {site: fill(world, rng, site, 1) for site in world.sites}
        if number >= 2:
            for stage in ("sense-making", "manager-review", "shared", "action"):
                world.move(stage)
        for wave in range(2, wave_count + 1):
            for site in world.sites:
                sent[site] += fill(world, rng, site, wave)
        product.drain()
        for site in world.sites:
            found += [f"exercise {number} {line}" for line in expect(world, tally, site, sent[site], wave_count)]
    print(f"{tally.compared} figures compared")  # noqa: T201
    assert not found, f"{len(found)} of {tally.compared} figures differ:\n" + "\n".join(found[:SHOWN])
    assert tally.compared >= ENOUGH_FIGURES
