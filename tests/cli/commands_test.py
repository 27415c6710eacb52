"""Each command does what its row in the help says, on a shop small enough to check by hand."""

import contextlib
import gzip
import json
import os
import shutil
import sqlite3
import subprocess

from program import NOON, SHOP, ProgramTest, run, start


class LoadTest(ProgramTest):
    def test_loads_events_and_answers(self):
        self.load()
        self.assertEqual(["ada", "ben"], self.members("did purchase"))
        self.assertEqual(["ada"], self.members("did purchase last 30 days"))
        self.assertEqual(["ben"], self.members("sum(purchase.amount) > 60"))
        self.assertEqual(["cy"], self.members("did not purchase"))

    def test_at_looks_into_the_past(self):
        self.load()
        self.assertEqual(["ada"], self.members("did purchase", at="2024-01-31T00:00:00Z"))
        self.assertEqual([], self.members("did purchase", at="2024-01-05T09:59:59Z"))
        self.assertEqual(["ada"], self.members("did purchase", at="2024-01-05T10:00:00Z"))

    def test_reads_compressed_files_and_standard_input(self):
        plain = SHOP.encode()
        compressed = {"shop.csv.gz": gzip.compress(plain),
                      "shop.csv.zst": subprocess.run(["zstd", "-c"], input=plain, capture_output=True, check=True).stdout}
        for name, content in compressed.items():
            with self.subTest(name):
                data = self.folder / name.replace(".", "_")
                self.succeed("load", "--data", data, self.write(name, content))
                self.assertEqual(2, self.count("did purchase", data=data))
        data = self.folder / "from_input"
        self.succeed("load", "--data", data, "-", stdin=SHOP)
        self.assertEqual(2, self.count("did purchase", data=data))

    def test_the_same_file_again_adds_nothing_and_says_so(self):
        self.load()
        finished = run("load", "--data", self.data, self.folder / "shop.csv")
        self.assertEqual(0, finished.returncode, finished.stderr)
        self.assertRegex(finished.stdout + finished.stderr, r"(?i)already|before|again")
        self.assertEqual(1, self.count("count(purchase) = 2"))
        self.succeed("load", "--data", self.data, "--again", self.folder / "shop.csv")
        self.assertEqual(1, self.count("count(purchase) = 4"))

    def test_true_duplicates_in_a_file_are_kept(self):
        line = "ada,2024-01-05T10:00:00Z,purchase,40,tea\n"
        self.load("customer_id,timestamp,event,amount,product\n" + 3 * line)
        self.assertEqual(1, self.count("count(purchase) = 3"))

    def test_traits_accounts_consents_and_merges(self):
        self.load()
        self.load("customer_id,country,age\nada,DE,31\nben,FR,\n", "--traits", name="traits.csv")
        self.assertEqual(["ada"], self.members("country = 'DE'"))
        self.assertEqual(["ben"], self.members("age is missing and country = 'FR'"))
        self.load("customer_id,other_id\nada,cy\n", "--merges", name="merges.csv")
        self.assertEqual(2, self.answer("ask", "--data", self.data, "did purchase or did visit")["count"])
        self.assertEqual(1, self.count("did purchase and did visit"))

    def test_json_lines_in_the_shape_of_segment(self):
        messages = [
            {"type": "track", "userId": "ada", "event": "purchase", "messageId": "m1",
             "timestamp": "2024-01-05T10:00:00Z", "properties": {"amount": 40}},
            {"type": "track", "userId": "ada", "event": "purchase", "messageId": "m1",
             "timestamp": "2024-01-05T10:00:00Z", "properties": {"amount": 40}},
            {"type": "identify", "userId": "ada", "messageId": "m2", "timestamp": "2024-01-06T10:00:00Z",
             "traits": {"country": "DE"}}]
        self.load("".join(json.dumps(message) + "\n" for message in messages), name="messages.jsonl")
        self.assertEqual(["ada"], self.members("count(purchase) = 1 and sum(purchase.amount) = 40"))
        self.assertEqual(["ada"], self.members("country = 'DE'"))

    def test_a_message_is_known_in_any_file_of_its_source(self):
        message = json.dumps({"type": "track", "userId": "ada", "event": "purchase", "messageId": "m1",
                              "timestamp": "2024-01-05T10:00:00Z"}) + "\n"
        self.load(message, name="monday.jsonl")
        self.load(message + "\n", name="tuesday.jsonl")
        self.assertEqual(["ada"], self.members("count(purchase) = 1"))
        # Another source may use the same ids for other messages.
        self.load(message, "--source", "app", name="app.jsonl")
        self.load(message + "\n", "--source", "app", name="app_again.jsonl")
        self.assertEqual(["ada"], self.members("count(purchase) = 2"))
        self.assertIn("--source", self.refuse(2, "load", "--data", self.data, "--source", "x" * 300,
                                              self.folder / "app.jsonl"))

    def test_messages_are_told_from_rows_by_what_they_begin_with(self):
        message = json.dumps({"type": "track", "userId": "ada", "event": "purchase", "messageId": "m1",
                              "timestamp": "2024-01-05T10:00:00Z"}) + "\n"
        self.succeed("load", "--data", self.data, "-", stdin=message)
        self.assertEqual(["ada"], self.members("did purchase"))
        self.load(message.replace("ada", "ben").replace("m1", "m2"), name="export.txt")
        self.assertEqual(["ada", "ben"], self.members("did purchase"))

    def test_a_pipe_with_a_name_is_read_like_standard_input(self):
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        loading = start("load", "--data", self.data, pipe)
        pipe.write_text(SHOP, encoding="utf-8")
        _, message = loading.communicate(timeout=60)
        self.assertEqual(0, loading.returncode, message)
        self.assertEqual(["ada", "ben"], self.members("did purchase"))

    def test_an_empty_trait_is_missing_or_with_sparse_says_nothing(self):
        self.load("customer_id,timestamp,plan,city\nada,2024-01-01,gold,Rome\nben,2024-01-01,basic,\n", "--traits",
                  name="january.csv")
        changes = "customer_id,timestamp,plan,city\nada,2024-02-01,,Paris\n"
        sparse = self.folder / "sparse"
        shutil.copytree(self.data, sparse)
        self.load(changes, "--traits", name="february.csv")
        self.assertEqual(["ada"], self.members("plan is missing and city = 'Paris'"))
        self.load(changes, "--traits", "--sparse", name="february.csv", data=sparse)
        self.assertEqual(["ada"], self.members("plan = 'gold' and city = 'Paris'", data=sparse))
        self.assertEqual(["ben"], self.members("city is missing", data=sparse))

    def test_a_mapping_may_be_sparse(self):
        mapping = self.write("m.yaml", "customer: who\ntime: day\nsparse: true\n"
                                       "traits: {plan: plan, city: upper(city)}\n")
        rows = self.write("rows.csv", "who,day,plan,city\nada,2024-01-01,gold,Rome\nada,2024-02-01,,\n"
                                      "ada,2024-03-01,,Paris\n")
        self.succeed("load", "--data", self.data, "--mapping", mapping, rows)
        self.assertEqual(["ada"], self.members("plan = 'gold' and city = 'PARIS'"))
        wrong = self.write("w.yaml", "customer: who\ntime: day\nsparse: maybe\ntraits: rest\n")
        self.assertIn("w.yaml:3", self.refuse(2, "load", "--data", self.data, "--mapping", wrong, rows))

    def test_names_beyond_the_limit_are_set_aside_and_known_ones_go_on(self):
        def message(number, names):
            return json.dumps({"type": "track", "userId": f"c{number}", "event": "wide", "messageId": f"m{number}",
                               "timestamp": "2024-01-05T10:00:00Z", "properties": {name: 1 for name in names}}) + "\n"

        # 4,096 properties are as many as an event may have, 1,024 as many as a record.
        full = "".join(message(part, [f"p{part * 1024 + i}" for i in range(1024)]) for part in range(4))
        finished = run("load", "--data", self.data, self.write("full.jsonl", full + message(9, ["one_more", "p1"])),
                       "--json")
        self.assertEqual(0, finished.returncode, finished.stderr)
        report = json.loads(finished.stdout)
        self.assertEqual({"too_many_names": 1}, report["set_aside"])
        self.assertIn("one_more", (self.data / "rejects").glob("*.jsonl").__next__().read_text(encoding="utf-8"))
        self.assertEqual(4, self.count("did wide"))
        report = self.answer("load", "--data", self.data,
                             self.write("more.jsonl", message(5, ["p4095"]) + message(6, ["another"])))
        self.assertEqual({"too_many_names": 1}, report["set_aside"])
        self.assertEqual(["c3", "c5"], self.members("count(wide where p4095 = 1) = 1"))

    def test_a_mapping_turns_rows_into_events(self):
        mapping = self.write("orders.yaml", """customer: "`Customer ID`"
time: Day
time_zone: Europe/London
skip: "`Customer ID` is missing"
events:
  - name: case when Invoice like 'C%' then 'refund' else 'purchase' end
    properties: {invoice: Invoice, amount: Quantity * Price}
traits: {country: Country}
""")
        orders = self.write("orders.csv", "Invoice,Quantity,Price,Day,Customer ID,Country\n"
                                          "1001,2,2.5,2024-06-01 00:30:00,7,UK\n"
                                          "C1002,-1,2.5,2024-06-02 10:00:00,7,UK\n"
                                          "1003,1,9,2024-06-02 10:00:00,,UK\n")
        self.succeed("load", "--data", self.data, "--mapping", mapping, orders)
        self.assertEqual(["7"], self.members("sum(purchase.amount) = 5 and sum(refund.amount) = -2.5"))
        self.assertEqual(["7"], self.members("country = 'UK'"))
        # Half past midnight in London's summer is still the day before in UTC.
        self.assertEqual(1, self.count("did purchase", at="2024-05-31T23:30:00Z"))
        self.assertEqual(0, self.count("did purchase", at="2024-05-31T23:29:59Z"))


class AskTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.load()

    def test_json_holds_count_and_members(self):
        answer = self.answer("ask", "--data", self.data, "--at", NOON, "did purchase", "--members")
        self.assertEqual((2, 3, ["ada", "ben"]), (answer["count"], answer["customers"], answer["members"]))
        self.assertEqual(NOON, answer["at"])

    def test_explain_gives_truth_and_how_long_it_holds(self):
        explained = self.answer("explain", "--data", self.data, "--at", NOON, "--customer", "ada",
                                "did purchase last 30 days")
        self.assertEqual("yes", explained["truth"])
        # The purchase of 2024-06-20T10:00 is thirty days old at this instant.
        self.assertRegex(explained["holds_until"], r"^2024-07-20T10:00:00")
        self.assertIn("ada", self.succeed("explain", "--data", self.data, "--at", NOON, "--customer", "ada",
                                          "did purchase last 30 days"))

    def test_check_prints_text_json_and_sql(self):
        self.assertEqual("count(purchase, last 90 days) >= 3\n", self.succeed("check", "count( purchase ,last 90 days)>=3"))
        json.loads(self.succeed("check", "did purchase", "--to", "json"))
        self.assertIn("SELECT", self.succeed("check", "did purchase", "--to", "sql:duckdb").upper())

    def test_the_canonical_form_is_its_own_canonical_form(self):
        for expression in ("not (did a or did b)", "sum(purchase.amount where product = 'x', last 3 months) > 1.5",
                           "sequence(a -> b within 2 days)", "country in ('DE', 'FR') and age is missing"):
            once = self.succeed("check", expression)
            self.assertEqual(once, self.succeed("check", once.strip()))

    def test_schema_tells_events_properties_and_traits(self):
        schema = self.succeed("schema", "--data", self.data)
        for word in ("purchase", "refund", "visit", "amount", "product"):
            self.assertIn(word, schema)
        self.answer("schema", "--data", self.data)

    def test_profile_tells_a_customer_whole(self):
        profile = self.succeed("profile", "--data", self.data, "--customer", "ada")
        for word in ("ada", "purchase", "tea", "cup"):
            self.assertIn(word, profile)
        self.answer("profile", "--data", self.data, "--customer", "ada")

    def test_segments_are_stored_with_versions(self):
        self.succeed("define", "--data", self.data, "buyers", "did purchase")
        second = self.answer("define", "--data", self.data, "buyers", "did purchase last 30 days")
        self.assertEqual(2, second["version"])
        self.assertTrue(self.answer("define", "--data", self.data, "buyers", "did purchase last 30 days")["unchanged"])
        self.assertEqual(["ada"], self.members("segment buyers"))
        self.assertIn("buyers", self.succeed("segments", "--data", self.data))
        self.answer("segments", "--data", self.data)
        self.refuse(2, "define", "--data", self.data, "broken", "did did")
        self.assertNotIn("broken", self.succeed("segments", "--data", self.data))

    def test_settings_are_shown_and_kept(self):
        self.assertIn("time_zone", self.succeed("settings", "--data", self.data))
        self.succeed("settings", "--data", self.data, "time_zone", "Europe/Berlin")
        self.assertEqual("Europe/Berlin", self.answer("settings", "--data", self.data, "time_zone")["time_zone"])
        self.assertIn("Mars", self.refuse(2, "settings", "--data", self.data, "time_zone", "Mars/Olympus"))
        self.refuse(2, "settings", "--data", self.data, "no_such_setting")

    def test_backup_and_restore_give_the_same_answers(self):
        copy = self.folder / "copy.sqlite"
        self.succeed("backup", "--data", self.data, copy)
        self.assertNotEqual(0, run("backup", "--data", self.data, copy).returncode, "a backup overwrites nothing")
        restored = self.folder / "restored"
        self.succeed("restore", "--data", restored, copy)
        self.assertEqual(self.members("did purchase"), self.members("did purchase", data=restored))
        self.assertNotEqual(0, run("restore", "--data", self.data, copy).returncode, "a restore overwrites nothing")

    def test_the_log_opens_with_sqlite(self):
        with contextlib.closing(sqlite3.connect(f"file:{self.data}/log.sqlite?mode=ro", uri=True)) as log:
            self.assertEqual("ok", log.execute("PRAGMA integrity_check").fetchone()[0])


