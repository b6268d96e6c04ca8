// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "broker/protocol/codec.h"
#include "broker/protocol/frame.h"
#include "broker/protocol/headers.h"
#include "broker/protocol/messages/api_versions.h"
#include "broker/protocol/messages/consumer_group_heartbeat.h"
#include "broker/protocol/messages/create_topics.h"
#include "broker/protocol/messages/describe_topic_partitions.h"
#include "broker/protocol/messages/fetch.h"
#include "broker/protocol/messages/find_coordinator.h"
#include "broker/protocol/messages/list_offsets.h"
#include "broker/protocol/messages/metadata.h"
#include "broker/protocol/messages/produce.h"
#include "tests/broker/protocol/hex.h"

using namespace weir;
using namespace weir::protocol;
using weir::protocol::test::hex;
using weir::protocol::test::toHex;

namespace {

/// The message encodes to exactly these bytes and these bytes decode to the message.
template <class Message>
void verify(const Message& message, std::int16_t version, const char* golden) {
    const Bytes expected = hex(golden);
    Bytes bytes;
    const auto encoded = encode(message, ApiVersion(version), bytes);
    QVERIFY2(encoded.ok(), encoded.ok() ? "" : encoded.error().message.c_str());
    QCOMPARE(toHex(bytes), toHex(expected));
    const auto decoded = decode<Message>(expected, ApiVersion(version), TrailingBytes::kRefuse);
    QVERIFY2(decoded.ok(), decoded.ok() ? "" : decoded.error().message.c_str());
    QVERIFY(*decoded == message);
    const auto size = encodedSize(message, ApiVersion(version));
    QVERIFY(size.ok() && *size == expected.size());
}

Uuid countingUuid() {
    Uuid uuid;
    for (std::size_t i = 0; i < uuid.bytes.size(); ++i) {
        uuid.bytes[i] = static_cast<std::byte>(i + 1);
    }
    return uuid;
}
constexpr const char* kCountingUuidHex = "01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10";

}  // namespace

class TestProtocolGolden : public QObject {
    Q_OBJECT
private slots:
    void apiVersions();
    void metadata();
    void produceRequest();
    void produceResponse();
    void fetchRequest();
    void fetchResponse();
    void listOffsets();
    void createTopics();
    void findCoordinator();
    void nullableStructs();
    void requestHeaderIsFlexibleButItsClientIdIsNot();
    void apiVersionsAnswersWithHeaderZero();
    void otherFlexibleResponsesHaveTaggedHeaders();
};

void TestProtocolGolden::apiVersions() {
    verify(ApiVersionsRequest{}, 0, "");
    verify(ApiVersionsRequest{.clientSoftwareName = "weir", .clientSoftwareVersion = "1.0"}, 4,
           "05 'weir' 04 '1.0' 00");
    ApiVersionsResponse response;
    response.errorCode = ErrorCode::kUnsupportedVersion;
    response.apiKeys.push_back({.apiKey = 18, .minVersion = 0, .maxVersion = 4});
    verify(response, 0, "00 23  00 00 00 01  00 12 00 00 00 04");
    verify(response, 1, "00 23  00 00 00 01  00 12 00 00 00 04  00 00 00 00");
    response.errorCode = ErrorCode::kNone;
    response.throttleTimeMs = 7;
    response.supportedFeatures.push_back({.name = "group.version", .minVersion = 0, .maxVersion = 1});
    response.finalizedFeaturesEpoch = 5;
    response.finalizedFeatures.push_back({.name = "group.version", .maxVersionLevel = 1, .minVersionLevel = 1});
    verify(response, 4,
           "00 00  02  00 12 00 00 00 04 00  00 00 00 07"
           "03"  // three of four tagged fields: zkMigrationReady is at its default
           "00 14  02 0e 'group.version' 00 00 00 01 00"  // supported features, 20 bytes
           "01 08  00 00 00 00 00 00 00 05"               // epoch
           "02 14  02 0e 'group.version' 00 01 00 01 00");
}

