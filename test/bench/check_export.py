#!/usr/bin/env python3
"""Runs what pt2e exports in PyTorch, beside what it was imported from.

    check_export.py path/to/pt2e-translate A.pt2 B.pt2 ...

Every program is imported and exported again; torch.export.load reads both, and
both run on the example inputs of the first, with equal bits. Needs PyTorch 2.9
or later, and torchao for programs with its operators; no test depends on it.
"""

import os
import subprocess
import sys
import tempfile

import torch
from torch.utils._pytree import tree_leaves

try:
    import torchao.quantization.pt2e  # noqa: F401  operators of quantized_decomposed
except ImportError:
    pass


def tensors(tree):
    return [leaf for leaf in tree_leaves(tree) if isinstance(leaf, torch.Tensor)]


def equal(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and torch.equal(a.nan_to_num(), b.nan_to_num())


def check(translate, path, folder):
    mlir, exported = os.path.join(folder, "p.mlir"), os.path.join(folder, "p.pt2")
    for command in (["--import-pt2", path, "--mlir-print-debuginfo", "-o", mlir], ["--export-pt2", mlir, "-o", exported]):
        done = subprocess.run([translate, *command], capture_output=True, text=True)
        if done.returncode:
            return "refused: " + done.stderr.split("\n")[0]
    before, after = torch.export.load(path), torch.export.load(exported)
    if before.example_inputs is None:
        return "no example inputs"
    arguments, keywords = before.example_inputs
    # Constants of the export are no inputs any more; keywords go by position.
    leaves = tensors((arguments, keywords))
    after_inputs = torch.utils._pytree.tree_unflatten(leaves, after.call_spec.in_spec)
    module = after.module()
    with torch.no_grad():
        for call in range(2):  # state, too
            torch.manual_seed(call)
            if call == 0:
                reference = before.module()
            expected = tensors(reference(*arguments, **keywords))
            torch.manual_seed(call)
            got = tensors(module(*after_inputs[0], **after_inputs[1]))
            if len(expected) != len(got) or not all(map(equal, expected, got)):
                return f"outputs of call {call} differ"
    return ""


def main():
    translate, *paths = sys.argv[1:]
    failures = 0
    for path in paths:
        with tempfile.TemporaryDirectory() as folder:
            try:
                problem = check(translate, path, folder)
            except Exception as error:  # one program must not hide the others
                problem = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
        if problem:
            failures += 1
            print(f"{path}: {problem}", flush=True)
    print(f"{len(paths) - failures} of {len(paths)} programs run in PyTorch with equal outputs")
    return failures > 0


if __name__ == "__main__":
    sys.exit(main())
