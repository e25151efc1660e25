/// \file
/// The generated schemas. The runtime has its own copy of FlatBuffers, of
/// another version and with its symbols exported: ours stay hidden, or one
/// library would run the other's code.
#ifndef PT2E_LIB_EMIT_SCHEMAS_H
#define PT2E_LIB_EMIT_SCHEMAS_H

// What FlatBuffers includes must not become hidden.
#include <algorithm>
#include <cassert>
#include <cctype>
#include <cerrno>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <stack>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#pragma GCC visibility push(hidden)
#include "flatbuffers/flatbuffers.h"
#include "program_generated.h"
#include "runtime_schema_generated.h"
#pragma GCC visibility pop

#endif // PT2E_LIB_EMIT_SCHEMAS_H
