#!/usr/bin/env python3
"""Checks that what the dialects and passes define is described and tested.

    check_docs.py SOURCE BUILD TBLGEN LLVM_INCLUDE

For every op: a summary, a description with constraints numbered from (C1) on, an occurrence in the
dialect's ops.mlir, a case @<op>_c<n> in ops-errors.mlir for each constraint of an op with a verifier.
For every pass: summary, description, a lit test named after its flag. Every ```mlir example of an op's
description parses.
"""
import json
import pathlib
import re
import subprocess
import sys
import textwrap

source, build, tblgen, llvm_include = map(pathlib.Path, sys.argv[1:5])
problems = []


def records(td):
    text = subprocess.run(
        [tblgen, "--dump-json", f"-I{source}", f"-I{source}/include", f"-I{llvm_include}", td],
        check=True, capture_output=True, text=True).stdout
    return json.loads(text)


def text_of(value):
    return textwrap.dedent(value or "").strip()


def check_example(name, example):
    if "..." in example:
        return
    run = subprocess.run([build / "bin/pt2e-opt", "--verify-roundtrip", "-o", "/dev/null", "-"],
                         input=example, capture_output=True, text=True)
    if run.returncode:
        problems.append(f"{name}: its example does not parse: {run.stderr.splitlines()[0]}")


def check_dialect(room):
    data = records(source / f"dialects/{room}/{room}Ops.td")
    tests = source / f"test/dialects/{room}"
    round_trip = "".join(p.read_text() for p in tests.glob("ops*.mlir"))
    errors = "".join(p.read_text() for p in tests.glob("*errors*.mlir"))
    for name in data["!instanceof"]["Op"]:
        op = data[name]
        full = f'{data[op["opDialect"]["def"]]["name"]}.{op["opName"]}'
        if not text_of(op["summary"]):
            problems.append(f"{full}: no summary")
        description = text_of(op["description"])
        # aten operators are described by PyTorch's schema.
        if not description and room != "Aten":
            problems.append(f"{full}: no description")
        for example in re.findall(r"```mlir\n(.*?)```", description, re.S):
            check_example(full, example)
        if full not in round_trip:
            problems.append(f"{full}: not in test/dialects/{room}/ops.mlir")
        if not op.get("hasVerifier"):
            continue
        for number in re.findall(r"^- \(C(\d+)\)", description, re.M):
            case = f'@{op["opName"].replace(".", "_")}_c{number}'
            if not re.search(re.escape(case) + r"\b", errors):
                problems.append(f"{full}: constraint (C{number}) has no case {case} in ops-errors.mlir")


def check_passes(td):
    data = records(td)
    for name in data["!instanceof"]["Pass"]:
        entry = data[name]
        flag = entry["argument"]
        for field in ("summary", "description"):
            if not text_of(entry[field]):
                problems.append(f"--{flag}: no {field}")
        if not list((source / "test").rglob(f"{flag}.mlir")):
            problems.append(f"--{flag}: no lit test {flag}.mlir")


for dialect in ("Aten", "Pt2e", "Xnn", "Et"):
    check_dialect(dialect)
for passes in sorted((source / "include").rglob("Passes.td")):
    check_passes(passes)
print("\n".join(problems) or "every op and pass is described and tested")
sys.exit(bool(problems))
