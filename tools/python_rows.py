#!/usr/bin/python3
"""Writes python/bfq4004/rows.py, the part of the Python package that repeats the rows of the
control channel, from what `bfq4004 ctl --rows` prints.

  python_rows.py PROGRAM [ROOT]          writes it
  python_rows.py --check PROGRAM [ROOT]  fails when it is stale
"""
import json
import keyword
import pathlib
import re
import subprocess
import sys
import textwrap

# Commands that change nothing: a wait behind one of them also looks at what came before it.
QUERIES = ["capabilities", "program", "http", "status", "journal.save", "world.show", "subscribe",
           "unsubscribe", "fault.list", "trace.export"]
# All others.
ACTS = ["quit", "power.on", "power.off", "reset", "link.close", "link.reset", "link.stall",
        "link.resume", "send", "ap.add", "ap.change", "ap.remove", "station.join",
        "station.leave", "world.apply", "module.move", "wait", "fault.arm", "fault.fire",
        "fault.disarm", "trace.start", "trace.stop"]
PLAIN = {"integer": "int", "number": "float", "boolean": "bool", "string": "str",
         "object": "dict[str, Any]"}
BASES = {"timed_out": "ControlError, TimeoutError"}
HEAD = '''"""Commands, events and errors of the control channel: written by ./dev docs."""

# pylint: disable=all
from __future__ import annotations

from typing import Any, Literal, Mapping, NotRequired, Sequence, TypedDict, Union

from .errors import ControlError

'''


def words_of(allowed):
    """The words that are all that is allowed, or []."""
    word = r'"[^"]*"'
    if re.fullmatch(rf"(an array, of which each is )?{word}((, | or ){word})*", allowed):
        return re.findall(word, allowed)
    return []


def pascal(name):
    return "".join(part.capitalize() for part in re.split(r"[._]", name))


def wrapped(text, indent):
    return textwrap.fill(text, 100, initial_indent=indent, subsequent_indent=indent,
                         break_long_words=False, break_on_hyphens=False)


def packed(items, indent):
    """The items with commas between them, as many in a line as it holds."""
    lines = []
    for i, item in enumerate(items):
        item += "," if i + 1 < len(items) else ""
        if lines and len(lines[-1]) + 1 + len(item) <= 99:
            lines[-1] += " " + item
        else:
            lines += textwrap.wrap(item, 99, initial_indent=indent, break_long_words=False,
                                   subsequent_indent=indent + "    ", break_on_hyphens=False)
    return "\n".join(lines)


def documented(text, indent="    "):
    """A docstring of one paragraph."""
    lines = wrapped(f'"""{text}"""', indent)
    if len(lines.splitlines()) == 1:
        return lines
    return wrapped(f'"""{text}', indent) + f'\n{indent}"""'


def attribute_doc(text, indent="    "):
    """A comment that documents what stands below it."""
    return textwrap.fill(text, 100, initial_indent=indent + "#: ",
                         subsequent_indent=indent + "#: ", break_long_words=False)


def sentence(text):
    return text.replace("\\", "\\\\").replace('"""', "'''")


