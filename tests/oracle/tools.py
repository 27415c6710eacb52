"""Runs the programs under test: one JSON object a line in, one a line out."""

import json
import subprocess


def run_lines(command, lines, timeout=600):
    """Returns (answers, stderr); fewer answers than lines mean that the program died on the next one."""
    text = "".join(json.dumps(line) + "\n" for line in lines)
    done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=timeout, check=False)
    answers = [json.loads(line) for line in done.stdout.decode().splitlines()]
    return answers, done.stderr.decode(errors="replace")


class Tool:
    """A program that answers cases; a case it dies on is answered with {"crash": …}."""

    def __init__(self, *command):
        self.command = [str(part) for part in command]

    def answer(self, cases):
        answers = []
        while len(answers) < len(cases):
            some, stderr = run_lines(self.command, cases[len(answers):])
            answers += some
            if len(answers) < len(cases):
                answers.append({"crash": stderr[-2000:]})
        return answers
