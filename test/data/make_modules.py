#!/usr/bin/env python3
"""Writes modules/NAME.pt2 with inputs and PyTorch's outputs. Needs torch (2.15 was used).

Small programs of what models do and the other recorded programs do not.
"""
import pathlib

import archive
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


class Activations(nn.Module):
    def forward(self, x):
        f = nn.functional
        return (f.celu(x), f.celu(x, 0.5), f.selu(x), f.softplus(x), f.softplus(x, 2), f.logsigmoid(x), f.mish(x),
                f.softshrink(x), f.hardshrink(x), f.threshold(x, 0.5, 7), torch.addcmul(x, x, x, value=0.5),
                torch.addcdiv(x, x, x.exp()), torch.lerp(x, x * 2, 0.3), torch.lerp(x, -x, 0.75),
                torch.lerp(x, -x, x), torch.deg2rad(x), torch.rad2deg(x), x.frac(), torch.hypot(x, x + 1))


class Moves(nn.Module):
    def __init__(self):
        super().__init__()
        self.circular = nn.Conv2d(4, 2, 3, padding=(1, 2), padding_mode="circular")

    def forward(self, x):
        grid = torch.meshgrid(x[0, 0, 0], x[0, 1, :, 0], indexing="xy")
        theta = x[:, :2, :, :].permute(0, 2, 3, 1).clamp(-1, 1)
        return (x.movedim(1, 3) * 2, x.movedim((1, 2), (2, 0)) + 1, x.rot90(1, (2, 3)) + 0, x.rot90(2, (2, 3)),
                x.rot90(3, (2, 3)) + 0, grid[0] + grid[1], x.diff(dim=2), x.diff(n=2), torch.outer(x[0, 0, 0], x[0, 0, 1]),
                nn.functional.channel_shuffle(x, 2), self.circular(x), torch.tensor_split(x, 3, 2)[1] + 1,
                x.repeat_interleave(2, 1), nn.functional.one_hot(x.argmax(1), 4), torch.cdist(x, x + 1),
                nn.functional.grid_sample(x, theta, align_corners=False), nn.functional.unfold(x, (2, 3), 2, 1, (1, 2)))


class Norms(nn.Module):
    def __init__(self):
        super().__init__()
        self.rms = nn.RMSNorm(6)
        self.rms2 = nn.RMSNorm([5, 6], eps=1e-3, elementwise_affine=False)
        self.instance = nn.InstanceNorm2d(4, affine=True)
        self.batch = nn.BatchNorm2d(4, track_running_stats=False)
        self.response = nn.LocalResponseNorm(3)

    def forward(self, x):
        return (self.rms(x), self.rms2(x), self.instance(x), self.batch(x), self.response(x),
                nn.functional.cosine_similarity(x, x.flip(0)), x.logsumexp(1), (x * 1e3).logsumexp((2, 3), keepdim=True),
                x.masked_fill(x < 9, -float("inf")).logsumexp(1))


class Pools(nn.Module):
    def forward(self, x):
        f = nn.functional
        rows = x.flatten(2)
        return (f.max_pool1d(rows, 3, 2, 1), f.avg_pool1d(rows, 4), f.adaptive_max_pool2d(x, (5, 2)),
                f.interpolate(x, scale_factor=2, mode="bicubic"), f.interpolate(x, size=(3, 9), mode="bicubic"),
                f.interpolate(x, size=(9, 4), mode="bicubic", align_corners=True))


class Volumes(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv3d(4, 6, 3, stride=(1, 2, 1), padding=(1, 0, 1))
        self.norm = nn.BatchNorm3d(6)
        self.norm.running_var.uniform_(0.5, 2)
        self.grouped = nn.Conv3d(6, 4, (2, 1, 3), dilation=(2, 1, 1), groups=2, bias=False)

    def forward(self, x):
        f = nn.functional
        y = self.norm(self.conv(x)).relu()
        return (y, self.grouped(y), f.max_pool3d(x, 2), f.max_pool3d(x, (3, 2, 3), (1, 2, 1), 1, ceil_mode=True),
                f.avg_pool3d(x, (2, 3, 2), stride=1, padding=1, count_include_pad=False), f.adaptive_avg_pool3d(y, 1))


class Branches(nn.Module):
    """Convolutions that read one tensor, of which XNNPACK quantizes at run time pixels for some, the image for others."""
    def __init__(self):
        super().__init__()
        self.convolutions = nn.ModuleList([
            nn.Conv2d(8, 6, 1), nn.Conv2d(8, 6, 3, padding=1), nn.Conv2d(8, 6, 1, stride=2), nn.ConvTranspose2d(8, 6, 2, 2),
            nn.Conv2d(8, 5, 1), nn.Conv2d(8, 6, 1, groups=2)])

    def forward(self, x):
        return tuple(convolution(x) for convolution in self.convolutions)


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.tanh = nn.RNN(6, 5, 2, bidirectional=True)
        self.relu = nn.RNN(6, 5, nonlinearity="relu", batch_first=True, bias=False)
        self.cell = nn.RNNCell(6, 5)

    def forward(self, x):
        y, h = self.tanh(x)
        return y, h, self.relu(x)[0], self.cell(x[0])
''', "modules.py", "exec"), scope)


def write(name, *inputs, dynamic=None):
    torch.manual_seed(0)
    module = scope[name]().eval()
    stem = "".join("_" + c.lower() if c.isupper() else c for c in name)[1:]
    folder = to / f"{stem}.io"
    folder.mkdir(parents=True, exist_ok=True)
    archive.save(torch.export.export(module, inputs, dynamic_shapes=dynamic), to / f"{stem}.pt2")
    for i, value in enumerate(inputs):
        numpy.save(folder / f"in_{i}.npy", value.numpy())
    outputs = module(*inputs)
    for i, value in enumerate(outputs if isinstance(outputs, tuple) else (outputs,)):
        numpy.save(folder / f"out_{i}.npy", value.detach().numpy())


write("InPlaceNames", torch.linspace(-2, 3, 12).reshape(3, 4))
x = torch.randn(2, 4, 5, 6, generator=torch.Generator().manual_seed(1))
write("Activations", 5 * torch.linspace(-1, 1, 60).reshape(3, 20))
write("Moves", x)
write("Norms", x)
write("Pools", x)
batch = torch.export.Dim("batch", min=1, max=8)
write("Volumes", torch.randn(2, 4, 5, 6, 7, generator=torch.Generator().manual_seed(2)), dynamic=({0: batch},))
write("Recurrent", x[0])
write("Branches", torch.randn(2, 8, 7, 7, generator=torch.Generator().manual_seed(3)) * torch.tensor([1.0, 4.0]).reshape(2, 1, 1, 1))
