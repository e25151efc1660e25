// RUN: not pt2e-opt --pass-pipeline="builtin.module(pt2e-annotate-training{annotate=no-such-pass})" %s 2>&1 | FileCheck %s

// CHECK: expected a pass pipeline, but got 'no-such-pass'
func.func @forward() { return }
