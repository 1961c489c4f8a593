"""Ending a connection instead of answering: an application asks for it in its environment, the server does it."""

from __future__ import annotations

import os
import socket
import struct
from enum import StrEnum
from wsgiref.types import WSGIEnvironment

_NAME = "sandbox.cut"


class Cut(StrEnum):
    """With an RST, or closed as if all had been said."""

    RESET = "reset"
    SILENT = "silent"


def ask(environ: WSGIEnvironment, how: Cut) -> None:
    """Let the connection of this request end so."""
    environ[_NAME] = how


def if_asked(environ: WSGIEnvironment, connection: socket.socket) -> None:
    """End the connection if the application asked for it: raises ConnectionAbortedError, and nothing may be written."""
    how = environ.get(_NAME)
    if how is Cut.RESET:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(connection.detach())  # before the server's own farewell, which would send a FIN
    if how is not None:
        raise ConnectionAbortedError(how)