void TestProtocolGolden::metadata() {
    MetadataRequest all;
    all.topics = std::nullopt;
    verify(all, 1, "ff ff ff ff");
    MetadataRequest some;
    some.topics = {{.name = "t"}};
    verify(some, 0, "00 00 00 01  00 01 't'");
    some.topics->front().topicId = countingUuid();
    some.topics->front().name = std::nullopt;
    some.allowAutoTopicCreation = false;
    verify(some, 13, (std::string("02 ") + kCountingUuidHex + " 00 00  00 00 00").c_str());

    MetadataResponse response;
    response.brokers.push_back({.nodeId = BrokerId(1), .host = "h", .port = 9092});
    response.topics.push_back({.name = "t"});
    response.topics[0].partitions.push_back({.partitionIndex = PartitionId(2),
                                             .leaderId = BrokerId(1),
                                             .replicaNodes = {BrokerId(1)},
                                             .isrNodes = {BrokerId(1)}});
    verify(response, 0,
           "00 00 00 01  00 00 00 01 00 01 'h' 00 00 23 84"
           "00 00 00 01  00 00 00 01 't'"
           "00 00 00 01  00 00 00 00 00 02 00 00 00 01  00 00 00 01 00 00 00 01  00 00 00 01 00 00 00 01");
    response.clusterId = "c";
    response.controllerId = BrokerId(1);
    response.topics[0].topicId = countingUuid();
    verify(response, 13,
           (std::string("00 00 00 00  02 00 00 00 01 02 'h' 00 00 23 84 00 00  02 'c'  00 00 00 01"
                        "02 00 00 02 't' ") +
            kCountingUuidHex +
            " 00  02 00 00 00 00 00 02 00 00 00 01 ff ff ff ff 02 00 00 00 01 02 00 00 00 01 01 00"
            "80 00 00 00 00  00 00 00")
               .c_str());
}

void TestProtocolGolden::produceRequest() {
    const Bytes records = hex("aa bb cc");
    ProduceRequest request{.acks = -1, .timeoutMs = 1500};
    request.topicData.push_back({.name = "topic"});
    request.topicData[0].partitionData.push_back({.index = PartitionId(3), .records = RecordsView(records)});
    verify(request, 3,
           "ff ff  ff ff  00 00 05 dc  00 00 00 01 00 05 'topic'  00 00 00 01  00 00 00 03  00 00 00 03 aa bb cc");
    request.transactionalId = "tx";
    request.topicData[0].name = {};
    request.topicData[0].topicId = countingUuid();
    verify(request, 13,
           (std::string("03 'tx' ff ff 00 00 05 dc  02 ") + kCountingUuidHex + " 02 00 00 00 03 04 aa bb cc 00  00  00")
               .c_str());
}

void TestProtocolGolden::produceResponse() {
    ProduceResponse response;
    response.responses.push_back({.name = "t"});
    response.responses[0].partitionResponses.push_back({.index = PartitionId(1), .baseOffset = Offset(258)});
    verify(response, 3,
           "00 00 00 01 00 01 't'  00 00 00 01  00 00 00 01 00 00 00 00 00 00 00 00 01 02"
           "ff ff ff ff ff ff ff ff  00 00 00 00");
    auto& partition = response.responses[0].partitionResponses[0];
    partition.errorCode = ErrorCode::kNotLeaderOrFollower;
    partition.logStartOffset = Offset(0);
    partition.recordErrors.push_back({.batchIndex = 4, .batchIndexErrorMessage = "x"});
    partition.currentLeader = {.leaderId = BrokerId(2), .leaderEpoch = LeaderEpoch(9)};
    response.nodeEndpoints.push_back({.nodeId = BrokerId(2), .host = "b", .port = 1});
    verify(response, 12,
           "02 02 't'  02  00 00 00 01 00 06 00 00 00 00 00 00 01 02 ff ff ff ff ff ff ff ff 00 00 00 00 00 00 00 00"
           "02 00 00 00 04 02 'x' 00  00"
           "01 00 09 00 00 00 02 00 00 00 09 00"  // tag 0: current leader, 9 bytes
           "00  00 00 00 00"
           "01 00 0d 02 00 00 00 02 02 'b' 00 00 00 01 00 00");
}

