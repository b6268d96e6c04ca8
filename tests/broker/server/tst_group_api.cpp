// SPDX-License-Identifier: GPL-3.0-or-later
// Share groups and streams groups over real sockets: what their readers see of transactions, what an administrator
// makes of a group that is not there, and who waits for the disk.
#include <QTest>
#include <algorithm>

#include "broker/protocol/messages/add_partitions_to_txn.h"
#include "broker/protocol/messages/alter_share_group_offsets.h"
#include "broker/protocol/messages/describe_share_group_offsets.h"
#include "broker/protocol/messages/end_txn.h"
#include "broker/protocol/messages/incremental_alter_configs.h"
#include "broker/protocol/messages/init_producer_id.h"
#include "broker/protocol/messages/list_groups.h"
#include "broker/protocol/messages/metadata.h"
#include "broker/protocol/messages/offset_commit.h"
#include "broker/protocol/messages/share_acknowledge.h"
#include "broker/protocol/messages/share_fetch.h"
#include "broker/protocol/messages/share_group_heartbeat.h"
#include "broker/protocol/messages/streams_group_heartbeat.h"
#include "broker/records/batch_header.h"
#include "broker/records/record_iterator.h"
#include "tests/broker/server/server_fixture.h"

using namespace weir;
using namespace weir::testing;
using protocol::ErrorCode;

namespace {

constexpr std::int8_t kGroupResource = 32;

void configure(WireClient& client, const std::string& group, const Configs& configs) {
    protocol::IncrementalAlterConfigsRequest request;
    auto& resource = request.resources.emplace_back();
    resource.resourceType = kGroupResource;
    resource.resourceName = group;
    for (const auto& [name, value] : configs) {
        resource.configs.push_back({name, 0, value, {}});
    }
    const auto response = client.call<protocol::IncrementalAlterConfigsResponse>(request);
    QCOMPARE(response.responses.at(0).errorCode, ErrorCode::kNone);
}

/// A producer with one transaction after the other, as one of before transaction.version 2 would have it.
class Producer {
public:
    Producer(WireClient& client, std::string id) : m_client(client), m_id(std::move(id)) {
        protocol::InitProducerIdRequest request;
        request.transactionalId = m_id;
        request.transactionTimeoutMs = 60'000;
        const auto response = m_client.call<protocol::InitProducerIdResponse>(request, 4);
        WEIR_ASSERT(response.errorCode == ErrorCode::kNone);
        m_producer = response.producerId;
        m_epoch = response.producerEpoch;
    }
    void send(const std::string& topic, const std::vector<std::string>& values) {
        protocol::AddPartitionsToTxnRequest add;
        add.v3AndBelowTransactionalId = m_id;
        add.v3AndBelowProducerId = m_producer;
        add.v3AndBelowProducerEpoch = m_epoch;
        add.v3AndBelowTopics.push_back({topic, {PartitionId(0)}, {}});
        const auto added = m_client.call<protocol::AddPartitionsToTxnResponse>(add, 3);
        WEIR_ASSERT(added.resultsByTopicV3AndBelow.at(0).resultsByPartition.at(0).partitionErrorCode ==
                    ErrorCode::kNone);
        const Bytes batch = batchOf({.values = values,
                                     .producerId = m_producer,
                                     .producerEpoch = m_epoch,
                                     .sequence = Sequence(m_sequence),
                                     .isTransactional = true});
        m_sequence += static_cast<std::int32_t>(values.size());
        protocol::ProduceRequest request;
        request.transactionalId = m_id;
        request.acks = -1;
        request.timeoutMs = 1000;
        auto& data = request.topicData.emplace_back();
        data.name = topic;
        data.partitionData.push_back({PartitionId(0), ByteView(batch), {}});
        const auto response = m_client.call<protocol::ProduceResponse>(request, 9);
        WEIR_ASSERT(response.responses.at(0).partitionResponses.at(0).errorCode == ErrorCode::kNone);
    }
    enum class Decision { kAbort, kCommit };
    void end(Decision decision) {
        protocol::EndTxnRequest request;
        request.transactionalId = m_id;
        request.producerId = m_producer;
        request.producerEpoch = m_epoch;
        request.committed = decision == Decision::kCommit;
        WEIR_ASSERT(m_client.call<protocol::EndTxnResponse>(request, 3).errorCode == ErrorCode::kNone);
    }

private:
    WireClient& m_client;
    const std::string m_id;
    ProducerId m_producer;
    ProducerEpoch m_epoch;
    std::int32_t m_sequence = 0;
};

/// A member of a share group that reads one partition of one topic and accepts what it has read with its next fetch.
class ShareReader {
public:
    ShareReader(ServerFixture& server, std::string group, const std::string& topic)
        : m_client(server.client()),
          m_group(std::move(group)),
          m_topic(server.engine().services().topics.snapshot()->byName(topic)->id) {
        protocol::ShareGroupHeartbeatRequest join;
        join.groupId = m_group;
        join.memberId = m_member;
        join.subscribedTopicNames = std::vector<std::string>{topic};
        const auto joined = m_client.call<protocol::ShareGroupHeartbeatResponse>(join);
        WEIR_ASSERT(joined.errorCode == ErrorCode::kNone);
    }
    using Values = std::vector<std::string>;
    Values read(std::int32_t maxWaitMs = 0) {
        ask(maxWaitMs);
        return answer();
    }
    void ask(std::int32_t maxWaitMs) {
        protocol::ShareFetchRequest request;
        request.groupId = m_group;
        request.memberId = m_member;
        request.shareSessionEpoch = m_epoch++;
        request.maxWaitMs = maxWaitMs;
        request.minBytes = 1;
        request.maxRecords = 500;
        request.batchSize = 500;
        auto& topic = request.topics.emplace_back();
        topic.topicId = m_topic;
        auto& partition = topic.partitions.emplace_back();
        for (const auto& range : m_held) {
            constexpr std::int8_t kAccept = 1;
            partition.acknowledgementBatches.push_back({range.firstOffset, range.lastOffset, {kAccept}, {}});
        }
        m_held.clear();
        m_asked = m_client.send(request, 1);
    }
    Values answer() {
        const auto response = m_client.receive<protocol::ShareFetchResponse>(1, m_asked);
        WEIR_ASSERT(response.errorCode == ErrorCode::kNone);
        if (response.responses.empty()) {
            return {};
        }
        const auto& partition = response.responses.at(0).partitions.at(0);
        WEIR_ASSERT(partition.errorCode == ErrorCode::kNone);
        WEIR_ASSERT(partition.acknowledgeErrorCode == ErrorCode::kNone);
        m_held = partition.acquiredRecords;
        return acquiredValues(partition);
    }

private:
    /// As a consumer would take them: of whole batches only the records that were acquired, and no markers.
    [[nodiscard]] Values acquiredValues(const protocol::ShareFetchResponse::PartitionData& partition) const {
        Values values;
        records::Codec codec;
        records::BatchWalker walker(partition.records.bytes());
        while (const auto batch = walker.next()) {
            Bytes scratch;
            auto records = records::RecordIterator::open(*batch, codec, scratch);
            WEIR_ASSERT(records.ok());
            for (RecordView record; !batch->isControl() && records->next(record);) {
                const bool isHeld = std::ranges::any_of(m_held, [&](const auto& range) {
                    return range.firstOffset <= record.offset && record.offset <= range.lastOffset;
                });
                if (isHeld) {
                    values.emplace_back(asText(*record.value));
                }
            }
        }
        return values;
    }

