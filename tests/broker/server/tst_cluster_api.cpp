// SPDX-License-Identifier: GPL-3.0-or-later
// What admin tools ask of a cluster (elections, reassignments, quorum, features), answered by a cluster of one.
#include <QTest>

#include "broker/protocol/messages/alter_partition_reassignments.h"
#include "broker/protocol/messages/alter_replica_log_dirs.h"
#include "broker/protocol/messages/api_versions.h"
#include "broker/protocol/messages/consumer_group_describe.h"
#include "broker/protocol/messages/describe_log_dirs.h"
#include "broker/protocol/messages/describe_quorum.h"
#include "broker/protocol/messages/elect_leaders.h"
#include "broker/protocol/messages/share_group_heartbeat.h"
#include "broker/protocol/messages/unregister_broker.h"
#include "broker/protocol/messages/update_features.h"
#include "tests/broker/server/server_fixture.h"

using namespace weir;
using namespace weir::testing;
using protocol::ErrorCode;

namespace {

using Codes = std::vector<ErrorCode>;

Codes elect(WireClient& client, std::int8_t kind, const std::string& topic, std::vector<PartitionId> partitions,
            std::int16_t version = 2) {
    protocol::ElectLeadersRequest request;
    request.electionType = kind;
    request.topicPartitions = {{topic, std::move(partitions), {}}};
    Codes codes;
    const auto response = client.call<protocol::ElectLeadersResponse>(request, version);
    for (const auto& each : response.replicaElectionResults.at(0).partitionResult) {
        codes.push_back(each.errorCode);
    }
    return codes;
}

ErrorCode reassign(WireClient& client, const std::string& topic, std::int32_t partition,
                   std::optional<std::vector<BrokerId>> replicas, std::int16_t version = 1) {
    protocol::AlterPartitionReassignmentsRequest request;
    request.topics.push_back({topic, {{PartitionId(partition), std::move(replicas), {}}}, {}});
    const auto response = client.call<protocol::AlterPartitionReassignmentsResponse>(request, version);
    return response.responses.at(0).partitions.at(0).errorCode;
}

ErrorCode moveTo(WireClient& client, const std::string& folder, const std::string& topic, std::int32_t partition) {
    protocol::AlterReplicaLogDirsRequest request;
    request.dirs.push_back({folder, {{topic, {PartitionId(partition)}, {}}}, {}});
    return client.call<protocol::AlterReplicaLogDirsResponse>(request).results.at(0).partitions.at(0).errorCode;
}

constexpr std::int8_t kUpgrade = 1;
constexpr std::int8_t kSafeDowngrade = 2;

protocol::UpdateFeaturesResponse update(WireClient& client, const std::string& name, int level, std::int8_t kind,
                                        bool validateOnly = false, std::int16_t version = 2) {
    protocol::UpdateFeaturesRequest request;
    request.validateOnly = validateOnly;
    auto& key = request.featureUpdates.emplace_back();
    key.feature = name;
    key.maxVersionLevel = static_cast<std::int16_t>(level);
    key.upgradeType = kind;
    return client.call<protocol::UpdateFeaturesResponse>(request, version);
}

protocol::ApiVersionsResponse apiVersions(WireClient& client) {
    protocol::ApiVersionsRequest request;
    request.clientSoftwareName = "test";
    request.clientSoftwareVersion = "1";
    return client.call<protocol::ApiVersionsResponse>(request);
}

/// 0 where it is not told.
int finalized(const protocol::ApiVersionsResponse& response, const std::string& name) {
    for (const auto& each : response.finalizedFeatures) {
        if (each.name == name) {
            return each.maxVersionLevel;
        }
    }
    return 0;
}

}  // namespace

class TestClusterApi : public QObject {
    Q_OBJECT

private slots:
    void noLeaderIsElectedWhereTheOnlyOneLeads() {
        ServerFixture server;
        server.createTopic("orders", 2);
        auto client = server.client();
        for (const std::int8_t kind : {std::int8_t{0}, std::int8_t{1}}) {
            QCOMPARE(elect(client, kind, "orders", {PartitionId(0), PartitionId(1), PartitionId(2), PartitionId(-1)}),
                     (Codes{ErrorCode::kElectionNotNeeded, ErrorCode::kElectionNotNeeded,
                            ErrorCode::kUnknownTopicOrPartition, ErrorCode::kUnknownTopicOrPartition}));
            QCOMPARE(elect(client, kind, "nothing", {PartitionId(0)}), Codes{ErrorCode::kUnknownTopicOrPartition});
        }
        QCOMPARE(elect(client, 0, "orders", {PartitionId(0)}, 0), Codes{ErrorCode::kElectionNotNeeded});
        QCOMPARE(elect(client, 7, "orders", {PartitionId(0)}), Codes{ErrorCode::kInvalidRequest});
        protocol::ElectLeadersRequest all;
        all.topicPartitions.reset();
        const auto response = client.call<protocol::ElectLeadersResponse>(all);
        QCOMPARE(response.errorCode, ErrorCode::kNone);
        QCOMPARE(response.replicaElectionResults.size(), 1U);
        QVERIFY(response.replicaElectionResults[0].partitionResult.empty());
    }

