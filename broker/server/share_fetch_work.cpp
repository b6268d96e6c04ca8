// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/share_fetch_work.h"

#include <algorithm>
#include <utility>

#include "broker/records/batch_header.h"
#include "broker/server/authorize.h"
#include "broker/server/error_map.h"

namespace weir::server {

namespace {

using protocol::ErrorCode;

/// What is read of a partition at once: records are given out in portions, and the rest would be read in vain.
constexpr std::size_t kLargestRead = std::size_t{1} << 20;

Offset resetOffset(topics::Partition& partition, const config::ShareReset& reset, std::int64_t nowMs) {
    const auto offsets = partition.offsets();
    switch (reset.where) {
        case config::ShareReset::Where::kLatest:
            break;
        case config::ShareReset::Where::kEarliest:
            return offsets.logStart;
        case config::ShareReset::Where::kByDuration: {
            const auto found = partition.offsetFor(nowMs - reset.back.count(), Isolation::kReadUncommitted);
            if (found && found->offset != kNoOffset) {
                return found->offset;
            }
            break;
        }
    }
    return offsets.highWatermark;
}

/// Batches of transactions that were aborted, in what was read of committed data; nobody may see them.
std::vector<groups::AcknowledgeBatch> abortedIn(ByteView bytes,
                                                const std::vector<storage::AbortedTransaction>& aborted) {
    std::vector<groups::AcknowledgeBatch> found;
    records::BatchWalker walker(bytes);
    while (const auto batch = walker.next()) {
        const bool isAborted = std::ranges::any_of(aborted, [&](const storage::AbortedTransaction& transaction) {
            return batch->producerId() == transaction.producerId && batch->baseOffset() >= transaction.firstOffset &&
                   batch->baseOffset() <= transaction.lastOffset;
        });
        if (batch->isTransactional() && isAborted) {
            found.push_back({batch->baseOffset(), batch->lastOffset(), {groups::AcknowledgeType::kReject}});
        }
    }
    return found;
}

/// Gives up what was acquired of the aborted batches; what is left for the member.
std::vector<groups::AcquiredRange> giveUp(groups::SharePartition& share, const std::string& member,
                                          std::vector<groups::AcquiredRange> acquired,
                                          const std::vector<groups::AcknowledgeBatch>& aborted) {
    for (const auto& batch : aborted) {
        std::vector<groups::AcquiredRange> left;
        for (const auto& range : acquired) {
            const auto first = std::max(range.first, batch.first);
            const auto last = std::min(range.last, batch.last);
            if (first > last) {
                left.push_back(range);
                continue;
            }
            share.acknowledge(member, {{first, last, batch.types}}, {}, [](groups::GroupErrc) {});
            if (range.first < first) {
                left.push_back({range.first, first - 1, range.deliveries});
            }
            if (last < range.last) {
                left.push_back({last + 1, range.last, range.deliveries});
            }
        }
        acquired = std::move(left);
    }
    return acquired;
}

}  // namespace

ShareFetchWork::ShareFetchWork(Services& services, Wish wish, Reply<Response> reply)
    : WaitingWork(services, wish.maxWait),
      m_wish(std::move(wish)),
      m_isolation(m_wish.config.shareReadCommitted ? Isolation::kReadCommitted : Isolation::kReadUncommitted),
      m_reply(std::move(reply)),
      m_parts(m_wish.targets.size()) {}

WaitingWork::Look ShareFetchWork::look(bool mayWait) {
    const auto topics = m_services.topics.snapshot();
    for (std::size_t i = 0; i < m_parts.size(); ++i) {
        resolve(*topics, i);
    }
    if (takeAll() || !mayWait || m_parts.empty() || !m_wish.acknowledged.empty()) {
        finish();
        return Look::kAnswered;
    }
    // Others were quicker at what was read: there may be more behind it.
    return m_lostRace ? Look::kAgain : Look::kWait;
}

void ShareFetchWork::resolve(const topics::TopicsSnapshot& topics, std::size_t i) {
    const auto& target = m_wish.targets[i];
    Part& part = m_parts[i];
    part.data = PartitionData{};
    part.data.records = ByteView{};
    part.partition.reset();
    part.share.reset();
    part.from.reset();
    part.topic = topics.byId(target.topicId);
    if (!part.topic) {
        part.data.errorCode = ErrorCode::kUnknownTopicId;
        return;
    }
    if (!mayTopic(m_services, m_reply.call(), AclOperation::kRead, part.topic->name)) {
        part.data.errorCode = ErrorCode::kTopicAuthorizationFailed;
        return;
    }
    part.partition = part.topic->partition(target.partition);
    if (!part.partition) {
        part.data.errorCode = errorOfAbsent(part.topic.get(), target.partition);
        return;
    }
    if (!part.partition->offlineReason().empty()) {
        // It lets nobody wait.
        part.data.errorCode = ErrorCode::kKafkaStorageError;
        part.partition.reset();
        return;
    }
    part.share = shareOf(part, target);
    if (!part.share) {
        part.data.errorCode = ErrorCode::kCoordinatorNotAvailable;
        return;
    }
    part.seenEnd = part.partition->readableEnd(m_isolation);
    const auto plan = part.share->plan(part.partition->offsets().logStart);
    part.availability = plan.availability;
    if (plan.from && *plan.from < part.seenEnd) {
        part.from = plan.from;
    }
}

std::shared_ptr<groups::SharePartition> ShareFetchWork::shareOf(const Part& part, const ShareSessions::Target& target) {
    const groups::SharePartition::Id id{m_wish.key.groupId, target.topicId, target.partition};
    if (auto known = m_services.shares.find(id)) {
        return known;
    }
    return m_services.shares.findOrCreate(
        id, resetOffset(*part.partition, m_wish.config.shareReset, m_services.clock.wallNowMs()));
}

std::int64_t ShareFetchWork::take(Part& part, std::size_t room, std::int64_t records) {
    part.buffer.clear();
    const auto fetched = part.partition->fetch({.from = *part.from,
                                                .maxBytes = std::min(room, kLargestRead),
                                                .isolation = m_isolation,
                                                .firstBatch = storage::FirstBatch::kEvenIfLarger,
                                                .currentLeaderEpoch = kNoLeaderEpoch},
                                               part.buffer);
    if (!fetched) {
        part.buffer.clear();
        part.data.errorCode = toKafka(fetched.error().code);
        return 0;
    }
    groups::DeliveryRanges::Wish wish;
    wish.member = m_wish.key.memberId;
    wish.from = *part.from;
    wish.maxRecords = records;
    wish.cut = m_wish.cut;
    records::BatchWalker walker(part.buffer.bytes());
    while (const auto batch = walker.next()) {
        wish.batchEnds.push_back(batch->lastOffset());
    }
    std::int64_t taken = 0;
    auto acquired = part.share->acquire(std::move(wish), m_wish.config.shareRecordLock);
    if (!fetched->aborted.empty()) {
        acquired = giveUp(*part.share, m_wish.key.memberId, std::move(acquired),
                          abortedIn(part.buffer.bytes(), fetched->aborted));
    }
    for (const auto& range : acquired) {
        part.data.acquiredRecords.push_back({range.first, range.last, range.deliveries, {}});
        taken += range.last - range.first + 1;
    }
    m_lostRace = m_lostRace || (taken == 0 && part.buffer.size() > 0);
    // Whole batches leave, up to the last that holds something acquired.
    records::BatchWalker kept(part.buffer.bytes());
    std::size_t bytes = 0;
    while (const auto batch = kept.next()) {
        if (part.data.acquiredRecords.empty() || batch->baseOffset() > part.data.acquiredRecords.back().lastOffset) {
            break;
        }
        bytes = kept.position();
    }
    part.buffer.shrink(bytes);
    part.data.records = part.buffer.bytes();
    return taken;
}

bool ShareFetchWork::takeAll() {
    m_lease = m_services.budget.takeUpTo(m_wish.maxBytes);
    auto room = std::max(std::min(m_wish.maxBytes, std::size_t{64} << 10), m_lease.bytes());
    auto records = m_wish.maxRecords;
    std::size_t total = 0;
    bool any = false;
    m_lostRace = false;
    for (Part& part : m_parts) {
        if (part.from && room > 0 && records > 0) {
            records -= take(part, room, records);
            room -= std::min(room, part.buffer.size());
            total += part.buffer.size();
        }
        any = any || part.isWorthSending();
    }
    m_lease.shrinkTo(total);
    return any;
}

bool ShareFetchWork::enlist() {
    for (Part& part : m_parts) {
        part.buffer = {};
        part.data.records = ByteView{};
    }
    m_lease.release();
    const auto self = std::static_pointer_cast<ShareFetchWork>(shared_from_this());
    return std::ranges::all_of(m_parts, [&](const Part& part) {
        return part.partition->park(self, m_isolation, part.seenEnd) && part.share->waitUnless(self, part.availability);
    });
}

void ShareFetchWork::delist() {
    for (Part& part : m_parts) {
        if (part.partition) {
            part.partition->unpark(this);
        }
        if (part.share) {
            part.share->stopWaiting(this);
        }
    }
}

void ShareFetchWork::finish() {
    Response response;
    response.acquisitionLockTimeoutMs = static_cast<std::int32_t>(m_wish.config.shareRecordLock.count());
    for (std::size_t i = 0; i < m_parts.size(); ++i) {
        const auto& target = m_wish.targets[i];
        Part& part = m_parts[i];
        const auto acknowledged = m_wish.acknowledged.find(target);
        if (!part.isWorthSending() && acknowledged == m_wish.acknowledged.end()) {
            continue;
        }
        auto& answered = partitionIn(response, target);
        const auto leader = answered.currentLeader;
        answered = std::move(part.data);
        answered.partitionIndex = target.partition;
        answered.currentLeader = leader;
        if (acknowledged != m_wish.acknowledged.end()) {
            answered.acknowledgeErrorCode = toKafka(acknowledged->second);
            m_wish.acknowledged.erase(acknowledged);
        }
        if (!answered.acquiredRecords.empty()) {
            m_reply.call().peer->noteFetched(part.topic->name);
        }
    }
    for (const auto& [target, error] : m_wish.acknowledged) {
        auto& answered = partitionIn(response, target);
        answered.records = ByteView{};
        answered.acknowledgeErrorCode = toKafka(error);
    }
    // The records lie in this object's buffers: it stays until they are sent.
    m_reply.send(response, shared_from_this(), std::move(m_lease));
}

}  // namespace weir::server
