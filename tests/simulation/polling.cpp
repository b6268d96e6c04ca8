// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/simulation/polling.h"

#include <algorithm>
#include <set>

#include "broker/records/batch_header.h"
#include "broker/records/record_iterator.h"

namespace weir::simulation {

using checker::Deed;
using checker::Place;
using protocol::ErrorCode;
using protocol::FetchRequest;
using protocol::FetchResponse;

namespace {

constexpr std::int16_t kFirstFetchVersion = 4;
constexpr std::int16_t kLastFetchVersion = 12;
constexpr std::int32_t kBytesPerPartition = 4096;

bool mayPass(ErrorCode error) {
    return error == ErrorCode::kUnknownTopicOrPartition || error == ErrorCode::kNotLeaderOrFollower ||
           error == ErrorCode::kKafkaStorageError || error == ErrorCode::kLeaderNotAvailable;
}

}  // namespace

void PollingClient::assign(const Place& place, std::int64_t offset) {
    m_positions[place] = Position{.next = offset};
    note({.deed = Deed::kAssign, .place = place});
}

Script<bool> PollingClient::poll(std::int32_t maxWaitMs) {
    const auto version = static_cast<std::int16_t>(dice().between(kFirstFetchVersion, kLastFetchVersion));
    FetchRequest request;
    request.maxWaitMs = maxWaitMs;
    // Some are answered when there is more than a record, or when they have waited long enough.
    constexpr std::int64_t kMostAsked = 2000;
    request.minBytes = dice().oneIn(3) ? static_cast<std::int32_t>(dice().between(0, kMostAsked)) : 1;
    request.maxBytes = kBytesPerPartition * 4;
    request.isolationLevel = static_cast<std::int8_t>(m_sees);
    request.sessionEpoch = -1;
    for (const auto& [place, position] : m_positions) {
        if (request.topics.empty() || request.topics.back().topic != place.topic) {
            request.topics.emplace_back().topic = place.topic;
        }
        auto& partition = request.topics.back().partitions.emplace_back();
        partition.partition = PartitionId(place.partition);
        partition.fetchOffset = Offset(position.next);
        partition.partitionMaxBytes = kBytesPerPartition;
    }
    const auto response = co_await call<FetchResponse>(std::move(request), version);
    if (!response) {
        co_return false;
    }
    bool isGood = true;
    for (const auto& topic : response->responses) {
        for (const auto& data : topic.partitions) {
            isGood = take({std::string(topic.topic), data.partitionIndex.value}, data) && isGood;
        }
    }
    co_return isGood;
}

bool PollingClient::take(const Place& place, const PartitionData& data) {
    const auto found = m_positions.find(place);
    if (found == m_positions.end()) {
        m_world.complain(name() + " was sent a partition that it had not asked for");
        return false;
    }
    if (data.errorCode != ErrorCode::kNone) {
        if (!mayPass(data.errorCode)) {
            m_world.complain(name() + " was refused " + place.topic + "-" + std::to_string(place.partition) + " at " +
                             std::to_string(found->second.next) + " with error " +
                             std::to_string(static_cast<int>(data.errorCode)));
        }
        return false;
    }
    takeRecords(place, found->second, data);
    found->second.end = data.highWatermark.value;
    found->second.readableEnd = seesCommittedOnly() ? data.lastStableOffset.value : data.highWatermark.value;
    return true;
}

void PollingClient::see(const Place& place, const RecordView& record) {
    note({.deed = Deed::kPoll,
          .place = place,
          .offset = record.offset.value,
          .value = std::string(asText(record.value.value_or(ByteView{}))),
          .flag = seesCommittedOnly()});
}

/// What Kafka's own consumer does: transactions that the answer lists as aborted are left out from their first offset
/// to their marker, and markers are nobody's records.
void PollingClient::takeRecords(const Place& place, Position& position, const PartitionData& data) {
    std::vector<FetchResponse::AbortedTransaction> aborted;
    if (seesCommittedOnly() && data.abortedTransactions) {
        aborted = *data.abortedTransactions;
    }
    std::sort(aborted.begin(), aborted.end(),
              [](const auto& a, const auto& b) { return a.firstOffset < b.firstOffset; });
    auto nextAborted = aborted.begin();
    std::set<ProducerId> leftOut;
    records::Codec codec;
    Bytes scratch;
    records::BatchWalker walker(data.records.bytes());
    while (const auto batch = walker.next()) {
        for (; nextAborted != aborted.end() && nextAborted->firstOffset <= batch->lastOffset(); ++nextAborted) {
            leftOut.insert(nextAborted->producerId);
        }
        auto records = records::RecordIterator::open(*batch, codec, scratch);
        if (!batch->checkCrc() || !records) {
            m_world.complain(name() + " was sent a broken batch");
            return;
        }
        const bool isHidden = batch->isTransactional() && leftOut.contains(batch->producerId());
        for (RecordView record; records->next(record);) {
            if (batch->isControl()) {
                const auto marker = records::readEndMarker(record);
                if (marker && marker->type == records::MarkerType::kAbort) {
                    leftOut.erase(batch->producerId());
                }
            } else if (!isHidden && record.offset.value >= position.next) {
                see(place, record);
            }
        }
        position.next = std::max(position.next, batch->nextOffset().value);
    }
}

Script<> Reader::run() {
    constexpr std::int32_t kWaitMs = 300;
    while (!m_world.isClosing()) {
        unassign();
        becomeAnother();
        for (const Place& place : m_world.places()) {
            if (!dice().oneIn(3)) {
                assign(place, 0);
            }
        }
        constexpr std::size_t kSeldom = 40;
        while (!m_world.isClosing() && !positions().empty() && !dice().oneIn(kSeldom)) {
            if (!co_await poll(kWaitMs)) {
                co_await sleepAbout(100);
            }
        }
        co_await sleepAbout(50);
    }
}

Script<> WholeReader::run() {
    constexpr std::int32_t kWaitMs = 100;
    for (const Place& place : m_world.places()) {
        const std::int64_t asked = m_world.historyTime();
        unassign();
        assign(place, 0);
        // Open transactions come to their end first: only then is the partition's end everybody's.
        while (positions().at(place).readableEnd < positions().at(place).end ||
               positions().at(place).next < positions().at(place).readableEnd || positions().at(place).end < 0) {
            if (!co_await poll(kWaitMs)) {
                co_await sleepAbout(100);
            }
        }
        note({.deed = Deed::kWhole, .place = place, .asked = asked, .flag = seesCommittedOnly()});
    }
}

}  // namespace weir::simulation
