"""Proxies that add TLS before a server: nginx and Caddy with the files of deploy/, and one of ours that does what they say."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar, NamedTuple

import httpx
import pytest

DEPLOY = Path(__file__).parents[1] / "deploy"
UPSTREAM = "127.0.0.1:8765"
NAME = "keepwell.example.org"
_OF_ONE_CONNECTION = {"connection", "transfer-encoding", "keep-alive"}


class Route(NamedTuple):
    """From a port with TLS to the address of a server, by a file with a certificate and its key."""

    port: int
    upstream: str
    certificate: Path
    folder: Path


@contextmanager
def ours(route: Route) -> Iterator[None]:
    """A proxy in a thread that sets the headers which deploy/nginx.conf names."""

    class Handler(_Handler):
        upstream = route.upstream
        headers_set: ClassVar = dict(
            re.findall(r"proxy_set_header (\S+) (\S+);", (DEPLOY / "nginx.conf").read_text())
        )

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(route.certificate)
    with ThreadingHTTPServer(("127.0.0.1", route.port), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield
        server.shutdown()


class _Handler(BaseHTTPRequestHandler):
    upstream: str
    headers_set: ClassVar[Mapping[str, str]]

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        received = {name.lower(): value for name, value in self.headers.items()}
        sent = {name: value for name, value in received.items() if name not in _OF_ONE_CONNECTION}
        with httpx.Client(trust_env=False) as client:
            request = client.build_request(
                self.command,
                f"http://{self.upstream}{self.path}",
                headers={**sent, **self._set()},
                content=body,
            )
            answer = client.send(request, stream=True)
            content = b"".join(answer.iter_raw())
        self.send_response(answer.status_code)
        for name, value in answer.headers.multi_items():
            if name.lower() not in {*_OF_ONE_CONNECTION, "content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = _pass_on  # noqa: N815  the names of the standard library

    def _set(self) -> dict[str, str]:
        """The headers that nginx would replace, by the values that it would give them."""
        before = self.headers.get("X-Forwarded-For")
        values = {
            "$scheme": "https",
            "$http_host": self.headers["Host"],
            "$proxy_add_x_forwarded_for": ", ".join(filter(None, [before, self.client_address[0]])),
        }
        return {name.lower(): values[value] for name, value in self.headers_set.items() if value in values}

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def nginx(route: Route) -> Iterator[None]:
    """The real one with deploy/nginx.conf, which `nginx -t` has accepted."""
    site = (DEPLOY / "nginx.conf").read_text().replace(UPSTREAM, route.upstream).replace(NAME, "localhost")
    site = re.sub(r"listen 80;", f"listen 127.0.0.1:{_free_port()};", site)
    site = re.sub(r"listen 443 ssl;", f"listen 127.0.0.1:{route.port} ssl;", site)
    site = re.sub(r"/etc/letsencrypt/\S+\.pem", str(route.certificate), site)
    temporary = "".join(
        f"{kind}_temp_path {route.folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    file = route.folder / "nginx.conf"
    file.write_text(
        f"pid {route.folder}/nginx.pid; error_log {route.folder}/error.log; daemon off;"
        f"events {{}} http {{ access_log off; {temporary} {site} }}"
    )
    command = [_program("nginx"), "-p", str(route.folder), "-c", str(file)]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    with _running(command, port=route.port, environment={}):
        yield


@contextmanager
def caddy(route: Route) -> Iterator[None]:
    """The real one with deploy/Caddyfile, which `caddy validate` has accepted."""
    site = (DEPLOY / "Caddyfile").read_text().replace(UPSTREAM, route.upstream)
    site = site.replace(
        f"\n{NAME} {{\n",
        f"\nhttps://localhost:{route.port} {{\n\ttls {route.certificate} {route.certificate}\n",
    )
    file = route.folder / "Caddyfile"
    file.write_text("{\n\tadmin off\n\tauto_https disable_redirects\n}\n" + site)
    environment = {"HOME": str(route.folder), "XDG_DATA_HOME": str(route.folder), "PATH": "/usr/bin:/bin"}
    options = ["--config", str(file), "--adapter", "caddyfile"]
    checked = subprocess.run(
        [_program("caddy"), "validate", *options],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert checked.returncode == 0, checked.stderr
    with _running([_program("caddy"), "run", *options], port=route.port, environment=environment):
        yield


PROXIES: Mapping[str, Callable[[Route], AbstractContextManager[None]]] = {
    "ours": ours,
    "nginx": nginx,
    "caddy": caddy,
}


@contextmanager
def _running(command: list[str], *, port: int, environment: Mapping[str, str]) -> Iterator[None]:
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, env={**environment}) as process:
        try:
            deadline = time.monotonic() + 30
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=5).close()
                    break
                except OSError:
                    assert process.poll() is None, command
                    assert time.monotonic() < deadline, command
                    time.sleep(0.02)
            yield
        finally:
            process.terminate()


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
