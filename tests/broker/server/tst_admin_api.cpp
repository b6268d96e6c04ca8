// SPDX-License-Identifier: GPL-3.0-or-later
// ApiVersions, Metadata and the administration of topics, settings and groups over real sockets.
#include <QTest>
#include <QtCore/QByteArray>

#include "broker/protocol/messages/alter_configs.h"
#include "broker/protocol/messages/api_versions.h"
#include "broker/protocol/messages/create_partitions.h"
#include "broker/protocol/messages/create_topics.h"
#include "broker/protocol/messages/delete_groups.h"
#include "broker/protocol/messages/describe_cluster.h"
#include "broker/protocol/messages/describe_configs.h"
#include "broker/protocol/messages/describe_groups.h"
#include "broker/protocol/messages/describe_log_dirs.h"
#include "broker/protocol/messages/describe_topic_partitions.h"
#include "broker/protocol/messages/find_coordinator.h"
#include "broker/protocol/messages/heartbeat.h"
#include "broker/protocol/messages/incremental_alter_configs.h"
#include "broker/protocol/messages/join_group.h"
#include "broker/protocol/messages/leave_group.h"
#include "broker/protocol/messages/list_groups.h"
#include "broker/protocol/messages/list_partition_reassignments.h"
#include "broker/protocol/messages/metadata.h"
#include "broker/protocol/messages/offset_commit.h"
#include "broker/protocol/messages/offset_delete.h"
#include "broker/protocol/messages/offset_fetch.h"
#include "broker/protocol/messages/sync_group.h"
#include "broker/server/handlers/handlers.h"
#include "tests/broker/server/server_fixture.h"

using namespace weir;
using namespace weir::testing;
using protocol::ErrorCode;

namespace {

constexpr std::int8_t kTopic = 2;
constexpr std::int8_t kBroker = 4;
constexpr std::int8_t kBrokerLogger = 8;

protocol::MetadataResponse metadataOf(WireClient& client, std::optional<std::vector<std::string>> names,
                                      std::int16_t version = 9, bool mayCreate = true) {
    protocol::MetadataRequest request;
    request.topics.reset();
    if (names) {
        request.topics.emplace();
        for (auto& name : *names) {
            request.topics->push_back({{}, std::move(name), {}});
        }
    }
    request.allowAutoTopicCreation = mayCreate;
    return client.call<protocol::MetadataResponse>(request, version);
}

ErrorCode create(WireClient& client, const std::string& name, std::int32_t partitions, std::int16_t replication = -1,
                 bool validateOnly = false) {
    protocol::CreateTopicsRequest request;
    request.validateOnly = validateOnly;
    auto& topic = request.topics.emplace_back();
    topic.name = name;
    topic.numPartitions = partitions;
    topic.replicationFactor = replication;
    return client.call<protocol::CreateTopicsResponse>(request).topics.at(0).errorCode;
}

std::map<std::string, protocol::DescribeConfigsResponse::DescribeConfigsResourceResult> configsOf(
    WireClient& client, std::int8_t type, const std::string& name) {
    protocol::DescribeConfigsRequest request;
    request.includeSynonyms = true;
    request.includeDocumentation = true;
    auto& wanted = request.resources.emplace_back();
    wanted.resourceType = type;
    wanted.resourceName = name;
    wanted.configurationKeys.reset();
    std::map<std::string, protocol::DescribeConfigsResponse::DescribeConfigsResourceResult> found;
    const auto response = client.call<protocol::DescribeConfigsResponse>(request);
    for (const auto& each : response.results.at(0).configs) {
        found[each.name] = each;
    }
    return found;
}

}  // namespace

class TestAdminApi : public QObject {
    Q_OBJECT

private slots:
    void everythingServedIsAdvertisedInEveryVersion() {
        ServerFixture server;
        auto client = server.client();
        for (std::int16_t version = 0; version <= 4; ++version) {
            protocol::ApiVersionsRequest request;
            request.clientSoftwareName = "test";
            request.clientSoftwareVersion = "1.0";
            const auto response = client.call<protocol::ApiVersionsResponse>(request, version);
            QCOMPARE(response.errorCode, ErrorCode::kNone);
            QCOMPARE(response.apiKeys.size(), server::allHandlers().size());
            QCOMPARE(response.apiKeys[0].minVersion, std::int16_t{0});
        }
        protocol::ApiVersionsRequest rude;
        rude.clientSoftwareName = "-no-";
        rude.clientSoftwareVersion = "1";
        QCOMPARE(client.call<protocol::ApiVersionsResponse>(rude).errorCode, ErrorCode::kInvalidRequest);
    }

