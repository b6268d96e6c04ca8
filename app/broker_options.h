// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "broker/api/broker.h"

namespace CLI {
class App;
}

namespace weir::app {

/// The command line that `weir` and `weir-broker` share, as it was typed.
struct BrokerArguments {
    /// Empty: the platform's data location.
    std::string dataFolder;
    std::vector<std::string> listen;
    std::string configFile;
    std::vector<std::string> assignments;
    std::string logLevel = "info";
};

void addBrokerArguments(CLI::App& cli, BrokerArguments& into);

enum class ArgumentErrc { kBadAddress, kBadConfig, kNoHome };
/// What the command line and the file it names say to the broker; --set wins over the file, and --listen and --data
/// over both.
Result<api::BrokerOptions, Error<ArgumentErrc>> brokerOptions(const BrokerArguments& arguments);

/// $XDG_DATA_HOME/weir, or ~/.local/share/weir; empty when there is no home.
std::string defaultDataFolder();

}  // namespace weir::app
