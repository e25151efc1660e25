#!/usr/bin/env python3
"""Writes test/data/migration: a small net and what PyTorch's four ways to quantize it return.

    make_migration.py OUTDIR       (torch 2.15, torchao 0.18, executorch 1.5.1)
"""
import copy
import pathlib
import sys

import archive
import numpy
import torch
from torch import nn
from torch.ao import quantization as ao
from torch.ao.quantization import quantize_fx
from torchao.quantization import (Int8DynamicActivationIntxWeightConfig, IntxWeightOnlyConfig, quantize_)
from torchao.quantization.granularity import PerAxis, PerGroup
from torchao.quantization.pt2e.quantize_pt2e import convert_pt2e, prepare_pt2e
from executorch.backends.xnnpack.quantizer.xnnpack_quantizer import (XNNPACKQuantizer,
                                                                    get_symmetric_quantization_config)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Linear(32, 64), nn.ReLU())
        self.body = nn.Sequential(nn.Linear(64, 64), nn.ReLU())
        self.head = nn.Linear(64, 8)

    def forward(self, x):
        return self.head(self.body(self.stem(x)))


class Stubbed(nn.Module):
    """QuantStub and DeQuantStub around the body."""

    def __init__(self, net):
        super().__init__()
        self.net, self.quant, self.dequant = net, ao.QuantStub(), ao.DeQuantStub()

    def forward(self, x):
        return self.net.head(self.dequant(self.net.body(self.quant(self.net.stem(x)))))


out = pathlib.Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
torch.manual_seed(0)
torch.backends.quantized.engine = "x86" if "x86" in torch.backends.quantized.supported_engines else "qnnpack"
net = Net().eval()
x = torch.randn(16, 32)


def write(name, value):
    numpy.save(out / f"{name}.npy", value.detach().numpy().astype(numpy.float32))


archive.save(torch.export.export(net, (x,)), out / "net.pt2")
write("input", x)
write("float", net(x))

# Eager mode: dynamic, and static between stubs.
write("eager_dynamic", ao.quantize_dynamic(copy.deepcopy(net), {nn.Linear}, dtype=torch.qint8)(x))
stubbed = Stubbed(copy.deepcopy(net)).eval()
stubbed.net.body.qconfig = stubbed.quant.qconfig = stubbed.dequant.qconfig = ao.get_default_qconfig("x86")
prepared = ao.prepare(stubbed)
prepared(x)
write("eager_static", ao.convert(prepared)(x))

# FX mode: a QConfigMapping.
mapping = (ao.QConfigMapping().set_object_type(nn.Linear, ao.get_default_qconfig("x86"))
           .set_object_type(nn.ReLU, ao.get_default_qconfig("x86"))
           .set_module_name("head", ao.default_dynamic_qconfig))
prepared = quantize_fx.prepare_fx(copy.deepcopy(net), mapping, (x,))
prepared(x)
write("fx", quantize_fx.convert_fx(prepared)(x))

# PT2E.
quantizer = XNNPACKQuantizer().set_global(get_symmetric_quantization_config(is_per_channel=True))
prepared = prepare_pt2e(torch.export.export(net, (x,)).module(), quantizer)
prepared(x)
write("pt2e_static", convert_pt2e(prepared)(x))

# TorchAO.
for name, config in {
        "torchao_int8_weights": IntxWeightOnlyConfig(torch.int8, PerAxis(0)),
        "torchao_int4_weights": IntxWeightOnlyConfig(torch.int4, PerGroup(32)),
        "torchao_8da4w": Int8DynamicActivationIntxWeightConfig(weight_dtype=torch.int4,
                                                              weight_granularity=PerGroup(32))}.items():
    quantized = copy.deepcopy(net)
    quantize_(quantized, config)
    write(name, quantized(x))
