#include "ProgramText.h"

#include <algorithm>

#include "gtest/gtest.h"

namespace pt2e {

static const char *const kProgram = R"({
"graph_module": {
  "graph": {
    "inputs": [{"as_tensor": {"name": "p_w"}}, {"as_tensor": {"name": "x"}}],
    "outputs": [{"as_tensor": {"name": "add"}}],
    "nodes": [{
      "target": "torch.ops.aten.add.Tensor",
      "inputs": [
        {"name": "self", "arg": {"as_tensor": {"name": "x"}}, "kind": 1},
        {"name": "other", "arg": {"as_tensor": {"name": "p_w"}}, "kind": 1}],
      "outputs": [{"as_tensor": {"name": "add"}}],
      "metadata": {}}],
    "tensor_values": {
      "p_w": {"dtype": 7, "sizes": [{"as_int": 2}], "requires_grad": true,
        "device": {"type": "cpu", "index": null}, "strides": [{"as_int": 1}],
        "storage_offset": {"as_int": 0}, "layout": 7},
      "x": {"dtype": 7, "sizes": [{"as_int": 2}], "requires_grad": false,
        "device": {"type": "cpu", "index": null}, "strides": [{"as_int": 1}],
        "storage_offset": {"as_int": 0}, "layout": 7},
      "add": {"dtype": 7, "sizes": [{"as_int": 2}], "requires_grad": false,
        "device": {"type": "cpu", "index": null}, "strides": [{"as_int": 1}],
        "storage_offset": {"as_int": 0}, "layout": 7}},
    "sym_int_values": {},
    "sym_bool_values": {},
    "is_single_tensor_return": false,
    "custom_obj_values": {}},
  "signature": {
    "input_specs": [
      {"parameter": {"arg": {"name": "p_w"}, "parameter_name": "w"}},
      {"user_input": {"arg": {"as_tensor": {"name": "x"}}}}],
    "output_specs": [
      {"user_output": {"arg": {"as_tensor": {"name": "add"}}}}]},
  "module_call_graph": []},
"opset_version": {"aten": 10},
"range_constraints": {},
"schema_version": {"major": 8, "minor": 20},
"verifiers": ["TRAINING"],
"torch_version": "2.14.1"})";

std::string
programText(const std::vector<std::pair<std::string, std::string>> &changes) {
  std::string text = kProgram;
  for (auto [from, to] : changes) {
    std::replace(from.begin(), from.end(), '\'', '"');
    std::replace(to.begin(), to.end(), '\'', '"');
    size_t at = text.find(from);
    if (at == std::string::npos)
      ADD_FAILURE() << "no " << from << " in " << text;
    else
      text.replace(at, from.size(), to);
  }
  return text;
}

} // namespace pt2e
