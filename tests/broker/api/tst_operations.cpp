// SPDX-License-Identifier: GPL-3.0-or-later
// What an administrator asks of a running broker beyond topics: transactions, users, rules, quotas, groups' settings;
// asked directly or, built as tst_suite_operations, over the wire, of any cluster.
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>

#ifdef WEIR_OVER_THE_WIRE
#include "app/cluster/remote/wire.h"
#include "tests/app/support/suite_cluster.h"
#endif
#include "broker/api/broker.h"
#include "broker/api/operations.h"
#include "broker/protocol/messages/find_coordinator.h"
#include "broker/protocol/messages/init_producer_id.h"
#include "broker/protocol/messages/produce.h"
#include "broker/records/batch_builder.h"
#include "tests/support/fast_folder.h"
#include "tests/support/wire_client.h"

using namespace weir;
using weir::testing::WireClient;

namespace {

constexpr std::int16_t kInitVersion = 5;
constexpr std::int16_t kFindVersion = 4;
/// The first with which a producer adds the partition by writing (transaction.version 2).
constexpr std::int16_t kProduceVersion = 12;

#ifdef WEIR_OVER_THE_WIRE
using Seen = app::Cluster;

/// Calls in Kafka's words, with whatever login the cluster wants.
class Caller {
public:
    explicit Caller(const app::RemoteOptions& options) : m_wire(options) {}
    template <class Response, class Request>
    Response call(const Request& request, std::int16_t version) {
        auto answer = m_wire.callAny<Response>(request, version);
        if (!answer) {
            qFatal("%s", answer.error().message.c_str());
        }
        return answer->message;
    }

private:
    app::Wire m_wire;
};
#else
using Seen = api::Broker;
using Caller = WireClient;
#endif

/// A transactional producer by hand.
class Producer {
public:
    template <class To>
    Producer(const To& to, std::string id) : m_client(to), m_id(std::move(id)) {
        begin();
    }

    // As a client does it: a cluster that never had a transaction makes its coordinator when it is asked for one.
    void begin() {
        protocol::FindCoordinatorRequest find;
        constexpr std::int8_t kOfTransactions = 1;
        find.keyType = kOfTransactions;
        find.coordinatorKeys = {m_id};
        while (m_client.call<protocol::FindCoordinatorResponse>(find, kFindVersion).coordinators.at(0).errorCode !=
               protocol::ErrorCode::kNone) {
        }
        protocol::InitProducerIdRequest request;
        request.transactionalId = m_id;
        request.transactionTimeoutMs = 60'000;
        for (;;) {
            const auto answer = m_client.call<protocol::InitProducerIdResponse>(request, kInitVersion);
            if (answer.errorCode == protocol::ErrorCode::kNone) {
                m_producer = answer.producerId;
                m_epoch = answer.producerEpoch;
                m_sequence = 0;
                return;
            }
        }
    }
    protocol::ErrorCode write(const std::string& topic, const std::string& value) {
        records::BatchBuilder builder;
        builder.start({.producerId = m_producer,
                       .producerEpoch = m_epoch,
                       .baseSequence = Sequence(m_sequence++),
                       .transactional = true});
        const Bytes bytes = toBytes(value);
        if (!builder.append({.timestamp = Timestamp(1'700'000'000'000), .value = ByteView(bytes)})) {
            return protocol::ErrorCode::kUnknownServerError;
        }
        records::Codec codec;
        const ByteView batch = builder.finish(codec);
        protocol::ProduceRequest request;
        request.transactionalId = m_id;
        request.acks = -1;
        request.timeoutMs = 10'000;
        request.topicData = {{topic, {}, {{PartitionId(0), batch, {}}}, {}}};
        const auto answer = m_client.call<protocol::ProduceResponse>(request, kProduceVersion);
        return answer.responses.at(0).partitionResponses.at(0).errorCode;
    }

private:
    Caller m_client;
    std::string m_id;
    ProducerId m_producer = kNoProducerId;
    ProducerEpoch m_epoch = kNoProducerEpoch;
    std::int32_t m_sequence = 0;
};

}  // namespace

