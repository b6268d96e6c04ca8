// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <tuple>
#include <vector>

#include "broker/groups/share/share_partitions.h"
#include "tests/broker/groups/fixture.h"

namespace weir::groups::testing {

/// Rows in memory, which a second coordinator can load.
class MemoryShareStore final : public ShareStore {
public:
    using Row = std::pair<Offset, Bytes>;

    [[nodiscard]] Loaded load() override {
        if (isBroken) {
            return fail(StoreErrc::kFailed, "the disk cannot be read");
        }
        std::vector<ShareState> states;
        for (const auto& [id, row] : rows) {
            states.push_back({id.groupId, id.topicId, id.partition, row.first, row.second});
        }
        return states;
    }
    void write(ShareState state, Completion<StoreStatus> done) override {
        if (isBroken) {
            return done(fail(StoreErrc::kFailed, "the disk is full"));
        }
        rows[{state.groupId, state.topicId, state.partition}] = {state.start, std::move(state.ranges)};
        done({});
    }
    void remove(std::string groupId, std::vector<TopicId> topics, Completion<StoreStatus> done) override {
        if (isBroken) {
            return done(fail(StoreErrc::kFailed, "the disk is full"));
        }
        std::erase_if(rows, [&](const auto& entry) {
            return entry.first.groupId == groupId && std::ranges::find(topics, entry.first.topicId) != topics.end();
        });
        done({});
    }

    std::map<SharePartition::Id, Row> rows;
    bool isBroken = false;
};

class CountingWaiter final : public ShareWaiter {
public:
    void wakeForShare() override { ++wakes; }
    int wakes = 0;
};

/// One share-partition on manual time.
struct ShareWorld {
    ShareWorld() { restart(); }
    void restart() {
        if (partitions) {
            partitions->stop();
        }
        partitions = std::make_unique<SharePartitions>(SharePartition::Environment{clock, timers, store, Logger()},
                                                       DeliveryRanges::Limits{5, 100});
        WEIR_ASSERT(partitions->load().ok());
        partition = partitions->findOrCreate({"g", TopicId{}, PartitionId(0)}, Offset(0));
    }
    /// Takes up to `records` of a log that has one batch of ten records after the other.
    std::vector<AcquiredRange> take(const std::string& member, std::int64_t records,
                                    DeliveryRanges::Cut cut = DeliveryRanges::Cut::kAtBatchEnd) {
        const auto plan = partition->plan(logStart);
        if (!plan.from) {
            return {};
        }
        DeliveryRanges::Wish wish;
        wish.member = member;
        wish.from = *plan.from;
        wish.maxRecords = records;
        wish.cut = cut;
        for (std::int64_t end = plan.from->value / 10 * 10 + 9; end < logEnd; end += 10) {
            wish.batchEnds.emplace_back(end);
        }
        return partition->acquire(std::move(wish), 30s);
    }
    GroupErrc say(const std::string& member, std::int64_t first, std::int64_t last, AcknowledgeType type) {
        return say(member, {{Offset(first), Offset(last), {type}}});
    }
    GroupErrc say(const std::string& member, const std::vector<AcknowledgeBatch>& batches) {
        Answer<GroupErrc> answer;
        partition->acknowledge(member, batches, 30s, answer.expect());
        return *answer;
    }

    ManualClock clock;
    ManualTimers timers{clock};
    MemoryShareStore store;
    Offset logStart{0};
    std::int64_t logEnd = 1000;
    std::unique_ptr<SharePartitions> partitions;
    std::shared_ptr<SharePartition> partition;
};

inline std::vector<AcquiredRange> ranges(std::initializer_list<std::tuple<int, int, int>> from) {
    std::vector<AcquiredRange> made;
    for (const auto& [first, last, deliveries] : from) {
        made.push_back({Offset(first), Offset(last), static_cast<std::int16_t>(deliveries)});
    }
    return made;
}

}  // namespace weir::groups::testing
