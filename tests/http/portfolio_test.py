"""Portfolio as code on a running server: planned, applied as one version, followed by live membership at once."""

import json
import os
import subprocess
import unittest

from serving import PROGRAM, ServerTest, track

FILE = """purpose: second-order
question: Who will buy again soon?
metric: sum(purchase.amount, next 90 days)
population: did purchase
capacity: 6
owner: growth
segments:
  - name: spenders
    when: sum(purchase.amount) > 60
    because: They pay for the rest.
    action: call them
  - name: buyers
    when: did purchase
"""


class PortfolioTest(ServerTest):
    def setUp(self):
        super().setUp()
        self.server.batch([track(f"u{number}", "purchase", place, properties={"amount": 10})
                           for number in range(1, 11) for place in range(number)])

    def post(self, path, body, status=200):
        return self.server.admin("POST", "/v1/portfolio" + path, body, status=status)

    def sizes(self):
        segments = self.server.admin("GET", "/v1/segments")["segments"]
        return {segment["name"]: segment["size"] for segment in segments if segment["state"] == "ready"}

    def await_sizes(self, wanted):
        self.eventually(lambda: self.sizes() == wanted, f"{wanted}")

    def test_plan_apply_history_and_rollback(self):
        plan = self.post("/plan", {"yaml": FILE})
        by_name = {one["name"]: one for one in plan["definitions"]}
        self.assertEqual({"second-order", "spenders", "buyers"}, set(by_name))
        # u7 … u10 spent more than 60.
        self.assertEqual((0, 4), (by_name["spenders"]["size_before"], by_name["spenders"]["size_after"]))
        self.assertEqual(4, by_name["spenders"]["entering"])
        self.assertEqual(10, by_name["buyers"]["size_after"])
        self.assertEqual({}, self.sizes(), "a plan changes nothing")

        applied = self.post("/apply", {"yaml": FILE, "plan": plan["plan"]})
        self.assertEqual(1, applied["version"])
        self.await_sizes({"spenders": 4, "buyers": 10})
        again = self.post("/apply", {"yaml": FILE})
        self.assertEqual((1, True), (again["version"], again["nothing_to_change"]))

        stored = self.server.admin("GET", "/v1/portfolio")
        self.assertEqual(1, stored["version"])
        self.assertEqual(["spenders", "buyers"], stored["purposes"][0]["segments"])
        self.assertTrue(self.post("/plan", {"yaml": stored["purposes"][0]["yaml"]})["nothing_to_change"])
        self.assertEqual({"spenders": "second-order", "buyers": "second-order"},
                         {one["name"]: one["purpose"] for one in stored["segments"]})

        narrower = FILE.replace("> 60", "> 90").replace("  - name: buyers\n    when: did purchase\n", "")
        self.assertEqual(2, self.post("/apply", {"yaml": narrower})["version"])
        self.await_sizes({"spenders": 1})
        back = self.post("/plan", {"version": 1})
        self.assertEqual(4, {one["name"]: one for one in back["definitions"]}["spenders"]["size_after"])
        self.assertEqual(3, self.post("/rollback", {"version": 1})["version"])
        self.await_sizes({"spenders": 4, "buyers": 10})
        versions = self.server.admin("GET", "/v1/portfolio/history")["versions"]
        self.assertEqual([1, 2, 3], [version["version"] for version in versions])
        self.assertEqual({("spenders", "changed"), ("buyers", "archived")},
                         {(one["name"], one["what"]) for one in versions[1]["definitions"] if one["kind"] == "segment"})
        self.restart()
        self.await_sizes({"spenders": 4, "buyers": 10})
        self.assertEqual(versions, self.server.admin("GET", "/v1/portfolio/history")["versions"])

    def test_one_version_moves_all_segments_together(self):
        """Every change that the feed tells of an apply carries the same instant."""
        self.post("/apply", {"yaml": FILE})
        self.await_sizes({"spenders": 4, "buyers": 10})
        changes = self.server.admin("GET", "/v1/changes?after=0&limit=100")["changes"]
        self.assertEqual(14, len(changes))
        self.assertEqual({"definition"}, {change["cause"] for change in changes})

    def test_what_changed_meanwhile_is_told_and_nothing_is_applied(self):
        plan = self.post("/plan", {"yaml": FILE})
        self.server.admin("PUT", "/v1/segments/other", {"expression": "true"})
        said = self.post("/apply", {"yaml": FILE, "plan": plan["plan"]}, status=409)
        self.assertEqual("conflict", said["code"])
        self.assertIn("'other'", said["message"])
        self.assertNotIn("spenders", self.sizes())
        self.post("/apply", {"yaml": FILE, "plan": "nonsense"}, status=400)
        self.assertEqual(2, self.post("/apply", {"yaml": FILE})["version"])

    def test_mistakes_are_told_with_their_place(self):
        said = self.post("/plan", {"yaml": FILE.replace("> 60", "> > 60")}, status=400)
        self.assertRegex(said["message"], r"^portfolio:9:\d+: ")
        self.post("/plan", {"yaml": "["}, status=400)
        self.post("/plan", {}, status=400)
        self.post("/plan", {"yaml": FILE, "version": 1}, status=400)
        self.post("/rollback", {"version": 7}, status=400)
        self.assertEqual({}, self.sizes())

    def test_a_purpose_that_is_no_file_does_not_hide_the_others(self):
        self.server.admin("PUT", "/v1/purposes/odd", {"text": "just words"})
        self.post("/apply", {"yaml": FILE})
        purposes = {one["purpose"]: one for one in self.server.admin("GET", "/v1/portfolio")["purposes"]}
        self.assertIsNotNone(purposes["odd"]["error"])
        self.assertIsNone(purposes["second-order"]["error"])

    def test_the_program_does_the_same_by_a_server(self):
        path = self.folder / "portfolio.yaml"
        path.write_text(FILE)

        def run(*arguments, code=0):
            finished = subprocess.run([PROGRAM, *arguments, "--server", self.server.url], capture_output=True,
                                      encoding="utf-8", timeout=60, check=False,
                                      env={**os.environ, "FINELINE_KEY": self.server.keys["admin"]})
            self.assertEqual(code, finished.returncode, finished.stderr)
            return finished.stdout if code == 0 else finished.stderr

        shown = run("plan", str(path))
        self.assertIn("10 enter: ", shown)
        plan = json.loads(run("plan", str(path), "--json"))["plan"]
        self.assertIn(f"--plan {plan}", shown)
        self.assertIn("Applied as version 1", run("apply", str(path), "--plan", plan))
        self.assertIn("Version 1 says all of this already", run("apply", str(path)))
        self.await_sizes({"spenders": 4, "buyers": 10})
        path.write_text(FILE.replace("> 60", "> 90"))
        said = run("apply", str(path), "--plan", plan, code=1)
        self.assertIn("nothing was applied", said)
        self.assertIn("Applied as version 2", run("apply", str(path)))
        self.assertIn("Applied as version 3", run("rollback", "1"))
        history = run("history")
        self.server.stop()
        here = subprocess.run([PROGRAM, "history", "--data", str(self.data)], capture_output=True,
                              encoding="utf-8", check=True, timeout=60).stdout
        self.assertEqual(here, history, "the same words from the directory")


if __name__ == "__main__":
    unittest.main()
