#!/usr/bin/env bash
# Fetches what the preset `arm` builds against: the ExecuTorch SDK for aarch64, and Debian's arm64 packages of the
# libraries that the runtime uses. They are unpacked into third_party/sdk/aarch64; nothing is installed, root is not
# needed. The compiler and the emulator are Debian's g++-aarch64-linux-gnu and qemu-user.
set -euo pipefail
cd "$(dirname "$0")/.."
cmake/fetch-executorch.sh aarch64
to=$PWD/third_party/sdk/aarch64/sysroot
[ -e "$to/complete" ] && exit 0
echo "fetching Debian's arm64 libraries"
rm -rf "$to" && mkdir -p "$to"
apt=$(mktemp -d)
trap 'rm -rf "$apt"' EXIT
mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial"
touch "$apt/status"
# Package lists of its own, so that the machine's are left alone.
options=(-qq -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o APT::Sandbox::User= -o Dir::State="$apt/state"
  -o Dir::State::status="$apt/status" -o Dir::Cache="$apt/cache")
apt-get "${options[@]}" update
packages=(libabsl-dev libfmt-dev libpng-dev libjpeg62-turbo-dev zlib1g-dev libgtest-dev)
# With the shared libraries that they depend on; the C library comes with the cross compiler.
mapfile -t shared < <(apt-cache "${options[@]}" depends --important "${packages[@]}" |
  sed -n 's/^ *Depends: \(lib[a-z0-9.+-]*\|zlib1g\|googletest\)$/\1/p' | grep -v '^libc6' | sort -u)
cd "$apt"
apt-get "${options[@]}" download "${packages[@]}" "${shared[@]}"
for package in *.deb; do
  dpkg-deb -x "$package" "$to"
done
# Debian 12 still has some libraries in /lib, to which links in /usr/lib point.
[ ! -d "$to/lib" ] || { cp -a "$to/lib/." "$to/usr/lib/" && rm -r "$to/lib"; }
find "$to/usr/lib" -lname '/*' | while read -r link; do
  ln -sf "$(basename "$(readlink "$link")")" "$link"
done
touch "$to/complete"
