// SPDX-License-Identifier: GPL-3.0-or-later
// Transactions, deliveries, tasks and rules for the sample cluster.
#include <QDateTime>
#include <algorithm>

#include "tests/support/fake_backend.h"

namespace weir::ui::test {
namespace {

TransactionInfo transactionOf(const char* id, TransactionState state, std::int64_t producer, std::int64_t now,
                              std::int64_t ageMs) {
    TransactionInfo info;
    info.id = id;
    info.state = state;
    info.producerId = ProducerId(producer);
    info.epoch = ProducerEpoch(3);
    info.version = 2;
    info.timeoutMs = 60'000;
    info.updatedAt = Timestamp(now - 400);
    if (info.isOpen()) {
        info.startedAt = Timestamp(now - ageMs);
        info.places = {{{"orders", PartitionId(0)}, Offset(137'352), true},
                       {{"orders", PartitionId(3)}, Offset(137'463), true},
                       {{"stocks.trades", PartitionId(1)}, Offset(3'034'147), false}};
        info.groups = {"billing"};
    }
    return info;
}

std::vector<TransactionInfo> transactionsAt(std::int64_t now) {
    std::vector<TransactionInfo> all = {transactionOf("billing-1", TransactionState::kOngoing, 4007, now, 1'800),
                                        transactionOf("billing-2", TransactionState::kCompleteCommit, 4008, now, 0),
                                        transactionOf("inventory-sync", TransactionState::kOngoing, 4011, now, 194'000),
                                        transactionOf("report", TransactionState::kCompleteAbort, 4012, now, 0)};
    TransactionInfo hanging = transactionOf("", TransactionState::kUnowned, 3999, now, 0);
    hanging.startedAt = kNoTimestamp;
    hanging.timeoutMs = 0;
    hanging.groups.clear();
    all.push_back(hanging);
    return all;
}

ConfigEntry groupConfig(const char* name, const char* value, const char* text) {
    ConfigEntry entry;
    entry.name = name;
    entry.value = value;
    entry.defaultValue = value;
    entry.type = ConfigEntry::Type::kInt;
    entry.documentation = text;
    return entry;
}

StreamsInfo streamsSample() {
    StreamsInfo info;
    info.groupEpoch = 4;
    info.topologyEpoch = 1;
    info.subtopologies = {{"0", {"orders"}, {"order-totals-by-customer-repartition"}, {}, {}},
                          {"1",
                           {"order-totals-by-customer-repartition"},
                           {},
                           {"order-totals-by-customer-repartition"},
                           {"order-totals-sums-changelog"}}};
    StreamsMember first{"m-1", "order-totals-1", "/127.0.0.1", "p-1", 4, {}, {}, {}};
    StreamsMember second{"m-2", "order-totals-2", "/127.0.0.1", "p-2", 4, {}, {}, {}};
    for (int i = 0; i < 3; ++i) {
        first.active.push_back({"0", PartitionId(i)});
        first.active.push_back({"1", PartitionId(i)});
        second.active.push_back({"0", PartitionId(3 + i)});
        second.standby.push_back({"1", PartitionId(i)});
    }
    first.target = first.active;
    second.target = second.active;
    second.target.push_back({"1", PartitionId(3)});
    info.members = {first, second};
    return info;
}

std::vector<ShareDelivery> deliverySample() {
    std::vector<ShareDelivery> all;
    for (int i = 0; i < 3; ++i) {
        ShareDelivery d;
        d.partition = {"orders", PartitionId(i)};
        d.start = Offset(137'200 + i * 11);
        d.end = d.start + 120;
        d.highWatermark = d.end + 31;
        d.inFlight = 70;
        d.waiting = 10;
        d.doneAhead = 38;
        d.givenUp = 2;
        d.mostDeliveries = 5;
        d.clients = {"worker-1", "worker-2"};
        d.ranges = {{d.start, d.start + 29, DeliveryKind::kAcquired, 1, "worker-1"},
                    {d.start + 30, d.start + 39, DeliveryKind::kAvailable, 2, ""},
                    {d.start + 40, d.start + 77, DeliveryKind::kAcknowledged, 1, ""},
                    {d.start + 78, d.start + 79, DeliveryKind::kGivenUp, 5, ""},
                    {d.start + 80, d.start + 119, DeliveryKind::kAcquired, 1, "worker-2"}};
        all.push_back(d);
    }
    return all;
}

/// Three controllers, three brokers of which one is behind.
QuorumInfo quorumSample(std::int64_t now) {
    QuorumInfo info;
    info.leader = BrokerId(101);
    info.leaderEpoch = LeaderEpoch(14);
    info.highWatermark = Offset(1'284'511);
    for (int i = 0; i < 3; ++i) {
        const std::string host = "CONTROLLER://controller-" + std::to_string(i + 1) + ".internal:9093";
        info.replicas.push_back({BrokerId(101 + i),
                                 true,
                                 {},
                                 Offset(1'284'512 - i),
                                 Timestamp(now - 120 * i),
                                 Timestamp(now - 120 * i),
                                 {host}});
    }
    for (int i = 0; i < 3; ++i) {
        const bool isBehind = i == 2;
        info.replicas.push_back({BrokerId(1 + i),
                                 false,
                                 {},
                                 Offset(isBehind ? 1'279'004 : 1'284'511),
                                 Timestamp(now - (isBehind ? 41'000 : 300)),
                                 Timestamp(now - (isBehind ? 95'000 : 300)),
                                 {}});
    }
    return info;
}

FeaturesInfo featuresSample() {
    using Range = FeatureState::Range;
    return {42,
            {{"eligible.leader.replicas.version", Range{0, 1}, 1},
             {"group.version", Range{0, 1}, 1},
             {"kraft.version", Range{0, 1}, 0},
             {"metadata.version", Range{7, 29}, 27},
             {"share.version", Range{0, 1}, 0},
             {"streams.version", Range{0, 1}, 1},
             {"transaction.version", Range{0, 2}, 2}}};
}

std::vector<LogDir> logDirSample() {
    std::vector<LogDir> all;
    for (int broker = 1; broker <= 3; ++broker) {
        for (const char* folder : {"/var/lib/kafka/a", "/var/lib/kafka/b"}) {
            LogDir& dir = all.emplace_back();
            dir.broker = BrokerId(broker);
            dir.path = folder;
            dir.totalBytes = 500'000'000'000;
            dir.usableBytes = broker == 2 ? 31'000'000'000 : 312'000'000'000;
            for (int i = 0; i < 6; ++i) {
                dir.replicas.push_back({{i % 2 == 0 ? "orders" : "stocks.trades", PartitionId(i / 2)},
                                        (broker * 37 + i * 211) * 1'370'000LL,
                                        0,
                                        false});
            }
        }
    }
    all[1].replicas.push_back({{"orders", PartitionId(3)}, 81'000'000, 40'312, true});
    all[4].problem = "The disk could not be read or written.";
    all[4].totalBytes = all[4].usableBytes = -1;
    all[4].replicas.clear();
    return all;
}

}  // namespace

void FakeOperations::fill() {
    const std::int64_t now = QDateTime::currentMSecsSinceEpoch();
    transactionList = transactionsAt(now);
    quorumInfo = quorumSample(now);
    featuresInfo = featuresSample();
    logDirList = logDirSample();
    producerList = {
        {ProducerId(4007), ProducerEpoch(3), Sequence(18), Timestamp(now - 900), 0, Offset(137'352), "billing-1"},
        {ProducerId(4001), ProducerEpoch(0), Sequence(91'204), Timestamp(now - 40), -1, kNoOffset, ""}};
    for (int i = 0; i < 8; ++i) {
        CompactionInfo info;
        info.partition = PartitionId(i);
        info.isCompacted = true;
        info.cleanedUpTo = Offset(9'120);
        info.dirtyEnd = Offset(12'300);
        info.cleanBytes = 2'100'000;
        info.dirtyBytes = 900'000;
        info.tombstonesKeptMs = 86'400'000;
        info.lastRound = Timestamp(now - 1'200'000);
        info.lastBytesBefore = 8'400'000;
        info.lastBytesAfter = 2'100'000;
        compactionList.push_back(info);
    }
    deliveries = deliverySample();
    streamsInfo = streamsSample();
    groupConfigs = {groupConfig("share.record.lock.duration.ms", "30000", "How long a record is a member's alone."),
                    groupConfig("share.session.timeout.ms", "45000", "A member that is silent for so long is gone."),
                    groupConfig("streams.num.standby.replicas", "0", "Copies of each state store.")};
    userList = {{"alice", {{LoginMechanism::kScramSha512, 8192}}}, {"billing", {{LoginMechanism::kScramSha256, 4096}}}};
    ruleList.areEnforced = true;
    ruleList.rules = {{AccessResource::kTopic, "stocks.", AccessPattern::kPrefixed, "User:alice", "*",
                       AccessOperation::kRead, AccessPermission::kAllow},
                      {AccessResource::kGroup, "*", AccessPattern::kLiteral, "User:alice", "*", AccessOperation::kRead,
                       AccessPermission::kAllow},
                      {AccessResource::kTopic, "orders", AccessPattern::kLiteral, "User:*", "*",
                       AccessOperation::kWrite, AccessPermission::kDeny}};
    quotaList = {{{"alice", std::nullopt, std::nullopt}, {{"producer_byte_rate", 1e6}, {"consumer_byte_rate", 5e6}}},
                 {{std::nullopt, "", std::nullopt}, {{"request_percentage", 50}}}};
}

void addGroupsOfEveryType(FakeBackend& backend) {
    Snapshot snapshot = backend.live().copy();
    const auto add = [&snapshot](const char* id, GroupType type, const char* protocol) {
        auto group = std::make_shared<GroupSnapshot>(*snapshot.groups.front());
        group->id = id;
        group->type = type;
        group->protocolType = protocol;
        group->protocolName.clear();
        snapshot.groups.push_back(group);
    };
    add("image-workers", GroupType::kShare, "share");
    add("order-totals", GroupType::kStreams, "streams");
    std::sort(snapshot.groups.begin(), snapshot.groups.end(),
              [](const auto& a, const auto& b) { return a->id < b->id; });
    backend.live().set(std::move(snapshot));
}

}  // namespace weir::ui::test
