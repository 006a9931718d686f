"""What is measured and what is wanted: each row once, for the tables, the JSON and the plots."""
import dataclasses

LESS, MORE = "at most", "at least"


@dataclasses.dataclass(frozen=True)
class Row:
    key: str
    name: str
    wanted: float | None  # None: information
    better: str = LESS
    unit: str = "ratio"  # of what is reached and wanted
    work: str = ""       # a key of WORKS, for rows beside a floor
    door: str = ""
    beside: str = "floor"

    def is_met(self, reached):
        if self.wanted is None:
            return None
        return reached <= self.wanted if self.better == LESS else reached >= self.wanted


@dataclasses.dataclass(frozen=True)
class Work:
    """What both ends do in one round: the arguments of floor/host.c and floor/module.c."""
    host: str
    floor: str
    times: int       # operations, or bytes
    size: int = 1    # payload of an operation
    links: int = 1
    is_through: bool = False  # transparent transmission
    is_flow: bool = False     # throughput: what counts are bytes, not operations

    def per_round(self):
        return self.times * (self.size if self.is_flow and self.host == "send" else 1)


WORKS = {
    "at": Work("at", "at", 2500),
    "send": Work("send", "send", 1500),
    "recv": Work("recv", "ipd", 1500),
    "echo": Work("echo", "packet", 30, is_through=True),
    "up": Work("flow", "pass", 10_000_000, is_through=True, is_flow=True),
    "down": Work("flow", "pass", 10_000_000, is_through=True, is_flow=True),
    "chunks": Work("send", "send", 1500, size=2048, is_flow=True),
    "ipd": Work("flow", "ipd", 10_000_000, is_flow=True),
    "ipd5": Work("flow", "ipd", 10_000_000, links=5, is_flow=True),
}


def at_both(key, name, wanted, better=LESS, doors=("pty", "tcp")):
    names = {"pty": "PTY", "tcp": "TCP door"}
    return [Row(f"{key}_{door}", f"{name}, {names[door]}", wanted, better, work=key, door=door)
            for door in doors]


def beside(key, name, other, wanted=None, doors=("pty", "tcp")):
    """Rows of the same rounds as those of at_both(), beside another program."""
    return [dataclasses.replace(row, key=f"{row.key}_{other}", beside=other)
            for row in at_both(key, name, wanted, MORE, doors)]


PACE = [
    *at_both("at", "AT to OK", 1.10),
    *at_both("send", "CIPSEND=1 to SEND OK", 1.15),
    *at_both("recv", "socket byte to +IPD", 1.15),
    *at_both("echo", "passthrough, 1 byte there and back", 1.10),
    *at_both("up", "passthrough up", 0.95, MORE),
    *at_both("down", "passthrough down", 0.95, MORE),
    *beside("up", "passthrough up, beside socat", "socat", 1, ["pty"]),
    *beside("down", "passthrough down, beside socat", "socat", 1, ["pty"]),
    *beside("up", "passthrough up, beside socat", "socat", None, ["tcp"]),
    *beside("down", "passthrough down, beside socat", "socat", None, ["tcp"]),
    *beside("up", "passthrough up, beside socat -b 1448", "segmented"),
    *at_both("chunks", "CIPSEND=2048 repeated", 0.95, MORE),
    *at_both("ipd", "+IPD in bulk, one link", 0.95, MORE),
    *at_both("ipd5", "+IPD in bulk, five links", 0.95, MORE),
    *beside("ipd", "+IPD in bulk, beside a gathering floor", "gatherer"),
]
BAUD_ALONE = Row("baud_alone", "baud, one module full duplex", 1.3)
START = Row("start", "start to first OK", 210, unit="ms")
STATES = ["no host", "idle", "joined", "link open", "passthrough", "softAP with a server"]
IDLE = [Row(f"idle_{state}", f"wake-ups, {state}", 0, unit="wake-ups") for state in STATES]
MEMORY = [
    Row("rss_start", "resident memory after the start", 8192, unit="kB"),
    Row("anonymous_start", "of it anonymous", 1024, unit="kB"),
    Row("rss_traffic", "resident memory after traffic", 8192, unit="kB"),
    Row("anonymous_traffic", "of it anonymous", 1024, unit="kB"),
]

MOST = [
    Row("most", "modules in one process", 10_000, MORE, "modules"),
    Row("most_with_hosts", "of them with a host at once", 9_000, MORE, "modules"),
    Row("most_ptys", "modules with a PTY", 4_000, MORE, "modules"),
]
MANY = [
    Row("joins", "joins of 10,000", 10, unit="s"),
    Row("joins_linear", "a join of 10,000, beside one of 1,000", 1.1),
    Row("memory_each", "memory of each of 10,000", 24, unit="kB"),
    Row("start_many", "start of 10,000", 1, unit="s"),
    Row("command_flat", "a command at 10,000, beside 1", 1.1),
]


@dataclasses.dataclass(frozen=True)
class BaudMany:
    """Modules at 115200 baud in both directions: how many lose nothing and keep within 2 %."""
    row: Row
    door: str
    fifo: int
    counts: tuple[int, ...]


BAUD = [
    BaudMany(Row("baud_unix_4096", "115200 full duplex, Unix doors, FIFO 4,096", 1000, MORE,
                 "modules"), "unix", 4096, (1000, 600, 300, 100)),
    BaudMany(Row("baud_unix_128", "115200 full duplex, Unix doors, FIFO 128", None, MORE,
                 "modules"), "unix", 128, (300, 150, 100, 50)),
    BaudMany(Row("baud_pty_4096", "115200 full duplex, PTYs, FIFO 4,096", None, MORE,
                 "modules"), "pty", 4096, (600, 300, 100)),
]
