"""Sends one message: signed, to a pinned address, following no redirect."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from importlib.metadata import version
from typing import Final

from standardwebhooks import Webhook

from sedno.serving.webhooks.address import ForbiddenAddressError, Target, target_of

TIMEOUT_SECONDS: Final = 15.0
_ACCEPTED: Final = range(200, 300)


class SendError(Exception):
    """A message that did not arrive.

    Attributes:
        kind: A word for what went wrong, without anything of the answer.
        status: HTTP status, where there was an answer.
    """

    def __init__(self, kind: str, status: int | None = None) -> None:
        super().__init__(kind)
        self.kind = kind
        self.status = status


def send(url: str, secret: str, message_id: str, payload: str, *, allow_private: bool) -> int:
    """Sends a message.

    Args:
        url: Of the receiver.
        secret: ``whsec_`` and the key in base64.
        message_id: The same for all attempts.
        payload: The body.
        allow_private: As in :func:`~sedno.serving.webhooks.address.target_of`.

    Returns:
        The status by which the receiver accepted it.

    Raises:
        SendError: It did not.
    """
    at = datetime.now(UTC)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"Sedno/{version('sedno')}",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, at, payload),
    }
    try:
        target = target_of(url, allow_private=allow_private)
        connection = _Pinned(target)
        try:
            connection.request("POST", target.path, body=payload.encode(), headers=headers)
            status = connection.getresponse().status
        finally:
            connection.close()
    except ForbiddenAddressError as error:
        raise SendError("forbidden_address") from error
    except TimeoutError as error:
        raise SendError("timeout") from error
    except ssl.SSLError as error:
        raise SendError("tls") from error
    except socket.gaierror as error:
        raise SendError("unknown_host") from error
    except (OSError, HTTPException) as error:
        raise SendError("connection") from error
    if status not in _ACCEPTED:
        raise SendError("refused", status)
    return status


class _Pinned(HTTPConnection):
    """A connection to the address that was looked at, under the receiver's name."""

    def __init__(self, target: Target) -> None:
        super().__init__(target.host, target.port, timeout=TIMEOUT_SECONDS)
        self._target = target
        self.default_port = 443 if target.scheme == "https" else 80

    def connect(self) -> None:
        plain = socket.create_connection(
            (self._target.address, self._target.port), timeout=TIMEOUT_SECONDS
        )
        if self._target.scheme == "https":
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(plain, server_hostname=self._target.host)
        else:
            self.sock = plain
