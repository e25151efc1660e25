#!/usr/bin/env python3
"""Quantizes one op by each kind of spec that docs/products.md lists, runs it, and holds the page to what happens.

    spec_kinds.py PT2E PAGE WORKDIR [--write]

Tables of the page that follow `<!-- kinds -->` have columns named as the keys of an action, with JSON in backquotes,
then columns named as PROGRAMS. A cell says what the op is computed on and the ratio of signal to error against the
float program, within a decibel, or why the op is in float. --write puts what happens into the page. Beyond the rows
every activation is tried with every weight: the noise of a product is at most that of both alone.
"""
import itertools
import json
import math
import pathlib
import random
import re
import struct
import subprocess
import sys

pt2e, page, workdir = sys.argv[1], *map(pathlib.Path, sys.argv[2:4])
workdir.mkdir(parents=True, exist_ok=True)
CONV = ("dilation = array<i64: 1, 1>, groups = {} : i64, padding = array<i64: 1, 1>, stride = array<i64: 1, 1>")
IMAGE = [1, 16, 8, 8]
# Sizes of input, weight, bias; the ops on %x, %w and %b; the size of the result %y.
PROGRAMS = {
    "linear": ([8, 64], [48, 64], [48], "aten.linear %x, %w, %b", [8, 48]),
    "conv2d": (IMAGE, [24, 16, 3, 3], [24], f"aten.conv2d %x, %w, %b {{{CONV.format(1)}}}", [1, 24, 8, 8]),
    "depthwise": (IMAGE, [16, 1, 3, 3], [16], f"aten.conv2d %x, %w, %b {{{CONV.format(16)}}}", IMAGE),
    "transposed": (IMAGE, [16, 24, 3, 3], [24], "aten.conv_transpose2d.input %x, %w, %b {output_padding = array<i64: 0, 0>, "
                   f"{CONV.format(1)}}}", [1, 24, 8, 8]),
    "x + x": (IMAGE, None, None, 'aten.add.Tensor %x, %x {alpha = 1 : i64}', IMAGE),
    "cat": (IMAGE, None, None, "aten.cat %x, %x {dim = 1 : i64}", [1, 32, 8, 8]),
    "sigmoid": (IMAGE, None, None, "aten.sigmoid %x", IMAGE),
    "mean": (IMAGE, None, None, "aten.mean.dim %x {dim = array<i64: 2, 3>, keepdim = true}", [1, 16, 1, 1]),
    "lookup": (None, [32, 64], None, "aten.embedding %w, %x {padding_idx = -1 : i64, scale_grad_by_freq = false, "
                  "sparse = false}", [9, 64]),
}
BATCH = 16  # entries of the input file
KEYS = ("activation", "weight", "bias", "output", "embedding")


def count(shape):
    return math.prod(shape)


def text(shape, element="f32"):
    return "tensor<" + "".join(f"{size}x" for size in shape) + element + ">"


def save(path, descr, shape, data):
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': ({', '.join(map(str, shape))},), }}"
    header += " " * (64 - (10 + len(header) + 1) % 64) + "\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data)


