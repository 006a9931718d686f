"""A small AT driver: it sends messages to a server, whatever is lost on the way.

It needs a serial port with read_until(), readline(), write() and in_waiting, as pySerial has it.
"""


class Lost(Exception):
    """The module, its network or its link is gone, or does not do what was asked."""


class WrongPassword(Lost):
    """The access point has another password: trying again is of no use."""


class Uplink:
    """Sends messages through a module that it alone drives."""

    TRIES = 5

    def __init__(self, port, network, password, server, server_port):
        self.port = port
        self.join = f'AT+CWJAP_CUR="{network}","{password}"'
        self.connect = f'AT+CIPSTART="TCP","{server}",{server_port}'
        self.is_set_up = self.is_joined = self.is_connected = False

    def publish(self, message):
        """Returns once the server's machine has all of the message; raises Lost."""
        lost = None
        for _ in range(self.TRIES):
            try:
                self._make_ready()
                self._send(message)
                return
            except WrongPassword:
                raise
            except Lost as error:
                lost = error
                self.is_connected = False
        raise lost

    def _make_ready(self):
        while self.port.in_waiting:  # what has happened meanwhile
            self._line()
        if not self.is_set_up:
            self._resynchronize()
            self._command("ATE0")
            self._command("AT+CWMODE_CUR=1")
            self.is_set_up = True
        if not self.is_joined:
            self._command(self.join)
            self.is_joined = True
        if not self.is_connected:
            self._command(self.connect)
            self.is_connected = True

    def _resynchronize(self):
        """Skips answers to what was typed around a restart, up to one that is like no other."""
        self.port.write(b"AT+CWMODE_CUR?\r\n")
        while not self._line().startswith("+CWMODE_CUR:"):
            pass
        while self._line() != "OK":
            pass

    def _send(self, message):
        self._command(f"AT+CIPSEND={len(message)}")
        if not self.port.read_until(b"> ").endswith(b"> "):
            raise Lost("there is no prompt")
        self.port.write(message)
        while (line := self._line()) != "SEND OK":
            if line in ("SEND FAIL", "ERROR") or not self.is_connected:
                raise Lost(line)

    def _command(self, line):
        self.port.write(line.encode() + b"\r\n")
        while (answer := self._line()) != "OK":
            if answer == "+CWJAP_CUR:2":
                self._line()  # FAIL
                raise WrongPassword(line)
            if answer in ("ERROR", "FAIL") or answer.startswith("busy"):
                raise Lost(f"{line}: {answer}")
            if answer == "ready":
                raise Lost("the module has restarted")

    def _line(self):
        """The next line of the module. Unsolicited ones change what is known of it."""
        data = self.port.readline()
        if not data.endswith(b"\n"):
            raise Lost("the module does not answer")
        line = data.decode(errors="replace").strip()
        if line == "ready":
            self.is_set_up = self.is_joined = self.is_connected = False
        elif line == "WIFI DISCONNECT":
            self.is_joined = self.is_connected = False
        elif line == "WIFI GOT IP":
            self.is_joined = True
        elif line == "CLOSED":
            self.is_connected = False
        return line
