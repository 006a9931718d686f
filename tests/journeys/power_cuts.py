"""Power cuts: the program is killed 500 times while it stores something; nothing is lost or mixed.

Several modules run at once, each with its own state, as one alone mostly waits. The seed is
printed; BFQ_SEED=N sets it. It decides what is typed and how long until the cut, not how fast the
machine is.
"""

import concurrent.futures
import os
import random
import re
import select
import subprocess
import tempfile
import time
import unittest

from journey import ENVIRONMENT, PATIENCE, PROGRAM

ROUNDS = 500
AT_ONCE = 10
RESTORERS = 3  # of those, how many also type AT+RESTORE
BOOT_TAKES = 0.3  # seconds, about
FACTORY = {
    "AT+CWMODE_DEF?": "+CWMODE_DEF:1",
    "AT+UART_DEF?": "+UART_DEF:115200,8,1,0,0",
    "AT+CWAUTOCONN?": "+CWAUTOCONN:1",
    "AT+CWSAP_DEF?": '+CWSAP_DEF:"BFQ4004_040001","",1,0,4,0',
    "AT+CIPSTA_DEF?": "|".join(
        f'+CIPSTA_DEF:{field}:"0.0.0.0"' for field in ("ip", "gateway", "netmask")
    ),
    "AT+CWDHCP_DEF?": "+CWDHCP_DEF:1,1",
    "AT+CWDHCPS_DEF?": "+CWDHCPS_DEF:0,0.0.0.0,0.0.0.0",
}


def seed():
    return int(os.environ.get("BFQ_SEED") or random.SystemRandom().randrange(1 << 32))


# What can be stored: each returns a line to type, and the answers of the queries that it changes.
# Fields that are stored together are all made from one number, so that a mixture would not match.

def mode(chance):
    wanted = chance.randint(1, 3)
    return f"AT+CWMODE_DEF={wanted}", {"AT+CWMODE_DEF?": f"+CWMODE_DEF:{wanted}"}


def uart(chance):
    fields = f"{chance.randint(110, 4608000)},{chance.randint(5, 8)},{chance.randint(1, 3)},0,0"
    return f"AT+UART_DEF={fields}", {"AT+UART_DEF?": f"+UART_DEF:{fields}"}


def automatic_join(chance):
    wanted = chance.randint(0, 1)
    return f"AT+CWAUTOCONN={wanted}", {"AT+CWAUTOCONN?": f"+CWAUTOCONN:{wanted}"}


def soft_ap(chance):
    number = chance.randrange(10**8)
    fields = f'"{number:032}","{number:064}",{number % 13 + 1},3,{number % 8 + 1},{number % 2}'
    return f"AT+CWSAP_DEF={fields}", {"AT+CWSAP_DEF?": f"+CWSAP_DEF:{fields}"}


def station_address(chance):
    """Two settings that change together: a fixed address turns the station's DHCP off."""
    net = chance.randint(1, 250)
    fields = {"ip": f"10.{net}.7.9", "gateway": f"10.{net}.7.1", "netmask": "255.255.255.0"}
    told = "|".join(f'+CIPSTA_DEF:{name}:"{value}"' for name, value in fields.items())
    line = "AT+CIPSTA_DEF=" + ",".join(f'"{value}"' for value in fields.values())
    return line, {"AT+CIPSTA_DEF?": told, "AT+CWDHCP_DEF?": "+CWDHCP_DEF:0,1"}


def station_dhcp(_):
    """The reverse."""
    return "AT+CWDHCP_DEF=1,1", {
        query: FACTORY[query] for query in ("AT+CIPSTA_DEF?", "AT+CWDHCP_DEF?")
    }


def pool(chance):
    lease, first = chance.randint(1, 2880), chance.randint(10, 120)
    places = [f"192.168.4.{number}" for number in (first, first + 100)]
    return (f'AT+CWDHCPS_DEF=1,{lease},"{places[0]}","{places[1]}"',
            {"AT+CWDHCPS_DEF?": f"+CWDHCPS_DEF:{lease},{places[0]},{places[1]}"})


def restore(_):
    return "AT+RESTORE", dict(FACTORY)


STORED = (mode, uart, automatic_join, soft_ap, station_address, station_dhcp, pool)


class Program:
    """The program with standard input and output as the serial port."""

    def __init__(self, state, log):
        command = [PROGRAM, "run", "--state", state, "--serial", "stdio", "--log", "warn"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=ENVIRONMENT,
            bufsize=0
        )
        self.said = b""

    def expect(self, end):
        deadline = time.monotonic() + PATIENCE
        while not (found := re.search(end, self.said)):
            ready, _, _ = select.select(
                [self.process.stdout], [], [], max(0.0, deadline - time.monotonic())
            )
            data = self.process.stdout.read(65536) if ready else b""
            if not data:
                raise AssertionError(f"{end} did not come, but {self.said[-500:]}")
            self.said += data
        answer, self.said = self.said[:found.end()], self.said[found.end():]
        return answer

    def type(self, line):
        self.process.stdin.write(line.encode() + b"\r\n")

    def command(self, line):
        """The answer, its lines separated by bars, without the lines of the automatic join."""
        self.type(line)
        answer = self.expect(rb"(^|\r\n)(OK|ERROR|FAIL)\r\n").decode()
        return "|".join(
            part for part in answer.split("\r\n") if part and not part.startswith("WIFI ")
        )

    def cut(self):
        """Cuts the power; returns what the program had printed by then."""
        self.process.kill()
        self.said += self.process.stdout.read()
        self.end()
        return self.said

    def end(self):
        self.process.stdin.close()
        self.process.wait(PATIENCE)
        self.process.stdout.close()


