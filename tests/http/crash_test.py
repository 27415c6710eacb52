"""kill -9 under load: every event is there once, and the change feed has no gap."""

import json
import os
import signal
import subprocess
import threading
import time
import unittest

from serving import Server, ServerTest, track

POINTS = int(os.environ.get("FINELINE_CRASH_POINTS", "20"))
SENDERS = 4


class Sender(threading.Thread):
    """Sends batches as an SDK does: one after the other, each again until it is answered 200."""

    def __init__(self, test, name):
        super().__init__(daemon=True)
        self.test, self.prefix, self.sent, self.over = test, name, 0, threading.Event()
        self.retries = 0

    def run(self):
        while not self.over.is_set():
            items = [track(f"{self.prefix}-{self.sent}", "x", place) for place in range(5)]
            while not self.deliver(items):
                self.retries += 1
                time.sleep(0.02)
            self.sent += 1

    def deliver(self, items):
        try:
            status, _, _ = self.test.server.batch(items, status=None)
            return status == 200
        except OSError:
            return False
        except Exception:  # an answer cut off in the middle
            return False


class CrashTest(ServerTest):
    def test_killed_at_random_points_under_load(self):
        self.server.admin("PUT", "/v1/segments/seen", {"expression": "count(x) >= 5"})
        senders = [Sender(self, f"s{number}") for number in range(SENDERS)]
        for sender in senders:
            sender.start()
        seen = []
        for _ in range(POINTS):
            time.sleep(self.random.uniform(0.05, 0.5))
            try:
                after = seen[-1]["number"] if seen else 0
                seen += self.server.admin("GET", f"/v1/changes?after={after}&limit=10000")["changes"]
            except OSError:
                pass
            self.restart(signal.SIGKILL)
            if seen:
                # What was seen before the crash is what the feed says after it.
                last = seen[-1]["number"]
                again = self.server.admin("GET", f"/v1/changes?after={max(0, last - 50)}&limit={min(50, last)}")["changes"]
                self.assertEqual(seen[-len(again):], again)
        for sender in senders:
            sender.over.set()
        for sender in senders:
            sender.join(60)
            self.assertFalse(sender.is_alive())
        total = sum(sender.sent for sender in senders)
        self.assertGreater(total, 0)
        # Each customer did x five times, not four and not ten.
        self.assertEqual(total, self.server.count("count(x) = 5"))
        self.assertEqual(total, self.server.count("did x"))
        self.assertEqual(total, self.server.admin("GET", "/v1/segments/seen")["size"])
        changes, after = [], 0
        while True:
            page = self.server.admin("GET", f"/v1/changes?after={after}&limit=10000")["changes"]
            if not page:
                break
            changes += page
            after = page[-1]["number"]
        self.assertEqual(list(range(1, len(changes) + 1)), [change["number"] for change in changes])
        entered = [change["customer"] for change in changes if change["direction"] == "entered"]
        self.assertEqual(total, len(entered))
        self.assertEqual(total, len(set(entered)))
        self.assertGreater(sum(sender.retries for sender in senders), 0, "no sender ever noticed a crash")


if __name__ == "__main__":
    unittest.main()
