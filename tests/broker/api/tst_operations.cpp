// SPDX-License-Identifier: GPL-3.0-or-later
// What an administrator asks of a running broker beyond topics: transactions, users, rules, quotas, groups' settings;
// asked directly or, built as tst_remote_operations, over the wire.
#include <QTemporaryDir>
#include <QTest>

#ifdef WEIR_OVER_THE_WIRE
#include "app/cluster/remote/remote_cluster.h"
#endif
#include "broker/api/broker.h"
#include "broker/api/operations.h"
#include "broker/protocol/messages/init_producer_id.h"
#include "broker/protocol/messages/produce.h"
#include "broker/records/batch_builder.h"
#include "tests/support/fast_folder.h"
#include "tests/support/wire_client.h"

using namespace weir;
using weir::testing::WireClient;

namespace {

constexpr std::int16_t kInitVersion = 5;
/// The first with which a producer adds the partition by writing (transaction.version 2).
constexpr std::int16_t kProduceVersion = 12;

/// A transactional producer by hand.
class Producer {
public:
    Producer(std::uint16_t port, std::string id) : m_client(port), m_id(std::move(id)) { begin(); }

    void begin() {
        protocol::InitProducerIdRequest request;
        request.transactionalId = m_id;
        request.transactionTimeoutMs = 60'000;
        for (;;) {
            const auto answer = m_client.call<protocol::InitProducerIdResponse>(request, kInitVersion);
            if (answer.errorCode != protocol::ErrorCode::kCoordinatorNotAvailable &&
                answer.errorCode != protocol::ErrorCode::kCoordinatorLoadInProgress) {
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
    WireClient m_client;
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
        m_dir = std::make_unique<QTemporaryDir>(testing::fastFolder());
        start({});
    }
    void cleanup() {
        m_broker.reset();
        m_dir.reset();
    }

    void anAbortedTransactionLetsReadersOnAndFencesItsProducer() {
        NewTopic topic;
        topic.name = "t";
        topic.partitions = 1;
        QVERIFY(m_broker->createTopic(topic).ok());
        Producer producer(m_broker->port(), "pay");
        QCOMPARE(producer.write("t", "held"), protocol::ErrorCode::kNone);
        QVERIFY(m_broker->produce("t", {valueOf("plain")}, {}).ok());

        auto all = operations().transactions();
        QVERIFY(all.ok());
        QCOMPARE(all->size(), std::size_t{1});
        const TransactionInfo open = all->front();
        QCOMPARE(open.id, std::string("pay"));
        QCOMPARE(open.state, TransactionState::kOngoing);
        QCOMPARE(open.places.size(), std::size_t{1});
        QCOMPARE(open.places.front().first, Offset(0));
        QVERIFY(open.places.front().holdsReaders);
        const auto producers = operations().producers({"t", PartitionId(0)});
        QVERIFY(producers.ok());
        QCOMPARE(producers->front().transactionalId, std::string("pay"));
        QCOMPARE(producers->front().txnFirstOffset, Offset(0));
        QVERIFY(!m_broker->snapshot()->findTopic("t")->countIsExact);
        QCOMPARE(outcomes(Isolation::kReadUncommitted),
                 (std::vector{TransactionOutcome::kOpen, TransactionOutcome::kNone}));
        QCOMPARE(outcomes(Isolation::kReadCommitted), (std::vector<TransactionOutcome>{}));

        QVERIFY(operations().abortTransaction(open).ok());
        QCOMPARE(producer.write("t", "late"), protocol::ErrorCode::kInvalidProducerEpoch);
        QTRY_COMPARE(outcomes(Isolation::kReadUncommitted),
                     (std::vector{TransactionOutcome::kAborted, TransactionOutcome::kNone}));
        QCOMPARE(outcomes(Isolation::kReadCommitted), (std::vector{TransactionOutcome::kNone}));
        // What has ended cannot be aborted again.
        QCOMPARE(operations().abortTransaction(open).error().code, ClusterErrc::kRefused);
        QTRY_VERIFY(!operations().transactions()->front().isOpen());
    }

    void usersComeAndGo() {
        QVERIFY(operations().users()->empty());
        QCOMPARE(operations().putLogin({"", LoginMechanism::kScramSha256, 4096, "x"}).error().code,
                 ClusterErrc::kInvalid);
        QCOMPARE(operations().putLogin({"alice", LoginMechanism::kScramSha256, 4095, "x"}).error().code,
                 ClusterErrc::kInvalid);
        QVERIFY(operations().putLogin({"alice", LoginMechanism::kScramSha512, 4096, "secret"}).ok());
        const auto users = operations().users();
        QCOMPARE(users->size(), std::size_t{1});
        QCOMPARE(users->front().logins.front().mechanism, LoginMechanism::kScramSha512);
        QCOMPARE(operations().removeLogin("alice", LoginMechanism::kScramSha256).error().code, ClusterErrc::kNotFound);
        QVERIFY(operations().removeLogin("alice", LoginMechanism::kScramSha512).ok());
        QVERIFY(operations().users()->empty());
    }

    void rulesNeedAnAuthorizer() {
        const AccessRule rule{
            AccessResource::kTopic,  "orders", AccessPattern::kPrefixed, "User:alice", "*", AccessOperation::kRead,
            AccessPermission::kAllow};
        QVERIFY(!operations().accessRules()->areEnforced);
        QCOMPARE(operations().addRule(rule).error().code, ClusterErrc::kUnsupported);
        m_broker.reset();
        start({{"authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer"},
               {"super.users", "User:ANONYMOUS"}});
        QVERIFY(operations().addRule(rule).ok());
        AccessRule nonsense = rule;
        nonsense.principal = "alice";
        QCOMPARE(operations().addRule(nonsense).error().code, ClusterErrc::kInvalid);
        const auto rules = operations().accessRules();
        QVERIFY(rules->areEnforced);
        QCOMPARE(rules->rules, std::vector{rule});
        QVERIFY(operations().removeRule(rule).ok());
        QCOMPARE(operations().removeRule(rule).error().code, ClusterErrc::kNotFound);
    }

    void quotasAreSetAndTakenBack() {
        const QuotaTarget others{std::nullopt, "", std::nullopt};
        QCOMPARE(operations().setQuotas({}, {{"producer_byte_rate", 1.0}}).error().code, ClusterErrc::kInvalid);
        QVERIFY(operations().setQuotas(others, {{"producer_byte_rate", 1000.0}, {"request_percentage", 12.5}}).ok());
        auto quotas = operations().quotas();
        QCOMPARE(quotas->size(), std::size_t{1});
        QCOMPARE(quotas->front().target, others);
        QCOMPARE(quotas->front().limits.at("request_percentage"), 12.5);
        QVERIFY(operations()
                    .setQuotas(others, {{"producer_byte_rate", std::nullopt}, {"request_percentage", std::nullopt}})
                    .ok());
        QVERIFY(operations().quotas()->empty());
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
        QCOMPARE(valueIn("g"), std::pair(std::string("50000"), ConfigEntry::Source::kGroup));
        QCOMPARE(valueIn("other"), std::pair(std::string("45000"), ConfigEntry::Source::kDefault));
    }

    void compactionSaysHowFarItIs() {
        NewTopic topic;
        topic.name = "c";
        topic.partitions = 2;
        topic.configs = {{"cleanup.policy", "compact"}, {"min.cleanable.dirty.ratio", "0.25"}};
        QVERIFY(m_broker->createTopic(topic).ok());
        const auto state = operations().compaction("c");
        if (kIsRemote) {
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

    void whatIsNotThereIsSaid() {
        QCOMPARE(operations().shareDeliveries("none").error().code,
                 kIsRemote ? ClusterErrc::kUnsupported : ClusterErrc::kNotFound);
        QCOMPARE(operations().streams("none").error().code, ClusterErrc::kNotFound);
        m_broker->stop();
        const ClusterErrc gone = kIsRemote ? ClusterErrc::kUnreachable : ClusterErrc::kStopped;
        QCOMPARE(operations().users().error().code, gone);
        QCOMPARE(operations().transactions().error().code, gone);
    }

private:
    void start(std::map<std::string, std::string> configs) {
        api::BrokerOptions options;
        options.dataFolder = m_dir->filePath(QStringLiteral("data")).toStdString();
        options.listen = {{"127.0.0.1", 0}};
        options.configs = std::move(configs);
        auto started = api::Broker::start(std::move(options));
        if (!started) {
            qFatal("%s", started.error().message.c_str());
        }
        m_broker = *std::move(started);
#ifdef WEIR_OVER_THE_WIRE
        app::RemoteOptions remote;
        remote.name = "Test";
        remote.bootstrap = {{ "127.0.0.1", m_broker->port() }};
        m_remote = std::make_unique<app::RemoteCluster>(remote, m_clock);
#endif
    }
#ifdef WEIR_OVER_THE_WIRE
    static constexpr bool kIsRemote = true;
    api::Operations& operations() {
        return **m_remote->operations();
    }
#else
    static constexpr bool kIsRemote = false;
    api::Operations& operations() {
        return m_broker->operations();
    }
#endif
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
            const auto chunk = m_broker->read(request);
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

    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<api::Broker> m_broker;
#ifdef WEIR_OVER_THE_WIRE
    SystemClock m_clock;
    std::unique_ptr<app::RemoteCluster> m_remote;
#endif
};

QTEST_GUILESS_MAIN(TstOperations)
#include "tst_operations.moc"
