#!/usr/bin/env python3
"""Has the fuzzers' compiler read changed sources, without building anything.

usage: clang_syntax.py COMPILE_COMMANDS FILE...

The product is built with g++; only the fuzzers are built with clang, and nobody builds them for a small change.
Takes each file's own command from the fuzz preset. A header is read with the sources beside it that include it.
Exits 1 with the compiler's words if it refuses one, 2 for a wrong command line.
"""

import concurrent.futures
import json
import os
import shlex
import subprocess
import sys


def units_of(path, commands):
    """The translation units that show whether the file at a path compiles."""
    if not path.endswith(".h"):
        return [path] if path in commands else []
    folder, name = os.path.split(path)
    line = f'/{name}"'
    found = []
    for unit in commands:
        if os.path.dirname(unit) == folder:
            with open(unit, encoding="utf-8") as source:
                if any(text.startswith("#include") and text.rstrip().endswith(line) for text in source):
                    found.append(unit)
    return found


def refusal(entry):
    """What the compiler says against a unit; empty if it takes it."""
    command = entry.get("arguments") or shlex.split(entry["command"])
    if "ccache" in os.path.basename(command[0]):
        command = command[1:]
    output = command.index("-o")
    command = command[:output] + command[output + 2:] + ["-fsyntax-only"]
    # What it would write for ninja: the dependencies of an object that is not made.
    command = [word for word in command if word not in ("-MD", "-c")]
    for option in ("-MT", "-MF"):
        if option in command:
            place = command.index(option)
            command = command[:place] + command[place + 2:]
    ran = subprocess.run(command, cwd=entry["directory"], capture_output=True, text=True, check=False)
    return ran.stderr + ran.stdout if ran.returncode != 0 else ""


def main(arguments):
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    with open(arguments[0], encoding="utf-8") as database:
        commands = {entry["file"]: entry for entry in json.load(database)}
    units = sorted({unit for path in arguments[1:] for unit in units_of(path, commands)})
    workers = int(os.environ.get("FINELINE_JOBS") or os.cpu_count() or 1)
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        refused = [text for text in pool.map(lambda unit: refusal(commands[unit]), units) if text]
    print("\n".join(refused), end="")
    print(f"clang read {len(units)} sources and refused {len(refused)}")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
