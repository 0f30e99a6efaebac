"""An index of packages on this machine, laid out as PyPI's simple API (PEP 503, 691): what PyPI would take of `dist/`.

    python tests/installs/index.py        serves it until it is interrupted

The wheel for older Pyodides, whose tags PyPI does not know, is below `/files/` alone, to be installed by its address.
"""

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

DIST = Path(__file__).resolve().parents[2] / "dist"
PROJECT = "pyautoload-wasm"
JSON = "application/vnd.pypi.simple.v1+json"
HTML = "text/html; charset=utf-8"


def published(dist=DIST):
    """The files of a release that PyPI takes."""
    files = [path for path in dist.iterdir() if path.name.endswith((".whl", ".tar.gz"))]
    return sorted(path for path in files if "emscripten_3_1_" not in path.name)


def older(dist=DIST):
    """The wheel for Pyodides from before PEP 783."""
    (found,) = dist.glob("*-emscripten_3_1_*.whl")
    return found


def links(address):
    for path in published():
        yield {
            "filename": path.name,
            "url": f"{address}/files/{path.name}",
            "hashes": {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()},
            "requires-python": ">=3.11",
        }


def project_page(address, as_json):
    if as_json:
        page = {"meta": {"api-version": "1.0"}, "name": PROJECT, "files": list(links(address))}
        return json.dumps(page)
    anchors = [
        f'<a href="{link["url"]}#sha256={link["hashes"]["sha256"]}" data-requires-python="&gt;=3.11">{link["filename"]}</a>'
        for link in links(address)
    ]
    return "<!doctype html>\n" + "\n".join(anchors)


class Handler(BaseHTTPRequestHandler):
    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        as_json = JSON in self.headers.get("Accept", "")
        address = f"http://{self.headers['Host']}"
        path = self.path.split("?")[0]
        if path == f"/simple/{PROJECT}/":
            self.answer(project_page(address, as_json).encode(), JSON if as_json else HTML)
        elif path.startswith("/files/") and (file := DIST / path.removeprefix("/files/")) in [*published(), older()]:
            self.answer(file.read_bytes(), "application/octet-stream")
        else:
            self.send_error(404)

    def answer(self, content, kind):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    def log_message(self, *_):
        """Says nothing of requests: a test's output is its own."""


def serve():
    """A server in a thread; `server_address` has its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


if __name__ == "__main__":
    print(f"http://127.0.0.1:{serve().server_address[1]}/simple/", flush=True)
    threading.Event().wait()
