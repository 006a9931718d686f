"""MQTT against mosquitto, by name and by TLS: the commands of esp-at-2, and what --net forbids."""

import os
import subprocess
import tempfile
import unittest

import tls
from journey import Module, free_port, wait_until

CONFIGURATION = """
per_listener_settings true
log_dest file {folder}/log
log_type all
listener {port} 127.0.0.1
allow_anonymous true
listener {secure_port} 127.0.0.1
allow_anonymous true
cafile {certificates}/ca.pem
certfile {certificates}/localhost.pem
keyfile {certificates}/localhost.key
listener {strict_port} 127.0.0.1
allow_anonymous true
require_certificate true
cafile {certificates}/ca.pem
certfile {certificates}/localhost.pem
keyfile {certificates}/localhost.key
"""
OK = b"\r\nOK\r\n"
ERROR = b"\r\nERROR\r\n"


def setUpModule():
    tls.CERTIFICATES = tls.Certificates()
    os.chmod(tls.CERTIFICATES.directory, 0o755)
    for name in os.listdir(tls.CERTIFICATES.directory):
        os.chmod(tls.CERTIFICATES.path(name), 0o644)


def tearDownModule():
    tls.tearDownModule()


class Broker:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="bfq-mosquitto-")
        os.chmod(self.folder.name, 0o777)
        self.port, self.secure_port, self.strict_port = free_port(), free_port(), free_port()
        with open(self.folder.name + "/configuration", "w", encoding="ascii") as file:
            file.write(CONFIGURATION.format(
                folder=self.folder.name, port=self.port, secure_port=self.secure_port,
                strict_port=self.strict_port, certificates=tls.CERTIFICATES.directory))
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        self.folder.cleanup()

    def start(self):
        self.process = subprocess.Popen(
            ["/usr/sbin/mosquitto", "-c", self.folder.name + "/configuration"])
        wait_until(lambda: "running" in self.log(), "mosquitto")

    def stop(self):
        self.process.kill()
        self.process.wait()
        os.remove(self.folder.name + "/log")

    def log(self):
        try:
            with open(self.folder.name + "/log", encoding="utf-8") as log:
                return log.read()
        except FileNotFoundError:
            return ""


