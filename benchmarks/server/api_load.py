"""Reads pages of accounts over several connections: `python -m benchmarks.server.api_load PORT CONNECTIONS PAGES`.

The token is in the environment as TOKEN. Each connection follows the cursors; at the end the number of pages read and
the hash of the first hundred are printed.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sys

import httpx

from benchmarks.processes import HOST

_COMPARED = 100


async def walk(port: int, pages: int) -> str:
    """Read `pages` pages over one connection; the hash of the items of the first."""
    digest = hashlib.sha256()
    headers = {"Authorization": f"Bearer {os.environ['TOKEN']}", "Accept-Encoding": "identity"}
    async with httpx.AsyncClient(base_url=f"http://{HOST}:{port}", headers=headers, timeout=60) as client:
        cursor = None
        for number in range(pages):
            after = f"&cursor={cursor}" if cursor else ""
            answer = await client.get(f"/v1/accounts?sort=name&limit=50{after}")
            answer.raise_for_status()
            page = answer.json()
            if number < _COMPARED:
                digest.update(json.dumps(page["items"], sort_keys=True).encode())
            cursor = page["next"]
    return digest.hexdigest()


async def main(port: int, connections: int, pages: int) -> None:
    """Let every connection walk at once."""
    digests = await asyncio.gather(*(walk(port, pages) for _ in range(connections)))
    print(json.dumps({"pages": connections * pages, "digests": sorted(set(digests))}))


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