    void aSlowDiskHoldsUpNobodyButWhoAsked() {
        ServerFixture server(Configs{{"num.network.threads", "1"}});
        auto admin = server.client();
        auto other = server.client();
        server.holdFolders();
        protocol::CreateTopicsRequest request;
        auto& topic = request.topics.emplace_back();
        topic.name = "slow";
        topic.numPartitions = 1;
        topic.replicationFactor = -1;
        const auto asked = admin.send(request, 7);
        QTRY_VERIFY(server.foldersHeld() > 0);
        QCOMPARE(metadataOf(other, std::vector<std::string>{}).brokers.size(), 1U);
        server.releaseFolders();
        const auto created = admin.receive<protocol::CreateTopicsResponse>(7, asked);
        QCOMPARE(created.topics.at(0).errorCode, ErrorCode::kNone);
    }

    void aNewerApiVersionsIsAnsweredInVersionZero() {
        ServerFixture server;
        auto client = server.client();
        Bytes frame(4 + 8);
        storeBigEndian(frame.data(), std::int32_t{8});
        storeBigEndian(frame.data() + 4, std::int16_t{18});
        storeBigEndian(frame.data() + 6, std::int16_t{99});
        storeBigEndian(frame.data() + 8, std::int32_t{7});
        client.sendBytes(frame);
        const auto answer = client.receive<protocol::ApiVersionsResponse>(0, protocol::CorrelationId(7));
        QCOMPARE(answer.errorCode, ErrorCode::kUnsupportedVersion);
        QCOMPARE(answer.apiKeys.size(), 1U);
        QCOMPARE(metadataOf(client, std::nullopt).brokers.size(), 1U);
    }

    void unknownKeysAndVersionsCloseTheConnection() {
        ServerFixture server;
        for (const auto& [key, version] : {std::pair<int, int>{999, 0}, {24, 0}, {1, 3}, {3, 99}}) {
            auto client = server.client();
            Bytes frame(4 + 10);
            storeBigEndian(frame.data(), std::int32_t{10});
            storeBigEndian(frame.data() + 4, static_cast<std::int16_t>(key));
            storeBigEndian(frame.data() + 6, static_cast<std::int16_t>(version));
            client.sendBytes(frame);
            QVERIFY(client.waitForClose());
        }
    }

    void metadataFollowsTheRulesOfEachVersion() {
        ServerFixture server;
        auto client = server.client();
        QVERIFY(metadataOf(client, std::nullopt).topics.empty());
        QCOMPARE(metadataOf(client, std::vector<std::string>{"absent"}, 9, false).topics[0].errorCode,
                 ErrorCode::kUnknownTopicOrPartition);
        const auto made = metadataOf(client, std::vector<std::string>{"made"});
        QCOMPARE(made.topics[0].errorCode, ErrorCode::kNone);
        QCOMPARE(made.topics[0].partitions.size(), 1U);
        QCOMPARE(made.topics[0].partitions[0].leaderId, made.controllerId);
        QVERIFY(made.clusterId && !made.clusterId->empty());
        for (std::int16_t version = 0; version <= 13; ++version) {
            const auto none = metadataOf(client, std::vector<std::string>{}, version);
            QCOMPARE(none.topics.size(), version == 0 ? 1U : 0U);
            QCOMPARE(metadataOf(client, std::vector<std::string>{"made"}, version).topics.size(), 1U);
        }
        protocol::MetadataRequest byId;
        byId.topics->push_back({made.topics[0].topicId, std::nullopt, {}});
        byId.topics->push_back({made.topics[0].topicId, std::nullopt, {}});
        byId.topics->at(0).topicId = server.engine().services().topics.snapshot()->byName("made")->id;
        byId.topics->at(1).topicId.bytes[3] ^= std::byte{1};
        const auto found = client.call<protocol::MetadataResponse>(byId, 12);
        QCOMPARE(found.topics[0].name, std::optional<std::string>("made"));
        QCOMPARE(found.topics[1].errorCode, ErrorCode::kUnknownTopicId);
    }

