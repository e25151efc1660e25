#!/usr/bin/env python3
"""Checks that what the dialects and passes define is described and tested.

    check_docs.py SOURCE BUILD TBLGEN LLVM_INCLUDE

For every op: a summary, an occurrence in the dialect's ops.mlir, and, unless it is an operator of PyTorch,
a description and an example (there or at another op). For every op, attribute and type: constraints numbered from (C1) on, with a
case @<name>_c<n> in a *-errors.mlir each. For every pass: summary, description, a lit test named after its
flag. Every ```mlir example of an op is a whole function and keeps its meaning through text and bytecode.
"""
import json
import pathlib
import re
import subprocess
import sys
import textwrap

# The rooms that are held to this.
ROOMS = ("Aten", "Pt2e", "Xnn", "Et")

source, build, tblgen, llvm_include = map(pathlib.Path, sys.argv[1:5])
problems = []


def records(td):
    text = subprocess.run(
        [tblgen, "--dump-json", f"-I{source}", f"-I{source}/include", f"-I{llvm_include}", td],
        check=True, capture_output=True, text=True).stdout
    return json.loads(text)


def text_of(value):
    return textwrap.dedent(value or "").strip()


def examples_in(description):
    return re.findall(r"```mlir\n(.*?)```", description, re.S)


def check_example(name, example):
    if "..." in example:
        return
    run = subprocess.run([build / "bin/pt2e-opt", "--verify-roundtrip", "-o", "/dev/null", "-"],
                         input=example, capture_output=True, text=True)
    if run.returncode:
        problems.append(f"{name}: its example does not parse: {run.stderr.splitlines()[0]}")


def check_constraints(name, mnemonic, description, errors):
    """The numbered constraints of an op, attribute or type, and their cases."""
    numbers = []
    for stated, text in re.findall(r"^- ((?:\(C\d+\)(?:, )?)+)(.*)$", description, re.M):
        line = [int(number) for number in re.findall(r"\d+", stated)]
        numbers += line
        # The rules of another op are one piece of code, and tested there.
        if text.strip().startswith("as for"):
            continue
        for number in line:
            case = f'@{mnemonic.replace(".", "_")}_c{number}'
            if not re.search(re.escape(case) + r"\b", errors):
                problems.append(f"{name}: constraint (C{number}) has no case {case} in ops-errors.mlir")
    if sorted(numbers) != list(range(1, len(numbers) + 1)):
        problems.append(f"{name}: expected constraints numbered from (C1) on, but got {numbers}")
    if "Constraints" in description and not numbers:
        problems.append(f"{name}: no numbered constraint below `Constraints`")


def check_op(op, full, room, round_trip, errors, all_examples):
    if not text_of(op["summary"]):
        problems.append(f"{full}: no summary")
    if not re.search(re.escape(full) + r"[ (]", round_trip):
        problems.append(f"{full}: not in test/dialects/{room}/ops.mlir")
    description = text_of(op["description"])
    check_constraints(full, op["opName"], description, errors)
    for example in examples_in(description):
        check_example(full, example)
    # Operators are described by PyTorch's schema.
    if "Aten_Op" in op["!superclasses"]:
        return
    if not description:
        problems.append(f"{full}: no description")
    if not re.search(re.escape(full) + r"[ (]", all_examples):
        problems.append(f"{full}: no example")


def check_dialect(room):
    data = records(source / f"dialects/{room}/{room}Ops.td")
    tests = source / f"test/dialects/{room}"
    round_trip = "".join(p.read_text() for p in tests.glob("ops.mlir"))
    errors = "".join(p.read_text() for p in tests.glob("*-errors.mlir"))
    all_examples = "".join(example for name in data["!instanceof"]["Op"]
                           for example in examples_in(text_of(data[name]["description"])))
    for name in data["!instanceof"]["Op"]:
        op = data[name]
        dialect = data[op["opDialect"]["def"]]["name"]
        check_op(op, f'{dialect}.{op["opName"]}', room, round_trip, errors, all_examples)
    for kind in ("AttrDef", "TypeDef"):
        for name in data["!instanceof"].get(kind, []):
            entry = data[name]
            # Attributes of other dialects come along; enums have no summary.
            if entry["dialect"]["def"] != f"{room}_Dialect" or not entry.get("parameters"):
                continue
            if not text_of(entry["summary"]):
                problems.append(f"{name}: no summary")
            check_constraints(name, entry["mnemonic"], text_of(entry["description"]), errors)


def check_passes(td):
    data = records(td)
    for name in data["!instanceof"]["Pass"]:
        entry = data[name]
        flag = entry["argument"]
        for field in ("summary", "description"):
            if not text_of(entry[field]):
                problems.append(f"--{flag}: no {field}")
        if not any((source / "test").rglob(f"{flag}.*")):
            problems.append(f"--{flag}: no lit test {flag}.mlir")


for room in ROOMS:
    check_dialect(room)
for passes in sorted((source / "include").rglob("Passes.td")):
    check_passes(passes)
print("\n".join(problems) or "every op and pass is described and tested")
sys.exit(bool(problems))
