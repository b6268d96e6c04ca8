// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <thread>

#include "app/cluster/forwarding_cluster.h"

namespace weir::app {

/// Proof that the window never waits for a cluster: a call on the forbidden thread is a bug of Weir and asserts.
/// With Reaction::kCount it is counted instead, for tests of the guard itself.
class GuardedCluster final : public ForwardingCluster {
public:
    enum class Reaction { kAssert, kCount };

    GuardedCluster(std::shared_ptr<Cluster> inner, std::thread::id forbidden, Reaction reaction = Reaction::kAssert)
        : m_inner(std::move(inner)), m_forbidden(forbidden), m_reaction(reaction) {}

    [[nodiscard]] std::string name() const override { return m_inner->name(); }
    [[nodiscard]] std::string bootstrap() const override { return m_inner->bootstrap(); }
    [[nodiscard]] std::string clusterId() const override { return m_inner->clusterId(); }
    [[nodiscard]] Capabilities capabilities() const override { return m_inner->capabilities(); }

    [[nodiscard]] int violations() const { return m_violations; }
    [[nodiscard]] int calls() const { return m_calls; }

protected:
    ClusterResult<std::shared_ptr<Cluster>> enter() override {
        ++m_calls;
        if (std::this_thread::get_id() == m_forbidden) {
            WEIR_ASSERT(m_reaction == Reaction::kCount);
            ++m_violations;
        }
        return m_inner;
    }

private:
    std::shared_ptr<Cluster> m_inner;
    std::thread::id m_forbidden;
    Reaction m_reaction;
    std::atomic<int> m_violations{0};
    std::atomic<int> m_calls{0};
};

}  // namespace weir::app
