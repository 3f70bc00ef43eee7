"""Open Door as somebody who has only the README would use it: started as its own processes in a new data folder, told
things by its commands and over HTTP, and stopped kindly or with `kill -9` of the whole tree.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from click.testing import CliRunner

from deploy.servers.ports import free_ports
from services.cli import main
from tests.service.answers_fit import JSON, Published

REPOSITORY = Path(__file__).resolve().parents[2]
PYTHON = Path(sys.executable)
PATIENCE = 30
SERVICES = ("intake", "assessment", "reporting")
PUBLISHED: dict[str, Published] = {}
"""The documents, by service: the same for every product, for all are of this very tree."""


class Client:
    """One person's programs: every call carries their token, or none."""

    def __init__(self, address: str, token: str | None) -> None:
        self.address, self.token = address, token
        self.session = requests.Session()
        self.session.trust_env = False
        if token:
            self.session.headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        """Any request; bodies and headers exactly as given. An answer that is not as its document says is a fault."""
        answer = self.session.request(method, self.address + path, timeout=PATIENCE, allow_redirects=False, **more)
        self._hold_to_its_document(answer)
        return answer

    def _hold_to_its_document(self, answer: requests.Response) -> None:
        method, path = str(answer.request.method), urlsplit(str(answer.request.url)).path
        media_type = answer.headers.get("Content-Type", "").partition(";")[0]
        service = path.removeprefix("/api/").partition("/")[0]
        if service not in SERVICES or media_type not in JSON or method == "HEAD" or path.endswith("/openapi.json"):
            return
        if service not in PUBLISHED:
            document = self.session.get(f"{self.address}/api/{service}/openapi.json", timeout=PATIENCE)
            PUBLISHED[service] = Published(document.json())
        wrong = PUBLISHED[service].misfits(method, path, answer.status_code, media_type, answer.json())
        assert not wrong, f"{method} {path} {answer.status_code}: {wrong[:10]}"

    def get(self, path: str, **more: Any) -> requests.Response:
        """Read something."""
        return self.call("GET", path, **more)

    def post(self, path: str, body: Any = None) -> requests.Response:
        """Do something."""
        return self.call("POST", path, json={} if body is None else body)

    def send_visit(self, visit_id: str, body: dict[str, Any]) -> requests.Response:
        """Hand in a visit."""
        return self.call("PUT", f"/api/intake/v1/visits/{visit_id}", json=body)

    def send_photo(self, visit_id: str, photo_id: str, data: bytes, media_type: str) -> requests.Response:
        """Hand in the bytes of one listed photo."""
        path = f"/api/intake/v1/visits/{visit_id}/photos/{photo_id}"
        return self.call("PUT", path, data=data, headers={"Content-Type": media_type})

    def amend(self, visit_id: str, body: dict[str, Any]) -> requests.Response:
        """Correct one's own visit, as it stands now."""
        etag = self.get(f"/api/intake/v1/visits/{visit_id}").headers["ETag"]
        path = f"/api/intake/v1/visits/{visit_id}/amendment"
        return self.call("PUT", path, json=body, headers={"If-Match": etag})

    def withdraw(self, visit_id: str) -> requests.Response:
        """Take one's own visit back."""
        return self.post(f"/api/intake/v1/visits/{visit_id}/withdrawal")


