#!/usr/bin/env python3
"""Slims recorded runs of PyTorch's quantization flow to what the golden tests read.

make_cases.py FIXTURES: FIXTURES/cases/NAME__CONFIG/ become cases/NAME__CONFIG/ with
  model.pt2           the float program
  calib_K[_argI].npy  calibration inputs
  test_K[_argI].npy, float_K[_outI].npy   inputs and outputs of the float program
  golden.json         sqnr: of the reference's int8 outputs, in dB; groups: edges [consumer, argument path] and results that share an observer, with
                      what it saw and its parameters; dequantized: each reading of a dequantized value;
                      weights: integer codes as hexadecimal bytes; floats as C hexadecimal floats.
                      A reading without scale is quantized at run time
Runs of the same programs with other configurations become golden/NAME__CONFIG.json, as golden.json.
FIXTURES/affine/ becomes affine/: model.pt2, and of each way to quantize its weight the CRC-32 of the codes and of the
scales' bytes.
"""
import json
import math
import pathlib
import shutil
import struct
import sys
import zlib

# Static runs of XNNPACKQuantizer, per channel and per tensor.
CONFIGS = ("pc", "pt", "pc_dynb")
# In training mode: make_trained.py.
TRAINED = ("qat", "qatpt", "dynqat", "x86qat")
# They record a defect of the reference: batch norm folded into a convolution with other users, shared
# convolutions with the wrong bias, a frozen buffer. Only their float outputs are kept.
DEFECTS = {"conv_bn_two_users__pc", "shared_conv_two_bn__pc", "buffer_mutation__pc"}
# An observer of 3.4e38; its float program needs a number below the smallest normal one, which XNNPACK
# takes for 0.
LEFT_OUT = {"mul_scalar_huge__pc"}


def contents(path):
    data = path.read_bytes()
    assert data[:6] == b"\x93NUMPY"
    header, = struct.unpack("<H", data[8:10])
    return data[10 + header:]


def codes(path):
    return contents(path).hex()


def floats(path):
    data = path.read_bytes()
    header, = struct.unpack("<H", data[8:10])
    assert b"'<f4'" in data[:10 + header]
    return struct.unpack(f"<{(len(data) - 10 - header) // 4}f", data[10 + header:])


def sqnr(case):
    """None where the outputs are equal."""
    signal = noise = 0
    for path in case.glob("quant_*.npy"):
        for x, y in zip(floats(case / path.name.replace("quant", "float")), floats(path)):
            signal += x * x
            noise += (x - y) ** 2
    return round(10 * math.log10(signal / noise), 1) if noise else None


def golden(case):
    if case.name in DEFECTS:
        return {}
    load = lambda name: json.loads((case / name).read_text())
    paths, known = {}, set()
    for node in load("annotation.json"):
        known.add(node["name"])
        for edge in (node["annotation"] or {"inputs": []})["inputs"]:
            paths[edge["producer"], node["name"]] = edge["arg"]
    groups = []
    for observer in load("observers.json"):
        if not observer["modules"]:
            continue
        edges, results = [], []
        for served in observer["serves"]:
            if "edge" in served:
                producer, consumer = served["edge"]
                edges += [[consumer, path] for path in paths[producer, consumer]]
            else:
                results.append(served["node"])
        groups.append({"edges": edges, "results": results, "observer": observer["class"]} |
                      {key: observer[key] for key in ("min_val", "max_val", "scale", "zero_point") if key in observer})
    dequantized = []
    for node in load("qdq.json"):
        if "dequantize" not in node["op"]:
            continue
        if "scales" in node:
            scale, zero_point = node["scales"]["values"], node["zero_points"]["values"]
        elif "node" in node["scale"]:
            scale = zero_point = []
        else:
            scale, zero_point = [node["scale"]["hex"]], [node["zero_point"]]
        for user in node["users"]:
            if "quantize_per" not in user["target"] and "choose_qparams" not in user["target"]:
                dequantized += [{"op": user["node"], "arg": path, "scale": scale, "zero_point": zero_point,
                                 "codes": [node["quant_min"], node["quant_max"]]} for path in user["arg"]]
    weights = []
    for weight in load("weights/index.json"):
        if weight["role"] == "quantized":
            for consumer in weight["consumers"]:
                weights += [{"op": consumer["node"], "arg": path, "shape": weight["shape"],
                             "codes": codes(case / "weights" / weight["file"])} for path in consumer["arg"]]
    return {"sqnr": sqnr(case), "groups": groups, "dequantized": dequantized, "weights": weights}


def affine(source, target):
    target.mkdir()
    shutil.copyfile(source / "model.pt2", target / "model.pt2")
    golden = {case.name: {name: zlib.crc32(contents(case / f"{file}.npy")) for name, file in
                          (("codes", "qdata"), ("scales", "scale"))}
              for case in sorted(source.iterdir()) if case.is_dir()}
    (target / "golden.json").write_text(json.dumps(golden, indent=1) + "\n")


def write(path, case):
    path.write_text(json.dumps(golden(case), separators=(",", ":")) + "\n")


def main():
    here = pathlib.Path(__file__).parent
    for name in ("cases", "golden", "affine"):
        shutil.rmtree(here / name, ignore_errors=True)
    (here / "golden").mkdir()
    affine(pathlib.Path(sys.argv[1], "affine"), here / "affine")
    for case in sorted(pathlib.Path(sys.argv[1], "cases").iterdir()):
        if not case.is_dir() or case.name in LEFT_OUT or case.name.partition("__")[2] in TRAINED:
            continue
        if case.name.split("__")[1] not in CONFIGS:
            write(here / "golden" / f"{case.name}.json", case)
            continue
        folder = here / "cases" / case.name
        folder.mkdir(parents=True)
        for file in ["model.pt2", *(f.name for kind in ("calib", "test", "float") for f in case.glob(f"{kind}_*.npy"))]:
            shutil.copyfile(case / file, folder / file)
        write(folder / "golden.json", case)


main()
