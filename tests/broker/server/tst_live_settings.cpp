// SPDX-License-Identifier: GPL-3.0-or-later
// Settings of segments and retention that change while the topic serves, by what becomes of its log.
#include <QTest>
#include <filesystem>

#include "broker/protocol/messages/incremental_alter_configs.h"
#include "broker/protocol/messages/list_offsets.h"
#include "tests/broker/server/server_fixture.h"

using namespace weir;
using namespace weir::testing;
using protocol::ErrorCode;

namespace {

constexpr std::int8_t kTopic = 2;
constexpr std::int8_t kSet = 0;
constexpr std::int64_t kEarliest = -2;
constexpr std::size_t kBatchBytes = 600'000;

ErrorCode set(WireClient& client, const std::string& topic, const Configs& settings) {
    protocol::IncrementalAlterConfigsRequest request;
    auto& resource = request.resources.emplace_back();
    resource.resourceType = kTopic;
    resource.resourceName = topic;
    for (const auto& [name, value] : settings) {
        resource.configs.push_back({name, kSet, value, {}});
    }
    return client.call<protocol::IncrementalAlterConfigsResponse>(request).responses.at(0).errorCode;
}

std::int64_t startOf(WireClient& client, const std::string& topic) {
    constexpr std::int16_t kVersion = 7;
    protocol::ListOffsetsRequest request;
    request.replicaId = BrokerId(-1);
    auto& wanted = request.topics.emplace_back();
    wanted.name = topic;
    wanted.partitions.push_back({PartitionId(0), kNoLeaderEpoch, Timestamp(kEarliest), {}});
    const auto response = client.call<protocol::ListOffsetsResponse>(request, kVersion);
    return response.topics.at(0).partitions.at(0).offset.value;
}

void write(WireClient& client, const std::string& topic, int batches) {
    for (int i = 0; i < batches; ++i) {
        QCOMPARE(produce(client, topic, 0, batchOf({.values = {std::string(kBatchBytes, 'x')}})).errorCode,
                 ErrorCode::kNone);
    }
}

int segmentsOf(ServerFixture& server, const std::string& topic) {
    int segments = 0;
    for (const auto& file :
         std::filesystem::directory_iterator(server.engine().services().directory.root() / (topic + "-0"))) {
        segments += file.path().extension() == ".log" ? 1 : 0;
    }
    return segments;
}

}  // namespace

class TestLiveSettings : public QObject {
    Q_OBJECT

private slots:
    void smallerSegmentsBeginWithTheNextRecords() {
        ServerFixture server;
        auto client = server.client();
        server.createTopic("t");
        write(client, "t", 4);
        QCOMPARE(segmentsOf(server, "t"), 1);
        QCOMPARE(set(client, "t", {{"segment.bytes", "1048576"}}), ErrorCode::kNone);
        write(client, "t", 4);
        // One more for each, since two do not fit together.
        QCOMPARE(segmentsOf(server, "t"), 5);
    }

    void retentionBySizeHoldsFromTheChangeOn() {
        ServerFixture server;
        auto client = server.client();
        server.createTopic("t", 1, {{"segment.bytes", "1048576"}});
        write(client, "t", 6);
        QCOMPARE(startOf(client, "t"), 0);
        QCOMPARE(set(client, "t", {{"retention.bytes", "1300000"}}), ErrorCode::kNone);
        // What goes leaves no less than was asked for: three segments of six.
        QTRY_COMPARE(startOf(client, "t"), 3);
        // And back: while another topic's go, nothing more goes here.
        QCOMPARE(set(client, "t", {{"retention.bytes", "-1"}}), ErrorCode::kNone);
        write(client, "t", 4);
        server.createTopic("witness", 1, {{"segment.bytes", "1048576"}, {"retention.bytes", "1300000"}});
        write(client, "witness", 6);
        QTRY_COMPARE(startOf(client, "witness"), 3);
        QCOMPARE(startOf(client, "t"), 3);
    }

    void retentionByTimeHoldsFromTheChangeOn() {
        ServerFixture server;
        auto client = server.client();
        server.createTopic("t", 1, {{"retention.ms", "-1"}});
        const auto old =
            produce(client, "t", 0, batchOf({.values = {"old"}, .timestamp = Timestamp(1'700'000'000'000)}));
        QCOMPARE(old.errorCode, ErrorCode::kNone);
        QCOMPARE(startOf(client, "t"), 0);
        QCOMPARE(set(client, "t", {{"retention.ms", "3600000"}}), ErrorCode::kNone);
        // The segment that is written to goes as well, as in Kafka.
        QTRY_COMPARE(startOf(client, "t"), 1);
    }
};

QTEST_GUILESS_MAIN(TestLiveSettings)
#include "tst_live_settings.moc"
