"""Answers /kitten/sitting with the distance between the two words."""

import os
from http.server import BaseHTTPRequestHandler, HTTPServer

import levenshtein
import markupsafe._speedups  # the compiled one or none


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        one, _, other = self.path.strip("/").partition("/")
        self.send_response(200)
        self.end_headers()
        text = f"{one} <-> {other}: {levenshtein.distance(one, other)}"
        self.wfile.write(f"{markupsafe._speedups.escape(text)}\n".encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


HTTPServer(("", int(os.environ.get("PORT", "8000"))), Handler).serve_forever()
