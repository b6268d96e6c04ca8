// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "broker/base/clock.h"
#include "broker/base/log.h"
#include "broker/base/random.h"
#include "broker/base/threads.h"
#include "broker/config/broker_config.h"
#include "broker/storage/compaction.h"
#include "broker/topics/partition.h"
#include "broker/topics/published.h"
#include "broker/topics/topic.h"

namespace weir::topics {

/// Compacts the partitions whose topics ask for it (cleanup.policy=compact), always the dirtiest first, on threads of
/// its own: log.cleaner.threads of them, which start with the first topic that is to be compacted. A partition whose
/// batches cannot be read, or which the disk refuses, rests for an hour. Rules: Kafka's LogCleaner.
///
/// Owned by the broker; stopped before the registry closes. Thread safe.
class Compactor {
public:
    /// All of it outlives the compactor.
    struct Environment {
        std::function<std::shared_ptr<const TopicsSnapshot>()> topics;
        std::function<std::shared_ptr<const config::BrokerConfig>()> config;
        const Clock& clock;
        Random& random;
        Logger logger;
        /// Without: somebody calls runOnce().
        Threads threads = Threads::kOwn;
    };
    /// For the window and for tests.
    struct Totals {
        std::int64_t rounds = 0;
        std::int64_t bytesRead = 0;
        std::int64_t bytesSaved = 0;
        std::int64_t failures = 0;
    };

    explicit Compactor(Environment environment) : m_environment(std::move(environment)) {}
    ~Compactor() { stop(); }
    Compactor(const Compactor&) = delete;
    Compactor& operator=(const Compactor&) = delete;

    /// From housekeeping, about once a second: starts the threads once there is something to compact. Cheap.
    void housekeep();
    /// Compacts the dirtiest partition that is due, on this thread; false if none is.
    bool runOnce();
    /// Interrupts what runs and joins the threads. Nothing is compacted afterwards.
    void stop();
    [[nodiscard]] Totals totals() const;

private:
    void work();
    [[nodiscard]] std::shared_ptr<Partition> takeDirtiest(storage::DirtyRange& range);
    /// The next round may take it; after a failure, which has no report, only when it has rested.
    void giveBack(const std::shared_ptr<Partition>& partition, const storage::CompactionReport* report);
    /// Waits until the bytes read and written so far keep within log.cleaner.io.max.bytes.per.second.
    bool pace(std::size_t bytes);

    Environment m_environment;

    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_stopping = false;
    std::vector<std::thread> m_threads;
    std::set<const Partition*> m_busy;
    struct Rest {
        std::weak_ptr<Partition> partition;
        Clock::Steady until;
    };
    std::vector<Rest> m_resting;
    Totals m_totals;
    /// Up to here the bytes of all threads are paid for with time.
    Clock::Steady m_paidUntil{};
};

}  // namespace weir::topics
