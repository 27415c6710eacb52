"""A load that is stopped at any point, politely or not: what was loaded is there once, and the rest follows.

FINELINE_CRASH_POINTS says how many kills there are.
"""

import os
import re
import signal
import subprocess
import time

from program import NOON, ProgramTest, run, start

CRASH_POINTS = int(os.environ.get("FINELINE_CRASH_POINTS", "20"))
ROWS = 200_000


def rows(count):
    """Returns a file in which every row is of a customer of its own, in order: what is there tells what was read."""
    lines = ["customer_id,timestamp,event,number\n"]
    lines += [f"c{number:07d},2024-01-01T00:00:00Z,tick,{number}\n" for number in range(1, count + 1)]
    return "".join(lines)


class InterruptionTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.file = self.write("ticks.csv", rows(ROWS))
        started = time.monotonic()
        self.succeed("load", "--data", self.folder / "whole", self.file)
        self.seconds = time.monotonic() - started

    def present(self):
        """Returns how many rows are there, having checked that they are the first ones, each once."""
        finished = run("ask", "--data", self.data, "--at", NOON, "count(tick) = 1", "--members")
        # Killed before the log, or before anything at all was made: nothing is there, which only who
        # had nothing before may say.
        if "there is no log yet" in finished.stderr or "no fineline data in" in finished.stderr:
            return 0
        self.assertEqual(0, finished.returncode, finished.stderr)
        members = finished.stdout.split()
        self.assertEqual([f"c{number:07d}" for number in range(1, len(members) + 1)], members)
        self.assertEqual(0, self.count("count(tick) > 1"))
        return len(members)

    def stop_load(self, how, after):
        """Starts the load, stops it after so many seconds; says whether it had ended by itself."""
        loading = start("load", "--data", self.data, self.file, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(after)
        ended = loading.poll() is not None
        loading.send_signal(how)
        loading.wait(timeout=120)
        return ended

    def start_over(self):
        for path in sorted(self.data.rglob("*"), reverse=True):
            path.unlink()

    def test_kill_at_any_point_loses_and_doubles_nothing(self):
        before, finished = 0, 0
        for point in range(CRASH_POINTS):
            with self.subTest(point=point):
                ended = self.stop_load(signal.SIGKILL, self.random.uniform(0, self.seconds))
                now = self.present()
                self.assertGreaterEqual(now, before, "what was there is lost")
                before = now
                if ended or now == ROWS:
                    finished += 1
                    self.assertEqual(ROWS, now)
                    self.start_over()
                    before = 0
        self.succeed("load", "--data", self.data, self.file)
        self.assertEqual(ROWS, self.present())
        print(f"\nmeasured: {CRASH_POINTS} kills of `fineline load`, of which {finished} came after the last row")

    def test_an_interrupt_keeps_what_is_loaded(self):
        for _ in range(20):
            loading = start("load", "--data", self.data, self.file)
            time.sleep(self.random.uniform(0.1, 0.5) * self.seconds)
            loading.send_signal(signal.SIGINT)
            _, message = loading.communicate(timeout=120)
            if loading.returncode != 0:
                break
            self.start_over()
        self.assertEqual(1, loading.returncode, message)
        self.assertNotEqual(b"", message, "it says what happened")
        self.present()
        self.succeed("load", "--data", self.data, self.file)
        self.assertEqual(ROWS, self.present())

    def test_an_interrupt_says_what_is_stored_and_how_to_go_on(self):
        scanned = loaded = 0
        for _ in range(40):
            loading = start("load", "--data", self.data, self.file)
            time.sleep(self.random.uniform(0.02, 0.8) * self.seconds)
            loading.send_signal(signal.SIGINT)
            _, message = loading.communicate(timeout=120)
            message = message.decode()
            if loading.returncode <= 0:
                # It had ended, or was met before it minds the signal.
                self.start_over()
                continue
            before = self.present()
            stored = re.search(r"stored up to row ([0-9,]+)", message)
            if stored:
                loaded += 1
                self.assertEqual(before, int(stored.group(1).replace(",", "")), message)
            elif "only looked at" in message:
                scanned += 1
                self.assertIn("nothing of this run", message)
            self.assertIn("same command", message)
            if scanned and loaded:
                break
            self.start_over()
        self.assertGreater(scanned, 0, "no interrupt met the first reading")
        self.assertGreater(loaded, 0, "no interrupt met the second reading")
        self.succeed("load", "--data", self.data, self.file)
        self.assertEqual(ROWS, self.present())

    def test_a_flipped_byte_is_reported(self):
        self.data = self.folder / "whole"
        log = self.data / "log.sqlite"
        original = log.read_bytes()
        for checkpoint in self.data.glob("*checkpoint*"):
            checkpoint.unlink()
        for _ in range(CRASH_POINTS):
            place = self.random.randrange(len(original))
            damaged = bytearray(original)
            damaged[place] ^= 1 << self.random.randrange(8)
            log.write_bytes(damaged)
            with self.subTest(place=place):
                finished = run("verify", "--data", self.data)
                self.assertNotEqual(0, finished.returncode, f"byte {place} of {len(original)} changed unnoticed")
                self.assertNotEqual("", finished.stderr)
        log.write_bytes(original)
        self.assertEqual(ROWS, self.present())
        print(f"\nmeasured: {CRASH_POINTS} bits flipped in a log of {len(original)} bytes, each reported")
