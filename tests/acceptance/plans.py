"""Plan files for the acceptance tests: an invented office or two, people for every role, and waves that lie just before
today so that visits in each of them can be sent now.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from tests.acceptance.product import Client, Product

ALL_ZONES = ["AP", "EN", "RE", "WA", "WY", "TS", "TO", "QS", "EX"]
ROLES = ("buddy", "lead", "data-keeper", "sponsor", "manager", "working-group", "staff")


def today() -> date:
    """Today, where the product counts it."""
    return datetime.now(UTC).date()


def waves(count: int) -> list[dict[str, Any]]:
    """Waves of three days each, the last one still open; up to three of them can all still be answered today."""
    first = today() - timedelta(days=3 * count - 1)
    spans = [(first + timedelta(days=3 * n), first + timedelta(days=3 * n + 2)) for n in range(count)]
    return [
        {"number": number, "opens": opens.isoformat(), "closes": closes.isoformat()}
        for number, (opens, closes) in enumerate(spans, 1)
    ]


@dataclass
class World:
    """A plan that was imported, and everybody in it with their token."""

    plan: dict[str, Any]
    people: dict[str, Client]
    product: Product

    @property
    def exercise(self) -> str:
        """The exercise's id."""
        return str(self.plan["exercise"]["id"])

    @property
    def sites(self) -> list[str]:
        """The ids of the sites."""
        return [site["id"] for site in self.plan["sites"]]

    @property
    def volunteers(self) -> list[str]:
        """The ids of the volunteers; the first is the representative."""
        return [person["id"] for person in self.plan["people"] if person["roles"] == ["volunteer"]]

    def zones(self, site: str) -> list[str]:
        """The zones of a site."""
        return next(list(one["zones"]) for one in self.plan["sites"] if one["id"] == site)

    def role(self, role: str) -> Client:
        """The first person with a role."""
        return self.people[next(person["id"] for person in self.plan["people"] if role in person["roles"])]

    def day(self, wave: int) -> str:
        """The middle day of a wave: on which a visit can have been made, and which the plan itself never names."""
        opens = next(one["opens"] for one in self.plan["exercise"]["waves"] if one["number"] == wave)
        return (date.fromisoformat(opens) + timedelta(days=1)).isoformat()

    def move(self, to: str, **more: Any) -> None:
        """The lead moves the exercise on; the two moves that lift an embargo take a representative as well."""
        if to in ("manager-review", "shared"):
            self.release(to)
        else:
            moved = self.role("lead").post(f"/api/intake/v1/exercises/{self.exercise}/stage", {"to": to, **more})
            assert moved.status_code == 200, (to, moved.status_code, moved.text)

    def release(self, to: str, **more: Any) -> None:
        """The two acts that lift an embargo."""
        path = f"/api/intake/v1/exercises/{self.exercise}/releases"
        first = self.role("lead").post(path, {"to": to, **more})
        second = self.people[self.volunteers[0]].post(path, {"to": to, **more})
        assert (first.status_code, second.status_code) == (202, 200), (to, first.text, second.text)

    def close(self) -> None:
        """Sign the formal closure and close."""
        statement = {"unwind": self.plan["scenarios"][0]["unwind"], "statement": "Every dummy record was closed."}
        signed = self.role("lead").post(f"/api/intake/v1/exercises/{self.exercise}/closure", statement)
        assert signed.status_code == 200, signed.text
        self.move("closed")

    def wave_path(self, site: str, wave: int) -> str:
        """Where a wave's result is read."""
        return f"/api/assessment/v1/exercises/{self.exercise}/sites/{site}/waves/{wave}"


def make_plan(
    rng: Random, zones: list[list[str]], wave_count: int = 2, volunteers: int = 4, photos: bool = True
) -> dict[str, Any]:
    """A whole plan: one site per list of zones, everybody assigned everywhere for both kinds of visit."""

    def new_id() -> str:
        return str(uuid.UUID(int=rng.getrandbits(128), version=4))

    partner = new_id()
    people = [
        {"id": new_id(), "name": f"Volunteer number {n}", "roles": ["volunteer"], "representative": n == 1}
        for n in range(1, volunteers + 1)
    ] + [{"id": new_id(), "name": f"The {role} person", "roles": [role], "representative": False} for role in ROLES]
    sites = [
        {"id": new_id(), "name": f"Invented office {n}", "zones": own, "photos_allowed": photos}
        for n, own in enumerate(zones, 1)
    ]
    scenario = {
        "id": new_id(),
        "title": "A first visit",
        "channel": "face-to-face",
        "character": "Somebody who sleeps on a friend's sofa",
        "opening_line": "I need help with a place to live.",
        "facts": "The sofa is free until Friday.",
        "will_not_say": "Anything about family.",
        "stop_line": "Before signing or giving an ID.",
        "unwind": ["Close the dummy record"],
        "safe_letter": "This person takes part in an agreed exercise.",
        "pair": "A",
    }
    planned_waves = waves(wave_count)
    assignments = [
        {
            "id": new_id(),
            "volunteer": person["id"],
            "site": site["id"],
            "wave": wave["number"],
            "kind": kind,
            **({"scenario": scenario["id"]} if kind == "mystery-shop" else {}),
        }
        for person in people
        if person["roles"] == ["volunteer"]
        for site in sites
        for wave in planned_waves
        for kind in ("environment", "mystery-shop")
    ]
    return {
        "partner": {"id": partner, "name": "An invented partner", "kind": "jobcentre"},
        "sites": sites,
        "exercise": {
            "id": new_id(),
            "title": "An invented exercise",
            "mode": "announced",
            "waves": planned_waves,
        },
        "people": people,
        "scenarios": [scenario],
        "assignments": assignments,
    }


def new_world(product: Product, rng: Random, zones: list[list[str]], **more: Any) -> World:
    """Import a new plan and come back with everybody's clients, once all services know them."""
    plan = make_plan(rng, zones, **more)
    people = product.import_plan(plan)
    product.drain()
    return World(plan, people, product)
