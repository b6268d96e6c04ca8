// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cluster/late_cluster.h"

namespace weir::app {

void LateCluster::attach(std::shared_ptr<Cluster> cluster) {
    {
        const std::lock_guard lock(m_mutex);
        m_state = std::move(cluster);
    }
    m_known.notify_all();
}

void LateCluster::fail(ClusterError error) {
    {
        const std::lock_guard lock(m_mutex);
        m_state = std::move(error);
    }
    m_known.notify_all();
}

void LateCluster::expect() {
    const std::lock_guard lock(m_mutex);
    m_state = std::monostate{};
}

bool LateCluster::isAttached() const {
    const std::lock_guard lock(m_mutex);
    return std::holds_alternative<std::shared_ptr<Cluster>>(m_state);
}

std::string LateCluster::bootstrap() const {
    const std::lock_guard lock(m_mutex);
    const auto* cluster = std::get_if<std::shared_ptr<Cluster>>(&m_state);
    return cluster != nullptr ? (*cluster)->bootstrap() : std::string();
}

std::string LateCluster::clusterId() const {
    const std::lock_guard lock(m_mutex);
    const auto* cluster = std::get_if<std::shared_ptr<Cluster>>(&m_state);
    return cluster != nullptr ? (*cluster)->clusterId() : std::string();
}

Capabilities LateCluster::capabilities() const {
    const std::lock_guard lock(m_mutex);
    const auto* cluster = std::get_if<std::shared_ptr<Cluster>>(&m_state);
    return cluster != nullptr ? (*cluster)->capabilities() : Capabilities{};
}

ClusterResult<std::shared_ptr<Cluster>> LateCluster::enter() {
    std::unique_lock lock(m_mutex);
    m_known.wait(lock, [this] { return !std::holds_alternative<std::monostate>(m_state); });
    if (const auto* cluster = std::get_if<std::shared_ptr<Cluster>>(&m_state)) {
        return *cluster;
    }
    return weir::fail(std::get<ClusterError>(m_state));
}

}  // namespace weir::app
