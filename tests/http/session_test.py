"""Logging in: a key is shown once, a cookie takes its place, and neither opens more than it should."""

import http.client
import json
import unittest

from serving import ServerTest


class SessionTest(ServerTest):
    def log_in(self, key=None, status=200):
        """Returns the cookie's pair, all of its attributes, and the token."""
        body = json.dumps({"key": self.server.keys["admin"] if key is None else key})
        got, headers, answer = self.server.request("POST", "/v1/session", body)
        self.assertEqual(status, got, answer)
        if status != 200:
            self.assertNotIn("set-cookie", headers)
            return None
        cookie = headers["set-cookie"]
        return cookie.split(";")[0], cookie, json.loads(answer)["csrf"]

    def status(self, method, path, body=None, **headers):
        text = None if body is None else json.dumps(body)
        return self.server.request(method, path, text, {name.replace("_", "-"): value
                                                        for name, value in headers.items()})[0]

    def test_a_cookie_takes_the_place_of_the_key(self):
        pair, attributes, token = self.log_in()
        for wanted in ("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age="):
            self.assertIn(wanted, attributes)
        self.assertNotIn(self.server.keys["admin"], attributes)
        self.assertEqual(200, self.status("GET", "/v1/segments", Cookie=pair))
        _, headers, _ = self.server.request("GET", "/v1/segments", headers={"Cookie": pair})
        self.assertEqual("no-store", headers["cache-control"])
        _, _, answer = self.server.request("GET", "/v1/session", headers={"Cookie": pair})
        self.assertEqual(token, json.loads(answer)["csrf"])
        # What changes something needs the token as well.
        change = ("PUT", "/v1/segments/all", {"expression": "true"})
        self.assertEqual(403, self.status(*change, Cookie=pair))
        self.assertEqual(403, self.status(*change, Cookie=pair, X_CSRF_Token="x" + token[1:]))
        self.assertEqual(401, self.status(*change, X_CSRF_Token=token))
        self.assertEqual(200, self.status(*change, Cookie=pair, X_CSRF_Token=token))
        other = self.log_in()
        self.assertEqual(403, self.status(*change, Cookie=pair, X_CSRF_Token=other[2]), "a token of another session")

    def test_wrong_keys_and_write_keys_open_nothing(self):
        self.log_in(key=self.server.keys["write"], status=401)
        self.log_in(key="fla_" + "A" * 43, status=401)
        self.log_in(key="", status=401)
        self.assertEqual(400, self.status("POST", "/v1/session", {"kye": "x"}))
        for cookie in ("fineline_session=", "fineline_session=" + "A" * 43,
                       "fineline_session=" + self.server.keys["admin"]):
            self.assertEqual(401, self.status("GET", "/v1/segments", Cookie=cookie))
        write = "Bearer " + self.server.keys["write"]
        self.assertEqual(403, self.status("GET", "/v1/segments", Authorization=write))

    def test_pages_of_others_cannot_log_in_or_use_a_session(self):
        body = {"key": self.server.keys["admin"]}
        self.assertEqual(403, self.status("POST", "/v1/session", body, Origin="http://evil.example"))
        pair, _, _ = self.log_in()
        self.assertEqual(403, self.status("GET", "/v1/segments", Cookie=pair, Origin="http://evil.example"))

    def test_a_browser_over_tls_sends_the_cookie_over_tls_alone(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=10)
        connection.request("POST", "/v1/session", json.dumps({"key": self.server.keys["admin"]}),
                           {"Origin": f"https://127.0.0.1:{self.server.port}"})
        self.assertIn("; Secure", connection.getresponse().getheader("Set-Cookie"))
        connection.close()

    def test_sessions_end_by_logging_out_by_revoking_and_with_the_server(self):
        (pair, _, token), (other, _, _) = self.log_in(), self.log_in()
        self.assertEqual(403, self.status("DELETE", "/v1/session", Cookie=pair))
        self.assertEqual(204, self.status("DELETE", "/v1/session", Cookie=pair, X_CSRF_Token=token))
        self.assertEqual(401, self.status("GET", "/v1/segments", Cookie=pair))
        self.assertEqual(200, self.status("GET", "/v1/segments", Cookie=other))
        admin = {"Authorization": "Bearer " + self.server.keys["admin"]}
        self.assertEqual(204, self.server.request("DELETE", "/v1/sessions", headers=admin)[0])
        self.assertEqual(401, self.status("GET", "/v1/segments", Cookie=other))

        made = self.server.admin("POST", "/v1/keys", {"name": "second", "kind": "admin"}, status=201)
        of_second, _, _ = self.log_in(key=made["secret"])
        self.server.admin("DELETE", "/v1/keys/" + made["id"])
        self.assertEqual(401, self.status("GET", "/v1/segments", Cookie=of_second))

        last, _, _ = self.log_in()
        self.restart()
        self.assertEqual(401, self.status("GET", "/v1/segments", Cookie=last))

    def test_events_stream_to_a_session(self):
        pair, _, _ = self.log_in()
        connection = self.server.connect(timeout=10)
        connection.request("GET", "/v1/changes/stream", headers={"Cookie": pair})
        self.assertEqual(200, connection.getresponse().status)
        connection.close()

    def test_attempts_are_limited_and_no_secret_is_logged(self):
        pair, _, token = self.log_in()
        answers = [self.server.request("POST", "/v1/session", json.dumps({"key": f"fla_guess{n}"}))
                   for n in range(40)]
        refused = [headers for status, headers, _ in answers if status == 429]
        self.assertGreater(len(refused), 5)
        self.assertTrue(all(int(headers["retry-after"]) >= 1 for headers in refused))
        self.assertTrue(all(status in (401, 429) for status, _, _ in answers))
        self.assertEqual(200, self.status("GET", "/v1/segments", Cookie=pair), "who is in stays in")
        self.server.stop()
        log = self.server.log()
        for secret in (self.server.keys["admin"], "fla_guess", pair.split("=", 1)[1], token):
            self.assertNotIn(secret, log)

    def test_the_root_is_a_page_that_runs_nothing_of_others(self):
        status, headers, page = self.server.request("GET", "/")
        self.assertEqual(200, status)
        self.assertTrue(headers["content-type"].startswith("text/html"))
        policy = headers["content-security-policy"]
        self.assertIn("default-src 'self'", policy)
        self.assertNotIn("unsafe", policy)
        self.assertIn(b"fineline", page)
        self.assertEqual(page, self.server.request("GET", "/segments/lapsed?x=1")[2])
        self.assertEqual(404, self.server.request("GET", "/assets/none.js")[0])
        self.assertEqual(404, self.server.request("GET", "/v1/none")[0])
        self.assertEqual(403, self.server.request("GET", "/", headers={"Host": "evil.example"})[0])


if __name__ == "__main__":
    unittest.main()
