#!/usr/bin/env python3
"""Packs recorded PyTorch results for the tests of lib/Numerics.

usage: make_numerics.py FIXTURES

FIXTURES has observers/, ops/ and cases/ as the recording scripts write them.
Writes numerics/NAME.json beside this script, where each tensor is an offset
into numerics/NAME.npys: .npy files one behind the other.
"""
import json
import pathlib
import sys
import zipfile

HERE = pathlib.Path(__file__).parent / "numerics"

# Quantized models in which an observer sees nothing but an input: model,
# observer, files of the input.
HISTOGRAMS = [
    ("adaptive_avg_pool__x86", 0, "calib_[0-9].npy"),
    ("conv_chain__act7", 0, "calib_[0-9].npy"),
    ("hist_constant__pc", 0, "calib_[0-9]_arg0.npy"),
    ("hist_growing__pc", 1, "calib_[0-9]_arg1.npy"),
    ("hist_growing__pc", 0, "calib_[0-9]_arg0.npy"),
    ("linear_bias__pc", 0, "calib_[0-9].npy"),
    ("nested__pc", 0, "calib_[0-9].npy"),
]


class Pack:
    def __init__(self, name):
        self.name, self.data, self.offsets = name, b"", {}

    def add(self, key, content):
        if key not in self.offsets:
            self.offsets[key] = len(self.data)
            self.data += content
        return self.offsets[key]

    def file(self, path):
        return self.add(path, path.read_bytes())

    def write(self, cases):
        HERE.mkdir(exist_ok=True)
        (HERE / f"{self.name}.npys").write_bytes(self.data)
        lines = ",\n".join(json.dumps(case) for case in cases)
        (HERE / f"{self.name}.json").write_text(f"[\n{lines}\n]\n")


def observers(folder):
    pack = Pack("observers")
    cases = json.loads((folder / "observers.json").read_text())
    for case in cases:
        calls = sorted((folder / "data").glob(f"{case['sequence']}_[0-9].npy"))
        case["tensors"] = [pack.file(call) for call in calls]
    pack.write(cases)


def ops(folder):
    pack = Pack("ops")
    cases = json.loads((folder / "ops.json").read_text())
    for case in cases:
        for key in ("inputs", "outputs"):
            case[key] = [pack.file(folder / name) for name in case[key]]
    pack.write(cases)


def histograms(folder):
    pack = Pack("histograms")
    cases = []
    for model, index, inputs in HISTOGRAMS:
        recorded = json.loads((folder / model / "observers.json").read_text())
        observer = recorded[index]
        assert observer["class"] == "HistogramObserver", model
        calls = sorted((folder / model).glob(inputs))
        assert calls, model
        keep = ("dtype", "qscheme", "quant_min", "quant_max", "min_val",
                "max_val", "search_min", "search_max", "scale", "zero_point")
        case = {"model": model} | {key: observer[key] for key in keep}
        case["eps"] = observer["eps"]["hex"]
        case["tensors"] = [pack.file(call) for call in calls]
        with zipfile.ZipFile(folder / model / "histograms.npz") as archive:
            case["histogram"] = pack.add(
                (model, index), archive.read(f"obs{index}.npy"))
        cases.append(case)
    pack.write(cases)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    fixtures = pathlib.Path(sys.argv[1])
    observers(fixtures / "observers")
    ops(fixtures / "ops")
    histograms(fixtures / "cases")


main()
