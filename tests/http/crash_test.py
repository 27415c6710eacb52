"""kill -9 under load: every event is there once, and the change feed has no gap."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import threading
import time
import unittest

from serving import ServerTest, track

POINTS = int(os.environ.get("FINELINE_CRASH_POINTS", "20"))
SENDERS = 4
KILLS_A_ROUND = 50
HERE = pathlib.Path(__file__).resolve().parent


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

    def test_killed_while_the_real_sdk_sends(self):
        """Rounds of kills while the SDK sends without a pause; between them a stop, so that a later
        round opens from a checkpoint. A relay keeps the port, for the SDK to find the server again."""
        self.server.admin("PUT", "/v1/segments/counted", {"expression": "count(Counted) >= 5"})
        relay = Relay(self)
        self.addCleanup(relay.close)
        wanted = POINTS if POINTS >= 100 else 8
        customers, feed = 0, []
        for first in range(0, wanted, KILLS_A_ROUND):
            sdk = subprocess.Popen(
                ["node", HERE / "sdk_node.mjs", relay.url, self.server.keys["write"], "stream", str(customers)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            self.addCleanup(sdk.kill)
            for _ in range(min(KILLS_A_ROUND, wanted - first)):
                time.sleep(self.random.uniform(0.1, 0.6))
                self.assertIsNone(sdk.poll(), "the SDK sends during every kill")
                self.kill_and_compare(feed)
            output, errors = sdk.communicate(timeout=960)
            self.assertEqual(0, sdk.returncode, errors)
            said = json.loads(output)
            self.assertEqual([], said["errors"])
            self.assertEqual(said["sent"], said["delivered"])
            self.assertGreater(said["sent"], 0)
            customers += said["sent"] // 5
            self.expect_each_once(customers)
            self.read_feed(feed)
            self.assertEqual(customers, len({change["customer"] for change in feed}))
            self.assertEqual(customers, len(feed), "each entered once and nobody left")
            self.restart()
        print(f"\nmeasured: {wanted} kills while the SDK for Node sent {5 * customers} messages")

    def expect_each_once(self, customers):
        """Each customer did what the SDK sent of them: the numbers 0 to 4, each once."""
        for expression in ("did Counted", "count(Counted) = 5", "distinct(Counted.number) = 5", "segment counted"):
            self.assertEqual(customers, self.server.count(expression), expression)

    def read_feed(self, feed):
        """Adds what the feed says behind what was heard; its numbers have no gap."""
        while page := self.server.admin("GET", f"/v1/changes?after={len(feed)}&limit=10000")["changes"]:
            self.assertEqual(len(feed) + 1, page[0]["number"])
            self.assertEqual(len(feed) + len(page), page[-1]["number"])
            feed += page

    def kill_and_compare(self, feed):
        """What was heard before a kill is what the feed says after it."""
        self.read_feed(feed)
        self.restart(signal.SIGKILL)
        heard = feed[-1000:]
        if heard:
            before = len(feed) - len(heard)
            page = self.server.admin("GET", f"/v1/changes?after={before}&limit={len(heard)}")["changes"]
            self.assertEqual(heard, page)


class Relay:
    """Passes connections on to wherever the server is now; one that is nowhere is closed."""

    def __init__(self, test):
        self.test = test
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.test.server.port))
            except OSError:
                client.close()
                continue
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self.pump, args=(source, sink), daemon=True).start()

    @staticmethod
    def pump(source, sink):
        try:
            while piece := source.recv(65536):
                sink.sendall(piece)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self.listener.close()


if __name__ == "__main__":
    unittest.main()
