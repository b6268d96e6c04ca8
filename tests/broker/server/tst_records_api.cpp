// SPDX-License-Identifier: GPL-3.0-or-later
// Produce, Fetch, ListOffsets, DeleteRecords and InitProducerId over real sockets.
#include <QTest>
#include <thread>

#include "broker/protocol/messages/delete_records.h"
#include "broker/protocol/messages/delete_topics.h"
#include "broker/protocol/messages/init_producer_id.h"
#include "broker/protocol/messages/list_offsets.h"
#include "broker/protocol/messages/offset_for_leader_epoch.h"
#include "broker/protocol/messages/write_txn_markers.h"
#include "broker/records/batch_header.h"
#include "tests/broker/server/server_fixture.h"

using namespace weir;
using namespace weir::testing;
using protocol::ErrorCode;
using protocol::FetchResponse;

namespace {

std::int64_t offsetAt(WireClient& client, const std::string& topic, std::int64_t timestamp, std::int16_t version = 7) {
    protocol::ListOffsetsRequest request;
    request.replicaId = BrokerId(-1);
    auto& wanted = request.topics.emplace_back();
    wanted.name = topic;
    wanted.partitions.push_back({PartitionId(0), kNoLeaderEpoch, Timestamp(timestamp), {}});
    const auto response = client.call<protocol::ListOffsetsResponse>(request, version);
    return response.topics.at(0).partitions.at(0).offset.value;
}

const FetchResponse::PartitionData& onlyPartition(const FetchResponse& response) {
    return response.responses.at(0).partitions.at(0);
}

}  // namespace

class TestRecordsApi : public QObject {
    Q_OBJECT

private slots:
    void whatIsProducedIsFetchedInEveryVersion() {
        ServerFixture server;
        auto client = server.client();
        server.createTopic("t");
        const auto id = server.engine().services().topics.snapshot()->byName("t")->id;
        std::vector<std::string> sent;
        for (std::int16_t version = 3; version <= 13; ++version) {
            sent.push_back("v" + std::to_string(version));
            const Bytes batch = batchOf({.values = {sent.back()}});
            protocol::ProduceRequest request;
            request.acks = 1;
            auto& data = request.topicData.emplace_back();
            (version < 13 ? data.name = "t", void() : void(data.topicId = id));
            data.partitionData.push_back({PartitionId(0), ByteView(batch), {}});
            const auto response = client.call<protocol::ProduceResponse>(request, version);
            const auto& answer = response.responses.at(0).partitionResponses.at(0);
            QCOMPARE(answer.errorCode, ErrorCode::kNone);
            QCOMPARE(answer.baseOffset.value, static_cast<std::int64_t>(sent.size()) - 1);
        }
        for (std::int16_t version = 4; version <= 18; ++version) {
            auto request = fetchOf({.topic = "t", .version = version});
            request.topics[0].topicId = version >= 13 ? id : Uuid{};
            const auto response = client.call<FetchResponse>(request, version);
            QCOMPARE(onlyPartition(response).errorCode, ErrorCode::kNone);
            QCOMPARE(valuesIn(onlyPartition(response).records.bytes()), sent);
        }
        for (std::int16_t version = 1; version <= 11; ++version) {
            QCOMPARE(offsetAt(client, "t", -1, version), static_cast<std::int64_t>(sent.size()));
        }
    }

