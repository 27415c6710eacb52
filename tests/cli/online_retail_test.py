"""Counts of customers in a real export, worked out independently of this program.

Data: Online Retail II, second sheet (2010-12-01 to 2011-12-09), as it ships in examples/online-retail.
"""

import json
import pathlib
import shutil
import tempfile

from program import ROOT, ProgramTest, run

SHEET = ROOT / "examples" / "online-retail" / "year_2010_2011.csv.zst"
MAPPING = pathlib.Path(__file__).with_name("online_retail_utc.yaml")
AT = "2011-12-10T00:00:00Z"
CUSTOMERS = {
    "did purchase or did refund": 4372,
    "did purchase last 30 days": 1629,
    "distinct(purchase.invoice) >= 10": 391,
    "sum(purchase.amount) > 5000": 275,
    "did purchase and since_last(purchase) > 180 days": 861,
    "did refund and did not purchase": 33,
    "count(purchase where product = '85123A') >= 3": 239,
    "distinct(purchase.product) >= 100": 780,
    "country = 'Germany'": 95,
}
EVENTS = 406_829
ROWS = 541_909
ROWS_WITHOUT_CUSTOMER = 135_080


class OnlineRetailTest(ProgramTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shared = pathlib.Path(tempfile.mkdtemp(prefix="fineline-retail-"))
        cls.addClassCleanup(shutil.rmtree, cls.shared, ignore_errors=True)
        cls.loaded = run("load", "--data", cls.shared / "data", "--mapping", MAPPING, SHEET, "--json")

    def setUp(self):
        super().setUp()
        self.data = self.shared / "data"
        self.assertEqual(0, self.loaded.returncode, self.loaded.stderr)

    def test_every_row_is_accounted_for(self):
        report = json.loads(self.loaded.stdout)
        report = report[0] if isinstance(report, list) else report
        self.assertEqual((ROWS, ROWS_WITHOUT_CUSTOMER, {}), (report["rows"], report["skipped"], report["set_aside"]))
        self.assertEqual(EVENTS, report["records"]["event"])

    def test_segments_have_their_known_sizes(self):
        for expression, customers in CUSTOMERS.items():
            with self.subTest(expression):
                self.assertEqual(customers, self.count(expression, at=AT))

    def test_the_schema_counts_the_events(self):
        text = json.dumps(self.answer("schema", "--data", self.data))
        self.assertIn("purchase", text)
        self.assertIn("refund", text)

    def test_the_log_holds_what_the_answers_say(self):
        self.succeed("verify", "--data", self.data)
