"""Whether the player lets the game tell anything, and the random id that it then tells it under.

Until the player has seen the switch and chosen, nothing is told and nothing kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from bulwark.errors import TelemetryError
from bulwark.telemetry.envelope import random_id

QUESTION = "Send what happens in your matches, under a random number?"
EXPLANATION = (
    "Sent are: which map, which towers where, waves, wins and losses, and how long. Nothing of you or your machine: "
    "the number is random and means nothing elsewhere. You can switch it off at any time, and the number is forgotten."
)


class Choice(Enum):
    """What the player said of it."""

    UNASKED = "unasked"
    ON = "on"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Consent:
    """The player's choice; `player_id` is there only while it is on."""

    choice: Choice = Choice.UNASKED
    player_id: str = ""

    @property
    def allows(self) -> bool:
        """Whether events may be kept and sent."""
        return self.choice is Choice.ON

    def chosen(self, *, on: bool, random_bytes: Callable[[int], bytes]) -> Consent:
        """After the player moved the switch; one that comes back on has a new id."""
        if not on:
            return Consent(Choice.OFF)
        return self if self.allows else Consent(Choice.ON, random_id(random_bytes))


def read_consent(path: Path) -> Consent:
    """The choice kept in `path`: unasked where there is none, or none that can be read."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        choice, player_id = Choice(said["choice"]), str(said.get("player_id", ""))
    except FileNotFoundError:
        return Consent()
    except OSError as error:
        raise _unusable(path, error) from error
    except (ValueError, KeyError, TypeError, AttributeError):
        # Asking again is always right.
        return Consent()
    return Consent(choice, player_id) if choice is not Choice.ON or player_id else Consent()


def keep_consent(path: Path, consent: Consent) -> None:
    """Keep the choice in `path`, whole or not at all; raises TelemetryError where the disk fails."""
    text = json.dumps({"choice": consent.choice.value, "player_id": consent.player_id}) + "\n"
    new = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(text, encoding="utf-8")
        new.replace(path)
    except OSError as error:
        raise _unusable(path, error) from error


def _unusable(path: Path, error: OSError) -> TelemetryError:
    return TelemetryError(f"{path}: {error.strerror}.", hint="Nothing is told until the choice can be kept.")
