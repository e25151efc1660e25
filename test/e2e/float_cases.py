#!/usr/bin/env python3
"""Compiles recorded programs in float and compares their outputs with PyTorch's.

    float_cases.py PT2E WORKDIR FOLDER...

A FOLDER holds model.pt2, inputs test_K.npy (test_K_argI.npy) and outputs float_K.npy (float_K_outI.npy), or
NAME.pt2 with NAME.io/in_K.npy and out_K.npy. The largest error may be 1e-4 of the output's largest
magnitude. A program named in `refused.txt` beside the folders must be refused, with the text given there.
"""
import pathlib
import re
import shutil
import subprocess
import sys

import read_npy

pt2e, workdir = sys.argv[1], pathlib.Path(sys.argv[2])
LIMIT = 1e-4


def run(*command):
    return subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def calls(folder, inputs, outputs):
    """(inputs, outputs) of each recorded call: prefix_K.npy or prefix_K_argI.npy."""
    found = {}
    for path in folder.glob("*.npy"):
        match = re.fullmatch(rf"(?:({inputs})|({outputs}))_(\d+)(?:_(?:arg|out)(\d+))?\.npy", path.name)
        if match:
            call = found.setdefault(int(match[3]), ({}, {}))
            call[0 if match[1] else 1][int(match[4] or 0)] = path
    return [tuple([call[side][i] for i in sorted(call[side])] for side in (0, 1))
            for _, call in sorted(found.items()) if call[0] and call[1]]


def programs(folder):
    if (folder / "model.pt2").exists():
        yield folder.name, folder / "model.pt2", calls(folder, "test", "float")
    for model in sorted(folder.glob("*.pt2")):
        stem = model.name.split(".")[0]
        recorded = folder / f"{stem}.io"
        if recorded.is_dir():
            ins = sorted(recorded.glob("in_*.npy"), key=lambda p: int(p.stem[3:]))
            outs = sorted(recorded.glob("out_*.npy"), key=lambda p: int(p.stem[4:]))
            yield f"{folder.name}/{model.name}", model, [(ins, outs)]


def check(name, model, recorded, refused):
    pte = workdir / (name.replace("/", "_") + ".pte")
    compiled = run(pt2e, "compile", model, "-o", pte)
    if name in refused:
        if compiled.returncode != 1 or refused[name] not in compiled.stdout:
            return f"expected it to be refused with '{refused[name]}', but got {compiled.stdout.strip()}"
        return None
    if compiled.returncode:
        return "compile: " + compiled.stdout.strip().splitlines()[-1]
    # One process for all calls: a program may have state.
    data, out = workdir / "in" / pte.stem, workdir / "out" / pte.stem
    for folder in (data, out):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    for number, (inputs, _) in enumerate(recorded):
        for index, path in enumerate(inputs):
            (data / (f"calib_{number}.npy" if len(inputs) == 1 else f"calib_{number}_arg{index}.npy")).symlink_to(
                path.resolve())
    ran = run(pt2e, "run", pte, "--input", data, "--output-dir", out)
    if ran.returncode:
        return "run: " + ran.stdout.strip().splitlines()[-1]
    worst = 0.0
    for number, (_, outputs) in enumerate(recorded):
        for index, path in enumerate(outputs):
            name_of_output = f"output_{number}.npy" if len(outputs) == 1 else f"output_{number}_out{index}.npy"
            expected, actual = read_npy.values(path), read_npy.values(out / name_of_output)
            if len(expected) != len(actual):
                return f"output {index}: expected {len(expected)} elements, but got {len(actual)}"
            scale = max((abs(x) for x in expected if x == x and abs(x) != float("inf")), default=0.0)
            error = max((abs(a - b) for a, b in zip(expected, actual) if a != b and not (a != a and b != b)),
                        default=0.0)
            worst = max(worst, error / scale if scale else error)
    if worst > LIMIT:
        return f"error {worst:.2e} of the largest magnitude"
    return None


def main():
    workdir.mkdir(parents=True, exist_ok=True)
    failed = number = 0
    for folder in map(pathlib.Path, sys.argv[3:]):
        refused_file = folder.parent / "refused.txt"
        refused = dict(line.split(": ", 1) for line in
                       (refused_file.read_text().splitlines() if refused_file.exists() else []))
        for name, model, recorded in programs(folder):
            number += 1
            problem = check(name, model, recorded, refused)
            if problem:
                failed += 1
                print(f"{name}: {problem}", flush=True)
    print(f"{number - failed} of {number} programs agree with PyTorch")
    sys.exit(failed != 0 or number == 0)


main()