class Mqtt(unittest.TestCase):
    def setUp(self):
        self.broker = self.enterContext(Broker())

    def start(self, *arguments):
        module = self.enterContext(
            Module("--personality", "esp-at-2", "--set",
                   'net.names={ "broker.test" = "127.0.0.1" }', *arguments))
        host = self.enterContext(module.started_host())
        host.type("ATE0\r\n")
        host.expect(OK)
        host.take_all()
        self.assertEqual(self.ask(host, 'AT+CWJAP="BFQ-LAB","bfq4004-lab"'),
                         b"WIFI CONNECTED\r\nWIFI GOT IP\r\n" + OK)
        return module, host

    @staticmethod
    def ask(host, line):
        host.type(line + "\r\n")
        return host.answer()

    def connect(self, host, port, scheme=1, name="broker.test", reconnect=0, client="me"):
        self.assertEqual(self.ask(host, f'AT+MQTTUSERCFG=0,{scheme},"{client}","","",0,0,""'), OK)
        answer = self.ask(host, f'AT+MQTTCONN=0,"{name}",{port},{reconnect}')
        said = f'+MQTTCONNECTED:0,{scheme},"{name}","{port}","",{reconnect}\r\n'
        self.assertEqual(answer, said.encode() + OK)

    def test_messages_there_and_back(self):
        _, host = self.start()
        self.connect(host, self.broker.port)
        self.assertEqual(self.ask(host, 'AT+MQTTSUB=0,"a/#",2'), OK)
        for qos in range(3):
            self.assertEqual(self.ask(host, f'AT+MQTTPUB=0,"a/{qos}","hello",{qos},0'), OK)
            host.expect(f'+MQTTSUBRECV:0,"a/{qos}",5,hello\r\n')
        payload = bytes(range(256)) * 30
        host.type(f'AT+MQTTPUBRAW=0,"a/raw",{len(payload)},1,0\r\n')
        host.expect("\r\nOK\r\n\r\n>")
        host.type(payload)
        host.expect("+MQTTPUB:OK\r\n")
        host.expect(f'+MQTTSUBRECV:0,"a/raw",{len(payload)},'.encode() + payload + b"\r\n")
        self.assertEqual(self.ask(host, "AT+MQTTSUB?"), b'+MQTTSUB:0,6,"a/#",2\r\n' + OK)
        self.assertEqual(self.ask(host, 'AT+MQTTUNSUB=0,"a/#"'), OK)
        self.assertEqual(self.ask(host, 'AT+MQTTPUB=0,"a/b","hello",1,0'), OK)
        self.assertEqual(self.ask(host, "AT+MQTTCLEAN=0"), b"+MQTTDISCONNECTED:0\r\n" + OK)
        wait_until(lambda: "Client me disconnected." in self.broker.log(), "the client's goodbye")

    def test_tls_of_each_kind(self):
        certificates = tls.CERTIFICATES.directory
        world = self.broker.folder.name + "/world.toml"
        with open(world, "w", encoding="ascii") as file:
            file.write('[net]\nnames = { "broker.test" = "127.0.0.1" }\n'
                       '[[ap]]\nssid = "BFQ-LAB"\npassword = "bfq4004-lab"\n'
                       '[[module]]\nname = "bfq0"\npersonality = "esp-at-2"\n'
                       f'tls = {{ ca = "{certificates}/ca.pem", '
                       f'certificate = "{certificates}/client.test.pem", '
                       f'key = "{certificates}/client.test.key" }}\n')
        module = self.enterContext(Module(world))
        host = self.enterContext(module.started_host())
        host.type("ATE0\r\n")
        host.expect(OK)
        self.ask(host, 'AT+CWJAP="BFQ-LAB","bfq4004-lab"')
        for scheme, port, name in ((2, self.broker.secure_port, "broker.test"),
                                   (3, self.broker.secure_port, "localhost"),
                                   (4, self.broker.strict_port, "broker.test"),
                                   (5, self.broker.strict_port, "localhost")):
            self.connect(host, port, scheme, name)
            self.assertEqual(self.ask(host, "AT+MQTTCLEAN=0"), b"+MQTTDISCONNECTED:0\r\n" + OK)
        self.assertEqual(self.ask(host, 'AT+MQTTUSERCFG=0,3,"me","","",0,0,""'), OK)
        line = f'AT+MQTTCONN=0,"broker.test",{self.broker.secure_port},0'
        self.assertEqual(self.ask(host, line), ERROR)
        module.wait_for_log("ostname mismatch")

    def test_a_connection_is_lost_and_opened_again(self):
        _, host = self.start()
        self.connect(host, self.broker.port, reconnect=1)
        self.broker.stop()
        host.expect("+MQTTDISCONNECTED:0\r\n")
        self.assertEqual(self.ask(host, 'AT+MQTTPUB=0,"a","b",0,0'), ERROR)
        self.broker.start()
        host.expect("+MQTTCONNECTED:0,1,", 20)

    def test_the_last_will_of_a_module_without_power(self):
        _, witness = self.start()
        self.connect(witness, self.broker.port, client="witness")
        self.assertEqual(self.ask(witness, 'AT+MQTTSUB=0,"gone",0'), OK)
        _, host = self.start()
        self.assertEqual(self.ask(host, 'AT+MQTTUSERCFG=0,1,"other","","",0,0,""'), OK)
        self.assertEqual(self.ask(host, 'AT+MQTTCONNCFG=0,60,0,"gone","bye",0,0'), OK)
        self.ask(host, f'AT+MQTTCONN=0,"broker.test",{self.broker.port},0')
        self.assertEqual(self.ask(host, "AT+RST"), OK)
        witness.expect('+MQTTSUBRECV:0,"gone",3,bye\r\n')

    def test_the_policy_holds_for_it(self):
        module, host = self.start("--net", f"deny=127.0.0.1:{self.broker.port}")
        self.assertEqual(self.ask(host, 'AT+MQTTUSERCFG=0,1,"me","","",0,0,""'), OK)
        line = f'AT+MQTTCONN=0,"broker.test",{self.broker.port},0'
        self.assertEqual(self.ask(host, line), ERROR)
        module.wait_for_log(f"bfq0 MQTT: broker.test:{self.broker.port} (127.0.0.1) refused: ")
        self.assertNotIn("the connection has ended", module.log(), "one line is enough")


if __name__ == "__main__":
    unittest.main()