    void hostileTopicNamesAreRefusedEverywhere_data() {
        QTest::addColumn<QByteArray>("name");
        for (const QByteArray& name :
             {QByteArray(".."), QByteArray("."), QByteArray(""), QByteArray("a/b"), QByteArray("../x"),
              QByteArray(300, 'x'), QByteArray("\xc3\xa4"), QByteArray("a b"), QByteArray("a\0b", 3)}) {
            QTest::newRow(name.toHex().left(20).constData()) << name;
        }
    }
    void hostileTopicNamesAreRefusedEverywhere() {
        QFETCH(QByteArray, name);
        ServerFixture server;
        auto client = server.client();
        const std::string text(name.constData(), static_cast<std::size_t>(name.size()));
        QCOMPARE(metadataOf(client, std::vector<std::string>{text}).topics[0].errorCode,
                 ErrorCode::kInvalidTopicException);
        QCOMPARE(create(client, text, 1), ErrorCode::kInvalidTopicException);
        QVERIFY(metadataOf(client, std::nullopt).topics.empty());
    }

    void createTopicsFollowsKafkasRules() {
        ServerFixture server;
        auto client = server.client();
        QCOMPARE(create(client, "t", -1), ErrorCode::kNone);
        QCOMPARE(create(client, "t", 1), ErrorCode::kTopicAlreadyExists);
        QCOMPARE(create(client, "a.b", 3, 3), ErrorCode::kNone);
        QCOMPARE(create(client, "a_b", 1), ErrorCode::kInvalidTopicException);
        QCOMPARE(create(client, "zero", 0), ErrorCode::kInvalidPartitions);
        QCOMPARE(create(client, "zero", 1, 0), ErrorCode::kInvalidReplicationFactor);
        QCOMPARE(create(client, "checked", 1, 1, true), ErrorCode::kNone);
        QVERIFY(!server.engine().services().topics.snapshot()->byName("checked"));
        protocol::CreateTopicsRequest request;
        for (const char* name : {"twice", "twice", "fine", "bad"}) {
            auto& topic = request.topics.emplace_back();
            topic.name = name;
            topic.numPartitions = 1;
            topic.replicationFactor = 1;
        }
        request.topics[2].configs.push_back({"retention.ms", "1000", {}});
        request.topics[3].configs.push_back({"retention.ms", "soon", {}});
        const auto made = client.call<protocol::CreateTopicsResponse>(request);
        QCOMPARE(made.topics.size(), 3U);
        QCOMPARE(made.topics[0].errorCode, ErrorCode::kInvalidRequest);
        QVERIFY(made.topics[0].configs && made.topics[0].configs->empty());
        QCOMPARE(made.topics[1].errorCode, ErrorCode::kNone);
        QVERIFY(!made.topics[1].topicId.isZero());
        QVERIFY(made.topics[1].configs->size() > 20);
        QCOMPARE(made.topics[2].errorCode, ErrorCode::kInvalidConfig);
        protocol::CreateTopicsRequest assigned;
        auto& topic = assigned.topics.emplace_back();
        topic.name = "assigned";
        topic.numPartitions = -1;
        topic.replicationFactor = -1;
        topic.assignments.push_back({PartitionId(0), {server.engine().services().self}, {}});
        topic.assignments.push_back({PartitionId(1), {BrokerId(77)}, {}});
        QCOMPARE(client.call<protocol::CreateTopicsResponse>(assigned).topics[0].errorCode,
                 ErrorCode::kInvalidReplicaAssignment);
        assigned.topics[0].assignments.pop_back();
        QCOMPARE(client.call<protocol::CreateTopicsResponse>(assigned).topics[0].errorCode, ErrorCode::kNone);
    }

    void partitionsAreAddedAndEveryTopicIsEchoed() {
        ServerFixture server;
        server.createTopic("t", 2);
        auto client = server.client();
        protocol::CreatePartitionsRequest request;
        for (const auto& [name, count] : {std::pair<const char*, int>{"t", 4}, {"absent", 4}}) {
            auto& topic = request.topics.emplace_back();
            topic.name = name;
            topic.count = count;
            topic.assignments.reset();
        }
        auto done = client.call<protocol::CreatePartitionsResponse>(request);
        QCOMPARE(done.results.size(), 2U);
        QCOMPARE(done.results[0].errorCode, ErrorCode::kNone);
        QCOMPARE(done.results[1].errorCode, ErrorCode::kUnknownTopicOrPartition);
        QCOMPARE(metadataOf(client, std::vector<std::string>{"t"}).topics[0].partitions.size(), 4U);
        done = client.call<protocol::CreatePartitionsResponse>(request);
        QCOMPARE(done.results[0].errorCode, ErrorCode::kInvalidPartitions);
        protocol::DescribeTopicPartitionsRequest pages;
        pages.topics.push_back({"t", {}});
        pages.responsePartitionLimit = 3;
        auto page = client.call<protocol::DescribeTopicPartitionsResponse>(pages);
        QCOMPARE(page.topics[0].partitions.size(), 3U);
        QVERIFY(page.nextCursor.has_value());
        pages.cursor.emplace();
        pages.cursor->topicName = page.nextCursor->topicName;
        pages.cursor->partitionIndex = page.nextCursor->partitionIndex;
        page = client.call<protocol::DescribeTopicPartitionsResponse>(pages);
        QCOMPARE(page.topics[0].partitions.size(), 1U);
        QVERIFY(!page.nextCursor.has_value());
    }

