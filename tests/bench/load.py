"""A small load of HTTP requests on loopback, bounded in count, with one kept-open connection a client."""

from __future__ import annotations

import http.client
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Request = tuple[str, str, bytes, dict[str, str]]
"""Method, path, body, headers."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one load came to: how many a second, and milliseconds of the middle and the slowest hundredth."""

    rate: float
    p50: float
    p99: float

    def told(self) -> str:
        """In words."""
        return f"{self.rate:7.0f}/s   p50 {self.p50:6.1f} ms   p99 {self.p99:6.1f} ms"


def send(port: int, jobs: Sequence[Sequence[Request]], clients: int, expected: int = 201) -> Run:
    """Send every job (its requests one after the other) by so many clients; a job is timed as a whole."""
    took: list[float] = []
    left = iter(jobs)
    lock = threading.Lock()
    wrong: list[int] = []

    broken: list[Exception] = []

    def one_client() -> None:
        try:
            work_off()
        except OSError as error:
            broken.append(error)

    def work_off() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            with lock:
                job = next(left, None)
            if job is None:
                break
            began = time.perf_counter()
            for method, path, body, headers in job:
                connection.request(method, path, body=body, headers=headers)
                answer = connection.getresponse()
                answer.read()
                if answer.status != expected:
                    wrong.append(answer.status)
            elapsed = time.perf_counter() - began
            with lock:
                took.append(elapsed * 1000)
        connection.close()

    threads = [threading.Thread(target=one_client) for _ in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = time.perf_counter() - began
    if broken:
        raise broken[0]
    if wrong:
        raise RuntimeError(f"{len(wrong)} requests were answered {sorted(set(wrong))}, not {expected}")
    return summed(took, whole)


def summed(took: Sequence[float], seconds: float) -> Run:
    """The figures of a load from its times in milliseconds."""
    ordered = sorted(took)
    return Run(len(ordered) / seconds, statistics.median(ordered), ordered[int(0.99 * (len(ordered) - 1))])


def milliseconds(work: Callable[[], object], times: int) -> float:
    """The middle time of doing something so many times."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)
