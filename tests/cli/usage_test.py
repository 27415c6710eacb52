"""What a command line may look like, and what is said about those that may not."""

import json

from program import NOON, ProgramTest, run

COMMANDS = ("load", "ask", "explain", "check", "schema", "profile", "segments", "erase", "define", "settings",
            "backup", "restore", "audit", "curve", "discover")


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

    def test_errors_are_json_too(self):
        finished = run("check", "did did", "--json")
        self.assertEqual(2, finished.returncode)
        self.assertEqual("invalid_argument", json.loads(finished.stdout)["error"]["code"])

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
