#!/usr/bin/env python3
"""Checks that the interface of plugins does not change under its number.

    check_plugin_api.py SOURCE [--record]

plugin_api.txt beside this has kApiVersion and a hash of the headers that a plugin is built with, comments and spaces left
out. If they change: raise kApiVersion where a plugin that was built before would not fit, then --record.
"""
import hashlib
import pathlib
import re
import sys

HEADERS = ("Quantizer.h", "Plugin.h", "QuantizerRegistry.h")

source = pathlib.Path(sys.argv[1])
known = source / "test/lint/plugin_api.txt"
digest = hashlib.sha256()
for name in HEADERS:
    text = (source / "include/pt2e/Quantizers" / name).read_text()
    text = re.sub(r"//[^\n]*", "", text)
    if name == HEADERS[0]:
        version = re.search(r"kApiVersion = (\d+)", text)[1]
        text = text.replace(f"kApiVersion = {version}", "")
    digest.update("".join(text.split()).encode())
line = f"{version} {digest.hexdigest()}\n"
if "--record" in sys.argv:
    known.write_text(line)
elif known.read_text() != line:
    sys.exit(f"the headers {', '.join(HEADERS)} are not those of plugin_api.txt: if a plugin that was built before would "
             "not fit, raise kApiVersion; then check_plugin_api.py SOURCE --record")
