"""A real PostgreSQL cluster in a folder of its own, on loopback, never run as root."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import uuid
from contextlib import suppress
from pathlib import Path

import psycopg

from deploy.servers.ports import free_ports
from deploy.servers.waiting import end_of, until


def binaries() -> Path:
    """Where Debian keeps the newest server's programs. Raises RuntimeError with a sentence."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if not found:
        raise RuntimeError("PostgreSQL's server is missing: run 'apt-get install postgresql' as root.")
    return found[-1].parent


class Postgres:
    """One cluster, in a folder that is given, or in a new one. `durable` keeps fsync on.

    As root the folder must be one that the account `postgres` can reach.
    """

    def __init__(self, folder: Path | None = None, *, durable: bool = False) -> None:
        self.folder = folder or Path(tempfile.mkdtemp(prefix="pg-"))
        self._kept = folder is not None
        self.port = free_ports(1)[0]
        self.durable = durable
        self._bin = binaries()

    def start(self) -> None:
        """Make the cluster, unless it is there already, and start it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if (self.folder / "data" / "PG_VERSION").exists():
            self.start_again()
            return
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres")
        self.folder.chmod(0o700)
        how = ["-D", str(self.folder / "data"), "-U", "app", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C"]
        self._run("initdb", *how)
        self.start_again()

    def start_again(self) -> None:
        """Start the cluster as it lies there."""
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c max_connections=200"
        if not self.durable:
            options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        data, log = str(self.folder / "data"), str(self.folder / "log")
        self._run("pg_ctl", "-D", data, "-w", "-t", "60", "-l", log, "-o", options, "start")

    def kill(self) -> None:
        """Kill the server and all its backends as a power cut would."""
        # Held still first: a backend born between the counting and the killing would outlive its server.
        leader, _ = self._family()
        os.kill(leader, signal.SIGSTOP)
        _, children = self._family()
        for pid in (*children, leader):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        until(lambda: all(map(_is_gone, (leader, *children))), 20, "PostgreSQL to be gone")
        # As after a power cut: nobody has the number that it had. It may still be waiting to be buried by its parent.
        (self.folder / "data" / "postmaster.pid").unlink()
        (self.folder / f".s.PGSQL.{self.port}.lock").unlink(missing_ok=True)

    def pause(self) -> None:
        """Let the server hang: it holds its connections and answers nothing."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a hanging server go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        leader, children = self._family()
        for pid in (leader, *children):
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def _family(self) -> tuple[int, list[int]]:
        """The process ids of the server and of its backends."""
        leader = int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        found = subprocess.run(["pgrep", "-P", str(leader)], capture_output=True, text=True, check=False)
        return leader, [int(pid) for pid in found.stdout.split()]

    def stop_for_now(self) -> None:
        """Stop the cluster in good order; `start_again` brings it back."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "fast", "-w", "stop")

    def stop(self) -> None:
        """Stop the cluster; a folder that was not given is removed."""
        how = "fast" if self._kept else "immediate"
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", how, "-w", "stop", check=False)
        if not self._kept:
            shutil.rmtree(self.folder, ignore_errors=True)

    def new_database(self, name: str = "") -> str:
        """Make a database, unless one of that name is there; its URL as our settings name it."""
        name = name or f"d_{uuid.uuid4().hex}"
        with psycopg.connect(host="127.0.0.1", port=self.port, user="app", dbname="postgres", autocommit=True) as one:
            there = one.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
            if there is None:
                one.execute(f"CREATE DATABASE {name}")
        return f"postgresql://app@127.0.0.1:{self.port}/{name}"

    def _run(self, program: str, *arguments: str, check: bool = True) -> None:
        other = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        command = [*other, str(self._bin / program), *arguments]
        said = Path(tempfile.gettempdir()) / f"{self.folder.name}.out"
        with said.open("ab") as out:
            done = subprocess.run(command, check=False, stdout=out, stderr=out, cwd=self.folder)
        if check and done.returncode:
            raise RuntimeError(f"{program} failed.\n{end_of(said)}\n{end_of(self.folder / 'log')}")


def _is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1].startswith("Z")
    except OSError:
        return True
