"""Act mode from outside: a real randomised test of three e-mails, where FINELINE_DATA names a folder that holds it."""

import json
import os
import pathlib
import xml.etree.ElementTree

from program import ROOT, ProgramTest

PURPOSE = """purpose: visits
question: Who should get which mail?
metric: did visit next 14 days
exposure: exposure
detect: 10 %
owner: growth
segments:
  - name: womens_buyers
    when: customer.womens = true and customer.mens = false
    action: women's mail
  - name: mens_buyers
    when: customer.mens = true and customer.womens = false
    action: men's mail
"""


class ActModeTest(ProgramTest):
    def setUp(self):
        super().setUp()
        export = pathlib.Path(os.environ.get("FINELINE_DATA", "")) / "hillstrom" / "hillstrom.csv.zst"
        if not export.is_file():
            self.skipTest("hillstrom: not found; set FINELINE_DATA to the folder that holds it")
        mapping = ROOT / "examples" / "hillstrom" / "mapping.yaml"
        self.succeed("load", "--data", self.data, "--mapping", mapping, export)
        self.purpose = self.write("visits.yaml", PURPOSE)

    def test_an_audit_says_what_acting_brings(self):
        out = self.folder / "recommended.yaml"
        report = json.loads(self.succeed("audit", self.purpose, "--data", self.data, "--out", out, "--json"))
        self.assertEqual("act", report["mode"])
        self.assertLessEqual(report["recommended_segments"], 3)
        # Visits under the men's e-mail for everybody: .182757 over all 21,307 who got it.
        actions = next(shape for shape in report["values"] if shape.get("title") == "One action for everybody")
        mens = next(row for row in actions["rows"] if row[0] == "Mens E-Mail")
        self.assertLessEqual(mens[2]["interval"][0], 0.182757)
        self.assertGreaterEqual(mens[2]["interval"][1], 0.182757)
        self.assertIn('purpose: "visits"', out.read_text(encoding="utf-8"))
        checked = self.succeed("audit", out, "--data", self.data)
        self.assertIn("One action for everybody, 'Mens E-Mail', brings", checked)

    def test_discovery_proposes_expressions(self):
        report = json.loads(self.succeed("discover", self.purpose, "--data", self.data, "--segments", "3", "--json"))
        self.assertEqual("act", report["mode"])

    def test_a_page_and_a_curve_show_what_acting_brings(self):
        page = self.folder / "report.html"
        self.succeed("audit", self.purpose, "--data", self.data, "--html", page)
        shown = page.read_text(encoding="utf-8")
        for wanted in ("<svg", "What acting on segments brings", "Mens E-Mail", "One action for everybody"):
            self.assertIn(wanted, shown)
        picture = self.folder / "act.svg"
        curve = json.loads(self.succeed("curve", self.purpose, "--data", self.data, "--svg", picture, "--json"))
        drawn = xml.etree.ElementTree.parse(picture).getroot()
        self.assertEqual("1280", drawn.get("width"))
        self.assertEqual("act", curve["mode"])
        self.assertEqual(1, curve["path"][0]["segments"])
        for point in curve["path"] + [curve["today"]]:
            low, high = point["brings"]["interval"]
            self.assertLessEqual(low, point["brings"]["value"])
            self.assertGreaterEqual(high, point["brings"]["value"])


if __name__ == "__main__":
    import unittest

    unittest.main()
