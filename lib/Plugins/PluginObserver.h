/// \file
/// Observers of plugins as observers of the compiler.
#ifndef PT2E_LIB_PLUGINS_PLUGINOBSERVER_H
#define PT2E_LIB_PLUGINS_PLUGINOBSERVER_H

#include <string>

#include "pt2e/Numerics/Observer.h"
#include "pt2e/Quantizers/Plugin.h"

namespace pt2e::quantizer {

/// Makes observers by `factory`, whose answers are checked.
///
/// \param plugin  for messages.
ObserverMaker makePluginObserver(std::string plugin, ObserverFactory factory);

} // namespace pt2e::quantizer

#endif // PT2E_LIB_PLUGINS_PLUGINOBSERVER_H
