#!/usr/bin/python3
"""Checks the image of the core for Cortex-M4: that it fits, that nothing in it allocates, throws or
prints, and that no words for people lie in its flash. Prints what it weighs.

  firmware_check.py IMAGE.elf
  firmware_check.py --self-test   proves that each of these is noticed
"""
import pathlib
import re
import subprocess
import sys
import tempfile

from tidy import DIALECTS, strip

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
TOOLCHAIN = REPOSITORY / "src/firmware/cortex_m4.cmake"

# The commands of both manuals. A leap is noticed, and so is growth beyond what a Cortex-M4 with
# 128 KiB of flash has room for beside a driver for its radio.
MAX_TEXT = 96 * 1024
MAX_MODULE = 24 * 1024

# Linker symbols that no image may have: pattern -> what their presence means.
BANNED_SYMBOLS = {
    r"_?(malloc|calloc|realloc|free)(_r)?|_sbrk(_r)?|_Zn[wa].*|_Zd[la].*": "the heap",
    r"_Unwind_.*|__aeabi_unwind.*|__gnu_unwind.*|__gxx_personality.*": "the unwinder",
    r"__cxa_(throw|rethrow|allocate_exception|(begin|end)_catch).*|_ZSt\d+__throw_.*": "exceptions",
    r"_ZT[IS].*|__dynamic_cast": "RTTI",
    r"__cxa_pure_virtual|_ZTV.*": "virtual calls",
    r"_?[a-z]*printf(_r)?|_?puts(_r)?|_ZNS[oi].*|_ZNSt8ios_base.*": "stdio or streams",
    r"_ZN?K?S[as].*|_ZNK?St7__cxx1112basic_string.*": "std::string",
}


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def banned(image):
    for line in output_of("arm-none-eabi-nm", image).splitlines():
        symbol = line.split()[-1]
        for pattern, what in BANNED_SYMBOLS.items():
            if re.fullmatch(pattern, symbol):
                yield f"{symbol}: {what} is in the image"


def words_for_people():
    """Sentences from the rows of commands: literals long enough to be prose. Those of a dialect are
    for hosts."""
    words = set()
    dialects = {REPOSITORY / dialect for dialect in DIALECTS}
    for path in set((REPOSITORY / "src/commands").glob("*.[hc]*")) - dialects:
        _, literals = strip(path.read_text())
        words |= {literal.text for literal in literals if literal.text.count(" ") >= 3}
    return words


def docs_in(image, words):
    content = pathlib.Path(image).read_bytes()
    for word in sorted(words):
        if word.encode() in content:
            yield f'"{word}": a sentence for people is in the image, see base/doc.h'


def sizes(image):
    """(text, RAM, size of the Module), in bytes; text is all that lies in flash."""
    row = output_of("arm-none-eabi-size", image).splitlines()[1]
    text, data, bss = (int(n) for n in row.split()[:3])
    symbols = output_of("arm-none-eabi-nm", "-C", "-S", image)
    module = re.search(r"^\w+ (\w+) [bBdD] .*\bmodule$", symbols, re.M)
    return text + data, data + bss, int(module[1], 16) if module else 0


def too_large(image):
    text, _, module = sizes(image)
    if text > MAX_TEXT:
        yield f"{text} bytes of text, of {MAX_TEXT}"
    if module == 0:
        yield "there is no object named 'module' to weigh"
    if module > MAX_MODULE:
        yield f"a Module of {module} bytes, of {MAX_MODULE}"


def deepest_frame(folder):
    """The function with the largest stack frame, from the output of -fstack-usage."""
    lines = [line for path in folder.rglob("*.su") for line in path.read_text().splitlines()]
    frames = [line.split("\t") for line in lines]
    return max(
        ((int(size), name.split(":", 3)[-1]) for name, size, _ in frames), default=(0, "nothing")
    )


