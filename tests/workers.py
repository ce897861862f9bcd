"""A pytest plugin: which tests of a parallel run one worker gets.

A worker runs whole files, so that the fixtures of a module are built once. Files that share something costly, or
may not run beside each other, go to the same worker.
"""

from __future__ import annotations

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# What a file's path starts with, and what its worker has only once.
SHARED = {
    "tests/browser/": "the demo and the browser",
    "tests/integration/stripe/": "localstripe",
    "tests/integration/webhooks/": "the database of webhooks",
    "tests/integration/work/": "the database of due work",
    "tests/unit/sample/": "the sample business",
    "tests/unit/churn/test_pipeline.py": "the sample business",
    # With `--thorough`, whoever comes first compiles the game, which takes long.
    "tests/unit/bench/test_bench_game.py": "the compiled game",
    "tests/unit/bulwark/bots/test_player.py": "the compiled game",
    "tests/unit/bulwark/saves/test_replays.py": "the compiled game",
    "tests/unit/bulwark/sim/test_determinism.py": "the compiled game",
}


class _ByFile(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((shared for start, shared in SHARED.items() if file.startswith(start)), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    # Not by xdist's groups: with this pytest, xdist 3.8 loses the names that it gives to groups.
    return _ByFile(config, log)
