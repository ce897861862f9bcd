"""A TCP proxy on loopback for a Unix socket; tests cause faults while connections are open."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

COMMIT = b"COMMIT"
_PIECE = 65_536
_REMEMBERED = 1_000_000


class FaultProxy:
    """Passes bytes on unless a fault is set; every connection has two threads.

    `commit` is what a client sends for something to happen: SQL's COMMIT, or the dot at the end of a mail.
    """

    def __init__(self, upstream: Path, *, commit: bytes = COMMIT) -> None:
        self.latency = 0.0
        # Accepts and reads, and passes nothing on.
        self.is_black_hole = False
        # The reply to a COMMIT is lost: the connection is reset, or the reply never arrives.
        self.resets_commits = False
        self.withholds_commits = False
        # Only the commit of a transaction that carries these bytes, as a credential's check and the server's own work
        # commit too.
        self.carried = b""
        self._upstream = upstream
        self._commit = commit
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self.cut()

    def cut(self) -> None:
        """Reset every connection."""
        for each in list(self._open):
            _reset(each)
        self._open.clear()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server:
            try:
                server.connect(str(self._upstream))
            except OSError:
                _reset(client)
                return
            self._open |= {client, server}
            lost = threading.Event()
            asking = threading.Thread(target=self._ask, args=(client, server, lost), daemon=True)
            asking.start()
            self._answer(server, client, lost)
            asking.join()
            self._open -= {client, server}

    def _ask(self, client: socket.socket, server: socket.socket, lost: threading.Event) -> None:
        transaction = b""
        for piece in self._pieces(client):
            transaction = (transaction + piece)[-_REMEMBERED:]
            if self._commit in piece:
                if self.carried in transaction and (self.resets_commits or self.withholds_commits):
                    lost.set()
                transaction = b""
            if not _sent(server, piece):
                break
        _shut(server)

    def _answer(self, server: socket.socket, client: socket.socket, lost: threading.Event) -> None:
        for piece in self._pieces(server):
            if lost.is_set() and self.resets_commits:
                self.resets_commits = False
                _reset(client)
                break
            if not lost.is_set() and not _sent(client, piece):
                break
        _shut(client)

    def _pieces(self, source: socket.socket) -> Iterator[bytes]:
        try:
            while piece := source.recv(_PIECE):
                time.sleep(self.latency)
                while self.is_black_hole:
                    time.sleep(0.05)
                yield piece
        except OSError:
            return


def _sent(target: socket.socket, piece: bytes) -> bool:
    try:
        target.sendall(piece)
    except OSError:
        return False
    return True


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_WR)
    except OSError:
        return


def _reset(connection: socket.socket) -> None:
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.shutdown(socket.SHUT_RDWR)
        connection.close()
    except OSError:
        return
