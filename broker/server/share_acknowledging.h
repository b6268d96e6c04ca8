// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "broker/groups/share/share_partitions.h"
#include "broker/server/share_sessions.h"

namespace weir::server {

/// What a ShareFetch or ShareAcknowledge says of records, gathered, handed to their partitions and collected again.
class ShareAcknowledging : public std::enable_shared_from_this<ShareAcknowledging> {
public:
    using Batches = std::map<ShareSessions::Target, std::vector<groups::AcknowledgeBatch>>;
    using Results = std::map<ShareSessions::Target, groups::GroupErrc>;

    /// From the topics of either message.
    template <class Topics>
    static Batches batchesOf(const Topics& topics) {
        Batches all;
        for (const auto& topic : topics) {
            for (const auto& partition : topic.partitions) {
                for (const auto& batch : partition.acknowledgementBatches) {
                    groups::AcknowledgeBatch made{batch.firstOffset, batch.lastOffset, {}};
                    for (const std::int8_t type : batch.acknowledgeTypes) {
                        made.types.push_back(static_cast<groups::AcknowledgeType>(type));
                    }
                    all[{topic.topicId, partition.partitionIndex}].push_back(std::move(made));
                }
            }
        }
        return all;
    }

    /// Calls `done` once everything is durable or refused, from any thread, at once where there is nothing to do.
    static void run(groups::SharePartitions& shares, const ShareSessions::Key& key, const Batches& batches,
                    std::chrono::milliseconds lock, std::function<void(Results)> done) {
        const auto self = std::make_shared<ShareAcknowledging>();
        self->m_done = std::move(done);
        self->m_left = batches.size() + 1;
        for (const auto& [target, said] : batches) {
            const auto partition = shares.find({key.groupId, target.topicId, target.partition});
            if (!partition) {
                self->finish(target, groups::GroupErrc::kUnknownTopicOrPartition);
                continue;
            }
            partition->acknowledge(key.memberId, said, lock,
                                   [self, target = target](groups::GroupErrc error) { self->finish(target, error); });
        }
        self->countDown();
    }

private:
    void finish(const ShareSessions::Target& target, groups::GroupErrc error) {
        {
            const std::lock_guard lock(m_mutex);
            m_results[target] = error;
        }
        countDown();
    }
    void countDown() {
        if (m_left.fetch_sub(1) == 1) {
            m_done(std::move(m_results));
        }
    }

    std::mutex m_mutex;
    Results m_results;
    std::atomic<std::size_t> m_left{0};
    std::function<void(Results)> m_done;
};

}  // namespace weir::server
