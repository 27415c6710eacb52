"""A checkpoint is a help, never a source: damaged, swapped or stale, answers stay right and the program says so."""

import datetime
import shutil

from program import NOON, ProgramTest, run

CUSTOMERS = 300
SAID = "folding the log anew"
MARKED = datetime.datetime(2024, 3, 3, 3, 3, 3, tzinfo=datetime.timezone.utc)


def shop():
    rows = ["customer_id,timestamp,event,amount\n"]
    for number in range(CUSTOMERS):
        rows.append(f"c{number:03d},2024-01-05T10:00:00Z,purchase,{number}\n")
        rows.append(f"c{number:03d},{MARKED:%Y-%m-%dT%H:%M:%SZ},purchase,1\n")
    return "".join(rows)


def varint(number):
    """Seven bits a byte, the least first; the highest bit says that there are more."""
    return bytes([number & 0x7F | 0x80]) + varint(number >> 7) if number > 0x7F else bytes([number])


class CheckpointTest(ProgramTest):
    COMMANDS = (
        ("ask", "count(purchase) = 2", "--members"),
        ("ask", "context.amount > 100 on purchase"),
        ("ask", "percentile(sum(purchase.amount)) > 90"),
        ("explain", "--customer", "c007", "sum(purchase.amount) = 8"),
        ("profile", "--customer", "c007"),
        ("schema",),
        ("segments", "--value", "sum(purchase.amount)"),
    )

    def setUp(self):
        super().setUp()
        self.load(shop())
        self.succeed("define", "--data", self.data, "buyers", "count(purchase) = 2")
        self.file = self.data / "columns.checkpoint"

    def ask_all(self, data):
        """Returns what each command answers, and what it says beside."""
        finished = [run(command[0], "--data", data, "--at", NOON, *command[1:], "--json") for command in self.COMMANDS]
        for one in finished:
            self.assertEqual(0, one.returncode, one.stderr)
        return [one.stdout for one in finished], [one.stderr for one in finished]

    def damage_rows(self, data):
        """Flips a byte of the last time of the first chunk that has it, before the directory, which has it as well."""
        path = data / "columns.checkpoint"
        content = bytearray(path.read_bytes())
        place = content.find(varint(2 * int(MARKED.timestamp() * 1_000_000)))
        self.assertGreater(place, 0)
        content[place] ^= 8
        path.write_bytes(content)

    def test_damage_met_while_answering_is_mended_and_said_by_every_command(self):
        right, said = self.ask_all(self.data)
        self.assertEqual([""] * len(said), said)
        for number, command in enumerate(self.COMMANDS):
            with self.subTest(command=command):
                copy = self.folder / f"copy{number}"
                shutil.copytree(self.data, copy)
                self.damage_rows(copy)
                finished = run(command[0], "--data", copy, "--at", NOON, *command[1:], "--json")
                self.assertEqual(0, finished.returncode, finished.stderr)
                self.assertEqual(right[number], finished.stdout)
                self.assertIn(SAID, finished.stderr)
                again, said = self.ask_all(copy)
                self.assertEqual(right, again)
                self.assertEqual([""] * len(said), said, "the checkpoint was replaced")

    def test_commands_that_write_mend_it_too(self):
        right, _ = self.ask_all(self.data)
        self.damage_rows(self.data)
        finished = run("load", "--data", self.data, self.write("more.csv", "customer_id,timestamp,event,amount\n"
                                                               "zoe,2024-01-01T00:00:00Z,visit,0\n"))
        self.assertEqual(0, finished.returncode, finished.stderr)
        self.assertIn(SAID, finished.stderr)
        self.assertEqual(right[0], self.ask_all(self.data)[0][0].replace(f'"customers":{CUSTOMERS + 1}',
                                                                         f'"customers":{CUSTOMERS}'))
        self.damage_rows(self.data)
        finished = run("erase", "--data", self.data, "--customer", "c007", "--json")
        self.assertEqual(0, finished.returncode, finished.stderr)
        self.assertIn('"purchase":2', finished.stdout, "the receipt counts what the damaged block held")
        self.assertEqual(CUSTOMERS - 1, self.count("did purchase"))

    def test_a_byte_flipped_anywhere_changes_no_answer(self):
        right, _ = self.ask_all(self.data)
        original = self.file.read_bytes()
        noticed = 0
        for _ in range(30):
            damaged = bytearray(original)
            damaged[self.random.randrange(len(original))] ^= 1 << self.random.randrange(8)
            self.file.write_bytes(damaged)
            finished = run("ask", "--data", self.data, "--at", NOON, *self.COMMANDS[0][1:], "--json")
            self.assertEqual((0, right[0]), (finished.returncode, finished.stdout), finished.stderr)
            noticed += "checkpoint" in finished.stderr
        self.assertGreater(noticed, 0)

    def test_verify_reports_the_damage(self):
        self.damage_rows(self.data)
        self.assertIn("checksum", self.refuse(1, "verify", "--data", self.data))

    def test_the_checkpoint_of_another_log_is_set_aside(self):
        other = self.folder / "other"
        self.load("customer_id,timestamp,event,amount\n" +
                  "".join(f"x{number},2024-01-05T10:00:00Z,purchase,1\n" for number in range(CUSTOMERS * 2 + 1)),
                  name="other.csv", data=other)
        right, _ = self.ask_all(self.data)
        shutil.copy(other / "columns.checkpoint", self.file)
        finished = run("ask", "--data", self.data, "--at", NOON, *self.COMMANDS[0][1:], "--json")
        self.assertEqual((0, right[0]), (finished.returncode, finished.stdout), finished.stderr)
        self.assertIn("another log", finished.stderr)
        again, said = self.ask_all(self.data)
        self.assertEqual((right, [""] * len(said)), (again, said), "a right one took its place")

    def test_a_checkpoint_from_before_an_erasure_brings_nobody_back(self):
        kept = self.folder / "kept"
        shutil.copy(self.file, kept)
        self.succeed("erase", "--data", self.data, "--customer", "c007")
        shutil.copy(kept, self.file)
        finished = run("profile", "--data", self.data, "--customer", "c007")
        self.assertEqual(1, finished.returncode, finished.stdout)
        self.assertEqual(CUSTOMERS - 1, self.count("did purchase"))
