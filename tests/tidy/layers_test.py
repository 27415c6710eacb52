"""Who may include whom: the table in docs/architecture.md against the sources and CMake's links."""

import re
import unittest

from repository import ROOT, cpp_files, excepted, files, modules, text

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
POSIX = {"fcntl.h", "unistd.h", "signal.h", "poll.h", "spawn.h", "termios.h", "dirent.h", "sys/stat.h", "sys/types.h",
         "sys/mman.h", "sys/wait.h", "sys/file.h", "sys/ioctl.h", "sys/resource.h", "sys/statvfs.h", "sys/uio.h",
         "sys/socket.h", "arpa/inet.h"}
TEST_LIBRARIES = ("gtest/", "gmock/")
TEST_FILE = re.compile(r"(^|_)test(s|ing)?[_.]")


def module_of(path):
    """Returns the module a source belongs to; src/main.cpp belongs to none."""
    return path.parts[1] if path.parts[0] == "src" and len(path.parts) > 2 else None


def includes(path):
    for match in INCLUDE.finditer(text(path)):
        line = text(path).count("\n", 0, match.start()) + 1
        yield f"{path}:{line}", match[1] == '"', match[2]


class LayersTest(unittest.TestCase):
    def setUp(self):
        self.findings = []

    def tearDown(self):
        if self.findings:
            self.fail("\n" + "\n".join(self.findings))

    def test_the_table_names_every_module_and_no_other(self):
        folders = {path.parts[1] for path in files() if path.parts[0] == "src" and len(path.parts) > 2}
        self.assertEqual(folders, set(modules()))

    def test_the_table_points_downwards_only(self):
        for name, module in modules().items():
            for used in module["may_include"]:
                self.assertIn(used, modules(), f"{name} may include {used}, which is no module")
                if modules()[used]["level"] >= module["level"]:
                    self.findings.append(f"docs/architecture.md: {name} may include {used}, which is not below it")

    def test_modules_include_only_what_their_row_names(self):
        for path in cpp_files():
            name = module_of(path)
            if name is None:
                continue
            allowed = {name, "base", "model"} | modules()[name]["may_include"]
            allowed = {used for used in allowed if used == name or modules()[used]["level"] < modules()[name]["level"]}
            for where, own, header in includes(path):
                if own and header.split("/")[0] not in allowed:
                    self.findings.append(f'{where}: {name} must not include "{header}"')

    def test_includes_start_at_src(self):
        for path in cpp_files():
            for where, own, header in includes(path):
                if own and not (ROOT / "src" / header).is_file() and not (
                        path.parts[0] != "src" and (ROOT / path.parent / header).is_file()):
                    self.findings.append(f'{where}: "{header}" does not lie below src/')

    def test_libraries_stay_where_the_table_puts_them(self):
        for path in cpp_files():
            name = module_of(path)
            if name is None:
                continue
            for where, own, header in includes(path):
                if own or not ("." in header or "/" in header):
                    continue
                if TEST_FILE.search(path.name) and (header.startswith(TEST_LIBRARIES) or header in POSIX):
                    continue
                libraries = modules()[name]["libraries"]
                known = "POSIX" if header in POSIX else header
                if known not in libraries:
                    self.findings.append(f"{where}: the table does not give <{header}> to {name}")
                elif libraries[known] not in (None, path.name) and not excepted("library", path, header):
                    self.findings.append(f"{where}: only {libraries[known]} includes <{header}>")
                elif path.suffix == ".h" and known != "POSIX":
                    self.findings.append(f"{where}: a header must not include <{header}>")

    def test_links_follow_the_table(self):
        for name, module in modules().items():
            cmake = text((ROOT / "src" / name / "CMakeLists.txt").relative_to(ROOT))
            uses = re.search(r"USES\s+([\w\s]+?)(?:LIBS|\))", cmake)
            for used in uses[1].split() if uses else []:
                if used not in module["may_include"] | {"base", "model"}:
                    self.findings.append(f"src/{name}/CMakeLists.txt: {name} must not use {used}")


if __name__ == "__main__":
    unittest.main()
