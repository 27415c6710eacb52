"""What a server must live through: slow, large, broken, half-closed, unauthorised, too many, a full disk."""

import json
import os
import signal
import socket
import subprocess
import threading
import time
import unittest

from serving import PROGRAM, Server, ServerTest, track

MEGABYTE = 1024 * 1024


def read_all(connection, patience=30):
    """Reads until the other side closes; what came before a reset counts."""
    connection.settimeout(patience)
    answer = b""
    try:
        while True:
            piece = connection.recv(65536)
            if not piece:
                return answer
            answer += piece
    except ConnectionResetError:
        return answer


def status_of(answer):
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else None


class HostileTest(ServerTest):
    def raw(self):
        connection = socket.create_connection(("127.0.0.1", self.server.port), timeout=30)
        self.addCleanup(connection.close)
        return connection

    def tearDown(self):
        """Whatever a test did, the server still takes events and answers questions."""
        self.server.batch([track("after", "survived", 1)])
        self.assertEqual(1, self.server.count("did survived"))

    def test_a_header_that_never_ends_is_408(self):
        """Slow-loris: a byte now and then."""
        connections = [self.raw() for _ in range(20)]
        for connection in connections:
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        until = time.monotonic() + 40
        answers = {}
        while time.monotonic() < until and len(answers) < len(connections):
            for place, connection in enumerate(connections):
                if place in answers:
                    continue
                try:
                    connection.sendall(b"a")
                    connection.settimeout(0.01)
                    answers[place] = connection.recv(4096)
                except socket.timeout:
                    pass
                except (BrokenPipeError, ConnectionResetError):
                    answers[place] = b""
            time.sleep(0.2)
            self.assertEqual(200, self.server.request("GET", "/health")[0])
        self.assertEqual([408] * len(connections), [status_of(answer) for answer in answers.values()])

    def test_too_large_a_header_is_431(self):
        connection = self.raw()
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Large: " + b"x" * 100_000 + b"\r\n\r\n")
        self.assertEqual(431, status_of(read_all(connection)))

    def test_a_body_larger_than_the_route_takes_is_413(self):
        for size in (6 * MEGABYTE, 2**40, 2**63):
            connection = self.raw()
            connection.sendall(b"POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % size)
            connection.sendall(b"x" * 100_000)
            self.assertEqual(413, status_of(read_all(connection)), size)

    def test_chunks_without_end_are_413(self):
        connection = self.raw()
        connection.sendall(b"POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
        try:
            for _ in range(200):
                connection.sendall(chunk)
        except (BrokenPipeError, ConnectionResetError):
            pass
        self.assertEqual(413, status_of(read_all(connection)))

    def test_what_is_no_http_is_400(self):
        for text in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"nonsense\r\n\r\n", b"GET\r\n\r\n",
                     b"GET /\x00 HTTP/1.1\r\n\r\n", b"GET /health HTTP/1.1\r\nHost localhost\r\n\r\n",
                     b"POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
                     b"POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
                     b"POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"):
            connection = self.raw()
            connection.sendall(text)
            connection.shutdown(socket.SHUT_WR)
            self.assertEqual(400, status_of(read_all(connection)), text)

    def test_random_bytes_end_in_400_or_nothing(self):
        for _ in range(100):
            connection = self.raw()
            try:
                connection.sendall(self.random.randbytes(self.random.randrange(1, 2000)))
                connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            self.assertIn(status_of(read_all(connection)), (None, 400, 431))

    def test_a_body_that_ends_early_is_400(self):
        connection = self.raw()
        connection.sendall(b"POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf")
        connection.shutdown(socket.SHUT_WR)
        self.assertEqual(400, status_of(read_all(connection)))

    def test_a_half_closed_client_gets_its_answer(self):
        connection = self.raw()
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        self.assertEqual(200, status_of(read_all(connection)))

    def test_clients_that_go_away_are_forgotten(self):
        for _ in range(300):
            connection = socket.create_connection(("127.0.0.1", self.server.port))
            connection.sendall(b"POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            connection.close()
        self.eventually(lambda: self.server.metrics()["fineline_http_connections"] <= 2, "connections are given back")
        self.assertEqual(0, self.server.metrics()["fineline_http_body_bytes_in_flight"])

    def test_requests_one_after_the_other_on_one_connection(self):
        connection = self.raw()
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n" * 3 +
                           b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        self.assertEqual(4, read_all(connection).count(b"HTTP/1.1 200"))

    def test_expect_continue_is_told_to_go_on_or_not(self):
        body = json.dumps({"batch": [track("ada", "x", 1)], "writeKey": self.server.keys["write"]}).encode()
        connection = self.raw()
        connection.sendall(b"POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
                           b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body))
        self.assertTrue(connection.recv(100).startswith(b"HTTP/1.1 100"))
        connection.sendall(body)
        self.assertEqual(200, status_of(read_all(connection)))
        refused = self.raw()
        refused.sendall(b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
                        b"Content-Length: 100\r\n\r\n")
        self.assertEqual(401, status_of(read_all(refused)))

    def test_nobody_asks_without_an_admin_key(self):
        write = {"Authorization": "Bearer " + self.server.keys["write"]}
        for method, path, body in (("GET", "/v1/segments", None), ("POST", "/v1/ask", '{"expression":"did x"}'),
                                   ("GET", "/v1/customers/ada", None), ("DELETE", "/v1/customers/ada", None),
                                   ("GET", "/v1/changes/stream", None), ("POST", "/v1/keys", "{}")):
            self.assertEqual(401, self.server.request(method, path, body)[0])
            self.assertEqual(401, self.server.request(method, path, body, {"Authorization": "Bearer fla_no"})[0])
            self.assertEqual(403, self.server.request(method, path, body, write)[0])

    def test_a_name_that_leads_here_from_elsewhere_is_refused(self):
        """DNS rebinding: the page's own name resolves to this machine."""
        admin = {"Authorization": "Bearer " + self.server.keys["admin"]}
        self.assertEqual(403, self.server.request("GET", "/v1/segments", headers={"Host": "evil.example", **admin})[0])
        self.assertEqual(403, self.server.request("GET", "/health", headers={"Host": "evil.example"})[0])
        self.assertEqual(403, self.server.request("GET", "/v1/segments",
                                                  headers={"Origin": "https://evil.example", **admin})[0])
        own = {"Origin": f"http://127.0.0.1:{self.server.port}", **admin}
        self.assertEqual(200, self.server.request("GET", "/v1/segments", headers=own)[0])

    def test_a_revoked_key_opens_nothing(self):
        made = self.server.admin("POST", "/v1/keys", {"name": "shop", "kind": "write"}, status=201)
        message = json.dumps({"userId": "ada", "event": "x", "writeKey": made["secret"]})
        self.assertEqual(200, self.server.request("POST", "/v1/track", message)[0])
        self.server.admin("DELETE", "/v1/keys/" + made["id"])
        self.assertEqual(401, self.server.request("POST", "/v1/track", message)[0])

    def test_a_subscriber_that_does_not_read_costs_the_others_nothing(self):
        self.server.admin("PUT", "/v1/segments/seen", {"expression": "did x"})
        connection = self.raw()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(b"GET /v1/changes/stream?after=0 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
                           self.server.keys["admin"].encode() + b"\r\n\r\n")
        for number in range(20):
            self.server.batch([track(f"{number}-{place}", "x", 1) for place in range(500)])
        self.eventually(lambda: self.server.admin("GET", "/v1/segments/seen")["size"] == 10_000, "all are in")
        changes = self.server.admin("GET", "/v1/changes?after=9000&limit=1000")
        self.assertEqual(list(range(9001, 10_001)), [change["number"] for change in changes["changes"]])

    def test_more_connections_than_allowed_are_told_so(self):
        """4,096 may be open; the next is answered 503 at once."""
        import resource
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard < 10_000:
            self.skipTest("the machine allows too few descriptors")
        resource.setrlimit(resource.RLIMIT_NOFILE, (10_000, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        self.restart()
        held = [socket.create_connection(("127.0.0.1", self.server.port)) for _ in range(4096)]
        refused = socket.create_connection(("127.0.0.1", self.server.port))
        answer = read_all(refused)
        self.assertEqual(503, status_of(answer))
        self.assertIn(b"Retry-After:", answer)
        for connection in held + [refused]:
            connection.close()
        self.eventually(lambda: self.answers(), "the server answers again")

    def answers(self):
        try:
            return self.server.request("GET", "/health")[0] == 200
        except OSError:
            return False


class FullDiskTest(ServerTest):
    def test_a_full_disk_is_503_and_nothing_acknowledged_is_lost(self):
        disk = self.folder / "disk"
        disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)], capture_output=True,
                                 check=False)
        if mounted.returncode != 0:
            self.skipTest("only root may mount a small disk")
        self.addCleanup(subprocess.run, ["umount", "-l", str(disk)], check=False)
        self.server.stop()
        self.data = disk / "data"
        self.server = Server(self.data)
        stored, refused = [], None
        for number in range(2000):
            # Random text, so that compression does not make room.
            items = [track(f"u{number}", "x", place, properties={"p": self.random.randbytes(2000).hex()})
                     for place in range(10)]
            status, headers, _ = self.server.batch(items, status=None)
            if status != 200:
                refused = (status, headers.get("retry-after"))
                break
            stored.append(number)
        self.assertEqual((503, "1"), refused)
        # It lives: it answers questions, and says that it is alive.
        self.assertEqual(200, self.server.request("GET", "/health")[0])
        self.assertEqual(10 * len(stored), self.server.admin("GET", "/v1/schema")["events"])
        subprocess.run(["mount", "-o", "remount,size=96m", str(disk)], check=True)
        self.server.batch([track("after", "survived", 1)])
        self.restart(signal.SIGKILL)
        for number in stored:
            self.assertEqual(10, self.server.admin("GET", f"/v1/customers/u{number}")["events"])
        self.assertEqual(1, self.server.count("did survived"))


