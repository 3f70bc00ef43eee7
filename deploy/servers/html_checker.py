"""The Nu HTML Checker on loopback: reads a page and says what breaks the rules of HTML."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import requests

from deploy.servers import jars
from deploy.servers.ports import free_ports
from deploy.servers.waiting import end_of, until

START_SECONDS = 90


class HtmlChecker:
    """A checker that starts while the tests do something else, and is waited for at the first page."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "html-checker.log"
        self._address = f"http://127.0.0.1:{free_ports(1)[0]}/"
        self._session = requests.Session()
        self._session.trust_env = False
        self._process: subprocess.Popen[bytes] | None = None
        self._awake = False

    def start(self) -> None:
        """Begin to start; returns at once. Raises RuntimeError when its jars cannot be had."""
        folder = jars.fetch("html-checker", "the HTML checker")
        port = self._address.rpartition(":")[2].strip("/")
        # Its schemas go deep: with the usual stack it gives up on small pages.
        command = ["java", "-Xss4m", "-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
        command += [
            "-Dnu.validator.servlet.bind-address=127.0.0.1",
            "-cp",
            str(folder / "*"),
            "nu.validator.servlet.Main",
        ]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen([*command, port], stdout=log, stderr=log, start_new_session=True)

    def complaints(self, page: str) -> list[str]:
        """What is wrong with a page, one sentence each with the place; nothing when it keeps to the rules."""
        if not self._awake:
            until(self._answers, START_SECONDS, "the HTML checker", lambda: end_of(self._log))
            self._awake = True
        answer = self._session.post(
            self._address,
            params={"out": "json"},
            data=page.encode("utf-8"),
            headers={"Content-Type": "text/html; charset=utf-8"},
            timeout=START_SECONDS,
        )
        answer.raise_for_status()
        return [_told(message) for message in answer.json()["messages"] if message["type"] != "info" or _warns(message)]

    def stop(self) -> None:
        """End it."""
        process, self._process = self._process, None
        if process is not None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=30)
        self._session.close()

    def _answers(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise RuntimeError(f"The HTML checker did not start.\n{end_of(self._log)}")
        try:
            return self._session.get(self._address, timeout=START_SECONDS).ok
        except requests.ConnectionError:
            return False


def _warns(message: dict[str, Any]) -> bool:
    return message.get("subType") == "warning"


def _told(message: dict[str, Any]) -> str:
    return f"HTML: {message['message']} (line {message.get('lastLine')}: {message.get('extract', '').strip()!r})"
