"""The shape of files and functions that docs/style.md asks for."""

import re
import unittest

import cpp_shape
from repository import ROOT, cpp_files, excepted, exceptions, files, modules, text, text_files

FUNCTION_LINES_MAX = 70
PARAMETERS_MAX = 5
FILE_LINES_MAX = 600
HEADER_LINES_MAX = 200
COLUMNS_MAX = 100
README_LINES_MAX = 40
EMPTY_NAMES = {"util", "utils", "helper", "helpers", "common", "manager", "impl", "data", "info", "misc"}


class ShapeTest(unittest.TestCase):
    def setUp(self):
        self.findings = []

    def tearDown(self):
        if self.findings:
            self.fail("\n" + "\n".join(self.findings))

    def each_line(self, paths, pattern, message, code_only=False):
        """Reports every line that matches; `code_only` looks past comments and literals."""
        for path in paths:
            lines = cpp_shape.without_literals(text(path)) if code_only else text(path)
            for number, line in enumerate(lines.splitlines(), 1):
                if re.search(pattern, line):
                    self.findings.append(f"{path}:{number}: {message}")

    def test_functions_are_short_and_take_few_parameters(self):
        for path in cpp_files():
            for function in cpp_shape.functions(text(path)):
                where = f"{path}:{function.line}: {function.name}"
                if function.body_lines > FUNCTION_LINES_MAX and not excepted("function-lines", path, function.name):
                    self.findings.append(f"{where} has {function.body_lines} lines, more than {FUNCTION_LINES_MAX}")
                if function.parameters > PARAMETERS_MAX and not excepted("parameters", path, function.name):
                    self.findings.append(f"{where} takes {function.parameters} parameters, more than {PARAMETERS_MAX}")

    def test_files_are_short(self):
        for path in cpp_files():
            lines = len(text(path).splitlines())
            if lines > FILE_LINES_MAX and not excepted("file-lines", path):
                self.findings.append(f"{path}: {lines} lines, more than {FILE_LINES_MAX}")
            if path.suffix == ".h" and lines > HEADER_LINES_MAX and not excepted("header-lines", path):
                self.findings.append(f"{path}: {lines} lines, more than {HEADER_LINES_MAX} for a header")

    def test_file_names_say_what_is_inside(self):
        for path in cpp_files():
            empty = EMPTY_NAMES.intersection(path.stem.split("_"))
            if empty:
                self.findings.append(f"{path}: '{empty.pop()}' says nothing about what is inside")

    def test_there_are_no_macros(self):
        self.each_line(cpp_files(), r"^\s*#\s*define\b", "no #define", code_only=True)

    def test_nothing_throws(self):
        self.each_line(cpp_files(), r"\bthrow\b", "no throw: return an Error", code_only=True)

    def test_headers_open_no_namespace_for_others(self):
        self.each_line(cpp_files(".h"), r"\busing\s+namespace\b", "no `using namespace` in a header", code_only=True)

    def test_headers_begin_with_pragma_once(self):
        for path in cpp_files(".h"):
            if not text(path).startswith("#pragma once\n"):
                self.findings.append(f"{path}:1: a header begins with #pragma once")

    def test_what_is_left_to_do_names_an_issue(self):
        self.each_line(text_files_but_these(), r"\b(TODO|FIXME|XXX)\b(?!\(#\d+\))", "name the issue: TODO(#12)")

    def test_white_space_is_plain(self):
        sources = [path for path in text_files() if path.suffix != ".seg"]
        self.each_line(sources, r"\t", "no tab")
        self.each_line(sources, r"[ \t]+$", "no space at the end of a line")
        for path in sources:
            if text(path) and not text(path).endswith("\n"):
                self.findings.append(f"{path}: no newline at the end of the file")

    def test_modules_have_a_short_readme(self):
        for name in modules():
            readme = ROOT / "src" / name / "README.md"
            if not readme.is_file():
                self.findings.append(f"src/{name}/README.md is missing")
            elif len(readme.read_text(encoding="utf-8").splitlines()) > README_LINES_MAX:
                self.findings.append(f"src/{name}/README.md: more than {README_LINES_MAX} lines")

    def test_exceptions_are_still_needed(self):
        """An exception whose reason is gone would hide the next one."""
        for rule, name, subject in sorted(exceptions()):
            if not (ROOT / name).is_file():
                self.findings.append(f"tests/tidy/exceptions.txt: {name} does not exist")
                continue
            path = (ROOT / name).relative_to(ROOT)
            lines = len(text(path).splitlines())
            shapes = [function for function in (cpp_shape.functions(text(path)) if path.suffix in (".h", ".cpp") else [])
                      if function.name == subject]
            needed = {"file-lines": lines > FILE_LINES_MAX, "header-lines": lines > HEADER_LINES_MAX,
                      "function-lines": any(shape.body_lines > FUNCTION_LINES_MAX for shape in shapes),
                      "parameters": any(shape.parameters > PARAMETERS_MAX for shape in shapes)}.get(rule, True)
            if not needed:
                self.findings.append(f"tests/tidy/exceptions.txt: '{rule} {name} {subject}' is no longer needed")


def text_files_but_these():
    return [path for path in text_files() if path.parts[:2] != ("tests", "tidy") and path.name != "style.md"]


if __name__ == "__main__":
    unittest.main()
