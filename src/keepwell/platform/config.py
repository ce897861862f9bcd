"""Settings: where the data live, which database is used, and limits. Read from the environment once, at the edge."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TypeAlias
from uuid import UUID

import msgspec
import platformdirs

from keepwell.platform.errors import DataValidationError, Unavailable
from keepwell.platform.smtp_settings import MailServer, mail_server
from keepwell.platform.values.path_texts import as_text

Network: TypeAlias = IPv4Network | IPv6Network

# Per credential: far more than the dashboard needs, and still a brake on a runaway script.
DEFAULT_REQUESTS_PER_MINUTE = 1200
# Per address, on routes where secrets can be guessed: enough for an office, too few for brute force.
DEFAULT_SIGN_INS_PER_MINUTE = 20
# Per token and process: a row costs a hundred microseconds, so that one token can have most of a processor.
DEFAULT_SCORING_REQUESTS_PER_MINUTE = 120_000
# Open at once in one process: each holds a connection of a browser, and wakes at every change.
DEFAULT_MOST_STREAMS = 500
# A browser has one for all of its pages.
DEFAULT_MOST_STREAMS_OF_MEMBER = 20


# A web address without a path, as browsers and mails show it: other names as their `xn--` form.
_LABEL = "[a-z0-9]([a-z0-9-]*[a-z0-9])?"
_PUBLIC_URL = re.compile(
    rf"https?://({_LABEL}(\.{_LABEL})*|\[[0-9a-f:.]+\])(:(?P<port>[0-9]{{1,5}}))?", re.IGNORECASE
)
_LARGEST_PORT = 65_535


class OidcClient(msgspec.Struct, frozen=True, kw_only=True):
    """This server's client registration with an OpenID Connect provider."""

    issuer: str
    client_id: str
    client_secret: str


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of a command or server."""

    home: Path
    # How commands on this machine name this home, unless it is the default one.
    home_option: str | None = None
    database_url: str | None = None
    postgres_binaries: Path | None = None
    postgres_user: str | None = None
    # Takes our mails; None: they are kept, and not sent.
    mail_server: MailServer | None = None
    # The address by which browsers reach this server, such as https://keepwell.example.org: every link that leaves begins so.
    public_url: str | None = None
    requests_per_minute: int = DEFAULT_REQUESTS_PER_MINUTE
    sign_ins_per_minute: int = DEFAULT_SIGN_INS_PER_MINUTE
    scoring_requests_per_minute: int = DEFAULT_SCORING_REQUESTS_PER_MINUTE
    most_streams: int = DEFAULT_MOST_STREAMS
    most_streams_of_member: int = DEFAULT_MOST_STREAMS_OF_MEMBER
    oidc: OidcClient | None = None
    # Reverse proxies whose X-Forwarded-* headers are trusted.
    trusted_proxies: tuple[Network, ...] = ()
    # The address of Stripe's API, if it is not Stripe's own: for tests.
    stripe_api_base: str | None = None
    # Allows webhooks into private networks and without TLS: for tests, and for owners who trust all members.
    allow_private_webhooks: bool = False
    # Networks that are not public and whose websites a worker may read: for tests, and for accounts in one's own network.
    crawl_networks: tuple[Network, ...] = ()

    def intake(self, workspace_id: UUID) -> Path:
        """The folder of a workspace's intake journal."""
        return self.intakes / str(workspace_id)

    @property
    def intakes(self) -> Path:
        """The folder of all workspaces' intake journals, one folder per workspace id."""
        return self.home / "intake"

    @property
    def lake(self) -> Path:
        """The folder of the Parquet lake, partitioned by workspace."""
        return self.home / "lake"

    def frontier(self, workspace_id: UUID) -> Path:
        """The file of the crawl of a workspace's accounts: the URLs that are due, and what was read."""
        return self.home / "crawl" / f"{workspace_id}.db"

    @property
    def audit(self) -> Path:
        """The folder of the audit logs' checkpoints, one file per workspace id."""
        return self.home / "audit"

    @property
    def signing_keys(self) -> Path:
        """The folder of the keys that access tokens are signed with."""
        return self.home / "keys"

    @property
    def secret_file(self) -> Path:
        """The file of the home's secret, which signs cursors among other things."""
        return self.home / "secret.key"

    @property
    def server_file(self) -> Path:
        """The file in which a running `up` writes its address."""
        return self.home / "server.json"


