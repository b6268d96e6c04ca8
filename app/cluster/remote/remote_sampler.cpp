// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cluster/remote/remote_sampler.h"

#include <algorithm>
#include <charconv>

#include "app/cluster/remote/remote_groups.h"
#include "broker/protocol/messages/describe_configs.h"
#include "broker/protocol/messages/describe_log_dirs.h"
#include "broker/protocol/messages/list_offsets.h"

namespace weir::app {

using protocol::ErrorCode;

namespace {

constexpr std::chrono::milliseconds kLeastPause{200};
constexpr std::chrono::milliseconds kLongestPause{30'000};
constexpr int kStretch = 20;
constexpr std::chrono::milliseconds kFirstRetry{250};
constexpr std::chrono::milliseconds kLastRetry{10'000};
constexpr std::size_t kTopicsPerConfigRequest = 200;
constexpr std::int8_t kTopicResource = 2;
constexpr Timestamp kLatest{-1};
constexpr Timestamp kEarliest{-2};
/// The rest would only repeat what the first ones say.
constexpr std::size_t kMostProblems = 100;

std::chrono::milliseconds pauseAfter(Clock::Steady from, Clock::Steady to, std::chrono::milliseconds least) {
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(to - from);
    return std::clamp(took * kStretch, least, std::max(least, kLongestPause));
}

void mix(std::uint64_t& hash, std::uint64_t value) {
    hash = (hash ^ value) * 0x9E3779B97F4A7C15ULL;
    hash ^= hash >> 29;
}
void mix(std::uint64_t& hash, const std::string& text) {
    mix(hash, std::hash<std::string>{}(text));
}

std::uint64_t fingerprintOf(const TopicSnapshot& topic) {
    std::uint64_t hash = topic.partitions.size();
    mix(hash, topic.cleanupPolicy);
    mix(hash, static_cast<std::uint64_t>(topic.retentionMs));
    mix(hash, static_cast<std::uint64_t>(topic.retentionBytes));
    for (const PartitionSnapshot& one : topic.partitions) {
        mix(hash, static_cast<std::uint64_t>(one.highWatermark.value));
        mix(hash, static_cast<std::uint64_t>(one.logStart.value));
        mix(hash, static_cast<std::uint64_t>(one.lastStable.value));
        mix(hash, static_cast<std::uint64_t>(one.sizeBytes));
        mix(hash, static_cast<std::uint64_t>(one.bytesIn));
        mix(hash, static_cast<std::uint64_t>(one.leader.value));
        mix(hash, one.offlineReason);
        for (const BrokerId replica : one.replicas) {
            mix(hash, static_cast<std::uint64_t>(replica.value));
        }
        mix(hash, one.inSync.size());
    }
    return hash;
}

std::uint64_t fingerprintOf(const GroupSnapshot& group) {
    std::uint64_t hash = static_cast<std::uint64_t>(group.state);
    mix(hash, static_cast<std::uint64_t>(group.generation.value));
    mix(hash, group.protocolName);
    for (const GroupMemberSnapshot& member : group.members) {
        mix(hash, member.memberId);
        for (const TopicPartition& one : member.assigned) {
            mix(hash, std::hash<TopicPartition>{}(one));
        }
    }
    for (const CommittedOffset& one : group.offsets) {
        mix(hash, std::hash<TopicPartition>{}(one.partition));
        mix(hash, static_cast<std::uint64_t>(one.offset.value));
    }
    return hash;
}

}  // namespace

void RemoteSampler::Pace::done(Steady from, Steady to) {
    nextAt = to + pauseAfter(from, to, least);
}

void RemoteSampler::expire(Changed what) {
    const std::lock_guard lock(m_mutex);
    m_isExpired = true;
    m_isAllExpired = m_isAllExpired || what == Changed::kAnything;
    m_nextAt = {};
}

ClusterResult<SnapshotPtr> RemoteSampler::snapshot() {
    std::unique_lock lock(m_mutex);
    while (m_isSampling && (!m_last || m_isExpired)) {
        m_sampled.wait(lock);
    }
    if (m_last && (m_isSampling || m_clock.steadyNow() < m_nextAt)) {
        return *m_last;
    }
    m_isSampling = true;
    m_isExpired = false;
    const bool isExpired = std::exchange(m_isAllExpired, false);
    lock.unlock();
    const Steady from = m_clock.steadyNow();
    auto sampled = sample(isExpired);
    const Steady to = m_clock.steadyNow();
    lock.lock();
    m_isSampling = false;
    m_failures = sampled ? 0 : m_failures + 1;
    const std::chrono::milliseconds retry = std::min(kFirstRetry * (1 << std::min(m_failures, 6)), kLastRetry);
    if (!m_isExpired) {
        m_nextAt = to + (sampled ? pauseAfter(from + m_inVain, to, kLeastPause) : retry);
    }
    m_last = std::move(sampled);
    m_sampled.notify_all();
    return *m_last;
}

ClusterResult<SnapshotPtr> RemoteSampler::sample(bool isExpired) {
    const Steady began = m_clock.steadyNow();
    ClusterMapPtr map = m_wire.knownMap();
    if (map == nullptr || isExpired || m_mapPace.isDue(began)) {
        auto asked = m_wire.refreshMap();
        if (!asked) {
            return fail(ClusterError(asked.error()));
        }
        map = *std::move(asked);
        m_mapPace.done(began, m_clock.steadyNow());
    }
    const bool withStarts = isExpired || m_startPace.isDue(began);
    if (auto ends = sampleEnds(*map, withStarts); !ends) {
        return fail(ClusterError(ends.error()));
    }
    if (withStarts) {
        m_startPace.done(began, m_clock.steadyNow());
    }
    sampleSlowParts(*map, isExpired);
    return assemble(*map);
}

// One slow part a sample, so that the first picture is there at once and later ones are never late for all of them.
void RemoteSampler::sampleSlowParts(const ClusterMap& map, bool isExpired) {
    const Steady began = m_clock.steadyNow();
    if (isExpired || m_groupPace.isDue(began)) {
        std::vector<std::string> problems;
        std::set<BrokerId> silent;
        for (const auto& [broker, why] : m_silent) {
            silent.insert(broker);
        }
        if (auto groups = sampleGroups(m_wire, silent, problems)) {
            m_groups.clear();
            decltype(m_known) known;
            for (auto& group : *groups) {
                const std::uint64_t fingerprint = fingerprintOf(*group);
                const auto before = m_known.find(group->id);
                const bool isSame = before != m_known.end() && before->second.first == fingerprint;
                m_groups.push_back(isSame ? before->second.second : std::move(group));
                known[m_groups.back()->id] = {fingerprint, m_groups.back()};
            }
            m_known = std::move(known);
        } else {
            problems.push_back("The groups are not known: " + groups.error().message);
        }
        m_groupProblems = std::move(problems);
        m_groupPace.done(began, m_clock.steadyNow());
        return;
    }
    const bool hasNews = std::any_of(map.topics.begin(), map.topics.end(),
                                     [this](const auto& one) { return !m_facts.contains(one.first); });
    if (hasNews || m_configPace.isDue(began)) {
        sampleConfigs(map);
        m_configPace.done(began, m_clock.steadyNow());
    } else if (m_dirPace.isDue(began)) {
        sampleLogDirs(map);
        m_dirPace.done(began, m_clock.steadyNow());
    }
}

ClusterResult<void> RemoteSampler::sampleEnds(const ClusterMap& map, bool withStarts) {
    std::map<BrokerId, std::map<std::string, std::vector<const MappedPartition*>>> byLeader;
    for (const auto& [name, topic] : map.topics) {
        for (const MappedPartition& partition : topic.partitions) {
            if (partition.leader.value >= 0) {
                byLeader[partition.leader][name].push_back(&partition);
            }
        }
    }
    std::optional<ClusterError> failure;
    std::size_t answered = 0;
    m_inVain = {};
    std::erase_if(m_silent, [&byLeader](const auto& one) { return !byLeader.contains(one.first); });
    for (const auto& [leader, topics] : byLeader) {
        const Steady began = m_clock.steadyNow();
        const auto silent = m_silent.find(leader);
        if (silent != m_silent.end() && m_silent.size() < byLeader.size() && began < silent->second.nextTry) {
            failure = silent->second.why;
            continue;
        }
        auto asked = askEnds(leader, topics, kLatest, 0, &Ends::highWatermark);
        if (asked) {
            asked = askEnds(leader, topics, kLatest, 1, &Ends::lastStable);
        }
        if (asked && withStarts) {
            asked = askEnds(leader, topics, kEarliest, 0, &Ends::logStart);
        }
        if (asked) {
            ++answered;
            m_silent.erase(leader);
        } else {
            failure = asked.error();
            fellSilent(leader, asked.error(), began);
        }
    }
    // One broker that is down shows as its partitions being old; only a cluster that is silent altogether is an error.
    return failure && answered == 0 ? ClusterResult<void>(fail(*std::move(failure))) : ClusterResult<void>();
}

void RemoteSampler::fellSilent(BrokerId broker, const ClusterError& why, Steady asked) {
    const Steady now = m_clock.steadyNow();
    m_inVain += std::chrono::duration_cast<std::chrono::milliseconds>(now - asked);
    Silent& silent = m_silent[broker];
    if (silent.tries == 0) {
        silent.since = Timestamp(m_clock.wallNowMs());
    }
    silent.why = why;
    silent.nextTry = now + std::min(kFirstRetry * (1 << std::min(++silent.tries, 6)), kLastRetry);
    // Its partitions may have another leader by now.
    m_mapPace.nextAt = {};
}

ClusterResult<void> RemoteSampler::askEnds(BrokerId leader,
                                           const std::map<std::string, std::vector<const MappedPartition*>>& of,
                                           Timestamp which, std::int8_t isolation, Offset Ends::*into) {
    protocol::ListOffsetsRequest request;
    request.replicaId = BrokerId(-1);
    request.isolationLevel = isolation;
    for (const auto& [name, partitions] : of) {
        request.topics.push_back({name, {}, {}});
        for (const MappedPartition* const one : partitions) {
            request.topics.back().partitions.push_back({one->partition, kNoLeaderEpoch, which, {}});
        }
    }
    const auto answer = m_wire.call<protocol::ListOffsetsResponse>(leader, request);
    if (!answer) {
        return fail(ClusterError(answer.error()));
    }
    for (const auto& topic : answer->message.topics) {
        for (const auto& partition : topic.partitions) {
            if (partition.errorCode == ErrorCode::kNone) {
                Ends& ends = m_ends[{topic.name, partition.partitionIndex}];
                ends.*into = partition.offset;
                ends.isKnown = true;
            } else if (saysMoved(partition.errorCode)) {
                m_mapPace.nextAt = {};
            }
        }
    }
    return {};
}

void RemoteSampler::sampleConfigs(const ClusterMap& map) {
    protocol::DescribeConfigsRequest request;
    const auto ask = [&] {
        const auto answer = m_wire.callAny<protocol::DescribeConfigsResponse>(request);
        request.resources.clear();
        for (const auto& result : answer ? answer->message.results : decltype(answer->message.results)()) {
            TopicFacts& facts = m_facts[result.resourceName];
            for (const auto& config : result.configs) {
                const std::string value = config.value.value_or("");
                if (config.name == "cleanup.policy") {
                    facts.cleanupPolicy = value;
                } else {
                    std::int64_t& into = config.name == "retention.ms" ? facts.retentionMs : facts.retentionBytes;
                    std::from_chars(value.data(), value.data() + value.size(), into);
                }
            }
        }
    };
    for (const auto& [name, topic] : map.topics) {
        // Remembered even when the answer leaves it out: a topic that may not be described is not asked for each time.
        m_facts[name];
        request.resources.push_back(
            {kTopicResource, name, std::vector<std::string>{"cleanup.policy", "retention.ms", "retention.bytes"}, {}});
        if (request.resources.size() == kTopicsPerConfigRequest) {
            ask();
        }
    }
    if (!request.resources.empty()) {
        ask();
    }
}

void RemoteSampler::sampleLogDirs(const ClusterMap& map) {
    m_sizes.clear();
    m_usableBytes = 0;
    for (const auto& [broker, address] : map.brokers) {
        if (m_silent.contains(broker)) {
            continue;
        }
        protocol::DescribeLogDirsRequest request;
        request.topics = std::nullopt;
        const auto answer = m_wire.call<protocol::DescribeLogDirsResponse>(broker, request);
        if (!answer) {
            continue;
        }
        for (const auto& dir : answer->message.results) {
            m_usableBytes += std::max<std::int64_t>(0, dir.usableBytes);
            for (const auto& topic : dir.topics) {
                for (const auto& partition : topic.partitions) {
                    // The leader's copy is what a topic's size means; others may lag behind.
                    const TopicPartition key{topic.name, partition.partitionIndex};
                    const MappedPartition* const mapped = map.find(key);
                    if (mapped != nullptr && mapped->leader == broker) {
                        m_sizes[key] = partition.partitionSize;
                    }
                }
            }
        }
    }
}

std::shared_ptr<const TopicSnapshot> RemoteSampler::describe(const std::string& name, const MappedTopic& topic,
                                                             std::vector<Problem>& problems) {
    auto made = std::make_shared<TopicSnapshot>();
    made->name = name;
    made->id = topic.id;
    made->isInternal = topic.isInternal;
    const auto facts = m_facts.find(name);
    if (facts != m_facts.end()) {
        made->cleanupPolicy = facts->second.cleanupPolicy;
        made->retentionMs = facts->second.retentionMs;
        made->retentionBytes = facts->second.retentionBytes;
    }
    std::size_t offline = 0;
    std::size_t behind = 0;
    for (const MappedPartition& from : topic.partitions) {
        PartitionSnapshot to;
        to.partition = from.partition;
        to.leader = from.leader;
        to.leaderEpoch = from.leaderEpoch;
        to.replicas = from.replicas;
        to.inSync = from.inSync;
        const TopicPartition key{name, from.partition};
        if (const auto ends = m_ends.find(key); ends != m_ends.end()) {
            to.logStart = ends->second.logStart;
            to.highWatermark = std::max(ends->second.highWatermark, to.logStart);
            to.lastStable = ends->second.lastStable;
            if (to.lastStable < to.highWatermark && to.lastStable.value >= 0) {
                m_withMarkers.insert(name);
            }
        }
        if (const auto size = m_sizes.find(key); size != m_sizes.end()) {
            to.sizeBytes = size->second;
        }
        // Records that ever were: what grew since the last look came in.
        to.recordsIn = to.highWatermark.value;
        addInflow(key, to);
        if (from.leader.value < 0) {
            to.offlineReason = "It has no leader: none of its replicas in sync is reachable.";
            ++offline;
        }
        behind += from.inSync.size() < from.replicas.size() ? 1 : 0;
        made->replicationFactor = static_cast<std::int32_t>(from.replicas.size());
        made->partitions.push_back(std::move(to));
    }
    made->countIsExact = made->cleanupPolicy == "delete" && !m_withMarkers.contains(name);
    if ((offline != 0 || behind != 0) && problems.size() < kMostProblems) {
        Problem problem;
        problem.subject = name;
        problem.severity = offline != 0 ? Problem::Severity::kError : Problem::Severity::kWarning;
        problem.message = offline != 0 ? std::to_string(offline) + " partitions have no leader."
                                       : std::to_string(behind) + " partitions have replicas that are not in sync.";
        problems.push_back(std::move(problem));
    }
    Known& known = m_topics[name];
    const std::uint64_t fingerprint = fingerprintOf(*made);
    if (known.snapshot == nullptr || known.fingerprint != fingerprint || known.snapshot->id != made->id) {
        known = {fingerprint, std::move(made)};
    }
    return known.snapshot;
}

// Kafka tells no bytes that come in, but what a partition holds and how much that takes: new records are taken to be as
// large as those that are there.
void RemoteSampler::addInflow(const TopicPartition& key, PartitionSnapshot& to) {
    Inflow& flow = m_inflows[key];
    const std::int64_t held = to.highWatermark - to.logStart;
    if (to.sizeBytes > 0 && held > 0) {
        flow.bytesPerRecord = static_cast<double>(to.sizeBytes) / static_cast<double>(held);
    }
    if (flow.seen != kNoOffset && to.highWatermark > flow.seen) {
        flow.bytes += static_cast<double>(to.highWatermark - flow.seen) * flow.bytesPerRecord;
        flow.lastGrown = Timestamp(m_clock.wallNowMs());
    }
    flow.seen = to.highWatermark;
    to.lastAppend = flow.lastGrown;
    to.bytesIn = static_cast<std::int64_t>(flow.bytes);
}

ClusterResult<SnapshotPtr> RemoteSampler::assemble(const ClusterMap& map) {
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->takenAt = Timestamp(m_clock.wallNowMs());
    snapshot->steadyMs =
        std::chrono::duration_cast<std::chrono::milliseconds>(m_clock.steadyNow().time_since_epoch()).count();
    for (const auto& [name, topic] : map.topics) {
        snapshot->topics.push_back(describe(name, topic, snapshot->problems));
        for (const PartitionSnapshot& one : snapshot->topics.back()->partitions) {
            snapshot->totals.recordsIn += one.recordsIn;
            snapshot->totals.bytesIn += one.bytesIn;
            snapshot->totals.diskBytes += one.sizeBytes;
        }
    }
    std::erase_if(m_topics, [&map](const auto& one) { return !map.topics.contains(one.first); });
    std::erase_if(m_facts, [&map](const auto& one) { return !map.topics.contains(one.first); });
    std::erase_if(m_inflows, [&map](const auto& one) { return map.find(one.first) == nullptr; });
    std::erase_if(m_ends, [&map](const auto& one) { return map.find(one.first) == nullptr; });
    snapshot->groups = m_groups;
    snapshot->totals.diskFreeBytes = m_usableBytes;
    for (const auto& [broker, silent] : m_silent) {
        snapshot->problems.push_back(
            {Problem::Severity::kWarning, silent.since, "Broker " + std::to_string(broker.value),
             "It does not answer, so its partitions are shown as they were: " + silent.why.message});
    }
    for (const std::string& sentence : m_groupProblems) {
        snapshot->problems.push_back({Problem::Severity::kWarning, kNoTimestamp, "Groups", sentence});
    }
    return SnapshotPtr(std::move(snapshot));
}

}  // namespace weir::app
