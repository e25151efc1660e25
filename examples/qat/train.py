"""Trains what `pt2e quantize --qat-prepare` wrote, on Fashion-MNIST, for `pt2e quantize --qat-convert`.

    python train.py prepared.pt2 trained.pt2 --epochs 2
"""

import argparse
import gzip
import os

import numpy as np
import torch
import torch.nn.functional as F

DATA = os.environ.get("FASHION_MNIST", "/usr/share/datasets/fashion-mnist")


def pixels(name, header):
    with gzip.open(os.path.join(DATA, name)) as file:
        return torch.from_numpy(np.frombuffer(file.read()[header:], np.uint8).copy())


def freeze_statistics(module):
    """From here on batch norm normalizes with the statistics it has, as it will when it is folded."""
    for node in module.graph.nodes:
        if node.target is torch.ops.aten.batch_norm.default:
            node.args = (*node.args[:5], False, *node.args[6:])
    module.recompile()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("prepared")
    parser.add_argument("trained")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--images", type=int, default=60000, help="train with the first of them only")
    parser.add_argument("--rate", type=float, default=1e-3)
    arguments = parser.parse_args()

    torch.manual_seed(0)
    torch.set_num_threads(1)
    images = pixels("train-images-idx3-ubyte.gz", 16).view(-1, 1, 28, 28)[: arguments.images]
    labels = pixels("train-labels-idx1-ubyte.gz", 8).long()[: arguments.images]

    program = torch.export.load(arguments.prepared)
    module = program.module()
    optimizer = torch.optim.Adam(module.parameters(), lr=arguments.rate)
    batches = len(images) // 64
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, arguments.epochs * batches)
    for epoch in range(arguments.epochs):
        if epoch and epoch == arguments.epochs - 1:
            freeze_statistics(module)
        total = 0.0
        for batch in torch.randperm(len(images))[: batches * 64].view(-1, 64):
            x = images[batch].float().div(255).sub(0.286).div(0.353)
            loss = F.cross_entropy(module(x), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch}: loss {total / batches:.4f}", flush=True)

    # The program keeps its graph; what was trained are its weights and buffers.
    with torch.no_grad():
        for name, value in module.state_dict().items():
            program.state_dict[name].copy_(value)
    torch.export.save(program, arguments.trained)


if __name__ == "__main__":
    main()