    void settingsMakeTheRoundTripAndSurviveARestart() {
        ServerFixture server;
        server.createTopic("t");
        {
            auto client = server.client();
            auto all = configsOf(client, kTopic, "t");
            QCOMPARE(all.at("retention.ms").value, std::optional<std::string>("604800000"));
            QCOMPARE(all.at("retention.ms").configSource, std::int8_t{5});
            QVERIFY(all.at("retention.ms").documentation && !all.at("retention.ms").documentation->empty());
            protocol::IncrementalAlterConfigsRequest change;
            auto& resource = change.resources.emplace_back();
            resource.resourceType = kTopic;
            resource.resourceName = "t";
            resource.configs.push_back({"retention.ms", 0, "5000", {}});
            resource.configs.push_back({"cleanup.policy", 2, "compact", {}});
            QCOMPARE(client.call<protocol::IncrementalAlterConfigsResponse>(change).responses[0].errorCode,
                     ErrorCode::kNone);
            resource.configs = {{"no.such.key", 0, "1", {}}};
            QCOMPARE(client.call<protocol::IncrementalAlterConfigsResponse>(change).responses[0].errorCode,
                     ErrorCode::kInvalidConfig);
            change.resources[0].resourceName = "absent";
            change.resources[0].configs = {{"retention.ms", 0, "1", {}}};
            QCOMPARE(client.call<protocol::IncrementalAlterConfigsResponse>(change).responses[0].errorCode,
                     ErrorCode::kUnknownTopicOrPartition);
        }
        server.stop();
        server.start();
        auto client = server.client();
        auto all = configsOf(client, kTopic, "t");
        QCOMPARE(all.at("retention.ms").value, std::optional<std::string>("5000"));
        QCOMPARE(all.at("retention.ms").configSource, std::int8_t{1});
        QCOMPARE(all.at("cleanup.policy").value, std::optional<std::string>("delete,compact"));
        protocol::AlterConfigsRequest replace;
        auto& resource = replace.resources.emplace_back();
        resource.resourceType = kTopic;
        resource.resourceName = "t";
        resource.configs.push_back({"max.message.bytes", "1234", {}});
        QCOMPARE(client.call<protocol::AlterConfigsResponse>(replace).responses[0].errorCode, ErrorCode::kNone);
        all = configsOf(client, kTopic, "t");
        QCOMPARE(all.at("retention.ms").configSource, std::int8_t{5});
        QCOMPARE(all.at("max.message.bytes").value, std::optional<std::string>("1234"));
        const std::string self = std::to_string(server.engine().services().self.value);
        QVERIFY(configsOf(client, kBroker, self).size() > 50);
        QVERIFY(configsOf(client, kBroker, "77").empty());
    }