def make_home(home: Path) -> None:
    """Create the home folder, private to its owner; raises Unavailable if that fails."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise unusable(home, error) from error


def unusable(folder: Path, error: OSError) -> Unavailable:
    """The error for a home, or a part of it, that cannot be read or written."""
    hint = "Choose a folder that you may write to: --home DIR, or KEEPWELL_HOME."
    return Unavailable(f"Cannot use {folder}: {error.strerror}.", hint=hint)


def read_settings(environment: Mapping[str, str] | None = None, *, home: Path | None = None) -> Settings:
    """Settings from `environment`; an explicit `home` wins over KEEPWELL_HOME."""
    environment = os.environ if environment is None else environment
    usual = Path(platformdirs.user_data_dir("keepwell")).absolute()
    chosen = _home(Path(home or environment.get("KEEPWELL_HOME") or usual).expanduser().absolute())
    public_url = _public_url(environment)
    binaries = environment.get("KEEPWELL_PG_BIN")
    return Settings(
        home=chosen,
        home_option=None if chosen == usual else str(chosen),
        database_url=environment.get("KEEPWELL_DATABASE_URL") or None,
        postgres_binaries=Path(binaries) if binaries else None,
        mail_server=mail_server(environment, public_url=public_url),
        public_url=public_url,
        postgres_user=environment.get("KEEPWELL_PG_USER") or None,
        requests_per_minute=_count(environment, "KEEPWELL_REQUESTS_PER_MINUTE", DEFAULT_REQUESTS_PER_MINUTE),
        sign_ins_per_minute=_count(environment, "KEEPWELL_SIGN_INS_PER_MINUTE", DEFAULT_SIGN_INS_PER_MINUTE),
        scoring_requests_per_minute=_count(
            environment, "KEEPWELL_SCORING_REQUESTS_PER_MINUTE", DEFAULT_SCORING_REQUESTS_PER_MINUTE
        ),
        most_streams=_count(environment, "KEEPWELL_MOST_STREAMS", DEFAULT_MOST_STREAMS),
        most_streams_of_member=_count(
            environment, "KEEPWELL_MOST_STREAMS_OF_MEMBER", DEFAULT_MOST_STREAMS_OF_MEMBER
        ),
        oidc=_oidc(environment),
        trusted_proxies=_networks(environment, "KEEPWELL_TRUSTED_PROXIES"),
        stripe_api_base=environment.get("KEEPWELL_STRIPE_API_BASE") or None,
        allow_private_webhooks=environment.get("KEEPWELL_WEBHOOKS_ALLOW_PRIVATE") == "1",
        crawl_networks=_networks(environment, "KEEPWELL_CRAWL_ALLOW_NETWORKS"),
    )


def _home(home: Path) -> Path:
    """`home`; raises DataValidationError if its name is not UTF-8, by which Postgres cannot be reached."""
    if as_text(home) != str(home):
        raise DataValidationError(
            f"The home {as_text(home)} has a name that is not UTF-8.", hint="Name another folder."
        )
    return home


def _public_url(environment: Mapping[str, str]) -> str | None:
    given = environment.get("KEEPWELL_PUBLIC_URL", "").removesuffix("/")
    if not given:
        return None
    found = _PUBLIC_URL.fullmatch(given)
    if found is None or not 0 < int(found["port"] or _LARGEST_PORT) <= _LARGEST_PORT:
        raise DataValidationError(
            f"KEEPWELL_PUBLIC_URL: {given!r} is not a web address without a path.",
            hint="Write scheme and host, and a port if there is one: https://keepwell.example.org.",
        )
    return given.lower()


def _oidc(environment: Mapping[str, str]) -> OidcClient | None:
    names = ("KEEPWELL_OIDC_ISSUER", "KEEPWELL_OIDC_CLIENT_ID", "KEEPWELL_OIDC_CLIENT_SECRET")
    values = [environment.get(name, "") for name in names]
    if not any(values):
        return None
    missing = [name for name, value in zip(names, values, strict=True) if not value]
    if missing:
        raise DataValidationError(
            f"{missing[0]} is not set.", hint=f"Set all of {', '.join(names)}, or none."
        )
    issuer, client_id, client_secret = values
    return OidcClient(issuer=issuer.rstrip("/"), client_id=client_id, client_secret=client_secret)


def _networks(environment: Mapping[str, str], name: str) -> tuple[Network, ...]:
    given = [each.strip() for each in environment.get(name, "").split(",")]
    try:
        return tuple(ip_network(each) for each in given if each)
    except ValueError as error:
        hint = "Write addresses and networks, separated by commas: 127.0.0.1, 10.0.0.0/8."
        raise DataValidationError(f"{name}: {error}.", hint=hint) from error


def _count(environment: Mapping[str, str], name: str, default: int) -> int:
    given = environment.get(name) or str(default)
    if not given.isdecimal() or int(given) == 0:
        raise DataValidationError(
            f"{name}: {given!r} is not a whole number above zero.", hint="Correct or unset it."
        )
    return int(given)
