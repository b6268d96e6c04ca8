// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/fetch_work.h"

#include <algorithm>
#include <array>
#include <utility>

#include "broker/base/hash.h"
#include "broker/server/authorize.h"
#include "broker/server/error_map.h"

namespace weir::server {

namespace {

using protocol::ErrorCode;
using protocol::FetchResponse;

/// What a fetch may read even when the budget is spent, so that consumers get on. An answer that has less room than
/// this is full.
constexpr std::size_t kSmallestRead = std::size_t{64} << 10;

/// Reading less at once costs more for each byte; what many partitions get one after the other is as much.
constexpr std::size_t kSmallestShare = std::size_t{256} << 10;

/// An answer is about this large although the client would take more: records that are copied, checked and sent while
/// they lie in a core's own cache leave twice as fast as tens of megabytes that do not, and the next question is a
/// round trip away.
constexpr std::size_t kGoodAnswer = std::size_t{1} << 20;

/// An answer with the records of one partition. A client unpacks all of an answer before it hands out the first record:
/// many small ones let it do both at once. Small records cost the client so much more than the broker that leaving the
/// cache costs less than another question.
std::size_t goodAnswerOf(topics::RecordKind kind) {
    switch (kind) {
        case topics::RecordKind::kCompressed:
            return kGoodAnswer / 2;
        case topics::RecordKind::kSmall:
            return kGoodAnswer * 2;
        case topics::RecordKind::kOrdinary:
            break;
    }
    return kGoodAnswer;
}

constexpr std::int16_t kFirstWithCurrentLeader = 12;

}  // namespace

FetchWork::FetchWork(Services& services, FetchPlan plan, FetchParameters parameters, Reply<FetchResponse> reply)
    : WaitingWork(services, parameters.maxWait),
      m_plan(std::move(plan)),
      m_parameters(parameters),
      m_reply(std::move(reply)),
      m_parts(m_plan.targets.size()) {}

WaitingWork::Look FetchWork::look(bool mayWait) {
    const auto topics = m_services.topics.snapshot();
    for (std::size_t i = 0; i < m_parts.size(); ++i) {
        resolve(*topics, i);
    }
    mayWait = mayWait && !m_parts.empty();
    if (!mayWait || anyError() || isWorthReading()) {
        const std::size_t bytes = readAll();
        if (!mayWait || anyError() || bytes >= m_parameters.minBytes) {
            finish();
            return Look::kAnswered;
        }
    }
    return Look::kWait;
}

void FetchWork::resolve(const topics::TopicsSnapshot& topics, std::size_t i) {
    FetchTarget& target = m_plan.targets[i];
    Part& part = m_parts[i];
    part.data = PartitionData{};
    part.data.partitionIndex = target.partition;
    part.data.records = ByteView{};
    part.data.abortedTransactions.reset();
    if (m_parameters.isolation == Isolation::kReadCommitted) {
        part.data.abortedTransactions.emplace();
    }
    part.partition.reset();
    const bool byName = !m_plan.usesTopicIds || (target.isFromSession && !target.topic.empty());
    part.topic = byName ? topics.byName(target.topic) : topics.byId(target.topicId);
    if (byName && !mayTopic(m_services, m_reply.call(), AclOperation::kRead, target.topic)) {
        fail(i, ErrorCode::kTopicAuthorizationFailed);
        return;
    }
    if (!part.topic) {
        fail(i, byName ? ErrorCode::kUnknownTopicOrPartition : ErrorCode::kUnknownTopicId);
        return;
    }
    if (m_plan.usesTopicIds && part.topic->id != target.topicId) {
        fail(i, ErrorCode::kInconsistentTopicId);
        return;
    }
    if (!byName && !mayTopic(m_services, m_reply.call(), AclOperation::kRead, part.topic->name)) {
        fail(i, ErrorCode::kTopicAuthorizationFailed);
        return;
    }
    target.topic = part.topic->name;
    part.partition = part.topic->partition(target.partition);
    if (!part.partition) {
        fail(i, errorOfAbsent(part.topic.get(), target.partition));
        return;
    }
    if (const auto epoch = part.partition->checkLeaderEpoch(target.currentLeaderEpoch); !epoch) {
        fail(i, toKafka(epoch.error().code));
        if (!m_reply.call().isBefore(kFirstWithCurrentLeader)) {
            part.data.currentLeader = {m_services.self, part.partition->leaderEpoch(), {}};
        }
        part.partition.reset();
        return;
    }
    part.seenEnd = part.partition->readableEnd(m_parameters.isolation);
    const auto offsets = part.partition->offsets();
    if (target.offset < offsets.logStart || target.offset > offsets.logEnd) {
        fail(i, ErrorCode::kOffsetOutOfRange);
        part.partition.reset();
    }
}

void FetchWork::fail(std::size_t i, ErrorCode error) {
    PartitionData& data = m_parts[i].data;
    data.errorCode = error;
    data.highWatermark = kNoOffset;
    data.lastStableOffset = kNoOffset;
    data.logStartOffset = kNoOffset;
    data.records = ByteView{};
}

bool FetchWork::anyError() const {
    return std::any_of(m_parts.begin(), m_parts.end(), [](const Part& part) {
        return part.data.errorCode != ErrorCode::kNone || part.data.divergingEpoch.endOffset != kNoOffset;
    });
}

bool FetchWork::isWorthReading() {
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < m_parts.size(); ++i) {
        const FetchTarget& target = m_plan.targets[i];
        if (target.lastFetchedEpoch != kNoLeaderEpoch && diverges(i)) {
            return true;
        }
        if (target.offset < m_parts[i].seenEnd && bytes < m_parameters.minBytes) {
            if (m_parameters.minBytes <= 1) {
                return true;
            }
            bytes += m_parts[i].partition->readableBytes(target.offset, m_parameters.isolation,
                                                         m_parameters.minBytes - bytes);
        }
    }
    // One that is offline lets nobody wait, and the read says why.
    return bytes >= m_parameters.minBytes || std::ranges::any_of(m_parts, [](const Part& part) {
               return part.partition && !part.partition->offlineReason().empty();
           });
}

