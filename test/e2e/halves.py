#!/usr/bin/env python3
"""Compiles and quantizes programs in f16 and bf16, and compares them with PyTorch's.

    halves.py PT2E WORKDIR FOLDER...

A FOLDER holds model.pt2, input.npy, half.npy (what the program computes in PyTorch) and float.npy (the same
net in f32). The float program must be as near to float.npy as its output type allows, and nearer than PyTorch's.
"""
import math
import pathlib
import subprocess
import sys

import read_npy

pt2e, workdir = sys.argv[1], pathlib.Path(sys.argv[2])
# dB to the net in f32. Weights of 4 bits cost more.
LIMITS = {"static-int8": 37, "dynamic-int8": 40, "weight-only-int8": 44, "weight-only-int4:group=32": 22,
          "8da4w:group=32": 22, "a16w8": 44}


def run(*command):
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit(" ".join(map(str, command)) + ": " + done.stdout.strip())
    return done.stdout


def sqnr(expected, got):
    noise = sum((x - y) ** 2 for x, y in zip(expected, got, strict=True))
    return 10 * math.log10(sum(x * x for x in expected) / noise)


failures = 0
for folder in map(pathlib.Path, sys.argv[3:]):
    work = workdir / folder.name
    work.mkdir(parents=True, exist_ok=True)
    model, data = folder / "model.pt2", folder / "input.npy"
    wide = read_npy.values(folder / "float.npy")
    limits = {"float": max(51 if folder.name == "bfloat16" else 65, sqnr(wide, read_npy.values(folder / "half.npy"))),
              **LIMITS}
    for recipe, limit in limits.items():
        pte = work / f"{recipe.split(':')[0]}.pte"
        if recipe == "float":
            run(pt2e, "compile", model, "-o", pte)
        else:
            calibration = ["--calibration", data] if recipe == "static-int8" else []
            run(pt2e, "quantize", model, "--recipe", recipe, *calibration, "-o", pte)
        run(pt2e, "run", pte, "--input", data, "--output-dir", work)
        reached = sqnr(wide, read_npy.values(work / "output.npy"))
        print(f"{folder.name} {recipe}: {reached:.1f} dB, expected at least {limit:.1f}, {pte.stat().st_size} bytes")
        failures += reached < limit
    # Between the border and back nothing is computed in halves.
    inspected = run(pt2e, "inspect", work / "float.pte")
    if "2 aten::_to_copy.out" not in inspected or "1 delegates" not in inspected:
        print(f"{folder.name}: expected one delegate between two casts, but got\n{inspected}")
        failures += 1
sys.exit(1 if failures else 0)
