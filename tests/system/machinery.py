"""The one place that knows on which machinery the product is tried: the real servers, each started at most once in a
session, and the settings for every set of them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from deploy.servers.kafka import Kafka
from deploy.servers.postgres import Postgres
from deploy.servers.seaweed import Seaweed
from shared.contracts.catalogue import DIRECTORY, TOPICS
from shared.messaging.log.kafka_log import KafkaLog

SERVICES = ("intake", "assessment", "reporting")


@dataclass(frozen=True)
class Machinery:
    """One set: which log, database and object store. `embedded` stands for the adapter that needs no server."""

    name: str
    log: str = "embedded"
    database: str = "embedded"
    objects: str = "embedded"

    @property
    def needs_servers(self) -> bool:
        """Whether any server must run for it."""
        return {self.log, self.database, self.objects} != {"embedded"}


EMBEDDED = Machinery("embedded")
FULL = Machinery("full", "kafka", "postgresql", "s3")
MIXED = (
    Machinery("kafka-only", log="kafka"),
    Machinery("all-but-kafka", database="postgresql", objects="s3"),
    Machinery("s3-only", objects="s3"),
)
EVERY = (EMBEDDED, FULL, *MIXED)


class Servers:
    """The three servers, each started when it is first asked for. Tests keep apart by prefix, database and bucket."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def kafka(self) -> Kafka:
        """One broker."""
        server = Kafka(self.folder / "kafka")
        server.start()
        return server

    @cached_property
    def postgres(self) -> Postgres:
        """One cluster, quick and forgetful: a test that kills it starts its own."""
        server = Postgres()
        server.start()
        return server

    @cached_property
    def seaweed(self) -> Seaweed:
        """One S3 server."""
        server = Seaweed(self.folder / "seaweed")
        server.start()
        return server

    def stop(self) -> None:
        """Stop those that were started."""
        for name in ("kafka", "postgres", "seaweed"):
            if name in self.__dict__:
                self.__dict__[name].stop()


@dataclass
class Place:
    """Room of its own on a set of machinery: settings by name, as `System` and `Product` take them."""

    machinery: Machinery
    servers: Servers
    kafka_options: str = "partitions=4&session=6000"
    name: str = field(default_factory=lambda: f"t{uuid.uuid4().hex[:10]}")

    def settings(self) -> dict[str, str]:
        """What differs from the embedded defaults. Makes topics, databases and the bucket."""
        found = {}
        if self.machinery.log == "kafka":
            found["event_log"] = self._topics()
        if self.machinery.database == "postgresql":
            found |= {f"{s}_database": self.servers.postgres.new_database(f"{self.name}_{s}") for s in SERVICES}
        if self.machinery.objects == "s3":
            found["objects"] = self.servers.seaweed.make_bucket(self.name)
        return found

    def environ(self) -> dict[str, str]:
        """The same as environment variables."""
        return {f"OPENDOOR_{name.upper()}": value for name, value in self.settings().items()}

    def _topics(self) -> str:
        url = f"kafka://{self.servers.kafka.bootstrap}?prefix={self.name}.&{self.kafka_options}"
        log = KafkaLog(url)
        log.make_topics(list(TOPICS), compacted=[DIRECTORY])
        log.close()
        return url