class Types:
    """Python's types of arguments and of what is returned; those of objects become classes."""

    def __init__(self):
        self.classes = []

    def of_argument(self, argument, path):
        words, kind = words_of(argument["allowed"]), argument["type"]
        if kind == "array":
            return f"Sequence[Literal[{', '.join(words)}]]" if words else "Sequence[Any]"
        if words:
            return f"Literal[{', '.join(words)}]"
        if argument.get("inner"):
            name = pascal(path)
            members = [(inner["name"], self.of_argument(inner, f"{path}.{inner['name']}"),
                        f"{inner['meaning']}: {inner['allowed']}") for inner in argument["inner"]]
            self.add(name, f"Keys of `{argument['name']}`.", members, total=False)
            return name
        return "Mapping[str, Any]" if kind == "object" else PLAIN.get(kind, "Any")

    def of_field(self, field, path):
        array, kind = re.fullmatch(r"(array of (?=\w+s$))?(\w+?)(?(1)s)", field["type"]).groups()
        if field.get("inner"):
            kind = self.of_fields(field["inner"], path, f"One of `{field['name']}`.")
        else:
            kind = PLAIN[kind]
        return f"list[{kind}]" if array else kind

    def of_fields(self, fields, path, meaning):
        members = []
        for field in fields:
            kind = self.of_field(field, f"{path}.{field['name']}")
            members.append((field["name"], f"NotRequired[{kind}]" if field["may_lack"] else kind,
                            field["meaning"]))
        self.add(pascal(path), meaning, members)
        return pascal(path)

    def add(self, name, meaning, members, total=True):
        out = [f"class {name}(TypedDict{'' if total else ', total=False'}):",
               documented(sentence(meaning)), ""]
        for member, kind, its_meaning in members:
            out += [attribute_doc(its_meaning), f"    {member}: {kind}"]
        self.classes.append("\n".join(out))


def is_time(argument):
    return argument["allowed"].startswith("a time from")


class Method:
    """One command as a method."""

    def __init__(self, row, types):
        self.row = row
        self.arguments = []
        for argument in row["arguments"]:
            kind = types.of_argument(argument, f"{row['name']}.{argument['name']}")
            if is_time(argument):
                kind = "float | str"
            self.arguments.append((argument, kind))
        self.returns = None
        if row["returns"]:
            self.returns = types.of_fields(row["returns"], row["name"] + ".return",
                                           f"What `{row['name']}` returns.")

    def parameters(self):
        required = [(a, k) for a, k in self.arguments if a["default"] == ""]
        others = [(a, k) for a, k in self.arguments if a["default"] != ""]
        out = ["self"] + [f"{self.name_of(a)}: {k}" for a, k in required]
        if others:
            out += ["*"] + [f"{self.name_of(a)}: {k} | None = None" for a, k in others]
        return out

    @staticmethod
    def name_of(argument):
        name = argument["name"]
        return name + "_" if keyword.iskeyword(name) else name

    def doc(self):
        summary = sentence(self.row["summary"])
        if self.row["needs"] != "nothing":
            summary += f" Needs `{self.row['needs']}`."
        details = []
        for argument, kind in self.arguments:
            allowed = argument["allowed"] + (", or seconds" if is_time(argument) else "")
            text = f":param {self.name_of(argument)}: {argument['meaning']}; {allowed}"
            if argument.get("inner"):
                text = f":param {self.name_of(argument)}: see {kind.split(' ')[0]}"
            elif argument["default"]:
                text += f" [{argument['default'].strip('()')}]"
            details.append(text)
        if self.row["errors"]:
            details.append(":raises: " + ", ".join(map(pascal, self.row["errors"])))
        if not details:
            return wrapped(f'"""{summary}"""', " " * 8)
        return "\n".join([wrapped(f'"""{summary}', " " * 8), "", *(
            textwrap.fill(sentence(text), 100, initial_indent=" " * 8, subsequent_indent=" " * 12,
                          break_long_words=False) for text in details), '        """'])

    def body(self, how):
        given = []
        for argument, _ in self.arguments:
            value = self.name_of(argument)
            given.append(f'"{argument["name"]}": '
                         + (f"duration({value})" if is_time(argument) else value))
        ask = f'{how}self.ask("{self.row["name"]}", {{'
        if self.returns:
            ask = f"answer: {self.returns} = {ask}"
        end = "})" + ("\n        return answer" if self.returns else "")
        line = f"        {ask}{', '.join(given)}"
        if len(line) <= 98:
            return line + end
        return f"        {ask}\n{packed(given, ' ' * 12)}{end}"

    def text(self, asynchronous):
        define = "async def" if asynchronous else "def"
        name, result = self.row["name"].replace(".", "_"), self.returns or "None"
        head = f"    {define} {name}({', '.join(self.parameters())}) -> {result}:"
        if len(head) > 100:
            head = (f"    {define} {name}(\n{packed(self.parameters(), ' ' * 12)}\n"
                    f"    ) -> {result}:")
        doc = f'        """See `ControlCommands.{name}()`."""' if asynchronous else self.doc()
        return f"{head}\n{doc}\n{self.body('await ' if asynchronous else '')}"