    void loggersHaveLevelsWhileTheBrokerRuns() {
        ServerFixture server({}, {}, Logger::make(LogLevel::kError, ""));
        auto client = server.client();
        const std::string self = std::to_string(server.engine().services().self.value);
        const auto change = [&](const std::string& broker, const std::string& logger, std::int8_t operation,
                                std::optional<std::string> level) {
            protocol::IncrementalAlterConfigsRequest request;
            auto& resource = request.resources.emplace_back();
            resource.resourceType = kBrokerLogger;
            resource.resourceName = broker;
            resource.configs.push_back({logger, operation, std::move(level), {}});
            return client.call<protocol::IncrementalAlterConfigsResponse>(request).responses[0].errorCode;
        };
        constexpr std::int8_t kSet = 0;
        constexpr std::int8_t kDelete = 1;
        constexpr std::int8_t kAppend = 2;
        auto levels = configsOf(client, kBrokerLogger, self);
        QVERIFY(levels.contains("net") && levels.contains("groups"));
        QCOMPARE(levels.at("root").value, std::optional<std::string>("ERROR"));
        QCOMPARE(levels.at("root").configSource, std::int8_t{6});
        QCOMPARE(change(self, "net", kSet, "FATAL"), ErrorCode::kNone);
        QCOMPARE(change(self, "net", kSet, "LOUD"), ErrorCode::kInvalidConfig);
        QCOMPARE(change(self, "colour", kSet, "INFO"), ErrorCode::kInvalidConfig);
        QCOMPARE(change(self, "net", kAppend, "INFO"), ErrorCode::kInvalidRequest);
        QCOMPARE(change(self, "root", kDelete, std::nullopt), ErrorCode::kInvalidRequest);
        QCOMPARE(change("77", "net", kSet, "INFO"), ErrorCode::kInvalidRequest);
        QCOMPARE(change("", "net", kSet, "INFO"), ErrorCode::kInvalidRequest);
        levels = configsOf(client, kBrokerLogger, self);
        QCOMPARE(levels.at("net").value, std::optional<std::string>("FATAL"));
        QCOMPARE(levels.at("groups").value, std::optional<std::string>("ERROR"));
        QCOMPARE(change(self, "net", kDelete, std::nullopt), ErrorCode::kNone);
        QCOMPARE(configsOf(client, kBrokerLogger, self).at("net").value, std::optional<std::string>("ERROR"));
        QVERIFY(configsOf(client, kBrokerLogger, "77").empty());
    }

    void theClusterAndItsFolderAreDescribed() {
        ServerFixture server;
        server.createTopic("t", 3);
        auto client = server.client();
        const auto cluster = client.call<protocol::DescribeClusterResponse>(protocol::DescribeClusterRequest{});
        QCOMPARE(cluster.brokers.at(0).port, std::int32_t{server.port()});
        QCOMPARE(cluster.brokers.at(0).host, std::string("127.0.0.1"));
        protocol::DescribeLogDirsRequest folders;
        folders.topics.reset();
        const auto described = client.call<protocol::DescribeLogDirsResponse>(folders);
        QCOMPARE(described.results.at(0).topics.at(0).partitions.size(), 3U);
        QVERIFY(described.results[0].totalBytes > 0);
        const auto moving =
            client.call<protocol::ListPartitionReassignmentsResponse>(protocol::ListPartitionReassignmentsRequest{});
        QCOMPARE(moving.errorCode, ErrorCode::kNone);
        QVERIFY(moving.topics.empty());
        protocol::FindCoordinatorRequest find;
        find.coordinatorKeys = {"g"};
        QCOMPARE(client.call<protocol::FindCoordinatorResponse>(find).coordinators.at(0).port,
                 std::int32_t{server.port()});
    }