/// KIP-595: the client names the epoch of the last record it has; where that epoch ended earlier in this log, its tail
/// is not ours and it must truncate.
bool FetchWork::diverges(std::size_t i) {
    const FetchTarget& target = m_plan.targets[i];
    const auto end = m_parts[i].partition->endOfEpoch(target.lastFetchedEpoch);
    if (end.end == kNoOffset) {
        fail(i, ErrorCode::kOffsetOutOfRange);
        return true;
    }
    if (end.epoch >= target.lastFetchedEpoch && end.end >= target.offset) {
        return false;
    }
    m_parts[i].data.divergingEpoch = {end.epoch.value, end.end, {}};
    return true;
}

bool FetchWork::hasRecords(std::size_t i) const {
    return m_parts[i].partition && m_parts[i].data.errorCode == ErrorCode::kNone &&
           m_plan.targets[i].offset < m_parts[i].seenEnd;
}

/// An answer can be full before the last partition's turn. A session serves those first that have waited longest; who
/// asks without one gets another beginning with each answer that brought records: one that follows from the offsets,
/// so that nothing has to be remembered of the client, and that no habit of its own can be in step with. Who takes less
/// than a good answer sets the order himself, as the order in which KIP-74 serves.
std::size_t FetchWork::firstServed() const {
    if (m_plan.isIncremental || m_parameters.maxBytes <= kGoodAnswer || m_parts.empty()) {
        return 0;
    }
    std::int64_t sum = 0;
    for (const FetchTarget& target : m_plan.targets) {
        sum += target.offset.value;
    }
    std::array<std::byte, sizeof(sum)> bytes{};
    storeBigEndian(bytes.data(), sum);
    return static_cast<std::uint32_t>(murmur2(bytes)) % m_parts.size();
}

std::size_t FetchWork::readAll() {
    m_lease = m_services.budget.takeUpTo(m_parameters.maxBytes);
    std::size_t room = std::max(std::min(m_parameters.maxBytes, kSmallestRead), m_lease.bytes());
    std::size_t waiting = 0;
    std::size_t good = kGoodAnswer;
    for (std::size_t i = 0; i < m_parts.size(); ++i) {
        if (hasRecords(i)) {
            good = waiting == 0 ? goodAnswerOf(m_parts[i].partition->lastFetchedKind()) : kGoodAnswer;
            ++waiting;
        }
    }
    good = std::max(good, m_parameters.minBytes);
    std::size_t total = 0;
    const std::size_t first = firstServed();
    for (std::size_t n = 0; n < m_parts.size(); ++n) {
        const std::size_t i = (first + n) % m_parts.size();
        if (!m_parts[i].partition || m_parts[i].data.errorCode != ErrorCode::kNone) {
            continue;
        }
        const bool isWaiting = hasRecords(i);
        const bool isFull = total > 0 && total >= m_parameters.minBytes && good < kSmallestRead;
        readOne(i, isFull ? 0 : room, std::max(good / std::max<std::size_t>(waiting, 1), kSmallestShare), total == 0);
        waiting -= isWaiting ? 1 : 0;
        const std::size_t got = m_parts[i].buffer.size();
        total += got;
        room -= std::min(room, got);
        good -= std::min(good, got);
    }
    m_lease.shrinkTo(total);
    return total;
}

