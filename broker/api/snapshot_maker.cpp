// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/api/snapshot_maker.h"
#include "broker/server/net/listener.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace weir::api {

namespace {

/// Damage lists are walked now and then: they only grow when something was read that nobody could.
constexpr std::chrono::seconds kDamagePause{5};
/// Below this much room a person should act.
constexpr std::uint64_t kLowDiskBytes = std::uint64_t{1} << 30;

void mix(std::uint64_t& hash, std::int64_t value) {
    constexpr std::uint64_t kPrime = 0x100000001b3;
    hash = (hash ^ static_cast<std::uint64_t>(value)) * kPrime;
    hash ^= hash >> 29U;
}

std::string cleanupPolicyOf(const config::TopicConfig& config) {
    if (config.cleanupCompact) {
        return config.cleanupDelete ? "compact,delete" : "compact";
    }
    return config.cleanupDelete ? "delete" : "";
}

PartitionSnapshot describePartition(const topics::Topic::Slot& slot, PartitionId id, BrokerId self) {
    PartitionSnapshot made;
    made.partition = id;
    made.replicas = {self};
    made.leader = BrokerId(-1);
    made.offlineReason = slot.offlineReason;
    if (!slot.partition) {
        return made;
    }
    const auto offsets = slot.partition->offsets();
    const auto counters = slot.partition->counters();
    made.leaderEpoch = slot.partition->leaderEpoch();
    made.logStart = offsets.logStart;
    made.highWatermark = offsets.highWatermark;
    made.lastStable = offsets.lastStable;
    made.sizeBytes = slot.partition->sizeBytes();
    made.segments = slot.partition->segmentCount();
    made.recordsIn = counters.recordsIn;
    made.bytesIn = counters.bytesIn;
    made.bytesOut = counters.bytesOut;
    made.lastAppend = counters.lastAppend;
    made.offlineReason = slot.partition->offlineReason();
    if (made.offlineReason.empty()) {
        made.inSync = {self};
        made.leader = self;
    }
    return made;
}

std::uint64_t fingerprintOf(const topics::Topic& topic) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const auto& slot : topic.partitions) {
        if (!slot.partition) {
            mix(hash, -1);
            continue;
        }
        const auto offsets = slot.partition->offsets();
        const auto counters = slot.partition->counters();
        for (const std::int64_t value :
             {offsets.logStart.value, offsets.highWatermark.value, offsets.lastStable.value, counters.bytesIn,
              counters.bytesOut, slot.partition->sizeBytes(), std::int64_t{slot.partition->segmentCount()},
              std::int64_t{slot.partition->offlineReason().empty()}}) {
            mix(hash, value);
        }
    }
    return hash;
}

void addCounters(Totals& sums, const TopicSnapshot& topic) {
    for (const PartitionSnapshot& partition : topic.partitions) {
        sums.recordsIn += partition.recordsIn;
        sums.bytesIn += partition.bytesIn;
        sums.bytesOut += partition.bytesOut;
        sums.diskBytes += partition.sizeBytes;
    }
}

/// Where a share group stands takes the place of committed offsets: its start, below which everything is done.
std::shared_ptr<const GroupSnapshot> withStarts(const server::Services& services, const GroupSnapshot& group) {
    auto made = std::make_shared<GroupSnapshot>(group);
    for (const auto& share : services.shares.ofGroup(group.id)) {
        if (const auto facts = services.topicFacts.byId(share->id().topicId)) {
            made->offsets.push_back(
                {{facts->name, share->id().partition}, share->position().start, kNoLeaderEpoch, "", kNoTimestamp});
        }
    }
    return made;
}

std::vector<std::shared_ptr<const GroupSnapshot>> describeGroups(const server::Services& services) {
    auto groups = services.groups.snapshot();
    for (auto& group : groups) {
        if (group->type == GroupType::kShare) {
            group = withStarts(services, *group);
        }
    }
    return groups;
}

}  // namespace

