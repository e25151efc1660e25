// RUN: pt2e-opt %s -split-input-file -verify-diagnostics

// expected-error @below {{expected at most 6 dimensions, but got 7}}
func.func private @value_c1(%x: !xnn.value<f32, [1, 1, 1, 1, 1, 1, 1]>)

// -----

// expected-error @below {{expected sizes that are not negative, but got -1}}
func.func private @value_c1_negative(%x: !xnn.value<f32, [-1, 4]>)

// -----

// expected-error @below {{expected a scale for qint8}}
func.func private @value_c2(%x: !xnn.value<qint8, [4]>)

// -----

// expected-error @below {{expected no scale for qcint8}}
func.func private @value_c2_channels(%x: !xnn.value<qcint8, [4], scale = 0.5 : f32, zero_point = 0>)

// -----

// expected-error @below {{expected a positive normal f32 scale, but got -5.000000e-01 : f32}}
func.func private @value_c3(%x: !xnn.value<qint8, [4], scale = -0.5 : f32, zero_point = 0>)

// -----

// expected-error @below {{expected a positive normal f32 scale, but got}}
func.func private @value_c3_subnormal(%x: !xnn.value<qint8, [4], scale = 0x00000001 : f32, zero_point = 0>)

// -----

// expected-error @below {{expected a zero point in [-128, 127] for qint8, but got 128}}
func.func private @value_c4(%x: !xnn.value<qint8, [4], scale = 0.5 : f32, zero_point = 128>)

// -----

// expected-error @below {{expected a zero point in [0, 255] for quint8, but got -1}}
func.func private @value_c4_unsigned(%x: !xnn.value<quint8, [4], scale = 0.5 : f32, zero_point = -1>)
