"""Requests as a browser or a stranger would make them."""

import http.client
from typing import Final
from urllib.parse import urlsplit

PATIENCE: Final = 5.0


def request(
    page: str, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"{}"
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """Status, headers and body of the answer. Only a POST carries a body."""
    connection = http.client.HTTPConnection(urlsplit(page).netloc, timeout=PATIENCE)
    try:
        sent = {"Content-Type": "application/json", **(headers or {})}
        connection.request(method, path, body if method == "POST" else None, sent)
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()
