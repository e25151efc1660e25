#!/usr/bin/env python3
"""Prints the table of PyTorch's recorded runs: what is compared with ours, and why the others are not.

golden_table.py BUILD: runs BUILD/test/unit/QuantizersTests, reads the reasons in docs/numerics.md. Fails if a
comparison does.
"""
import collections
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


def results(build):
    """Case -> [(test, passed)]."""
    cases = collections.defaultdict(list)
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        subprocess.run([pathlib.Path(build, "test/unit/QuantizersTests"), "--gtest_filter=*Golden*",
                        f"--gtest_output=json:{out.name}"], stdout=subprocess.DEVNULL)
        for suite in json.load(open(out.name))["testsuites"]:
            for test in suite["testsuite"]:
                if "/" in test["name"]:
                    name, case = test["name"].split("/")
                    cases[case.replace("affine_", "affine/")].append((name, "failures" not in test))
    return cases


def reasons():
    """Case -> reason, from the table in docs/numerics.md."""
    text = (ROOT / "docs/numerics.md").read_text()
    table = text[text.index("## 10. Recorded runs"):]
    found = {}
    for row in re.findall(r"^\| (`[^|]*) \| ([^|]*) \|", table, re.M):
        for case in re.findall(r"`([^`]*)`", row[0]):
            found[case] = row[1]
    return found


def main():
    cases, why = results(sys.argv[1]), reasons()
    width = max(map(len, [*cases, *why]))
    failed = 0
    for case in sorted({*cases, *why}):
        bad = [name for name, passed in cases.get(case, []) if not passed]
        state = "FAIL" if bad else "same" if case in cases else "differs"
        failed += bool(bad)
        print(f"{case:{width}}  {state:7}  {', '.join(bad) or why.get(case, '')}")
    same = len(cases) - failed
    print(f"{same} same, {len({*why} - {*cases})} differ for a reason, {failed} failed")
    return failed > 0 or not cases


sys.exit(main())