def check(image):
    words = words_for_people()
    problems = [*banned(image), *docs_in(image, words), *too_large(image)]
    if not words:
        problems.append("no sentence found in src/commands: what should be missing from the image?")
    text, ram, module = sizes(image)
    frame, function = deepest_frame(pathlib.Path(image).parent)
    print(f"firmware: {text:,} bytes of text (of {MAX_TEXT:,}), {ram:,} of RAM, of which one Module"
          f" is {module:,} (of {MAX_MODULE:,}); largest stack frame {frame:,}, in {function}")
    for problem in problems:
        print(f"firmware: {problem}")
    return 1 if problems else 0


# --- the self-test -------------------------------------------------------------------------------

START_UP = 'extern "C" { void* __dso_handle; }\n'  # what the C++ library expects of a start-up file
SOUND = "int module; int main() { return ++module; }"
# (what it shows, source, words for people, part of the message expected or None)
CASES = [
    ("a sound image", SOUND, {"not in there"}, None),
    ("new", "int* volatile module; int main() { module = new int; }", set(), "the heap"),
    ("delete", "int* volatile module; int main() { delete module; }", set(), "the heap"),
    ("malloc", "#include <stdlib.h>\nvoid* volatile module; int main() { module = malloc(3); }",
     set(), "the heap"),
    ("std::vector", "#include <vector>\nint volatile module; int main(int n, char**) {"
     " std::vector<int> v(n); module = v[n - 1]; }", set(), "the heap"),
    ("substr", "#include <string_view>\nint volatile module; int main(int n, char** s) {"
     " module = std::string_view(s[0]).substr(n)[0]; }", set(), "exceptions"),
    ("std::string", "#include <string>\nint volatile module; int main(int n, char**) {"
     " std::string s; s.resize(n); module = s[n - 1]; }", set(), "std::string"),
    ("virtual", "struct A { virtual int f(); }; int A::f() { return 3; }\nA module;"
     " int main() { A* volatile a = &module; a->f(); }", set(), "virtual calls"),
    ("printf", "#include <stdio.h>\nint module; int main(int n, char**) { printf(\"%d\", n); }",
     set(), "stdio"),
    ("a sentence", "const char* volatile module; int main() { module = \"Joins a network.\"; }",
     {"Joins a network."}, "a sentence for people"),
    ("too much text", f"const char volatile table[{MAX_TEXT}] = {{1}}; int module;"
     " int main(int n, char**) { module = table[n]; }", set(), "bytes of text"),
    ("too large a Module", f"char volatile module[{MAX_MODULE + 1}];"
     " int main(int n, char**) { module[n] = 1; }", set(), "a Module of"),
    ("no Module", "int main() {}", set(), "no object named 'module'"),
]


def toolchain_flags():
    """The flags that the image itself is built with."""
    text = TOOLCHAIN.read_text().replace("\\\n", "")
    found = re.findall(r'set\(CMAKE_(?:CXX|EXE_LINKER)_FLAGS_INIT "([^"]*)"\)', text)
    assert len(found) == 2, f"{TOOLCHAIN} is not as this test knows it"
    return " ".join(found).split()


def self_test():
    failures, flags = 0, toolchain_flags()
    with tempfile.TemporaryDirectory() as folder:
        source, image = pathlib.Path(folder) / "a.cpp", pathlib.Path(folder) / "a.elf"
        for name, text, words, expected in CASES:
            source.write_text(START_UP + text)
            output_of("arm-none-eabi-g++", "-std=c++20", "-Os", "-w", *flags, source, "-o", image)
            got = [*banned(image), *docs_in(image, words), *too_large(image)]
            if not any(expected in problem for problem in got) if expected else got:
                failures += 1
                print(f"self-test: {name}: expected {expected}, got {got}")
    print(f"firmware_check --self-test: {len(CASES)} cases, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(self_test() if sys.argv[1] == "--self-test" else check(sys.argv[1]))
