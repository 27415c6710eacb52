"""Pains of people who load lists, where no server is concerned; the others lie in tests/live."""

import json

from program import ProgramTest, run


class PainTest(ProgramTest):
    def test_p22_lists_lose_rows(self):
        """Every row of a list of 9,170 is accounted for, and what is exported is accepted back."""
        rows = [f"c{number:05},2024-01-01T00:00:00Z,gold" for number in range(9170)]
        broken = {100: "c00100,2024-01-01T00:00:00Z,gold,one too many", 4000: ",2024-01-01T00:00:00Z,gold"}
        for place, row in broken.items():
            rows[place] = row
        text = "customer_id,timestamp,tier\n" + "\n".join(rows) + "\n"
        finished = run("load", "--data", self.data, "--traits", "--json", self.write("list.csv", text))
        report = json.loads(finished.stdout.splitlines()[-1])
        self.assertEqual((9170, {"wrong_column_count": 1, "missing_customer": 1}),
                         (report["rows"], report["set_aside"]), report)
        rejects = [json.loads(line) for path in (self.data / "rejects").iterdir()
                   for line in path.read_text().splitlines()]
        self.assertEqual([(102, "wrong_column_count"), (4002, "missing_customer")],
                         [(reject["line"], reject["reason"]) for reject in rejects])
        expected = sorted(row.split(",")[0] for place, row in enumerate(rows) if place not in broken)
        members = self.members("tier = 'gold'")
        self.assertEqual(expected, members)
        # The export is a list as well: into another directory, and nobody is lost on the way.
        copy = "customer_id,tier\n" + "".join(f"{member},gold\n" for member in members)
        other = self.folder / "other"
        self.succeed("load", "--data", other, "--traits", self.write("export.csv", copy))
        self.assertEqual(expected, self.members("tier = 'gold'", data=other))
        # A list adds to what is there; ids nobody has seen yet are kept until something is known of them.
        self.load("customer_id,timestamp,tier\nnew,2024-01-02T00:00:00Z,gold\nc00000,2024-01-02T00:00:00Z,\n",
                  "--traits", name="more.csv")
        self.assertEqual(sorted(expected[1:] + ["new"]), self.members("tier = 'gold'"))


if __name__ == "__main__":
    import unittest
    unittest.main()
