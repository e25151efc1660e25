#!/usr/bin/env python3
"""Writes test/data/halves: a small net in f16 and in bf16, and what PyTorch computes with it.

    make_halves.py OUTDIR       (torch 2.15)
"""
import pathlib
import sys

import archive
import numpy
import torch
from torch import nn


class Net(nn.Module):
    """A convolution with batch norm, a depthwise one, a normalization that is computed in f32, two linear layers."""

    def __init__(self):
        super().__init__()
        self.conv, self.bn = nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8)
        self.depthwise = nn.Conv2d(8, 8, 3, padding=1, groups=8)
        self.scale = nn.Parameter(torch.rand(32) + 0.5)
        self.head, self.last = nn.Linear(8, 32), nn.Linear(32, 10)

    def forward(self, x):
        x = torch.relu(self.bn(self.conv(x)))
        x = (x + self.depthwise(x)).mean((2, 3))
        x = nn.functional.gelu(self.head(x))
        wide = x.to(torch.float32)
        wide = wide * torch.rsqrt((wide * wide).mean(-1, keepdim=True) + 1e-6)
        x = wide.to(x.dtype) * self.scale
        return self.last(x * 2.5)


out = pathlib.Path(sys.argv[1])
for dtype in (torch.float16, torch.bfloat16):
    torch.manual_seed(0)
    net = Net().eval()
    net.bn.running_mean.uniform_(-0.5, 0.5)
    net.bn.running_var.uniform_(0.5, 2)
    net = net.to(dtype)
    x = torch.randn(8, 3, 8, 8).to(dtype)
    folder = out / str(dtype).removeprefix("torch.")
    folder.mkdir(parents=True, exist_ok=True)
    archive.save(torch.export.export(net, (x,)), folder / "model.pt2")
    # NumPy has no bf16.
    numpy.save(folder / "input.npy", (x if dtype == torch.float16 else x.float()).numpy())
    with torch.no_grad():
        numpy.save(folder / "half.npy", net(x).float().numpy())
        numpy.save(folder / "float.npy", net.float()(x.float()).numpy())