void FetchWork::readOne(std::size_t i, std::size_t room, std::size_t share, bool isFirst) {
    Part& part = m_parts[i];
    const FetchTarget& target = m_plan.targets[i];
    part.buffer.clear();
    if (target.lastFetchedEpoch != kNoLeaderEpoch && diverges(i)) {
        const auto offsets = part.partition->offsets();
        part.data.highWatermark = offsets.highWatermark;
        part.data.logStartOffset = offsets.logStart;
        return;
    }
    const std::size_t limit = std::min(room, static_cast<std::size_t>(std::max(target.maxBytes, 0)));
    const bool isShort = share < limit;
    const auto fetched = part.partition->fetch(
        {.from = target.offset,
         .maxBytes = std::min(limit, share),
         .isolation = m_parameters.isolation,
         .firstBatch = isFirst || isShort ? storage::FirstBatch::kEvenIfLarger : storage::FirstBatch::kWithinLimit,
         .currentLeaderEpoch = target.currentLeaderEpoch},
        part.buffer);
    if (!fetched) {
        part.buffer.clear();
        fail(i, toKafka(fetched.error().code));
        return;
    }
    if (part.buffer.size() > limit && !isFirst) {
        part.buffer.clear();
    }
    part.data.highWatermark = fetched->offsets.highWatermark;
    part.data.lastStableOffset = fetched->offsets.lastStable;
    part.data.logStartOffset = fetched->offsets.logStart;
    part.seenEnd = m_parameters.isolation == Isolation::kReadCommitted ? fetched->offsets.lastStable
                                                                       : fetched->offsets.highWatermark;
    part.data.records = part.buffer.bytes();
    if (part.data.abortedTransactions) {
        part.data.abortedTransactions->clear();
        for (const auto& aborted : fetched->aborted) {
            part.data.abortedTransactions->push_back({aborted.producerId, aborted.firstOffset, {}});
        }
    }
}

bool FetchWork::enlist() {
    for (Part& part : m_parts) {
        part.buffer = {};
        part.data.records = ByteView{};
    }
    m_lease.release();
    return std::ranges::all_of(m_parts, [this](const Part& part) {
        return part.partition->park(shared_from_this(), m_parameters.isolation, part.seenEnd);
    });
}

void FetchWork::delist() {
    for (Part& part : m_parts) {
        if (part.partition) {
            part.partition->unpark(this);
        }
    }
}

/// True: the client has had too much already. It gets the partitions without their records; it asks again from the same
/// offsets after the wait, in the same session (Kafka's FetchRequest under a consumer_byte_rate).
bool FetchWork::throttle(FetchResponse& response) {
    const Call& call = m_reply.call();
    if (m_services.quotas->isEmpty()) {
        return false;
    }
    double bytes = 0;
    for (const auto& topic : response.responses) {
        for (const auto& each : topic.partitions) {
            bytes += static_cast<double>(each.records.bytes().size());
        }
    }
    const std::string& user = call.peer->principal().name;
    const auto wait = m_services.quotas->record(security::QuotaKind::kFetch, user, call.clientId, bytes);
    if (wait.count() == 0 || bytes == 0) {
        return false;
    }
    m_services.quotas->takeBack(security::QuotaKind::kFetch, user, call.clientId, bytes);
    m_reply.throttle(wait);
    for (auto& topic : response.responses) {
        for (auto& each : topic.partitions) {
            each.records = ByteView{};
        }
    }
    return true;
}

void FetchWork::finish() {
    std::vector<FetchOutcome> outcomes;
    outcomes.reserve(m_parts.size());
    for (const Part& part : m_parts) {
        outcomes.push_back({.hasRecords = !part.data.records.bytes().empty(),
                            .hasError = part.data.errorCode != ErrorCode::kNone,
                            .hasDivergingEpoch = part.data.divergingEpoch.endOffset != kNoOffset,
                            .highWatermark = part.data.highWatermark,
                            .logStart = part.data.logStartOffset});
    }
    const auto verdict = m_services.fetchSessions.finish(m_plan, outcomes);
    FetchResponse response;
    response.errorCode = static_cast<ErrorCode>(verdict.error);
    response.sessionId = verdict.id.value;
    for (std::size_t i = 0; verdict.error == FetchSessionErrc::kNone && i < m_parts.size(); ++i) {
        if (!verdict.include[i]) {
            continue;
        }
        const FetchTarget& target = m_plan.targets[i];
        const bool isSameTopic = !response.responses.empty() && response.responses.back().topic == target.topic &&
                                 response.responses.back().topicId == target.topicId;
        if (!isSameTopic) {
            auto& topic = response.responses.emplace_back();
            topic.topic = target.topic;
            topic.topicId = target.topicId;
        }
        if (outcomes[i].hasError) {
            m_reply.call().noteError();
        }
        if (outcomes[i].hasRecords) {
            m_reply.call().peer->noteFetched(target.topic);
        }
        response.responses.back().partitions.push_back(std::move(m_parts[i].data));
    }
    if (throttle(response)) {
        m_reply.send(response);
        return;
    }
    // The records lie in this object's buffers: it stays until they are sent.
    m_reply.send(response, shared_from_this(), std::move(m_lease));
}

}  // namespace weir::server
