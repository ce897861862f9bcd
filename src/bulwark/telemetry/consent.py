"""Whether the player allows telemetry, and the random id it is sent under.

Until the player has seen the question and answered it, nothing is sent or stored.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from bulwark.errors import TelemetryError
from bulwark.telemetry.envelope import is_random_id, random_id

QUESTION = "Send what happens in your matches, under a random number?"
EXPLANATION = (
    "This includes the map, the towers you build, waves, wins and losses, and durations. It contains nothing about you "
    "or your machine: the number is random and used nowhere else. If you switch it off, the number is deleted."
)


class Choice(Enum):
    """The player's answer."""

    UNASKED = "unasked"
    ON = "on"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Consent:
    """The player's choice; `player_id` exists only while it is on."""

    choice: Choice = Choice.UNASKED
    player_id: str = ""

    @property
    def allows(self) -> bool:
        """Whether events may be stored and sent."""
        return self.choice is Choice.ON

    def chosen(self, *, on: bool, random_bytes: Callable[[int], bytes]) -> Consent:
        """The consent after the player moves the switch; switching it on again creates a new id."""
        if not on:
            return Consent(Choice.OFF)
        return self if self.allows else Consent(Choice.ON, random_id(random_bytes))


def read_consent(path: Path) -> Consent:
    """The choice stored in `path`: unasked if the file is missing or unreadable as a choice."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        choice, player_id = Choice(stored["choice"]), stored.get("player_id", "")
    except FileNotFoundError:
        return Consent()
    except OSError as error:
        raise _unusable(path, error) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        # Asking again is always safe.
        return Consent()
    if choice is not Choice.ON:
        return Consent(choice)
    return Consent(choice, player_id) if is_random_id(player_id) else Consent()


def save_consent(path: Path, consent: Consent) -> None:
    """Store the choice in `path` atomically; raises TelemetryError if the disk fails."""
    text = json.dumps({"choice": consent.choice.value, "player_id": consent.player_id}) + "\n"
    new = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(text, encoding="utf-8")
        new.replace(path)
    except OSError as error:
        raise _unusable(path, error) from error


def _unusable(path: Path, error: OSError) -> TelemetryError:
    return TelemetryError(
        f"{path}: {error.strerror}.", hint="No telemetry is sent until the choice can be saved."
    )
