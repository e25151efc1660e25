#!/usr/bin/env python3
"""Quantizes Fashion-MNIST classifiers by each recipe and prints size, accuracy and latency: docs/recipes.md.

    recipes.py PT2E WORKDIR EXAMPLES [--models M,...] [--recipes R,...] [--samples N] [--margin POINTS]

EXAMPLES is the folder of the models, their calibration images and `mixed_MODEL.json`, the rules of the
configuration `mixed`. With --margin a program that is more than so many points of top-1 below the float
program on the same images is an error; without --samples all 10 000 test images are taken.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys

RECIPES = ["float", "static-int8", "static-int8-per-tensor", "dynamic-int8", "weight-only-int8", "weight-only-int4",
           "8da4w", "a16w8", "mixed"]
DATA = pathlib.Path("/usr/share/datasets/fashion-mnist")
PIXELS = ["--mean", "0.286", "--std", "0.353"]

parser = argparse.ArgumentParser()
parser.add_argument("pt2e")
parser.add_argument("workdir", type=pathlib.Path)
parser.add_argument("examples", type=pathlib.Path)
parser.add_argument("--models", default="mnv3,resnet8,vit")
parser.add_argument("--recipes", default=",".join(RECIPES))
parser.add_argument("--samples", type=int)
parser.add_argument("--margin", type=float)
arguments = parser.parse_args()
if not DATA.is_dir():
    print("skipped: no Fashion-MNIST here (Debian package dataset-fashion-mnist)")
    sys.exit(77)
arguments.workdir.mkdir(parents=True, exist_ok=True)


def run(*command):
    return subprocess.run([arguments.pt2e, *map(str, command)], check=True, stdout=subprocess.PIPE, text=True).stdout


def compile_program(model, recipe, pte):
    source = arguments.examples / f"{model}.pt2"
    if recipe == "float":
        return run("compile", source, "-o", pte)
    command = ["quantize", source, "-o", pte]
    if recipe.startswith("static") or recipe == "mixed":
        command += ["--calibration", arguments.examples / "calib_512_u8.npy", *PIXELS]
    command += ["--config", arguments.examples / f"mixed_{model}.json"] if recipe == "mixed" else ["--recipe", recipe]
    return run(*command)


def top1(pte):
    samples = ["--samples", arguments.samples] if arguments.samples else []
    result = json.loads(run("eval", pte, *PIXELS, "--json", *samples, "--threads", 1,
                            "--images", DATA / "t10k-images-idx3-ubyte.gz",
                            "--labels", DATA / "t10k-labels-idx1-ubyte.gz"))
    return 100 * result["programs"][0]["top1"]


def microseconds(pte):
    """Median of 200 calls with one image."""
    text = run("run", pte, "--input", arguments.examples / "calib_512_u8.npy", *PIXELS, "--batch", 1, "--time", 200,
               "--threads", 1)
    return 1000 * float(re.search(r"median ([0-9.]+) ms", text)[1])


print("| model | recipe | kB | top-1 | difference to float | us |\n|---|---|---|---|---|---|")
failures = []
for model in arguments.models.split(","):
    in_float = None
    for recipe in arguments.recipes.split(","):
        pte = arguments.workdir / f"{model}_{recipe.replace(':', '_')}.pte"
        compile_program(model, recipe, pte)
        accuracy = top1(pte)
        in_float = accuracy if in_float is None else in_float
        print(f"| {model} | `{recipe}` | {pte.stat().st_size / 1000:.1f} | {accuracy:.2f} | {accuracy - in_float:+.2f} | "
              f"{microseconds(pte):.0f} |",
              flush=True)
        if arguments.margin is not None and accuracy < in_float - arguments.margin:
            failures.append(f"{model} by {recipe}: {accuracy:.2f} %, in float {in_float:.2f} %")
sys.exit("\n".join(failures) or 0)