class TstOperations : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() {
#ifndef WEIR_OVER_THE_WIRE
        m_dir = std::make_unique<QTemporaryDir>(testing::fastFolder());
#endif
        start({});
    }
    void cleanup() {
#ifdef WEIR_OVER_THE_WIRE
        m_suite.reset();
#else
        m_broker.reset();
        m_dir.reset();
#endif
    }

    void anAbortedTransactionLetsReadersOnAndFencesItsProducer() {
        create("t", 1, {});
        Producer producer(to(), "pay");
        QCOMPARE(producer.write("t", "held"), protocol::ErrorCode::kNone);
        QVERIFY(looked().produce("t", {valueOf("plain")}, {}).ok());

        QTRY_COMPARE(transaction("pay").id, std::string("pay"));
        const TransactionInfo open = transaction("pay");
        QCOMPARE(open.id, std::string("pay"));
        QCOMPARE(open.state, TransactionState::kOngoing);
        QCOMPARE(open.places.size(), std::size_t{1});
        QCOMPARE(open.places.front().first, Offset(0));
        QVERIFY(open.places.front().holdsReaders);
        const auto producers = operations().producers({"t", PartitionId(0)});
        QVERIFY(producers.ok());
        QCOMPARE(producers->front().transactionalId, std::string("pay"));
        QCOMPARE(producers->front().txnFirstOffset, Offset(0));
        QVERIFY(!countIsExact("t"));
        QCOMPARE(outcomes(Isolation::kReadUncommitted),
                 (std::vector{TransactionOutcome::kOpen, TransactionOutcome::kNone}));
        QCOMPARE(outcomes(Isolation::kReadCommitted), (std::vector<TransactionOutcome>{}));

        QVERIFY(operations().abortTransaction(open).ok());
        QTRY_VERIFY(!transaction("pay").isOpen());
        QCOMPARE(producer.write("t", "late"), protocol::ErrorCode::kInvalidProducerEpoch);
        QTRY_COMPARE(outcomes(Isolation::kReadUncommitted),
                     (std::vector{TransactionOutcome::kAborted, TransactionOutcome::kNone}));
        QCOMPARE(outcomes(Isolation::kReadCommitted), (std::vector{TransactionOutcome::kNone}));
        // What has ended cannot be aborted again.
        QCOMPARE(operations().abortTransaction(open).error().code, ClusterErrc::kRefused);
    }

    // Kafka's controller answers before its brokers have heard of it; a running cluster has users of its own.
    void usersComeAndGo() {
        QTRY_VERIFY(logins("alice").empty());
        QCOMPARE(operations().putLogin({"", LoginMechanism::kScramSha256, 4096, "x"}).error().code,
                 ClusterErrc::kInvalid);
        QCOMPARE(operations().putLogin({"alice", LoginMechanism::kScramSha256, 4095, "x"}).error().code,
                 ClusterErrc::kInvalid);
        QVERIFY(operations().putLogin({"alice", LoginMechanism::kScramSha512, 4096, "secret"}).ok());
        QTRY_COMPARE(logins("alice"), std::vector{LoginMechanism::kScramSha512});
        QCOMPARE(operations().removeLogin("alice", LoginMechanism::kScramSha256).error().code, ClusterErrc::kNotFound);
        QVERIFY(operations().removeLogin("alice", LoginMechanism::kScramSha512).ok());
        QTRY_VERIFY(logins("alice").empty());
    }

    void rulesNeedAnAuthorizer() {
        const AccessRule rule{
            AccessResource::kTopic,  "orders", AccessPattern::kPrefixed, "User:alice", "*", AccessOperation::kRead,
            AccessPermission::kAllow};
        if (!operations().accessRules()->areEnforced) {
            QCOMPARE(operations().addRule(rule).error().code, ClusterErrc::kUnsupported);
            if (!start({{"authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer"},
                        {"super.users", "User:ANONYMOUS;User:admin;User:CN=client;User:anne,="}})) {
                return;
            }
        }
        QVERIFY(operations().addRule(rule).ok());
        AccessRule nonsense = rule;
        nonsense.principal = "alice";
        QCOMPARE(operations().addRule(nonsense).error().code, ClusterErrc::kInvalid);
        QTRY_COMPARE(operations().accessRules()->rules, std::vector{rule});
        QVERIFY(operations().accessRules()->areEnforced);
        QVERIFY(operations().removeRule(rule).ok());
        QCOMPARE(operations().removeRule(rule).error().code, ClusterErrc::kNotFound);
        QTRY_VERIFY(operations().accessRules()->rules.empty());
    }

    void quotasAreSetAndTakenBack() {
        const QuotaTarget others{std::nullopt, "", std::nullopt};
        QCOMPARE(operations().setQuotas({}, {{"producer_byte_rate", 1.0}}).error().code, ClusterErrc::kInvalid);
        QVERIFY(
            operations().setQuotas(others, {{"producer_byte_rate", 100000000.0}, {"request_percentage", 1250.0}}).ok());
        QTRY_COMPARE(operations().quotas()->size(), std::size_t{1});
        const auto quotas = operations().quotas();
        QCOMPARE(quotas->front().target, others);
        QCOMPARE(quotas->front().limits.at("request_percentage"), 1250.0);
        QVERIFY(operations()
                    .setQuotas(others, {{"producer_byte_rate", std::nullopt}, {"request_percentage", std::nullopt}})
                    .ok());
        QTRY_VERIFY(operations().quotas()->empty());
    }

    void aGroupsSettingsAreItsOwn() {
        QVERIFY(operations().alterGroupConfig("g", {{"consumer.session.timeout.ms", "50000"}}, false).ok());
        QVERIFY(!operations().alterGroupConfig("g", {{"no.such.setting", "1"}}, false).ok());
        const auto valueIn = [&](const std::string& group) {
            const auto described = operations().describeGroupConfig(group);
            for (const ConfigEntry& entry : *described) {
                if (entry.name == "consumer.session.timeout.ms") {
                    return std::pair(*entry.value, entry.source);
                }
            }
            return std::pair(std::string(), ConfigEntry::Source::kDefault);
        };
        QTRY_COMPARE(valueIn("g"), std::pair(std::string("50000"), ConfigEntry::Source::kGroup));
        QCOMPARE(valueIn("other"), std::pair(std::string("45000"), ConfigEntry::Source::kDefault));
        QVERIFY(operations().alterGroupConfig("g", {{"consumer.session.timeout.ms", std::nullopt}}, false).ok());
        QTRY_COMPARE(valueIn("g"), std::pair(std::string("45000"), ConfigEntry::Source::kDefault));
    }

    void compactionSaysHowFarItIs() {
        create("c", 2, {{"cleanup.policy", "compact"}, {"min.cleanable.dirty.ratio", "0.25"}});
        const auto state = operations().compaction("c");
        if (isRemote()) {
            // Kafka's protocol has no question for it, and that is said.
            QCOMPARE(state.error().code, ClusterErrc::kUnsupported);
            return;
        }
        QVERIFY(state.ok());
        QCOMPARE(state->size(), std::size_t{2});
        QVERIFY(state->front().isCompacted);
        QCOMPARE(state->front().minDirtyRatio, 0.25);
        QCOMPARE(state->front().dirtyBytes, std::int64_t{0});
        QVERIFY(!state->front().isDue);
        QCOMPARE(operations().compaction("none").error().code, ClusterErrc::kNotFound);
    }

    void theClusterSaysWhoKeepsItsMetadata() {
        const auto before = operations().quorum();
        QVERIFY2(before.ok(), before.ok() ? "" : before.error().message.c_str());
        const auto leads = std::find_if(before->replicas.begin(), before->replicas.end(),
                                        [&](const QuorumReplica& one) { return one.id == before->leader; });
        QVERIFY(leads != before->replicas.end());
        QVERIFY(leads->isVoter);
        QVERIFY(leads->lastCaughtUp > Timestamp(0));
        QCOMPARE(before->lagOf(*leads), std::int64_t{0});
        QVERIFY(before->leaderEpoch > LeaderEpoch(0));
        create("changes-the-metadata", 1, {});
        QTRY_VERIFY(operations().quorum()->highWatermark > before->highWatermark);
    }

    void theClusterSaysWhatItHasAgreedOn() {
        const auto info = operations().features();
        QVERIFY2(info.ok(), info.ok() ? "" : info.error().message.c_str());
        QVERIFY(info->epoch >= 0);
        QVERIFY(std::is_sorted(info->features.begin(), info->features.end(),
                               [](const auto& a, const auto& b) { return a.name < b.name; }));
        const auto find = [&](const std::string& name) {
            const auto found = std::find_if(info->features.begin(), info->features.end(),
                                            [&](const FeatureState& one) { return one.name == name; });
            return found == info->features.end() ? FeatureState() : *found;
        };
        QCOMPARE(find("transaction.version"), (FeatureState{"transaction.version", FeatureState::Range{0, 2}, 2}));
        // A range from 0 is told only to those who ask in the newest version.
        QCOMPARE(find("group.version"), (FeatureState{"group.version", FeatureState::Range{0, 1}, 1}));
        QVERIFY(find("metadata.version").finalized >= 29);
    }

    void theClusterSaysWhereItsLogsAre() {
        create("kept", 2, {});
        QVERIFY(looked().produce("kept", {valueOf(std::string(5000, 'x'))}, {}).ok());
        const auto sizes = [&] {
            std::map<TopicPartition, std::int64_t> found;
            const auto folders = operations().logDirs();
            for (const LogDir& one : folders ? *folders : std::vector<LogDir>()) {
                for (const LogDirReplica& replica : one.replicas) {
                    found[replica.partition] = replica.sizeBytes;
                }
            }
            return found;
        };
        QTRY_VERIFY(sizes().contains({"kept", PartitionId(1)}));
        QVERIFY(sizes().at({"kept", PartitionId(0)}) > 5000);
        QCOMPARE(sizes().at({"kept", PartitionId(1)}), std::int64_t{0});
        const auto folders = operations().logDirs();
        QCOMPARE(folders->size(), std::size_t{1});
        const LogDir& folder = folders->front();
        QVERIFY(!folder.path.empty());
        QCOMPARE(folder.problem, std::string());
        QVERIFY(folder.usableBytes > 0 && folder.totalBytes >= folder.usableBytes);
    }

    void whatIsNotThereIsSaid() {
        QCOMPARE(operations().shareDeliveries("none").error().code,
                 isRemote() ? ClusterErrc::kUnsupported : ClusterErrc::kNotFound);
        // A cluster that never had a group makes its coordinator first.
        QTRY_COMPARE(operations().streams("none").error().code, ClusterErrc::kNotFound);
        if (broker() == nullptr) {
            return;
        }
        broker()->stop();
        const ClusterErrc gone = isRemote() ? ClusterErrc::kUnreachable : ClusterErrc::kStopped;
        QCOMPARE(operations().users().error().code, gone);
        QCOMPARE(operations().transactions().error().code, gone);
        QCOMPARE(operations().quorum().error().code, gone);
        QCOMPARE(operations().features().error().code, gone);
        QCOMPARE(operations().logDirs().error().code, gone);
    }

