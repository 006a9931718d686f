"""Personalities of the built program: what each stores, its journal, several at once."""

import os
import re
import tempfile
import unittest

from journal import forged
from journey import Module, run_program
from worlds import hosts

OTHER = "esp8266-1.7"


class Personalities(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="bfq-personalities-")
        self.addCleanup(directory.cleanup)
        self.state = directory.name

    def path(self, name):
        return os.path.join(self.state, name)

    def content(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def tells(self, personality, *dialogue):
        """Starts the module as that one, and compares its answers."""
        with (
            Module("--personality", personality, state=self.state) as module,
            module.started_host() as host,
        ):
            for command, answer in dialogue:
                self.assertEqual(host.command(command).decode(), answer, command)

    def test_each_finds_what_it_has_stored_itself(self):
        self.tells("bfq4004", ("AT+CWMODE_DEF=3", "\r\nOK\r\n"))
        of_the_first = self.content("bfq0.flash")
        self.tells(
            OTHER,
            ("AT+CWMODE_DEF?", "+CWMODE_DEF:2\r\n\r\nOK\r\n"),
            ("AT+CWMODE_DEF=1", "\r\nOK\r\n"),
        )
        self.assertEqual(self.content("bfq0.flash"), of_the_first)
        of_the_other = self.content(f"bfq0.{OTHER}.flash")
        self.tells("bfq4004", ("AT+CWMODE_DEF?", "+CWMODE_DEF:3\r\n\r\nOK\r\n"))
        self.tells(OTHER, ("AT+CWMODE_DEF?", "+CWMODE_DEF:1\r\n\r\nOK\r\n"))
        self.assertEqual(self.content(f"bfq0.{OTHER}.flash"), of_the_other)

    def test_several_in_one_program(self):
        world = self.path("world.toml")
        with open(world, "w", encoding="utf-8") as file:
            file.write('[[module]]\nname = "a"\n'
                       f'[[module]]\nname = "b"\npersonality = "{OTHER}"\n')
        with hosts(world, ["a", "b"]) as (_, (first, other)):
            self.assertIn(b"+CWDHCP:1,1\r\n\r\nOK", first.command("AT+CWDHCP?"))
            self.assertIn(b"+CWDHCP:3\r\nOK", other.command("AT+CWDHCP?"))
            self.assertIn(b"(bfq4004 ", first.command("AT+GMR"))
            self.assertIn(b"Bin version(Wroom 02):1.7.4\r\nOK\r\n", other.command("AT+GMR"))

    def test_a_journal_names_its_personality(self):
        journal = self.path("all.journal")
        with (
            Module("--personality", OTHER, "--journal", journal) as module,
            module.started_host() as host,
        ):
            host.command("at+CWDHCP?")
        status, dialogue, _ = run_program("replay", journal)
        self.assertEqual(status, 0)
        self.assertIn("< +CWDHCP:3", dialogue)
        with open(journal, "wb") as file:
            file.write(forged(b"a build", personality=b"esp8266-9.9"))
        status, _, error = run_program("replay", journal)
        self.assertEqual(status, 1)
        self.assertIn('does not have the personality "esp8266-9.9"', error)

    def test_the_manual_is_that_of_the_personality(self):
        for personality in ("bfq4004", OTHER):
            status, text, _ = run_program("commands", "--personality", personality)
            self.assertEqual(status, 0)
            self.assertTrue(re.search(r"AT\+CWJAP_CUR ", text))
        status, _, error = run_program("commands", "--personality", OTHER, "CWNOTHING")
        self.assertEqual(status, 2)
        self.assertIn(f"{OTHER} has no command", error)
        self.assertEqual(run_program("run", "--personality", "esp32")[0], 2)


if __name__ == "__main__":
    unittest.main()
