"""What the console asks for: the language, a check, who overlaps, who moved where, what a segment is like."""

import datetime
import unittest

from serving import ServerTest, track


def day(number):
    """So many days ago."""
    at = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=number)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


class OverviewTest(ServerTest):
    def define(self, **segments):
        for name, expression in segments.items():
            self.server.admin("PUT", f"/v1/segments/{name}", {"expression": expression})
        self.eventually(lambda: all(one["state"] == "ready" and one["version"] == one["newest_version"]
                                    for one in self.server.admin("GET", "/v1/segments")["segments"]), "ready")

    def get(self, path):
        return self.server.admin("GET", path)

    def test_check_says_everything_about_an_expression(self):
        self.server.batch([track("ada", "purchase", 1, properties={"amount": 1})])
        self.define(base="did purchase")
        said = self.server.admin("POST", "/v1/check",
                                 {"expression": "count( purchase , last 90 days)>=3 and segment base"})
        self.assertEqual("count(purchase, last 90 days) >= 3 and segment base", said["canonical"])
        self.assertEqual(["purchase"], said["reads"]["events"])
        self.assertEqual(["base"], said["reads"]["segments"])
        self.assertTrue(said["reads"]["clock"])
        self.assertIn("select", said["sql"]["duckdb"].lower())
        self.assertIsNone(said["sql"]["why_not"])
        text = "did purchase and did purchse"
        warned = self.server.admin("POST", "/v1/check", {"expression": text})["warnings"]
        self.assertEqual("purchse", text[warned[0]["begin"]:warned[0]["end"]])
        self.assertIn("purchase", warned[0]["message"])
        wrong = self.server.admin("POST", "/v1/check", {"expression": "did purchase and and"}, status=400)
        self.assertEqual((17, 20), (wrong["begin"], wrong["end"]))

    def test_the_language_lists_functions_whose_examples_hold(self):
        language = self.get("/v1/language")
        by_name = {entry["name"]: entry for entry in language["functions"]}
        self.assertIn("did", language["keywords"])
        for name in ("count", "sum", "since_last", "percentile_cont" if "percentile_cont" in by_name else "median"):
            self.assertIn(name, by_name)
        for entry in language["functions"]:
            self.assertTrue(entry["takes"].startswith(entry["name"] + "("), entry)
            self.assertTrue(entry["summary"] and entry["example"], entry)

    def test_overlaps_equal_those_counted_by_hand(self):
        self.server.batch([track(f"u{number}", "x", place) for number in range(1, 11) for place in range(number)])
        self.server.batch([{"type": "identify", "userId": "none", "traits": {"a": 1}, "messageId": "i"}])
        self.define(many="count(x) >= 5", few="count(x) <= 6", top="count(x) >= 10", nobody="count(x) > 99")
        said = self.get("/v1/portfolio/overlaps")
        self.assertEqual(11, said["customers"])
        # count(x) of somebody who never did x is 0, which is at most 6: `few` holds u1 … u6 and none.
        sizes = {one["name"]: one["size"] for one in said["segments"]}
        self.assertEqual({"many": 6, "few": 7, "top": 1, "nobody": 0}, sizes)
        self.assertEqual(0, said["in_none"])
        pairs = {frozenset((one["a"], one["b"])): one for one in said["pairs"]}
        self.assertEqual({frozenset(("many", "few")), frozenset(("many", "top"))}, set(pairs))
        both = pairs[frozenset(("many", "few"))]
        self.assertEqual(2, both["both"])
        self.assertAlmostEqual(2 / 11, both["jaccard"])
        inside = pairs[frozenset(("many", "top"))]
        self.assertEqual(1.0, inside["share_of_a_in_b" if inside["a"] == "top" else "share_of_b_in_a"])

    def test_moved_and_flow_are_net(self):
        self.define(fresh="count(x) = 1", loyal="count(x) >= 2")
        before = day(0)
        self.server.batch([track(f"u{number}", "x", 1) for number in range(6)])
        self.eventually(lambda: self.get("/v1/segments/fresh")["size"] == 6, "six are fresh")
        self.server.batch([track(f"u{number}", "x", 2) for number in range(2)])
        self.eventually(lambda: self.get("/v1/segments/loyal")["size"] == 2, "two are loyal")
        moved = self.get("/v1/moved?since=" + before)
        self.assertTrue(moved["complete"])
        by_name = {one["name"]: (one["size"], one["entered"], one["left"]) for one in moved["segments"]}
        # Two went through `fresh`: they were in neither before, so for it they did not move.
        self.assertEqual({"fresh": (4, 4, 0), "loyal": (2, 2, 0)}, by_name)
        flow = self.get("/v1/segments/loyal/flow?from=" + before)
        self.assertEqual((2, 0), (flow["entered"], flow["left"]))
        self.assertEqual([{"segment": None, "count": 2}], flow["came_from"])
        later = self.get("/v1/moved?since=2100-01-01T00:00:00Z")
        self.assertEqual([0, 0], [one["entered"] for one in later["segments"]])
        self.server.admin("GET", "/v1/segments/none/flow", status=404)
        self.server.admin("GET", "/v1/moved?since=soon", status=400)

    def test_a_new_definition_moves_nobody(self):
        before = day(0)
        self.server.batch([track(f"u{number}", "x", 1) for number in range(6)])
        self.eventually(lambda: self.get("/v1/status")["customers"] == 6, "six are there")
        self.define(fresh="count(x) = 1")
        self.server.batch([track("u1", "x", 2), track("u7", "x", 1), track("u8", "x", 1)])
        self.eventually(lambda: self.get("/v1/segments/fresh")["size"] == 7, "two came, one went")
        self.assertEqual([(7, 2, 1)], [(one["size"], one["entered"], one["left"])
                                       for one in self.get("/v1/moved?since=" + before)["segments"]])

    def test_status_counts_what_came_in(self):
        self.server.batch([track("ada", "x", 1), track("ada", "x", 1), {"type": "none"}])
        status = self.get("/v1/status")
        self.assertEqual((1, 1, 1), (status["customers"], status["events"], status["quarantined"]))
        self.assertEqual([(1, 1)], [(one["kept"], one["duplicates"]) for one in status["sources"] if one["kept"]])
        self.assertTrue(status["writing"])
        self.assertGreater(status["uptime_s"], 0)
        self.assertGreater(status["log_position"], 0)

    def test_a_card_says_what_members_differ_in(self):
        heavy = [track(f"h{number}", "x", place, timestamp=day(place)) for number in range(60) for place in range(9)]
        light = [track(f"l{number}", "x", place, timestamp=day(40 + place * 9)) for number in range(60)
                 for place in range(2)]
        self.server.batch(heavy + light)
        self.define(heavies="count(x) >= 5")
        card = self.get("/v1/segments/heavies/card")
        self.assertEqual((60, 60, 60), (card["size"], card["members_sampled"], card["rest_sampled"]))
        self.assertTrue(card["rows"])
        for row in card["rows"]:
            self.assertLessEqual(row["low"], row["members"] - row["rest"])
            self.assertGreaterEqual(row["high"], row["members"] - row["rest"])
            self.assertFalse(row["low"] <= 0 <= row["high"], row)
        counts = [row for row in card["rows"] if row["what"] == "count(x, last 30 days)"]
        self.assertEqual([(9, 0, None)], [(row["members"], row["rest"], row["index"]) for row in counts])
        self.server.admin("GET", "/v1/segments/none/card", status=404)


if __name__ == "__main__":
    unittest.main()
