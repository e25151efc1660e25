#!/usr/bin/env python3
"""Writes square/: a program of one operator, an input and PyTorch's output. Needs torch (2.15 was used)."""
import pathlib

import numpy
import torch

to = pathlib.Path(__file__).parent / "square"
# Compiled under a name of its own: the archive holds the name of the source file.
scope = {"torch": torch, "__name__": "square"}
exec(compile("""class Square(torch.nn.Module):
    def forward(self, x):
        return torch.square(x)
""", "square.py", "exec"), scope)
x = torch.tensor([[-2.0, -0.5, 0.0, 3.0], [1.5, 10.0, -0.125, 7.0]])
torch.export.save(torch.export.export(scope["Square"](), (x,)), to / "square.pt2")
numpy.save(to / "x.npy", x.numpy())
numpy.save(to / "y.npy", torch.square(x).numpy())
