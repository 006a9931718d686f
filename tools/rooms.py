"""The rooms of the source tree and whom each may include, as src/rooms.txt says."""
import dataclasses
import re

TABLE = "src/rooms.txt"
KINDS = ("core", "repeatable", "chip", "host")


@dataclasses.dataclass(frozen=True)
class Room:
    name: str
    kind: str
    may: tuple     # rooms and single headers that it may include
    links: tuple   # rooms that it is linked with and never includes
    line: int

    @property
    def folder(self):
        return self.name if self.name == "tools" else "src/" + self.name

    def may_include(self, header, other):
        """Whether a file of this room may include `header`, which is in the room `other`."""
        return other == self.name or other in self.may or header in self.may

    def sentence(self):
        """What the README must say."""
        if not self.may:
            return "May include no other room."
        *most, last = self.may
        return f"May include {', '.join(most)} and {last}." if most else f"May include {last}."


class Rooms(dict):
    """name -> Room, and `problems`: (line, message) of what the table itself has wrong."""

    def __init__(self, text):
        super().__init__()
        self.problems = []
        rows = []
        for number, line in enumerate(text.splitlines(), 1):
            if line.startswith(" ") and rows:
                rows[-1][1].extend(line.split())
            elif line and not line.startswith("#"):
                rows.append((number, line.split()))
        for number, columns in rows:
            self._add(number, columns)

    def _add(self, number, columns):
        if len(columns) < 3 or columns[1] not in KINDS:
            self.problems.append((number, "a row is: room, one of " + ", ".join(KINDS)
                                  + ", and rooms or -"))
            return
        name, kind, *others = columns
        if name in self:
            self.problems.append((number, f"{name} has a row already"))
            return
        links = tuple(other[1:] for other in others if other.startswith("+"))
        may = tuple(other for other in others if not other.startswith("+") and other != "-")
        for other in (*links, *(other for other in may if not other.endswith(".h"))):
            if other not in self:
                self.problems.append((number, f"{name}: no row above is called {other}"))
            elif kind == "core" and self[other].kind != "core":
                self.problems.append((number, f"{name} is core, and {other} is not"))
        self[name] = Room(name, kind, may, links, number)

    def of(self, path):
        """The name of the room that a file of the repository is in, "" for src/ itself."""
        parts = path.split("/")
        if parts[0] != "src":
            return parts[0]
        if len(parts) > 3 and any(name.startswith(parts[1] + "/") for name in self):
            return "/".join(parts[1:3])
        return parts[1] if len(parts) > 2 else ""

    def check_readmes(self, root):
        """(path, line, message) for each room that does not exist or whose README disagrees."""
        for room in self.values():
            readme = root / room.folder / "README.md"
            if not readme.is_file():
                yield TABLE, room.line, f"{room.name}: {room.folder}/README.md is missing"
                continue
            text = readme.read_text()
            said = re.search(r"\bMay include\s.*?\.(?=\s|$)", text, re.S)
            if said is None or " ".join(said[0].split()) != room.sentence():
                line = text.count("\n", 0, said.start()) + 1 if said else 1
                yield f"{room.folder}/README.md", line, f'say: "{room.sentence()}"'
