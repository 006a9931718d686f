"""What can go wrong between a test and the program. Errors that the program answers with are
generated, one class for each code: see bfq4004.rows."""

from __future__ import annotations


class Error(Exception):
    """The base of all exceptions of this package."""


class StartFailed(Error):
    """The program was not found, or ended before it could be used. The text has its log."""


class ChannelClosed(Error, ConnectionError):
    """The program has closed the control channel, or does not answer any more."""


class ProgramDied(ChannelClosed):
    """A program that this process started has ended by itself.

    :ivar status: its exit status; negative: the number of the signal that ended it
    :ivar log: all that it has logged
    """

    def __init__(self, status: int, log: str) -> None:
        cause = f"by signal {-status}" if status < 0 else f"with status {status}"
        last = "\n".join(log.splitlines()[-40:])
        super().__init__(f"bfq4004 has ended {cause}; the end of its log:\n{last}")
        self.status = status
        self.log = log


class ControlError(Error):
    """A command was not carried out. `code` says why, to programs; `message` does to people."""

    code = ""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"
