#!/usr/bin/python3
"""Checks what no compiler checks: which room may include which (src/rooms.txt), what the core may
not use, where the words on the wire may be spelled, and that functions and files stay short.

  tidy.py [ROOT]       checks the repository at ROOT (default: the one that this file is in)
  tidy.py --self-test  proves that each rule fires, and does not fire next door
"""
import dataclasses
import pathlib
import re
import stat
import statistics
import sys
import tempfile

from rooms import TABLE, Rooms

# Kinds of rooms, as src/rooms.txt explains them.
CHIP = ("core", "chip")
DETERMINED = ("core", "repeatable")
EXEMPT_FROM_BANS = {"src/base/check_host.cpp"}  # the host's body of check_failed()
# The words on the wire, and no others.
DIALECTS = ["src/commands/bfq4004.cpp", "src/commands/esp8266_1_7.cpp",
            "src/commands/esp_at_2.cpp", "src/commands/words.h"]
LINE_ENDS = {"src/at/reply.h", "src/at/reply.cpp"}  # these write CR LF after a line

MAX_COLUMNS = 100
MAX_FILE_LINES = 500      # in src/
MAX_FUNCTION_LINES = 60

STORAGE = "no heap: use Text, ByteRing, Queue or Slots from base/"
NO_EXCEPTIONS = "no exceptions: answer the host, return a Result, or CHECK for a bug of our own"
NO_CLOCK = "time is passed in: take an Instant as a parameter"
NO_CHANCE = "random values must follow from a seed that is passed in"
NO_THREADS = "the core is called by one thread: leave threads to the runtime"

# (rule, kinds of rooms, pattern, what to use instead); comments and literals are not searched.
BANS = [
    ("heap", CHIP, r"\bnew\b|(?<!=)(?<!= )\bdelete\b", STORAGE),
    ("heap", CHIP, r"(?<![.>\w])(?:malloc|calloc|realloc|strdup)\s*\(|\bstd::free\b", STORAGE),
    ("heap", CHIP, r"\bstd::(?:pmr::)?(?:w?string|basic_string)\b",
     "no heap: use Text<N>, std::string_view to lend"),
    ("heap", CHIP, r"\bstd::(?:pmr::)?(?:vector|deque|list|forward_list|queue|stack|any|valarray"
                   r"|(?:unordered_)?(?:multi)?(?:map|set))\b", STORAGE),
    ("heap", CHIP, r"\bstd::(?:(?:unique|shared|weak)_ptr|make_(?:unique|shared)|allocator)\b",
     STORAGE),
    ("heap", CHIP, r"\bstd::(?:function|move_only_function|bind)\b",
     "no heap: use a function pointer, a template parameter or a variant"),
    ("heap", CHIP, r"\bstd::(?:to_string|stoi|stol|stoul|stoll|stoull|stod|format)\b",
     "no heap: use Reply::number, std::to_chars or std::from_chars"),
    ("exceptions", CHIP, r"\bthrow\b|\btry\s*\{|\bcatch\s*\(", NO_EXCEPTIONS),
    ("may-throw", CHIP, r"(?:\.|->)substr\s*\(",
     "may throw, which pulls the unwinder in: use slice()"),
    ("may-throw", CHIP, r"(?:\.|->)at\s*\((?!\s*\))",  # Deadline::at() is another
     "may throw, which pulls the unwinder in: CHECK the index, then []"),
    ("rtti", CHIP, r"\bvirtual\b",
     "no virtual calls: ports are vocabularies; use a variant or a template"),
    ("rtti", CHIP, r"\bdynamic_cast\b|\btypeid\b", "no RTTI: use a variant and std::visit"),
    ("clock", DETERMINED, r"::now\s*\(|\b(?:system|steady|high_resolution)_clock\b", NO_CLOCK),
    ("clock", DETERMINED,
     r"(?<![.>\w])(?:time\s*\(\s*(?:nullptr|NULL|0|&)|gettimeofday|clock_gettime)", NO_CLOCK),
    ("chance", DETERMINED, r"\brandom_device\b|(?<![.>\w])s?rand\s*\(", NO_CHANCE),
    ("threads", DETERMINED, r"\bstd::(?:j?thread|this_thread|\w*mutex|(?:unique|scoped)_lock"
                            r"|lock_guard|atomic\w*|async|future|promise|condition_variable\w*)\b"
                            r"|\bthread_local\b", NO_THREADS),
    ("statics", DETERMINED, r"\bstatic\s+(?!const\b|constexpr\b|consteval\b|inline\s+const)"
                            r"(?![^;={(]*\boperator\b)[^;={()]*[;={]",
     "no state outside the module: there are several in one process; make it a member"),
    ("streams", CHIP, r"\bstd::(?:cout|cerr|clog|cin|[io]?(?:string|f)stream|[io]stream)\b",
     "no streams: what the host reads goes through Reply"),
    ("streams", CHIP, r"(?<![.>\w])(?:[fsvd]|sn|vsn|vf)?printf\s*\(|\bf?puts\s*\(",
     "no stdio: use Reply, std::to_chars or Text"),
]
BANNED_HEADERS = {
    name: (rule, instead)
    for rule, names, instead in [
        ("heap", "string vector deque list map set unordered_map unordered_set queue any", STORAGE),
        ("heap", "functional memory", "no heap: use function pointers and storage in place"),
        ("streams", "iostream ostream istream sstream fstream iomanip cstdio",
         "no streams: use Reply"),
        ("exceptions", "exception stdexcept system_error", NO_EXCEPTIONS),
        ("rtti", "typeinfo typeindex", "no RTTI: use a variant"),
        ("threads", "thread mutex shared_mutex atomic future condition_variable", NO_THREADS),
        ("chance", "random", NO_CHANCE),
        ("clock", "ctime", NO_CLOCK),
    ]
    for name in names.split()
}