    void partitionsCanOnlyBeMovedToWhereTheyAre() {
        ServerFixture server;
        server.createTopic("orders", 1);
        auto client = server.client();
        const BrokerId self = server.engine().services().self;
        using Replicas = std::vector<BrokerId>;
        QCOMPARE(reassign(client, "orders", 0, Replicas{self}), ErrorCode::kNone);
        QCOMPARE(reassign(client, "orders", 0, Replicas{self}, 0), ErrorCode::kNone);
        QCOMPARE(reassign(client, "orders", 0, Replicas{self, self}), ErrorCode::kInvalidReplicaAssignment);
        QCOMPARE(reassign(client, "orders", 0, Replicas{}), ErrorCode::kInvalidReplicaAssignment);
        QCOMPARE(reassign(client, "orders", 0, Replicas{BrokerId(99)}), ErrorCode::kInvalidReplicaAssignment);
        QCOMPARE(reassign(client, "orders", 0, std::nullopt), ErrorCode::kNoReassignmentInProgress);
        QCOMPARE(reassign(client, "orders", 5, Replicas{self}), ErrorCode::kUnknownTopicOrPartition);
        QCOMPARE(reassign(client, "nothing", 0, std::nullopt), ErrorCode::kUnknownTopicOrPartition);
    }

    void theOnlyDataFolderTakesItsOwnPartitions() {
        ServerFixture server;
        server.createTopic("orders", 1);
        auto client = server.client();
        protocol::DescribeLogDirsRequest request;
        request.topics.reset();
        const auto own = client.call<protocol::DescribeLogDirsResponse>(request).results.at(0).logDir;
        QCOMPARE(moveTo(client, own, "orders", 0), ErrorCode::kNone);
        QCOMPARE(moveTo(client, own, "orders", 3), ErrorCode::kUnknownTopicOrPartition);
        QCOMPARE(moveTo(client, own, "nothing", 0), ErrorCode::kUnknownTopicOrPartition);
        QCOMPARE(moveTo(client, own + "/", "orders", 0), ErrorCode::kLogDirNotFound);
        QCOMPARE(moveTo(client, "elsewhere", "nothing", 0), ErrorCode::kLogDirNotFound);
    }

    void theQuorumOfOneLeadsItself() {
        ServerFixture server;
        auto client = server.client();
        const BrokerId self = server.engine().services().self;
        protocol::DescribeQuorumRequest request;
        request.topics.push_back({"__cluster_metadata", {{PartitionId(0), {}}}, {}});
        const auto response = client.call<protocol::DescribeQuorumResponse>(request);
        QCOMPARE(response.errorCode, ErrorCode::kNone);
        const auto partition = response.topics.at(0).partitions.at(0);
        QCOMPARE(partition.errorCode, ErrorCode::kNone);
        QCOMPARE(partition.leaderId, self);
        QCOMPARE(partition.currentVoters.at(0).replicaId, self);
        QCOMPARE(partition.currentVoters.at(0).logEndOffset, partition.highWatermark);
        QCOMPARE(response.nodes.at(0).listeners.at(0).port, server.port());
        server.createTopic("more");
        const auto later = client.call<protocol::DescribeQuorumResponse>(request);
        QVERIFY(later.topics.at(0).partitions.at(0).highWatermark > partition.highWatermark);

        request.topics[0].topicName = "orders";
        const auto other = client.call<protocol::DescribeQuorumResponse>(request);
        QCOMPARE(other.topics.at(0).partitions.at(0).errorCode, ErrorCode::kUnknownTopicOrPartition);
        QVERIFY(other.nodes.empty());
    }

    void nobodyStrikesOutTheOnlyBroker() {
        ServerFixture server;
        auto client = server.client();
        protocol::UnregisterBrokerRequest request;
        request.brokerId = server.engine().services().self;
        QCOMPARE(client.call<protocol::UnregisterBrokerResponse>(request).errorCode, ErrorCode::kPolicyViolation);
        request.brokerId = BrokerId(77);
        QCOMPARE(client.call<protocol::UnregisterBrokerResponse>(request).errorCode, ErrorCode::kBrokerIdNotRegistered);
    }

