// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <mutex>
#include <variant>

#include "app/cluster/forwarding_cluster.h"

namespace weir::app {

/// A cluster that is still coming up, so that the window can be built beside it: calls wait until attach() or fail().
/// The names never wait. Thread safe. attach() after a fail() revives it (another port was tried).
class LateCluster final : public ForwardingCluster {
public:
    explicit LateCluster(std::string name) : m_name(std::move(name)) {}

    void attach(std::shared_ptr<Cluster> cluster);
    void fail(ClusterError error);
    /// Waiting callers wait again; before another attempt to start.
    void expect();
    [[nodiscard]] bool isAttached() const;

    [[nodiscard]] std::string name() const override { return m_name; }
    /// Empty until attached.
    [[nodiscard]] std::string bootstrap() const override;
    [[nodiscard]] std::string clusterId() const override;
    [[nodiscard]] Capabilities capabilities() const override;

protected:
    ClusterResult<std::shared_ptr<Cluster>> enter() override;

private:
    mutable std::mutex m_mutex;
    std::condition_variable m_known;
    std::string m_name;
    std::variant<std::monostate, std::shared_ptr<Cluster>, ClusterError> m_state;
};

}  // namespace weir::app
