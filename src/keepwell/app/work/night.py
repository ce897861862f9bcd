"""The child process that makes a run, with the listeners of its events."""

from __future__ import annotations

from keepwell.app.listeners import event_bus
from keepwell.churn.nightly.child import make_asked_run
from keepwell.platform.runtime import system_runtime

if __name__ == "__main__":
    make_asked_run(event_bus(system_runtime()))
