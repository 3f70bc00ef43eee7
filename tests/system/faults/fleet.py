"""Every part of every service as a process of its own, as `docker-compose.yml` runs them, on the three real servers."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from threading import Thread
from typing import Any

import requests

from deploy.servers.kafka import Kafka
from deploy.servers.postgres import Postgres
from deploy.servers.seaweed import KEY, SECRET, Seaweed
from deploy.servers.waiting import until
from services.embedded.checks import read_settings
from services.embedded.house import build_all
from services.embedded.web import service_of
from services.intake.use_cases import people
from services.intake.use_cases import plan as plans
from shared.messaging import dead_letters
from shared.runtime.service import Service
from shared.runtime.settings import Settings
from tests.acceptance.product import PYTHON, REPOSITORY, Client, Product, descendants, free_port, kill_all
from tests.system.machinery import FULL, SERVICES, Place, Servers

START_SECONDS = 90
REPLICAS = ("a", "b")
SESSION_SECONDS = 6
"""After so long without a sign of life a reader loses its partitions; Kafka allows no less."""


class Part:
    """One process: the web or a worker of one service. It may be killed, paused and started again."""

    def __init__(self, fleet: Fleet, service: str, kind: str, replica: str) -> None:
        self.fleet, self.service, self.kind = fleet, service, kind
        self.name = f"{service}-{kind}-{replica}"
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; `wait` tells when it answers."""
        environ = self.fleet.environment | {"OPENDOOR_BIND": f"127.0.0.1:{self.port}"}
        with (self.fleet.logs / f"{self.name}.log").open("ab") as log:
            command = [str(PYTHON.with_name("opendoor")), self.service, self.kind]
            self.process = subprocess.Popen(
                command, cwd=REPOSITORY, env=environ, stdout=log, stderr=log, start_new_session=True
            )

    def wait(self) -> None:
        """Return when a web answers; a worker has nothing to answer with."""
        until(lambda: self.kind == "worker" or self._answers(), START_SECONDS, f"{self.name} to answer")

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, f"{self.name} stopped by itself:\n{self.log()[-2000:]}"
        try:
            return requests.get(f"{self.address}/healthz", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def ready(self) -> int:
        """What it says of its readiness."""
        return requests.get(f"{self.address}/readyz", timeout=30).status_code

    def kill(self) -> None:
        """`kill -9`, with everything below it."""
        if self.process is not None:
            kill_all([self.process.pid, *descendants(self.process.pid)])
            self.process.wait(10)
            self.process = None

    def signal(self, number: int) -> None:
        """SIGSTOP and SIGCONT, for this process and those below it."""
        assert self.process is not None
        for pid in (self.process.pid, *descendants(self.process.pid)):
            os.kill(pid, number)

    def log(self) -> str:
        """All that it wrote."""
        return (self.fleet.logs / f"{self.name}.log").read_text(errors="replace")


class Fleet(Product):
    """The product in parts. Commands, plans and clients work as they do on a product in one piece."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "data")
        self.logs = folder / "logs"
        self.logs.mkdir(parents=True)
        self.servers = Servers(folder)
        # This cluster is killed on purpose, so it writes to the disk as it should.
        self.postgres = self.servers.__dict__["postgres"] = Postgres(durable=True)
        self.parts = [Part(self, service, "web", REPLICAS[0]) for service in SERVICES]
        self.parts += [Part(self, service, "worker", replica) for service in SERVICES for replica in REPLICAS]
        self.parts.append(Part(self, "intake", "web", REPLICAS[1]))

    @property
    def kafka(self) -> Kafka:
        """Its own broker."""
        return self.servers.kafka

    @property
    def seaweed(self) -> Seaweed:
        """Its own S3 server."""
        return self.servers.seaweed

    @cached_property
    def house(self) -> dict[str, Service]:
        """The services in this process, for what would take a command of its own some seconds to do."""
        return build_all(Settings.from_env(self.environment))

    def import_plan(self, plan: dict[str, Any]) -> dict[str, Client]:
        """Import a plan and return a client for each of its people."""
        done = plans.import_plan(self.house["intake"], plan)
        tokens = people.create_tokens(self.house["intake"], done.people)
        return {person: self.client(token) for person, token in tokens.items()}

    def dead_letters(self) -> int:
        """How many events are set aside in all services."""
        count = 0
        for service in self.house.values():
            with service.database.reading() as tx:
                count += dead_letters.count(tx)
        return count

    def start(self) -> None:
        """Start the servers side by side, make the places, then every part."""
        starts = [self.postgres.start, lambda: self.kafka, lambda: self.seaweed]
        threads = [Thread(target=one) for one in starts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        place = Place(FULL, self.servers, kafka_options=f"partitions=4&session={SESSION_SECONDS * 1000}")
        self.environment |= {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, **place.environ()}
        self.prefix = f"{place.name}."
        read_settings(self.environment)
        for service in self.house.values():
            service.migrate()
        for part in self.parts:
            part.start()
        for part in self.parts:
            part.wait()

    def stop(self) -> None:
        """Kill everything."""
        for part in self.parts:
            part.kill()
        for service in self.house.values():
            service.database.close()
        self.servers.stop()

    def part(self, name: str) -> Part:
        """One of them by name."""
        return next(part for part in self.parts if part.name == name)

    def client(self, token: str | None) -> Client:
        """Somebody who calls with this token, at whichever web answers for the path."""
        return Routed(self, token)


class Routed(Client):
    """What nginx does in `docker-compose.yml`: each path to its service, replicas by turns."""

    def __init__(self, fleet: Fleet, token: str | None) -> None:
        super().__init__("", token)
        self._webs: dict[str, Iterator[Part]] = {
            name: itertools.cycle([p for p in fleet.parts if p.service == name and p.kind == "web"])
            for name in SERVICES
        }

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        """Any request."""
        self.address = next(self._webs[service_of(path.partition("?")[0])]).address
        return super().call(method, path, **more)


@contextmanager
def fleet_in(folder: Path) -> Iterator[Fleet]:
    """A fleet that runs, stopped at the end whatever happens."""
    fleet = Fleet(folder)
    try:
        fleet.start()
        yield fleet
    finally:
        fleet.stop()


@contextmanager
def hanging(part: Part) -> Iterator[None]:
    """For the block the part holds all it has and does nothing."""
    part.signal(signal.SIGSTOP)
    try:
        yield
    finally:
        part.signal(signal.SIGCONT)
