"""`fineline methods`, and `discover --method`: groups told as expressions that `ask` counts the same."""

import datetime
import unittest

from program import ProgramTest, run

BEGIN = datetime.datetime(2023, 1, 1)
END = "2023-12-31T00:00:00Z"
PURPOSE = """purpose: made
metric: sum(purchase.amount, next 60 days)
population: did purchase
owner: tests
"""


class MethodsTest(ProgramTest):
    def load_shop(self):
        """A third of 400 customers buys five times as often, and dearer."""
        rows = ["customer_id,timestamp,event,amount"]
        for customer in range(400):
            heavy = customer % 3 == 0
            for day in range(360):
                if day == 0 or self.random.random() < (0.1 if heavy else 0.02):
                    at = BEGIN + datetime.timedelta(days=day, hours=self.random.randrange(24))
                    amount = self.random.randrange(20, 40) + (40 if heavy else 0)
                    rows.append(f"c{customer},{at.isoformat()}Z,purchase,{amount}")
        self.succeed("load", "--data", self.data, self.write("shop.csv", "\n".join(rows) + "\n"))
        return self.write("purpose.yaml", PURPOSE)

    def test_methods_say_what_they_do_not_tell(self):
        listed = self.succeed("methods")
        for name in ("kmeans", "kmedoids", "lca", "rfm", "value", "occasions"):
            self.assertRegex(listed, rf"(?m)^{name}  ")
        self.assertEqual(6, listed.count("does not tell"))

    def test_a_proposal_is_a_portfolio_of_expressions(self):
        purpose = self.load_shop()
        proposal = self.folder / "proposal.yaml"
        told = self.succeed("discover", purpose, "--data", self.data, "--at", END, "--method", "kmeans",
                            "--segments", "2", "--out", proposal)
        self.assertIn("It does not tell", told)
        self.assertIn("How faithfully the expressions tell the groups", told)
        self.succeed("audit", proposal, "--data", self.data, "--at", END)

    def test_an_unknown_method_is_named_with_those_there_are(self):
        purpose = self.load_shop()
        finished = run("discover", purpose, "--data", self.data, "--at", END, "--method", "tarot")
        self.assertEqual(1, finished.returncode)
        self.assertIn("there is no method 'tarot'", finished.stderr)
        self.assertIn("kmeans", finished.stderr)


if __name__ == "__main__":
    unittest.main()
