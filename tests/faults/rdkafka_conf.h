// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <librdkafka/rdkafkacpp.h>

#include <map>
#include <memory>
#include <stdexcept>
#include <string>

namespace weir::test {

/// Settings of a client whose broker keeps going away: it says nothing about that and comes back at once. Throws
/// std::runtime_error for a setting that librdkafka does not take.
inline std::unique_ptr<RdKafka::Conf> makeConf(const std::string& bootstrap,
                                               std::map<std::string, std::string> config) {
    std::unique_ptr<RdKafka::Conf> conf(RdKafka::Conf::create(RdKafka::Conf::CONF_GLOBAL));
    config["bootstrap.servers"] = bootstrap;
    config["log_level"] = "0";
    config["reconnect.backoff.ms"] = "20";
    config["reconnect.backoff.max.ms"] = "100";
    config["socket.timeout.ms"] = "10000";
    std::string error;
    for (const auto& [name, value] : config) {
        if (conf->set(name, value, error) != RdKafka::Conf::CONF_OK) {
            throw std::runtime_error(error);
        }
    }
    return conf;
}

}  // namespace weir::test
