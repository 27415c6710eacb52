"""Studies as jobs: queued, told how far they are, cancelled, kept over a restart, and gone with an erased person."""

import datetime
import unittest

from serving import ServerTest, track

FILE = """purpose: spending
metric: sum(purchase.amount, next 60 days)
population: did purchase
capacity: 3
owner: tests
segments:
  - name: often
    when: count(purchase, last 90 days) >= 5
    action: call
  - name: big
    when: sum(purchase.amount) > 60
    action: mail
"""
DAYS = 330


class StudyTest(ServerTest):
    def setUp(self):
        super().setUp()
        begin = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=DAYS)
        items, number = [], 0
        for customer in range(300):
            heavy = customer % 3 == 0
            for day in range(DAYS):
                if day == 0 or self.random.random() < (0.1 if heavy else 0.02):
                    at = begin + datetime.timedelta(days=day, minutes=self.random.randrange(1440))
                    number += 1
                    items.append(track(f"c{customer}", "purchase", number,
                                       timestamp=at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                                       properties={"amount": self.random.randrange(20, 40) + (40 if heavy else 0)}))
        for start in range(0, len(items), 2000):
            self.server.batch(items[start:start + 2000])
        self.server.admin("POST", "/v1/portfolio/apply", {"yaml": FILE})

    def start(self, status=202, **order):
        return self.server.admin("POST", "/v1/studies", {"purpose": "spending", **order}, status=status)

    def study(self, made):
        return self.server.admin("GET", "/v1/studies/" + made["id"])

    def await_end(self, made, state="done"):
        def ended():
            found = self.study(made)
            return found if found["state"] not in ("queued", "running") else None
        found = self.eventually(ended, "the study ends")
        self.assertEqual(state, found["state"], found["error"])
        return found

    def cancel(self, made):
        admin = {"Authorization": "Bearer " + self.server.keys["admin"]}
        return self.server.request("DELETE", "/v1/studies/" + made["id"], headers=admin)[0]

    def test_audit_curve_and_discovery_are_kept_over_a_restart(self):
        audit, curve, found = (self.start(kind=kind) for kind in ("audit", "curve", "discover"))
        self.assertIn(audit["state"], ("queued", "running"))
        self.assertEqual("queued", self.study(found)["state"], "one at a time")
        report = self.await_end(audit)["result"]
        self.assertEqual("explain", report["mode"])
        self.assertIn("hindsight", {finding["code"] for finding in report["findings"]}, "all arrived today")
        self.assertEqual("spending", report["purpose"])
        self.assertEqual({"often", "big"}, {one["name"] for one in report["segments"]} - {"everybody else"})
        line = self.await_end(curve)["result"]
        self.assertTrue(line["discovered"])
        proposal = self.await_end(found)["result"]
        # What is proposed is a file that can be planned as it is.
        plan = self.server.admin("POST", "/v1/portfolio/plan", {"yaml": proposal["yaml"]})
        self.assertTrue(plan["definitions"])
        self.assertTrue(proposal["cards"])
        listed = self.server.admin("GET", "/v1/studies?purpose=spending")["studies"]
        self.assertEqual([found["id"], curve["id"], audit["id"]], [one["id"] for one in listed])
        self.assertNotIn("result", listed[0])
        waiting = self.start(kind="audit", seed=5)
        self.restart()
        self.assertEqual(report, self.study(audit)["result"])
        only = self.server.admin("GET", "/v1/studies?kind=curve")["studies"]
        self.assertEqual([curve["id"]], [one["id"] for one in only])
        self.server.admin("GET", "/v1/studies/" + waiting["id"], status=404)
        # The same order gives the same report, and takes the place of the one before.
        again = self.await_end(self.start(kind="audit", at=audit["asked_at"]))
        self.assertEqual(report["segments"], again["result"]["segments"])
        self.assertIsNone(self.study(audit)["result"])

    def test_what_cannot_begin_is_refused(self):
        self.start(kind="audit", purpose="none", status=404)
        self.start(kind="guess", status=400)
        self.start(kind="discover", method="tarot", status=400)
        self.start(kind="discover", segments=1000, status=400)
        self.start(kind="audit", extra=1, status=400)
        self.server.admin("PUT", "/v1/purposes/odd", {"text": "just words"})
        self.start(kind="audit", purpose="odd", status=400)
        self.assertEqual([], self.server.admin("GET", "/v1/studies")["studies"])
        # Nobody bought anything a year ago: it begins, and says why it fails.
        failed = self.await_end(self.start(kind="audit", at="2001-01-01T00:00:00Z"), "failed")
        self.assertTrue(failed["error"])
        self.assertIsNone(failed["result"])

    def test_a_study_is_cancelled_waiting_or_running(self):
        running, waiting = self.start(kind="discover"), self.start(kind="audit")
        self.assertEqual(204, self.cancel(waiting))
        self.assertEqual("cancelled", self.study(waiting)["state"])
        self.eventually(lambda: self.study(running)["state"] != "queued", "it begins")
        self.assertEqual(204, self.cancel(running))
        self.await_end(running, "cancelled")
        self.assertIsNone(self.study(running)["result"])
        self.assertEqual(404, self.cancel({"id": "none"}))

    def test_an_erasure_ends_what_runs_and_removes_what_names_the_person(self):
        found = self.await_end(self.start(kind="discover"))
        named = next(f"c{number}" for number in range(300) if f"c{number}," in str(found["result"])
                     or f"c{number} " in str(found["result"]) or f"c{number}'" in str(found["result"]))
        running = self.start(kind="audit")
        self.eventually(lambda: self.study(running)["state"] != "queued", "it begins")
        self.server.admin("DELETE", "/v1/customers/" + named)
        ended = self.study(running)
        self.assertIn(ended["state"], ("cancelled", "done"))
        self.assertIsNone(self.study(found)["result"])
        for path in self.data.glob("control.sqlite*"):
            self.assertNotIn(f"{named},".encode(), path.read_bytes())

    def test_stopping_does_not_wait_for_a_study(self):
        running = self.start(kind="discover")
        self.eventually(lambda: self.study(running)["state"] == "running", "it begins")
        self.assertEqual(0, self.server.stop())


if __name__ == "__main__":
    unittest.main()