    void aGroupJoinsCommitsAndKeepsItsOffsetsOverARestart() {
        ServerFixture server(Configs{{"group.initial.rebalance.delay.ms", "0"}});
        server.createTopic("t", 2);
        {
            auto client = server.client();
            protocol::JoinGroupRequest join;
            join.groupId = "g";
            join.sessionTimeoutMs = 10'000;
            join.rebalanceTimeoutMs = 10'000;
            join.protocolType = "consumer";
            join.protocols.push_back({"range", toBytes("meta"), {}});
            auto joined = client.call<protocol::JoinGroupResponse>(join);
            QCOMPARE(joined.errorCode, ErrorCode::kMemberIdRequired);
            join.memberId = joined.memberId;
            joined = client.call<protocol::JoinGroupResponse>(join);
            QCOMPARE(joined.errorCode, ErrorCode::kNone);
            QCOMPARE(joined.leader, joined.memberId);
            protocol::SyncGroupRequest sync;
            sync.groupId = "g";
            sync.generationId = joined.generationId;
            sync.memberId = joined.memberId;
            sync.protocolType = "consumer";
            sync.protocolName = "range";
            sync.assignments.push_back({joined.memberId, toBytes("mine"), {}});
            QCOMPARE(client.call<protocol::SyncGroupResponse>(sync).assignment, toBytes("mine"));
            QCOMPARE(client
                         .call<protocol::HeartbeatResponse>(
                             protocol::HeartbeatRequest{"g", joined.generationId, joined.memberId, std::nullopt, {}})
                         .errorCode,
                     ErrorCode::kNone);
            protocol::OffsetCommitRequest commit;
            commit.groupId = "g";
            commit.generationIdOrMemberEpoch = joined.generationId;
            commit.memberId = joined.memberId;
            for (const char* name : {"absent", "t"}) {
                auto& topic = commit.topics.emplace_back();
                topic.name = name;
                topic.partitions.push_back({PartitionId(1), Offset(42), LeaderEpoch(0), "note", {}});
            }
            const auto committed = client.call<protocol::OffsetCommitResponse>(commit, 9);
            QCOMPARE(committed.topics[0].partitions[0].errorCode, ErrorCode::kUnknownTopicOrPartition);
            QCOMPARE(committed.topics[1].partitions[0].errorCode, ErrorCode::kNone);
            protocol::DeleteGroupsRequest remove;
            remove.groupsNames = {"g", "absent"};
            const auto removed = client.call<protocol::DeleteGroupsResponse>(remove);
            QCOMPARE(removed.results[0].errorCode, ErrorCode::kNonEmptyGroup);
            QCOMPARE(removed.results[1].errorCode, ErrorCode::kGroupIdNotFound);
            protocol::LeaveGroupRequest leave;
            leave.groupId = "g";
            leave.members.push_back({joined.memberId, std::nullopt, std::nullopt, {}});
            QCOMPARE(client.call<protocol::LeaveGroupResponse>(leave).members[0].errorCode, ErrorCode::kNone);
        }
        server.stop();
        server.start();
        auto client = server.client();
        for (std::int16_t version = 1; version <= 10; ++version) {
            protocol::OffsetFetchRequest fetch;
            fetch.groupId = "g";
            fetch.topics->push_back({"t", {PartitionId(1), PartitionId(0)}, {}});
            if (version >= 8) {
                auto& group = fetch.groups.emplace_back();
                group.groupId = "g";
                group.topics->push_back({"t",
                                         server.engine().services().topics.snapshot()->byName("t")->id,
                                         {PartitionId(1), PartitionId(0)},
                                         {}});
                fetch.groupId.clear();
                fetch.topics->clear();
            }
            const auto found = client.call<protocol::OffsetFetchResponse>(fetch, version);
            if (version >= 8) {
                QCOMPARE(found.groups[0].topics[0].partitions[0].committedOffset.value, 42);
                QCOMPARE(found.groups[0].topics[0].partitions[1].committedOffset, kNoOffset);
            } else {
                QCOMPARE(found.topics[0].partitions[0].committedOffset.value, 42);
                QCOMPARE(found.topics[0].partitions[0].metadata, std::optional<std::string>("note"));
            }
        }
        const auto groups = client.call<protocol::ListGroupsResponse>(protocol::ListGroupsRequest{});
        QCOMPARE(groups.groups.at(0).groupState, std::string("Empty"));
        protocol::DescribeGroupsRequest describe;
        describe.groups = {"g", "absent"};
        auto described = client.call<protocol::DescribeGroupsResponse>(describe, 5);
        QCOMPARE(described.groups[1].errorCode, ErrorCode::kNone);
        QCOMPARE(described.groups[1].groupState, std::string("Dead"));
        described = client.call<protocol::DescribeGroupsResponse>(describe, 6);
        QCOMPARE(described.groups[1].errorCode, ErrorCode::kGroupIdNotFound);
        protocol::OffsetDeleteRequest forget;
        forget.groupId = "g";
        auto& topic = forget.topics.emplace_back();
        topic.name = "t";
        topic.partitions.push_back({PartitionId(1), {}});
        QCOMPARE(client.call<protocol::OffsetDeleteResponse>(forget).topics[0].partitions[0].errorCode,
                 ErrorCode::kNone);
    }

    void everyPrefixOfEveryRequestClosesOrWaitsAndHarmsNobody() {
        ServerFixture server;
        server.createTopic("t");
        auto other = server.client();
        const auto frame = protocol::encodeRequestFrame(fetchOf({.topic = "t"}), protocol::ApiVersion(12),
                                                        protocol::CorrelationId(1), "x");
        const Bytes whole = frame->flat();
        for (std::size_t length = 4; length + 4 < whole.size(); ++length) {
            // A frame whose length field is right and whose message is cut.
            Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length + 4));
            storeBigEndian(cut.data(), static_cast<std::int32_t>(cut.size() - 4));
            auto client = server.client();
            client.sendBytes(cut);
            client.finishSending();
            static_cast<void>(client.waitForClose());
        }
        QCOMPARE(metadataOf(other, std::nullopt).topics.size(), 1U);
    }
};

QTEST_GUILESS_MAIN(TestAdminApi)
#include "tst_admin_api.moc"
