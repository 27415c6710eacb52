"""The documents: links lead somewhere, and no word tells of a place only their writers know."""

import re
import unittest

from repository import ROOT, excepted, files, text, text_files

LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")
NAMED_FILE = re.compile(r"`((?:src|tests|fuzz|bench|docs|tools|examples)/[\w./-]*\w\.\w+)`")
WRITTEN_BY_DEV = {"docs/verification.md", "docs/benchmarks.md"}
# Regular expressions of words that mean nothing to a stranger who cloned this repository, or that tie
# it to one registry's host.
FOREIGN_WORDS = (r"\.\./shared", r"(?<![\w.])/work/", r"helper session", r"(?i)\bagents?\b", r"DEVELOPERS\.md",
                 r"deb\.debian\.org", r"registry\.npmjs\.org", r"\bpypi\.org", r"proxy\.golang\.org",
                 r"repo1?\.maven", r"static\.crates\.io")


def anchors(path):
    """Returns the anchors of a document's headings, as its readers' tools make them."""
    headings = re.findall(r"^#+\s+(.*)$", re.sub(r"```.*?```", "", text(path), flags=re.DOTALL), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


class DocsTest(unittest.TestCase):
    def setUp(self):
        self.findings = []

    def tearDown(self):
        if self.findings:
            self.fail("\n" + "\n".join(self.findings))

    def test_links_lead_somewhere(self):
        for path in (path for path in files() if path.suffix == ".md"):
            prose = re.sub(r"```.*?```", "", text(path), flags=re.DOTALL)
            for target in LINK.findall(prose):
                if re.match(r"[a-z]+:", target):
                    continue
                name, _, anchor = target.partition("#")
                linked = (ROOT / path.parent / name).resolve() if name else ROOT / path
                if not linked.exists():
                    self.findings.append(f"{path}: the link to {target} leads nowhere")
                elif anchor and linked.suffix == ".md" and anchor not in anchors(linked.relative_to(ROOT)):
                    self.findings.append(f"{path}: {target} has no such heading")

    def test_files_that_are_named_exist(self):
        for path in (path for path in files() if path.suffix == ".md"):
            prose = re.sub(r"```.*?```", "", text(path), flags=re.DOTALL)
            for name in NAMED_FILE.findall(prose):
                if not (ROOT / name).exists() and name not in WRITTEN_BY_DEV:
                    self.findings.append(f"{path}: names {name}, which does not exist")

    def test_no_word_is_foreign_to_a_reader_of_the_repository(self):
        for path in text_files():
            if path.parts[:2] == ("tests", "tidy") or path.name == "LICENSE":
                continue
            for number, line in enumerate(text(path).splitlines(), 1):
                for word in FOREIGN_WORDS:
                    if re.search(word, line) and not excepted("word", path, word):
                        self.findings.append(f"{path}:{number}: '{word}' does not belong here")

    def test_the_repository_says_whose_it_is(self):
        for name in ("README.md", "LICENSE", "NOTICE"):
            self.assertTrue((ROOT / name).is_file(), f"{name} is missing")
        self.assertIn("Apache License", (ROOT / "LICENSE").read_text(encoding="utf-8"))


if __name__ == "__main__":
    unittest.main()
