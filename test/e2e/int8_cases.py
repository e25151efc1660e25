#!/usr/bin/env python3
"""Quantizes recorded programs, by our choices and by the reference's, and compares the outputs of the int8
programs with the float ones.

    int8_cases.py PT2E WORKDIR FOLDER...

A FOLDER holds model.pt2, calib_K.npy, test_K.npy, float_K.npy and golden.json with `sqnr`, what the
reference's int8 program reaches in dB (null: it is the float program). By its choices we may be 1.5 dB below
it (integer kernels), by ours 4 dB (other roundings, of few outputs). Where the reference is wrong and
nothing was recorded, it is 30 dB.
"""
import json
import math
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


def sqnr(folder, options):
    work = workdir / folder.name
    shutil.rmtree(work, ignore_errors=True)
    (work / "in").mkdir(parents=True)
    for path in folder.glob("test_*.npy"):
        shutil.copyfile(path, work / "in" / path.name.replace("test", "calib"))
    if "__pt" in folder.name:
        options = [*options, "--per-tensor"]
    run(pt2e, "quantize", folder / "model.pt2", "--calibration", folder, "-o", work / "q.pte", *options)
    run(pt2e, "run", work / "q.pte", "--input", work / "in", "--output-dir", work / "out")
    signal = noise = 0.0
    for path in sorted(folder.glob("float_*.npy")):
        expected = read_npy.values(path)
        got = read_npy.values(work / "out" / path.name.replace("float", "output"))
        if len(expected) != len(got):
            raise RuntimeError(f"expected {len(expected)} elements of {path.name}, but got {len(got)}")
        signal += sum(x * x for x in expected)
        noise += sum((x - y) ** 2 for x, y in zip(expected, got))
    return 10 * math.log10(signal / noise) if noise else math.inf


failures = 0
for folder in map(pathlib.Path, sys.argv[3:]):
    golden = json.loads((folder / "golden.json").read_text())
    if "sqnr" not in golden:
        limits = (30, 30)
    else:
        reference = golden["sqnr"] or 100
        limits = (reference - 1.5, min(reference, 60) - 4)
    # What the reference leaves in float we may quantize.
    if golden.get("sqnr", 0) is None:
        limits = (100, 30)
    for options, limit in zip((["--compat", "torchao"], []), limits):
        try:
            reached = sqnr(folder, options)
        except RuntimeError as error:
            reached, text = -math.inf, str(error)
        else:
            text = f"{reached:.1f} dB, expected at least {limit:.1f} dB"
        if not reached >= limit:
            failures += 1
            print(f"FAIL {folder.name} {' '.join(options)}: {text}")
print(f"{len(sys.argv) - 3} programs, {failures} failures")
sys.exit(failures != 0)
