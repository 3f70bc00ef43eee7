"""Every setting of the product, read from the environment in this one place and nowhere else."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from shared.runtime.durable import write_once

KEY_CHARACTERS = 32
"""No secret is shorter."""
MOST_DAYS = 36_500
"""A hundred years. No calendar goes back as far as some would type to say "never"."""
DATA_FORMAT = 1
"""The number in the data folder's VERSION file that this code writes and reads."""


class SettingsRefused(Exception):
    """The environment cannot be used. `faults` has one plain sentence for each thing that is wrong."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Settings:
    """What this process was told. Sizes are bytes, pixels or characters as named; times are days."""

    data: Path
    bind_host: str = "127.0.0.1"
    bind_port: int = 8000
    demo: bool = True
    rate_limits: bool = True
    proxies: int = 0
    public_url: str = "http://127.0.0.1:8000"
    event_log: str = ""
    intake_database: str = ""
    assessment_database: str = ""
    reporting_database: str = ""
    objects: str = ""
    mail: str = field(default="", repr=False)
    signing_key: bytes = field(default=b"", repr=False)
    identity_key: bytes = field(default=b"", repr=False)
    visit_bytes: int = 1_000_000
    photo_bytes: int = 15_000_000
    photo_pixels: int = 50_000_000
    photos_per_visit: int = 20
    voice_bytes: int = 3_000_000
    words_characters: int = 4_000
    original_days: int = 7
    voice_days: int = 7
    log_level: str = "warning"
    metrics_token: str = field(default="", repr=False)

    @property
    def form_bytes(self) -> int:
        """The longest body of any request: a page of a visit sends a photo, a recording and words in one form."""
        return self.photo_bytes + self.voice_bytes + max(self.visit_bytes, 1_000_000)

    @property
    def pictures_from(self) -> str:
        """The origin besides our own that browsers may take pictures from: the object store's public one, or none."""
        public = parse_qs(urlsplit(self.objects).query).get("public", [""])[-1]
        parts = urlsplit(public)
        return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") and parts.netloc else ""

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        """Read the settings. Makes nothing on disk. Raises SettingsRefused with every fault at once."""
        read = _Reader(environ)
        data = Path(environ.get("OPENDOOR_DATA") or "data").expanduser().absolute()
        host, port = read.bind("OPENDOOR_BIND", "127.0.0.1:8000")
        settings = cls(
            data=data,
            bind_host=host,
            bind_port=port,
            demo=read.yes_no("OPENDOOR_DEMO", True),
            rate_limits=read.yes_no("OPENDOOR_RATE_LIMITS", True),
            proxies=read.number("OPENDOOR_PROXIES", 0, least=0),
            public_url=read.address("OPENDOOR_PUBLIC_URL", f"http://{host}:{port}"),
            event_log=environ.get("OPENDOOR_EVENT_LOG") or f"sqlite:///{data / 'events.db'}",
            intake_database=environ.get("OPENDOOR_INTAKE_DATABASE") or f"sqlite:///{data / 'intake.db'}",
            assessment_database=environ.get("OPENDOOR_ASSESSMENT_DATABASE") or f"sqlite:///{data / 'assessment.db'}",
            reporting_database=environ.get("OPENDOOR_REPORTING_DATABASE") or f"sqlite:///{data / 'reporting.db'}",
            objects=environ.get("OPENDOOR_OBJECTS") or f"file://{data / 'objects'}",
            mail=environ.get("OPENDOOR_MAIL") or f"file://{data / 'letters'}",
            signing_key=read.key("OPENDOOR_SIGNING_KEY", data / "keys" / "signing.key"),
            identity_key=read.key("OPENDOOR_IDENTITY_KEY", data / "keys" / "identity.key"),
            visit_bytes=read.number("OPENDOOR_VISIT_BYTES", 1_000_000),
            photo_bytes=read.number("OPENDOOR_PHOTO_BYTES", 15_000_000),
            photo_pixels=read.number("OPENDOOR_PHOTO_PIXELS", 50_000_000),
            photos_per_visit=read.number("OPENDOOR_PHOTOS_PER_VISIT", 20),
            voice_bytes=read.number("OPENDOOR_VOICE_BYTES", 3_000_000),
            words_characters=read.number("OPENDOOR_WORDS_CHARACTERS", 4_000),
            original_days=read.number("OPENDOOR_ORIGINAL_DAYS", 7, least=0, most=MOST_DAYS),
            voice_days=read.number("OPENDOOR_VOICE_DAYS", 7, least=0, most=MOST_DAYS),
            log_level=read.one_of("OPENDOOR_LOG_LEVEL", ("debug", "info", "warning", "error"), "warning"),
            metrics_token=read.secret("OPENDOOR_METRICS_TOKEN"),
        )
        if read.faults:
            raise SettingsRefused(read.faults)
        return settings