void TestProtocolGolden::fetchRequest() {
    FetchRequest request{.maxWaitMs = 500, .minBytes = 1, .maxBytes = 1 << 20};
    request.topics.push_back({.topic = "t"});
    request.topics[0].partitions.push_back(
        {.partition = PartitionId(0), .fetchOffset = Offset(10), .partitionMaxBytes = 1000});
    verify(request, 4,
           "ff ff ff ff 00 00 01 f4 00 00 00 01 00 10 00 00 00"
           "00 00 00 01 00 01 't' 00 00 00 01  00 00 00 00  00 00 00 00 00 00 00 0a  00 00 03 e8");
    request.topics[0].topic = {};
    request.topics[0].topicId = countingUuid();
    request.topics[0].partitions[0].highWatermark = Offset(11);
    request.rackId = "r";
    verify(request, 18,
           (std::string("00 00 01 f4 00 00 00 01 00 10 00 00 00 00 00 00 00 ff ff ff ff 02 ") + kCountingUuidHex +
            " 02  00 00 00 00 ff ff ff ff 00 00 00 00 00 00 00 0a ff ff ff ff ff ff ff ff ff ff ff ff 00 00 03 e8"
            "01 01 08 00 00 00 00 00 00 00 0b  00  01  02 'r'  00")
               .c_str());
}

void TestProtocolGolden::fetchResponse() {
    const Bytes records = hex("01 02");
    FetchResponse response;
    response.responses.push_back({.topic = "t"});
    response.responses[0].partitions.push_back({.partitionIndex = PartitionId(0),
                                                .highWatermark = Offset(3),
                                                .lastStableOffset = Offset(3),
                                                .abortedTransactions = std::nullopt,
                                                .records = RecordsView(records)});
    verify(response, 4,
           "00 00 00 00  00 00 00 01 00 01 't' 00 00 00 01  00 00 00 00 00 00"
           "00 00 00 00 00 00 00 03 00 00 00 00 00 00 00 03 ff ff ff ff  00 00 00 02 01 02");
    response.sessionId = 6;
    response.responses[0].topic = {};
    response.responses[0].topicId = countingUuid();
    response.responses[0].partitions[0].abortedTransactions = {{.producerId = ProducerId(1), .firstOffset = Offset(2)}};
    verify(response, 18,
           (std::string("00 00 00 00 00 00 00 00 00 06 02 ") + kCountingUuidHex +
            " 02  00 00 00 00 00 00 00 00 00 00 00 00 00 03 00 00 00 00 00 00 00 03 ff ff ff ff ff ff ff ff"
            "02 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 02 00  ff ff ff ff  03 01 02  00  00  00")
               .c_str());
}

void TestProtocolGolden::listOffsets() {
    ListOffsetsRequest request{.replicaId = BrokerId(-1)};
    request.topics.push_back({.name = "t"});
    request.topics[0].partitions.push_back({.partitionIndex = PartitionId(5), .timestamp = Timestamp(-2)});
    verify(request, 1, "ff ff ff ff 00 00 00 01 00 01 't' 00 00 00 01 00 00 00 05 ff ff ff ff ff ff ff fe");
    request.timeoutMs = 30000;
    verify(request, 11,
           "ff ff ff ff 00 02 02 't' 02 00 00 00 05 ff ff ff ff ff ff ff ff ff ff ff fe 00 00  00 00 75 30 00");
}

