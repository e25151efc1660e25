#!/usr/bin/env python3
"""Quantizes a Fashion-MNIST classifier and holds its accuracy on the 10 000 test images to a limit.

    accuracy.py PT2E MODEL.pt2 CALIBRATION.npy WORKDIR FLOAT_TOP1 INT8_TOP1

FLOAT_TOP1 is what PyTorch gets in float (the .pte may differ by 0.02 points), INT8_TOP1 the least that the
int8 program must get. Both in percent.
"""
import json
import pathlib
import subprocess
import sys

pt2e, model, calibration, workdir = sys.argv[1:5]
float_top1, int8_top1 = map(float, sys.argv[5:7])
data = pathlib.Path("/usr/share/datasets/fashion-mnist")
if not data.is_dir():
    print("skipped: no Fashion-MNIST here (Debian package dataset-fashion-mnist)")
    sys.exit(77)
out = pathlib.Path(workdir)
out.mkdir(parents=True, exist_ok=True)
pixels = ["--mean", "0.286", "--std", "0.353"]
stem = pathlib.Path(model).stem
float_pte, int8_pte = out / f"{stem}_float.pte", out / f"{stem}_int8.pte"


def run(*command):
    print("+", *command, flush=True)
    return subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE, text=True).stdout


run(pt2e, "compile", model, "-o", float_pte)
print(run(pt2e, "quantize", model, "--calibration", calibration, *pixels, "-o", int8_pte,
          "--report", out / f"{stem}.json"))
result = json.loads(run(pt2e, "eval", int8_pte, "--against", float_pte, *pixels, "--json",
                        "--images", data / "t10k-images-idx3-ubyte.gz",
                        "--labels", data / "t10k-labels-idx1-ubyte.gz"))
int8, in_float = (100 * program["top1"] for program in result["programs"])
print(f"float {in_float:.2f} % (PyTorch {float_top1:.2f}), int8 {int8:.2f} % (at least {int8_top1:.2f}), "
      f"{result['pairing']['disagreements']} of 10000 images answered differently")
if abs(in_float - float_top1) > 0.0201:
    sys.exit("the float program is not within 0.02 points of PyTorch")
if int8 < int8_top1:
    sys.exit("the int8 program is below its limit")
