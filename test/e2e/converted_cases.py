#!/usr/bin/env python3
"""Compiles programs that PyTorch quantized and compares what they compute with what PyTorch computed.

    converted_cases.py PT2E WORKDIR FOLDER...

A FOLDER holds program.pt2, calib_K.npy, expected_K.npy and step.json (test/data/make_converted.py). Outputs may differ
by two steps; where the last op is float, by 2 % of the largest: the runtime takes ranges of rows, PyTorch of tensors.
"""
import json
import pathlib
import shutil
import subprocess
import sys

import read_npy

pt2e, workdir = sys.argv[1], pathlib.Path(sys.argv[2])


def run(*command):
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise RuntimeError(" ".join(map(str, command)) + ": " + done.stdout.strip())


def check(folder):
    """The largest difference, and what it may be."""
    work = workdir / folder.name
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    run(pt2e, "compile", folder / "program.pt2", "-o", work / "p.pte")
    run(pt2e, "run", work / "p.pte", "--input", folder, "--output-dir", work)
    step = json.loads((folder / "step.json").read_text())
    largest = worst = 0.0
    paths = sorted(folder.glob("expected_*.npy"))
    if not paths:
        raise RuntimeError("expected outputs, but got none")
    for path in paths:
        expected = read_npy.values(path)
        got = read_npy.values(work / path.name.replace("expected", "output"))
        if len(expected) != len(got):
            raise RuntimeError(f"expected {len(expected)} elements of {path.name}, but got {len(got)}")
        largest = max(largest, max(map(abs, expected)))
        worst = max(worst, max(abs(x - y) for x, y in zip(expected, got)))
    return worst, 2.01 * step if step else 0.02 * largest


failures = 0
for folder in map(pathlib.Path, sys.argv[3:]):
    try:
        worst, limit = check(folder)
        if worst > limit:
            raise RuntimeError(f"expected outputs within {limit:.5g}, but got {worst:.5g}")
    except RuntimeError as error:
        print(f"{folder.name}: {error}")
        failures += 1
print(f"{len(sys.argv) - 3} programs, {failures} failed")
sys.exit(failures > 0 or len(sys.argv) < 4)
