// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bridge/live_state.h"

#include <algorithm>

namespace weir::app {

namespace {
constexpr std::int64_t kWindowMs = 1000;
}

const PartitionSnapshot* findPartition(const Snapshot& snapshot, const TopicPartition& partition) {
    const TopicSnapshot* const topic = snapshot.findTopic(partition.topic);
    if (topic == nullptr) {
        return nullptr;
    }
    // Partitions stand by number; the look-up is a guess that is right unless something is missing.
    const auto index = static_cast<std::size_t>(partition.partition.value);
    if (index < topic->partitions.size() && topic->partitions[index].partition == partition.partition) {
        return &topic->partitions[index];
    }
    const auto found =
        std::find_if(topic->partitions.begin(), topic->partitions.end(),
                     [&partition](const PartitionSnapshot& one) { return one.partition == partition.partition; });
    return found == topic->partitions.end() ? nullptr : &*found;
}

std::int64_t totalLag(const GroupSnapshot& group, const Snapshot& snapshot) {
    std::int64_t lag = -1;
    for (const CommittedOffset& committed : group.offsets) {
        if (const PartitionSnapshot* const partition = findPartition(snapshot, committed.partition)) {
            lag =
                std::max<std::int64_t>(lag, 0) + std::max<std::int64_t>(0, partition->highWatermark - committed.offset);
        }
    }
    return lag;
}

LiveStateMaker::Counters LiveStateMaker::sumOf(const TopicSnapshot& topic) {
    Counters sum;
    for (const PartitionSnapshot& partition : topic.partitions) {
        sum.recordsIn += partition.recordsIn;
        sum.bytesIn += partition.bytesIn;
        sum.bytesOut += partition.bytesOut;
    }
    return sum;
}

ui::Rate LiveStateMaker::rateBetween(const Counters& before, const Counters& after, double seconds) {
    const auto rate = [seconds](std::int64_t from, std::int64_t to) {
        return to > from && seconds > 0 ? static_cast<double>(to - from) / seconds : 0.0;
    };
    return {rate(before.recordsIn, after.recordsIn), rate(before.bytesIn, after.bytesIn),
            rate(before.bytesOut, after.bytesOut)};
}

LiveStatePtr LiveStateMaker::add(SnapshotPtr snapshot) {
    Past now;
    now.steadyMs = snapshot->steadyMs;
    now.total = {snapshot->totals.recordsIn, snapshot->totals.bytesIn, snapshot->totals.bytesOut};
    for (const auto& topic : snapshot->topics) {
        now.topics.emplace(topic->name, sumOf(*topic));
    }
    if (!m_past.empty() && now.steadyMs < m_past.back().steadyMs) {
        m_past.clear();
    }
    // The oldest that is kept is the youngest that is a whole window old.
    while (m_past.size() > 1 && now.steadyMs - m_past[1].steadyMs >= kWindowMs) {
        m_past.pop_front();
    }
    auto state = std::make_shared<LiveState>();
    if (!m_past.empty()) {
        const Past& before = m_past.front();
        const double seconds = static_cast<double>(now.steadyMs - before.steadyMs) / 1000.0;
        state->total = rateBetween(before.total, now.total, seconds);
        for (const auto& [name, counters] : now.topics) {
            const auto old = before.topics.find(name);
            // A topic that is new began at 0.
            state->topicRates.emplace(
                name, rateBetween(old == before.topics.end() ? Counters{} : old->second, counters, seconds));
        }
    }
    for (const auto& group : snapshot->groups) {
        state->groupLags.emplace(group->id, totalLag(*group, *snapshot));
    }
    state->snapshot = std::move(snapshot);
    m_past.push_back(std::move(now));
    addSparks(*state);
    m_last = state;
    return state;
}

void LiveStateMaker::addSparks(LiveState& state) {
    const std::int64_t now = state.snapshot->steadyMs;
    if (m_lastSparkMs < 0 || now - m_lastSparkMs >= kWindowMs || now < m_lastSparkMs) {
        m_lastSparkMs = now;
        m_hasSamples = true;
        std::unordered_map<std::string, std::vector<double>> sparks;
        for (const auto& [name, rate] : state.topicRates) {
            std::vector<double>& values = sparks[name];
            values = std::move(m_sparks[name]);
            if (values.size() == kSparkSeconds) {
                values.erase(values.begin());
            }
            values.push_back(rate.recordsIn);
        }
        m_sparks = std::move(sparks);
    }
    state.sparks = m_sparks;
}

std::vector<HistorySample> LiveStateMaker::takeSamples() {
    std::vector<HistorySample> samples;
    if (!m_hasSamples || m_last == nullptr) {
        return samples;
    }
    m_hasSamples = false;
    using Kind = HistoryKind;
    samples.push_back({{Kind::kTotalRecordsIn, {}}, m_last->total.recordsIn});
    samples.push_back({{Kind::kTotalBytesIn, {}}, m_last->total.bytesIn});
    samples.push_back({{Kind::kTotalBytesOut, {}}, m_last->total.bytesOut});
    for (const auto& [name, rate] : m_last->topicRates) {
        samples.push_back({{Kind::kTopicRecordsIn, name}, rate.recordsIn});
        samples.push_back({{Kind::kTopicBytesIn, name}, rate.bytesIn});
        samples.push_back({{Kind::kTopicBytesOut, name}, rate.bytesOut});
    }
    for (const auto& group : m_last->snapshot->groups) {
        const std::int64_t lag = m_last->groupLags.at(group->id);
        if (lag < 0) {
            continue;
        }
        samples.push_back({{Kind::kGroupLag, group->id}, static_cast<double>(lag)});
        for (const CommittedOffset& committed : group->offsets) {
            if (const auto* partition = findPartition(*m_last->snapshot, committed.partition)) {
                const std::int64_t one = std::max<std::int64_t>(0, partition->highWatermark - committed.offset);
                samples.push_back({{Kind::kGroupLag, group->id + '/' + committed.partition.topic + '/' +
                                                         std::to_string(committed.partition.partition.value)},
                                   static_cast<double>(one)});
            }
        }
    }
    return samples;
}

}  // namespace weir::app
