#!/usr/bin/env bash
# Quantizes a trained Fashion-MNIST classifier and compares it with its float form on 10 000 images.
# Installs what is missing and builds first.
set -euo pipefail
cd "$(dirname "$0")/../.."
cmake/setup.sh
cmake --preset release >/dev/null
cmake --build build/release --target pt2e

pt2e=build/release/bin/pt2e
model=examples/fashion_mnist/resnet8.pt2
data=$(dpkg -L dataset-fashion-mnist | grep t10k-images | xargs dirname)
out=build/fashion_mnist
mkdir -p $out
pixels="--mean 0.286 --std 0.353"

echo "== resnet8 in float"
$pt2e compile $model -o $out/resnet8_float.pte
echo "== resnet8 in int8, calibrated with 512 training images"
$pt2e quantize $model --calibration examples/fashion_mnist/calib_512_u8.npy $pixels \
  -o $out/resnet8_int8.pte --report $out/resnet8_report.json

echo "== accuracy on the 10 000 test images, on the ExecuTorch runtime"
$pt2e eval $out/resnet8_int8.pte --against $out/resnet8_float.pte $pixels \
  --images "$data/t10k-images-idx3-ubyte.gz" --labels "$data/t10k-labels-idx1-ubyte.gz"
