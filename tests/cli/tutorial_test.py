"""Runs the tutorials as a reader would type them and compares what they print with what is written.

A `console` block holds commands behind `$ ` and what they print; a line `…` stands for any number of
lines. A file named in a tutorial's text lies beside it. Every number on the page is thus computed.
"""

import re
import shutil
import subprocess

from program import PROGRAM, ROOT, ProgramTest

TUTORIALS = ROOT / "docs" / "tutorials"


def steps(page):
    """Yields (command, expected lines) of a page."""
    for block in re.findall(r"```console\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        command, expected = None, []
        for line in block.splitlines():
            if line.startswith("$ "):
                if command is not None:
                    yield command, expected
                command, expected = line[2:], []
            elif command is not None and command.endswith("\\"):
                command = command[:-1] + line.strip()
            else:
                expected.append(line)
        yield command, expected


def runs_of(expected):
    """Splits expected lines at `…` into stretches that must follow one another."""
    stretch, found = [], []
    for line in [*expected, "…"]:
        if line.strip() == "…":
            found.append([part.rstrip() for part in stretch])
            stretch = []
        else:
            stretch.append(line)
    return [part for part in found if part]


class TutorialTest(ProgramTest):
    def setUp(self):
        super().setUp()
        bin_folder = self.folder / "bin"
        bin_folder.mkdir()
        (bin_folder / "fineline").symlink_to(PROGRAM)
        self.path = f"{bin_folder}:/usr/bin:/bin"
        shutil.copytree(ROOT / "examples" / "online-retail", self.folder / "examples" / "online-retail")
        for file in TUTORIALS.glob("*.yaml"):
            shutil.copy(file, self.folder)

    def follow(self, page):
        for command, expected in steps(page):
            finished = subprocess.run(["bash", "-c", command], cwd=self.folder, env={"PATH": self.path},
                                      capture_output=True, encoding="utf-8", timeout=600, check=False)
            self.assertEqual(0, finished.returncode, f"{command}\n{finished.stderr}{finished.stdout}")
            printed = [line.rstrip() for line in finished.stdout.splitlines()]
            at = 0
            for stretch in runs_of(expected):
                places = [i for i in range(at, len(printed) - len(stretch) + 1)
                          if printed[i:i + len(stretch)] == stretch]
                self.assertTrue(places, f"{command}\nprints\n{finished.stdout}\nbut the page says\n" +
                                "\n".join(stretch))
                at = places[0] + len(stretch)

    def test_every_tutorial_has_steps(self):
        pages = list(TUTORIALS.glob("*.md"))
        self.assertTrue(pages)
        for page in pages:
            self.assertTrue(list(steps(page)), page)

    def test_fine_line(self):
        self.follow(TUTORIALS / "fine-line.md")
