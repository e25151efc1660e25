#!/usr/bin/env python3
"""Runs random programs of images with and without the passes that assign layouts: the outputs must be the same, in
float to rounding, in codes of 4 to 8 bits all of them. (XNNPACK rounds once for a convolution and a requantize that are next
to each other, which a layout may bring about: of other random programs one in 300 differs so by a code.)

    layout_cases.py BIN WORKDIR [COUNT [SEED]]

BIN is the folder of the tools. A program mixes what needs NHWC, what runs in either layout and what hides the layout.
"""
import pathlib
import random
import struct
import subprocess
import sys

tools, workdir = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
count = int(sys.argv[3]) if len(sys.argv) > 3 else 40
seed = int(sys.argv[4]) if len(sys.argv) > 4 else 1
INPUT = [2, 4, 6, 6]
CODES = ["int8", "uint8", "int6", "int4"]
FUNCTIONS = {"relu": "", "sigmoid": "", "tanh": "", "hardswish": "", "silu": "", "hardsigmoid": "", "relu6": "", "abs": "",
             "gelu": 'approximate = "none"', "leaky_relu": "negative_slope = 0.1 : f64"}


def text(shape):
    return "tensor<" + "".join(f"{size}x" for size in shape) + "f32>"


class Program:
    def __init__(self, rng):
        self.rng, self.lines, self.values = rng, [], [("%x", INPUT)]

    def emit(self, name, op, operands, shape):
        types = ", ".join(text(s) for _, s in operands)
        names = ", ".join(n for n, _ in operands)
        attributes = f" {{{op}}}" if op else ""
        value = f"%{len(self.lines)}"
        self.lines.append(f'  {value} = {name} {names}{attributes} : ({types}) -> {text(shape)} loc("n{len(self.lines)}")')
        return value, shape

    def weight(self, shape):
        value = f"%{len(self.lines)}"
        size = 1
        for s in shape:
            size *= s
        numbers = iter([round(self.rng.uniform(-1, 1), 3) for _ in range(size)])

        def nested(sizes):
            if not sizes:
                return str(next(numbers))
            return "[" + ", ".join(nested(sizes[1:]) for _ in range(sizes[0])) + "]"
        self.lines.append(f'  {value} = aten.parameter "w{len(self.lines)}" dense<{nested(shape)}> : {text(shape)}')
        return value, shape

    def step(self):
        rng, image = self.rng, self.rng.choice(self.values[-3:])
        shape = list(image[1])
        kind = rng.choice(["conv", "conv", "depthwise", "pool", "function", "function", "add", "mean", "view", "permute", "cat", "pad", "slice",
                           "back"])
        if kind == "conv":
            out = rng.choice([1, 3, 4])
            weight = self.weight([out, shape[1], 3, 3])
            return self.emit("aten.conv2d", "dilation = array<i64: 1, 1>, groups = 1 : i64, padding = array<i64: 1, 1>, "
                             "stride = array<i64: 1, 1>", [image, weight], [shape[0], out, *shape[2:]])
        if kind == "depthwise":
            weight = self.weight([shape[1], 1, 3, 3])
            return self.emit("aten.conv2d", f"dilation = array<i64: 1, 1>, groups = {shape[1]} : i64, padding = array<i64: 1, 1>, "
                             "stride = array<i64: 1, 1>", [image, weight], shape)
        if kind == "pool" and min(shape[2:]) > 2:
            return self.emit("aten.max_pool2d", "ceil_mode = false, dilation = array<i64: 1, 1>, kernel_size = array<i64: 2, 2>, "
                             "padding = array<i64: 0, 0>, stride = array<i64: 1, 1>", [image],
                             [*shape[:2], shape[2] - 1, shape[3] - 1])
        if kind == "add":
            other = rng.choice([v for v in self.values if v[1] == shape])
            return self.emit("aten.add.Tensor", "alpha = 1 : i64", [image, other], shape)
        if kind == "mean":
            dims = rng.choice([[1], [2], [3], [2, 3], [1, 2]])
            mean = self.emit("aten.mean.dim", f"dim = array<i64: {', '.join(map(str, dims))}>, keepdim = true", [image],
                             [1 if d in dims else s for d, s in enumerate(shape)])
            return self.emit("aten.add.Tensor", "alpha = 1 : i64", [image, mean], shape)
        if kind == "view":
            n, c, h, w = shape
            new = rng.choice([[n, c, w, h], [n * c, 1, h, w], [n, c * h, 1, w], [n, c, h * w, 1], [n, 1, c, h * w],
                              [n * c, h, w, 1], [n, h, c, w]])
            return self.emit("aten.view", f"size = array<i64: {', '.join(map(str, new))}>", [image], new)
        if kind == "permute":
            dims = rng.choice([[0, 2, 3, 1], [0, 3, 1, 2], [0, 1, 3, 2], [0, 2, 1, 3], [1, 0, 2, 3]])
            return self.emit("aten.permute", f"dims = array<i64: {', '.join(map(str, dims))}>", [image], [shape[d] for d in dims])
        if kind == "cat":
            other = rng.choice([v for v in self.values if v[1] == shape])
            dim = rng.choice([1, 2, 3])
            return self.emit("aten.cat", f"dim = {dim} : i64", [image, other], [2 * s if d == dim else s for d, s in enumerate(shape)])
        if kind == "pad":
            return self.emit("aten.constant_pad_nd", "pad = array<i64: 1, 0, 0, 1>, value = 0.5 : f64", [image],
                             [*shape[:2], shape[2] + 1, shape[3] + 1])
        if kind == "slice":
            dim = rng.choice([1, 2, 3])
            if shape[dim] > 1:
                return self.emit("aten.slice.Tensor", f"dim = {dim} : i64, end = {shape[dim]} : i64, start = 1 : i64, step = 1 : i64",
                                 [image], [s - 1 if d == dim else s for d, s in enumerate(shape)])
        if kind == "back":
            return self.values[0]
        function = rng.choice(list(FUNCTIONS))
        return self.emit(f"aten.{function}", FUNCTIONS[function], [image], shape)

    def write(self):
        for _ in range(self.rng.randint(4, 12)):
            value = self.step()
            size = 1
            for s in value[1]:
                size *= s
            if size < 4000:
                self.values.append(value)
        results = self.values[-2:]
        types = ", ".join(text(s) for _, s in results)
        named = ", ".join(f'{text(s)} {{aten.name = "y{i}"}}' for i, (_, s) in enumerate(results))
        return (f'func.func @forward(%x: {text(INPUT)} {{aten.name = "x"}}) -> ({named}) {{\n' + "\n".join(self.lines)
                + f"\n  return {', '.join(n for n, _ in results)} : {types}\n}}\n")


