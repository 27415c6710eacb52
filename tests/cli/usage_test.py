"""What a command line may look like, and what is said about those that may not."""

import json

from program import NOON, ProgramTest, run

COMMANDS = ("load", "ask", "explain", "check", "schema", "profile", "segments", "erase", "define", "settings",
            "backup", "restore", "plan", "apply", "history", "rollback", "remove", "purposes", "verify", "audit", "curve",
            "discover")


class UsageTest(ProgramTest):
    def test_help_lists_every_command(self):
        text = self.succeed("--help")
        for command in COMMANDS:
            self.assertRegex(text, rf"(?m)^\s+{command}\b")

    def test_help_of_each_command_has_an_example(self):
        for command in COMMANDS:
            with self.subTest(command):
                text = self.succeed(command, "--help")
                self.assertIn("Examples:", text)
                self.assertIn(f"fineline {command}", text)

    def test_version_is_one_line(self):
        self.assertRegex(self.succeed("--version"), r"\Afineline \d+\.\d+\.\d+\n\Z")

    def test_wrong_usage_ends_with_2_and_points_to_help(self):
        for arguments in ((), ("nonsense",), ("ask",), ("ask", "--data", self.data), ("ask", "--nonsense"),
                          ("check", "did purchase", "--to", "fortran"), ("load", "--data", self.data)):
            with self.subTest(arguments):
                self.assertIn("--help", self.refuse(2, *arguments))
                self.assertEqual("", run(*arguments).stdout)

    def test_wrong_usage_is_json_where_json_is_asked_for(self):
        finished = run("ask", "--data", self.data, "--json")
        self.assertEqual(2, finished.returncode)
        self.assertEqual("invalid_argument", json.loads(finished.stdout)["error"]["code"])

    def test_a_load_that_cannot_begin_leaves_nothing_behind(self):
        shop = self.write("shop.csv", "who,when\na,2024-01-01\n")
        for arguments in (("absent.csv",), (shop, "absent.csv"), ("--mapping", "absent.yaml", shop)):
            with self.subTest(arguments):
                self.assertIn("absent", self.refuse(1, "load", "--data", self.data, *arguments))
                self.assertFalse(self.data.exists())

    def test_a_file_of_other_columns_is_told_how_to_go_on(self):
        message = self.refuse(2, "load", "--data", self.data, self.write("shop.csv", "who,when\na,2024-01-01\n"))
        for word in ("customer_id", "'who'", "'when'", "--mapping"):
            self.assertIn(word, message)

    def test_options_that_would_not_be_heeded_are_refused(self):
        messages = self.write("m.jsonl", '{"type": "track", "userId": "a", "event": "e"}\n')
        mapping = self.write("m.yaml", "customer: who\ntraits: rest\n")
        for arguments in (("--traits",), ("--mapping", mapping), ("--sparse",)):
            with self.subTest(arguments):
                self.assertIn("messages", self.refuse(2, "load", "--data", self.data, *arguments, messages))
        self.assertIn("--traits", self.refuse(2, "load", "--data", self.data, "--traits", "--mapping", mapping, messages))

    def test_restoring_what_is_no_backup_makes_no_directory(self):
        self.assertIn("no backup", self.refuse(2, "restore", "--data", self.data, self.write("x.csv", "a,b\n1,2\n")))
        self.assertFalse(self.data.exists())

    def test_a_wrong_expression_ends_with_2_and_shows_where(self):
        message = self.refuse(2, "check", "did purchase and\ncuont(purchase) > 2")
        self.assertIn("count", message, "the nearest function is suggested")
        self.assertIn("line 2, column 1", message)
        self.assertIn("^", message)

    def test_a_wrong_instant_ends_with_2(self):
        self.load()
        self.assertIn("yesterday", self.refuse(2, "ask", "--data", self.data, "--at", "yesterday", "did purchase"))

    def test_a_missing_directory_ends_with_failure_and_is_not_made(self):
        finished = run("ask", "--data", self.data, "did purchase")
        self.assertIn(finished.returncode, (1, 2))
        self.assertIn(str(self.data), finished.stderr)
        self.assertFalse(self.data.exists())

    def test_a_missing_file_is_named(self):
        finished = run("load", "--data", self.data, self.folder / "absent.csv")
        self.assertIn(finished.returncode, (1, 2))
        self.assertIn("absent.csv", finished.stderr)

    def test_an_unknown_customer_is_named(self):
        self.load()
        for command in (("profile",), ("explain", "did purchase"), ("erase",)):
            with self.subTest(command):
                finished = run(command[0], "--data", self.data, "--customer", "nobody", *command[1:])
                self.assertIn(finished.returncode, (1, 2))
                self.assertIn("nobody", finished.stderr)

    def test_a_profile_says_that_there_was_no_customer_yet(self):
        self.load()
        profile = ("profile", "--data", self.data, "--customer", "cy", "--at")
        self.assertIn("no customer yet", self.succeed(*profile, "2024-06-29T00:00:00Z"))
        self.assertNotIn("no customer yet", self.succeed(*profile, NOON))

    def test_errors_are_json_too(self):
        finished = run("check", "did did", "--json")
        self.assertEqual(2, finished.returncode)
        self.assertEqual("invalid_argument", json.loads(finished.stdout)["error"]["code"])

    def test_every_command_speaks_json(self):
        self.load()
        portfolio = self.write("p.yaml", "purpose: p\nowner: me\nmetric: count(purchase, next 9 days)\n"
                                         "segments:\n  - {name: a, when: did purchase}\n")
        data = ("--data", self.data)
        for arguments in (("load", *data, self.folder / "shop.csv"), ("ask", *data, "did purchase", "--members"),
                          ("ask", *data, "context.amount > 1 on purchase"), ("schema", *data), ("settings", *data),
                          ("explain", *data, "--customer", "ada", "did purchase"), ("check", "did purchase"),
                          ("profile", *data, "--customer", "ada"), ("define", *data, "b", "did visit"),
                          ("segments", *data), ("plan", *data, portfolio), ("apply", *data, portfolio),
                          ("history", *data), ("purposes", *data), ("purposes", *data, "p"), ("remove", *data, "b"),
                          ("rollback", *data, "1"), ("verify", *data), ("erase", *data, "--customer", "ben"),
                          ("backup", *data, self.folder / "b.sqlite"),
                          ("restore", "--data", self.folder / "r", self.folder / "b.sqlite")):
            with self.subTest(arguments[0]):
                said = self.succeed(*arguments, "--json")
                self.assertEqual(1, said.count("\n"), said)
                json.loads(said)
        for arguments in (("ask", *data, "did"), ("profile", *data, "--customer", "nobody"), ("rollback", *data, "99"),
                          ("plan", *data, self.folder / "absent.yaml"), ("apply", *data, portfolio, "--plan", "x"),
                          ("define", *data, "", "did visit"), ("settings", *data, "nonsense"), ("nonsense",),
                          ("schema", "--data", self.folder / "absent"), ("restore", *data, self.folder / "b.sqlite")):
            with self.subTest(arguments):
                finished = run(*arguments, "--json")
                self.assertIn(finished.returncode, (1, 2))
                self.assertTrue(json.loads(finished.stdout)["error"]["message"])

    def test_answers_go_to_standard_output_and_remarks_do_not(self):
        self.load()
        finished = run("ask", "--data", self.data, "--at", NOON, "did purchase")
        self.assertEqual("2\n", finished.stdout)
        finished = run("load", "--data", self.data, self.folder / "shop.csv", "--json")
        json.loads(finished.stdout)

    def test_a_warning_about_a_name_never_seen_does_not_touch_the_answer(self):
        self.load()
        finished = run("ask", "--data", self.data, "--at", NOON, "did purchse")
        self.assertEqual((0, "0\n"), (finished.returncode, finished.stdout))
        self.assertIn("purchse", finished.stderr)