def commands_class(name, ask, methods, asynchronous):
    return "\n\n".join([
        f"class {name}:\n    {ask}\n"
        f'    {"async " if asynchronous else ""}def ask(self, command: str, '
        "arguments: Mapping[str, Any]) -> Any:\n"
        '        """Carries out a command; returns what it returns."""\n'
        "        raise NotImplementedError",
        *(method.text(asynchronous) for method in methods)])


def events_part(rows, types):
    """A class for each event, what an event can be, and the names of everything."""
    names = []
    for event in rows["events"]:
        name = pascal(event["name"]) + "Event"
        names.append(name)
        members = [("event", f'Literal["{event["name"]}"]', "which event"),
                   ("time", "int", "microseconds since the program started"),
                   ("number", "int", "which only grows")]
        members += [(field["name"], types.of_field(field, name), field["meaning"])
                    for field in event["members"]]
        types.add(name, event["summary"], members)
    types.add("LostEvent", "Stands for events that the client has not read in time.",
              [("event", 'Literal["lost"]', "which event"), ("number", "int", "the last event"),
               ("count", "int", "how many events are lost"),
               ("time", "NotRequired[int]", "is missing")])
    return alias("Event", "Union", [*names, "LostEvent"])


def alias(name, of, members):
    return f"{name} = {of}[\n{packed(members, '    ')}\n]"


def literal(name, rows):
    return alias(name, "Literal", [f'"{row["name"]}"' for row in rows])


def error_class(row):
    return (f"class {pascal(row['name'])}({BASES.get(row['name'], 'ControlError')}):\n"
            + documented(sentence(row["meaning"][0].upper() + row["meaning"][1:] + "."))
            + f'\n\n    code = "{row["name"]}"')


def written(rows):
    wrong = {row["name"] for row in rows["commands"]} ^ {*QUERIES, *ACTS}
    if wrong:
        sys.exit("tools/python_rows.py: each command, and nothing else, is in QUERIES or in ACTS: "
                 + ", ".join(sorted(wrong)))
    types = Types()
    events = events_part(rows, types)
    methods = [Method(row, types) for row in rows["commands"]]
    blocks = [literal("TopicName", rows["topics"]), literal("EventName", rows["events"]),
              literal("StateName", rows["states"]), *types.classes, events,
              *map(error_class, rows["errors"]),
              "#: The exception of each code.\nERRORS: dict[str, type[ControlError]] = {\n"
              + "".join(f'    "{row["name"]}": {pascal(row["name"])},\n' for row in rows["errors"])
              + "}",
              "#: Commands that change nothing.\nQUERIES = frozenset({\n"
              + packed([f'"{name}"' for name in QUERIES], "    ") + "\n})",
              'def duration(value: float | str | None) -> str | None:\n'
              '    """A time as the program reads it. Numbers are seconds."""\n'
              '    return value if value is None or isinstance(value, str) '
              'else f"{round(value * 1000)}ms"',
              commands_class("ControlCommands", '"""All commands, for code that blocks."""',
                             methods, False),
              commands_class("AsyncControlCommands", '"""All commands, for asyncio."""',
                             methods, True)]
    return HEAD + "\n" + "\n\n\n".join(blocks) + "\n"


def main(arguments):
    check = arguments[:1] == ["--check"]
    program, *root = arguments[1:] if check else arguments
    root = pathlib.Path(root[0] if root else pathlib.Path(__file__).parents[1])
    path = root / "python/bfq4004/rows.py"
    printed = subprocess.run([program, "ctl", "--rows"], check=True, capture_output=True).stdout
    new = written(json.loads(printed))
    if path.exists() and path.read_text(encoding="utf-8") == new:
        return 0
    if check:
        print(f"{path}: stale; ./dev docs writes it")
        return 1
    path.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
