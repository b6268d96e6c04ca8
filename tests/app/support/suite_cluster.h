// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "app/cluster/cluster.h"
#include "app/cluster/remote/remote_options.h"
#include "broker/base/clock.h"

namespace weir::api {
class Broker;
}

namespace weir::test {

class RemoteFixture;

/// Makes a topic whose records never grow too old, and waits until it can be looked at.
void createTopic(app::Cluster& cluster, const std::string& topic, int partitions);

/// The cluster that a suite runs over, the same suite for all of them. WEIR_SUITE_OVER names it:
///   nothing, "embedded"                       a broker in this process, asked directly
///   "weir-plain", "weir-tls", "weir-scram"    a broker in this process, over the wire
///   anything else                             a cluster that runs already: its addresses, or the name of a file with a
///                                             client's properties, as run_suites.py writes them for Apache Kafka
/// In the last case what a suite made is removed at its end, and nothing else. Ends the process where a test could not
/// go on.
class SuiteCluster {
public:
    explicit SuiteCluster(std::map<std::string, std::string> configs = {}, const QString& over = named());
    ~SuiteCluster();
    SuiteCluster(const SuiteCluster&) = delete;
    SuiteCluster& operator=(const SuiteCluster&) = delete;

    [[nodiscard]] static QString named();
    /// Seen over the wire, whoever's it is.
    [[nodiscard]] bool isRemote() const { return m_isRemote; }
    /// The broker behind it; nullptr where it is not ours.
    [[nodiscard]] api::Broker* broker() const;
    /// How any client reaches it.
    [[nodiscard]] const app::RemoteOptions& options() const { return m_options; }
    /// createTopic on it.
    void create(const std::string& topic, int partitions);

    std::shared_ptr<app::Cluster> cluster;

private:
    struct Names {
        std::set<std::string> topics;
        std::set<std::string> groups;
    };
    [[nodiscard]] Names names() const;

    bool m_isRemote = true;
    SystemClock m_clock;
    std::unique_ptr<RemoteFixture> m_own;
    app::RemoteOptions m_options;
    Names m_before;
};

}  // namespace weir::test
