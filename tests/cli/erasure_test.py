"""After an erasure no file of the directory holds what was planted, compressed or not, even if it was killed."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import time

from program import NOON, ProgramTest, run, start

CRASH_POINTS = int(os.environ.get("FINELINE_CRASH_POINTS", "20"))
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
GZIP_MAGIC = b"\x1f\x8b\x08"
SECRETS = (b"zq-person-7781", b"zq-secret-product", b"zq-secret-trait", b"zq-secret-note", b"zq-account-55")


def unpacked(content):
    """Yields the bytes, and what each compressed frame in them holds."""
    yield content
    for magic, command in ((ZSTD_MAGIC, ["zstd", "-dc"]), (GZIP_MAGIC, ["gzip", "-dc"])):
        place = content.find(magic)
        while place >= 0:
            yield subprocess.run(command, input=content[place:], capture_output=True, check=False).stdout
            place = content.find(magic, place + 1)


def stored_bytes(folder):
    """Yields (where, bytes) of every file, and of every cell of every SQLite table, unpacked.

    A cell longer than a page is scattered over the file, so the file's bytes alone would not show it.
    """
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        for part in unpacked(content):
            yield path.name, part
        if content.startswith(b"SQLite format 3"):
            with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as database:
                for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                    for row in database.execute(f'SELECT * FROM "{table}"'):
                        for cell in row:
                            content = cell.encode() if isinstance(cell, str) else cell
                            if isinstance(content, bytes):
                                for part in unpacked(content):
                                    yield f"{path.name}: {table}", part


class ErasureTest(ProgramTest):
    def plant(self, others):
        """Loads a person whose every trace is a secret, among others."""
        rows = ["customer_id,timestamp,event,product,note\n"]
        for number in range(others):
            rows.append(f"c{number % 1000},2024-01-01T00:00:00Z,purchase,tea,note {number}\n")
            if number % (others // 20) == 0:
                rows.append("zq-person-7781,2024-01-02T00:00:00Z,purchase,zq-secret-product,zq-secret-note\n")
        rows.append("zq-person-7781,not a time,purchase,zq-secret-product,zq-secret-note\n")
        self.load("".join(rows))
        self.load("customer_id,colour\nzq-person-7781,zq-secret-trait\nc1,red\n", "--traits", name="traits.csv")
        self.load("customer_id,account_id\nzq-person-7781,zq-account-55\nc1,other\n", "--accounts", name="accounts.csv")

    def found(self):
        return sorted({(where, secret) for where, content in stored_bytes(self.data) for secret in SECRETS
                       if secret in content})

    def erase(self):
        return run("erase", "--data", self.data, "--customer", "zq-person-7781", "--json")

    def test_nothing_planted_is_left(self):
        self.plant(20_000)
        places = {where for where, _ in self.found()}
        self.assertTrue(any("log.sqlite" in where for where in places), "the search finds what is there")
        finished = self.erase()
        self.assertEqual(0, finished.returncode, finished.stderr)
        receipt = json.loads(finished.stdout)
        self.assertEqual(20, receipt["events"]["purchase"])
        self.assertTrue(receipt["not_reached"], "the receipt names what it cannot reach")
        # The account is no trace of the person alone: others may belong to it. Its link is.
        self.assertEqual([], [hit for hit in self.found() if hit[1] != b"zq-account-55"])
        self.assertEqual(1000, self.count("did purchase", at=NOON))

    def test_a_late_retry_of_an_erased_message_stays_out(self):
        message = {"type": "track", "userId": "zq-person-7781", "event": "purchase", "messageId": "m-1",
                   "timestamp": "2024-01-01T00:00:00Z", "properties": {"product": "zq-secret-product"}}
        other = {**message, "userId": "c1", "messageId": "m-2", "properties": {"product": "tea"}}
        self.load(json.dumps(message) + "\n" + json.dumps(other) + "\n", name="messages.jsonl")
        self.assertEqual(0, self.erase().returncode)
        # A file's name says nothing of where a message comes from: a retry lies in any file, or comes by a pipe.
        self.load(json.dumps(message) + "\n", name="messages.jsonl")
        self.load(json.dumps(message) + "\n", name="retries.jsonl")
        self.succeed("load", "--data", self.data, "-", stdin=json.dumps(message) + "\n")
        self.assertEqual(["c1"], self.members("did purchase"))
        self.assertEqual([], self.found())

    def test_an_unfinished_checkpoint_is_erased_as_well(self):
        self.plant(200)
        # What is left when somebody is killed while writing one.
        (self.data / "columns.checkpoint.new").write_bytes(b"zq-person-7781 and all that he bought")
        self.assertEqual(0, self.erase().returncode)
        self.assertEqual([], [hit for hit in self.found() if hit[1] != b"zq-account-55"])

    def test_a_command_that_only_reads_finishes_what_was_cut_off(self):
        self.load("customer_id,timestamp,event\nzq-person-7781,2024-01-01T00:00:00Z,purchase\n"
                  "c1,2024-01-01T00:00:00Z,purchase\n")
        # What a kill right after the erasure was written down leaves behind.
        (self.data / "erasure.pending").write_text('["zq-person-7781"]', encoding="utf-8")
        self.assertEqual(["c1"], self.members("did purchase"))
        self.assertFalse((self.data / "erasure.pending").exists())
        self.assertEqual([], self.found())

    def test_killed_at_any_step_it_is_finished_by_the_next_one(self):
        for point in range(max(3, CRASH_POINTS // 5)):
            with self.subTest(point=point):
                self.data = self.folder / f"data{point}"
                self.plant(20_000)
                erasing = start("erase", "--data", self.data, "--customer", "zq-person-7781",
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(self.random.uniform(0, 0.15))
                erasing.send_signal(signal.SIGKILL)
                erasing.wait()
                finished = self.erase()
                # Done before the kill, the person is unknown; else this run has done it.
                self.assertTrue(finished.returncode == 0 or "zq-person" in finished.stderr, finished.stderr)
                self.assertEqual([], [hit for hit in self.found() if hit[1] != b"zq-account-55"])
                self.assertEqual(1000, self.count("did purchase", at=NOON))
