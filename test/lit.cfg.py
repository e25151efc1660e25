import os

import lit.formats

config.name = "pt2e"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs", "data", "unit", "fuzz", "bench", "e2e"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.pt2e_build, "test", "lit")

config.environment["PATH"] = os.pathsep.join(
    [config.pt2e_bin, config.llvm_bin, os.environ["PATH"]])
for variable in ["ASAN_OPTIONS", "UBSAN_OPTIONS"]:
    if variable in os.environ:
        config.environment[variable] = os.environ[variable]
config.substitutions.append(("%plugins", os.path.join(config.pt2e_build, "test", "Plugins")))
config.substitutions.append(("%data", os.path.join(config.test_source_root, "data")))
