/// \file
/// The kinds of observers behind `makeObserver`.
#ifndef PT2E_LIB_NUMERICS_OBSERVERS_H
#define PT2E_LIB_NUMERICS_OBSERVERS_H

#include <memory>

#include "pt2e/Numerics/Observer.h"

namespace pt2e {

std::unique_ptr<Observer> makeTorchHistogram(ObserverOptions options);
std::unique_ptr<Observer> makeMergingHistogram(ObserverOptions options);

} // namespace pt2e

#endif // PT2E_LIB_NUMERICS_OBSERVERS_H
