#!/usr/bin/env python3
"""Copies programs that PyTorch quantized, with what they compute.

make_converted.py FIXTURES: FIXTURES/cases/NAME__CONFIG/ and FIXTURES/affine/NAME/ become converted/NAME/ with
  program.pt2   the quantized program
  calib_K.npy, expected_K.npy   inputs and PyTorch's outputs
  step.json     the step between two outputs: the scale of the quantize that makes them; none where the last op is
                float
"""
import json
import pathlib
import re
import shutil
import sys

CASES = """add__pt add_relu__qat attention_matmul__fixed cat_inputs__pc conv1d_bias__dyn conv1d_bias__pc
conv2d_bias__bias32 conv2d_bias__dyn conv2d_bias__int16 conv2d_depthwise__dyn conv_bn_relu__pc_dynb conv_chain__act7
conv_relu6__qat convtranspose2d__dyn embedding_linear__dyn embedding_linear__emb gru_cell__dyn linear_4d_nobias__dyn
linear_bias__dyn_dynb linear_bias__pt linear_bias__uint8sym linear_bias__w4 linear_mlp_gelu__x86dyn linear_nobias__dynqat
max_pool_conv__x86 nested__op_conv_dynlinear se_block__pc ties__uint8 transformer_block__dyn""".split()
AFFINE = """8da4w_group32 int8_dynact_int8_weight int8_weight_only_row int8_weight_only_tensor intx_weight_only_int4_group32
intx_weight_only_int8_axis0""".split()


def step(case):
    """The output's scale in converted.txt, where the program returns a dequantized tensor."""
    text = (case / "converted.txt").read_text()
    returned = re.findall(r"return \((\w+),\)", text)
    for node in json.loads((case / "qdq.json").read_text()):
        if returned == [node["name"]] and isinstance(node["scale"], dict):
            return float(node["scale"]["v"])
    return None


def main():
    fixtures, out = pathlib.Path(sys.argv[1]), pathlib.Path(__file__).parent / "converted"
    shutil.rmtree(out, ignore_errors=True)
    for name in CASES:
        case, into = fixtures / "cases" / name, out / name
        into.mkdir(parents=True)
        shutil.copyfile(case / "converted.pt2", into / "program.pt2")
        for path in case.glob("test_*.npy"):
            shutil.copyfile(path, into / path.name.replace("test", "calib"))
        for path in case.glob("quant_*.npy"):
            shutil.copyfile(path, into / path.name.replace("quant", "expected"))
        (into / "step.json").write_text(json.dumps(step(case)) + "\n")
    for name in AFFINE:
        case, into = fixtures / "affine" / name, out / name
        into.mkdir(parents=True)
        shutil.copyfile(case / "exported.pt2", into / "program.pt2")
        # The others have another shape.
        shutil.copyfile(fixtures / "affine" / "input_0.npy", into / "calib_0.npy")
        shutil.copyfile(case / "output_0.npy", into / "expected_0.npy")
        (into / "step.json").write_text("null\n")


main()
