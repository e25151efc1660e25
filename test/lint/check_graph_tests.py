#!/usr/bin/env python3
"""check_graph_tests.py ROOT: all that docs/graph-tests.md names in backticks is there."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
units = "".join(path.read_text() for path in (root / "test/unit").rglob("*Test.cpp"))
reasons = (root / "docs/numerics.md").read_text()
missing = []
for row in (root / "docs/graph-tests.md").read_text().splitlines():
    if not row.startswith("| ") or row.startswith("| test |"):
        continue
    text = ""  # of the file named last
    for name in re.findall(r"`([^`]+)`", row.split("|", 2)[2]):
        if name.endswith((".mlir", ".test")):
            path = root / "test" / name
            found = path.exists()
            text = path.read_text() if found else ""
        elif name.startswith("@"):
            found = re.search(rf"func {re.escape(name)}\b|func\.func {re.escape(name)}\(", text)
        elif "." in name:
            suite, test = name.split(".")
            found = re.search(rf"TEST(_F|_P)?\({suite}, {test}\)", units)
        else:
            data = root / "test/data"
            found = any((data / folder / name).exists() for folder in ("cases", "trained")) \
                or (data / "golden" / f"{name}.json").exists() \
                or f'{{"{name.removeprefix("affine/")}",' in units or f"`{name}`" in reasons
        if not found:
            missing.append(name)
for name in missing:
    print(f"docs/graph-tests.md: expected {name} to exist")
sys.exit(bool(missing))
