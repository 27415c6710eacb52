"""The API as a program uses it: customers, segments, questions, changes."""

import json
import re
import signal
import subprocess
import threading
import unittest

from serving import PROGRAM, ROOT, ServerTest, track


class Events:
    """Reads Server-Sent Events off a connection."""

    def __init__(self, server, after=None, seen=None):
        headers = {"Authorization": "Bearer " + server.keys["admin"], "Accept": "text/event-stream"}
        if seen is not None:
            headers["Last-Event-ID"] = str(seen)
        self.connection = server.connect(timeout=60)
        self.connection.request("GET", "/v1/changes/stream" + ("" if after is None else f"?after={after}"),
                                headers=headers)
        self.answer = self.connection.getresponse()

    def next(self, count):
        """Reads so many changes: pairs of id and data."""
        found, event = [], {}
        while len(found) < count:
            line = self.answer.readline().decode().rstrip("\n")
            if line == "" and "data" in event:
                found.append((int(event["id"]), json.loads(event["data"])))
                event = {}
            elif ": " in line and not line.startswith(":"):
                name, value = line.split(": ", 1)
                event[name] = value
        return found

    def close(self):
        self.connection.close()


class ApiTest(ServerTest):
    def define(self, name, expression, **more):
        answer = self.server.admin("PUT", f"/v1/segments/{name}", {"expression": expression}, **more)
        if "version" in answer:
            self.eventually(lambda: self.segment(name)["version"] == answer["version"], f"{name} is ready")
        return answer

    def segment(self, name):
        return self.server.admin("GET", f"/v1/segments/{name}")

    def test_a_segment_lives_through_versions_members_and_sizes(self):
        self.server.batch([track(f"u{number:03}", "x", 1) for number in range(250)])
        self.assertEqual(1, self.define("seen", "did x")["version"])
        self.assertEqual(250, self.segment("seen")["size"])
        self.assertTrue(self.define("seen", "did x")["unchanged"])
        found, cursor = [], ""
        while cursor is not None:
            page = self.server.admin("GET", f"/v1/segments/seen/members?limit=100&cursor={cursor}")
            self.assertEqual(250, page["size"])
            found += [member["customer"] for member in page["members"]]
            cursor = page["next"]
        self.assertEqual([f"u{number:03}" for number in range(250)], sorted(found))
        self.define("seen", "count(x) > 1")
        self.assertEqual(0, self.segment("seen")["size"])
        versions = self.server.admin("GET", "/v1/segments/seen/versions")["versions"]
        self.assertEqual([(1, "did x"), (2, "count(x) > 1")],
                         [(version["version"], version["expression"]) for version in versions])
        self.assertEqual(0, self.server.admin("GET", "/v1/segments/seen/sizes")["sizes"][-1]["size"])

    def test_a_segment_others_depend_on_is_not_removed(self):
        self.server.batch([track("ada", "x", 1)])
        self.define("base", "did x")
        self.define("built", "segment base")
        impact = self.server.admin("DELETE", "/v1/segments/base?dry_run=true")
        self.assertEqual((["built"], 1, False), (impact["dependants"], impact["members"], impact["removed"]))
        refused = self.server.admin("DELETE", "/v1/segments/base", status=409)
        self.assertEqual(["built"], refused["dependants"])
        self.server.admin("DELETE", "/v1/segments/built")
        self.server.admin("DELETE", "/v1/segments/base")
        self.server.admin("GET", "/v1/segments/base", status=404)
        self.assertEqual([], self.server.admin("GET", "/v1/segments")["segments"])

    def test_a_wrong_expression_is_pointed_at(self):
        wrong = self.server.admin("PUT", "/v1/segments/bad", {"expression": "did x and"}, status=400)
        self.assertEqual("invalid_argument", wrong["code"])
        self.assertTrue(0 <= wrong["begin"] <= wrong["end"] <= len("did x and"))

    def test_the_look_up_follows_the_acknowledgement(self):
        """200 means durable, folded and visible."""
        self.define("twice", "count(x) >= 2")
        for number in range(50):
            self.server.batch([track(f"u{number}", "x", 1), track(f"u{number}", "x", 2)])
            segments = self.server.admin("GET", f"/v1/customers/u{number}/segments")["segments"]
            self.assertEqual(["twice"], [segment["segment"] for segment in segments])

    def test_people_leave_by_the_clock_alone(self):
        self.define("fresh", "did x last 2 seconds")
        self.server.batch([track("ada", "x", 1)])
        self.assertEqual(1, len(self.server.admin("GET", "/v1/customers/ada/segments")["segments"]))
        stream = Events(self.server, after=0)
        (_, entered), (_, left) = stream.next(2)
        stream.close()
        self.assertEqual(("entered", "event", "left", "clock"),
                         (entered["direction"], entered["cause"], left["direction"], left["cause"]))
        self.assertEqual([], self.server.admin("GET", "/v1/customers/ada/segments")["segments"])

    def test_a_preview_counts_exactly_and_shows_a_sample(self):
        self.server.batch([track(f"u{number:03}", "x", place) for number in range(100) for place in range(number % 3)])
        preview = self.server.admin("POST", "/v1/preview", {"expression": "count(x) = 2", "limit": 5})
        self.assertEqual(33, preview["count"])
        self.assertEqual(["u002", "u005", "u008", "u011", "u014"], preview["members"])
        self.assertEqual([], self.server.admin("POST", "/v1/ask", {"expression": "did x"})["members"])

    def test_an_explanation_says_why_and_until_when(self):
        self.server.batch([track("ada", "x", 1)])
        body = {"expression": "did x last 30 days", "customer": "ada"}
        explained = self.server.admin("POST", "/v1/explain", body)
        self.assertEqual("yes", explained["truth"])
        self.assertNotEqual("never", explained["holds_until"])
        self.server.admin("POST", "/v1/explain", {**body, "customer": "nobody"}, status=404)

    def test_a_timeline_is_read_page_by_page(self):
        self.server.batch([track("ada", "x", number, timestamp=f"2024-01-01T00:{number:02}:00Z",
                                 properties={"number": number}) for number in range(25)])
        seen, before = [], ""
        while before is not None:
            page = self.server.admin("GET", f"/v1/customers/ada/timeline?limit=10" +
                                     (f"&before={before}" if before else ""))
            seen += [event["properties"]["number"] for event in page["events"]]
            before = page["next_before"]
        self.assertEqual(list(range(24, -1, -1)), seen)

    def test_freshness_stands_on_every_answer(self):
        self.server.batch([track("ada", "x", 1, timestamp="2024-01-01T00:00:00Z")])
        for path in ("/v1/segments", "/v1/schema", "/v1/customers/ada", "/v1/customers/ada/segments", "/v1/changes"):
            freshness = self.server.admin("GET", path)["freshness"]
            self.assertEqual("2024-01-01T00:00:00Z", freshness["watermark"], path)
            self.assertGreater(freshness["lag_seconds"], 0)
            self.assertGreaterEqual(freshness["position"], 1)
        position = freshness["position"]
        for how in (signal.SIGTERM, signal.SIGKILL):
            self.restart(how)
            freshness = self.server.admin("GET", "/v1/segments")["freshness"]
            self.assertEqual(("2024-01-01T00:00:00Z", position), (freshness["watermark"], freshness["position"]))
            said = [json.loads(line) for line in self.server.log().splitlines() if '"serving"' in line]
            self.assertEqual([position], [line["position"] for line in said])

    def test_a_stream_goes_on_where_it_was_cut_off(self):
        self.define("seen", "did x")
        self.server.batch([track(f"u{number}", "x", 1) for number in range(10)])
        first = Events(self.server, after=0)
        seen = first.next(4)
        first.close()
        self.server.batch([track(f"v{number}", "x", 1) for number in range(10)])
        second = Events(self.server, seen=seen[-1][0])
        seen += second.next(16)
        second.close()
        self.assertEqual(list(range(1, 21)), [number for number, _ in seen])
        page = self.server.admin("GET", "/v1/changes?after=0")
        self.assertEqual(page["changes"], [change for _, change in seen])
        self.restart()
        again = Events(self.server, seen=10)
        self.assertEqual(seen[10:], again.next(10))
        again.close()

    def test_a_stream_from_now_on_says_what_happens(self):
        self.define("seen", "did x")
        self.server.batch([track("before", "x", 1)])
        stream = Events(self.server)
        threading.Timer(0.3, lambda: self.server.batch([track("after", "x", 1)])).start()
        self.assertEqual("after", stream.next(1)[0][1]["customer"])
        stream.close()
        self.server.admin("GET", "/v1/changes?after=99999", status=400)

    def test_an_erased_customer_is_gone_everywhere(self):
        self.define("seen", "did x")
        self.server.batch([track("ada-lovelace", "x", 1), {"type": "track", "userId": "ada-lovelace"},
                           track("ben", "x", 1)])
        receipt = self.server.admin("DELETE", "/v1/customers/ada-lovelace")
        self.assertEqual(["ada-lovelace"], receipt["identities"])
        self.assertEqual(1, receipt["set_aside"])
        self.server.admin("GET", "/v1/customers/ada-lovelace", status=404)
        self.assertEqual(1, self.segment("seen")["size"])
        self.assertEqual([], self.server.admin("GET", "/v1/quarantine")["items"])
        self.assertNotIn("lovelace", json.dumps(self.server.admin("GET", "/v1/changes")))
        self.server.stop()
        for path in self.data.rglob("*"):
            if path.is_file():
                self.assertNotIn(b"ada-lovelace", path.read_bytes(), path)

    def test_purposes_and_settings_are_stored_and_read(self):
        text = "metric: sum(purchase.amount) next 90 days\ncapacity: 3\n"
        self.assertEqual(1, self.server.admin("PUT", "/v1/purposes/spring", {"text": text})["version"])
        self.assertEqual(text, self.server.admin("GET", "/v1/purposes/spring")["text"])
        self.server.admin("DELETE", "/v1/purposes/spring")
        self.server.admin("GET", "/v1/purposes/spring", status=404)
        self.server.admin("PUT", "/v1/settings/time_zone", {"value": "Europe/London"})
        settings = {one["name"]: one["value"] for one in self.server.admin("GET", "/v1/settings")["settings"]}
        self.assertEqual("Europe/London", settings["time_zone"])
        self.server.admin("PUT", "/v1/settings/time_zone", {"value": "Mars"}, status=400)

    def test_prometheus_reads_the_metrics(self):
        self.server.batch([track("ada", "x", 1)])
        self.define("seen", "did x")
        samples = self.server.metrics()
        self.assertEqual(1, samples['fineline_records_stored_total{source="messages"}'])
        self.assertEqual(1, samples['fineline_segment_members{segment="seen"}'])
        self.assertEqual(1, samples['fineline_http_requests_total{method="POST",route="/v1/batch",status="200"}'])

    def test_the_page_on_running_names_every_metric(self):
        self.server.batch([track("ada", "x", 1)])
        self.define("seen", "did x")
        page = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
        table = page[page.index("## Every number"):]
        told = {re.sub("_(bucket|sum|count)$", "", sample.split("{")[0]) for sample in self.server.metrics()}
        named = set(re.findall(r"`(fineline_[a-z_]+)`", table))
        self.assertEqual(set(), told - named, "not on the page")
        # These two are told only once they have happened.
        self.assertEqual({"fineline_tracking_retries_total", "fineline_tracking_unknown_key_total"}, named - told)

    def test_the_directory_belongs_to_the_server(self):
        finished = subprocess.run([PROGRAM, "ask", "--data", str(self.data), "did x"], capture_output=True,
                                  timeout=60, check=False)
        self.assertEqual(1, finished.returncode)


if __name__ == "__main__":
    unittest.main()
