"""Java programs that the tests need, fetched once by Maven as a pom in deploy/ names them."""

from __future__ import annotations

import fcntl
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def fetch(pom: str, called: str) -> Path:
    """The folder with the jars of deploy/`pom`/pom.xml. Raises RuntimeError with a sentence when they cannot be had."""
    folder = ROOT / ".venv" / f"{pom}-jars"
    done = folder / "complete"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "fetching").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if done.exists():
            return folder
        command = ["mvn", "-q", "-B", "-f", str(ROOT / "deploy" / pom / "pom.xml"), "dependency:copy-dependencies"]
        command += [f"-DoutputDirectory={folder}", "-DincludeScope=runtime"]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as failed:
            raise RuntimeError(f"The jars of {called} could not be fetched: Java 17 and Maven are needed.") from failed
        done.touch()
    return folder
