"""A journal of the running program, with real sockets and their fragmentation, replays to the same
bytes."""

import os
import re
import subprocess
import tempfile
import threading
import unittest
import zlib

from journey import PROGRAM, Module, Server, receive

SECRET = b"payload that nobody else should see"


def replay(*arguments):
    done = subprocess.run([PROGRAM, "replay", *arguments], capture_output=True, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def number(value):
    """As journals have it: seven bits to a byte."""
    low = bytes([value & 0x7F | (0x80 if value > 0x7F else 0)])
    return low if value <= 0x7F else low + number(value >> 7)


def forged(build, personality=b"bfq4004"):
    """A journal of a new module, by a program that calls itself so."""
    addresses, no_text, other_commands, no_state = bytes(12), number(0), number(1), number(0)
    content = number(0) + addresses + number(len(personality)) + personality + 2 * no_text
    content += number(len(build)) + build
    content += other_commands + no_state
    record = b"B" + number(len(content)) + content
    return b"BFQ4004 journal 1: forged\n" + record + zlib.crc32(record).to_bytes(4, "little")


class Journal(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """Joins, sends, receives in many pieces, passes both ways at once, and restarts."""
        cls.folder = tempfile.TemporaryDirectory(prefix="bfq-journal-")
        cls.path = os.path.join(cls.folder.name, "all.journal")
        with (
            Module("--journal", cls.path) as module,
            module.started_host() as host,
            Server() as server,
        ):
            host.join()
            host.connect(server.port)
            peer = server.accept()
            host.send(SECRET)
            peer.sendall(SECRET * 300)
            heard = b""
            while len(heard) < len(SECRET) * 300:
                heard += host.received()
            assert host.command("AT+CIPMODE=1") == b"\r\nOK\r\n"
            assert host.command("AT+CIPSEND", "\r\n\r\n>") == b"\r\nOK\r\n\r\n>"
            there, back = os.urandom(100_000), os.urandom(100_000)
            both = [threading.Thread(target=peer.sendall, args=(back,)),
                    threading.Thread(target=host.type, args=(there,))]
            for thread in both:
                thread.start()
            listener = threading.Thread(target=receive, args=(peer, len(SECRET) + len(there)))
            listener.start()
            assert host.take(len(back)) == back
            for thread in (*both, listener):
                thread.join()
            peer.close()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_it_replays_to_the_same_bytes(self):
        status, said, errors = replay(self.path)
        self.assertEqual(status, 0, errors)
        self.assertRegex(errors, r": \d+ records, and the same bytes\n$")
        self.assertRegex(said, r'(?m)^ +\d+\.\d{6} > AT\+CWJAP_CUR="BFQ-LAB",\*\*\*$')
        self.assertNotIn("bfq4004-lab", said)
        self.assertIn('"bfq4004-lab"', replay("--secrets", self.path)[1])

    def test_it_is_its_owners_alone(self):
        self.assertEqual(os.stat(self.path).st_mode & 0o777, 0o600)
        with open(self.path, "rb") as journal:
            self.assertIn(b"holds passwords and payload", journal.readline())

    def test_a_redacted_one_replays_too_and_holds_no_secret(self):
        redacted = os.path.join(self.folder.name, "redacted.journal")
        status, _, errors = replay(self.path, "--redact", redacted)
        self.assertEqual(status, 0, errors)
        with open(redacted, "rb") as journal:
            content = journal.read()
        for secret in (b"bfq4004-lab", SECRET, b"nobody else"):
            self.assertNotIn(secret, content)
        status, said, errors = replay(redacted)
        self.assertEqual(status, 0, errors)
        self.assertIn('"BFQ-LAB"', said)

    def test_a_damaged_one_says_where(self):
        with open(self.path, "rb") as journal:
            content = bytearray(journal.read())
        content[len(content) // 2] ^= 1
        damaged = os.path.join(self.folder.name, "damaged.journal")
        with open(damaged, "wb") as journal:
            journal.write(content)
        status, said, errors = replay(damaged)
        self.assertEqual(status, 1)
        place = re.search(r"at byte (\d+): ", errors)
        self.assertLessEqual(int(place.group(1)), len(content) // 2, errors)
        self.assertIn("AT+CWJAP_CUR", said)  # what came before it is shown

    def test_what_it_says_of_its_build_cannot_steer_a_terminal(self):
        path = os.path.join(self.folder.name, "forged.journal")
        with open(path, "wb") as journal:
            journal.write(forged(b"\x1b]0;owned\x07\x00\x9b31m\r\n"))
        status, said, errors = replay(path)
        self.assertEqual(status, 0, errors)
        self.assertIn(r"\x1b]0;owned\x07\x00\x9b31m\r\x0a", errors)
        self.assertEqual([c for c in said + errors if c < " " and c != "\n"], [])

    def test_what_is_not_a_journal_is_left_alone(self):
        precious = os.path.join(self.folder.name, "precious")
        with open(precious, "wb") as file:
            file.write(b"something else\n")
        done = subprocess.run(
            [PROGRAM, "run", "--state", "none", "--serial", "stdio", "--journal", precious],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"is no journal", done.stderr)
        with open(precious, "rb") as file:
            self.assertEqual(file.read(), b"something else\n")
        self.assertEqual(replay(precious)[0], 1)


if __name__ == "__main__":
    unittest.main()