def write_program(name):
    """NAME.mlir, NAME.npy and NAME.pte, which is in float."""
    sizes, weight, bias, op, result = PROGRAMS[name]
    rng = random.Random(name)
    stem = workdir / re.sub(r"\W+", "_", name)
    x_type = text(sizes) if sizes else text([9], "i64")
    lines = []
    for value, shape in ("w", weight), ("b", bias):
        if not shape:
            continue
        spread = (count(shape) // shape[0]) ** -0.5 if value == "w" and sizes else 1
        data = struct.pack(f"<{count(shape)}f", *(rng.gauss(0, spread) for _ in range(count(shape))))
        lines.append(f'%{value} = aten.parameter "{value}" dense<"0x{data.hex().upper()}"> : {text(shape)} loc("{value}")')
    call, brace, attributes = op.partition(" {")
    types = {"%x": x_type, "%w": text(weight or []), "%b": text(bias or [])}
    operands = re.findall(r"%\w", call)
    lines.append(f"%y = {call}{brace}{attributes} : ({', '.join(types[o] for o in operands)}) -> {text(result)} "
                 'loc("y")')
    (stem.with_suffix(".mlir")).write_text(
        f'func.func @forward(%x: {x_type} {{aten.name = "x"}}) -> ({text(result)} {{aten.name = "y"}}) {{\n  '
        + "\n  ".join(lines) + f"\n  return %y : {text(result)}\n}}\n")
    if sizes:
        shape = [BATCH, *sizes]
        save(stem.with_suffix(".npy"), "<f4", shape,
             struct.pack(f"<{count(shape)}f", *(rng.gauss(0, 1) for _ in range(count(shape)))))
    else:
        save(stem.with_suffix(".npy"), "<i8", [9], struct.pack("<9q", *range(0, 27, 3)))
    run("compile", stem.with_suffix(".mlir"), "-o", stem.with_suffix(".pte"))
    return stem


def run(*command):
    done = subprocess.run([pt2e, *map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise RuntimeError(f"pt2e {' '.join(map(str, command))}: {done.stderr.strip()}")
    return done.stdout


def outcome(name, action):
    """The form that the op of a program got and the SQNR in dB; or why it is in float, and the SQNR."""
    stem = stems[name]
    config, pte, report = workdir / "config.json", workdir / "quantized.pte", workdir / "report.json"
    config.write_text(json.dumps({"recipe": {"recipe": "static-int8", **action}}))
    data = ["--calibration", stem.with_suffix(".npy")]
    run("quantize", stem.with_suffix(".mlir"), "--config", config, *data, "-o", pte, "--report", report)
    [op] = [op for op in json.loads(report.read_text())["ops"] if op["name"] == "y"]
    table = json.loads(run("compare", stem.with_suffix(".pte"), pte, "--input", stem.with_suffix(".npy"), "--json"))
    [result] = table["outputs"]
    sqnr = result["sqnr_db"]
    sqnr = math.inf if sqnr is None else float(sqnr)
    if op["state"] in ("float", "mixed"):
        code = op["reason"].partition(":")[0]
        if not code:
            raise RuntimeError(f"{name} by {action}: in float without a reason")
        return f"float (`{code}`)", sqnr
    return op["form"], sqnr


def cell(form, sqnr):
    return form if math.isinf(sqnr) else f"{form}, {sqnr:.0f} dB"


def agree(said, form, sqnr):
    words, _, number = said.partition(", ")
    if words != form or bool(number) == math.isinf(sqnr):
        return False
    return not number or abs(float(number.split()[0]) - sqnr) <= 1


stems = {name: write_program(name) for name in PROGRAMS}
lines = page.read_text().split("\n")
failures, seen = [], {key: [] for key in KEYS}
for at in [i for i, line in enumerate(lines) if line == "<!-- kinds -->"]:
    header = [word.strip() for word in lines[at + 1].strip("|").split("|")]
    row = at + 3
    while lines[row].startswith("|"):
        cells = [word.strip() for word in lines[row].strip("|").split("|")]
        action = {key: json.loads(word.strip("`")) for key, word in zip(header, cells) if key in KEYS}
        for key, value in action.items():
            if value not in seen[key]:
                seen[key].append(value)
        for index, name in enumerate(header):
            if name not in PROGRAMS:
                continue
            try:
                got = outcome(name, action)
            except RuntimeError as error:
                failures.append(str(error))
                continue
            if "--write" in sys.argv:
                cells[index] = cell(*got)
            elif not agree(cells[index], *got):
                failures.append(f"{page.name}:{row + 1}: {name}: the page says '{cells[index]}', but it is '{cell(*got)}'")
        lines[row] = "| " + " | ".join(cells) + " |"
        row += 1
if "--write" in sys.argv:
    page.write_text("\n".join(lines))

activations, weights = (["float", *(kind for kind in seen[key] if kind != "float")] for key in ("activation", "weight"))
pairs = list(itertools.product(activations, weights))
noise = {}
for pair in pairs:
    activation, weight = pair
    try:
        form, sqnr = outcome("linear", {"activation": activation, "weight": weight})
    except RuntimeError as error:
        failures.append(str(error))
        continue
    key = tuple(map(json.dumps, pair))
    noise[key] = 10 ** (-sqnr / 10)
    if "float" in pair:
        continue
    # Activations quantized at run time are not with float weights: static ones have more noise.
    with_float = noise[(key[0], '"float"')] or noise[(json.dumps(seen["activation"][0]), '"float"')]
    alone = with_float + noise[('"float"', key[1])]
    if noise[key] > 1.6 * alone:
        failures.append(f"linear, {activation} with {weight}: {form}, {sqnr:.1f} dB, but alone they have "
                        f"{-10 * math.log10(alone) if alone else math.inf:.1f} dB")
print(f"{sum(len(kind) for kind in seen.values())} kinds, {len(pairs)} pairs of activation and weight")
sys.exit("\n".join(failures) or 0)
