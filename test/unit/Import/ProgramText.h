/// \file
/// The smallest program as JSON, for tests that then change a part of it.
#ifndef PT2E_TEST_UNIT_IMPORT_PROGRAMTEXT_H
#define PT2E_TEST_UNIT_IMPORT_PROGRAMTEXT_H

#include <string>
#include <utility>
#include <vector>

namespace pt2e {

/// `add = aten.add.Tensor(self=x, other=p_w)` of a parameter `w` and an input
/// `x`, both f32 [2], with single quotes for double ones to begin with.
///
/// \param changes  pairs of a text in it and what comes in its place, once;
///                 with single quotes too. A text that does not occur is an
///                 error of the test.
std::string programText(
    const std::vector<std::pair<std::string, std::string>> &changes = {});

} // namespace pt2e

#endif // PT2E_TEST_UNIT_IMPORT_PROGRAMTEXT_H
