#!/usr/bin/env python3
"""What torchao's own quantization-aware training gives on the example of docs/qat.md.

    qat_reference.py EPOCHS [IMAGES [keep]]

The same model, weights, ranges of codes, data, order, optimizer and schedule as
examples/qat/train.py, unless `keep` keeps batch norm in training mode to the end;
the accuracy is that of the converted program in PyTorch.
Needs PyTorch 2.9 or later, torchao and executorch.
"""

import os
import sys

import torch
import torch.nn.functional as F

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "examples", "qat"))

from executorch.backends.xnnpack.quantizer.xnnpack_quantizer import (  # noqa: E402
    XNNPACKQuantizer,
    get_symmetric_quantization_config,
)
from export import ResNet8  # noqa: E402
from torchao.quantization.pt2e import move_exported_model_to_eval  # noqa: E402
from torchao.quantization.pt2e.quantize_pt2e import convert_pt2e, prepare_qat_pt2e  # noqa: E402
from train import freeze_statistics, pixels  # noqa: E402


def main():
    epochs = int(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 60000
    torch.manual_seed(0)
    torch.set_num_threads(1)
    images = pixels("train-images-idx3-ubyte.gz", 16).view(-1, 1, 28, 28)[:count]
    labels = pixels("train-labels-idx1-ubyte.gz", 8).long()[:count]

    model = ResNet8()
    model.load_state_dict(torch.export.load(os.path.join(ROOT, "examples/fashion_mnist/resnet8.pt2")).state_dict)
    batch = {0: torch.export.Dim("batch", min=1, max=64)}
    program = torch.export.export(model.train(), (torch.randn(2, 1, 28, 28),), dynamic_shapes=({**batch},))
    config = get_symmetric_quantization_config(is_qat=True, is_per_channel=True, weight_qmin=-8, weight_qmax=7)
    module = prepare_qat_pt2e(program.module(), XNNPACKQuantizer().set_global(config))

    optimizer = torch.optim.Adam(module.parameters(), lr=1e-3)
    batches = len(images) // 64
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs * batches)
    for epoch in range(epochs):
        if epoch and epoch == epochs - 1 and "keep" not in sys.argv:
            freeze_statistics(module)
        for batch in torch.randperm(len(images))[: batches * 64].view(-1, 64):
            x = images[batch].float().div(255).sub(0.286).div(0.353)
            loss = F.cross_entropy(module(x), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()

    converted = convert_pt2e(module)
    move_exported_model_to_eval(converted)
    test = pixels("t10k-images-idx3-ubyte.gz", 16).view(-1, 1, 28, 28)
    answers = pixels("t10k-labels-idx1-ubyte.gz", 8).long()
    right = 0
    with torch.no_grad():
        for begin in range(0, len(test), 50):
            x = test[begin : begin + 50].float().div(255).sub(0.286).div(0.353)
            right += (converted(x).argmax(1) == answers[begin : begin + 50]).sum().item()
    print(f"top-1 {100 * right / len(test):.2f} %")


if __name__ == "__main__":
    main()
