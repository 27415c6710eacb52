"""Runs every *_test.py of a folder with Python's unittest and prints `N passed, N failed` last.

usage: run_unittest.py FOLDER [NAME…]      NAME: module, module.Class or module.Class.test_name
"""

import os
import sys
import unittest


class CountingResult(unittest.TextTestResult):
    """Counts tests, not their subtests: one that fails in two subtests has failed once."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.passed = 0

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1

    def failed(self):
        """Returns how many tests (or set-ups of classes) failed."""
        owners = {getattr(test, "test_case", test).id() for test, _ in self.failures + self.errors}
        return len(owners) + len(self.unexpectedSuccesses)


def main():
    folder, names = os.path.abspath(sys.argv[1]), sys.argv[2:]
    sys.path.insert(0, folder)
    loader = unittest.TestLoader()
    if names:
        suite = loader.loadTestsFromNames(names)
    else:
        suite = loader.discover(folder, pattern="*_test.py", top_level_dir=folder)
    runner = unittest.TextTestRunner(stream=sys.stdout, verbosity=2, resultclass=CountingResult)
    result = runner.run(suite)
    skipped = len(result.skipped)
    print(f"{result.passed} passed, {result.failed()} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if result.failed() or result.testsRun == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
