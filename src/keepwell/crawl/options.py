"""What the options of the commands that crawl take, and what is missing without the extra `crawl`."""

from __future__ import annotations

import ipaddress
import re

import click

from keepwell.platform.errors import Unavailable

_RATE = re.compile(r"(\d+(?:\.\d+)?)(?:/(s|m|h))?")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, None: 1}


class PackagesMissingError(Unavailable):
    """What a crawl needs is not installed."""

    retryable = False
    worded_for_clients = True

    @classmethod
    def of(cls, error: ImportError) -> PackagesMissingError:
        """What is missing, and how to get it."""
        return cls(
            f"The crawl needs the package {error.name}.",
            hint="Install the extra: pip install 'keepwell[crawl]'.",
        )


class Rate(click.ParamType[float]):
    """A rate: 1/s, 30/m, 0.5."""

    name = "RATE"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Requests a second, more than zero; fails with the option's name for anything else."""
        if isinstance(value, float):
            return value
        found = _RATE.fullmatch(str(value))
        rate = float(found[1]) / _SECONDS[found[2]] if found else 0.0
        return rate or self.fail(f"{value!r} is not a rate such as 1/s or 30/m.", param, ctx)


class Network(click.ParamType[str]):
    """A network: 10.0.0.0/8, or one address."""

    name = "NETWORK"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The network in its usual form; fails with the option's name for anything else."""
        try:
            return str(ipaddress.ip_network(str(value)))
        except ValueError:
            self.fail(f"{value!r} is not a network such as 10.0.0.0/8.", param, ctx)
