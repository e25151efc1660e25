#!/usr/bin/env python3
"""Makes test/data/trained: programs of pt2e --qat-prepare after the recorded calls in training mode.

    make_trained.py FIXTURES path/to/pt2e

FIXTURES/cases/NAME__CONFIG/ become trained/NAME__CONFIG/ with
  model.pt2    the float program in training mode
  trained.pt2  what `pt2e quantize --qat-prepare` makes of it in compat mode, after PyTorch ran it on calib_K.npy as the
               record was made: in training mode, without a step of an optimizer
  golden.json  every reading of a dequantized value in the reference's converted program, in the order of its operators
               (names do not join: folding batch norm changes them)
golden.json has lists of readings
  recorded   as it was recorded
  repaired   of the same flow run here, without its defects: fake quantizers that train with the scale of convert, the
             program's own eps of batch norm, the output channels of transposed weights as channels
with operator, argument, codes, scales and zero points (none: chosen at run time), integer weights as hexadecimal
bytes, and the number of the observer (repaired); and "biases", those of the repaired program. Needs PyTorch 2.9 or
later, torchao and ExecuTorch.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import archive
import numpy as np
import torch
import torchao.quantization.pt2e.utils as folding
from torch.fx import Node
from torch.nn.utils.fusion import fuse_conv_bn_weights
from torchao.quantization.pt2e.fake_quantize import FakeQuantize, FakeQuantizeBase, FusedMovingAvgObsFakeQuantize
from torchao.quantization.pt2e.quantize_pt2e import convert_pt2e, prepare_qat_pt2e

aten = torch.ops.aten
# The options of pt2e that are a configuration of the record.
OPTIONS = {
    "qat": ["--compat", "torchao"],
    "qatpt": ["--compat", "torchao", "--per-tensor"],
    "dynqat": ["--compat", "torchao", "--recipe", "dynamic-int8"],
    "x86qat": ["--quantizer", "x86-inductor"],
}


def calibration(case):
    calls = {}
    for path in sorted(case.glob("calib_*.npy")):
        calls.setdefault(path.stem.split("_")[1], []).append(torch.from_numpy(np.load(path)))
    return [calls[k] for k in sorted(calls, key=int)]


def train(pt2e, case, trained):
    with tempfile.TemporaryDirectory() as folder:
        prepared = os.path.join(folder, "prepared.pt2")
        subprocess.run([pt2e, "quantize", "--qat-prepare", case / "model.pt2",
                        "--quantizer-option", "qat=true", *OPTIONS[case.name.split("__")[1]], "-o", prepared],
                       check=True)
        program = torch.export.load(prepared)
    module = program.module()
    with torch.no_grad():
        for arguments in calibration(case):
            module(*arguments)
        for name, value in module.state_dict().items():
            program.state_dict[name].copy_(value)
    archive.save(program, trained)


def paths_of(node, producer):
    """Where `node` has `producer` among its arguments: [0], [0, 1]."""
    found = []

    def walk(argument, path):
        if argument is producer:
            found.append(path)
        elif isinstance(argument, (list, tuple)):
            for i, element in enumerate(argument):
                walk(element, path + [i])

    walk(list(node.args), [])
    return found


def schema_of(target):
    """ "aten::conv2d", "aten::add.Tensor", "output" """
    return str(target).replace(".", "::", 1).removesuffix(".default")


def hexadecimal(values):
    return [float(value).hex() for value in values]


def readings_of(graph, describe):
    """describe(producer) of every argument that has one, in order of the graph and of the arguments."""
    found = []
    for node in graph.nodes:
        here = []
        for producer in node.all_input_nodes:
            entry = describe(producer)
            if entry is not None and describe(node) is None and "quantize" not in str(node.target):
                here += [{"op": schema_of(node.target), "arg": path} | entry for path in paths_of(node, producer)]
        found += sorted(here, key=lambda entry: entry["arg"])
    return found


def convert(module):
    """Readings, with their observers, and biases of the converted program of `module`."""
    modules = dict(module.named_modules(remove_duplicate=False))
    numbers = {}

    def observer(node):
        if node.op != "call_module" or not isinstance(modules[node.target], FakeQuantizeBase):
            return None
        return {"observer": numbers.setdefault(id(modules[node.target]), len(numbers))}

    observed = readings_of(module.graph, observer)
    converted = convert_pt2e(module)

    def constant(node):
        value = converted
        for name in node.target.split("."):
            value = getattr(value, name)
        return value.detach()

    def dequantized(node):
        if "dequantize" not in str(node.target):
            return None
        codes, scale, zero_point, *rest = node.args
        entry = {"codes": rest[-3:-1]}
        if not isinstance(scale, Node):
            entry |= {"scale": hexadecimal([scale]), "zero_point": [zero_point]}
        elif scale.op == "get_attr":
            entry |= {"scale": hexadecimal(constant(scale)), "zero_point": constant(zero_point).tolist()}
        else:
            entry |= {"scale": [], "zero_point": []}
        if codes.op == "get_attr":
            entry["weight"] = constant(codes).numpy().tobytes().hex()
        return entry

    readings = readings_of(converted.graph, dequantized)
    assert [(r["op"], r["arg"]) for r in readings] == [(r["op"], r["arg"]) for r in observed]
    biases = [hexadecimal(constant(node.args[2])) for node in converted.graph.nodes
              if schema_of(node.target).startswith(("aten::conv", "aten::linear")) and len(node.args) > 2]
    return {"repaired": [a | b for a, b in zip(readings, observed)], "biases": biases}


def repaired(case, quantizer):
    program = torch.export.load(case / "model.pt2")
    eps, = {node.args[7] for node in program.graph.nodes if node.target is aten.batch_norm.default} or {None}
    module = prepare_qat_pt2e(program.module(), quantizer)
    added = [node for node in module.graph.nodes if node.target is aten.add.Tensor and node.args[1] == 1e-5]
    norms = [node for node in module.graph.nodes if node.target is aten.batch_norm.default]
    for add, norm in zip(added, norms, strict=True):
        add.args = (add.args[0], eps)
        norm.args = (*norm.args[:7], eps, *norm.args[8:])
    for node in module.graph.nodes:
        if node.target is aten.conv_transpose2d.input:
            weight = module.get_submodule(node.args[1].target)
            if weight.ch_axis == 0:
                weight.ch_axis = weight.activation_post_process.ch_axis = 1
    module.recompile()
    with torch.no_grad():
        for arguments in calibration(case):
            module(*arguments)
    # Convert takes 1e-5 again.
    folding.fuse_conv_bn_weights = lambda w, b, mean, var, _, *rest, **options: \
        fuse_conv_bn_weights(w, b, mean, var, eps, *rest, **options)
    return convert(module)


def recorded(case):
    """What the record has of the same, as `convert` gives it; no observers."""
    load = lambda name: json.loads((case / name).read_text())
    order = {line.split()[0].strip("%"): i for i, line in enumerate((case / "converted.txt").read_text().splitlines())}
    weights = {weight["consumers"][0]["via"]: np.load(case / "weights" / weight["file"]).tobytes().hex()
               for weight in load("weights/index.json") if weight["role"] == "quantized"}
    found = []
    for node in load("qdq.json"):
        if "dequantize" not in node["op"]:
            continue
        entry = {"codes": [node["quant_min"], node["quant_max"]]}
        if "scales" in node:
            entry |= {"scale": node["scales"]["values"], "zero_point": node["zero_points"]["values"]}
        elif "node" in node["scale"]:
            entry |= {"scale": [], "zero_point": []}
        else:
            entry |= {"scale": [node["scale"]["hex"]], "zero_point": [node["zero_point"]]}
        if node["name"] in weights:
            entry["weight"] = weights[node["name"]]
        for user in node["users"]:
            position = order["return" if user["node"] == "output" else user["node"]]
            found += [(position, path, {"op": schema_of(user["target"]), "arg": path} | entry) for path in user["arg"]]
    return [entry for *_, entry in sorted(found, key=lambda reading: reading[:2])]


def main():
    fixtures, pt2e = pathlib.Path(sys.argv[1]), sys.argv[2]
    torch.set_num_threads(1)
    sys.path.insert(0, str(fixtures / "generate"))
    import configs

    # One formula for training and convert: that of convert.
    FusedMovingAvgObsFakeQuantize.forward = FakeQuantize.forward
    target = pathlib.Path(__file__).parent / "trained"
    shutil.rmtree(target, ignore_errors=True)
    for case in sorted((fixtures / "cases").iterdir()):
        config = case.name.partition("__")[2]
        if config not in OPTIONS:
            continue
        folder = target / case.name
        folder.mkdir(parents=True)
        shutil.copyfile(case / "model.pt2", folder / "model.pt2")
        archive.compress(folder / "model.pt2")
        train(pt2e, case, folder / "trained.pt2")
        golden = {"recorded": recorded(case)} | repaired(case, configs.make(config)[0])
        (folder / "golden.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")


main()
