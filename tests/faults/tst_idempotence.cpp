// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <QtCore/QTemporaryDir>
#include <memory>
#include <optional>
#include <random>

#include "broker/protocol/messages/create_topics.h"
#include "broker/protocol/messages/init_producer_id.h"
#include "tests/broker/server/server_fixture.h"
#include "tests/support/broker_process.h"
#include "tests/support/fast_folder.h"
#include "tests/support/seed.h"

using namespace weir;
using protocol::ErrorCode;
using weir::test::BrokerProcess;
using weir::testing::WireClient;

namespace {

constexpr const char* kTopic = "once";
constexpr std::int32_t kPartitions = 4;
/// As many as a producer may have in flight, and as many as a broker remembers.
constexpr int kWindow = 5;

/// Whom the producers talk to: a broker of ours that is killed now and then, or one that runs elsewhere.
class Subject {
public:
    Subject() {
        const int port = qEnvironmentVariableIntValue("WEIR_IDEMPOTENCE_PORT");
        if (port == 0) {
            m_broker = std::make_unique<BrokerProcess>(WEIR_BROKER, m_folder.filePath("data").toStdString(),
                                                       std::vector<std::string>{"--set", "log.segment.bytes=1048576"});
            m_broker->logTo(m_folder.filePath("log").toStdString());
            m_broker->start();
        }
        m_port = m_broker ? m_broker->port() : static_cast<std::uint16_t>(port);
    }
    [[nodiscard]] std::uint16_t port() const { return m_port; }
    /// False when it is not ours to restart.
    bool restart(int signal) {
        if (m_broker) {
            m_broker->end(signal);
            m_broker->start();
        }
        return m_broker != nullptr;
    }

private:
    QTemporaryDir m_folder{testing::fastFolder()};
    std::unique_ptr<BrokerProcess> m_broker;
    std::uint16_t m_port = 0;
};

/// What happened, for the figure at the end.
struct Tally {
    int batches = 0;
    int lostAnswers = 0;
    int duplicates = 0;
    int reordered = 0;
    int fenced = 0;
    int restarts = 0;
};

/// An idempotent producer of one partition behind a network that loses answers, doubles requests and swaps them. It
/// knows what stands in the log as soon as it is acknowledged, because nobody else writes there.
class Producer {
public:
    Producer(std::uint16_t port, std::int32_t partition, Tally& tally)
        : m_port(port), m_partition(partition), m_tally(tally) {
        connect();
        protocol::InitProducerIdRequest request;
        request.transactionalId.reset();
        const auto made = m_client->call<protocol::InitProducerIdResponse>(request, 4);
        if (made.errorCode != ErrorCode::kNone) {
            throw std::runtime_error("no producer id");
        }
        m_id = made.producerId;
        m_epoch = made.producerEpoch;
    }
    /// After the broker's end.
    void connect() { m_client = std::make_unique<WireClient>(m_port); }

