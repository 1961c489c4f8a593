"""The bare client: a loop of customer-service messages over kept connections, and nothing else. Run as a process.

`python -m bench.bare_sends SANDBOX TOKEN CONNECTIONS TEXT` takes OpenIDs on standard input, prints seconds and sent.
"""

from __future__ import annotations

import http.client
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit


def main() -> None:
    """One thread a connection, each with its share of the people."""
    base, token, connections, text = sys.argv[1:5]
    openids = [line.strip() for line in sys.stdin]
    count = int(connections)
    began = time.monotonic()
    with ThreadPoolExecutor(count) as pool:
        sent = sum(pool.map(lambda n: send(base, token, text, openids[n::count]), range(count)))
    print(time.monotonic() - began, sent)


def send(base: str, token: str, text: str, openids: list[str]) -> int:
    """How many were taken."""
    url, taken = urlsplit(base), 0
    connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=20)
    path = f"/cgi-bin/message/custom/send?access_token={token}"
    for openid in openids:
        message = {"touser": openid, "msgtype": "text", "text": {"content": text}}
        connection.request("POST", path, json.dumps(message, ensure_ascii=False).encode())
        taken += json.loads(connection.getresponse().read())["errcode"] == 0
    return taken


if __name__ == "__main__":
    main()
