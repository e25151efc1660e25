#!/usr/bin/env python3
"""Slims recorded runs of PyTorch's quantization flow to what the golden tests read.

make_cases.py FIXTURES: FIXTURES/cases/NAME__CONFIG/ become cases/NAME__CONFIG/ with
  model.pt2           the float program
  calib_K[_argI].npy  calibration inputs
  golden.json         groups: edges [consumer, argument path] and results that share an observer, with
                      what it saw and its parameters; dequantized: each reading of a dequantized value;
                      weights: integer codes as hexadecimal bytes; floats as C hexadecimal floats
"""
import json
import pathlib
import shutil
import struct
import sys

# Static runs of XNNPACKQuantizer, per channel and per tensor.
CONFIGS = ("pc", "pt", "pc_dynb")
# They record a defect of the reference: batch norm folded into a convolution with other users, shared
# convolutions with the wrong bias, a frozen buffer, an observer of 3.4e38.
DEFECTS = {"conv_bn_two_users__pc", "shared_conv_two_bn__pc", "buffer_mutation__pc", "mul_scalar_huge__pc"}


def codes(path):
    data = path.read_bytes()
    assert data[:6] == b"\x93NUMPY"
    header, = struct.unpack("<H", data[8:10])
    return data[10 + header:].hex()


def golden(case):
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
                      {key: observer[key] for key in ("min_val", "max_val", "scale", "zero_point")})
    dequantized = []
    for node in load("qdq.json"):
        if "dequantize" not in node["op"]:
            continue
        if "scales" in node:
            scale, zero_point = node["scales"]["values"], node["zero_points"]["values"]
        else:
            scale, zero_point = [node["scale"]["hex"]], [node["zero_point"]]
        for user in node["users"]:
            if "quantize_per" not in user["target"]:
                dequantized += [{"op": user["node"], "arg": path, "scale": scale, "zero_point": zero_point,
                                 "codes": [node["quant_min"], node["quant_max"]]} for path in user["arg"]]
    weights = []
    for weight in load("weights/index.json"):
        if weight["role"] == "quantized":
            for consumer in weight["consumers"]:
                weights += [{"op": consumer["node"], "arg": path, "shape": weight["shape"],
                             "codes": codes(case / "weights" / weight["file"])} for path in consumer["arg"]]
    return {"groups": groups, "dequantized": dequantized, "weights": weights}


def main():
    target = pathlib.Path(__file__).parent / "cases"
    shutil.rmtree(target, ignore_errors=True)
    for case in sorted(pathlib.Path(sys.argv[1], "cases").iterdir()):
        if not case.is_dir() or case.name.split("__")[1] not in CONFIGS or case.name in DEFECTS:
            continue
        folder = target / case.name
        folder.mkdir(parents=True)
        for file in ["model.pt2", *(f.name for f in case.glob("calib_*.npy"))]:
            shutil.copyfile(case / file, folder / file)
        (folder / "golden.json").write_text(json.dumps(golden(case), separators=(",", ":")) + "\n")


main()