class Product:
    """One installation: a data folder, an address and, while it runs, a tree of processes."""

    def __init__(self, folder: Path, log: Path | None = None) -> None:
        self.folder, self.port = folder, free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = log or folder.parent / f"{folder.name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        kept = {name: value for name, value in os.environ.items() if not name.startswith("OPENDOOR_")}
        self.environment = {
            **kept,
            # Commands are of this very tree, also where the environment they come from was made for another one.
            "PYTHONPATH": str(REPOSITORY),
            "OPENDOOR_DATA": str(folder),
            "OPENDOOR_BIND": f"127.0.0.1:{self.port}",
            "OPENDOOR_DEMO": "0",
            "OPENDOOR_RATE_LIMITS": "0",
        }

    def start(self) -> None:
        """Start everything and return when all three services answer."""
        with self.log.open("ab") as log:
            command = [str(PYTHON), "-m", "services"]
            self.process = subprocess.Popen(
                command, cwd=REPOSITORY, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        until(self._answers, 60, lambda: f"an answer; its log:\n{self.tail()}")

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, f"the product stopped by itself:\n{self.tail()}"
        paths = ("intake/v1/me", "assessment/v1/exercises/x/sites/x/waves/1", "reporting/v1/me/changes")
        stranger = self.client(None)
        try:
            return all(stranger.get(f"/api/{path}").status_code in (401, 404) for path in paths)
        except requests.ConnectionError:
            return False

    def stop(self) -> float | None:
        """Ask it to stop, as Ctrl-C would; what is left after fifteen seconds is killed. Returns its exit code."""
        if self.process is None:
            return None
        process, self.process = self.process, None
        tree = descendants(process.pid)
        process.send_signal(signal.SIGINT)
        try:
            return process.wait(15)
        except subprocess.TimeoutExpired:
            return None
        finally:
            kill_all([process.pid, *tree])
            process.wait(10)

    def kill(self) -> None:
        """`kill -9` of every process of the tree, at once, parents first so that nobody is restarted."""
        assert self.process is not None
        process, self.process = self.process, None
        kill_all([process.pid, *descendants(process.pid)])
        process.wait(10)

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`opendoor …` beside the running product, as a process of its own."""
        return subprocess.run(
            [str(PYTHON.with_name("opendoor")), *words],
            cwd=REPOSITORY,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def command_here(self, *words: str) -> subprocess.CompletedProcess[str]:
        """The same command with the same settings, without a Python of its own to start: that is most of what a
        command takes. What no user may see, a traceback, is raised."""
        outside = {name: None for name in os.environ if name.startswith("OPENDOOR_")}
        ours = {name: value for name, value in self.environment.items() if os.environ.get(name) != value}
        done = CliRunner().invoke(main, words, env={**outside, **ours}, catch_exceptions=False)
        return subprocess.CompletedProcess(words, done.exit_code, done.stdout, done.stderr)

    def import_plan(self, plan: dict[str, Any]) -> dict[str, Client]:
        """Import a plan and return a client for each of its people."""
        source = self.folder.parent / f"plan-{plan['exercise']['id']}.json"
        tokens = source.with_suffix(".tokens.json")
        source.write_text(json.dumps(plan), encoding="utf-8")
        done = self.command_here("plan", "import", str(source), "--tokens", str(tokens))
        assert done.returncode == 0, done.stdout + done.stderr
        assert tokens.stat().st_mode & 0o077 == 0, "the tokens file can be read by others"
        return {person: self.client(token) for person, token in json.loads(tokens.read_text(encoding="utf-8")).items()}

    def drain(self) -> None:
        """Wait until everything acknowledged has had all its effects."""
        done = self.command_here("drain")
        assert done.returncode == 0, done.stdout + done.stderr

    def client(self, token: str | None) -> Client:
        """Somebody who calls with this token."""
        return Client(self.address, token)

    def tail(self) -> str:
        """The last lines of the log."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-40:])


def until(true: Callable[[], bool], seconds: float, what: Callable[[], str]) -> None:
    """Ask again until it is so; raises TimeoutError that says what never came."""
    deadline, pause = time.monotonic() + seconds, threading.Event()
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:g} s for {what()}")
        pause.wait(0.05)


@contextmanager
def running(folder: Path, log: Path | None = None) -> Iterator[Product]:
    """A product in a new data folder, stopped at the end whatever happens."""
    product = Product(folder, log)
    try:
        product.start()
        yield product
    finally:
        product.stop()


def free_port() -> int:
    """A port that nobody uses."""
    return free_ports(1)[0]


def descendants(root: int) -> list[int]:
    """Every process below one, nearest first."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                after_name = (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
            except OSError:
                continue
            parents[int(entry.name)] = int(after_name.split()[1])
    found = [root]
    for parent in found:
        found += [child for child, its_parent in parents.items() if its_parent == parent]
    return found[1:]


def kill_all(processes: list[int]) -> None:
    """`kill -9`, by id; one that is gone already is fine."""
    for process in processes:
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            continue
