"""What the tidy tests look at: the repository's text files, its table of modules, its exceptions."""

import functools
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEXT_SUFFIXES = {".h", ".cpp", ".py", ".mjs", ".js", ".json", ".sh", ".md", ".txt", ".cmake", ".yaml",
                 ".yml", ".seg", ".sql", ".ts", ".svelte", ".css", ".html", ""}
SOURCE_FOLDERS = ("src", "tests", "fuzz", "bench")
SKIPPED_FOLDERS = {"build", "node_modules", "__pycache__", ".git", ".cache", ".ccache"}


@functools.cache
def files():
    """Returns every file that is, or would be, under version control, sorted; paths relative to ROOT."""
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
                            capture_output=True, check=False)
    if listed.returncode == 0:
        paths = [pathlib.Path(name) for name in listed.stdout.decode().split("\0") if name]
    else:
        paths = [path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file()]
        paths = [path for path in paths if not SKIPPED_FOLDERS.intersection(path.parts)]
    return sorted(path for path in set(paths) if (ROOT / path).is_file())


@functools.cache
def text(path):
    return (ROOT / path).read_text(encoding="utf-8")


def text_files():
    """Returns the files people write by hand; data, corpora and inputs of tests may hold any bytes."""
    return [path for path in files()
            if path.suffix in TEXT_SUFFIXES and "corpus" not in path.parts and "data" not in path.parts]


def cpp_files(*suffixes):
    return [path for path in files() if path.parts[0] in SOURCE_FOLDERS and path.suffix in (suffixes or (".h", ".cpp"))]


@functools.cache
def modules():
    """Returns the table of docs/architecture.md: name → dict(level, may_include, libraries).

    `libraries` maps a header to the file that may include it, or to None for the whole module.
    """
    table = {}
    for line in text(pathlib.Path("docs/architecture.md")).splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if len(cells) != 5 or not cells[0].isdigit():
            continue
        libraries = {}
        for entry in cells[4].split(","):
            match = re.fullmatch(r"`([^`]+)`(?: in `([^`]+)`)?|(POSIX)", entry.strip())
            if match:
                libraries[match[1] or match[3]] = match[2]
            elif entry.strip() != "–":
                raise ValueError(f"docs/architecture.md: cannot read '{entry.strip()}' in the table of modules")
        may_include = {name.strip() for name in cells[3].split(",")} - {"–"}
        table[cells[1].strip("`")] = {"level": int(cells[0]), "may_include": may_include, "libraries": libraries}
    return table


@functools.cache
def exceptions():
    """Returns tests/tidy/exceptions.txt as a set of (rule, path, subject); each line gives its reason."""
    found = set()
    for number, line in enumerate(text(pathlib.Path("tests/tidy/exceptions.txt")).splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        entry, separator, reason = line.partition(" -- ")
        words = entry.split()
        if not separator or not reason.strip() or len(words) not in (2, 3):
            raise ValueError(f"tests/tidy/exceptions.txt:{number}: not 'RULE PATH [SUBJECT] -- REASON'")
        found.add((words[0], words[1], words[2] if len(words) == 3 else ""))
    return found


def excepted(rule, path, subject=""):
    return (rule, str(path), subject) in exceptions()