    /// The next batch, and its answer.
    void sendPlainly() {
        const Bytes batch = next();
        confirm(call(batch));
    }
    /// Several in flight; the line is cut before their answers come. Then they are sent once more.
    void loseTheAnswers(int count) {
        std::vector<Bytes> batches;
        for (int i = 0; i < count; ++i) {
            batches.push_back(make(m_sequence + sizeSoFar(batches.size())));
            send(batches.back());
        }
        m_client->reset();
        connect();
        for (int i = 0; i < count; ++i) {
            m_current = batches[static_cast<std::size_t>(i)];
            confirm(call(m_current));
        }
        m_tally.lostAnswers += count;
    }
    /// The network delivers a request several times.
    void double_(int copies) {
        const Bytes batch = next();
        std::vector<protocol::CorrelationId> sent;
        for (int i = 0; i < copies; ++i) {
            sent.push_back(send(batch));
        }
        const Offset expected(m_end);
        confirm(receive(sent[0]));
        for (std::size_t i = 1; i < sent.size(); ++i) {
            const auto answer = receive(sent[i]);
            expect(answer, ErrorCode::kNone, "a copy");
            expectOffset(answer.baseOffset, expected);
        }
        m_tally.duplicates += copies - 1;
    }
    /// One of the batches that the broker remembers comes again, out of nowhere.
    void repeatOld(std::size_t age) {
        if (age < m_recent.size() && age < kWindow) {
            const Sent& old = m_recent[m_recent.size() - 1 - age];
            const auto answer = call(old.batch);
            expect(answer, ErrorCode::kNone, "a late copy");
            expectOffset(answer.baseOffset, old.at);
            ++m_tally.duplicates;
        }
    }
    /// One that it has forgotten: refused, for it cannot be told from a gap.
    void repeatForgotten() {
        if (m_recent.size() > kWindow) {
            expect(call(m_recent.front().batch), ErrorCode::kOutOfOrderSequenceNumber, "a forgotten copy");
            ++m_tally.duplicates;
        }
    }
    /// Two requests arrive the wrong way round: the later is refused until the earlier has come.
    void swap() {
        if (m_end == 0) {
            // From a producer that nobody knows yet, any beginning is taken.
            return sendPlainly();
        }
        const Bytes first = make(m_sequence);
        const Bytes second = make(m_sequence + kRecords);
        const auto early = send(second);
        const auto late = send(first);
        expect(receive(early), ErrorCode::kOutOfOrderSequenceNumber, "the later of two");
        m_current = first;
        confirm(receive(late));
        m_current = second;
        confirm(call(second));
        ++m_tally.reordered;
    }
    /// A newer incarnation takes over; what the older one still has on its way is refused.
    void raiseEpoch() {
        const Bytes old = make(m_sequence);
        const Bytes gap = make(m_sequence, ProducerEpoch(static_cast<std::int16_t>(m_epoch.value + 1)));
        if (m_sequence != 0) {
            expect(call(gap), ErrorCode::kOutOfOrderSequenceNumber, "a new epoch that begins in the middle");
        }
        m_epoch = ProducerEpoch(static_cast<std::int16_t>(m_epoch.value + 1));
        m_sequence = 0;
        m_recent.clear();
        sendPlainly();
        expect(call(old), ErrorCode::kInvalidProducerEpoch, "a batch of an older epoch");
        ++m_tally.fenced;
    }

    [[nodiscard]] std::size_t remembered() const { return std::min<std::size_t>(m_recent.size(), kWindow); }

    /// Every record of it, once and in order, and nothing else.
    void judge() {
        std::int64_t at = 0;
        while (at < m_end) {
            auto request = testing::fetchOf({.topic = kTopic, .offset = at, .partition = m_partition});
            const auto answer = m_client->call<protocol::FetchResponse>(request, 12);
            const auto& partition = answer.responses.at(0).partitions.at(0);
            const auto values = testing::valuesIn(partition.records.bytes());
            if (values.empty()) {
                break;
            }
            for (const std::string& value : values) {
                const auto place = static_cast<std::size_t>(at++);
                if (place >= m_values.size() || m_values[place] != value) {
                    throw std::runtime_error("offset " + std::to_string(place) + " holds " + value);
                }
            }
        }
        if (at != static_cast<std::int64_t>(m_values.size())) {
            throw std::runtime_error("the log ends at " + std::to_string(at));
        }
    }

private:
    static constexpr std::int32_t kRecords = 3;
    struct Sent {
        Bytes batch;
        Offset at;
    };

    static std::int32_t sizeSoFar(std::size_t batches) { return static_cast<std::int32_t>(batches) * kRecords; }
    Bytes make(std::int32_t sequence) { return make(sequence, m_epoch); }
    Bytes make(std::int32_t sequence, ProducerEpoch epoch) {
        std::vector<std::string> values;
        for (std::int32_t i = 0; i < kRecords; ++i) {
            values.push_back(std::to_string(m_partition) + ":" + std::to_string(epoch.value) + ":" +
                             std::to_string(sequence + i));
        }
        return testing::batchOf(
            {.values = values, .producerId = m_id, .producerEpoch = epoch, .sequence = Sequence(sequence)});
    }
    Bytes next() { return m_current = make(m_sequence); }

    protocol::CorrelationId send(const Bytes& batch) {
        protocol::ProduceRequest request;
        request.acks = -1;
        request.timeoutMs = 10'000;
        auto& data = request.topicData.emplace_back();
        data.name = kTopic;
        data.partitionData.push_back({PartitionId(m_partition), ByteView(batch), {}});
        return m_client->send(request, 9);
    }
    using Answer = protocol::ProduceResponse::PartitionProduceResponse;
    Answer receive(protocol::CorrelationId id) {
        return m_client->receive<protocol::ProduceResponse>(9, id).responses.at(0).partitionResponses.at(0);
    }
    Answer call(const Bytes& batch) { return receive(send(batch)); }

