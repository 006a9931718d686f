"""What a driver must survive, tried at a module in software."""

import socket

import pytest
from uplink import Uplink, WrongPassword

# Everything in the air goes fast; the driver must not depend on how long it takes.
pytestmark = pytest.mark.bfq(
    settings={"delays.join": "5ms", "delays.address": "5ms", "delays.scan": "5ms"})


class Server:
    """What the driver sends to."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(20)
        self.port = self.listener.getsockname()[1]
        self.peer = None

    def expect(self, message):
        """The message comes, by this connection or by a new one."""
        if self.peer is None:
            self.peer = self.listener.accept()[0]
            self.peer.settimeout(20)
        got = b""
        while len(got) < len(message):
            try:
                part = self.peer.recv(100)
            except ConnectionResetError:
                part = b""
            if not part:
                self.close_peer()
                return self.expect(message)
            got += part
        assert got == message

    def close_peer(self):
        if self.peer:
            self.peer.close()
        self.peer = None


@pytest.fixture
def server():
    it = Server()
    yield it
    it.close_peer()
    it.listener.close()


@pytest.fixture
def uplink(bfq_module, server):
    with bfq_module.open(timeout=20) as port:
        driver = Uplink(port, "BFQ-LAB", "bfq4004-lab", "127.0.0.1", server.port)
        driver.publish(b"first")
        server.expect(b"first")
        yield driver


def test_its_network_goes_down_and_comes_back(uplink, server, bfq_module, bfq_air):
    with bfq_air.down("BFQ-LAB"):
        bfq_module.wait("left")
    uplink.publish(b"second")
    server.expect(b"second")


def test_its_network_has_another_password(uplink, bfq_module, bfq_air):
    bfq_air.change("BFQ-LAB", password="another-one")
    bfq_module.wait("left")
    with pytest.raises(WrongPassword):
        uplink.publish(b"second")
    assert bfq_module.wait("join_failed")["reason"] == "wrong_password"


def test_its_connection_is_lost(uplink, server, bfq_module):
    bfq_module.reset_link()
    bfq_module.wait("link_closed")
    uplink.publish(b"second")
    server.expect(b"second")


def test_its_server_closes(uplink, server, bfq_module):
    since = bfq_module.control.at  # the server causes it, not a command
    server.close_peer()
    bfq_module.wait("link_closed", since=since)
    uplink.publish(b"second")
    server.expect(b"second")


@pytest.mark.parametrize("reason", ["watchdog", "external", "power_on"])
def test_the_module_restarts(reason, uplink, server, bfq_module):
    bfq_module.reset(reason)
    assert bfq_module.wait("ready")["reason"] == reason
    uplink.publish(b"second")
    server.expect(b"second")
