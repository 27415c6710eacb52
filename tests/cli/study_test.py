"""Audit, curve and discovery from outside, on made data whose numbers Python works out by itself."""

import datetime
import json
import random
import re
import xml.dom.minidom

from program import ROOT, ProgramTest, run

BEGIN = datetime.datetime(2024, 1, 1)
DAYS = 330
HORIZON = datetime.timedelta(days=60)
PURPOSE = """purpose: spending
question: Who will spend how much?
metric: sum(purchase.amount, next 60 days)
population: did purchase
capacity: 2
owner: tests
segments:
  - name: often
    when: count(purchase, last 90 days) >= 5
    because: They come by themselves.
    action: call
  - name: big
    when: sum(purchase.amount) > 60
    action: mail
  - name: fresh
    when: did purchase last 20 days
    action: mail
"""


def made_purchases(seed):
    """Customers who buy much and often, or little and seldom: {id: [(time, amount)]}."""
    source = random.Random(seed)
    purchases = {}
    for number in range(500):
        heavy = source.random() < 0.3
        rows = []
        for day in range(DAYS):
            if day == 0 or source.random() < (0.1 if heavy else 0.02):
                at = BEGIN + datetime.timedelta(days=day, minutes=source.randrange(1440))
                rows.append((at, source.randrange(1, 40) * (1.0 if heavy else 0.25)))
        purchases[f"c{number}"] = rows
    return purchases


def quantile(values, share):
    """The interpolated quantile: h = (n − 1) q."""
    values = sorted(values)
    place = (len(values) - 1) * share
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (place - low) * (values[high] - values[low])


def group_of(rows, at):
    """The first of the portfolio's segments that holds the customer at that instant, or 3."""
    seen = [(time, amount) for time, amount in rows if time <= at]
    if sum(time > at - datetime.timedelta(days=90) for time, _ in seen) >= 5:
        return 0
    if sum(amount for _, amount in seen) > 60:
        return 1
    return 2 if any(time > at - datetime.timedelta(days=20) for time, _ in seen) else 3


def mean(values):
    return sum(values) / len(values)


def skill_by_hand(purchases):
    """R² of the portfolio, and the number of customers judged, from lists and loops."""
    end = max(time for rows in purchases.values() for time, _ in rows)
    begin = min(time for rows in purchases.values() for time, _ in rows)
    snapshots = [end - HORIZON]
    while snapshots[0] - 2 * HORIZON >= begin:
        snapshots.insert(0, snapshots[0] - HORIZON)
    fit, judge = [], []
    for place, at in enumerate(snapshots):
        for rows in purchases.values():
            if any(time <= at for time, _ in rows):
                outcome = sum(amount for time, amount in rows if at < time <= at + HORIZON)
                target = judge if place == len(snapshots) - 1 else fit if place < len(snapshots) - 2 else None
                if target is not None:
                    target.append((group_of(rows, at), outcome))
    cap = quantile([outcome for _, outcome in fit], 0.995)
    fit = [(group, min(outcome, cap)) for group, outcome in fit]
    judge = [(group, min(outcome, cap)) for group, outcome in judge]
    fitted = mean([outcome for _, outcome in fit])
    means = {group: mean([y for g, y in fit if g == group]) for group in {g for g, _ in fit}}
    level = mean([outcome for _, outcome in judge]) / fitted
    error = sum((y - level * means.get(g, fitted)) ** 2 for g, y in judge)
    around = sum((y - level * fitted) ** 2 for _, y in judge)
    return 1 - error / around, len(judge)


