"""Runs ctest and counts what ran inside: one per GoogleTest test, not one per program.

usage: run_ctest.py BUILD_DIRECTORY [CTEST ARGUMENT…]

Prints a line per program, the output of those that failed, what the others say they measured, and the closing line `N passed, N failed`.
A program that neither is GoogleTest nor prints a closing line of its own counts as one test.
"""

import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

GTEST_PASSED = re.compile(r"^\[       OK \] ", re.MULTILINE)
GTEST_FAILED = re.compile(r"^\[  FAILED  \] [^ ]+(?:, where .*)? \(\d+ ms\)$", re.MULTILINE)
GTEST_SKIPPED = re.compile(r"^\[  SKIPPED \] [^ ]+ \(\d+ ms\)$", re.MULTILINE)
MEASURED = re.compile(r"^ *measured: .*$", re.MULTILINE)
CLOSING_LINE = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", re.MULTILINE)


def count(output, succeeded):
    """Returns (passed, failed, skipped) of one program's output; a crash is at least one failure."""
    closing = CLOSING_LINE.findall(output)
    if closing:
        passed, failed, skipped = (int(number or 0) for number in closing[-1])
    elif "[==========]" in output:
        passed = len(GTEST_PASSED.findall(output))
        failed = len(GTEST_FAILED.findall(output))
        skipped = len(GTEST_SKIPPED.findall(output))
    else:
        passed, failed, skipped = (1, 0, 0) if succeeded else (0, 1, 0)
    if not succeeded and failed == 0:
        failed = 1
    return passed, failed, skipped


def main():
    build, arguments = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory() as scratch:
        report = os.path.join(scratch, "report.xml")
        command = ["ctest", "--test-dir", build, "--output-junit", report, "--timeout", "1500",
                   "--test-output-size-passed", "100000000", "--test-output-size-failed", "100000000",
                   "-j", os.environ.get("FINELINE_JOBS", str(os.cpu_count())), *arguments]
        finished = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if not os.path.exists(report):
            print(finished.stdout)
            print("0 passed, 1 failed")
            return 1
        cases = ElementTree.parse(report).getroot().findall("testcase")
    totals = [0, 0, 0]
    for case in cases:
        output = case.findtext("system-out") or ""
        succeeded = case.get("status") == "run"
        counts = count(output, succeeded)
        totals = [total + part for total, part in zip(totals, counts)]
        print(f"{case.get('name'):<24} {'ok' if counts[1] == 0 else 'FAILED':<6} "
              f"{counts[0]:>6} tests {float(case.get('time', 0)):>8.1f} s", flush=True)
        print(output if counts[1] else "".join(line + "\n" for line in MEASURED.findall(output)), end="", flush=True)
    if not cases:
        print(f"ctest found no test: {' '.join(arguments)}")
    print(f"{totals[0]} passed, {totals[1]} failed" + (f", {totals[2]} skipped" if totals[2] else ""))
    return 1 if totals[1] or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
