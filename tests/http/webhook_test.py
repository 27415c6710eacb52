"""Webhooks: signed, in order, again until they are taken, given up at last, and sent anew on request."""

import contextlib
import hashlib
import hmac
import http.server
import json
import signal
import sqlite3
import threading
import time
import unittest

from serving import PATIENCE, Server, ServerTest, track


class Receiver(http.server.ThreadingHTTPServer):
    """Takes deliveries; answers with whatever `answers` has next, then 200."""

    daemon_threads = True

    def __init__(self, answers=(), hold=None):
        self.answers, self.deliveries, self.hold = list(answers), [], hold
        super().__init__(("127.0.0.1", 0), ReceiverHandler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/hook"

    def taken(self):
        """The numbers of the changes in deliveries that were answered 200, in the order of arrival."""
        return [change["number"] for status, _, body in self.deliveries if status == 200
                for change in json.loads(body)["changes"]]


class ReceiverHandler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.hold is not None:
            self.server.hold.wait(PATIENCE)
        status = self.server.answers.pop(0) if self.server.answers else 200
        self.server.deliveries.append((status, dict(self.headers), body))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class WebhookTest(ServerTest):
    def receiver(self, *answers):
        receiver = Receiver(answers)
        self.addCleanup(receiver.shutdown)
        return receiver

    def subscribe(self, receiver, **more):
        return self.server.admin("POST", "/v1/webhooks", {"url": receiver.url, "after": 0, **more}, status=201)

    def make_changes(self, count, prefix="u"):
        self.server.admin("PUT", "/v1/segments/seen", {"expression": "did x"})
        self.server.batch([track(f"{prefix}{number}", "x", 1) for number in range(count)])

    def state(self, webhook):
        all_of_them = self.server.admin("GET", "/v1/webhooks")["webhooks"]
        return next(one for one in all_of_them if one["id"] == webhook["id"])

    def test_deliveries_are_signed_and_in_order(self):
        receiver = self.receiver()
        webhook = self.subscribe(receiver)
        self.make_changes(1200)
        self.eventually(lambda: len(receiver.taken()) >= 1200, "all changes are delivered")
        self.assertEqual(list(range(1, 1201)), receiver.taken())
        for _, headers, body in receiver.deliveries:
            fields = dict(field.split("=", 1) for field in headers["X-Fineline-Signature"].split(","))
            expected = hmac.new(webhook["secret"].encode(), fields["t"].encode() + b"." + body, hashlib.sha256)
            self.assertEqual(expected.hexdigest(), fields["v1"])
            self.assertLess(abs(int(fields["t"]) - time.time()), 300)
        self.assertNotIn("secret", self.state(webhook))

    def test_it_tries_again_with_pauses_until_it_is_taken(self):
        receiver = self.receiver(500, 404)
        webhook = self.subscribe(receiver)
        self.make_changes(5)
        self.eventually(lambda: receiver.taken(), "the third attempt is taken")
        self.assertEqual([500, 404, 200], [status for status, _, _ in receiver.deliveries])
        self.assertEqual(list(range(1, 6)), receiver.taken())
        self.eventually(lambda: self.state(webhook)["failures"] == 0, "the failures are over")

    def test_receivers_that_do_not_answer_hold_nobody_up(self):
        answer = threading.Event()
        self.addCleanup(answer.set)
        slow = [self.subscribe(Receiver(hold=answer)) for _ in range(5)]
        quick = self.receiver()
        self.subscribe(quick)
        self.make_changes(700)
        self.eventually(lambda: len(quick.taken()) >= 700, "the quick one has everything")
        self.assertEqual(list(range(1, 701)), quick.taken())
        # None of the others has even failed yet: nobody waited for an answer of theirs to be overdue.
        self.assertEqual([(0, 0)] * 5, [(state["failures"], state["delivered"]) for state in map(self.state, slow)])
        answer.set()
        self.eventually(lambda: all(self.state(one)["delivered"] == 700 for one in slow), "the slow ones follow")

    def test_what_is_given_up_is_shown_and_can_be_sent_once_more(self):
        receiver = self.receiver(*[503] * 100)
        webhook = self.subscribe(receiver)
        self.make_changes(5)
        self.eventually(lambda: self.state(webhook)["failures"] >= 1, "it has failed")
        self.assertIn("503", self.state(webhook)["last_error"])
        # Twelve attempts take more than half an hour; ten of them are skipped here.
        self.server.stop()
        with contextlib.closing(sqlite3.connect(self.data / "control.sqlite")) as control, control:
            control.execute("UPDATE webhooks SET failures = 11, retry_at = 0")
        self.server = Server(self.data, keys=self.server.keys)
        letters = f"/v1/webhooks/{webhook['id']}/dead-letters"
        letter, = self.eventually(lambda: self.server.admin("GET", letters)["dead_letters"], "it is given up")
        self.assertEqual((1, 5), (letter["first"], letter["last"]))
        self.assertIn("503", letter["error"])
        self.assertEqual((0, 5), (self.state(webhook)["failures"], self.state(webhook)["delivered"]))
        self.assertEqual([], receiver.taken())
        self.server.admin("POST", f"{letters}/{letter['id']}/replay", status=409)
        self.assertEqual(1, len(self.server.admin("GET", letters)["dead_letters"]), "one that fails again stays")
        receiver.answers.clear()
        self.server.admin("POST", f"{letters}/{letter['id']}/replay")
        self.assertEqual([1, 2, 3, 4, 5], receiver.taken())
        self.assertEqual([], self.server.admin("GET", letters)["dead_letters"])
        self.make_changes(1, "later")
        self.eventually(lambda: receiver.taken()[5:], "deliveries go on behind it")
        self.assertEqual([6], receiver.taken()[5:])

    def test_only_the_segments_asked_for(self):
        receiver = self.receiver()
        self.server.admin("PUT", "/v1/segments/other", {"expression": "did y"})
        self.subscribe(receiver, segments=["other"])
        self.make_changes(3)
        self.server.batch([track("ada", "y", 1)])
        self.eventually(lambda: receiver.taken(), "the change of the other segment is delivered")
        changes = [change for _, _, body in receiver.deliveries for change in json.loads(body)["changes"]]
        self.assertEqual([("ada", "other")], [(change["customer"], change["segment"]) for change in changes])

    def test_a_receiver_that_is_away_gets_everything_later(self):
        """Also over a kill -9: where it stands is stored before the next delivery."""
        receiver = self.receiver()
        webhook = self.subscribe(receiver)
        self.make_changes(10)
        self.eventually(lambda: len(receiver.taken()) == 10, "the first are delivered")
        self.eventually(lambda: self.state(webhook)["delivered"] == 10, "and that is stored")
        self.restart(signal.SIGKILL)
        self.make_changes(10, "v")
        self.eventually(lambda: len(receiver.taken()) >= 20, "the rest comes after the restart")
        self.assertEqual(list(range(1, 21)), sorted(set(receiver.taken())))

    def test_what_was_sent_can_be_sent_again(self):
        receiver = self.receiver()
        webhook = self.subscribe(receiver)
        self.make_changes(10)
        self.eventually(lambda: self.state(webhook)["delivered"] == 10, "all are delivered")
        self.server.admin("POST", f"/v1/webhooks/{webhook['id']}/replay", {"after": 4})
        self.eventually(lambda: len(receiver.taken()) >= 16, "the last six come again")
        self.assertEqual(list(range(1, 11)) + list(range(5, 11)), receiver.taken())

    def test_a_removed_webhook_is_sent_nothing(self):
        receiver = self.receiver()
        webhook = self.subscribe(receiver)
        self.server.admin("DELETE", f"/v1/webhooks/{webhook['id']}")
        self.make_changes(3)
        time.sleep(1)
        self.assertEqual([], receiver.deliveries)
        self.server.admin("GET", f"/v1/webhooks/{webhook['id']}/dead-letters", status=404)

    def test_a_url_must_be_one(self):
        for url in ("ftp://example.com", "example.com", "http://", ""):
            self.server.admin("POST", "/v1/webhooks", {"url": url}, status=400)


if __name__ == "__main__":
    unittest.main()