class DirectoryTest(ProgramTest):
    def test_a_second_writer_is_told_and_harms_nothing(self):
        self.load()
        writer = start("load", "--data", self.data, "-", stdin=subprocess.PIPE)
        try:
            writer.stdin.write(b"customer_id,timestamp,event\n" + b"dan,2024-03-01T00:00:00Z,visit\n" * 200_000)
            writer.stdin.flush()
            self.assertIsNone(writer.poll(), "the writer waits for the rest of its input")
            message = self.refuse(1, "load", "--data", self.data, self.write("other.csv", SHOP.replace("ada", "eve")))
            self.assertRegex(message, r"(?i)another|open|use")
        finally:
            writer.stdin.close()
            writer.wait(timeout=60)
            writer.stdout.close()
            writer.stderr.close()
        self.assertEqual(0, writer.returncode)
        self.assertEqual(200_000, self.answer("ask", "--data", self.data, "--at", NOON, "count(visit) = 200000")["count"] * 200_000)
        self.assertEqual(["ada", "ben"], self.members("did purchase"))

    def test_erasing_a_customer_leaves_the_others(self):
        self.load()
        receipt = self.answer("erase", "--data", self.data, "--customer", "ada")
        self.assertEqual(["ada"], receipt["identities"])
        self.assertEqual(["ben"], self.members("did purchase"))
        self.assertNotEqual(0, run("profile", "--data", self.data, "--customer", "ada").returncode)
        self.assertNotIn("ada", self.members("not did nothing"))

    def test_a_full_output_is_an_error(self):
        self.load()
        with open("/dev/full", "wb") as full:
            writer = start("ask", "--data", self.data, "--at", NOON, "did purchase", "--members", stdout=full)
            _, message = writer.communicate(timeout=60)
        self.assertEqual(1, writer.returncode)
        self.assertIn(b"full", message)