    WireClient m_client;
    const std::string m_group;
    const std::string m_member = "member-of-" + m_group;
    const TopicId m_topic;
    std::int32_t m_epoch = 0;
    protocol::CorrelationId m_asked{0};
    std::vector<protocol::ShareFetchResponse::AcquiredRecords> m_held;
};

using Values = ShareReader::Values;
using Decision = Producer::Decision;

protocol::AlterShareGroupOffsetsResponse alter(WireClient& client, const std::string& group,
                                               const std::vector<std::pair<std::string, std::int64_t>>& starts) {
    protocol::AlterShareGroupOffsetsRequest request;
    request.groupId = group;
    for (const auto& [topic, start] : starts) {
        request.topics.push_back({topic, {{PartitionId(0), Offset(start), {}}}, {}});
    }
    return client.call<protocol::AlterShareGroupOffsetsResponse>(request);
}

std::int64_t startOf(WireClient& client, const std::string& group, const std::string& topic) {
    protocol::DescribeShareGroupOffsetsRequest request;
    auto& asked = request.groups.emplace_back();
    asked.groupId = group;
    asked.topics.emplace();
    asked.topics->push_back({topic, {PartitionId(0)}, {}});
    const auto response = client.call<protocol::DescribeShareGroupOffsetsResponse>(request);
    return response.groups.at(0).topics.at(0).partitions.at(0).startOffset.value;
}

/// "type state" of a group; empty if nobody knows it.
std::string listed(WireClient& client, const std::string& group) {
    for (const auto& each : client.call<protocol::ListGroupsResponse>(protocol::ListGroupsRequest{}).groups) {
        if (each.groupId == group) {
            return each.groupType + " " + each.groupState;
        }
    }
    return {};
}

protocol::StreamsGroupHeartbeatRequest streamsMember() {
    protocol::StreamsGroupHeartbeatRequest request;
    request.groupId = "app";
    request.memberId = "one";
    request.processId = "one";
    request.rebalanceTimeoutMs = 30'000;
    request.activeTasks.emplace();
    request.standbyTasks.emplace();
    request.warmupTasks.emplace();
    auto& sub = request.topology.emplace().subtopologies.emplace_back();
    sub.subtopologyId = "0";
    sub.sourceTopics = {"in"};
    sub.stateChangelogTopics.push_back({"app-changelog", 0, 0, {{"cleanup.policy", "compact", {}}}, {}});
    return request;
}

}  // namespace

