"""The telemetry of a player's program: open it, record events, change the consent."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bulwark.errors import TelemetryError
from bulwark.telemetry.consent import Consent, read_consent, save_consent
from bulwark.telemetry.envelope import Sender, encode, random_id, track
from bulwark.telemetry.events import Event, events_dropped
from bulwark.telemetry.intake import HttpIntake
from bulwark.telemetry.outbox import Outbox
from bulwark.telemetry.sinks import BackgroundSender, JsonlFile, Sink

CONSENT_FILE = "telemetry.json"
OUTBOX_FOLDER = "telemetry-outbox"


class Telemetry:
    """Records a game's events if the player allows it, and nothing otherwise.

    `trouble` says in a sentence why events cannot be stored; playing never fails because of it.
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
        """The player's choice; ask before the first match if there is none yet."""
        return self._consent

    def choose(self, *, on: bool) -> None:
        """Change the consent; switching it off also deletes waiting events and the player's id.

        Raises TelemetryError if the choice cannot be saved; telemetry is then off.
        """
        chosen = self._consent.chosen(on=on, random_bytes=self._random_bytes)
        self._consent = Consent()
        save_consent(self._consent_file, chosen)
        self._consent = chosen
        if not chosen.allows:
            self._sink.clear()

    def record(self, event: Event) -> None:
        """Store `event`, to be sent when possible."""
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
        """Send what can be sent within a few seconds, and keep the rest."""
        self._sink.close()

    def _put(self, event: Event) -> None:
        sender = Sender(anonymous_id=self._consent.player_id)
        call = track(event, sender=sender, message_id=random_id(self._random_bytes), at=self._now())
        self._sink.put(encode(call))


def open_telemetry(
    folder: Path, *, intake: HttpIntake | None = None, file: Path | None = None
) -> Telemetry | None:
    """Telemetry for a player with settings in `folder`, sent to `intake` or else `file`; None if neither is given."""
    consent_file = folder / CONSENT_FILE
    if intake is not None:
        outbox = Outbox(folder / OUTBOX_FOLDER, new_name=lambda: secrets.token_hex(4), now=wall_clock)
        sink: Sink = BackgroundSender(outbox, intake, now=wall_clock)
        return Telemetry(
            sink, consent_file=consent_file, now=wall_clock, random_bytes=secrets.token_bytes, outbox=outbox
        )
    if file is None:
        return None
    return Telemetry(
        JsonlFile(file), consent_file=consent_file, now=wall_clock, random_bytes=secrets.token_bytes
    )


def wall_clock() -> datetime:
    """The machine's time in UTC: the default clock."""
    return datetime.now(UTC)
