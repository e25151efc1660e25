#!/usr/bin/env python3
"""Makes test/data/qat: a small program in training mode, trained with pt2e's fake quantize.

    make_qat.py path/to/pt2e

model.pt2 is exported in training mode, trained.pt2 is what `pt2e quantize
--qat-prepare` makes of it after twenty steps in PyTorch, y.npy what that computes
for x.npy with batch norm in inference and the ranges that training left.
rows.pt2, rows_x.npy and rows_y.npy are the same of two linears and --recipe 8da4w.
table.pt2 is cases/embedding_linear__pc/model.pt2, trained with its calib_K.npy, table_y.npy what that
computes for test_0.npy.
calibrated.pt2 is what --ptq-prepare makes of cases/residual__pc/model.pt2, calibrated with its
calib_K.npy; calibrated_y.npy is what it computes for test_0.npy when it rounds.
Needs PyTorch 2.9 or later.
"""

import os
import subprocess
import sys
import tempfile

import archive
import numpy as np
import torch
from torch import nn

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "qat")
aten = torch.ops.aten


class Model(nn.Module):
    """Convolutions with batch norm (one with a bias, one channel of gamma 0), a
    residual addition, pooling and dropout in front of a linear."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 3, padding=1, bias=True)
        self.bn1 = nn.BatchNorm2d(4, eps=1e-3, momentum=0.2)
        self.conv2 = nn.Conv2d(4, 4, 3, padding=1, groups=4, bias=False)
        self.bn2 = nn.BatchNorm2d(4)
        self.drop = nn.Dropout(0.1)
        self.fc = nn.Linear(4, 3)
        with torch.no_grad():
            self.bn1.weight[0] = -0.7
            self.bn2.weight.copy_(torch.tensor([0.5, 2.0, 1.0, 0.0]))

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        x = torch.relu(x + self.bn2(self.conv2(x)))
        return self.fc(self.drop(x.mean((2, 3))))


class Rows(nn.Module):
    """Linears, wide enough for groups of their weights."""

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(64, 32)
        self.fc2 = nn.Linear(32, 3)

    def forward(self, x):
        return self.fc2(torch.relu(self.fc1(x)))


def freeze(module):
    """Inference in PyTorch: batch norm and dropout off, ranges as they are."""
    for node in module.graph.nodes:
        if node.target is aten.batch_norm.default:
            node.args = (*node.args[:5], False, *node.args[6:])
        elif node.target is aten.dropout.default:
            node.args = (*node.args[:2], False)
        elif node.target is aten.mul.Scalar and node.args[0].target is aten.sub.Tensor:
            node.args = (node.args[0], 0.0)  # the step of a moving average
    module.recompile()


def train(pt2e, model_path, trained_path, shape, options=()):
    """What `trained_path` will hold, ready to be run in inference."""
    program = prepare(pt2e, model_path, "--qat-prepare", *options)
    module = program.module()
    optimizer = torch.optim.SGD(
        [p for n, p in module.named_parameters() if n != "bn2.weight"], lr=0.05
    )
    for _ in range(20):
        x = torch.randn(shape)
        target = (x.flatten(1).mean(1) > 0).long()
        y = module(x).reshape(shape[0], -1)
        loss = torch.nn.functional.cross_entropy(y, target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    keep(program, module, trained_path)
    freeze(module)
    return module


def prepare(pt2e, model_path, *options):
    with tempfile.TemporaryDirectory() as folder:
        prepared = os.path.join(folder, "prepared.pt2")
        subprocess.run([pt2e, "quantize", model_path, *options, "-o", prepared], check=True)
        return torch.export.load(prepared)


def keep(program, module, path):
    """Writes `program` with the state that `module` has."""
    with torch.no_grad():
        for name, value in module.state_dict().items():
            program.state_dict[name].copy_(value)
    archive.save(program, path)


def case(name):
    """Path of the program of a case, and what loads its arrays."""
    folder = os.path.join(os.path.dirname(HERE), "cases", name)
    load = lambda file: torch.from_numpy(np.load(os.path.join(folder, file)))
    return os.path.join(folder, "model.pt2"), load


def train_table(pt2e):
    model_path, load = case("embedding_linear__pc")
    program = prepare(pt2e, model_path, "--qat-prepare")
    module = program.module()
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
    for k in range(4):
        loss = module(load(f"calib_{k}.npy")).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    keep(program, module, os.path.join(HERE, "table.pt2"))
    freeze(module)
    with torch.no_grad():
        np.save(os.path.join(HERE, "table_y.npy"), module(load("test_0.npy")).numpy())


def calibrate(pt2e):
    model_path, load = case("residual__pc")
    program = prepare(pt2e, model_path, "--ptq-prepare")
    module = program.module()
    with torch.no_grad():
        for k in range(4):
            module(load(f"calib_{k}.npy"))
        keep(program, module, os.path.join(HERE, "calibrated.pt2"))
        module.state_dict()["observers.rounding"].fill_(True)
        np.save(os.path.join(HERE, "calibrated_y.npy"), module(load("test_0.npy")).numpy())


def record(module, shape, prefix):
    x = torch.randn(shape)
    with torch.no_grad():
        y = module(x)
    np.save(os.path.join(HERE, prefix + "x.npy"), x.numpy())
    np.save(os.path.join(HERE, prefix + "y.npy"), y.numpy())


def main():
    pt2e = sys.argv[1]
    torch.manual_seed(0)
    model_path = os.path.join(HERE, "model.pt2")
    shape = (2, 1, 6, 6)
    program = torch.export.export(Model().train(), (torch.randn(shape),), strict=False)
    archive.save(program, model_path)
    module = train(pt2e, model_path, os.path.join(HERE, "trained.pt2"), shape)
    record(module, shape, "")

    shape = (4, 2, 64)
    with tempfile.TemporaryDirectory() as folder:
        rows_path = os.path.join(folder, "rows.pt2")
        program = torch.export.export(Rows().train(), (torch.randn(shape),), strict=False)
        torch.export.save(program, rows_path)
        trained = os.path.join(HERE, "rows.pt2")
        module = train(pt2e, rows_path, trained, shape, ["--recipe", "8da4w"])
        record(module, shape, "rows_")
    train_table(pt2e)
    calibrate(pt2e)


if __name__ == "__main__":
    main()
