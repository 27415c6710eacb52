"""The program asking a server: the same answers as from the directory, the same exit codes."""

import json
import os
import subprocess
import unittest

from serving import PROGRAM, Server, ServerTest, track


class ServerOptionTest(ServerTest):
    def setUp(self):
        super().setUp()
        self.server.batch([track(f"u{number}", "x", place) for number in range(5) for place in range(number)])
        self.server.admin("PUT", "/v1/segments/seen", {"expression": "did x"})

    def run_program(self, *arguments, key=None):
        environment = {**os.environ, "FINELINE_KEY": key or self.server.keys["admin"]}
        return subprocess.run([PROGRAM, *arguments, "--server", self.server.url], capture_output=True, timeout=60,
                              encoding="utf-8", env=environment, check=False)

    def said(self, *arguments):
        finished = self.run_program(*arguments)
        self.assertEqual(0, finished.returncode, finished.stderr)
        return finished.stdout

    def test_reading_commands_ask_the_server(self):
        self.assertEqual("2\n", self.said("ask", "count(x) > 2"))
        self.assertEqual("u3\nu4\n", self.said("ask", "count(x) > 2", "--members"))
        self.assertIn("yes", self.said("explain", "--customer", "u3", "did x").splitlines()[0])
        self.assertEqual(10, json.loads(self.said("schema", "--json"))["events"])
        self.assertEqual(4, json.loads(self.said("profile", "--customer", "u4", "--json"))["events"])
        self.assertTrue(self.said("segments").startswith("seen"))
        self.eventually(lambda: len(self.said("changes").splitlines()) == 4, "four have entered")
        numbers = [json.loads(line)["number"] for line in self.said("changes", "--after", "1", "--json").splitlines()]
        self.assertEqual([2, 3, 4], numbers)
        self.assertEqual(2, len(self.said("changes", "--limit", "2").splitlines()))

    def test_answers_equal_those_from_the_directory(self):
        remote = json.loads(self.said("ask", "count(x) > 1", "--members", "--json"))
        self.server.stop()
        local = subprocess.run([PROGRAM, "ask", "--data", str(self.data), "count(x) > 1", "--members", "--json"],
                               capture_output=True, check=True, timeout=60)
        here = json.loads(local.stdout)
        self.assertEqual([here[name] for name in ("count", "members", "customers", "unknown")],
                         [remote[name] for name in ("count", "members", "customers", "unknown")])

    def test_errors_keep_their_words_and_codes(self):
        wrong = self.run_program("ask", "did x and")
        self.assertEqual(2, wrong.returncode)
        self.assertIn("^", wrong.stderr)
        self.assertEqual(1, self.run_program("profile", "--customer", "nobody").returncode)
        self.assertEqual(1, self.run_program("segments", key="fla_wrong").returncode)
        self.server.stop()
        self.assertEqual(1, self.run_program("segments").returncode)

    def test_the_clock_may_begin_elsewhere(self):
        """Data of the past is served as of its own time, and what arrives happens then."""
        self.server.stop()
        data = self.folder / "past"
        past = Server(data, "--clock", "2011-12-10T00:00:00Z")
        self.addCleanup(past.stop)
        past.batch([track("ada", "x", 1)])
        self.assertEqual(1, past.count("did x from 2011-12-10 to 2011-12-11"))
        self.assertTrue(past.admin("GET", "/v1/segments")["freshness"]["as_of"].startswith("2011-12-10T00:0"))

    def test_a_clock_without_offset_is_refused(self):
        for wrong in ("2011-12-10T00:00:00", "yesterday"):
            finished = subprocess.run([PROGRAM, "serve", "--data", str(self.folder / "x"), "--clock", wrong],
                                      capture_output=True, timeout=60, check=False)
            self.assertEqual(2, finished.returncode)
            self.assertIn(b"--clock", finished.stderr)

    def test_one_of_the_two_is_needed(self):
        finished = subprocess.run([PROGRAM, "ask", "did x"], capture_output=True, timeout=60, check=False)
        self.assertEqual(2, finished.returncode)
        self.assertIn(b"--server", finished.stderr)


if __name__ == "__main__":
    unittest.main()
