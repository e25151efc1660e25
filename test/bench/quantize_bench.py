#!/usr/bin/env python3
"""Seconds and peak memory of the whole process `pt2e quantize`, by stage.

    quantize_bench.py PT2E MODEL.pt2 [--shape 32,3,224,224 | --calibration DATA...] [--runs 5] [-- OPTION...]

With --shape the calibration data is random, uniform in [-2, 2). Prints the median and the smallest of the
runs. Options behind `--` go to pt2e quantize.
"""
import argparse
import array
import os
import random
import re
import statistics
import struct
import subprocess
import sys
import tempfile
import time


def write_random(path, shape):
    """A .npy of floats from a fixed seed."""
    count = 1
    for size in shape:
        count *= size
    generator = random.Random(1)
    codes = array.array("H")
    codes.frombytes(generator.randbytes(2 * count))
    values = array.array("f", (code * (4 / 65536) - 2 for code in codes))
    header = repr({"descr": "<f4", "fortran_order": False, "shape": tuple(shape)}).encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header)
        values.tofile(file)


def run_once(command):
    """(seconds, peak MiB, output) of a process."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"failed: {' '.join(command)}")
    return time.perf_counter() - begin, usage.ru_maxrss / 1024, output


def main():
    arguments, extra = sys.argv[1:], []
    if "--" in arguments:
        cut = arguments.index("--")
        arguments, extra = arguments[:cut], arguments[cut + 1:]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pt2e")
    parser.add_argument("model")
    parser.add_argument("--shape")
    parser.add_argument("--calibration", nargs="+")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        data = options.calibration
        if not data:
            data = [f"{folder}/random.npy"]
            write_random(data[0], [int(size) for size in options.shape.split(",")])
        runs = [run_once([options.pt2e, "quantize", options.model, "--calibration", *data, "-o", f"{folder}/m.pte",
                          "--timing", *extra]) for _ in range(options.runs)]
    seconds = [run[0] for run in runs]
    print(f"whole process  median {statistics.median(seconds):.3f} s, least {min(seconds):.3f} s, "
          f"peak {max(run[1] for run in runs):.0f} MiB")
    stages = {}
    for run in runs:
        for stage, value in re.findall(r"^(\w+)\s+([\d.]+) s$", run[2], re.M):
            stages.setdefault(stage, []).append(float(value))
    for stage, values in stages.items():
        print(f"  {stage:<10} {statistics.median(values):.3f} s")


main()
