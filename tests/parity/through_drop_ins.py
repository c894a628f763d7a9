#!/usr/bin/env python3
"""Runs a script, or the unit tests of the packages, with karat.compat's modules in the place of the packages.

    python tests/parity/through_drop_ins.py tests/parity/rouge.py --karat target/debug/karat
    python tests/parity/through_drop_ins.py --unit-tests FOLDER

FOLDER has the source distributions of the packages, as `pip download --no-deps --no-binary :all:` leaves them; the packages
themselves have to be installed, too. Their tests are run twice, with the packages and with karat. Prints which tests are left
out with the reason, and for each package how many tests pass with both; exits 1 if one passes with the package only.
"""

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import runpy
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from xml.etree import ElementTree

PACKAGES = ("rouge_score", "nervaluate", "seqeval", "sacrebleu", "evaluate")

#: By package, the folder of its tests, and which of them are left out.
UNIT_TESTS = {
    "rouge_score": (
        "rouge_score",
        {
            "io_test.py": "tests a command that reads and writes files, which karat does with `karat score`",
        },
    ),
    "nervaluate": ("tests", {}),
    "seqeval": ("tests", {}),
    "sacrebleu": (
        "test",
        {
            "test_api.py": "downloads test sets",
            "test_dataset.py": "downloads test sets",
            "test_significance.py": "tests the comparison of systems, which karat does with `karat.compare`",
        },
    ),
}

#: Tests of private functions, which karat does not have.
PRIVATE = ("testLcsTable", "testUnionLcs", "testSummaryLevelLcs", "overlap_calculation", "has_sufficient_overlap", "overlap_percentage")

#: Texts in the place of those that rouge_score's tests read and its source distribution lacks.
TEXTS = ("target.txt", "prediction.txt", "target_large.txt", "prediction_large.txt")


class DropIns(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds `PACKAGE.MODULE` as `karat.compat.PACKAGE.MODULE`, and nothing else of these packages."""

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] not in PACKAGES:
            return None
        stands_in = f"karat.compat.{name}"
        if importlib.util.find_spec(stands_in) is None:
            raise ModuleNotFoundError(f"karat has no {stands_in}", name=name)
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        return importlib.import_module(f"karat.compat.{spec.name}")

    def exec_module(self, module):
        pass


def install():
    sys.meta_path.insert(0, DropIns())


def unit_tests(folder):
    """Runs the packages' tests, each package's in a process of its own, and returns the exit code."""
    is_worse = False
    for package, (tests, left_out) in UNIT_TESTS.items():
        [archive] = folder.glob(f"{package}-*.tar.gz")
        with tempfile.TemporaryDirectory() as unpacked:
            with tarfile.open(archive) as tar:
                tar.extractall(unpacked, filter="data")
            [root] = Path(unpacked).iterdir()
            # Outside of the folder of the package, whose modules would be found there.
            where = Path(unpacked) / "tests"
            (root / tests).rename(where)
            for file in where.glob("*.py"):
                if not is_test(file):
                    file.unlink()
            for name in left_out:
                (where / name).unlink()
            if package == "rouge_score":
                (where / "testdata").mkdir()
                for name in TEXTS:
                    (where / "testdata" / name).write_text("a text\n")
            passed = {side: passing(package, side, unpacked) for side in ("package", "karat")}
        both = passed["package"] & passed["karat"]
        print(f"{archive.name}: {len(both)} tests pass with the package and with karat")
        for name, reason in left_out.items():
            print(f"  {name} is left out: it {reason}")
        failing = sorted(passed["package"] - both)
        private = [test for test in failing if any(name in test for name in PRIVATE)]
        if private:
            print(f"  {len(private)} tests of private functions are left out")
        for test in failing:
            if test not in private:
                print(f"  FAILS with karat: {test}")
        is_worse |= len(failing) > len(private) or not both
    return int(is_worse)


def is_test(file):
    return file.name.startswith("test_") or file.name.endswith("_test.py")


def passing(package, side, unpacked):
    """The names of the tests that pass."""
    (Path(unpacked) / "tests" / "conftest.py").write_text(
        CONFTEST.format(folder=str(Path(__file__).resolve().parent), package=package, side=side)
    )
    report = Path(unpacked) / f"{side}.xml"
    command = [sys.executable, "-m", "pytest", "--quiet", "-p", "no:cacheprovider", "-p", "no:karat", "-c", "/dev/null"]
    command += ["--rootdir", unpacked, "-o", "python_files=*_test.py test_*.py", "--junitxml", str(report), "tests"]
    ended = subprocess.run(command, cwd=unpacked, capture_output=True, text=True)
    if not report.exists():
        sys.exit(ended.stdout + ended.stderr)
    cases = ElementTree.parse(report).iter("testcase")
    return {f"{case.get('classname')}::{case.get('name')}" for case in cases if case.find("*") is None}


#: The module with the paths of rouge_score's texts is part of its tests.
CONFTEST = """
import sys
if {side!r} == "karat":
    sys.path.insert(0, {folder!r})
    import through_drop_ins
    through_drop_ins.install()
import {package}
if {package!r} == "rouge_score":
    import test_util
    rouge_score.test_util = sys.modules["rouge_score.test_util"] = test_util
"""


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    if sys.argv[1] == "--unit-tests":
        sys.exit(unit_tests(Path(sys.argv[2])))
    install()
    sys.argv = sys.argv[1:]
    sys.path[0] = str(Path(sys.argv[0]).resolve().parent)
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
