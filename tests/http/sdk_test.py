"""The public SDKs of Segment as clients, with only their host changed."""

import http.server
import json
import pathlib
import signal
import subprocess
import threading
import unittest
import urllib.request

from serving import ServerTest

HERE = pathlib.Path(__file__).resolve().parent


class Between(http.server.ThreadingHTTPServer):
    """Stands between an SDK and the server: does something to the first request, forwards the rest."""

    daemon_threads = True

    def __init__(self, test, first):
        self.test, self.first, self.lock, self.statuses = test, first, threading.Lock(), []
        super().__init__(("127.0.0.1", 0), BetweenHandler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class BetweenHandler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.lock:
            first, self.server.first = self.server.first, None
        if first is not None and first(self, body):
            return
        try:
            status = self.forward(body)
        except OSError:  # the server is being started again
            self.connection.close()
            return
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def forward(self, body):
        url = self.server.test.server.url + self.path
        headers = {name: self.headers[name] for name in ("Authorization", "Content-Type") if name in self.headers}
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=60) as answer:
            self.server.statuses.append(answer.status)
            return answer.status

    def log_message(self, *_):
        pass


class NodeSdkTest(ServerTest):
    def send(self, what, host=None):
        finished = subprocess.run(["node", HERE / "sdk_node.mjs", host or self.server.url, self.server.keys["write"],
                                   str(what)], capture_output=True, timeout=240, check=False)
        self.assertEqual(0, finished.returncode, finished.stderr)
        return json.loads(finished.stdout)

    def test_one_message_of_each_type_in_one_batch(self):
        self.assertEqual({"delivered": 6, "errors": []}, self.send("each"))
        samples = self.server.metrics()
        self.assertEqual(1, samples['fineline_http_requests_total{method="POST",route="/v1/batch",status="200"}'])
        profile = self.server.admin("GET", "/v1/customers/ada")
        self.assertEqual({"Order Completed", "Page Viewed", "Screen Viewed"},
                         {event["event"] for event in profile["timeline"]})
        self.assertEqual([("plan", "gold")], [(trait["trait"], trait["value"]) for trait in profile["traits"]])
        self.assertEqual([{"account": "acme", "traits": {"seats": 3}}],
                         [{name: account[name] for name in ("account", "traits")} for account in profile["accounts"]])
        self.assertEqual([], self.server.admin("GET", "/v1/quarantine")["items"])

    def test_after_429_it_comes_again_and_is_there_once(self):
        def too_fast(handler, _):
            handler.send_response(429)
            handler.send_header("Retry-After", "2")
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return True
        between = Between(self, too_fast)
        self.assertEqual({"delivered": 20, "errors": []}, self.send(20, between.url))
        self.assertEqual(20, self.counted())
        between.shutdown()

    def test_killed_between_storing_and_answering_it_is_there_once(self):
        def stored_but_unanswered(handler, body):
            handler.forward(body)
            self.restart(signal.SIGKILL)
            handler.connection.close()
            return True
        between = Between(self, stored_but_unanswered)
        self.assertEqual({"delivered": 20, "errors": []}, self.send(20, between.url))
        self.assertEqual(20, self.counted())
        duplicates = self.server.metrics()['fineline_records_duplicate_total{source="messages"}']
        self.assertGreaterEqual(duplicates, 1)
        between.shutdown()

    def counted(self):
        return sum(self.server.admin("GET", f"/v1/customers/u{number}")["events"] for number in range(7))


class BrowserSdkTest(ServerTest):
    def test_it_fetches_settings_asks_first_and_sends(self):
        finished = subprocess.run(["node", HERE / "sdk_browser.mjs", f"127.0.0.1:{self.server.port}",
                                   self.server.keys["write"]], capture_output=True, timeout=120, check=False)
        self.assertEqual(0, finished.returncode, finished.stderr[-2000:])
        said = json.loads(finished.stdout.splitlines()[-1])
        sent = {request["url"].rsplit("/", 1)[1] for request in said["requests"] if request.get("status") == 200}
        self.assertTrue({"settings", "i", "t", "p", "g"} <= sent, said["requests"])
        samples = self.server.metrics()
        asked = [name for name in samples if 'method="OPTIONS"' in name and 'status="204"' in name]
        self.assertTrue(asked, "the browser sent no preflight")
        profile = self.server.admin("GET", "/v1/customers/ada")
        self.assertEqual({"Order Completed", "Page Viewed"}, {event["event"] for event in profile["timeline"]})
        self.assertEqual({"ada", said["anonymousId"]}, set(profile["identities"]))


if __name__ == "__main__":
    unittest.main()
