#!/usr/bin/env python3
"""Writes modules/NAME.pt2 with inputs and PyTorch's outputs. Needs torch (2.15 was used).

Small programs of what models do and the other recorded programs do not.
"""
import pathlib

import numpy
import torch

to = pathlib.Path(__file__).parent / "modules"
# Compiled under a name of its own: the archive holds the name of the source file.
scope = {"torch": torch, "nn": torch.nn, "__name__": "modules"}
exec(compile('''
class InPlaceNames(nn.Module):
    """In-place operators whose functional form has other names for arguments or overload."""
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 4)
        self.dropout = nn.Dropout(inplace=True)
        self.feature = nn.Dropout2d(inplace=True)

    def forward(self, x):
        y = self.dropout(self.linear(x))
        y = self.feature(y.abs_().add_(0.5))
        y = y.pow_(torch.tensor([1.0, 2.0, 0.5, 3.0]))
        return y + y.clone().floor_divide_(torch.tensor(2.0))
''', "modules.py", "exec"), scope)


def write(name, *inputs):
    torch.manual_seed(0)
    module = scope[name]().eval()
    stem = "".join("_" + c.lower() if c.isupper() else c for c in name)[1:]
    folder = to / f"{stem}.io"
    folder.mkdir(parents=True, exist_ok=True)
    torch.export.save(torch.export.export(module, inputs), to / f"{stem}.pt2")
    for i, value in enumerate(inputs):
        numpy.save(folder / ("in_0.npy" if len(inputs) == 1 else f"in_0_arg{i}.npy"), value.numpy())
    numpy.save(folder / "out_0.npy", module(*inputs).detach().numpy())


write("InPlaceNames", torch.linspace(-2, 3, 12).reshape(3, 4))
