#!/usr/bin/env python3
"""Exports torchvision's models with random weights, compiles and quantizes them, and compares with PyTorch.

    torchvision_models.py PT2E WORKDIR [MODEL...]

Prints the table of docs/models.md: the largest error of the float program in units of the largest output, the cosine
between outputs of each recipe and the float ones, delegates and kernel calls. Static ranges are from the one input.
Needs torch and torchvision (2.15 and 0.29 were used).
"""
import pathlib
import re
import subprocess
import sys

import numpy
import torch
import torchvision

MODELS = """alexnet convnext_tiny densenet121 efficientnet_b0 efficientnet_v2_s googlenet inception_v3 maxvit_t mnasnet1_0 mobilenet_v2
mobilenet_v3_small regnet_y_400mf resnet18 resnet50 resnext50_32x4d shufflenet_v2_x1_0 squeezenet1_1 swin_t swin_v2_t vgg11_bn vit_b_16
segmentation.deeplabv3_mobilenet_v3_large segmentation.fcn_resnet50 segmentation.lraspp_mobilenet_v3_large video.mvit_v1_b
video.r3d_18""".split()
RECIPES = ["static-int8", "dynamic-int8", "weight-only-int8", "weight-only-int4", "8da4w", "a16w8"]


def make(name):
    torch.manual_seed(0)
    module = torchvision.models
    for part in name.split(".")[:-1]:
        module = getattr(module, part)
    options = {"weights": None}
    if "segmentation" in name:
        options["weights_backbone"] = None
    if name in ("googlenet", "inception_v3"):
        options["init_weights"] = False
    model = getattr(module, name.split(".")[-1])(**options).eval()
    for layer in model.modules():  # neither trivial statistics nor heads of zeros
        if isinstance(layer, (torch.nn.BatchNorm2d, torch.nn.BatchNorm3d)):
            layer.running_mean.normal_(0, 0.1)
            layer.running_var.uniform_(0.5, 1.5)
    if hasattr(model, "heads"):
        torch.nn.init.normal_(model.heads[-1].weight, std=0.02)
    size = 112 if name == "video.r3d_18" else 299 if name == "inception_v3" else 224
    x = torch.randn(1, 3, *([16] if "video" in name else []), size, size)
    with torch.no_grad():
        y = model(x)
    y = y["out"] if isinstance(y, dict) else getattr(y, "logits", y)
    return torch.export.export(model, (x,)), x, y.numpy()


def run(*command):
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise RuntimeError(done.stdout.strip())
    return done.stdout


def outputs(pt2e, pte, x, folder, like):
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    run(pt2e, "run", pte, "--input", x, "--output-dir", folder)
    return numpy.load(sorted(folder.iterdir())[0]).reshape(like.shape)


def main():
    pt2e, workdir = sys.argv[1], pathlib.Path(sys.argv[2])
    workdir.mkdir(parents=True, exist_ok=True)
    print("| model | float error | delegates | kernel calls | " + " | ".join(f"`{recipe}`" for recipe in RECIPES) + " |")
    print("|" + "---|" * (4 + len(RECIPES)))
    for name in sys.argv[3:] or MODELS:
        program, x, expected = make(name)
        model, data, pte = workdir / "model.pt2", workdir / "x.npy", workdir / "model.pte"
        torch.export.save(program, model)
        numpy.save(data, x.numpy())
        said = run(pt2e, "compile", model, "-o", pte)
        delegates, calls = re.search(r"(\d+) delegates?, (\d+) kernel calls?", said).groups()
        actual = outputs(pt2e, pte, data, workdir / "out", expected)
        cells = [name, f"{abs(actual - expected).max() / abs(expected).max():.0e}", delegates, calls]
        for recipe in RECIPES:
            static = ["--calibration", data] if recipe.startswith("static") else []
            run(pt2e, "quantize", model, "--recipe", recipe, *static, "-o", pte)
            actual = outputs(pt2e, pte, data, workdir / "out", expected)
            cosine = (actual * expected).sum() / numpy.linalg.norm(actual) / numpy.linalg.norm(expected)
            cells.append(f"{cosine:.4f}")
        print("| " + " | ".join(cells) + " |", flush=True)


main()
