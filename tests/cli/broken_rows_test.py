"""A file with many good rows and a hundred broken ones of ten kinds: the good are loaded, the others named.

FINELINE_CSV_ROWS says how many good rows there are.
"""

import json
import os

from program import NOON, ProgramTest

ROWS = int(os.environ.get("FINELINE_CSV_ROWS", "100000"))
HEADER = b"customer_id,timestamp,event,amount,note\n"
MARK = b"\xef\xbb\xbf"

# Kind → (the line, the reason it is set aside for; None: it is good, however odd).
KINDS = {
    "bad time": (b"broken,2024-13-41T99:00:00Z,purchase,1,x\n", "bad_time"),
    "missing id": (b",2024-01-01T00:00:00Z,purchase,1,x\n", "missing_customer"),
    "too few columns": (b"broken,2024-01-01T00:00:00Z,purchase\n", "wrong_column_count"),
    "broken quotes": (b'broken,2024-01-01T00:00:00Z,purchase,1,"never closed\n', "broken_quotes"),
    "not UTF-8": (b"broken,2024-01-01T00:00:00Z,purchase,1,caf\xe9\n", "not_utf8"),
    "a NUL": (b"broken,2024-01-01T00:00:00Z,purchase,1,a\x00b\n", "nul_byte"),
    "a field of 10 MB": (b"broken,2024-01-01T00:00:00Z,purchase,1," + b"x" * 10_000_000 + b"\n", "field_too_long"),
    "the header again": (HEADER, "duplicate_header"),
    "CRLF": (b"odd,2024-01-01T00:00:00Z,purchase,1,crlf\r\n", None),
    "a mark and the header": (MARK + HEADER, "duplicate_header"),
}
EACH = 10


class BrokenRowsTest(ProgramTest):
    def write_file(self):
        """Writes good rows with the broken ones at random places; returns the lines of those to be set aside."""
        broken = [(line, reason) for line, reason in KINDS.values() for _ in range(EACH)]
        self.random.shuffle(broken)
        places = sorted(self.random.sample(range(ROWS), len(broken)))
        expected, number = [], 1
        path = self.folder / "rows.csv"
        with path.open("wb") as file:
            file.write(MARK + HEADER)
            for row in range(ROWS):
                while places and places[0] == row:
                    places.pop(0)
                    line, reason = broken.pop()
                    file.write(line)
                    number += 1
                    if reason:
                        expected.append((number, reason))
                file.write(b"c%05d,2024-01-01T00:00:00Z,purchase,0.25,plain\n" % (row % 1000))
                number += 1
        return path, expected

    def test_good_rows_are_loaded_and_broken_ones_named(self):
        path, expected = self.write_file()
        report = self.answer("load", "--data", self.data, path)
        report = report[0] if isinstance(report, list) else report
        counted = {}
        for _, reason in expected:
            counted[reason] = counted.get(reason, 0) + 1
        self.assertEqual(counted, report["set_aside"])
        self.assertEqual(["odd"], self.members("did purchase and count(purchase where note = 'crlf') = 10"))
        self.assertEqual(min(ROWS, 1000), self.count("did purchase where amount = 0.25"))
        self.assertEqual(0, self.count("note = 'x'"))
        per_customer = ROWS // 1000
        if ROWS % 1000 == 0:
            self.assertEqual(1000, self.count(f"sum(purchase.amount) = {per_customer * 0.25}"))
        set_aside = [json.loads(line) for line in open(report["set_aside_file"], encoding="utf-8", errors="replace")]
        self.assertEqual(expected, [(entry["line"], entry["reason"]) for entry in set_aside])
        self.assertTrue(all("text" in entry for entry in set_aside))
        self.assertEqual(min(ROWS, 1000) + 1, self.count("did purchase"), "nobody is there but the good and the odd")
        print(f"\nmeasured: {ROWS} good rows loaded beside {EACH * len(KINDS)} broken or odd ones of {len(KINDS)} kinds")

    def test_a_good_file_sets_nothing_aside(self):
        report = self.answer("load", "--data", self.data, self.write("good.csv", HEADER + b"a,2024-01-01,purchase,1,x\n"))
        report = report[0] if isinstance(report, list) else report
        self.assertEqual({}, report["set_aside"])
        self.assertEqual(1, self.count("did purchase", at=NOON))
