"""`fineline verify` without a data directory: our numbers beside published ones, and what happens when they differ."""

import json
import os
import unittest
from unittest import mock

from program import ProgramTest, run


class PublishedNumbersTest(ProgramTest):
    def with_data(self, folder):
        """Makes the program see no data sets but those it ships and those in `folder`."""
        patch = mock.patch.dict(os.environ, {"FINELINE_DATA": str(folder)})
        patch.start()
        self.addCleanup(patch.stop)

    def test_each_number_is_a_line_beside_the_published_one(self):
        self.with_data(self.folder)
        lines = self.succeed("verify", "rfm-orders").splitlines()
        self.assertEqual(34, len(lines))
        self.assertIn("first customer, score", lines[5])
        self.assertRegex(lines[5], r"^ok .* 343 +published +343 +exactly +README of R's rfm package")
        self.assertEqual("33 numbers as published, 0 missed", lines[-1])

    def test_json_says_the_same(self):
        self.with_data(self.folder)
        values = [json.loads(line) for line in self.succeed("verify", "wholesale", "--json").splitlines()]
        self.assertEqual({"met": 8, "missed": 0, "skipped": []}, values[-1])
        first = values[0]
        self.assertEqual(("wholesale", 1844.064, True), (first["topic"], first["published"], first["met"]))
        self.assertAlmostEqual(1844.064, first["ours"], delta=first["tolerance"])

    def test_a_data_set_that_is_not_there_is_skipped_by_name(self):
        self.with_data(self.folder)
        output = self.succeed("verify", "carcinoma")
        self.assertIn("skip  carcinoma", output)
        self.assertIn("polca/carcinoma.csv", output)
        self.assertIn("0 numbers as published, 0 missed; skipped: carcinoma", output)

    def test_a_miss_fails(self):
        (self.folder / "shrinkage").mkdir()
        players = "".join(f"p{i},{10 + i % 5},0.3\n" for i in range(18))
        self.write("shrinkage/efron_morris.csv", "name,r,p\n" + players)
        self.with_data(self.folder)
        finished = run("verify", "batting")
        self.assertEqual(1, finished.returncode)
        self.assertIn("MISS", finished.stdout)
        self.assertRegex(finished.stderr, r"published numbers were not reproduced")

    def test_a_broken_data_set_is_an_error_not_a_skip(self):
        (self.folder / "shrinkage").mkdir()
        self.write("shrinkage/efron_morris.csv", "name,r,p\nmays,many,0.3\n")
        self.with_data(self.folder)
        finished = run("verify", "batting")
        self.assertEqual(2, finished.returncode)
        self.assertIn("many", finished.stderr)

    def test_an_unknown_topic_names_the_nearest(self):
        finished = run("verify", "cdnov")
        self.assertEqual(1, finished.returncode)
        self.assertIn("did you mean cdnow?", finished.stderr)


if __name__ == "__main__":
    unittest.main()
