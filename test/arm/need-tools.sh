# Sourced: exits with 77, which ctest counts as skipped, where the tools for ARM are missing.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
for tool in aarch64-linux-gnu-g++ qemu-aarch64; do
  command -v "$tool" >/dev/null || { echo "skipped: no $tool (Debian packages g++-aarch64-linux-gnu, qemu-user)"; exit 77; }
done
for part in executorch/lib/libexecutorch.so sysroot/complete; do
  [ -e "$root/third_party/sdk/aarch64/$part" ] ||
    { echo "skipped: no third_party/sdk/aarch64/$part (run cmake/fetch-aarch64.sh)"; exit 77; }
done
