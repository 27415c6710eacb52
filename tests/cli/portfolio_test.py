"""Portfolio as code: plan shows, apply does exactly that as one version, history tells, rollback undoes."""

import os
import signal
import subprocess
import time

from program import NOON, ProgramTest, run, start

CRASH_POINTS = int(os.environ.get("FINELINE_CRASH_POINTS", "20"))

PORTFOLIO = """purpose: second-order
question: Who will buy again soon?
metric: sum(purchase.amount, next 90 days)
better: higher
population: did purchase
capacity: 6
cost: 400 EUR per segment per month
detect: 5 %
review: 90 days
owner: growth
segments:
  - name: spenders
    when: sum(purchase.amount) > 60   # the comment is no part of it
    because: They pay for the rest.
    action: call them
  - name: recent
    when: did purchase last 30 days
"""


class PortfolioTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.load()
        self.portfolio = self.write("portfolio.yaml", PORTFOLIO)

    def command(self, name, *arguments):
        return self.answer(name, "--data", self.data, *arguments)

    def plan(self, path=None):
        return self.command("plan", path or self.portfolio, "--at", NOON)

    def apply(self, path=None, *more):
        return self.command("apply", path or self.portfolio, "--at", NOON, *more)

    def segments(self):
        return {line["name"]: line["size"] for line in self.command("segments", "--at", NOON)}

    def test_a_plan_shows_everything_and_changes_nothing(self):
        plan = self.plan()
        by_name = {one["name"]: one for one in plan["definitions"]}
        self.assertEqual({"second-order", "spenders", "recent"}, set(by_name))
        self.assertEqual((0, 1, ["ben"]), tuple(by_name["spenders"][key] for key in
                                                ("size_before", "size_after", "entering_examples")))
        self.assertEqual({}, self.segments())
        shown = self.succeed("plan", "--data", self.data, self.portfolio, "--at", NOON)
        for text in ("spenders", "1 enter: ben", plan["plan"], "fineline apply"):
            self.assertIn(text, shown)

    def test_apply_does_exactly_the_plan_that_was_seen(self):
        plan = self.plan()["plan"]
        applied = self.apply(None, "--plan", plan)
        self.assertEqual((plan, 1), (applied["plan"], applied["version"]))
        self.assertEqual({"spenders": 1, "recent": 1}, self.segments())
        spenders = self.command("segments")[1]
        self.assertEqual(("second-order", "1", "call them"),
                         (spenders["purpose"], spenders["order"], spenders["action"]))
        self.assertTrue(self.plan()["nothing_to_change"])
        self.assertIn("already", self.succeed("apply", "--data", self.data, self.portfolio))
        self.assertEqual(1, len(self.command("history")))

    def test_a_segment_defined_before_is_taken_in(self):
        self.succeed("define", "--data", self.data, "recent", "did purchase last 30 days")
        recent = {one["name"]: one for one in self.plan()["definitions"]}["recent"]
        self.assertEqual("changed", recent["change"])
        self.assertIn({"field": "purpose", "before": "", "after": "second-order"}, recent["fields"])
        self.assertEqual((1, 0), (recent["size_before"], recent["entering"]))

    def test_apply_says_what_changed_since_the_plan(self):
        plan = self.plan()["plan"]
        self.succeed("define", "--data", self.data, "meanwhile", "did visit")
        message = self.refuse(1, "apply", "--data", self.data, self.portfolio, "--plan", plan)
        self.assertIn("meanwhile", message)
        self.assertEqual({"meanwhile": 1}, self.segments())
        self.assertIn("no plan", self.refuse(2, "apply", "--data", self.data, self.portfolio, "--plan", "nonsense"))

    def test_what_is_stored_prints_as_a_file_that_plans_to_nothing(self):
        self.apply()
        printed = self.write("printed.yaml", self.succeed("purposes", "--data", self.data, "second-order"))
        self.assertTrue(self.plan(printed)["nothing_to_change"])
        for key in ("question", "cost: \"400 EUR", "detect", "review", "because", "action: \"call them\""):
            self.assertIn(key, printed.read_text(encoding="utf-8"))
        (purpose,) = self.command("purposes")
        self.assertEqual(["spenders", "recent"], purpose["segments"])
        self.assertIn("second-order", self.refuse(1, "purposes", "--data", self.data, "second-ordr"))

    def test_gone_segments_leave_unless_others_depend_on_them(self):
        self.apply()
        smaller = self.write("smaller.yaml", PORTFOLIO[:PORTFOLIO.index("  - name: recent")])
        self.succeed("define", "--data", self.data, "outside", "segment recent and did refund")
        message = self.refuse(1, "plan", "--data", self.data, smaller)
        self.assertIn("segment 'outside'", message)
        self.assertIn("recent", message)
        self.succeed("define", "--data", self.data, "outside", "did refund")
        gone = {one["name"]: one for one in self.plan(smaller)["definitions"]}["recent"]
        self.assertEqual(("gone", 1, ["ada"]), (gone["change"], gone["leaving"], gone["leaving_examples"]))
        self.apply(smaller)
        self.assertEqual({"spenders", "outside"}, set(self.segments()))
        self.assertIn("recent", self.refuse(1, "ask", "--data", self.data, "segment recent")
                      if run("ask", "--data", self.data, "segment recent").returncode == 1
                      else self.refuse(2, "ask", "--data", self.data, "segment recent"))

    def test_a_segment_is_removed_unless_others_depend_on_it(self):
        self.succeed("define", "--data", self.data, "buyers", "did purchase")
        self.succeed("define", "--data", self.data, "rich_buyers", "segment buyers and sum(purchase.amount) > 60")
        self.assertIn("segment 'rich_buyers'", self.refuse(1, "remove", "--data", self.data, "buyers"))
        self.assertIn("'buyers'", self.refuse(1, "remove", "--data", self.data, "buyrs"))
        removed = self.command("remove", "rich_buyers", "--at", NOON)
        self.assertEqual(("gone", 1), (removed["definitions"][0]["change"], removed["definitions"][0]["leaving"]))
        self.command("remove", "buyers")
        self.assertEqual({}, self.segments())
        self.command("rollback", "2")
        self.assertEqual({"buyers": 2, "rich_buyers": 1}, self.segments())

    def test_cycles_and_mistakes_are_refused_with_their_place(self):
        cycle = self.write("cycle.yaml", "purpose: p\nsegments:\n  - {name: a, when: segment b}\n"
                                         "  - {name: b, when: not segment a}\n")
        self.assertIn("depend on itself", self.refuse(2, "plan", "--data", self.data, cycle))
        wrong = self.write("wrong.yaml", "purpose: p\nsegments:\n  - name: a\n    when: cuont(purchase) > 1\n")
        message = self.refuse(2, "apply", "--data", self.data, wrong)
        self.assertIn("wrong.yaml:4:", message)
        self.assertIn("count", message)
        self.assertIn("absent.yaml", self.refuse(1, "plan", "--data", self.data, self.folder / "absent.yaml"))
        self.assertEqual([], self.command("history"))

    def test_a_purpose_that_cannot_be_measured_is_refused(self):
        for wrong, word in ((("sum(purchase.amount, next 90 days)", "sum(purchase.amount, last 90 days)"), "metric"),
                            (("400 EUR per segment per month", "a lot"), "cost"), (("capacity: 6", "capacity: 0"), "capacity"),
                            (("detect: 5 %", "detect: 0 %"), "detect")):
            with self.subTest(word):
                path = self.write(f"{word}.yaml", PORTFOLIO.replace(*wrong))
                self.assertIn(word, self.refuse(2, "apply", "--data", self.data, path))
        self.assertEqual([], self.command("history"))

    def test_a_name_never_seen_is_a_warning_of_the_plan(self):
        typo = self.write("typo.yaml", "purpose: p\nowner: me\nmetric: count(purchase, next 30 days)\n"
                                       "segments:\n  - {name: a, when: did purchse}\n")
        (segment,) = [one for one in self.plan(typo)["definitions"] if one["kind"] == "segment"]
        self.assertIn("purchse", segment["warnings"][0])
        self.assertIn("nobody", segment["warnings"][1])

    def test_rollback_brings_a_version_back_as_a_new_one(self):
        self.succeed("define", "--data", self.data, "loose", "did visit")
        self.apply()
        changed = self.write("changed.yaml", PORTFOLIO.replace("> 60", "> 50").replace("recent", "lately"))
        self.apply(changed)
        self.assertEqual({"loose", "spenders", "lately"}, set(self.segments()))
        self.assertEqual(4, self.command("rollback", "2")["version"])
        self.assertEqual({"loose": 1, "spenders": 1, "recent": 1}, self.segments())
        self.assertTrue(self.plan()["nothing_to_change"])
        history = self.command("history")
        self.assertEqual([1, 2, 3, 4], [one["version"] for one in history])
        self.assertEqual(["define", "apply second-order", "apply second-order", "rollback to 2"],
                         [one["note"] for one in history])
        what = {one["name"]: one["what"] for one in history[3]["definitions"]}
        self.assertEqual({"spenders": "changed", "lately": "archived", "recent": "restored"}, what)
        self.assertIn("1 to 4", self.refuse(2, "rollback", "--data", self.data, "9"))
        self.refuse(2, "rollback", "--data", self.data, "two")

    def test_a_kill_leaves_all_of_a_version_or_nothing(self):
        many = "purpose: big\nsegments:\n" + "".join(f"  - {{name: s{number}, when: count(purchase) > {number}}}\n"
                                                     for number in range(40))
        path = self.write("many.yaml", many)
        seen = set()
        for point in range(max(5, CRASH_POINTS // 4)):
            data = self.folder / f"killed{point}"
            self.load(data=data)
            applying = start("apply", "--data", data, path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(self.random.uniform(0, 0.1))
            applying.send_signal(signal.SIGKILL)
            applying.wait()
            size = len(self.answer("segments", "--data", data, "--at", NOON))
            self.assertIn(size, (0, 40))
            self.assertEqual(size > 0, len(self.answer("purposes", "--data", data)) == 1)
            seen.add(size)
