#!/usr/bin/env python3
"""Does what docs/quantizer-guide.md says.

    guide.py GUIDE FOLDER PREFIX LLVM_BIN COMPILER

Blocks that begin with a comment that is a file name become files of FOLDER, ```bash blocks run there in order, as one
script, with the tools installed in PREFIX.
"""
import os
import pathlib
import re
import subprocess
import sys

guide, folder, prefix, llvm_bin = map(pathlib.Path, sys.argv[1:5])
folder.mkdir(parents=True)
files = commands = 0
script = "set -euo pipefail\n"
for language, block in re.findall(r"^```(\w+)\n(.*?)^```", guide.read_text(), re.S | re.M):
    name = re.match(r"(?://|#) ([\w.-]+\.\w+)\n", block)
    if language == "bash":
        script += block
        commands += 1
    elif name:
        (folder / name[1]).write_text(block)
        files += 1
if files < 4 or commands < 4:
    sys.exit(f"expected files and commands in {guide}, but got {files} and {commands}")
environment = dict(os.environ, PT2E=str(prefix), CXX=sys.argv[5],
                   PATH=os.pathsep.join([f"{prefix}/bin", str(llvm_bin), os.environ["PATH"]]))
sys.exit(subprocess.run(["bash", "-x", "-c", script], cwd=folder, env=environment).returncode)
