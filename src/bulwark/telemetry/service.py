"""What a player's program does: open the telemetry, record events, move the switch."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bulwark.errors import TelemetryError
from bulwark.telemetry.consent import Consent, keep_consent, read_consent
from bulwark.telemetry.envelope import Sender, encode, random_id, track
from bulwark.telemetry.events import Event, events_dropped
from bulwark.telemetry.intake import HttpIntake
from bulwark.telemetry.outbox import Outbox
from bulwark.telemetry.sinks import Courier, JsonlFile, Sink

CONSENT_FILE = "telemetry.json"
OUTBOX_FOLDER = "telemetry-outbox"


class Telemetry:
    """Records the events of a game where the player allows it, and nothing at all where not.

    `trouble` says in a sentence why events cannot be kept; playing never fails for it.
    """

    def __init__(
        self,
        sink: Sink,
        *,
        consent_file: Path,
        now: Callable[[], datetime],
        random_bytes: Callable[[int], bytes],
        outbox: Outbox | None = None,
    ) -> None:
        self._sink = sink
        self._consent_file = consent_file
        self._now = now
        self._random_bytes = random_bytes
        self._outbox = outbox
        self._consent = read_consent(consent_file)
        self.trouble = ""

    @property
    def consent(self) -> Consent:
        """What the player has chosen; show the switch before the first match where that is nothing yet."""
        return self._consent

    def choose(self, *, on: bool) -> None:
        """Move the switch; off also forgets what waits and the player's id.

        Raises TelemetryError where the choice cannot be kept; it is off then.
        """
        chosen = self._consent.chosen(on=on, random_bytes=self._random_bytes)
        self._consent = Consent()
        keep_consent(self._consent_file, chosen)
        self._consent = chosen
        if not chosen.allows:
            self._sink.clear()

    def record(self, event: Event) -> None:
        """Keep `event`, to be sent when that is possible."""
        if not self._consent.allows:
            return
        try:
            self._put(event)
            if self._outbox is not None and (dropped := self._outbox.take_dropped()):
                self._put(events_dropped(dropped))
        except TelemetryError as error:
            self.trouble = str(error)
        else:
            self.trouble = ""

    def close(self) -> None:
        """Send what can be sent within seconds, and keep the rest."""
        self._sink.close()

    def _put(self, event: Event) -> None:
        sender = Sender(anonymous_id=self._consent.player_id)
        call = track(event, sender=sender, message_id=random_id(self._random_bytes), at=self._now())
        self._sink.put(encode(call))


def open_telemetry(
    folder: Path, *, intake: HttpIntake | None = None, file: Path | None = None
) -> Telemetry | None:
    """The telemetry of a player whose settings are in `folder`, to `intake` or else to `file`; None with neither."""
    consent_file = folder / CONSENT_FILE
    if intake is not None:
        outbox = Outbox(folder / OUTBOX_FOLDER, new_name=lambda: secrets.token_hex(4), now=wall_clock)
        sink: Sink = Courier(outbox, intake, now=wall_clock)
        return Telemetry(
            sink, consent_file=consent_file, now=wall_clock, random_bytes=secrets.token_bytes, outbox=outbox
        )
    if file is None:
        return None
    return Telemetry(
        JsonlFile(file), consent_file=consent_file, now=wall_clock, random_bytes=secrets.token_bytes
    )


def wall_clock() -> datetime:
    """The time of the machine, in UTC: what the game asks wherever nobody hands it another clock."""
    return datetime.now(UTC)
