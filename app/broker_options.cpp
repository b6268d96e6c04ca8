// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/broker_options.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

#include "broker/api/settings.h"

namespace weir::app {

namespace {

/// "HOST:PORT", "[::1]:PORT" or ":PORT" for every address.
std::optional<api::ListenAddress> parseAddress(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos) {
        return std::nullopt;
    }
    api::ListenAddress address;
    address.host = text.substr(0, colon);
    if (address.host.size() >= 2 && address.host.front() == '[' && address.host.back() == ']') {
        address.host = address.host.substr(1, address.host.size() - 2);
    } else if (address.host.find(':') != std::string::npos) {
        return std::nullopt;
    }
    if (address.host.empty()) {
        address.host = "0.0.0.0";
    }
    const char* end = text.data() + text.size();
    const auto [stop, bad] = std::from_chars(text.data() + colon + 1, end, address.port);
    if (bad != std::errc{} || stop != end || colon + 1 == text.size()) {
        return std::nullopt;
    }
    return address;
}

/// localhost means both loopbacks, as the default does.
void addAddress(std::vector<api::ListenAddress>& into, const api::ListenAddress& address) {
    if (address.host == "localhost") {
        into.push_back({"127.0.0.1", address.port});
        into.push_back({"::1", address.port});
    } else {
        into.push_back(address);
    }
}

}  // namespace

void addBrokerArguments(CLI::App& cli, BrokerArguments& into) {
    cli.add_option("--data", into.dataFolder, "Folder for all data; made when it is not there.");
    cli.add_option("--listen", into.listen,
                   "HOST:PORT to listen on, may be given several times. Port 0 picks a free one.");
    cli.add_option("--config", into.configFile, "A properties file with Kafka's names.");
    cli.add_option("--set", into.assignments, "key=value, a setting by Kafka's name; wins over --config.");
    cli.add_option("--log-level", into.logLevel, "debug, info, warn or error.")
        ->check(CLI::IsMember({"debug", "info", "warn", "error"}));
}

std::string defaultDataFolder() {
    if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && *data == '/') {
        return std::string(data) + "/weir";
    }
    if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') {
        return std::string(home) + "/.local/share/weir";
    }
    return {};
}

Result<api::BrokerOptions, Error<ArgumentErrc>> brokerOptions(const BrokerArguments& arguments) {
    api::BrokerOptions options;
    std::string properties;
    if (!arguments.configFile.empty()) {
        std::ifstream file(arguments.configFile, std::ios::binary);
        if (!file) {
            return fail(ArgumentErrc::kBadConfig, "Cannot read " + arguments.configFile + ".");
        }
        properties.assign(std::istreambuf_iterator<char>(file), {});
    }
    auto settings = api::readSettings(properties, arguments.assignments);
    if (!settings) {
        return fail(ArgumentErrc::kBadConfig,
                    arguments.configFile.empty() ? settings.error() : arguments.configFile + ": " + settings.error());
    }
    options.configs = std::move(*settings);
    if (!arguments.listen.empty()) {
        options.listen.clear();
        options.configs.erase("listeners");
    }
    for (const std::string& text : arguments.listen) {
        const auto address = parseAddress(text);
        if (!address) {
            return fail(ArgumentErrc::kBadAddress, "'" + text + "' is no HOST:PORT.");
        }
        addAddress(options.listen, *address);
    }
    options.dataFolder = arguments.dataFolder;
    for (const char* key : {"log.dirs", "log.dir"}) {
        if (const auto found = options.configs.find(key);
            options.dataFolder.empty() && found != options.configs.end()) {
            options.dataFolder = found->second;
        }
    }
    if (options.dataFolder.empty()) {
        options.dataFolder = defaultDataFolder();
    }
    if (options.dataFolder.empty()) {
        return fail(ArgumentErrc::kNoHome, "There is no home folder; say where to keep data with --data.");
    }
    const std::map<std::string, LogLevel> levels{
        {"debug", LogLevel::kDebug}, {"info", LogLevel::kInfo}, {"warn", LogLevel::kWarn}, {"error", LogLevel::kError}};
    options.logger = Logger::make(levels.at(arguments.logLevel), "");
    return options;
}

}  // namespace weir::app
