"""A site of somebody else, whose pages refuse to be framed."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PAGE = """<!doctype html><html><head><title>核验结果</title></head><body><h1>绿码</h1>
<a href="/second?x=1&amp;y=2">下一页</a> <a href="third">同目录</a>
<a href="{sandbox}/sandbox/subscribe?templates=t1">订阅</a>
<form action="/search" method="post"><input name="q"></form><img src="data:image/png;base64,"></body></html>"""


@dataclass
class Site:
    """A site on a free port; `seen` are (method, path, headers, body)."""

    base: str = ""
    sandbox: str = ""
    seen: list[tuple[str, str, Any, bytes]] = field(default_factory=list)

    def answer(self, method: str, path: str) -> tuple[int, dict[str, str], bytes]:
        page = {"Content-Type": "text/html; charset=utf-8", "X-Frame-Options": "DENY", "Set-Cookie": "who=me; Path=/"}
        if path.startswith("/login"):
            target = f"{self.base}/connect/oauth2/authorize?appid=wx1&scope=snsapi_base&state=s#wechat_redirect"
            return 302, {"Location": target}, b""
        if path.startswith("/connect/oauth2/authorize"):
            return 302, {"Location": f"{self.base}/v/1?code=C&state=s"}, b""
        if path.startswith("/ask"):
            return 302, {"Location": f"{self.sandbox}/sandbox/subscribe?templates=t1"}, b""
        return 200, page, PAGE.format(sandbox=self.sandbox).encode()


@contextlib.contextmanager
def running_site() -> Iterator[Site]:
    """A site that answers until the block is left."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            site.seen.append((self.command, self.path, self.headers, body))
            status, headers, answer = site.answer(self.command, self.path)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(answer))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.base = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield site
    server.shutdown()
    server.server_close()