class StoppingTest(ServerTest):
    def test_a_stop_drains_and_writes_the_checkpoint(self):
        sent = []
        errors = []

        def send(worker):
            for number in range(1000):
                try:
                    self.server.batch([track(f"{worker}-{number}", "x", 1)])
                    sent.append(f"{worker}-{number}")
                except (OSError, AssertionError) as error:
                    errors.append(error)
                    return
        workers = [threading.Thread(target=send, args=(worker,)) for worker in range(4)]
        for worker in workers:
            worker.start()
        time.sleep(0.5)
        server = self.server
        self.assertEqual(0, server.stop(signal.SIGTERM))
        for worker in workers:
            worker.join()
        self.assertTrue(sent)
        self.server = Server(self.data, keys=server.keys)
        self.assertEqual(len(sent), self.server.count("did x"))
        self.assertTrue((self.data / "columns.checkpoint").exists(), os.listdir(self.data))

    def test_ctrl_c_stops_as_well_and_a_stream_ends(self):
        connection = self.server.connect()
        connection.request("GET", "/v1/changes/stream", headers={"Authorization": "Bearer " + self.server.keys["admin"]})
        answer = connection.getresponse()
        self.assertEqual((200, "text/event-stream"), (answer.status, answer.getheader("content-type")))
        self.assertEqual(0, self.server.stop(signal.SIGINT))
        answer.read()

    def test_another_address_needs_tls_or_a_word(self):
        finished = subprocess.run([PROGRAM, "serve", "--data", str(self.folder / "other"), "--listen", "0.0.0.0:0"],
                                  capture_output=True, timeout=60, check=False)
        self.assertEqual(2, finished.returncode)
        self.assertIn(b"--insecure", finished.stderr)

    def test_keys_are_shown_once_and_stored_nowhere(self):
        keys = dict(self.server.keys)
        self.assertEqual({"admin", "write"}, set(keys))
        self.server.stop()
        for path in self.data.iterdir():
            for secret in keys.values():
                self.assertNotIn(secret.encode(), path.read_bytes(), path)
        self.assertNotIn(keys["admin"], self.server.log())
        again = Server(self.data)
        self.assertEqual({}, again.keys)
        again.stop()
        self.server = Server(self.data, keys=keys)
        self.server.admin("GET", "/v1/segments")


if __name__ == "__main__":
    unittest.main()
