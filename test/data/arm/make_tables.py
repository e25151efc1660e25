"""Makes tables.pte and codes.npy: every int8 unary operator of XNNPACK, two to three grids each, on all 256 codes.

    make_tables.py SDK    # SDK: the `executorch` folder of the unpacked wheel; needs flatc
"""
import json, os, struct, subprocess, sys, tempfile

sdk, here = os.path.abspath(sys.argv[1]), os.path.dirname(os.path.abspath(__file__))
QINT8 = 3
# operator, more fields of its node, limits of the output, grids (input scale, zero point, output scale, zero point)
TABLES = [
    ("XNNSigmoid", {}, None, [(0.05, 3, 1 / 256, -128), (0.11, -20, 0.006, -100)]),
    ("XNNTanh", {}, None, [(0.02, 0, 1 / 128, 0), (0.09, 40, 0.011, 5)]),
    ("XNNHardswish", {}, None, [(0.05, -10, 0.03, -110), (0.013, 0, 0.02, 7)]),
    ("XNNGelu", {}, None, [(0.04, 0, 0.03, -120), (0.017, -30, 0.02, 0)]),
    ("XNNELU", {"alpha": 1.0}, None, [(0.05, 10, 0.04, -90), (0.02, 0, 0.02, 0)]),
    ("XNNLeakyReLU", {"negative_slope": 0.01}, None, [(0.05, 10, 0.04, -90), (0.02, 0, 0.03, 0)]),
    ("XNNExp", {}, None, [(0.02, 0, 0.07, -128), (0.01, -60, 0.03, -100)]),
    ("XNNAbs", {}, None, [(0.05, 10, 0.03, -128)]),
    ("XNNNegate", {}, None, [(0.05, 10, 0.06, -3)]),
    ("XNNSquare", {}, None, [(0.05, 10, 0.2, -128), (0.01, 0, 0.01, 0)]),
    ("XNNSquareRoot", {}, None, [(0.05, -128, 0.02, -128)]),
    ("XNNReciprocalSquareRoot", {}, None, [(0.05, -128, 0.02, -128)]),
    ("XNNLog", {}, None, [(0.05, -128, 0.03, 20)]),
    ("XNNSin", {}, None, [(0.05, 0, 1 / 128, 0)]),
    ("XNNCos", {}, None, [(0.05, 0, 1 / 128, 0)]),
    ("XNNFloor", {}, None, [(0.05, 10, 0.06, 0)]),
    ("XNNCeiling", {}, None, [(0.05, 10, 0.06, 0)]),
    ("XNNConvert", {}, None, [(0.05, 10, 0.06, -3), (0.05, 0, 0.001, 0)]),
    ("XNNClamp", {}, (-1e30, 1e30), [(0.05, 10, 0.06, -3), (0.05, 0, 0.011, 0)]),
    ("XNNClamp", {}, (0.0, 6.0), [(0.05, 10, 6 / 255, -128)]),
]


def value(scale, zero_point, external_id, is_input):
    return {"xvalue_union_type": "XNNQuantizedTensorValue", "xvalue_union": {
        "tensor_value": {"datatype": QINT8, "num_dims": 2, "dims": [1, 256], "constant_buffer_idx": 0,
                         "external_id": external_id, "flags": 1 if is_input else 2, "id_out": external_id},
        "quant_params_type": "PerTensorQuant", "quant_params": {"scale": scale, "zero_point": zero_point}}}


xvalues, xnodes, inputs, outputs = [], [], [], []
for op, fields, limits, grids in TABLES:
    for in_scale, in_zero, out_scale, out_zero in grids:
        i = len(xvalues)
        xvalues += [value(in_scale, in_zero, i, True), value(out_scale, out_zero, i + 1, False)]
        node = {"xnode_union_type": op, "xnode_union": {"input_id": i, "output_id": i + 1, "flags": 0, **fields}}
        if limits:
            node["output_min_max"] = {"output_min": limits[0], "output_max": limits[1]}
        xnodes.append(node)
        inputs.append(i)
        outputs.append(i + 1)
graph = {"version": "0", "xnodes": xnodes, "xvalues": xvalues, "num_externs": len(xvalues),
         "input_ids": inputs, "output_ids": outputs}


def flatc(schema, tree, folder, name):
    path = os.path.join(folder, name + ".json")
    with open(path, "w") as file:
        json.dump(tree, file)
    subprocess.check_call(["flatc", "-b", "-I", os.path.dirname(schema), "-o", folder, schema, path])
    (out,) = [f for f in os.listdir(folder) if f.startswith(name + ".") and not f.endswith(".json")]
    with open(os.path.join(folder, out), "rb") as file:
        return file.read()


with tempfile.TemporaryDirectory() as folder:
    payload = flatc(sdk + "/backends/xnnpack/serialization/runtime_schema.fbs", graph, folder, "graph")
    # One tensor goes into every input of the delegate.
    tensor = {"val_type": "Tensor", "val": {"scalar_type": "CHAR", "sizes": [1, 256], "dim_order": [0, 1]}}
    program = {
        "execution_plan": [{
            "name": "forward", "values": [tensor] * (1 + len(outputs)), "inputs": [0],
            "outputs": list(range(1, 1 + len(outputs))),
            "chains": [{"inputs": [], "outputs": [], "instructions": [{
                "instr_args_type": "DelegateCall", "instr_args": {
                    "delegate_index": 0,
                    "args": [0 if i % 2 == 0 else 1 + i // 2 for i in range(len(xvalues))]}}]}],
            "operators": [], "non_const_buffer_sizes": [0],
            "delegates": [{"id": "XnnpackBackend", "processed": {"location": "INLINE", "index": 0},
                           "compile_specs": []}]}],
        "backend_delegate_data": [{"data": list(payload)}],
        "constant_segment": {"segment_index": 0, "offsets": [0]}}
    bytes_ = flatc(sdk + "/exir/_serialize/program.fbs", program, folder, "program")
with open(os.path.join(here, "tables.pte"), "wb") as file:
    file.write(bytes_)
header = b"{'descr': '|i1', 'fortran_order': False, 'shape': (1, 256), }"
header += b" " * (128 - 10 - len(header) - 1) + b"\n"
with open(os.path.join(here, "codes.npy"), "wb") as file:
    file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + bytes((c + 128) % 256 for c in range(256)))
