/// \file
/// As much of XNNPACK's C interface as the tests call. The ExecuTorch SDK has
/// the library, but not its header; these are the declarations of xnnpack.h.
#ifndef PT2E_TEST_UNIT_NUMERICS_XNNPACK_H
#define PT2E_TEST_UNIT_NUMERICS_XNNPACK_H

#include <cstddef>
#include <cstdint>

extern "C" {

enum xnn_status { xnn_status_success = 0 };
enum xnn_datatype {
  xnn_datatype_fp32 = 1,
  xnn_datatype_qint8 = 3,
  xnn_datatype_qint32 = 5,
  xnn_datatype_qcint8 = 6,
  xnn_datatype_qcint32 = 7,
  xnn_datatype_qdint8 = 9,
};
constexpr uint32_t XNN_INVALID_VALUE_ID = UINT32_MAX;
constexpr uint32_t XNN_VALUE_FLAG_EXTERNAL_INPUT = 1;
constexpr uint32_t XNN_VALUE_FLAG_EXTERNAL_OUTPUT = 2;

typedef struct xnn_subgraph *xnn_subgraph_t;
typedef struct xnn_runtime *xnn_runtime_t;
struct xnn_external_value {
  uint32_t id;
  void *data;
};

xnn_status xnn_initialize(const void *allocator);
xnn_status xnn_create_subgraph(uint32_t external_values, uint32_t flags,
                               xnn_subgraph_t *subgraph);
xnn_status xnn_delete_subgraph(xnn_subgraph_t subgraph);
xnn_status xnn_define_tensor_value(xnn_subgraph_t, xnn_datatype, size_t rank,
                                   const size_t *dims, const void *data,
                                   uint32_t external_id, uint32_t flags,
                                   uint32_t *id);
xnn_status xnn_define_quantized_tensor_value(xnn_subgraph_t, xnn_datatype,
                                             int32_t zero_point, float scale,
                                             size_t rank, const size_t *dims,
                                             const void *data,
                                             uint32_t external_id,
                                             uint32_t flags, uint32_t *id);
xnn_status xnn_define_channelwise_quantized_tensor_value(
    xnn_subgraph_t, xnn_datatype, const float *scales, size_t rank,
    size_t channel_dim, const size_t *dims, const void *data,
    uint32_t external_id, uint32_t flags, uint32_t *id);
xnn_status xnn_define_dynamically_quantized_tensor_value(
    xnn_subgraph_t, xnn_datatype, size_t rank, size_t nonbatch_dims,
    const size_t *dims, uint32_t external_id, uint32_t flags, uint32_t *id);
xnn_status xnn_define_add2(xnn_subgraph_t, float min, float max, uint32_t a,
                           uint32_t b, uint32_t out, uint32_t flags);
xnn_status xnn_define_subtract(xnn_subgraph_t, float min, float max, uint32_t a,
                               uint32_t b, uint32_t out, uint32_t flags);
xnn_status xnn_define_multiply2(xnn_subgraph_t, float min, float max,
                                uint32_t a, uint32_t b, uint32_t out,
                                uint32_t flags);
xnn_status xnn_define_convert(xnn_subgraph_t, uint32_t in, uint32_t out,
                              uint32_t flags);
xnn_status xnn_define_leaky_relu(xnn_subgraph_t, float slope, uint32_t in,
                                 uint32_t out, uint32_t flags);
xnn_status xnn_define_sigmoid(xnn_subgraph_t, uint32_t in, uint32_t out,
                              uint32_t flags);
xnn_status xnn_define_hardswish(xnn_subgraph_t, uint32_t in, uint32_t out,
                                uint32_t flags);
xnn_status xnn_define_global_average_pooling_2d(xnn_subgraph_t, float min,
                                                float max, uint32_t in,
                                                uint32_t out, uint32_t flags);
xnn_status xnn_define_fully_connected(xnn_subgraph_t, float min, float max,
                                      uint32_t in, uint32_t filter,
                                      uint32_t bias, uint32_t out,
                                      uint32_t flags);
xnn_status xnn_define_convolution_2d(
    xnn_subgraph_t, uint32_t top, uint32_t right, uint32_t bottom,
    uint32_t left, uint32_t kernel_height, uint32_t kernel_width,
    uint32_t stride_height, uint32_t stride_width, uint32_t dilation_height,
    uint32_t dilation_width, uint32_t groups, size_t group_inputs,
    size_t group_outputs, float min, float max, uint32_t in, uint32_t filter,
    uint32_t bias, uint32_t out, uint32_t flags);
xnn_status xnn_create_runtime_v2(xnn_subgraph_t, void *threadpool,
                                 uint32_t flags, xnn_runtime_t *runtime);
xnn_status xnn_setup_runtime(xnn_runtime_t, size_t count,
                             const xnn_external_value *values);
xnn_status xnn_invoke_runtime(xnn_runtime_t);
xnn_status xnn_delete_runtime(xnn_runtime_t);

} // extern "C"

#endif // PT2E_TEST_UNIT_NUMERICS_XNNPACK_H