    void compressedBatchesComeBackByteForByte_data() {
        QTest::addColumn<int>("codec");
        for (int codec = 0; codec <= 4; ++codec) {
            QTest::addRow("codec %d", codec) << codec;
        }
    }
    void compressedBatchesComeBackByteForByte() {
        QFETCH(int, codec);
        ServerFixture server;
        auto client = server.client();
        server.createTopic("t");
        const Bytes batch =
            batchOf({.values = {"a", std::string(50'000, 'b'), ""}, .compression = static_cast<Compression>(codec)});
        QCOMPARE(produce(client, "t", 0, batch).errorCode, ErrorCode::kNone);
        const auto response = client.call<FetchResponse>(fetchOf({.topic = "t"}), 12);
        const ByteView got = onlyPartition(response).records.bytes();
        QCOMPARE(got.size(), batch.size());
        QVERIFY(std::equal(got.begin() + 16, got.end(), batch.begin() + 16));
    }

    void refusedBatchesGetTheirOwnCode() {
        ServerFixture server;
        auto client = server.client();
        server.createTopic("t", 1, {{"max.message.bytes", "2000"}});
        server.createTopic("compacted", 1, {{"cleanup.policy", "compact"}});
        QCOMPARE(produce(client, "nowhere", 0, batchOf({})).errorCode, ErrorCode::kUnknownTopicOrPartition);
        QCOMPARE(produce(client, "t", 7, batchOf({})).errorCode, ErrorCode::kUnknownTopicOrPartition);
        QCOMPARE(produce(client, "t", 0, {}).errorCode, ErrorCode::kInvalidRecord);
        Bytes wrongCrc = batchOf({});
        wrongCrc.back() ^= std::byte{1};
        QCOMPARE(produce(client, "t", 0, wrongCrc).errorCode, ErrorCode::kCorruptMessage);
        QCOMPARE(produce(client, "t", 0, batchOf({.values = {std::string(3000, 'x')}})).errorCode,
                 ErrorCode::kMessageTooLarge);
        QCOMPARE(produce(client, "t", 0, batchOf({.compression = Compression::kZstd}), 6).errorCode,
                 ErrorCode::kUnsupportedCompressionType);
        QCOMPARE(
            produce(client, "t", 0, batchOf({.timestamp = Timestamp(SystemClock().wallNowMs() + 7'200'000)})).errorCode,
            ErrorCode::kInvalidTimestamp);
        const auto keyless = produce(client, "compacted", 0, batchOf({.values = {"a", "b"}, .hasKeys = false}));
        QCOMPARE(keyless.errorCode, ErrorCode::kInvalidRecord);
        QCOMPARE(keyless.recordErrors.size(), 2U);
        QCOMPARE(offsetAt(client, "t", -1), 0);
    }

    void oneBadPartitionDoesNotHoldUpTheOthers() {
        ServerFixture server;
        auto client = server.client();
        server.createTopic("t", 2);
        const Bytes good = batchOf({});
        Bytes bad = good;
        bad.back() ^= std::byte{1};
        protocol::ProduceRequest request;
        request.acks = -1;
        auto& data = request.topicData.emplace_back();
        data.name = "t";
        data.partitionData.push_back({PartitionId(0), ByteView(bad), {}});
        data.partitionData.push_back({PartitionId(1), ByteView(good), {}});
        const auto response = client.call<protocol::ProduceResponse>(request, 9);
        QCOMPARE(response.responses[0].partitionResponses[0].errorCode, ErrorCode::kCorruptMessage);
        QCOMPARE(response.responses[0].partitionResponses[1].errorCode, ErrorCode::kNone);
    }

    void acksZeroHasNoAnswerAndFailureHangsUp() {
        ServerFixture server;
        auto client = server.client();
        server.createTopic("t");
        const Bytes batch = batchOf({});
        protocol::ProduceRequest request;
        request.acks = 0;
        auto& data = request.topicData.emplace_back();
        data.name = "t";
        data.partitionData.push_back({PartitionId(0), ByteView(batch), {}});
        client.send(request, 9);
        QCOMPARE(offsetAt(client, "t", -1), 1);
        request.topicData[0].name = "nowhere";
        client.send(request, 9);
        QVERIFY(client.waitForClose());
    }

    void acksOtherThanZeroOneAndAllAreRefused() {
        ServerFixture server;
        auto client = server.client();
        server.createTopic("t");
        const Bytes batch = batchOf({});
        protocol::ProduceRequest request;
        request.acks = 2;
        auto& data = request.topicData.emplace_back();
        data.name = "t";
        data.partitionData.push_back({PartitionId(0), ByteView(batch), {}});
        const auto response = client.call<protocol::ProduceResponse>(request, 9);
        QCOMPARE(response.responses[0].partitionResponses[0].errorCode, ErrorCode::kInvalidRequiredAcks);
    }

    void retriesOfAnIdempotentProducerAreStoredOnceAlsoAfterARestart() {
        ServerFixture server;
        constexpr std::int16_t kInitVersion = 5;  // 6 is not released yet, and not served.
        protocol::InitProducerIdRequest init;
        init.transactionalId.reset();
        ProducerId id;
        ProducerId other;
        Bytes first;
        {
            auto client = server.client();
            server.createTopic("t");
            id = client.call<protocol::InitProducerIdResponse>(init, kInitVersion).producerId;
            other = client.call<protocol::InitProducerIdResponse>(init, kInitVersion).producerId;
            QVERIFY(id != other && id.value >= 0);
            first = batchOf(
                {.values = {"a", "b"}, .producerId = id, .producerEpoch = ProducerEpoch(0), .sequence = Sequence(0)});
            QCOMPARE(produce(client, "t", 0, first).baseOffset.value, 0);
            const auto again = produce(client, "t", 0, first);
            QCOMPARE(again.errorCode, ErrorCode::kNone);
            QCOMPARE(again.baseOffset.value, 0);
            const Bytes gap = batchOf({.producerId = id, .producerEpoch = ProducerEpoch(0), .sequence = Sequence(5)});
            QCOMPARE(produce(client, "t", 0, gap).errorCode, ErrorCode::kOutOfOrderSequenceNumber);
        }
        server.stop();
        server.start();
        auto client = server.client();
        const auto again = produce(client, "t", 0, first);
        QCOMPARE(again.errorCode, ErrorCode::kNone);
        QCOMPARE(again.baseOffset.value, 0);
        QCOMPARE(offsetAt(client, "t", -1), 2);
        const ProducerId later = client.call<protocol::InitProducerIdResponse>(init, kInitVersion).producerId;
        QVERIFY(later != id && later != other);
        init.transactionalId = "tx";
        QCOMPARE(client.call<protocol::InitProducerIdResponse>(init, kInitVersion).errorCode,
                 ErrorCode::kInvalidTransactionTimeout);
    }

    void aParkedFetchWakesOnAppend() {
        ServerFixture server;
        server.createTopic("t");
        auto consumer = server.client();
        auto producer = server.client();
        auto request = fetchOf({.topic = "t", .maxWaitMs = 60'000});
        const auto id = consumer.send(request, 12);
        // The second connection proves that the first one's wait holds up nobody.
        QCOMPARE(produce(producer, "t", 0, batchOf({.values = {"late"}})).errorCode, ErrorCode::kNone);
        const auto response = consumer.receive<FetchResponse>(12, id);
        QCOMPARE(valuesIn(onlyPartition(response).records.bytes()), std::vector<std::string>{"late"});
    }

    void aParkedFetchWaitsForItsMinimumAndEndsAtItsDeadline() {
        ServerFixture server;
        server.createTopic("t");
        auto consumer = server.client();
        auto producer = server.client();
        const auto big = consumer.send(fetchOf({.topic = "t", .maxWaitMs = 60'000, .minBytes = 5'000}), 12);
        for (int i = 0; i < 6; ++i) {
            produce(producer, "t", 0, batchOf({.values = {std::string(1'000, 'x')}}));
        }
        QVERIFY(valuesIn(onlyPartition(consumer.receive<FetchResponse>(12, big)).records.bytes()).size() >= 4);
        const auto none = consumer.call<FetchResponse>(fetchOf({.topic = "t", .offset = 6, .maxWaitMs = 50}), 12);
        QVERIFY(onlyPartition(none).records.bytes().empty());
        QVERIFY(!onlyPartition(none).records.isNull());
        QCOMPARE(onlyPartition(none).highWatermark.value, 6);
    }

    void fetchErrorsAnswerAtOnceWithTheirCodes() {
        ServerFixture server;
        server.createTopic("t");
        auto client = server.client();
        const auto errorOf = [&](const FetchResponse& response) { return onlyPartition(response).errorCode; };
        auto beyond = client.call<FetchResponse>(fetchOf({.topic = "t", .offset = 9, .maxWaitMs = 60'000}), 12);
        QCOMPARE(errorOf(beyond), ErrorCode::kOffsetOutOfRange);
        QCOMPARE(onlyPartition(beyond).highWatermark, kNoOffset);
        QCOMPARE(errorOf(client.call<FetchResponse>(fetchOf({.topic = "x", .maxWaitMs = 60'000}), 12)),
                 ErrorCode::kUnknownTopicOrPartition);
        auto byId = fetchOf({.topic = "", .maxWaitMs = 60'000});
        SystemRandom random;
        byId.topics[0].topicId = Uuid::random(random);
        QCOMPARE(errorOf(client.call<FetchResponse>(byId, 16)), ErrorCode::kUnknownTopicId);
        for (const std::int16_t version : {std::int16_t{9}, std::int16_t{12}}) {
            auto epoch = fetchOf({.topic = "t", .maxWaitMs = 60'000});
            epoch.topics[0].partitions[0].currentLeaderEpoch = LeaderEpoch(99);
            QCOMPARE(errorOf(client.call<FetchResponse>(epoch, version)), ErrorCode::kUnknownLeaderEpoch);
        }
    }

    void fetchSessionsLeaveOutWhatHasNotChanged() {
        ServerFixture server;
        server.createTopic("t", 2);
        auto client = server.client();
        produce(client, "t", 0, batchOf({.values = {"a"}}));
        auto full = fetchOf({.topic = "t"});
        full.topics[0].partitions.push_back(full.topics[0].partitions[0]);
        full.topics[0].partitions[1].partition = PartitionId(1);
        full.sessionEpoch = 0;
        const auto opened = client.call<FetchResponse>(full, 12);
        QVERIFY(opened.sessionId != 0);
        QCOMPARE(opened.responses.at(0).partitions.size(), 2U);
        protocol::FetchRequest next;
        next.sessionId = opened.sessionId;
        next.sessionEpoch = 1;
        next.minBytes = 1;
        auto& advanced = next.topics.emplace_back();
        advanced.topic = "t";
        auto& position = advanced.partitions.emplace_back();
        position.fetchOffset = Offset(1);
        position.partitionMaxBytes = 1 << 20;
        QVERIFY(client.call<FetchResponse>(next, 12).responses.empty());
        produce(client, "t", 1, batchOf({.values = {"b"}}));
        next.topics.clear();
        next.sessionEpoch = 2;
        const auto moved = client.call<FetchResponse>(next, 12);
        QCOMPARE(onlyPartition(moved).partitionIndex, PartitionId(1));
        QCOMPARE(client.call<FetchResponse>(next, 12).errorCode, ErrorCode::kInvalidFetchSessionEpoch);
        next.sessionId ^= 1;
        QCOMPARE(client.call<FetchResponse>(next, 12).errorCode, ErrorCode::kFetchSessionIdNotFound);
    }

    void aDeletedAndRecreatedTopicLeaksNothing() {
        ServerFixture server;
        server.createTopic("t");
        auto client = server.client();
        const auto oldId = server.engine().services().topics.snapshot()->byName("t")->id;
        produce(client, "t", 0,
                batchOf({.values = {"old"},
                         .producerId = ProducerId(5),
                         .producerEpoch = ProducerEpoch(0),
                         .sequence = Sequence(0)}));
        auto full = fetchOf({.topic = "t"});
        full.topics[0].topicId = oldId;
        full.sessionEpoch = 0;
        const auto opened = client.call<FetchResponse>(full, 16);
        auto parkedClient = server.client();
        const auto parked = parkedClient.send(fetchOf({.topic = "t", .offset = 1, .maxWaitMs = 60'000}), 12);
        protocol::DeleteTopicsRequest remove;
        remove.topicNames = {"t"};
        QCOMPARE(client.call<protocol::DeleteTopicsResponse>(remove, 5).responses[0].errorCode, ErrorCode::kNone);
        QCOMPARE(onlyPartition(parkedClient.receive<FetchResponse>(12, parked)).errorCode,
                 ErrorCode::kUnknownTopicOrPartition);
        server.createTopic("t");
        QVERIFY(server.engine().services().topics.snapshot()->byName("t")->id != oldId);
        QCOMPARE(offsetAt(client, "t", -1), 0);
        protocol::FetchRequest next;
        next.sessionId = opened.sessionId;
        next.sessionEpoch = 1;
        QCOMPARE(onlyPartition(client.call<FetchResponse>(next, 16)).errorCode, ErrorCode::kInconsistentTopicId);
        QCOMPARE(produce(client, "t", 0,
                         batchOf({.values = {"new"},
                                  .producerId = ProducerId(5),
                                  .producerEpoch = ProducerEpoch(0),
                                  .sequence = Sequence(0)}))
                     .baseOffset.value,
                 0);
    }

    void offsetsAreFoundByTimeAndPlace() {
        ServerFixture server;
        server.createTopic("t");
        auto client = server.client();
        const std::int64_t now = SystemClock().wallNowMs();
        for (int i = 0; i < 3; ++i) {
            produce(client, "t", 0, batchOf({.values = {"x"}, .timestamp = Timestamp(now - 3000 + i * 1000)}));
        }
        QCOMPARE(offsetAt(client, "t", -2), 0);
        QCOMPARE(offsetAt(client, "t", -1), 3);
        QCOMPARE(offsetAt(client, "t", -3), 2);
        QCOMPARE(offsetAt(client, "t", now - 2500), 1);
        QCOMPARE(offsetAt(client, "t", now + 1), -1);
        protocol::OffsetForLeaderEpochRequest epochs;
        auto& wanted = epochs.topics.emplace_back();
        wanted.topic = "t";
        wanted.partitions.push_back({PartitionId(0), kNoLeaderEpoch, LeaderEpoch(0), {}});
        wanted.partitions.push_back({PartitionId(0), kNoLeaderEpoch, LeaderEpoch(50), {}});
        const auto ends = client.call<protocol::OffsetForLeaderEpochResponse>(epochs);
        QCOMPARE(ends.topics[0].partitions[0].endOffset.value, 3);
        QCOMPARE(ends.topics[0].partitions[1].endOffset, kNoOffset);
    }

    void deletedRecordsStayDeletedOverARestart() {
        ServerFixture server;
        server.createTopic("t");
        protocol::DeleteRecordsRequest request;
        auto& wanted = request.topics.emplace_back();
        wanted.name = "t";
        wanted.partitions.push_back({PartitionId(0), Offset(2), {}});
        {
            auto client = server.client();
            produce(client, "t", 0, batchOf({.values = {"a", "b", "c"}}));
            auto done = client.call<protocol::DeleteRecordsResponse>(request);
            QCOMPARE(done.topics[0].partitions[0].lowWatermark.value, 2);
            request.topics[0].partitions[0].offset = Offset(9);
            done = client.call<protocol::DeleteRecordsResponse>(request);
            QCOMPARE(done.topics[0].partitions[0].errorCode, ErrorCode::kOffsetOutOfRange);
        }
        server.stop();
        server.start();
        auto client = server.client();
        QCOMPARE(offsetAt(client, "t", -2), 2);
    }

    void recordsOfATopicThatIsOnlyCompactedAreNotDeleted() {
        ServerFixture server;
        server.createTopic("t");
        auto client = server.client();
        produce(client, "t", 0, batchOf({.values = {"a", "b", "c"}}));
        const auto deleteBelow = [&client](std::int64_t offset) {
            protocol::DeleteRecordsRequest request;
            auto& wanted = request.topics.emplace_back();
            wanted.name = "t";
            wanted.partitions.push_back({PartitionId(0), Offset(offset), {}});
            return client.call<protocol::DeleteRecordsResponse>(request).topics[0].partitions[0];
        };
        auto& topics = server.engine().services().topics;
        const auto setPolicy = [&topics](const char* policy) {
            return topics.replaceTopicConfig("t", {{"cleanup.policy", policy}}, topics::Mode::kApply).ok();
        };
        QVERIFY(setPolicy("compact"));
        QCOMPARE(deleteBelow(1).errorCode, ErrorCode::kPolicyViolation);
        QCOMPARE(deleteBelow(9).errorCode, ErrorCode::kPolicyViolation);
        QVERIFY(setPolicy("compact,delete"));
        QCOMPARE(deleteBelow(1).errorCode, ErrorCode::kNone);
        QCOMPARE(deleteBelow(-1).lowWatermark, Offset(3));
    }

    void aFullDiskRefusesWritesServesReadersAndHeals() {
        ServerFixture server;
        server.createTopic("t");
        auto client = server.client();
        QCOMPARE(produce(client, "t", 0, batchOf({.values = {"before"}})).errorCode, ErrorCode::kNone);
        server.fillDisk();
        QCOMPARE(produce(client, "t", 0, batchOf({.values = {"refused"}})).errorCode, ErrorCode::kKafkaStorageError);
        auto read = client.call<FetchResponse>(fetchOf({.topic = "t"}), 12);
        QCOMPARE(valuesIn(onlyPartition(read).records.bytes()), std::vector<std::string>{"before"});
        server.makeRoom();
        QCOMPARE(produce(client, "t", 0, batchOf({.values = {"after"}})).errorCode, ErrorCode::kNone);
        read = client.call<FetchResponse>(fetchOf({.topic = "t"}), 12);
        QCOMPARE(valuesIn(onlyPartition(read).records.bytes()), (std::vector<std::string>{"before", "after"}));
    }

    void durableAcknowledgementsArriveAfterTheFlush() {
        ServerFixture server(Configs{{"weir.durability", "durable"}});
        server.createTopic("t");
        auto client = server.client();
        for (int i = 0; i < 20; ++i) {
            QCOMPARE(produce(client, "t", 0, batchOf({})).baseOffset.value, i);
        }
        auto read = client.call<FetchResponse>(fetchOf({.topic = "t"}), 12);
        QCOMPARE(onlyPartition(read).highWatermark.value, 20);
    }

    // Kafka appends markers with acks=all; here that is a sync.
    void aMarkerIsAnsweredWhenItIsOnTheDisk() {
        ServerFixture server(Configs{{"weir.durability", "durable"}});
        server.createTopic("good");
        server.createTopic("bad");
        auto client = server.client();
        const auto markBoth = [&client] {
            protocol::WriteTxnMarkersRequest request;
            request.markers.push_back({ProducerId(7),
                                       ProducerEpoch(0),
                                       false,
                                       {{"good", {PartitionId(0)}, {}}, {"bad", {PartitionId(0)}, {}}},
                                       0,
                                       0,
                                       {}});
            const auto answer = client.call<protocol::WriteTxnMarkersResponse>(request);
            const auto& topics = answer.markers.at(0).topics;
            return std::pair(topics.at(0).partitions.at(0).errorCode, topics.at(1).partitions.at(0).errorCode);
        };
        const auto committed = [&server](const char* topic) {
            const auto found = server.engine().services().topics.snapshot()->partition(topic, PartitionId(0));
            return found ? found->offsets().highWatermark.value : -1;
        };
        QCOMPARE(markBoth(), std::pair(ErrorCode::kNone, ErrorCode::kNone));
        QCOMPARE(committed("good"), 1);
        QCOMPARE(committed("bad"), 1);
        server.failSyncsIn("bad-0");
        QCOMPARE(markBoth(), std::pair(ErrorCode::kNone, ErrorCode::kKafkaStorageError));
        QCOMPARE(committed("good"), 2);
    }

    void aTopicWithACodecOfItsOwnStoresInIt() {
        ServerFixture server;
        server.createTopic("t", 1, {{"compression.type", "lz4"}});
        auto client = server.client();
        QCOMPARE(produce(client, "t", 0, batchOf({.values = {"a", "b"}, .compression = Compression::kGzip})).errorCode,
                 ErrorCode::kNone);
        const auto read = client.call<FetchResponse>(fetchOf({.topic = "t"}), 12);
        const auto batch = records::BatchView::of(onlyPartition(read).records.bytes());
        QVERIFY(batch && batch->compression() == Compression::kLz4);
        QCOMPARE(valuesIn(onlyPartition(read).records.bytes()), (std::vector<std::string>{"a", "b"}));
    }
};

QTEST_GUILESS_MAIN(TestRecordsApi)
#include "tst_records_api.moc"