    void expect(const Answer& answer, ErrorCode code, const char* what) const {
        if (answer.errorCode != code) {
            throw std::runtime_error(std::string(what) + " of partition " + std::to_string(m_partition) +
                                     " at sequence " + std::to_string(m_sequence) + " got error " +
                                     std::to_string(static_cast<int>(answer.errorCode)));
        }
    }
    static void expectOffset(Offset found, Offset expected) {
        if (found != expected) {
            throw std::runtime_error("offset " + std::to_string(found.value) + " instead of " +
                                     std::to_string(expected.value));
        }
    }
    /// m_current is stored now, at the end.
    void confirm(const Answer& answer) {
        expect(answer, ErrorCode::kNone, "a batch");
        expectOffset(answer.baseOffset, Offset(m_end));
        for (std::int32_t i = 0; i < kRecords; ++i) {
            m_values.push_back(std::to_string(m_partition) + ":" + std::to_string(m_epoch.value) + ":" +
                               std::to_string(m_sequence + i));
        }
        m_recent.push_back({m_current, Offset(m_end)});
        if (m_recent.size() > kWindow + 1) {
            m_recent.erase(m_recent.begin());
        }
        m_end += kRecords;
        m_sequence += kRecords;
        ++m_tally.batches;
    }

    std::uint16_t m_port;
    std::int32_t m_partition;
    Tally& m_tally;
    std::unique_ptr<WireClient> m_client;
    ProducerId m_id = kNoProducerId;
    ProducerEpoch m_epoch = kNoProducerEpoch;
    std::int32_t m_sequence = 0;
    std::int64_t m_end = 0;
    Bytes m_current;
    std::vector<Sent> m_recent;
    std::vector<std::string> m_values;
};

void createTopic(std::uint16_t port) {
    WireClient client(port);
    protocol::CreateTopicsRequest request;
    auto& topic = request.topics.emplace_back();
    topic.name = kTopic;
    topic.numPartitions = kPartitions;
    topic.replicationFactor = 1;
    client.call<protocol::CreateTopicsResponse>(request, 7);
}

void mistreat(Producer& producer, std::minstd_rand& random) {
    switch (random() % 8) {
        case 0:
            return producer.loseTheAnswers(1 + static_cast<int>(random() % kWindow));
        case 1:
            return producer.double_(2 + static_cast<int>(random() % 3));
        case 2:
            return producer.repeatOld(random() % kWindow);
        case 3:
            return producer.repeatForgotten();
        case 4:
            return producer.swap();
        case 5:
            return random() % 8 == 0 ? producer.raiseEpoch() : producer.sendPlainly();
        default:
            return producer.sendPlainly();
    }
}

}  // namespace

/// T19: whatever the network does to an idempotent producer, each of its batches is in the log once and in its place.
/// WEIR_BATCHES=100000 is the long form; WEIR_IDEMPOTENCE_PORT names a Kafka on this machine to hold the same against.
class TstIdempotence : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void eachBatchIsStoredOnceWhateverTheNetworkDoes() {
        const int wanted = qMax(20'000, qEnvironmentVariableIntValue("WEIR_BATCHES"));
        std::minstd_rand random(testing::printedSeed());
        Subject subject;
        createTopic(subject.port());
        Tally tally;
        std::vector<std::unique_ptr<Producer>> producers;
        for (std::int32_t partition = 0; partition < kPartitions; ++partition) {
            producers.push_back(std::make_unique<Producer>(subject.port(), partition, tally));
        }
        const int step = wanted / 10;
        for (int restartAt = step; tally.batches < wanted;) {
            mistreat(*producers[random() % kPartitions], random);
            if (tally.batches < restartAt) {
                continue;
            }
            restartAt += step;
            if (!subject.restart(random() % 2 == 0 ? SIGKILL : SIGTERM)) {
                continue;
            }
            ++tally.restarts;
            // What it remembers survives its end.
            for (const auto& producer : producers) {
                producer->connect();
                for (std::size_t age = 0; age < producer->remembered(); ++age) {
                    producer->repeatOld(age);
                }
            }
        }
        for (const auto& producer : producers) {
            producer->judge();
        }
        qInfo("T19: %d batches once each: %d answers lost, %d copies, %d swapped, %d fenced, %d restarts",
              tally.batches, tally.lostAnswers, tally.duplicates, tally.reordered, tally.fenced, tally.restarts);
        QVERIFY(tally.lostAnswers > 0 && tally.duplicates > 0 && tally.reordered > 0 && tally.fenced > 0);
    }
};

QTEST_GUILESS_MAIN(TstIdempotence)
#include "tst_idempotence.moc"
