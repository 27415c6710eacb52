"""The tracking API as direct HTTP clients see it: the acceptance tests that need no SDK."""

import base64
import datetime
import gzip
import http.client
import json
import subprocess
import unittest

from serving import PROGRAM, Server, ServerTest, track

GIF = b"GIF89a"


def basic(key):
    return {"Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}


def iso(instant):
    return instant.isoformat().replace("+00:00", "Z")


class TrackingTest(ServerTest):
    def send(self, path, message, headers=None, key=None):
        body = dict(message)
        if headers is None:
            body["writeKey"] = key or self.server.keys["write"]
        return self.server.request("POST", path, json.dumps(body), headers)

    def test_every_route_takes_its_type(self):
        routes = {"track": {"event": "Seen"}, "identify": {"traits": {"plan": "gold"}}, "page": {"name": "Home"},
                  "screen": {"name": "Start"}, "group": {"groupId": "acme"}, "alias": {"previousId": "old"}}
        for kind, rest in routes.items():
            for path in (f"/v1/{kind}", f"/v1/{kind[0]}"):
                with self.subTest(path=path):
                    status, _, answer = self.send(path, {"userId": "ada", **rest})
                    self.assertEqual((200, {"success": True}), (status, json.loads(answer)))
        profile = self.server.admin("GET", "/v1/customers/ada")
        self.assertEqual({"Seen", "Page Viewed", "Screen Viewed"}, {event["event"] for event in profile["timeline"]})
        self.assertEqual("gold", profile["traits"][0]["value"])
        self.assertEqual("acme", profile["accounts"][0]["account"])

    def test_keys_are_taken_as_basic_user_with_and_without_colon_and_from_the_body(self):
        key = self.server.keys["write"]
        bare = {"Authorization": "Basic " + base64.b64encode(key.encode()).decode()}
        for headers in (basic(key), bare, {"Authorization": "Bearer " + key}, None):
            status, _, _ = self.send("/v1/track", {"userId": "ada", "event": "x"}, headers)
            self.assertEqual(200, status)
        self.assertEqual(4, self.server.admin("GET", "/v1/customers/ada")["events"])

    def test_the_header_beats_the_body(self):
        body = {"userId": "ada", "event": "x", "writeKey": self.server.keys["write"]}
        status, _, _ = self.server.request("POST", "/v1/track", json.dumps(body), basic("flw_wrong"))
        self.assertEqual(401, status)

    def test_an_admin_key_sends_no_events(self):
        status, _, _ = self.send("/v1/track", {"userId": "ada", "event": "x"}, key=self.server.keys["admin"])
        self.assertEqual(401, status)

    def test_gzip_in_chunks_without_a_length(self):
        """The shape of Kotlin's SDK."""
        packed = gzip.compress(json.dumps({"batch": [track("ada", "x", 1)], "writeKey": self.server.keys["write"],
                                           "sentAt": "2024-01-01T00:00:00Z"}).encode())
        connection = self.server.connect()
        connection.request("POST", "/v1/b", body=iter([packed[:10], packed[10:]]), encode_chunked=True,
                           headers={"Transfer-Encoding": "chunked", "Content-Encoding": "gzip",
                                    "Content-Type": "text/plain"})
        self.assertEqual(200, connection.getresponse().status)
        connection.close()
        self.assertEqual(1, self.server.count("count(x) = 1"))

    def test_a_gzip_bomb_is_refused(self):
        bomb = gzip.compress(b" " * 50_000_000)
        status, _, answer = self.server.request("POST", "/v1/batch", bomb, {"Content-Encoding": "gzip"})
        self.assertEqual(413, status, answer)
        status, _, _ = self.server.request("POST", "/v1/batch", b"no gzip", {"Content-Encoding": "gzip"})
        self.assertEqual(400, status)

    def test_bad_json_is_told_with_code_and_message(self):
        """The Python SDK reads them."""
        status, _, answer = self.server.request("POST", "/v1/batch", "{", {})
        self.assertEqual(400, status)
        self.assertEqual({"code", "message"}, set(json.loads(answer)))

    def test_import_is_batch(self):
        """The Java SDK posts there."""
        body = {"batch": [track("ada", "x", 1)], "writeKey": self.server.keys["write"]}
        status, _, _ = self.server.request("POST", "/v1/import", json.dumps(body), {})
        self.assertEqual(200, status)
        self.assertEqual(1, self.server.count("did x"))

    def test_a_pixel_is_always_a_picture(self):
        message = {"writeKey": self.server.keys["write"], "userId": "ada", "event": "Email Opened"}
        encoded = base64.b64encode(json.dumps(message).encode()).decode()
        for data in (encoded, encoded.rstrip("="), "%7B%22broken", "", base64.b64encode(b"{}").decode()):
            for method in ("track", "t", "dance"):
                status, headers, picture = self.server.request("GET", f"/v1/pixel/{method}?data={data}")
                self.assertEqual((200, "image/gif"), (status, headers["content-type"]))
                self.assertTrue(picture.startswith(GIF) and picture.endswith(b";"))
        self.assertEqual(4, self.server.admin("GET", "/v1/customers/ada")["events"])

    def test_measurements_of_the_sdk_are_thrown_away(self):
        self.assertEqual(200, self.send("/v1/m", {"series": []})[0])

    def test_settings_of_a_key(self):
        key = self.server.keys["write"]
        status, _, answer = self.server.request("GET", f"/v1/projects/{key}/settings")
        self.assertEqual(200, status)
        self.assertEqual({"apiKey": key, "apiHost": f"127.0.0.1:{self.server.port}/v1"},
                         json.loads(answer)["integrations"]["Segment.io"])
        self.assertEqual(404, self.server.request("GET", "/v1/projects/flw_none/settings")[0])

    def test_preflight(self):
        status, headers, body = self.server.request("OPTIONS", "/v1/t", headers={
            "Origin": "https://shop.example", "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization"})
        self.assertEqual((204, b""), (status, body))
        self.assertEqual("https://shop.example", headers["access-control-allow-origin"])
        self.assertIn("POST", headers["access-control-allow-methods"])
        self.assertTrue({"authorization", "content-type", "x-retry-count"} <=
                        {name.strip() for name in headers["access-control-allow-headers"].split(",")})
        self.assertGreaterEqual(int(headers["access-control-max-age"]), 3600)

    def test_get_on_a_post_route_is_405(self):
        status, headers, _ = self.server.request("GET", "/v1/batch")
        self.assertEqual((405, "POST"), (status, headers["allow"]))

    def test_a_clock_three_hours_ahead_is_corrected(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        ahead = now + datetime.timedelta(hours=3)
        seen = ahead - datetime.timedelta(seconds=90)
        self.server.batch([track("ada", "x", 1, timestamp=iso(seen))], sentAt=iso(ahead))
        stored = self.server.admin("GET", "/v1/customers/ada")["timeline"][0]["time"]
        off = datetime.datetime.fromisoformat(stored.replace("Z", "+00:00")) - (now - datetime.timedelta(seconds=90))
        # The time between reading our clock and the server reading its own is in it.
        self.assertTrue(0 <= off.total_seconds() < 5, off)

    def test_items_of_a_batch_stand_and_fall_alone(self):
        items = [track("ada", "x", 1), {"type": "track", "event": "x"}, {"type": "track", "userId": "", "event": "x"},
                 {"type": "track", "userId": 42, "event": "x"}, {"type": "track", "userId": "bo"}, "text", None]
        self.server.batch(items)
        self.assertEqual(2, self.server.count("did x"))
        self.assertEqual(1, self.server.admin("GET", "/v1/customers/42")["events"])
        page = self.server.admin("GET", "/v1/quarantine")
        self.assertEqual(["bad_message", "bad_message", "missing_name", "missing_customer", "missing_customer"],
                         [item["reason"] for item in page["items"]])
        self.assertEqual({"type": "track", "event": "x"}, json.loads(page["items"][-1]["text"]))
        self.assertEqual(5, sum(total["items"] for total in page["totals"]))

    def test_the_context_of_the_moment_can_be_asked_for(self):
        context = {"campaign": {"source": "news"}, "page": {"url": "https://shop.example/tea"}, "ip": "192.0.2.1",
                   "device": {"id": "d-1", "type": "ios"}}
        self.server.batch([track("ada", "x", 1), track("ben", "x", 1, context={"campaign": {"source": "own"}})],
                          context=context)
        self.assertEqual(1, self.server.count("did x where (campaign.source = 'news' and device.type = 'ios')"))
        self.assertEqual(1, self.server.count("did x where campaign.source = 'own'"))
        text = json.dumps(self.server.admin("GET", "/v1/customers/ada"))
        self.assertIn("https://shop.example/tea", text)
        self.assertNotIn("192.0.2.1", text)
        self.assertNotIn("d-1", text)

    def test_sending_again_stores_nothing_twice(self):
        items = [track("ada", "x", number) for number in range(50)]
        for _ in range(3):
            self.server.batch(items)
        self.assertEqual(50, self.server.admin("GET", "/v1/customers/ada")["events"])
        self.restart()
        self.server.batch(items)
        self.assertEqual(50, self.server.admin("GET", "/v1/customers/ada")["events"])
        source = '{source="messages"}'
        self.assertEqual(50, self.server.metrics()["fineline_records_duplicate_total" + source])

    def test_a_message_is_one_whether_it_is_loaded_or_sent(self):
        """Decision 42: both ways have one source unless told otherwise."""
        messages = [track("ada", "x", number, timestamp="2024-01-05T10:00:00Z") for number in range(4)]

        def load(which):
            self.server.stop()
            path = self.folder / "messages.jsonl"
            path.write_text("".join(json.dumps(message) + "\n" for message in which), encoding="utf-8")
            subprocess.run([PROGRAM, "load", "--data", str(self.data), str(path)], check=True, capture_output=True)
            self.server = Server(self.data, keys=self.server.keys)

        load(messages[:2])
        self.server.batch(messages[:3])
        load(messages)
        self.server.batch(messages)
        self.assertEqual(4, self.server.admin("GET", "/v1/customers/ada")["events"])
        # A sender that numbers its messages itself gets a source of its own.
        made = self.server.admin("POST", "/v1/keys", {"name": "tills", "kind": "write", "source": "tills"}, status=201)
        self.assertEqual("tills", made["source"])
        for _ in range(2):
            self.server.batch(messages[:1], writeKey=made["secret"])
        self.assertEqual(5, self.server.admin("GET", "/v1/customers/ada")["events"])
        self.restart()
        self.assertEqual({"first admin key": "messages", "first write key": "messages", "tills": "tills"},
                         {key["name"]: key["source"] for key in self.server.admin("GET", "/v1/keys")["keys"]})

    def test_names_beyond_the_limit_are_set_aside_and_known_ones_go_on(self):
        def message(number, names):
            return track(f"c{number}", "wide", number, properties={name: 1 for name in names})

        # 4,096 properties are as many as an event may have, 1,024 as many as a record.
        self.server.batch([message(part, [f"p{part * 1024 + i}" for i in range(1024)]) for part in range(3)])
        self.server.batch([message(3, [f"p{3072 + i}" for i in range(1023)]), message(4, ["p1", "last_one"]),
                           message(5, ["one_more", "p1"]), message(6, ["p4094"])])
        self.assertEqual(6, self.server.count("did wide"))
        item, = self.server.admin("GET", "/v1/quarantine")["items"]
        self.assertEqual("too_many_names", item["reason"])
        self.assertIn("one_more", item["message"])
        self.assertIn("one_more", item["text"])
        # It holds over a restart, and between requests at the same moment.
        self.restart()
        self.server.batch([message(7, ["last_one"]), message(8, ["another"]), track("c9", "narrow", 1)])
        self.assertEqual(7, self.server.count("did wide"))
        self.assertEqual(1, self.server.count("did narrow"))
        self.assertEqual(2, self.server.admin("GET", "/v1/quarantine")["totals"][0]["items"])

    def test_an_anonymous_history_joins_its_first_user_only(self):
        self.server.batch([{"type": "track", "anonymousId": "anon", "event": "x", "messageId": "1"}])
        self.server.batch([{"type": "identify", "anonymousId": "anon", "userId": "ada", "messageId": "2",
                            "traits": {"a": 1}}])
        self.server.batch([{"type": "identify", "anonymousId": "anon", "userId": "ben", "messageId": "3",
                            "traits": {"a": 2}}])
        self.assertEqual(["ada", "anon"], self.server.admin("GET", "/v1/customers/anon")["identities"])
        self.assertEqual(["ben"], self.server.admin("GET", "/v1/customers/ben")["identities"])

    def test_our_own_limits(self):
        large = track("ada", "x", 1, properties={"p": "x" * 600_000})
        self.server.batch([large, track("ada", "y", 1)])
        self.assertEqual(1, self.server.count("did y"))
        self.assertEqual("item_too_large", self.server.admin("GET", "/v1/quarantine")["items"][0]["reason"])
        status, _, _ = self.server.batch([track("ada", "x", number, properties={"p": "x" * 400_000})
                                          for number in range(14)], status=None)
        self.assertEqual(413, status)


class LikeSegmentTest(ServerTest):
    options = ("--limits", "segment", "--wrong-key", "accept")

    def test_an_item_of_33_kb_is_400(self):
        self.server.batch([track("ada", "x", 1, properties={"p": "x" * 33 * 1024})], status=400)

    def test_a_batch_of_501_kb_is_400(self):
        self.server.batch([track("ada", "x", number, properties={"p": "x" * 1024 * 30}) for number in range(17)],
                          status=400)

    def test_of_2501_items_one_is_set_aside(self):
        self.server.batch([track(str(number), "x", number) for number in range(2501)])
        self.assertEqual(2500, self.server.count("did x"))
        self.assertEqual(["too_many_items"],
                         [item["reason"] for item in self.server.admin("GET", "/v1/quarantine")["items"]])

    def test_a_wrong_key_is_200_and_shown(self):
        status, _, _ = self.server.request("POST", "/v1/track", json.dumps({"userId": "ada", "event": "x"}),
                                           basic("flw_wrong"))
        self.assertEqual(200, status)
        page = self.server.admin("GET", "/v1/quarantine")
        self.assertEqual([("unknown_key", 1)], [(total["reason"], total["items"]) for total in page["totals"]])
        self.assertEqual(0, self.server.count("did x"))


if __name__ == "__main__":
    unittest.main()
