"""Request times are counted over all processes of a server, and a new server begins with none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
# In a process of its own: how values are kept is decided once for a whole process.
PROGRAM = """
import os, sys
from pathlib import Path
from prometheus_client import generate_latest
from shared.runtime.metrics import RequestTimes, registry_of, share_between_processes

share_between_processes(Path(sys.argv[1]), "all")
times, others = RequestTimes("intake"), RequestTimes("assessment")
for _ in range(2):
    if (child := os.fork()) == 0:
        times.note("GET", "/visits/<visit_id>", 200, 0.02)
        others.note("GET", "/findings", 200, 0.02)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
times.note("GET", "/visits/<visit_id>", 200, 0.2)
print(generate_latest(registry_of(times.collector())).decode())
"""


def counted(folder: Path) -> str:
    environ = {name: value for name, value in os.environ.items() if not name.lower().startswith("prometheus")}
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**environ, "PYTHONPATH": str(ROOT)},
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_every_process_counts_and_each_service_tells_its_own(tmp_path: Path) -> None:
    said = counted(tmp_path)
    whole = '{method="GET",path="/visits/<visit_id>",service="intake",status="200"} 3.0'
    assert f"opendoor_request_seconds_count{whole}" in said
    assert "findings" not in said


def test_a_new_server_throws_away_what_a_dead_one_counted_and_leaves_a_living_one_alone(tmp_path: Path) -> None:
    counted(tmp_path)
    (dead,) = tmp_path.iterdir()
    living = tmp_path / f"all.{os.getpid()}"
    living.mkdir()
    said = counted(tmp_path)
    assert 'status="200"} 3.0' in said
    assert living.exists()
    assert not dead.exists()