private:
#ifdef WEIR_OVER_THE_WIRE
    /// False where the cluster is another's, which keeps the settings that it has.
    bool start(std::map<std::string, std::string> configs) {
        if (m_suite && m_suite->broker() == nullptr) {
            return false;
        }
        m_suite.reset();
        m_suite = std::make_unique<weir::test::SuiteCluster>(std::move(configs));
        return true;
    }
    [[nodiscard]] bool isRemote() const {
        return m_suite->isRemote();
    }
    [[nodiscard]] api::Broker* broker() const {
        return m_suite->broker();
    }
    [[nodiscard]] const app::RemoteOptions& to() const {
        return m_suite->options();
    }
    Seen& looked() {
        return *m_suite->cluster;
    }
    api::Operations& operations() {
        return **looked().operations();
    }
    SnapshotPtr snapshot() {
        return *looked().snapshot();
    }
#else
    bool start(std::map<std::string, std::string> configs) {
        m_broker.reset();
        api::BrokerOptions options;
        options.dataFolder = m_dir->filePath(QStringLiteral("data")).toStdString();
        options.listen = {{"127.0.0.1", 0}};
        options.configs = std::move(configs);
        auto started = api::Broker::start(std::move(options));
        if (!started) {
            qFatal("%s", started.error().message.c_str());
        }
        m_broker = *std::move(started);
        return true;
    }
    [[nodiscard]] static bool isRemote() {
        return false;
    }
    [[nodiscard]] api::Broker* broker() const {
        return m_broker.get();
    }
    [[nodiscard]] std::uint16_t to() const {
        return m_broker->port();
    }
    Seen& looked() {
        return *m_broker;
    }
    api::Operations& operations() {
        return m_broker->operations();
    }
    SnapshotPtr snapshot() {
        return m_broker->snapshot();
    }
