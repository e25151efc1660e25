#!/usr/bin/env python3
"""Runs the pt2e side of each pair of docs/migration.md and holds it to what the PyTorch side returned.

    migration.py PT2E PAGE GOLDEN WORKDIR

A pair begins with `<!-- golden: NAME -->`; its json blocks are the files that the last word in backquotes before
them names. Of NAME.npy and float.npy in GOLDEN follows the ratio of signal to error that PyTorch reached: ours
may be 1.5 dB below it.
"""
import math
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

import read_npy

pt2e, page, golden, workdir = sys.argv[1], *map(pathlib.Path, sys.argv[2:5])
in_float = read_npy.values(golden / "float.npy")


def sqnr(got):
    if len(got) != len(in_float):
        raise RuntimeError(f"expected {len(in_float)} elements, but got {len(got)}")
    noise = sum((x - y) ** 2 for x, y in zip(in_float, got))
    return 10 * math.log10(sum(x * x for x in in_float) / noise) if noise else math.inf


pairs = re.split(r"<!-- golden: (\w+) -->\n", page.read_text())[1:]
failures = []
for name, text in zip(pairs[::2], pairs[1::2]):
    work = workdir / name
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    for file in ("net.pt2", "input.npy"):
        shutil.copyfile(golden / file, work / file)
    for file, block in re.findall(r"`([\w.]+)`:\n```json\n(.*?)^```", text, re.S | re.M):
        (work / file).write_text(block)
    [command] = re.findall(r"^```sh\n(.*?)\n```", text, re.S | re.M)
    words = shlex.split(command)
    subprocess.run([pt2e, *words[1:]], cwd=work, check=True, stdout=subprocess.DEVNULL)
    subprocess.run([pt2e, "run", "net.pte", "--input", "input.npy", "--output-dir", "."], cwd=work, check=True,
                   stdout=subprocess.DEVNULL)
    theirs, ours = sqnr(read_npy.values(golden / f"{name}.npy")), sqnr(read_npy.values(work / "output.npy"))
    print(f"{name:22} PyTorch {theirs:6.2f} dB, pt2e {ours:6.2f} dB")
    if ours < theirs - 1.5:
        failures.append(name)
    if math.isinf(ours):
        failures.append(f"{name}: nothing was quantized")
if len(pairs) < 14:
    failures.append("pairs are missing")
sys.exit(", ".join(failures) or 0)
