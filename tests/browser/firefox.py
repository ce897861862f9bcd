"""Firefox by WebDriver BiDi, which it speaks itself: Playwright drives only a Firefox of its own build."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import time
from pathlib import Path
from threading import Thread
from typing import Any, Self

import aiohttp

PATIENCE = 60.0
_NAMES = ("firefox-esr", "firefox")
_LISTENS = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
_LARGEST_MESSAGE = 2**24


def firefox() -> str | None:
    """The machine's Firefox, if it has one."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


class Firefox:
    """A headless Firefox with a profile on disk; leaving the block closes it."""

    def __init__(self, program: str, profile: Path) -> None:
        profile.mkdir(exist_ok=True)
        self._log = profile / "firefox.log"
        command = [
            program,
            "--headless",
            "--no-remote",
            "--profile",
            str(profile),
            "--remote-debugging-port=0",
        ]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, env={"HOME": str(profile)})
        # A loop of its own: Playwright's occupies the thread of the tests.
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._last_id = 0

    def __enter__(self) -> Self:
        self._wait_for(self._connect(self._address()))
        self._command("session.new", {"capabilities": {}})
        self._tab = self._command("browsingContext.getTree", {})["contexts"][0]["context"]
        return self

    def __exit__(self, *_: object) -> None:
        self._command("browser.close", {})
        self._wait_for(self._disconnect())
        self._process.wait(PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()

    def go(self, url: str) -> None:
        """Open a page, and wait until it has loaded."""
        self._command("browsingContext.navigate", {"context": self._tab, "url": url, "wait": "complete"})

    def evaluate(self, expression: str) -> Any:
        """The value of an expression in the page, when its promise has resolved; text, numbers and booleans only."""
        asked = {"expression": expression, "target": {"context": self._tab}, "awaitPromise": True}
        answer = self._command("script.evaluate", asked)
        assert answer["type"] == "success", answer
        return answer["result"].get("value")

    def wait_until(self, expression: str) -> None:
        """Wait until an expression is true."""
        deadline = time.monotonic() + PATIENCE
        while self.evaluate(expression) is not True:
            assert time.monotonic() < deadline, f"{expression}: {self.evaluate('document.body.innerText')}"
            time.sleep(0.1)

    def _address(self) -> str:
        deadline = time.monotonic() + PATIENCE
        while not (found := _LISTENS.search(self._log.read_text())):
            assert time.monotonic() < deadline, self._log.read_text()
            time.sleep(0.05)
        return f"{found[1]}/session"

    async def _connect(self, address: str) -> None:
        self._http = aiohttp.ClientSession()
        self._socket = await self._http.ws_connect(address, max_msg_size=_LARGEST_MESSAGE)

    async def _disconnect(self) -> None:
        await self._socket.close()
        await self._http.close()
        await asyncio.sleep(0.1)  # in which the transport closes its socket

    def _command(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        return self._wait_for(self._exchange(method, parameters))  # type: ignore[no-any-return]  # JSON

    async def _exchange(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        self._last_id += 1
        await self._socket.send_json({"id": self._last_id, "method": method, "params": parameters})
        while True:
            message: dict[str, Any] = await self._socket.receive_json()
            if message.get("id") == self._last_id:
                assert message["type"] == "success", message
                return message["result"]  # type: ignore[no-any-return]  # JSON

    def _wait_for(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)