def run(*command):
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stdout.strip()}")


def compare(program, max_error):
    for name, layout in ("plain", ""), ("layout", "func.func(xnn-assign-layout,xnn-fold-stride),"):
        lowered, pte = workdir / f"{name}.mlir", workdir / f"{name}.pte"
        run(tools / "pt2e-opt", program, "--pass-pipeline=builtin.module(aten-simplify,pt2e-signed-storage,"
            f"func.func(convert-aten-to-xnn),canonicalize,cse,{layout}func.func(xnn-break-tables),xnn-outline-delegates,"
            "convert-to-et,et-plan-memory)", "-o", lowered)
        run(tools / "pt2e-translate", "--export-pte", lowered, "-o", pte)
    run(tools / "pt2e", "compare", workdir / "plain.pte", workdir / "layout.pte", "--input", workdir / "x.npy",
        "--max-error", max_error)


def main():
    workdir.mkdir(parents=True, exist_ok=True)
    size = 1
    for s in INPUT:
        size *= s
    rng = random.Random(seed)
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({', '.join(map(str, INPUT))}), }}"
    header += " " * (64 - (10 + len(header) + 1) % 64) + "\n"
    (workdir / "x.npy").write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode()
                                    + struct.pack(f"<{size}f", *(rng.uniform(-2, 2) for _ in range(size))))
    failed = 0
    for number in range(count):
        source, converted, config = workdir / f"{number}.mlir", workdir / "converted.mlir", workdir / "config.json"
        source.write_text(Program(rng).write())
        codes = rng.choice(CODES)
        config.write_text('{"recipe": {"recipe": "static-int8", "activation": {"dtype": "%s"}}}' % codes)
        try:
            compare(source, "1e-5")
            run(tools / "pt2e", "quantize", source, "--config", config, "--calibration", workdir / "x.npy",
                "--emit", "mlir", "--stop-after", "convert", "-o", converted)
            compare(converted, "0")
        except RuntimeError as error:
            failed += 1
            print(f"{source} in {codes}: {error}")
    print(f"{count - failed} of {count} programs are the same with layouts assigned")
    return failed > 0


sys.exit(main())
