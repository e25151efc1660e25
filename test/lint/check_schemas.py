#!/usr/bin/env python3
"""Checks that each operator with an op of its own has the arguments of PyTorch's schema.

    check_schemas.py SOURCE TBLGEN LLVM_INCLUDE

Operands and attributes: same names, same order, same kinds.
"""
import json
import pathlib
import re
import subprocess
import sys

source, tblgen, llvm_include = map(pathlib.Path, sys.argv[1:4])

# Arguments that no value depends on.
LEFT_OUT = {"non_blocking", "copy", "cudnn_enable", "cudnn_enabled", "implicit"}
PLACEMENT = {"Layout", "Device", "MemoryFormat", "Generator"}
# The ODS kind of an argument that must be there.
KINDS = {
    "Tensor": "Aten_Tensor", "Tensor[]": "Variadic<Aten_Tensor>",
    "int": "I64Attr", "int[]": "DenseI64ArrayAttr", "float": "F64Attr", "float[]": "DenseF64ArrayAttr",
    "bool": "BoolAttr", "str": "StrAttr", "Scalar": "Aten_ScalarAttr", "ScalarType": "TypeAttr",
}


def schema_arguments(line):
    """[(name, ODS kind)] of a schema; None as kind where there is none."""
    arguments = []
    # Defaults in brackets have commas of their own.
    text = re.sub(r"=\[[^\]]*\]", "", line[line.index("(") + 1:line.rindex(") -> ")])
    text = re.sub(r"Tensor\([^)]*\)", "Tensor", text)
    for part in text.split(", "):
        if part in ("", "*"):
            continue
        type_name, name = part.split("=")[0].rsplit(" ", 1)
        optional = type_name.endswith("?")
        type_name = re.sub(r"\[\d+\]", "[]", type_name.rstrip("?").replace("SymInt", "int"))
        if name in LEFT_OUT or type_name in PLACEMENT:
            continue
        kind = KINDS.get(type_name)
        if optional and kind:
            kind = ("Optional" if "Tensor" in type_name else "OptionalAttr") + f"<{kind}>"
        arguments.append((name, kind))
    return arguments


def ods_kind(data, argument):
    record = data[argument["def"]]
    wrappers = {"Optional": "baseType", "Variadic": "baseType", "OptionalAttr": "baseAttr"}
    for wrapper, field in wrappers.items():
        if wrapper in record["!superclasses"]:
            return f'{wrapper}<{record[field]["def"]}>'
    return argument["def"]


data = json.loads(subprocess.run(
    [tblgen, "--dump-json", f"-I{source}", f"-I{llvm_include}", source / "dialects/Aten/AtenOps.td"],
    check=True, capture_output=True, text=True).stdout)
schemas = {}
for line in (source / "dialects/Aten/schemas.txt").read_text().splitlines():
    if "(" in line and not line.startswith("#"):
        schemas.setdefault(line[:line.index("(")], line)

problems = []
for name in data["!instanceof"]["Aten_Op"]:
    op = data[name]
    schema = schemas.get("aten::" + op["opName"])
    if not schema:
        problems.append(f'aten.{op["opName"]}: no such operator in schemas.txt')
        continue
    want = schema_arguments(schema)
    got = [(label, ods_kind(data, argument)) for argument, label in op["arguments"]["args"]
           if label != "symbols"]
    if got != want:
        problems.append(f'aten.{op["opName"]}: expected arguments {want}, but got {got}')
print("\n".join(problems) or "every operator has its schema's arguments")
sys.exit(bool(problems))