class _Reader:
    """Reads one value after another and remembers what was wrong instead of stopping at the first fault."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.faults: list[str] = []

    def _read(self, name: str, parse: Callable[[str], object], default: object, wanted: str) -> object:
        given = self.environ.get(name)
        if given is None or given == "":
            return default
        try:
            return parse(given)
        except ValueError:
            self.faults.append(f"{name} is {given!r}, but must be {wanted}.")
            return default

    def number(self, name: str, default: int, least: int = 1, most: int | None = None) -> int:
        def parse(text: str) -> int:
            if int(text) < least or (most is not None and int(text) > most):
                raise ValueError
            return int(text)

        range_ = f"{least} or more" if most is None else f"from {least} to {most}"
        value = self._read(name, parse, default, f"a whole number, {range_}")
        assert isinstance(value, int)
        return value

    def yes_no(self, name: str, default: bool) -> bool:
        words = {"1": True, "yes": True, "true": True, "on": True, "0": False, "no": False, "false": False}
        words["off"] = False

        def parse(text: str) -> bool:
            if text.lower() not in words:
                raise ValueError
            return words[text.lower()]

        return bool(self._read(name, parse, default, "1 or 0"))

    def one_of(self, name: str, words: tuple[str, ...], default: str) -> str:
        def parse(text: str) -> str:
            if text.lower() not in words:
                raise ValueError
            return text.lower()

        return str(self._read(name, parse, default, f"one of {', '.join(words)}"))

    def secret(self, name: str) -> str:
        """A secret that may be left out; empty then."""
        given = self.environ.get(name, "")
        if given and len(given) < KEY_CHARACTERS:
            self.faults.append(f"{name} must be at least {KEY_CHARACTERS} characters long.")
        return given

    def address(self, name: str, default: str) -> str:
        """Where a browser finds us; its scheme in small letters, because cookies hang on it."""

        def parse(text: str) -> str:
            parts = urlsplit(text)
            if (
                parts.scheme not in ("http", "https")
                or not parts.hostname
                or parts.port == 0
                or parts.query
                or parts.fragment
            ):
                raise ValueError
            return f"{parts.scheme}:{text.partition(':')[2]}"

        return str(self._read(name, parse, default, "an address that begins with https:// or http://"))

    def bind(self, name: str, default: str) -> tuple[str, int]:
        def parse(text: str) -> tuple[str, int]:
            host, colon, port = text.rpartition(":")
            if not colon or not host or not 0 < int(port) < 65536:
                raise ValueError
            return host, int(port)

        value = self._read(name, parse, parse(default), "an address and a port, like 127.0.0.1:8000")
        assert isinstance(value, tuple)
        return value

    def key(self, name: str, kept_in: Path) -> bytes:
        """A secret: from the environment, else from the data folder. Empty when neither has one yet."""
        given = self.environ.get(name)
        if given:
            if len(given) < KEY_CHARACTERS:
                self.faults.append(f"{name} must be at least {KEY_CHARACTERS} characters long.")
            return given.encode()
        try:
            kept = kept_in.read_bytes()
        except OSError:
            return b""
        if len(kept) < KEY_CHARACTERS:
            # Never replaced by a new one: with another key no volunteer would be the pseudonym they were before.
            self.faults.append(
                f"The key in {kept_in} is empty or cut short: put it back from a backup, or delete it if nothing was "
                "kept here yet."
            )
        return kept


def make_keys(data: Path) -> None:
    """Make the two secret keys of an embedded set, once, readable by their owner only.

    The signing key signs sessions, tokens and links. The identity key turns a volunteer into a pseudonym;
    it is a key of its own so that it can be kept apart, and thrown away when identities must go.
    """
    folder = data / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in ("signing.key", "identity.key"):
        if not (folder / name).exists():
            write_once(folder / name, secrets.token_hex(KEY_CHARACTERS))
