"""Runs the program the way a person or a script does: a command line in, exit code and two streams out."""

import json
import os
import pathlib
import random
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("FINELINE", str(ROOT / "build" / "fineline"))
SEED = int(os.environ.get("FINELINE_SEED", "1"))
NOON = "2024-06-30T12:00:00Z"

SHOP = """customer_id,timestamp,event,amount,product
ada,2024-01-05T10:00:00Z,purchase,40,tea
ada,2024-06-20T10:00:00Z,purchase,15.5,cup
ben,2024-02-01T09:30:00Z,purchase,100,pot
ben,2024-02-03T09:30:00Z,refund,100,pot
cy,2024-06-29T23:59:59Z,visit,,
"""


def start(*arguments, **options):
    """Starts the program; its output goes to pipes unless `options` say otherwise."""
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    return subprocess.Popen([PROGRAM, *map(str, arguments)], **options)


def run(*arguments, stdin=None, timeout=600):
    """Runs the program to its end; output is text, whatever bytes it held."""
    return subprocess.run([PROGRAM, *map(str, arguments)], input=stdin, capture_output=True, timeout=timeout,
                          stdin=None if stdin is not None else subprocess.DEVNULL, encoding="utf-8",
                          errors="surrogateescape", check=False)


class ProgramTest(unittest.TestCase):
    """A test with a directory of its own for data and files."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fineline-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.data = self.folder / "data"
        self.random = random.Random(f"{SEED} {self.id()}")

    def write(self, name, content):
        path = self.folder / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content, encoding="utf-8", newline="")
        return path

    def succeed(self, *arguments, stdin=None):
        """Runs a command that must end with 0; returns its standard output."""
        finished = run(*arguments, stdin=stdin)
        self.assertEqual(0, finished.returncode, f"{arguments} said: {finished.stderr}{finished.stdout}")
        return finished.stdout

    def refuse(self, code, *arguments, stdin=None):
        """Runs a command that must end with `code` and say why on standard error; returns that."""
        finished = run(*arguments, stdin=stdin)
        self.assertEqual(code, finished.returncode, f"{arguments} said: {finished.stderr}{finished.stdout}")
        self.assertNotEqual("", finished.stderr.strip(), f"{arguments} failed without a word")
        return finished.stderr

    def answer(self, *arguments):
        """Runs a command with --json; returns what its standard output holds."""
        return json.loads(self.succeed(*arguments, "--json"))

    def load(self, text=SHOP, *arguments, name="shop.csv", data=None):
        return self.succeed("load", "--data", data or self.data, *arguments, self.write(name, text))

    def count(self, expression, at=NOON, data=None):
        return int(self.succeed("ask", "--data", data or self.data, "--at", at, expression))

    def members(self, expression, at=NOON, data=None):
        return self.succeed("ask", "--data", data or self.data, "--at", at, expression, "--members").split()
