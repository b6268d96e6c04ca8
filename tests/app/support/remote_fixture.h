// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTemporaryDir>
#include <map>
#include <memory>

#include "app/cluster/remote/remote_cluster.h"
#include "broker/api/broker.h"

namespace weir::test {

/// How a test's broker lets clients in.
enum class Door { kPlain, kScram, kTls };

/// A real broker on a folder and a port of its own, seen over the wire. Ends the process where a test could not go on.
class RemoteFixture {
public:
    explicit RemoteFixture(Door door = Door::kPlain, std::map<std::string, std::string> configs = {});
    ~RemoteFixture();

    /// Another cluster object for the same broker.
    [[nodiscard]] std::shared_ptr<app::RemoteCluster> connect(app::RemoteOptions options) const;
    [[nodiscard]] app::RemoteOptions options() const { return m_options; }
    [[nodiscard]] api::Broker& broker() const { return *m_broker; }
    /// The same folder and port again, after the broker was stopped.
    void restart();

    std::shared_ptr<app::RemoteCluster> cluster;

private:
    void start(std::uint16_t port);
    void makeCertificates() const;
    void addScramUser();
    [[nodiscard]] std::string path(const char* name) const;

    QTemporaryDir m_dir;
    Door m_door;
    std::map<std::string, std::string> m_configs;
    SystemClock m_clock;
    std::unique_ptr<api::Broker> m_broker;
    app::RemoteOptions m_options;
};

}  // namespace weir::test
