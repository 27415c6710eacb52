"""Starts `fineline serve` on a free port and speaks HTTP to it; the standard library only."""

import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("FINELINE", str(ROOT / "build" / "fineline"))
SEED = int(os.environ.get("FINELINE_SEED", "1"))
PATIENCE = 60  # seconds until something that must happen counts as not happening


class Server:
    """One run of the program over a directory. Keys are those of the first run that made them."""

    def __init__(self, data, *options, keys=None):
        self.data = data
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--data", str(data), "--listen", "127.0.0.1:0", "--json", *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.errors)
        self.keys = dict(keys or {})
        self.port = None
        while self.port is None:
            line = self.process.stdout.readline()
            if not line:
                raise AssertionError(f"the server did not start: {self.log()}")
            said = json.loads(line)
            if "secret" in said:
                self.keys[said["kind"]] = said["secret"]
            elif "serving" in said:
                self.port = int(said["serving"].rsplit(":", 1)[1])

    def log(self):
        self.errors.seek(0)
        return self.errors.read().decode("utf-8", "replace")

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def connect(self, timeout=PATIENCE):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def request(self, method, path, body=None, headers=None):
        """Sends one request; returns status, headers and the body as bytes."""
        connection = self.connect()
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def admin(self, method, path, body=None, status=200):
        """Calls a route with the admin key; returns what its JSON says."""
        headers = {"Authorization": "Bearer " + self.keys["admin"]}
        text = None if body is None else json.dumps(body)
        got, _, answer = self.request(method, path, text, headers)
        if got != status:
            raise AssertionError(f"{method} {path}: {got} instead of {status}: {answer[:500]}")
        return json.loads(answer)

    def batch(self, items, status=200, **more):
        """Sends messages under the write key."""
        body = json.dumps({"batch": items, "writeKey": self.keys["write"], **more})
        got, headers, answer = self.request("POST", "/v1/batch", body, {"Content-Type": "application/json"})
        if status is not None and got != status:
            raise AssertionError(f"/v1/batch: {got} instead of {status}: {answer[:500]}")
        return got, headers, answer

    def count(self, expression):
        return self.admin("POST", "/v1/ask", {"expression": expression})["count"]

    def metrics(self):
        """The samples of /metrics: name with labels → value."""
        _, _, text = self.request("GET", "/metrics")
        samples = [line.rsplit(" ", 1) for line in text.decode().splitlines() if line and line[0] != "#"]
        return {name: float(value) for name, value in samples}

    def stop(self, how=signal.SIGTERM):
        """Ends the program; returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(PATIENCE)
        self.process.stdout.close()
        return code


class ServerTest(unittest.TestCase):
    """A test with a directory and a server of its own."""

    options = ()

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fineline-http-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.data = self.folder / "data"
        self.random = random.Random(f"{SEED} {self.id()}")
        self.server = Server(self.data, *self.options)
        self.addCleanup(lambda: self.server.stop())

    def restart(self, how=signal.SIGTERM, **options):
        """Ends the server in a way and starts it again; returns the exit code of the first."""
        code = self.server.stop(how)
        self.server = Server(self.data, *self.options, keys=self.server.keys, **options)
        return code

    def eventually(self, check, message):
        """Waits until `check` returns something true; returns that."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            found = check()
            if found:
                return found
            time.sleep(0.02)
        self.fail(f"not within {PATIENCE} s: {message}")


def track(user, event, number, **more):
    """A track message with an id of its own."""
    return {"type": "track", "userId": user, "event": event, "messageId": f"{user}-{event}-{number}", **more}