class TestGroupApi : public QObject {
    Q_OBJECT

private slots:
    void aShareGroupOfCommittedDataSeesNothingAbortedAndNothingOpen() {
        ServerFixture server;
        auto client = server.client();
        server.createTopic("t");
        configure(client, "committed",
                  {{"share.isolation.level", "read_committed"}, {"share.auto.offset.reset", "earliest"}});
        configure(client, "all", {{"share.auto.offset.reset", "earliest"}});
        Producer aborting(client, "aborting");
        Producer committing(client, "committing");
        Producer open(client, "open");
        produce(client, "t", 0, batchOf({.values = {"plain"}}));
        aborting.send("t", {"aborted-1", "aborted-2"});
        committing.send("t", {"committed"});
        aborting.end(Decision::kAbort);
        committing.end(Decision::kCommit);
        open.send("t", {"open"});
        produce(client, "t", 0, batchOf({.values = {"behind it"}}));

        ShareReader committed(server, "committed", "t");
        ShareReader all(server, "all", "t");
        QCOMPARE(all.read(), (Values{"plain", "aborted-1", "aborted-2", "committed", "open", "behind it"}));
        Values seen;
        for (auto now = committed.read(); !now.empty(); now = committed.read()) {
            seen.insert(seen.end(), now.begin(), now.end());
        }
        QCOMPARE(seen, (Values{"plain", "committed"}));
        // What was aborted does not hold the group's start back: 0, 1-2, 3, two markers, and here is what is open.
        QCOMPARE(startOf(client, "committed", "t"), 6);

        committed.ask(20'000);
        open.end(Decision::kAbort);
        QCOMPARE(committed.answer(), Values{"behind it"});
        open.send("t", {"later"});
        QCOMPARE(committed.read(), Values{});
        committed.ask(20'000);
        open.end(Decision::kCommit);
        QCOMPARE(committed.answer(), Values{"later"});
        QCOMPARE(committed.read(), Values{});
    }

    void whatWasAbortedStaysUnseenAfterARestartAndForAnotherMember() {
        ServerFixture server;
        server.createTopic("t");
        {
            auto client = server.client();
            configure(client, "g",
                      {{"share.isolation.level", "read_committed"}, {"share.auto.offset.reset", "earliest"}});
            Producer producer(client, "p");
            producer.send("t", {"no"});
            producer.end(Decision::kAbort);
            producer.send("t", {"yes"});
            producer.end(Decision::kCommit);
            ShareReader reader(server, "g", "t");
            QCOMPARE(reader.read(), Values{"yes"});
        }
        // It went without a word: what it held is another's.
        server.stop();
        server.start();
        ShareReader reader(server, "g", "t");
        QCOMPARE(reader.read(20'000), Values{"yes"});
        QCOMPARE(reader.read(), Values{});
    }

    void settingTheOffsetsOfAMissingShareGroupMakesIt() {
        ServerFixture server;
        auto client = server.client();
        server.createTopic("t");
        produce(client, "t", 0, batchOf({.values = {"a", "b", "c"}}));
        // No topic that is there: no group. As Apache Kafka 4.2.1 answers.
        const auto unknown = alter(client, "new", {{"nope", 0}});
        QCOMPARE(unknown.errorCode, ErrorCode::kNone);
        QCOMPARE(unknown.responses.at(0).partitions.at(0).errorCode, ErrorCode::kUnknownTopicOrPartition);
        QCOMPARE(alter(client, "new", {}).errorCode, ErrorCode::kNone);
        QCOMPARE(listed(client, "new"), std::string());
        QCOMPARE(alter(client, "", {{"t", 0}}).errorCode, ErrorCode::kInvalidGroupId);

        // A group that is not there is one without positions.
        QCOMPARE(startOf(client, "new", "t"), -1);
        // A topic makes it, even if what was asked for of it is not there.
        protocol::AlterShareGroupOffsetsRequest beyond;
        beyond.groupId = "of-a-topic";
        beyond.topics.push_back({"t", {{PartitionId(9), Offset(0), {}}}, {}});
        const auto missing = client.call<protocol::AlterShareGroupOffsetsResponse>(beyond, 0);
        QCOMPARE(missing.responses.at(0).partitions.at(0).errorCode, ErrorCode::kUnknownTopicOrPartition);
        QCOMPARE(listed(client, "of-a-topic"), std::string("share Empty"));
        QCOMPARE(startOf(client, "of-a-topic", "t"), -1);

        const auto made = alter(client, "new", {{"t", 1}, {"nope", 0}});
        QCOMPARE(made.errorCode, ErrorCode::kNone);
        QCOMPARE(made.responses.at(0).partitions.at(0).errorCode, ErrorCode::kNone);
        QCOMPARE(made.responses.at(1).partitions.at(0).errorCode, ErrorCode::kUnknownTopicOrPartition);
        QCOMPARE(listed(client, "new"), std::string("share Empty"));

        server.stop();
        server.start();
        auto again = server.client();
        QCOMPARE(listed(again, "new"), std::string("share Empty"));
        QCOMPARE(startOf(again, "new", "t"), 1);
        ShareReader reader(server, "new", "t");
        QCOMPARE(reader.read(), (Values{"b", "c"}));
        QCOMPARE(alter(again, "new", {{"t", 0}}).errorCode, ErrorCode::kNonEmptyGroup);
    }

    void aConsumerGroupIsNoShareGroupToSetOffsetsOf() {
        ServerFixture server;
        auto client = server.client();
        server.createTopic("t");
        protocol::OffsetCommitRequest commit;
        commit.groupId = "readers";
        auto& topic = commit.topics.emplace_back();
        topic.name = "t";
        auto& partition = topic.partitions.emplace_back();
        partition.partitionIndex = PartitionId(0);
        partition.committedOffset = Offset(0);
        const auto committed = client.call<protocol::OffsetCommitResponse>(commit, 8);
        QCOMPARE(committed.topics.at(0).partitions.at(0).errorCode, ErrorCode::kNone);
        QCOMPARE(alter(client, "readers", {{"t", 0}}).errorCode, ErrorCode::kGroupIdNotFound);
        QVERIFY(listed(client, "readers").ends_with("Empty"));
    }

    void topicsOfAStreamsApplicationKeepOnlyItWaitingForASlowDisk() {
        ServerFixture server(Configs{{"num.network.threads", "1"}});
        server.createTopic("in", 2);
        auto application = server.client();
        auto other = server.client();
        server.holdFolders();
        const auto asked = application.send(streamsMember(), 0);
        QTRY_VERIFY(server.foldersHeld() > 0);
        QCOMPARE(other.call<protocol::MetadataResponse>(protocol::MetadataRequest{}, 9).brokers.size(), 1U);
        QCOMPARE(produce(other, "in", 0, batchOf({})).errorCode, ErrorCode::kNone);
        server.releaseFolders();
        const auto joined = application.receive<protocol::StreamsGroupHeartbeatResponse>(0, asked);
        QCOMPARE(joined.errorCode, ErrorCode::kNone);
        const auto made = server.engine().services().topics.snapshot()->byName("app-changelog");
        QVERIFY(made != nullptr);
        QVERIFY(made->has(PartitionId(1)));
    }

    void aBrokerThatStopsMeanwhileHangsUpOnTheApplication() {
        ServerFixture server;
        server.createTopic("in");
        auto application = server.client();
        server.holdFolders();
        application.send(streamsMember(), 0);
        QTRY_VERIFY(server.foldersHeld() > 0);
        auto second = server.client();
        auto request = streamsMember();
        request.groupId = "app-two";
        request.topology->subtopologies[0].stateChangelogTopics[0].name = "app-two-changelog";
        second.send(request, 0);
        server.releaseFolders();
        server.stop();
        // Answered or hung up on; whoever waits behind the one under way is not left waiting.
        second.receiveFrame();
        QVERIFY(!second.receiveFrame());
    }
};

QTEST_APPLESS_MAIN(TestGroupApi)
#include "tst_group_api.moc"