# Calls that print to the host.
REPLIES = re.compile(r"\b(?:text|line|quoted|notice|print|refuse)\s*\(\s*$")
# The name of an argument or a member, for people; it may happen to be a word of some reply.
ARGUMENT_NAME = re.compile(r"(?:\bparam<[^()]*>|\b(?:counted|ring|its|secret|derived))\s*\(\s*$")
# What a reply may spell without a Word: punctuation, and the name of the command that it answers.
ANSWERED_NAME = re.compile(r"^(?:\+[A-Z0-9_]+:?)?[^A-Za-z]*$")


@dataclasses.dataclass(frozen=True)
class Problem:
    path: str
    line: int
    rule: str
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: [{self.rule}] {self.message}"


@dataclasses.dataclass(frozen=True)
class Literal:
    line: int
    text: str    # as written, without the quotation marks
    before: str  # the code to its left, on the same line and the one above


# --- reading C++ ---------------------------------------------------------------------------------

TOKEN = re.compile(
    r'(?P<comment>//[^\n]*|/\*.*?\*/)'
    r'|R"(?P<fence>[^(\s"]*)\((?P<raw>.*?)\)(?P=fence)"'
    r'|"(?P<string>(?:\\.|[^"\\\n])*)"'
    r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'", re.S)


def strip(source):
    """The code, line for line, without comments and what stands in quotes; and the literals."""
    code, literals, end = [], [], 0
    for token in TOKEN.finditer(source):
        code.append(source[end:token.start()])
        end = token.end()
        text = token["string"] if token["string"] is not None else token["raw"]
        if text is not None:
            written = "".join(code)
            before = "\n".join(written.rsplit("\n", 2)[-2:])
            literals.append(Literal(written.count("\n") + 1, text, before))
        filler = "" if token["comment"] else '""' if text is not None else "'0'"
        code.append(filler + "\n" * token[0].count("\n"))
    code.append(source[end:])
    return "".join(code), literals


FUNCTION_HEAD = re.compile(
    r"(?:\)|\b(?:const|noexcept|override|final|mutable)|->[^{};]*|\})\s*&{0,2}\s*$"
)
SCOPE_HEAD = re.compile(r"\b(?:namespace|class|struct|union|enum|extern)\b[^()=]*$")


def functions(code):
    """(first line, lines) of each outermost function, by its braces; good enough for code formatted
    by clang-format."""
    found, stack, head, line, head_line = [], [], "", 1, 1
    for char in code:
        if char == "{":
            if SCOPE_HEAD.search(head):
                kind = "scope"
            elif "(" in head and FUNCTION_HEAD.search(head):
                kind = "function"
            else:
                kind = "initialiser"  # part of a declaration, which goes on after it
            stack.append((kind, head, head_line))
            head = ""
        elif char == "}" and stack:
            kind, before, started = stack.pop()
            inside_function = any(k == "function" for k, _, _ in stack)
            if kind == "function" and not inside_function:
                found.append((started, line - started + 1))
            head, head_line = (before + "{}", started) if kind == "initialiser" else ("", line)
        elif char == ";" and head.count("(") <= head.count(")"):
            head = ""
        elif head or not char.isspace():
            if not head:
                head_line = line
            head += char
        if char == "\n":
            line += 1
    return found


TYPE_HEAD = re.compile(r"\b(?:class|struct|union|enum(?:\s+class)?)\s+(?:alignas\([^)]*\)\s*)?"
                       r"(\w+)(?:\s+final)?\s*(?::[^:].*)?$", re.S)


ALIAS_HEAD = re.compile(r"^(?:template\s*<[^{};]*>\s*)?(?:requires[^{};]*?)?"
                        r"(?:using|concept)\s+(\w+)\s*=", re.S)
NAMESPACE_HEAD = re.compile(r"\bnamespace\b\s*([\w:]*)\s*$")


@dataclasses.dataclass(frozen=True)
class Declaration:
    name: str
    line: int        # where it begins, its template head included
    is_class: bool   # or a union or an enumeration; else an alias or a concept
    is_detail: bool  # in a namespace of that name


def types(code):
    """The types and concepts that are defined in a namespace, and not within another type or a
    function; without specialisations of templates."""
    found, stack, head, line = [], [], "", 1
    for token in re.findall(r"[{};]|[^{};]+", code):
        if token in "{;":
            text = re.sub(r"^[ \t]*#.*?(?<!\\)$", "", head, flags=re.M)
            first = line - head.count("\n") + len(re.match(r"\s*", text)[0].split("\n")) - 1
            text = text.strip()
            if None not in stack:
                defined = TYPE_HEAD.search(text) if token == "{" else None
                if defined and "(" in text.partition(defined[0])[0]:
                    defined = None
                alias = None if defined else ALIAS_HEAD.match(text)
                if defined or alias:
                    found.append(Declaration((defined or alias)[1], first, bool(defined),
                                             "detail" in stack))
            if token == "{":
                namespace = NAMESPACE_HEAD.search(text)
                stack.append(namespace[1].rpartition("::")[2] if namespace else None)
        elif token == "}" and stack:
            stack.pop()
        head = "" if token in "{};" else token
        line += token.count("\n")
    return found


# --- the rules -----------------------------------------------------------------------------------

def check_includes(path, room, rooms, source):
    for number, line in enumerate(source.splitlines(), 1):
        include = re.match(r'\s*#\s*include\s*(["<])([^">]+)', line)
        if include is None:
            continue
        quote, name = include.groups()
        if quote == "<":
            banned = room.kind in CHIP and name in BANNED_HEADERS
            if banned and path not in EXEMPT_FROM_BANS:
                rule, instead = BANNED_HEADERS[name]
                yield Problem(path, number, rule, f"<{name}> in {room.name}/: {instead}")
            continue
        if "/" not in name:
            whole = f"{room.name}/{name}"
            yield Problem(path, number, "rooms", f'name the room too: #include "{whole}"')
        elif not room.may_include(name, rooms.of("src/" + name)):
            yield Problem(path, number, "rooms", f"{room.name}/ may not include {name}: {TABLE}"
                          f" allows {', '.join(room.may) or 'no other room'}")


def check_bans(path, room, code):
    for rule, kinds, pattern, instead in BANS:
        if room.kind not in kinds:
            continue
        for hit in re.finditer(pattern, code):
            number = code.count("\n", 0, hit.start()) + 1
            shown = " ".join(hit[0].split())
            yield Problem(path, number, rule, f"'{shown}' in {room.name}/: {instead}")


def wire_words(dialect):
    """The words on the wire: the string literals of a dialect, without line ends."""
    literals = strip(dialect)[1]
    texts = [each.text for each in literals if not re.search(r"#\s*include\s*$", each.before)]
    bare = {re.sub(r"\\[rn]|^[> ]+|[> ]+$", "", text).strip() for text in texts}
    return {word for word in bare if re.search(r"[A-Za-z]{2}", word)}


def check_words(path, room, literals, words):
    may_reply = room.kind == "core" and (room.name == "at" or "at" in room.may)
    if not may_reply or path in DIALECTS:
        return
    for literal in literals:
        text = literal.text
        if (text == r"\r\n" and path in LINE_ENDS) or ARGUMENT_NAME.search(literal.before):
            continue
        if re.search(r"\\[rn]", text):
            what = "has a line end: Reply writes those"
        elif text.strip() in words:
            what = "is a word on the wire: use its Word"
        elif REPLIES.search(literal.before) and not ANSWERED_NAME.match(text):
            what = "goes to the host: make it a Word"
        else:
            continue
        yield Problem(
            path, literal.line, "words", f'"{text}" {what}; only a dialect spells such text'
        )


def check_lines(path, source):
    for number, line in enumerate(source.splitlines(), 1):
        if len(line) > MAX_COLUMNS:
            yield Problem(
                path, number, "columns", f"{len(line)} columns, of {MAX_COLUMNS}: break the line"
            )
        if line != line.rstrip() or "\t" in line:
            yield Problem(path, number, "blanks", "a tab, or blanks at the end of the line")


def check_sizes(path, source, code):
    lines = source.count("\n")
    if path.startswith("src/") and lines > MAX_FILE_LINES:
        yield Problem(
            path, lines, "file-length", f"{lines} lines, of {MAX_FILE_LINES}: split it"
        )
    for number, length in functions(code):
        if length > MAX_FUNCTION_LINES:
            yield Problem(path, number, "function-length",
                          f"a function of {length} lines, of {MAX_FUNCTION_LINES}: split it")


def check_docstrings(path, source, code):
    lines = source.splitlines()
    for each in types(code):
        if not each.is_detail and not lines[each.line - 2].startswith("///"):
            yield Problem(path, each.line, "docstring",
                          f"{each.name} is public: say above it, behind ///, what it stands for")


def check_file(path, source, rooms, words):
    """What is wrong with one file; `path` is relative to the repository."""
    if path.endswith(".md"):
        if not re.match(r"(<!--.*?-->\s*)?# \S", source, re.S):
            yield Problem(path, 1, "markdown", "it begins with '# Title'; clang-format is for C++")
        return
    yield from check_lines(path, source)
    if not path.endswith((".h", ".cpp")):
        return
    name = rooms.of(path)
    code, literals = strip(source)
    is_test = path.endswith("_test.cpp") or name in {"tests", "bench", "examples"}
    if name not in rooms and not is_test:
        yield Problem(path, 1, "rooms", f"'{name}' is no room yet: give it a row in {TABLE}")
        return
    if path.endswith(".h") and not re.search(r"^#pragma once$", source, re.M):
        yield Problem(path, 1, "once", "a header without #pragma once")
    yield from check_sizes(path, source, code)
    if is_test:
        return
    if path.startswith("src/") and path.endswith(".h"):
        yield from check_docstrings(path, source, code)
    room = rooms[name]
    yield from check_includes(path, room, rooms, source)
    yield from check_words(path, room, literals, words)
    if path not in EXEMPT_FROM_BANS:
        yield from check_bans(path, room, code)


def check_names(sources_by_path):
    """Of two types with one name, a reader never knows which is meant."""
    owners = {}
    for path, source in sources_by_path.items():
        if not path.startswith("src/") or not path.endswith((".h", ".cpp")):
            continue
        if path.endswith("_test.cpp"):
            continue
        for each in types(strip(source)[0]):
            owner = owners.setdefault(each.name, path) if each.is_class else path
            if owner != path:
                yield Problem(path, each.line, "names",
                              f"{owner} has a type {each.name} too: rename one")


# --- the repository ------------------------------------------------------------------------------

FOLDERS = ["src", "tools", "tests", "bench", "examples", "docs"]
SOURCES = {".h", ".cpp", ".py", ".sh", ".cmake", ".md"}


def is_script(path):
    if path.suffix or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(2) == b"#!"


def sources(root):
    others = [root / name for name in ("CMakeLists.txt", "CMakePresets.json", "dev", ".ci/run")]
    yield from (path for path in others if path.is_file())
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in SOURCES or path.name == "CMakeLists.txt" or is_script(path):
                yield path


def check_tree(root):
    problems, lengths = [], []
    words = set()
    for dialect in DIALECTS:
        found = wire_words((root / dialect).read_text()) if (root / dialect).is_file() else set()
        words |= found
        if not found:
            problems.append(Problem(dialect, 1, "words", "this dialect's words are missing"))
    rooms = Rooms((root / TABLE).read_text() if (root / TABLE).is_file() else "")
    problems += [Problem(TABLE, line, "rooms", message) for line, message in rooms.problems]
    problems += [Problem(path, line, "rooms", message)
                 for path, line, message in rooms.check_readmes(root)]
    sources_by_path = {}
    for path in sources(root):
        source = path.read_text()
        name = path.relative_to(root).as_posix()
        sources_by_path[name] = source
        problems += check_file(name, source, rooms, words)
        if source.startswith("#!") and not path.stat().st_mode & stat.S_IXUSR:
            problems.append(Problem(name, 1, "executable", "begins with #!, and cannot be run"))
        if path.suffix in {".h", ".cpp"}:
            lengths += [length for _, length in functions(strip(source)[0])]
    problems += check_names(sources_by_path)
    return problems, lengths


def report(root):
    problems, lengths = check_tree(root)
    for problem in problems:
        print(problem)
    if len(lengths) > 1:
        nine_in_ten = statistics.quantiles(lengths, n=10)[-1]
        print(f"tidy: {len(lengths)} functions, half of them within"
              f" {statistics.median(lengths):.0f} lines, nine in ten within {nine_in_ten:.0f}")
    print(f"tidy: {len(problems)} problems" if problems else "tidy: all well")
    return 1 if problems else 0


# --- the self-test -------------------------------------------------------------------------------

def body(lines):
    return "void f() {\n" + "  g();\n" * (lines - 2) + "}\n"


WORDS_OF_TEST = (
    '#include "commands/wifi.h"\nstruct Word {};\nconstexpr Words kWords({{Word::ok, "\\r\\nOK"},'
    ' {Word::no_ip, "no ip"}, {Word::status, "STATUS:"}});\n'
)

ROOMS_OF_TEST = """
base            core        -
at              core        base
ports           core        base
settings        core        base
module          core        base at ports settings
commands        core        base at ports settings module
manual          host        base at commands
sim             repeatable  base at ports settings module +commands
firmware        chip        base at ports settings module commands
daemon/process  host        base
daemon/serial   host        base daemon/process
daemon/sockets  host        base ports daemon/process
daemon/board    host        base module sim daemon/process daemon/serial daemon/sockets
daemon/world    host        base sim daemon/board/module_spec.h
daemon          host        base module manual sim daemon/board daemon/world
tools           host        base at commands manual
"""

# (file, content, the rule that must fire, or None where nothing may); the table of rooms gets the
# content as one more row
CASES = [
    # which room may include which
    ("src/at/a.h", '#include "base/text.h"', None),
    ("src/at/a.h", '#include "module/module.h"', "rooms"),
    ("src/base/a.h", '#include "at/reply.h"', "rooms"),
    ("src/ports/a.h", '#include "at/reply.h"', "rooms"),
    ("src/settings/a.h", '#include "ports/radio.h"', "rooms"),
    ("src/module/a.h", '#include "commands/bfq4004.h"', "rooms"),
    ("src/commands/a.cpp", '#include "module/module.h"', None),
    ("src/commands/a.cpp", '#include "sim/air.h"', "rooms"),
    ("src/sim/a.cpp", '#include "commands/bfq4004.h"', "rooms"),
    ("src/daemon/a.cpp", '#include "sim/air.h"', None),
    ("src/daemon/a.cpp", '#include "manual/manual.h"', None),
    ("src/manual/a.cpp", '#include "commands/bfq4004.h"\nstd::string s;', None),
    ("src/manual/a.cpp", '#include "module/module.h"', "rooms"),
    ("src/firmware/a.cpp", '#include "manual/manual.h"', "rooms"),
    ("src/daemon/a.cpp", '#include "daemon/board/board.h"', None),
    ("src/daemon/board/a.cpp", '#include "daemon/serial/wire.h"', None),
    ("src/daemon/board/a.cpp", '#include "daemon/options.h"', "rooms"),
    ("src/daemon/serial/a.cpp", '#include "daemon/process/failure.h"', None),
    ("src/daemon/serial/a.cpp", '#include "daemon/sockets/policy.h"', "rooms"),
    ("src/daemon/sockets/a.cpp", '#include "daemon/serial/wire.h"', "rooms"),
    ("src/daemon/world/a.cpp", '#include "daemon/board/module_spec.h"', None),
    ("src/daemon/world/a.cpp", '#include "daemon/board/board.h"', "rooms"),
    ("src/daemon/attic/a.cpp", "int a();", "rooms"),
    ("src/firmware/a.cpp", '#include "commands/bfq4004.h"', None),
    ("src/firmware/a.cpp", '#include "daemon/loop.h"', "rooms"),
    ("tools/a.cpp", '#include "commands/bfq4004.h"', None),
    ("tools/a.cpp", '#include "daemon/loop.h"', "rooms"),
    ("tests/a.cpp", '#include "daemon/loop.h"', None),
    ("src/at/a_test.cpp", '#include "commands/bfq4004.h"\nstd::string s;', None),
    ("src/at/a.h", '#include "reply.h"', "rooms"),
    ("src/attic/a.h", "int a();", "rooms"),
    ("src/a.h", "int a();", "rooms"),
    # the table of rooms, and what READMEs say of it
    (TABLE, "attic  host  base", "rooms"),  # there is no such folder
    (TABLE, "base  core  -", "rooms"),
    (TABLE, "tools/a  stone  base", "rooms"),
    (TABLE, "daemon/world/a  core  base sim", "rooms"),
    (TABLE, "daemon/world/a  host  attic", "rooms"),
    (TABLE, "# nothing more", None),
    ("src/at/README.md", "# at\n\nMay include base.", None),
    ("src/at/README.md", "# at\n\nMay include base and\nmodule. And so on.", "rooms"),
    ("src/at/README.md", "# at", "rooms"),
    ("src/base/README.md", "# base\n\nMay include no other room.", None),
    ("src/module/README.md",
     "# module\n\nA chip. May include base, at,\nports and settings. More.", None),
    ("src/daemon/world/README.md",
     "# world\n\nMay include base, sim and daemon/board/module_spec.h.", None),
    ("src/daemon/world/README.md", "# world\n\nMay include base, sim and daemon/board.", "rooms"),
    # what the core may not use
    ("src/at/a.cpp", "int* p = new int;", "heap"),
    ("src/at/a.cpp", "// a new line\nint a(const A&) = delete;", None),
    ("src/at/a.cpp", "void f(int* p) { delete p; }", "heap"),
    ("src/at/a.cpp", "void* p = malloc(3);", "heap"),
    ("src/module/a.cpp", "std::string s;", "heap"),
    ("src/module/a.cpp", "std::string_view s;", None),
    ("src/module/a.cpp", "std::vector<int> v;", "heap"),
    ("src/module/a.cpp", "std::unordered_map<int, int> m;", "heap"),
    ("src/module/a.cpp", "std::unique_ptr<int> m;", "heap"),
    ("src/module/a.cpp", "std::function<void()> f;", "heap"),
    ("src/module/a.cpp", "auto s = std::to_string(3);", "heap"),
    ("src/firmware/a.cpp", "#include <vector>", "heap"),
    ("src/daemon/a.cpp", "#include <vector>\nstd::vector<int> v;", None),
    ("src/sim/a.cpp", "#include <vector>\nstd::vector<int> v;", None),
    ("src/base/check_host.cpp", 'void f() { std::fprintf(stderr, "x"); }', None),
    ("src/commands/a.cpp", "void f() { throw 3; }", "exceptions"),
    ("src/commands/a.cpp", "void f() { try { g(); } catch (...) {} }", "exceptions"),
    ("src/commands/a.cpp", "void f() { auto s = t.substr(3); }", "may-throw"),
    ("src/commands/a.cpp", "void f() { auto s = t->at(3); }", "may-throw"),
    ("src/commands/a.cpp", "void f() { auto s = at(3); auto t = deadline.at(); }", None),
    ("src/ports/a.h", "///\nstruct A { virtual void f(); };", "rtti"),
    ("src/ports/a.h", "auto* a = dynamic_cast<A*>(b);", "rtti"),
    ("src/module/a.cpp", "auto t = Clock::now();", "clock"),
    ("src/sim/a.cpp", "auto t = std::chrono::steady_clock::now();", "clock"),
    ("src/sim/a.cpp", "auto t = time(nullptr);", "clock"),
    ("src/sim/a.cpp", "void f(Instant now); void g() { f(now()); }", None),
    ("src/sim/a.cpp", "std::random_device d;", "chance"),
    ("src/sim/a.cpp", "int r = rand();", "chance"),
    ("src/daemon/a.cpp", "std::random_device d; auto t = Clock::now();", None),
    ("src/module/a.cpp", "std::thread t;", "threads"),
    ("src/module/a.cpp", "std::atomic<int> t;", "threads"),
    ("src/module/a.cpp", "thread_local int t;", "threads"),
    ("src/module/a.cpp", "static int count = 0;", "statics"),
    ("src/module/a.cpp", "void f() {\n  static Text<8> t;\n}", "statics"),
    ("src/module/a.cpp", "static Foo foo{1};", "statics"),
    ("src/module/a.h",
     "///\nstruct A { static A make(int x = 3); static constexpr int k = 3; };", None),
    ("src/module/a.h",
     "///\nstruct A { static bool operator==(A, A); };\nstatic_assert(sizeof(A) == 1);", None),
    ("src/module/a.cpp", "#include <iostream>", "streams"),
    ("src/module/a.cpp", "void f() { std::cout << 3; }", "streams"),
    ("src/module/a.cpp", "void f() { std::printf(x); }", "streams"),
    ("src/module/a.cpp", "void f() { snprintf(x); }", "streams"),
    # the words on the wire
    ("src/module/a.cpp", 'reply.line("no ip");', "words"),
    ("src/module/a.cpp", 'auto w = "no ip";', "words"),
    ("src/module/a.cpp", 'reply.text("+X:").text("OK, but");', "words"),
    ("src/module/a.cpp", 'reply.text("something new");', "words"),
    ("src/module/a.cpp", 'reply\n    .text(\n        "something new");', "words"),
    ("src/module/a.cpp", 'reply.text("+CIPSTATUS:").text(",").text("\\"").line(":");', None),
    ("src/module/a.cpp", 'trace("radio::Joined");', None),
    ("src/commands/a.cpp",
     'constexpr Command kX{.name = "+X", .summary = "Answers OK, or no ip"};', None),
    ("src/commands/a.cpp", 'constexpr Param kP[] = {\n    param<&A::b>("no ip", "c")};', None),
    ("src/commands/a.cpp", 'auto shape = other.answering("no ip");', "words"),
    ("src/commands/a.cpp", 'auto shape = other.answering("{no_ip}: <ip>");', None),
    ("src/commands/a.cpp", 'auto shape = other.taking("no ip");', "words"),
    ("src/commands/a.cpp", 'auto s = "a\\r\\n";', "words"),
    ("src/at/interpreter.cpp", 'auto s = "a\\r\\n";', "words"),
    ("src/at/reply.cpp", 'void end() { text("\\r\\n"); }', None),
    ("src/at/reply.cpp", 'void f() { text("a\\r\\n"); }', "words"),
    ("src/at/interpreter.cpp", 'void f() { out.line("OK"); }', "words"),
    ("src/daemon/a.cpp", 'print("OK\\r\\n");', None),
    ("src/ports/a.h", 'auto w = "no ip";', None),  # cannot write to the host
    # every public type says what it stands for
    ("src/module/a.h", "/// A room.\nstruct Room {};", None),
    ("src/module/a.h", "struct Room {};", "docstring"),
    ("src/module/a.h", "/// A room.\n\nstruct Room {};", "docstring"),
    ("src/module/a.h", "namespace bfq {\n// A room.\nenum class Room : int { a };\n}",
     "docstring"),
    ("src/module/a.h", "/// Rooms.\ntemplate <class T>\nusing Rooms = A<T>;", None),
    ("src/module/a.h", "template <class T>\nusing Rooms = A<T>;", "docstring"),
    ("src/module/a.h", "int a();\nconcept Room = requires(A& a) { a.b(); };",
     "docstring"),
    ("src/module/a.h", "struct Room;\nusing namespace b;\nusing b::Room;", None),
    ("src/module/a.h", "namespace detail {\nstruct Room {};\n}", None),
    ("src/module/a.h", "template <>\nstruct Room<int> {};", None),
    ("src/module/a.h", "/// A room.\nstruct Room {\n  struct Wall {};\n};", None),
    ("src/module/a.cpp", "struct Room {};", None),
    # no name twice; words.h of this test has a struct Word
    ("src/sim/a.h", "namespace bfq::sim {\n///\nstruct Word {};\n}", "names"),
    ("src/sim/a.h", "namespace bfq::sim {\n///\nenum class Word : int { a };\n}", "names"),
    ("src/sim/a.cpp", "namespace {\nclass Word final : public A {};\n}", "names"),
    ("src/sim/a.h", "struct Word;\nWord a();", None),
    ("src/sim/a.h", "///\nclass A {\n  struct Word {};\n};", None),
    ("src/sim/a.h", "template <>\nstruct Word<int> {};", None),
    ("src/sim/a.h", "///\nstruct Words {};\nWord a{1};\nvoid f() { struct Word {}; }", None),
    ("src/sim/a_test.cpp", "struct Word {};", None),
    # sizes
    ("src/daemon/a.cpp", body(MAX_FUNCTION_LINES), None),
    ("src/daemon/a.cpp", body(MAX_FUNCTION_LINES + 1), "function-length"),
    ("src/daemon/a.cpp", "A::A()\n    : a_{1}, b_{f()} {\n" + "  g();\n" * 60 + "}\n",
     "function-length"),
    ("src/daemon/a.cpp", "namespace a {\n" + body(50) + body(50) + "}  // namespace a\n", None),
    ("src/daemon/a.cpp", "constexpr int kTable[] = {\n" + "  f(1),\n" * 80 + "};\n", None),
    ("tests/a.cpp", "TEST(A, b) {\n" + "  g();\n" * 80 + "}\n", "function-length"),
    ("src/daemon/a.cpp", "int a();\n" * (MAX_FILE_LINES - 1), None),
    ("src/daemon/a.cpp", "int a();\n" * MAX_FILE_LINES, "file-length"),
    ("tests/a.cpp", "int a();\n" * (MAX_FILE_LINES + 1), None),
    ("src/daemon/a.cpp", "// " + "é" * (MAX_COLUMNS - 3), None),
    ("src/daemon/a.cpp", "// " + "x" * (MAX_COLUMNS - 2), "columns"),
    ("src/daemon/a.cpp", "int a(); ", "blanks"),
    ("src/daemon/a.cpp", "\tint a();", "blanks"),
    ("src/daemon/b.h", "int a();", "once"),
    ("tools/a.py", "# " + "x" * MAX_COLUMNS, "columns"),
    ("tests/a", "#!/bin/bash\n# " + "x" * MAX_COLUMNS, "columns"),
    ("tests/a", "x" * MAX_COLUMNS + "x", None),
    ("tools/unexecutable.py", "#!/usr/bin/python3", "executable"),
    ("tools/tool.py", "#!/usr/bin/python3", None),
    # Markdown
    ("src/at/README.md", "#at : a language\n\nMay include base.", "markdown"),
    ("docs/a.md", "An introduction.", "markdown"),
    ("docs/a.md", "<!-- generated -->\n# A title\n\n" + "x" * MAX_COLUMNS + "x", None),
]


def tree_of_test(folder, path, content):
    """A repository without problems, apart from that content in that file."""
    files = {dialect: '#pragma once\n"OK";' for dialect in DIALECTS}
    files |= {DIALECTS[0]: WORDS_OF_TEST, TABLE: ROOMS_OF_TEST}
    for room in Rooms(ROOMS_OF_TEST).values():
        files[room.folder + "/README.md"] = "# A room\n\n" + room.sentence()
    files[path] = (ROOMS_OF_TEST if path == TABLE else "") + content + "\n"
    root = pathlib.Path(folder)
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
        if text.startswith("#!") and "unexecutable" not in name:
            (root / name).chmod(0o755)
    return root


def self_test():
    failures, fired = 0, set()
    for path, content, expected in CASES:
        if path.endswith("/a.h"):
            content = "#pragma once\n" + content
        with tempfile.TemporaryDirectory() as folder:
            got = {problem.rule for problem in check_tree(tree_of_test(folder, path, content))[0]}
        fired |= got
        if got != ({expected} if expected else set()):
            failures += 1
            print(f"self-test: {path}: {content[:70]!r}: expected {expected}, got {sorted(got)}")
    with tempfile.TemporaryDirectory() as folder:
        if not any(problem.path in DIALECTS for problem in check_tree(pathlib.Path(folder))[0]):
            failures += 1
            print("self-test: a missing table of words was not noticed")
    rules = {rule for rule, *_ in BANS} | {rule for rule, _ in BANNED_HEADERS.values()}
    rules |= {"rooms", "words", "columns", "blanks", "file-length", "function-length", "once",
              "markdown", "names", "executable"}
    for rule in sorted(rules - fired):
        failures += 1
        print(f"self-test: no case shows that [{rule}] fires")
    print(f"tidy --self-test: {len(CASES)} cases, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    if sys.argv[1:] == ["--self-test"]:
        sys.exit(self_test())
    if len(sys.argv) > 2 or (len(sys.argv) == 2 and sys.argv[1].startswith("-")):
        sys.exit(__doc__)
    repository = (
        pathlib.Path(sys.argv[1]) if len(sys.argv) == 2 else pathlib.Path(__file__).parent.parent
    )
    sys.exit(report(repository.resolve()))
