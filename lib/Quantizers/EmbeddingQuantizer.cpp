#include "pt2e/Quantizers/EmbeddingQuantizer.h"

using namespace pt2e::quantizer;

Spec pt2e::quantizer::getEmbeddingSpec(uint8_t bits) {
  Spec spec;
  spec.kind = Spec::Kind::Static;
  spec.setCodes(false, bits, 0, (1 << bits) - 1);
  spec.scheme = Scheme::AffineFloat;
  spec.axis = 0;
  spec.observer = "per_channel_min_max";
  spec.eps = 0x1p-12f;
  return spec;
}

void EmbeddingQuantizer::annotate(Graph &graph) {
  for (uint32_t i = 0; i < graph.numOps(); ++i) {
    const Op op{i};
    if (graph.schema(op) != "aten::embedding") {
      if (!graph.schema(op).empty())
        graph.refuse(op, "not-selected", "it is no embedding");
      continue;
    }
    const uint32_t table = graph.tensors(op, "weight").first;
    const Value value = graph.operands(op)[table];
    if (!graph.isConstant(value) ||
        graph.elementType(value) != ElementType::F32) {
      graph.refuse(op, "weight-not-constant", "its table is no f32 constant");
      continue;
    }
    graph.annotateOperand(op, table, getEmbeddingSpec(bits));
    graph.setRule(op, "embedding");
  }
}
