"""A module beside the least program that does the same work, and beside socat.

Both stay for some rounds and take turns in them. What counts is the processor time of both ends,
of each in the best quarter of its rounds, so that what else the machine does counts for little.
Each is started anew a few times, as where its memory happens to lie counts too.
"""
import contextlib
import dataclasses
import statistics

from rows import PACE, WORKS, Work

STARTS, ROUNDS = 3, 4
# What is so near to its goal is measured more often: so many starts.
NEAR = ((0.04, 8), (0.012, 16))
SIZES = (1, 16, 64, 256, 1024, 2048)


@dataclasses.dataclass
class Taken:
    """Nanoseconds of each round: for one time, or for one byte."""
    rounds: list[float]

    def best(self):
        """The mean of the best quarter."""
        return statistics.mean(sorted(self.rounds)[:max(1, len(self.rounds) // 4)])

    def figures(self, is_flow):
        best, median = self.best(), statistics.median(self.rounds)
        scale = (lambda value: 1000 / value) if is_flow else (lambda value: value / 1000)
        return {"best": scale(best), "median": scale(median), "spread": median / best - 1,
                "unit": "MB/s" if is_flow else "us", "rounds": len(self.rounds)}


def take_turns(subjects, key, work, door, names):
    """Some rounds of each of the subjects, started anew."""
    with contextlib.ExitStack() as stack:
        started = [stack.enter_context(getattr(subjects, name)(work, door)) for name in names]
        for subject in started:
            subjects.round(subject, key, warmed_up(work))
        return [[subjects.round(subject, key, work) for subject in started]
                for _ in range(ROUNDS)]


def warmed_up(work):
    return dataclasses.replace(work, times=max(1, work.times // 10))


def reached(row, work, taken):
    """By the best rounds. Of times that is larger than 1 where the module takes more."""
    ratio = taken["module"].best() / taken[row.beside].best()
    return 1 / ratio if work.is_flow else ratio


def is_near(row, value, near=NEAR[0][0]):
    return row.wanted is not None and abs(value / row.wanted - 1) < near


def starts_needed(rows, work, taken):
    """How often in all, by what has been reached so far."""
    return max([STARTS, *(starts for row in rows for near, starts in NEAR
                          if is_near(row, reached(row, work, taken), near))])


def measure(subjects, key, door):
    """All rows of a work at a door, from the same rounds."""
    work = WORKS[key]
    rows = [row for row in PACE if (row.work, row.door) == (key, door)]
    names = ["module", *dict.fromkeys(row.beside for row in rows)]
    taken = {name: Taken([]) for name in names}
    starts = 0
    while starts < STARTS or starts < starts_needed(rows, work, taken):
        starts += 1
        for turn in take_turns(subjects, key, work, door, names):
            for name, value in zip(names, turn):
                taken[name].rounds.append(value)
    return [result(row, work, taken) for row in rows]


def result(row, work, taken):
    value = reached(row, work, taken)
    return {"row": row, "reached": value,
            "module": taken["module"].figures(work.is_flow),
            "beside": {"name": row.beside, **taken[row.beside].figures(work.is_flow)}}


def measure_all(subjects, words):
    places = dict.fromkeys((row.work, row.door) for row in PACE
                           if not words or any(word in row.name for word in words))
    for key, door in places:
        yield from measure(subjects, key, door)


def sweep(subjects):
    """Bytes a second by the size of a payload, for a plot: CIPSEND and +IPD."""
    kinds = {"CIPSEND": ("send", "send"), "+IPD": ("recv", "ipd")}
    points = []
    for kind, (host, floor) in kinds.items():
        for door in ("pty", "tcp"):
            for size in (size for size in SIZES if kind == "CIPSEND" or size <= 1460):
                work = Work(host, floor, 400, size=size)
                turns = take_turns(subjects, host, work, door, ["module", "floor"])
                module, beside = (min(values) / 1000 for values in zip(*turns))
                points.append({"kind": kind, "door": door, "size": size, "module_us": module,
                               "floor_us": beside})
    return points

