"""Assessment alone in a temporary folder: events are put on its log, and people of each role ask it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from services.assessment.wiring import build
from shared.access.credentials import Credential, Purpose, issue
from shared.backends import open_event_log
from shared.contracts import catalogue
from shared.contracts.catalogue import DIRECTORY, VISITS
from shared.contracts.envelope import Envelope
from shared.messaging.running import drain
from shared.messaging.worker import Worker
from shared.runtime.clock import MovableClock
from tests.system import embedded_settings
from tests.unit.assessment.sent import ALL_ZONES, EXERCISE, SITE, visit_id

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ROLES = ("volunteer", "buddy", "lead", "data-keeper", "sponsor", "manager", "working-group", "staff")


class House:
    """The service, its log, and a person for each role."""

    def __init__(self, folder: Path, **changes: str) -> None:
        self.clock = MovableClock(START)
        self.settings = embedded_settings(folder, **changes)
        self.service = build(self.settings, self.clock)
        self.service.migrate()
        self.log = open_event_log(self.settings)
        self.jobs = list(self.service.jobs())
        self.app = self.service.app()
        self.version = 0

    def plan(
        self,
        stage: str = "fieldwork",
        *,
        zones: Sequence[str] = ALL_ZONES,
        releases: Sequence[int] = (),
        waves: int = 3,
        sites: Sequence[str] = (SITE,),
    ) -> None:
        """Tell the directory of the exercise at this stage, and of a person for each role."""
        self.version += 1
        exercise = {
            "exercise_id": EXERCISE,
            "version": self.version,
            "title": "Seaside",
            "mode": "announced",
            "stage": stage,
            "partner": {"id": "p", "name": "Seaside Jobcentre", "kind": "jobcentre"},
            "sites": [
                {"id": site, "name": f"Office {at}", "zones": list(zones), "photos_allowed": True}
                for at, site in enumerate(sites, 1)
            ],
            "waves": [
                {"number": number, "opens": f"2026-{9 + number}-01", "closes": f"2026-{9 + number}-28"}
                for number in range(1, waves + 1)
            ],
            "wave_releases": list(releases),
            "shared_before": False,
        }
        people = [
            {
                "person_id": person_of(role),
                "version": self.version,
                "memberships": [{"exercise_id": EXERCISE, "roles": [role], "representative": False}],
            }
            for role in ROLES
        ]
        self.publish(
            [(catalogue.EXERCISE_PLANNED, exercise), *((catalogue.PERSON_LISTED, person) for person in people)]
        )
        self.drain()

    def publish(self, told: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        """Put these events on the log in this order, a second apart."""
        envelopes = []
        for type_, data in told:
            self.clock.move(timedelta(seconds=1))
            topic = DIRECTORY if type_ in (catalogue.EXERCISE_PLANNED, catalogue.PERSON_LISTED) else VISITS
            key = f"{data['exercise_id']}/{data['site_id']}" if topic == VISITS else "directory"
            envelope = Envelope(str(uuid4()), type_, topic, key, self.clock.now(), data)
            catalogue.validate_out(envelope)
            envelopes.append(envelope)
        self.log.publish(envelopes)

    def send(self, *visits: Mapping[str, Any]) -> None:
        """Visits as submitted or amended, with all their effects."""
        self.publish([(event_type(visit), visit) for visit in visits])
        self.drain()

    def withdraw(self, number: int, *, wave: int = 1) -> None:
        """The visit of that number is taken back."""
        self.publish([(catalogue.VISIT_WITHDRAWN, withdrawal(number, wave=wave))])
        self.drain()

    def drain(self) -> None:
        """Run everything that waits."""
        drain(self.jobs)

    def get(self, path: str, role: str = "lead", status: int = 200) -> Any:
        """What the API answers to a person of that role."""
        answer = self.app.test_client().get(f"/api/assessment/v1{path}", headers=self.bearer(role))
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_json()

    def post(self, path: str, body: Any, role: str, status: int) -> Any:
        """Send JSON to the API as a person of that role."""
        answer = self.app.test_client().post(f"/api/assessment/v1{path}", json=body, headers=self.bearer(role))
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_json()

    def page(self, path: str, role: str = "lead", status: int = 200) -> str:
        """A page as a person of that role sees it."""
        answer = self.app.test_client().get(path, headers=self.bearer(role))
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_data(as_text=True)

    def wave(self, number: int = 1, role: str = "lead", site: str = SITE) -> Any:
        """The result of a wave."""
        return self.get(f"/exercises/{EXERCISE}/sites/{site}/waves/{number}", role)

    def findings(self, role: str = "lead") -> list[Any]:
        """The findings of the site."""
        found = self.get(f"/exercises/{EXERCISE}/sites/{SITE}/findings?limit=200", role)["items"]
        assert isinstance(found, list)
        return found

    def compare(self, start: int = 1, end: int = 2, role: str = "lead") -> Any:
        """Before and after."""
        return self.get(f"/exercises/{EXERCISE}/sites/{SITE}/comparison?from={start}&to={end}", role)

    def told(self, type_: str) -> list[Envelope]:
        """Every event of that type that assessment published, in order."""
        consumer = self.log.consumer(f"reader-{uuid4()}", (catalogue.ASSESSMENTS,))
        try:
            found = []
            while batch := consumer.poll(500):
                found += [d.envelope for d in batch if d.envelope is not None and d.envelope.type == type_]
                consumer.commit(batch)
            return found
        finally:
            consumer.close()

    def bearer(self, role: str) -> dict[str, str]:
        """The header that proves who asks."""
        proof = Credential(person_of(role), f"token-{role}", datetime(2030, 1, 1, tzinfo=UTC))
        return {"Authorization": f"Bearer {issue(self.settings.signing_key, Purpose.TOKEN, proof)}"}

    def close(self) -> None:
        """Let go of every file."""
        for job in self.jobs:
            if isinstance(job, Worker):
                job.close()
        self.service.database.close()


def person_of(role: str) -> str:
    """The person who has this one role."""
    return str(uuid5(NAMESPACE_URL, role))


def event_type(visit: Mapping[str, Any]) -> str:
    """Submitted or amended, by version."""
    return catalogue.VISIT_SUBMITTED if visit["version"] == 1 else catalogue.VISIT_AMENDED


def withdrawal(number: int, *, wave: int = 1) -> dict[str, Any]:
    """A withdrawal as intake tells it."""
    return {"visit_id": visit_id(number), "exercise_id": EXERCISE, "site_id": SITE, "wave": wave}