class Life:
    """One module, and what a host has stored in it, over many power cuts."""

    def __init__(self, number, chosen_seed):
        self.chance = random.Random(f"{chosen_seed}/{number}")
        self.name = f"life {number} of seed {chosen_seed}"
        self.restores = number < RESTORERS
        self.stored = dict(FACTORY)
        self.in_flight = {}
        self.write_takes = 0.01  # seconds, as measured
        self.history = []
        self.outcomes = {"during the start": 0, "old": 0, "new": 0, "answered": 0}

    def live(self, rounds):
        with (
            tempfile.TemporaryDirectory(prefix="bfq-cuts-") as state,
            tempfile.TemporaryFile() as log,
        ):
            try:
                if not self.restores:
                    self.remember_a_network(state, log)
                for _ in range(rounds):
                    self.one_round(state, log)
                self.last_look(state, log)
                log.seek(0)
                complaints = re.findall(
                    rb"[^\n]*(?:damaged|cannot|ERROR|runtime error)[^\n]*", log.read()
                )
                assert not complaints, complaints[:5]
            except AssertionError as failure:
                raise AssertionError(
                    f"{self.name}, after {self.history[-6:]}: {failure}"
                ) from failure
        return self.outcomes

    def remember_a_network(self, state, log):
        program = self.start(state, log)
        answer = program.command('AT+CWJAP_DEF="BFQ-LAB","bfq4004-lab"')
        assert answer.endswith("OK"), answer
        program.cut()

    def start(self, state, log):
        program = Program(state, log)
        program.expect(rb"ready\r\n")
        program.type("ATE0")
        program.expect(rb"ATE0\r\r\n\r\nOK\r\n")
        return program

    def one_round(self, state, log):
        if self.chance.random() < 0.1:
            return self.cut_during_the_start(state, log)
        program = self.start(state, log)
        self.look(program)
        for _ in range(self.chance.randint(0, 3)):
            line, changes = self.something()
            begin = time.monotonic()
            answer = program.command(line)
            assert answer == "OK", (line, answer)
            self.write_takes += (time.monotonic() - begin - self.write_takes) / 8
            self.settle(program, line, changes)
        self.cut_in_flight(program)

    def cut_during_the_start(self, state, log):
        program = Program(state, log)
        self.history.append("cut during the start")
        time.sleep(self.chance.uniform(0, BOOT_TAKES))
        program.cut()
        self.outcomes["during the start"] += 1

    def something(self):
        """A line that stores something new, and the answers that it changes."""
        while True:
            rare = self.restores and self.chance.random() < 0.1
            line, changes = restore(None) if rare else self.chance.choice(STORED)(self.chance)
            if any(self.stored[query] != told for query, told in changes.items()):
                return line, changes

    def settle(self, program, line, changes):
        self.stored.update(changes)
        self.history.append(line)
        if line == "AT+RESTORE":
            program.expect(rb"ready\r\n")
            program.type("ATE0")
            program.expect(rb"ATE0\r\r\n\r\nOK\r\n")
        if line.startswith(("AT+CWMODE", "AT+RESTORE")):
            self.allow_all(program)

    def cut_in_flight(self, program):
        line, self.in_flight = self.something()
        self.history.append("cut in " + line)
        begin = time.monotonic()
        program.type(line)
        time.sleep(
            max(0.0, begin + self.chance.uniform(0, 0.9) * self.write_takes - time.monotonic())
        )
        if b"OK\r\n" in program.cut():
            self.stored.update(self.in_flight)
            self.in_flight = {}
            self.outcomes["answered"] += 1

    def allow_all(self, program):
        """Some settings can only be read and set in mode 3, which is not stored."""
        assert program.command("AT+CWMODE_CUR=3") == "OK"

    def look(self, program):
        """Everything is as last confirmed, or as the write in flight would leave it; never a
        mixture."""
        told = {"AT+CWMODE_DEF?": program.command("AT+CWMODE_DEF?").removesuffix("|OK")}
        self.allow_all(program)
        for query in FACTORY:
            if query not in told:
                told[query] = program.command(query).removesuffix("|OK")
        changed = {**self.stored, **self.in_flight}
        wrong = {query: answer for query, answer in told.items()
                 if answer not in (self.stored[query], changed[query])}
        where = f"stored was {self.stored}, in flight {self.in_flight}"
        assert not wrong, f"{where}, but now it is {wrong}"
        assert told in (self.stored, changed), f"a mixture, as {where}: {told}"
        if self.in_flight:
            self.outcomes["old" if told == self.stored else "new"] += 1
        self.stored, self.in_flight = told, {}

    def last_look(self, state, log):
        """A module that has stored its network still knows it."""
        program = self.start(state, log)
        self.look(program)
        program.command("AT+CWMODE_DEF=1")
        program.command("AT+CWAUTOCONN=1")
        program.command("AT+CWDHCP_DEF=1,1")
        program.cut()
        program = self.start(state, log)
        if not self.restores:
            program.expect(rb"WIFI GOT IP\r\n")
        program.end()


class PowerCuts(unittest.TestCase):
    def test_five_hundred_cuts_lose_and_mix_nothing(self):
        chosen = seed()
        print(f"seed {chosen}", flush=True)
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool_of_lives:
            lives = [Life(number, chosen) for number in range(AT_ONCE)]
            outcomes = list(pool_of_lives.map(lambda life: life.live(ROUNDS // AT_ONCE), lives))
        total = {what: sum(outcome[what] for outcome in outcomes) for what in outcomes[0]}
        print(f"{ROUNDS} cuts: {total}", flush=True)
        self.assertEqual(sum(total.values()), ROUNDS)
        # Otherwise the cuts missed the writes, and would prove nothing.
        self.assertGreater(min(total["old"], total["new"]), ROUNDS // 50)


if __name__ == "__main__":
    unittest.main()
