#!/usr/bin/env python3
"""Runs the commands of docs/debugging.md in their order, in a folder of their own.

    run_guide.py SOURCE BUILD

Each ```sh block must succeed. Each line of a ```text block must be among the lines that the block before it printed;
its numbers may differ. A ```json NAME block is written to that file first.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

source, build = map(pathlib.Path, sys.argv[1:3])
environment = dict(os.environ, PATH=os.pathsep.join([f"{build}/bin", os.environ["PATH"]]))
files = {
    "model.pt2": "examples/fashion_mnist/mnv3.pt2",
    "calib.npy": "examples/fashion_mnist/calib_512_u8.npy",
    "images.npy": "test/data/runtime/images_u8.npy",
    "labels.npy": "test/data/runtime/labels.npy",
}


def shape_of(line):
    """A line without what may differ: numbers that stand alone, and how many blanks there are."""
    line = re.sub(r"(?<![\w.])-?\d[\d.e+-]*(?![\w.])", "N", line.strip())
    return re.sub(r"\s+", " ", line)


page = (source / "docs/debugging.md").read_text()
problems = []
with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    for name, path in files.items():
        (folder / name).symlink_to((source / path).resolve())
    printed = set()
    count = 0
    for language, name, block in re.findall(r"^```(\w+) ?(\S*)\n(.*?)^```", page, re.S | re.M):
        if language == "json" and name:
            (folder / name).write_text(block)
        elif language == "sh":
            count += 1
            result = subprocess.run(["bash", "-e", "-c", block], cwd=folder, env=environment, capture_output=True,
                                    text=True)
            if result.returncode:
                problems.append(f"exit code {result.returncode} of:\n{block}{result.stderr}")
            printed = {shape_of(line) for line in (result.stdout + result.stderr).splitlines()}
        elif language == "text":
            problems += [f"nothing printed is like: {line}" for line in block.splitlines()
                         if shape_of(line) not in printed]
if not count:
    problems.append("there are no commands")
print("\n".join(problems))
sys.exit(bool(problems))