    void whatCannotBeFinalizedChangesNothing() {
        ServerFixture server;
        auto client = server.client();
        const auto refused = ErrorCode::kInvalidUpdateVersion;
        QCOMPARE(update(client, "transaction.version", 1, kUpgrade).errorCode, refused);
        QCOMPARE(update(client, "transaction.version", 3, kUpgrade).errorCode, refused);
        QCOMPARE(update(client, "transaction.version", -1, kSafeDowngrade).errorCode, refused);
        QCOMPARE(update(client, "transaction.version", 1, 0).errorCode, refused);
        QCOMPARE(update(client, "kraft.version", 1, kSafeDowngrade).errorCode, refused);
        QCOMPARE(update(client, "metadata.version", 28, kSafeDowngrade).errorCode, refused);
        QCOMPARE(update(client, "nothing.version", 1, kUpgrade).errorCode, refused);
        protocol::UpdateFeaturesRequest two;
        two.featureUpdates.push_back({"transaction.version", 1, false, kSafeDowngrade, {}});
        two.featureUpdates.push_back({"group.version", 9, false, kUpgrade, {}});
        QCOMPARE(client.call<protocol::UpdateFeaturesResponse>(two).errorCode, refused);
        QCOMPARE(update(client, "transaction.version", 1, kSafeDowngrade, true).errorCode, ErrorCode::kNone);
        QCOMPARE(update(client, "transaction.version", 2, kUpgrade).errorCode, ErrorCode::kNone);
        const auto versions = apiVersions(client);
        QCOMPARE(finalized(versions, "transaction.version"), 2);
        QCOMPARE(finalized(versions, "metadata.version"), 29);
        QCOMPARE(versions.finalizedFeaturesEpoch, 0);
    }

    void levelsChangeLiveAndSurviveARestart() {
        ServerFixture server;
        auto client = server.client();
        const auto first = update(client, "transaction.version", 1, kSafeDowngrade, false, 1);
        QCOMPARE(first.errorCode, ErrorCode::kNone);
        QCOMPARE(first.results.at(0).errorCode, ErrorCode::kNone);
        QCOMPARE(finalized(apiVersions(client), "transaction.version"), 1);
        QCOMPARE(apiVersions(client).finalizedFeaturesEpoch, 1);
        QCOMPARE(update(client, "share.version", 0, kSafeDowngrade).errorCode, ErrorCode::kNone);
        server.stop();
        server.start();
        auto again = server.client();
        const auto versions = apiVersions(again);
        QCOMPARE(finalized(versions, "transaction.version"), 1);
        QCOMPARE(finalized(versions, "share.version"), 0);
        QCOMPARE(finalized(versions, "group.version"), 1);
        QCOMPARE(versions.finalizedFeaturesEpoch, 2);
    }

    void aProtocolAtLevelZeroIsNotSpoken() {
        ServerFixture server;
        auto client = server.client();
        const auto heartbeat = [&] {
            protocol::ShareGroupHeartbeatRequest request;
            request.groupId = "queue";
            request.memberId = "one";
            request.subscribedTopicNames = std::vector<std::string>{"orders"};
            return client.call<protocol::ShareGroupHeartbeatResponse>(request).errorCode;
        };
        QCOMPARE(update(client, "share.version", 0, kSafeDowngrade).errorCode, ErrorCode::kNone);
        QCOMPARE(heartbeat(), ErrorCode::kUnsupportedVersion);
        QCOMPARE(update(client, "share.version", 1, kUpgrade).errorCode, ErrorCode::kNone);
        QCOMPARE(heartbeat(), ErrorCode::kNone);
        protocol::ConsumerGroupDescribeRequest describe;
        describe.groupIds.push_back("group");
        QCOMPARE(update(client, "group.version", 0, kSafeDowngrade).errorCode, ErrorCode::kNone);
        QCOMPARE(client.call<protocol::ConsumerGroupDescribeResponse>(describe).groups.at(0).errorCode,
                 ErrorCode::kUnsupportedVersion);
    }

    void whoMayNotAlterTheClusterIsRefusedEverywhere() {
        ServerFixture server(
            Configs{{"authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer"}});
        auto client = server.client();
        const auto refused = ErrorCode::kClusterAuthorizationFailed;
        QCOMPARE(elect(client, 0, "orders", {PartitionId(0)}), Codes{refused});
        QCOMPARE(reassign(client, "orders", 0, std::nullopt), refused);
        QCOMPARE(moveTo(client, "anywhere", "orders", 0), refused);
        QCOMPARE(update(client, "nothing.version", 1, kUpgrade).errorCode, refused);
        QCOMPARE(client.call<protocol::DescribeQuorumResponse>(protocol::DescribeQuorumRequest{}).errorCode, refused);
        QCOMPARE(client.call<protocol::UnregisterBrokerResponse>(protocol::UnregisterBrokerRequest{}).errorCode,
                 refused);
    }
};

QTEST_GUILESS_MAIN(TestClusterApi)
#include "tst_cluster_api.moc"
