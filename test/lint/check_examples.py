#!/usr/bin/env python3
"""Runs what README.md and docs/*.md show.

    check_examples.py SOURCE BUILD LLVM_BIN

```mlir examples with RUN lines pass. In ```sh examples the passes that pt2e-opt is given run (on an empty
module), and the options of other tools are in their help. Links to files, in all pages, lead somewhere.
"""
import os
import pathlib
import re
import shlex
import subprocess
import sys

source, build, llvm_bin = map(pathlib.Path, sys.argv[1:4])
examples = build / "test/examples"
examples.mkdir(parents=True, exist_ok=True)
environment = dict(os.environ, PATH=os.pathsep.join([f"{build}/bin", str(llvm_bin), os.environ["PATH"]]))
count = 0
problems = []


def run(command, text=""):
    return subprocess.run(command, env=environment, input=text, capture_output=True, text=True)


def check_program(page, block):
    """An example with RUN lines."""
    path = examples / f"{page.stem}-{count}.mlir"
    path.write_text(block)
    for command in re.findall(r"^// RUN: (.*)$", block, re.M):
        result = run(["bash", "-o", "pipefail", "-c", re.sub(r"%s\b", str(path), command)])
        if result.returncode:
            problems.append(f"{page.name}: `{command}` exits with {result.returncode}:\n{result.stderr}")


def check_command(page, words):
    """One command of a shell example."""
    tool = pathlib.Path(words[0]).name
    options = [word for word in words[1:] if word.startswith("--")]
    if tool == "pt2e-opt":
        result = run([tool, *options, "-"], "module {}")
        if result.returncode:
            problems.append(f"{page.name}: {shlex.join(words)}: {result.stderr}")
    elif tool in ("pt2e", "pt2e-translate"):
        command = [tool, words[1]] if tool == "pt2e" else [tool]
        text = run([*command, "--help"]).stdout
        problems.extend(f"{page.name}: {shlex.join(words)}: there is no {option}" for option in options
                        if not re.search(re.escape(option.split("=")[0]) + r"\b", text))


for page in [source / "README.md", *sorted((source / "docs").glob("*.md"))]:
    for language, block in re.findall(r"^```(\w+)\n(.*?)^```", page.read_text(), re.S | re.M):
        if language == "mlir" and "// RUN:" in block:
            count += 1
            check_program(page, block)
        elif language == "sh":
            count += 1
            lines = block.replace("\\\n", " ").replace("|\n", "| ").splitlines()
            for line in lines:
                words = shlex.split(line, comments=True)
                while words:
                    end = words.index("|") if "|" in words else len(words)
                    check_command(page, words[:end])
                    words = words[end + 1:]
pages = run(["git", "-C", str(source), "ls-files", "*.md"]).stdout.splitlines()
for page in map(source.joinpath, pages):
    for link in re.findall(r"\]\(([^)#:\s]+)[^):\s]*\)", page.read_text()):
        if not (page.parent / link).exists():
            problems.append(f"{page.relative_to(source)}: there is no {link}")
print("\n".join(problems) or f"{count} examples hold")
sys.exit(bool(problems) or count == 0)