std::shared_ptr<const TopicSnapshot> SnapshotMaker::describe(const topics::TopicPtr& topic) {
    Known& known = m_known[topic->id];
    const std::uint64_t fingerprint = fingerprintOf(*topic);
    if (known.snapshot && known.topic == topic.get() && known.fingerprint == fingerprint) {
        return known.snapshot;
    }
    auto made = std::make_shared<TopicSnapshot>();
    made->name = topic->name;
    made->id = topic->id;
    made->isInternal = topic->isInternal();
    made->cleanupPolicy = cleanupPolicyOf(*topic->config);
    made->retentionMs = topic->config->retentionMs;
    made->retentionBytes = topic->config->retentionBytes;
    made->countIsExact = !topic->config->cleanupCompact &&
                         std::none_of(topic->partitions.begin(), topic->partitions.end(), [](const auto& slot) {
                             return slot.partition != nullptr && slot.partition->hasTransactions();
                         });
    made->partitions.reserve(topic->partitions.size());
    for (std::size_t i = 0; i < topic->partitions.size(); ++i) {
        made->partitions.push_back(describePartition(topic->partitions[i], PartitionId(static_cast<std::int32_t>(i)),
                                                     m_engine.services().self));
    }
    known = {topic.get(), fingerprint, made};
    return made;
}

void SnapshotMaker::topicDeleted(const topics::Topic& topic) {
    const std::lock_guard lock(m_mutex);
    for (const auto& slot : topic.partitions) {
        if (slot.partition) {
            const auto counters = slot.partition->counters();
            m_gone.recordsIn += counters.recordsIn;
            m_gone.bytesIn += counters.bytesIn;
            m_gone.bytesOut += counters.bytesOut;
        }
    }
    m_known.erase(topic.id);
}

void SnapshotMaker::addProblems(Snapshot& into, const topics::TopicsSnapshot& topics) {
    const auto now = m_engine.world().clock.steadyNow();
    if (m_damageLookedAt == Clock::Steady{} || now - m_damageLookedAt >= kDamagePause) {
        m_damageLookedAt = now;
        m_damage.clear();
        for (const auto& topic : topics.topics()) {
            for (std::size_t i = 0; i < topic->partitions.size(); ++i) {
                const auto& slot = topic->partitions[i];
                const std::string subject = fmt::format("{}-{}", topic->name, i);
                const std::string offline = slot.partition ? slot.partition->offlineReason() : slot.offlineReason;
                if (!offline.empty()) {
                    m_damage.push_back({Problem::Severity::kError, kNoTimestamp, subject, "Offline: " + offline});
                }
                for (const auto& damage :
                     slot.partition ? slot.partition->damage() : decltype(slot.partition->damage()){}) {
                    m_damage.push_back(
                        {Problem::Severity::kWarning, kNoTimestamp, subject,
                         fmt::format(
                             "{} bytes in {} could not be read.{}", damage.bytes, damage.file,
                             damage.keptIn.empty() ? std::string() : " They are kept in " + damage.keptIn + ".")});
                }
            }
        }
        for (const std::string& folder : m_engine.services().topics.startReport().quarantined) {
            m_damage.push_back({Problem::Severity::kWarning, kNoTimestamp, folder,
                                "This folder belongs to no topic and was set aside."});
        }
        const auto& report = m_engine.catalog().report();
        if (!report.setAside.empty()) {
            m_damage.push_back({Problem::Severity::kError, kNoTimestamp, report.setAside,
                                fmt::format("The catalog was damaged ({}); {} rows were saved from it.", report.damage,
                                            report.rowsSaved)});
        }
    }
    into.problems = m_damage;
    if (const auto space = m_engine.services().directory.space()) {
        into.totals.diskFreeBytes = static_cast<std::int64_t>(space->freeBytes);
        if (space->freeBytes < kLowDiskBytes) {
            into.problems.push_back({Problem::Severity::kError, kNoTimestamp, m_engine.dataFolder().string(),
                                     fmt::format("Only {} MiB are free on the disk.", space->freeBytes >> 20U)});
        }
    }
}

SnapshotPtr SnapshotMaker::make() {
    const std::lock_guard lock(m_mutex);
    auto made = std::make_shared<Snapshot>();
    const Clock& clock = m_engine.world().clock;
    made->takenAt = Timestamp(clock.wallNowMs());
    made->steadyMs =
        std::chrono::duration_cast<std::chrono::milliseconds>(clock.steadyNow().time_since_epoch()).count();
    made->totals = m_gone;
    const auto topics = m_engine.services().topics.snapshot();
    made->topics.reserve(topics->topics().size());
    for (const auto& topic : topics->topics()) {
        made->topics.push_back(describe(topic));
        addCounters(made->totals, *made->topics.back());
    }
    made->groups = describeGroups(m_engine.services());
    made->connections = m_engine.listener().peers().snapshot(made->totals);
    addProblems(*made, *topics);
    return made;
}

}  // namespace weir::api
