"""One process that runs one student's code: started, spoken with against the clock, and ended."""

import os
import socket
import subprocess
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Any

from backprop.classroom.grade.inside import wire
from backprop.classroom.grade.sandbox import ENVIRONMENT, sandboxed, trusting, walls
from backprop.classroom.grade.syscalls import seccomp_filter

LATE = "its time was over"
KILLED = (9, 128 + 9)  # by the limit on its work, with SIGKILL; bubblewrap adds 128
PATIENCE = 4  # a process on a busy machine may take this many times its seconds by the clock


class EndedError(Exception):
    """The process is no more, or is not worth waiting for; the text says why."""


@dataclass(frozen=True)
class Limits:
    """What one process may take: seconds of work for a statement or a call, and in all; bytes."""

    seconds: float = 5.0
    total: float = 20.0
    memory: int = 1 << 30


class Process:
    """One process, in a sandbox unless the submissions are trusted. Use it in a `with`."""

    def __init__(self, limits: Limits, trust: bool = False) -> None:
        if not trust:
            walls()  # raises NoSandboxError before anything is opened
        self.until = time.monotonic() + PATIENCE * limits.total
        with ExitStack() as opened:
            self._channel, theirs = map(opened.enter_context, socket.socketpair())
            number = theirs.fileno()
            seccomp = None if trust else _piped(seccomp_filter(), opened)
            self._popen = subprocess.Popen(
                trusting(number) if trust else sandboxed(number, seccomp),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=[number, *([] if seccomp is None else [seccomp])],
                env=ENVIRONMENT,
                start_new_session=True,
            )
            self._channel = self._channel.dup()

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_: Any) -> None:
        self._channel.close()
        self._popen.kill()
        self._popen.communicate()

    def say(self, message: Any) -> None:
        """Send a message; raises EndedError if nobody takes it in time."""
        self._patience()
        try:
            self._channel.sendall(wire.pack(message))
        except OSError as error:
            raise EndedError(self._end(error)) from None

    def hear(self) -> Any:
        """Return the next message; raises EndedError if none comes in time, or it is none."""
        try:
            return wire.unpack(self._read)
        except wire.WireError:
            raise EndedError("it wrote to the grader what is no answer") from None

    def words(self) -> str:
        """End it, and return what it said before any cell was run: why it did not start."""
        self._popen.kill()
        _, said = self._popen.communicate()
        return said.decode(errors="replace").strip()[-2000:]

    def _read(self, count: int) -> bytes:
        data = bytearray()
        while len(data) < count:
            self._patience()
            try:
                piece = self._channel.recv(min(count - len(data), 1 << 16))
            except OSError as error:
                raise EndedError(self._end(error)) from None
            if not piece:
                raise EndedError(self._end())
            data += piece
        return bytes(data)

    def _end(self, error: OSError | None = None) -> str:
        """Say why nothing comes any more."""
        if isinstance(error, TimeoutError):
            return LATE
        with suppress(subprocess.TimeoutExpired):
            if abs(self._popen.wait(1)) in KILLED:
                return LATE
        return "it ended Python"

    def _patience(self) -> None:
        left = self.until - time.monotonic()
        if left <= 0:
            raise EndedError(LATE)
        self._channel.settimeout(left)


def _piped(data: bytes, opened: ExitStack) -> int | None:
    """Return a file descriptor from which these bytes can be read; None if there are none."""
    if not data:
        return None
    read, write = os.pipe()
    opened.callback(os.close, read)
    os.write(write, data)
    os.close(write)
    return read
