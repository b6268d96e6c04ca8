// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/topics/compactor.h"

#include <algorithm>
#include <new>
#include <utility>

namespace weir::topics {

namespace {

constexpr std::chrono::hours kRest{1};

bool wantsCompaction(const Topic& topic) {
    return topic.config && topic.config->cleanupCompact;
}

/// Its map is the largest piece of memory that the broker asks for.
PartitionResult<storage::CompactionReport> compacted(Partition& partition, storage::CompactionRound round) {
    try {
        return partition.compact(std::move(round));
    } catch (const std::bad_alloc&) {
        return fail(PartitionErrc::kStorage, "out of memory");
    }
}

}  // namespace

void Compactor::housekeep() {
    const auto config = m_environment.config();
    if (m_environment.threads == Threads::kNone) {
        return;
    }
    if (!config->cleanerEnabled || config->cleanerThreads <= 0) {
        return;
    }
    const auto topics = m_environment.topics();
    if (std::none_of(topics->topics().begin(), topics->topics().end(),
                     [](const TopicPtr& topic) { return wantsCompaction(*topic); })) {
        return;
    }
    const std::lock_guard lock(m_mutex);
    while (!m_stopping && m_threads.size() < static_cast<std::size_t>(config->cleanerThreads)) {
        m_threads.emplace_back([this] { work(); });
    }
}

void Compactor::work() {
    nameThisThread("weir-compact");
    for (;;) {
        bool worked = false;
        try {
            worked = runOnce();
        } catch (const std::bad_alloc&) {
            m_environment.logger.error("no memory to look for what is to be compacted");
        }
        std::unique_lock lock(m_mutex);
        const auto backoff = std::chrono::milliseconds(worked ? 0 : m_environment.config()->cleanerBackoffMs);
        if (m_changed.wait_for(lock, backoff, [this] { return m_stopping; })) {
            return;
        }
    }
}

void Compactor::stop() {
    std::vector<std::thread> threads;
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
        threads.swap(m_threads);
    }
    m_changed.notify_all();
    for (std::thread& thread : threads) {
        thread.join();
    }
}

Compactor::Totals Compactor::totals() const {
    const std::lock_guard lock(m_mutex);
    return m_totals;
}

std::shared_ptr<Partition> Compactor::takeDirtiest(storage::DirtyRange& range) {
    const auto topics = m_environment.topics();
    const Timestamp now(m_environment.clock.wallNowMs());
    const std::lock_guard lock(m_mutex);
    const auto steady = m_environment.clock.steadyNow();
    std::erase_if(m_resting, [&](const Rest& rest) { return rest.until <= steady || rest.partition.expired(); });
    std::shared_ptr<Partition> dirtiest;
    for (const TopicPtr& topic : topics->topics()) {
        if (m_stopping || !wantsCompaction(*topic)) {
            continue;
        }
        for (const Topic::Slot& slot : topic->partitions) {
            const bool resting = std::any_of(m_resting.begin(), m_resting.end(),
                                             [&](const Rest& rest) { return rest.partition.lock() == slot.partition; });
            if (!slot.partition || resting || m_busy.contains(slot.partition.get())) {
                continue;
            }
            const auto found = slot.partition->compactionDue(now);
            if (found && (!dirtiest || found->ratio() > range.ratio())) {
                dirtiest = slot.partition;
                range = *found;
            }
        }
    }
    if (dirtiest) {
        m_busy.insert(dirtiest.get());
    }
    return dirtiest;
}

void Compactor::giveBack(const std::shared_ptr<Partition>& partition, const storage::CompactionReport* report) {
    const std::lock_guard lock(m_mutex);
    m_busy.erase(partition.get());
    if (report == nullptr) {
        ++m_totals.failures;
        m_resting.push_back({partition, m_environment.clock.steadyNow() + kRest});
        return;
    }
    ++m_totals.rounds;
    m_totals.bytesRead += report->bytesBefore;
    m_totals.bytesSaved += report->stopped ? 0 : report->bytesBefore - report->bytesAfter;
}

bool Compactor::runOnce() {
    storage::DirtyRange range;
    const std::shared_ptr<Partition> partition = takeDirtiest(range);
    if (!partition) {
        return false;
    }
    const auto config = m_environment.config();
    const auto threads = static_cast<std::size_t>(std::max(1, config->cleanerThreads));
    storage::CompactionRound round;
    round.range = range;
    round.now = Timestamp(m_environment.clock.wallNowMs());
    round.mapBytes = static_cast<std::size_t>(std::max<std::int64_t>(config->cleanerDedupeBufferBytes, 0)) / threads;
    round.mapLoadFactor = config->cleanerLoadFactor;
    round.ioBytes = std::max<std::size_t>(static_cast<std::size_t>(config->cleanerIoBufferBytes) / threads, 64 * 1024);
    round.secret = {{m_environment.random.next(), m_environment.random.next()}};
    round.pace = [this](std::size_t bytes) { return pace(bytes); };
    const auto report = compacted(*partition, std::move(round));
    if (!report) {
        m_environment.logger.error("{}-{} cannot be compacted: {}", partition->id().topic,
                                   partition->id().partition.value, report.error().message);
    }
    giveBack(partition, report ? &*report : nullptr);
    return report.ok() && !report->stopped;
}

bool Compactor::pace(std::size_t bytes) {
    const double perSecond = m_environment.config()->cleanerMaxBytesPerSecond;
    std::unique_lock lock(m_mutex);
    // Above this no clock could tell the difference.
    constexpr double kUnpaced = 1e15;
    if (perSecond >= kUnpaced || perSecond <= 0 || m_environment.threads == Threads::kNone) {
        return !m_stopping;
    }
    const auto now = m_environment.clock.steadyNow();
    const std::chrono::duration<double> cost(static_cast<double>(bytes) / perSecond);
    m_paidUntil = std::max(m_paidUntil, now) + std::chrono::duration_cast<Clock::Steady::duration>(cost);
    const auto wait = m_paidUntil - now;
    // Small debts add up before they are slept off.
    if (wait > std::chrono::milliseconds(20)) {
        m_changed.wait_for(lock, wait, [this] { return m_stopping; });
    }
    return !m_stopping;
}

}  // namespace weir::topics
