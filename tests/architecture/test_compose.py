"""Where there is no container engine the compose file cannot be started; so every word of it is held to the code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from deploy.servers.seaweed import KEY
from services.cli import main
from services.embedded.web import PATHS, THREADS, WORKERS
from shared.messaging.log.kafka_address import KafkaAddress
from shared.runtime.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker-compose.yml"
SECRETS = {
    "OPENDOOR_PUBLIC_URL": "https://opendoor.example.org",
    "OPENDOOR_SIGNING_KEY": "s" * 40,
    "OPENDOOR_IDENTITY_KEY": "i" * 40,
    "POSTGRES_PASSWORD": "p" * 30,
    "S3_ACCESS_KEY": KEY,
    "S3_SECRET_KEY": "k" * 30,
    "OPENDOOR_MAIL": "smtp://us:secret@mail.example?from=post%40charity.example",
}


def composed(*arguments: str, secrets: dict[str, str] = SECRETS) -> subprocess.CompletedProcess[str]:
    """What Docker Compose itself makes of the file; `config` needs no engine."""
    program = Path(sys.executable).with_name("docker-compose")
    environ = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/tmp")} | secrets
    command = [str(program), "-f", str(COMPOSE), "--profile", "tools", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environ, cwd=ROOT, check=False)


@pytest.fixture(scope="module")
def house() -> dict[str, Any]:
    told = composed("config")
    assert told.returncode == 0, told.stderr
    found: dict[str, Any] = yaml.safe_load(told.stdout)
    return found


def ours(house: dict[str, Any]) -> dict[str, Any]:
    """The containers that run our own image."""
    return {name: one for name, one in house["services"].items() if one.get("image") == "opendoor:local"}


@pytest.mark.parametrize("secret", sorted(SECRETS))
def test_no_secret_has_a_default_that_works(secret: str) -> None:
    told = composed("config", "-q", secrets={name: value for name, value in SECRETS.items() if name != secret})
    assert told.returncode != 0
    assert secret in told.stderr


def test_the_example_names_every_secret() -> None:
    lines = (ROOT / "deploy/compose.env.example").read_text().splitlines()
    assert {line.rstrip("=") for line in lines if line and not line.startswith("#")} == set(SECRETS)


def test_every_command_exists(house: dict[str, Any]) -> None:
    for name, one in ours(house).items():
        words = [word for word in one["command"] if not word.startswith(("/", "-"))]
        told = CliRunner().invoke(main, [*words, "--help"])
        assert told.exit_code == 0, (name, told.output)
        for option in (word for word in one["command"] if word.startswith("--")):
            assert option in told.output


def test_every_setting_is_one_the_code_reads(house: dict[str, Any]) -> None:
    read = (ROOT / "shared/runtime/settings.py").read_text()
    for one in ours(house).values():
        for setting in one["environment"]:
            assert setting.startswith("AWS_") or f'"{setting}"' in read, setting


def test_the_urls_mean_something_to_the_adapters(house: dict[str, Any]) -> None:
    environment = ours(house)["intake-web"]["environment"]
    assert KafkaAddress.from_url(environment["OPENDOOR_EVENT_LOG"]).servers == ("kafka:9092",)
    databases = {v.rpartition("/")[2] for k, v in environment.items() if k.endswith("_DATABASE")}
    made = set(re.findall(r"CREATE DATABASE (\w+);", (ROOT / "deploy/postgres-init.sql").read_text()))
    assert databases == made | {house["services"]["postgres"]["environment"]["POSTGRES_DB"]}


def test_every_path_that_is_mounted_or_copied_exists(house: dict[str, Any]) -> None:
    for one in house["services"].values():
        for volume in one.get("volumes", []):
            if volume["type"] == "bind" and not volume["source"].endswith("/plan"):
                assert Path(volume["source"]).exists(), volume
    for line in (ROOT / "deploy/Dockerfile").read_text().splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            assert all((ROOT / source).exists() for source in line.split()[1:-1]), line


def test_no_log_grows_for_ever_and_nobody_is_hurried_out(house: dict[str, Any]) -> None:
    for name, one in house["services"].items():
        assert one["logging"] == {"driver": "local", "options": {"max-size": "20m", "max-file": "5"}}, name
    for name in ("kafka", "postgres", "s3"):
        assert seconds_of(house["services"][name]["stop_grace_period"]) >= 30, name


def seconds_of(text: str) -> int:
    """Seconds of what Compose calls `1m0s`."""
    minutes, seconds = re.fullmatch(r"(?:(\d+)m)?(\d+)s", text).groups(default="0")  # type: ignore[union-attr]
    return int(minutes) * 60 + int(seconds)


def test_only_this_machine_is_answered_until_somebody_says_otherwise(house: dict[str, Any]) -> None:
    open_to = [port for one in house["services"].values() for port in one.get("ports", [])]
    assert [(port["host_ip"], port["published"]) for port in open_to] == [("127.0.0.1", "8080")]


def test_the_database_takes_as_many_connections_as_the_webs_may_open(house: dict[str, Any]) -> None:
    (given,) = re.findall(r"max_connections=(\d+)", " ".join(house["services"]["postgres"]["command"]))
    webs = [name for name in house["services"] if name.endswith("-web")]
    at_once = len(webs) * WORKERS * (THREADS + 2)
    workers = [name for name in house["services"] if name.endswith("-worker")]
    assert int(given) >= at_once + 10 * len(workers)


def test_our_containers_can_write_nowhere_and_are_nobody(house: dict[str, Any]) -> None:
    for name, one in ours(house).items():
        assert one["read_only"] is True, name
        assert one["user"] == "10001", name
        assert one["cap_drop"] == ["ALL"], name
    assert "USER 10001" in (ROOT / "deploy/Dockerfile").read_text()


def test_nothing_starts_before_what_it_needs(house: dict[str, Any]) -> None:
    services = house["services"]
    for name in PATHS.keys() | {"intake"}:
        for part in ("web", "worker"):
            needs = services[f"{name}-{part}"]["depends_on"]
            assert needs[f"{name}-migrate"]["condition"] == "service_completed_successfully"
        assert services["nginx"]["depends_on"][f"{name}-web"]["condition"] == "service_healthy"
        assert "healthcheck" in services[f"{name}-web"]


def test_nginx_sends_each_path_to_the_service_that_owns_it(house: dict[str, Any]) -> None:
    conf = (ROOT / "deploy/nginx/opendoor.conf").read_text()
    upstreams = re.findall(r"upstream (\w+)\s*{ zone \w+ 64k; server ([\w-]+):8000 resolve; }", conf)
    assert len(upstreams) == 3
    for name, server in upstreams:
        assert server in house["services"]
        assert server == f"{name}-web"
    for name, prefixes in PATHS.items():
        (pattern,) = re.findall(rf"location ~ (\S+) {{ proxy_pass http://{name}; }}", conf)
        for prefix in prefixes:
            assert re.match(pattern, prefix), prefix
            assert re.match(pattern, f"{prefix}/x")
            assert not re.match(pattern, f"{prefix}x")


def test_nginx_lets_through_what_the_settings_allow_and_not_much_more(house: dict[str, Any]) -> None:
    conf = (ROOT / "deploy/nginx/opendoor.conf").read_text()
    (most,) = (int(megabytes) * 1024 * 1024 for megabytes in re.findall(r"client_max_body_size (\d+)m;", conf))
    for name, one in ours(house).items():
        if name.endswith("-web"):
            settings = Settings.from_env(one["environment"] | {"OPENDOOR_DATA": "/tmp"})
            assert settings.form_bytes <= most < settings.form_bytes + 1024 * 1024, name


def test_every_command_that_the_guides_tell_of_exists(house: dict[str, Any]) -> None:
    guide = (ROOT / "deploy/README.md").read_text()
    run = re.findall(r"docker compose run --rm ([\w-]+)((?: [\w./-]+)*)", guide)
    assert len(run) >= 5
    told = [words.split() for _, words in run if words.strip()]
    for path in ("docs/operator.md", "README.md"):
        told += [
            words.split() for words in re.findall(r"\.venv/bin/opendoor((?: [\w./-]+)+)", (ROOT / path).read_text())
        ]
    for service, _ in run:
        assert service in house["services"], service
    for words in told:
        command = [word for word in words if re.fullmatch(r"[a-z-]+", word) and not word.startswith("-")]
        answer = CliRunner().invoke(main, [*command, "--help"])
        assert answer.exit_code == 0, (words, answer.output)
        for option in (word for word in words if word.startswith("--")):
            assert option in answer.output, (words, option)
    for names in re.findall(r"docker compose (?:stop|start)((?: [a-z0-9-]+)+)", guide):
        assert set(names.split()) <= set(house["services"]), names