def numbers(value):
    """Every number of a JSON value."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from numbers(part)
    elif isinstance(value, float):
        yield value


class StudyTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.purchases = made_purchases(3)
        lines = ["customer_id,timestamp,event,amount"]
        for customer, rows in self.purchases.items():
            lines += [f"{customer},{time.isoformat()}Z,purchase,{amount}" for time, amount in rows]
        self.succeed("load", "--data", self.data, self.write("shop.csv", "\n".join(lines) + "\n"))
        self.purpose = self.write("spending.yaml", PURPOSE)
        self.common = ("--data", self.data, "--at", "2025-01-01T00:00:00Z")

    def audit(self, *more):
        return json.loads(self.succeed("audit", self.purpose, *self.common, "--json", *more))

    def test_the_skill_of_a_portfolio_is_what_lists_and_loops_say(self):
        report = self.audit()
        expected, judged = skill_by_hand(self.purchases)
        self.assertAlmostEqual(expected, report["curve"]["today"]["skill"]["value"], places=9)
        self.assertEqual(judged, report["curve"]["n"])

    def test_every_finding_is_defined_and_every_number_is_one(self):
        report = self.audit()
        page = (ROOT / "docs" / "fine_line.md").read_text(encoding="utf-8")
        self.assertIn("over_capacity", [finding["code"] for finding in report["findings"]])
        for finding in report["findings"]:
            self.assertIn(f'<a id="{finding["code"]}"></a>', page)
            self.assertEqual("docs/fine_line.md#" + finding["code"], finding["definition"])
            self.assertIn("out of time, judged at", finding["protocol"])
        for number in numbers(report):
            self.assertLess(abs(number), float("inf"))

    def test_the_same_seed_gives_the_same_answer_on_any_number_of_threads(self):
        one = self.audit("--threads", "1")
        self.assertEqual(one, self.audit("--threads", "2"))
        self.assertNotEqual(one, self.audit("--seed", "2"))

    def test_a_recommended_file_can_be_audited(self):
        self.audit("--out", self.folder / "merged.yaml", "--html", self.folder / "report.html")
        again = json.loads(self.succeed("audit", self.folder / "merged.yaml", *self.common, "--json"))
        self.assertLessEqual(len(again["segments"]), 2)
        page = (self.folder / "report.html").read_text(encoding="utf-8")
        self.assertIn("<svg", page)
        self.assertNotRegex(page, r"\bnan\b|\binf\b")

    def test_the_curve_is_text_json_and_a_picture(self):
        picture = self.folder / "curve.svg"
        curve = json.loads(self.succeed("curve", self.purpose, *self.common, "--json", "--svg", picture))
        self.assertEqual([1, 2], [sample["segments"] for sample in curve["discovered"][:2]])
        self.assertEqual(0, curve["discovered"][0]["skill"]["value"])
        self.assertEqual(3, curve["today"]["segments"])
        self.assertEqual("svg", xml.dom.minidom.parse(str(picture)).documentElement.tagName)
        self.assertIn("capacity", self.succeed("curve", self.purpose, *self.common))

    def test_discovery_proposes_expressions_that_hold_everybody_once(self):
        proposal = self.folder / "proposal.yaml"
        report = json.loads(self.succeed("discover", self.purpose, *self.common, "--segments", "3", "--json",
                                         "--out", proposal))
        self.assertEqual(3, len(report["cards"]))
        whens = re.findall(r'^    when: "(.*)"$', proposal.read_text(encoding="utf-8"), re.MULTILINE)
        self.assertEqual(3, len(whens))
        counts = [int(run("ask", *self.common, f"did purchase and ({when})").stdout) for when in whens]
        self.assertEqual(500, sum(counts))

    def test_a_history_loaded_in_one_go_is_hindsight(self):
        report = self.audit()
        self.assertIn("hindsight", [finding["code"] for finding in report["findings"]])
        late = [shape for shape in report["measured"] if "arrived after it" in shape.get("name", "")]
        self.assertEqual([1.0], [shape["value"] for shape in late])
        said = self.refuse(2, "audit", self.purpose, *self.common, "--as-known")
        self.assertIn("too few customers: 0 to fit", said)
        self.assertIn("heard of only later", said)
        self.assertIn("not as they were known", self.refuse(2, "discover", self.purpose, *self.common, "--as-known",
                                                            "--method", "occasions"))

    def test_what_cannot_be_measured_is_said(self):
        for change, said in ((("next 60 days", "last 60 days"), "reads the past only"),
                             (("capacity: 2", "capacity: 0"), "capacity"),
                             (("next 60 days", "next 300 days"), "two such spans"),
                             (("did purchase\n", "count(purchase) > 900\n"), "too few customers"),
                             (("purchase.amount, next", "purchase.nothing, next"), "nothing differs")):
            with self.subTest(said):
                wrong = self.write("wrong.yaml", PURPOSE.replace(*change))
                self.assertIn(said, self.refuse(2, "audit", wrong, *self.common))
        finished = run("audit", "absent.yaml", *self.common)
        self.assertIn(finished.returncode, (1, 2))
        self.assertIn("absent.yaml", finished.stderr)