#endif
    void create(const std::string& name, int partitions, std::vector<ConfigChange> configs) {
        NewTopic topic;
        topic.name = name;
        topic.partitions = partitions;
        topic.configs = std::move(configs);
        QVERIFY(looked().createTopic(topic).ok());
        QTRY_VERIFY(snapshot()->findTopic(name) != nullptr);
        QTRY_VERIFY(looked().offsetFor({name, PartitionId(0)}, {OffsetSpecKind::kLatest, {}}).ok());
    }
    bool countIsExact(const std::string& topic) {
        return snapshot()->findTopic(topic)->countIsExact;
    }
    /// As the operations tell it; of a running cluster there may be others.
    TransactionInfo transaction(const std::string& id) {
        const auto all = operations().transactions();
        for (const TransactionInfo& one : all ? *all : std::vector<TransactionInfo>()) {
            if (one.id == id) {
                return one;
            }
        }
        return {};
    }
    std::vector<LoginMechanism> logins(const std::string& user) {
        std::vector<LoginMechanism> found;
        const auto users = operations().users();
        for (const UserInfo& one : users ? *users : std::vector<UserInfo>()) {
            for (std::size_t i = 0; one.name == user && i < one.logins.size(); ++i) {
                found.push_back(one.logins[i].mechanism);
            }
        }
        return found;
    }
    static OutgoingRecord valueOf(const std::string& value) {
        OutgoingRecord record;
        record.value = toBytes(value);
        record.partition = PartitionId(0);
        return record;
    }
    std::vector<TransactionOutcome> outcomes(Isolation isolation) {
        ReadRequest request;
        request.partition = {"t", PartitionId(0)};
        request.isolation = isolation;
        std::vector<TransactionOutcome> seen;
        // A read may answer less than there is; whoever wants more goes on where it ended.
        for (Offset from(0);;) {
            request.from = from;
            const auto chunk = looked().read(request);
            for (const RecordView& record : (*chunk)->records) {
                seen.push_back((*chunk)->batches.at(record.batch).outcome);
            }
            if ((*chunk)->next == from) {
                break;
            }
            from = (*chunk)->next;
        }
        return seen;
    }

#ifdef WEIR_OVER_THE_WIRE
    std::unique_ptr<weir::test::SuiteCluster> m_suite;
#else
    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<api::Broker> m_broker;
#endif
};

QTEST_GUILESS_MAIN(TstOperations)
#include "tst_operations.moc"
