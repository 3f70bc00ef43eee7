"""Apache Kafka itself, run with plain Java: one node, or a cluster of three for the faults of a broker."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import subprocess
import uuid
from collections.abc import Sequence
from pathlib import Path

from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from deploy.servers import jars
from deploy.servers.ports import free_ports
from deploy.servers.waiting import end_of, until
from shared.messaging.log.kafka_clients import opened

ROOT = Path(__file__).resolve().parents[2]


def fetch_jars() -> Path:
    """The folder with the broker's jars. Raises RuntimeError with a sentence when they cannot be had."""
    return jars.fetch("kafka", "Kafka")


def _new_id() -> str:
    while True:
        made = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if not made.startswith("-"):
            return made


class Kafka:
    """A cluster of `nodes` on loopback. Killing and starting a node again keeps its log."""

    def __init__(self, folder: Path, nodes: int = 1) -> None:
        self.folder = folder
        self.nodes = nodes
        # A cluster remembers the addresses of its controllers, so a folder keeps its ports.
        folder.mkdir(parents=True, exist_ok=True)
        remembered = folder / "ports.json"
        if not remembered.exists():
            remembered.write_text(json.dumps(free_ports(2 * nodes)))
        ports = json.loads(remembered.read_text())
        self.brokers, self.controllers = ports[:nodes], ports[nodes:]
        self.bootstrap = ",".join(f"127.0.0.1:{port}" for port in self.brokers)
        self._processes: dict[int, subprocess.Popen[bytes]] = {}
        self._cluster = _new_id()
        self._directories = [_new_id() for _ in range(nodes)]

    def start(self) -> None:
        """Format every node that is new and start all; returns when each of them is listed as a broker."""
        for node in range(self.nodes):
            if not (self.folder / str(node) / "log" / "meta.properties").exists():
                self._format(node)
        for node in range(self.nodes):
            self.start_node(node, wait=False)
        until(lambda: self._brokers() == self.nodes, 90, "Kafka", self.state)

    def start_node(self, node: int, *, wait: bool = True) -> None:
        """Start one node, the first time or again."""
        home = self.folder / str(node)
        with (home / "kafka.log").open("ab") as log:
            self._processes[node] = subprocess.Popen(
                [*self._java(), "kafka.Kafka", str(home / "server.properties")],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if wait:
            until(lambda: self._brokers() >= len(self._processes), 90, f"Kafka's node {node}", self.state)

    def stop_node(self, node: int, how: int = signal.SIGKILL) -> None:
        """Stop one node, by default as a power cut would."""
        process = self._processes.pop(node, None)
        if process is not None:
            os.killpg(process.pid, how)
            process.wait(timeout=60)

    def pause_node(self, node: int) -> None:
        """Let a node hang: it holds its connections and answers nothing."""
        os.killpg(self._processes[node].pid, signal.SIGSTOP)

    def resume_node(self, node: int) -> None:
        """Let a hanging node go on."""
        os.killpg(self._processes[node].pid, signal.SIGCONT)

    def stop(self, how: int = signal.SIGKILL) -> None:
        """Stop every node."""
        for node in list(self._processes):
            self.stop_node(node, how)

    def state(self) -> str:
        """Which nodes run, and the end of each one's log."""
        running = [f"node {node}: {'ended' if p.poll() is not None else 'runs'}" for node, p in self._processes.items()]
        return "\n".join([*running, *(end_of(self.folder / str(node) / "kafka.log") for node in range(self.nodes))])

    def _format(self, node: int) -> None:
        home = self.folder / str(node)
        home.mkdir(parents=True, exist_ok=True)
        (home / "server.properties").write_text(self._properties(node))
        how: Sequence[str] = ["--standalone"]
        if self.nodes > 1:
            quorum = (
                f"{n + 1}@127.0.0.1:{port}:{directory}"
                for n, (port, directory) in enumerate(zip(self.controllers, self._directories, strict=True))
            )
            how = ["--initial-controllers", ",".join(quorum)]
        command = [*self._java(), "kafka.tools.StorageTool", "format", "--cluster-id", self._cluster, *how]
        subprocess.run([*command, "--config", str(home / "server.properties")], check=True, capture_output=True)

    def _java(self) -> list[str]:
        settings = f"-Dlog4j2.configurationFile={ROOT / 'deploy/kafka/log4j2.properties'}"
        memory = ["-Xms96m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        return ["java", *memory, settings, "-cp", f"{fetch_jars()}/*"]

    def _properties(self, node: int) -> str:
        port, controller = self.brokers[node], self.controllers[node]
        listeners = f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}"
        copies, least = (3, 2) if self.nodes > 1 else (1, 1)
        lines = {
            "process.roles": "broker,controller",
            "node.id": node + 1,
            "controller.quorum.bootstrap.servers": ",".join(f"127.0.0.1:{p}" for p in self.controllers),
            "controller.listener.names": "CONTROLLER",
            "listeners": listeners,
            "advertised.listeners": listeners,
            "inter.broker.listener.name": "PLAINTEXT",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs": self.folder / str(node) / "log",
            "offsets.topic.replication.factor": copies,
            "transaction.state.log.replication.factor": copies,
            "transaction.state.log.min.isr": least,
            "share.coordinator.state.topic.replication.factor": copies,
            "share.coordinator.state.topic.min.isr": least,
            "min.insync.replicas": least,
            "group.initial.rebalance.delay.ms": 0,
            "auto.create.topics.enable": "false",
            "offsets.topic.num.partitions": 4,
            "transaction.state.log.num.partitions": 4,
            "broker.session.timeout.ms": 3000,
            "broker.heartbeat.interval.ms": 500,
            "controller.quorum.election.timeout.ms": 500,
            "controller.quorum.fetch.timeout.ms": 1000,
        }
        return "\n".join(f"{name}={value}" for name, value in lines.items())

    def _brokers(self) -> int:
        """How many brokers are listed by a broker, as soon as every node that was started has its port open."""
        ended = [node for node, process in self._processes.items() if process.poll() is not None]
        if ended:
            raise RuntimeError(f"Kafka's node {ended[0]} ended.\n{self.state()}")
        if not all(_open(self.brokers[node]) for node in self._processes):
            return 0
        try:
            admin = opened(
                KafkaAdminClient,
                bootstrap_servers=self.bootstrap.split(","),
                bootstrap_timeout_ms=2000,
                request_timeout_ms=2000,
                reconnect_backoff_max_ms=200,
            )
            try:
                return len(admin.describe_cluster()["brokers"])
            finally:
                admin.close()
        except KafkaError:
            return 0


def _open(port: int) -> bool:
    with socket.socket() as one:
        one.settimeout(1)
        return one.connect_ex(("127.0.0.1", port)) == 0
