"""How long requests took, counted in a way that several processes of one service can share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import structlog
from prometheus_client import CollectorRegistry, Histogram, values
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from shared.runtime.reserved import ReservedFile

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Upper bounds in seconds."""
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"

_log = structlog.get_logger(__name__)


class RequestTimes:
    """A histogram by method, shape of the path and status; the shape of a path has no id in it."""

    def __init__(self, service: str) -> None:
        self.service = service
        self._seconds = Histogram(
            "opendoor_request_seconds",
            "How long requests took to answer, in seconds.",
            ("service", "method", "path", "status"),
            buckets=BUCKETS,
            registry=None,
        )

    def note(self, method: str, shape: str, status: int, seconds: float) -> None:
        """One request was answered."""
        self._seconds.labels(self.service, method, shape, str(status)).observe(seconds)

    def collector(self) -> Collector:
        """What was noted, in all processes that share their counts or else in this one."""
        folder = os.environ.get(_FOLDER)
        return _OfAllProcesses(folder, self.service) if folder else self._seconds


class _OfAllProcesses(Collector):
    """Reads what every process has noted, and tells of one service."""

    def __init__(self, folder: str, service: str) -> None:
        self._all = MultiProcessCollector(None, path=folder)  # type: ignore[no-untyped-call]
        self._service = service

    def collect(self) -> Iterable[Metric]:
        for metric in self._all.collect():  # type: ignore[no-untyped-call]
            metric.samples = [one for one in metric.samples if one.labels.get("service") == self._service]
            yield metric


def share_between_processes(folder: Path, name: str) -> None:
    """Keep counts in files under `folder` from now on, in this process and those it forks; older ones are thrown away.

    Each server process has a folder of its own, so that it never takes the counts of a living one. Where none can be
    made, every process counts for itself: figures are worth less than pages.
    """
    mine = folder / f"{name}.{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob(f"{name}.*"):
            if not _alive(old.suffix.removeprefix(".")):
                shutil.rmtree(old, ignore_errors=True)
        mine.mkdir(exist_ok=True)
    except OSError as error:
        _log.warning("figures are not shared between processes", error=type(error).__name__)
        return
    os.environ[_FOLDER] = str(mine)
    values.MmapedDict = ReservedFile  # type: ignore[attr-defined]
    values.ValueClass = values.MultiProcessValue()  # type: ignore[no-untyped-call]


def registry_of(*collectors: Collector) -> CollectorRegistry:
    """A registry with these and nothing else in it."""
    registry = CollectorRegistry(auto_describe=False)
    for collector in collectors:
        registry.register(collector)
    return registry


def _alive(process: str) -> bool:
    if not process.isdigit() or int(process) == os.getpid():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