void TestProtocolGolden::createTopics() {
    CreateTopicsRequest request{.timeoutMs = 1000};
    request.topics.push_back({.name = "t", .numPartitions = 3, .replicationFactor = 1});
    request.topics[0].configs.push_back({.name = "k", .value = std::nullopt});
    verify(request, 2,
           "00 00 00 01 00 01 't' 00 00 00 03 00 01 00 00 00 00 00 00 00 01 00 01 'k' ff ff 00 00 03 e8 00");
    request.validateOnly = true;
    verify(request, 7, "02 02 't' 00 00 00 03 00 01 01 02 02 'k' 00 00 00 00 00 03 e8 01 00");
}

void TestProtocolGolden::findCoordinator() {
    verify(FindCoordinatorRequest{.key = "g"}, 0, "00 01 'g'");
    FindCoordinatorRequest request{.keyType = 1};
    request.coordinatorKeys = {"a", "bc"};
    verify(request, 6, "01 03 02 'a' 03 'bc' 00");
}

void TestProtocolGolden::nullableStructs() {
    DescribeTopicPartitionsRequest request;
    request.topics.push_back({.name = "t"});
    verify(request, 0, "02 02 't' 00 00 00 07 d0 ff 00");
    request.cursor = {.topicName = "t", .partitionIndex = PartitionId(1)};
    verify(request, 0, "02 02 't' 00 00 00 07 d0 01 02 't' 00 00 00 01 00 00");
    ConsumerGroupHeartbeatResponse response{.memberEpoch = 1, .heartbeatIntervalMs = 5000};
    verify(response, 1, "00 00 00 00 00 00 00 00 00 00 00 01 00 00 13 88 ff 00");
    response.assignment.emplace();
    verify(response, 1, "00 00 00 00 00 00 00 00 00 00 00 01 00 00 13 88 01 01 00 00");
}

void TestProtocolGolden::requestHeaderIsFlexibleButItsClientIdIsNot() {
    const auto frame = encodeRequestFrame(MetadataRequest{}, ApiVersion(9), CorrelationId(7), "me");
    QVERIFY(frame.ok());
    QCOMPARE(toHex(frame->flat()), toHex(hex("00 00 00 12  00 03 00 09 00 00 00 07 00 02 'me' 00  01 01 00 00 00")));
    const auto old = encodeRequestFrame(MetadataRequest{}, ApiVersion(0), CorrelationId(7), std::nullopt);
    QVERIFY(old.ok());
    QCOMPARE(toHex(old->flat()), toHex(hex("00 00 00 0e  00 03 00 00 00 00 00 07 ff ff  00 00 00 00")));
    const auto header = decodeRequestHeader(hex("00 03 00 09 00 00 00 07 ff ff 01 05 02 aa bb  01"));
    QVERIFY(header.ok());
    QVERIFY(!header->header.clientId);
    QCOMPARE(header->header.unknownTags.size(), std::size_t(1));
    QCOMPARE(header->body.size(), std::size_t(1));
}

void TestProtocolGolden::apiVersionsAnswersWithHeaderZero() {
    const auto frame = encodeResponseFrame(ApiVersionsResponse{}, ApiVersion(3), CorrelationId(1));
    QVERIFY(frame.ok());
    QCOMPARE(toHex(frame->flat()), toHex(hex("00 00 00 0c  00 00 00 01  00 00 01 00 00 00 00 00")));
}

void TestProtocolGolden::otherFlexibleResponsesHaveTaggedHeaders() {
    const auto frame = encodeResponseFrame(FindCoordinatorResponse{}, ApiVersion(4), CorrelationId(1));
    QVERIFY(frame.ok());
    QCOMPARE(toHex(frame->flat()), toHex(hex("00 00 00 0b  00 00 00 01 00  00 00 00 00 01 00")));
}

QTEST_APPLESS_MAIN(TestProtocolGolden)
#include "tst_protocol_golden.moc"
