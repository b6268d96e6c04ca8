// SPDX-License-Identifier: GPL-3.0-or-later
// How much one answer to a Fetch holds, and of whom.
#include <QTest>
#include <algorithm>
#include <array>
#include <map>

#include "broker/base/random.h"
#include "tests/broker/server/server_fixture.h"

using namespace weir;
using namespace weir::testing;
using protocol::ErrorCode;
using protocol::FetchResponse;

namespace {

/// Values of `size` bytes that no codec makes smaller.
std::vector<std::string> noise(SeededRandom& random, std::size_t count, std::size_t size) {
    std::vector<std::string> values(count, std::string(size, '\0'));
    for (std::string& value : values) {
        std::ranges::generate(value, [&random] { return static_cast<char>(random.next()); });
    }
    return values;
}

}  // namespace

class TestFetchAnswers : public QObject {
    Q_OBJECT

private slots:
    /// A client that takes fifty megabytes gets them in answers of about one, in which partitions that have records
    /// share, and a batch larger than its share is handed out as long as the client takes one so large.
    void aLargeFetchIsSharedByItsPartitions() {
        ServerFixture server;
        server.createTopic("t", 5);
        auto client = server.client();
        constexpr std::size_t kEach = 100'000;
        constexpr std::int64_t kSmall = 20;
        for (std::int32_t p = 0; p < 4; ++p) {
            for (std::int64_t i = 0; i < kSmall; ++i) {
                const Bytes batch = batchOf({.values = {std::string(kEach, static_cast<char>('a' + p))}});
                QCOMPARE(produce(client, "t", p, batch).errorCode, ErrorCode::kNone);
            }
        }
        QCOMPARE(produce(client, "t", 4, batchOf({.values = {std::string(900'000, 'z')}})).errorCode, ErrorCode::kNone);
        std::map<std::int32_t, std::int64_t> next;
        std::map<std::int32_t, std::size_t> bytes;
        std::int32_t mostOfLarge = 800'000;
        for (int round = 0; round < 40 && !(next[0] + next[1] + next[2] + next[3] == 4 * kSmall && next[4] == 1);
             ++round) {
            auto request = fetchOf({.topic = "t", .partition = 0});
            request.maxBytes = 50'000'000;
            request.topics[0].partitions.clear();
            for (std::int32_t p = 0; p < 5; ++p) {
                request.topics[0].partitions.push_back({.partition = PartitionId(p),
                                                        .fetchOffset = Offset(next[p]),
                                                        .partitionMaxBytes = p == 4 ? mostOfLarge : 10'000'000});
            }
            const auto response = client.call<FetchResponse>(request, 11);
            std::size_t total = 0;
            int served = 0;
            for (const auto& partition : response.responses.at(0).partitions) {
                const auto values = valuesIn(partition.records.bytes());
                next[partition.partitionIndex.value] += static_cast<std::int64_t>(values.size());
                bytes[partition.partitionIndex.value] += partition.records.bytes().size();
                total += partition.records.bytes().size();
                served += values.empty() ? 0 : 1;
            }
            QVERIFY2(total <= 2'200'000, "an answer is much larger than it should be");
            if (round == 0) {
                QCOMPARE(served, 4);
                QCOMPARE(next[4], 0);
                mostOfLarge = 1'000'000;
            }
        }
        for (std::int32_t p = 0; p < 4; ++p) {
            QCOMPARE(next[p], kSmall);
            QVERIFY(bytes[p] >= kEach * kSmall);
        }
        QCOMPARE(next[4], 1);
    }

    /// Batches so large that one or two fill an answer: whoever asks without a session and always in the same order, or
    /// in one that turns by a place each time, gets records of each partition, and of none much more than of another.
    void largeBatchesOfManyPartitionsTakeTurns() {
        constexpr int kPartitions = 8;
        constexpr std::int64_t kBatches = 12;
        ServerFixture server;
        server.createTopic("t", kPartitions);
        auto client = server.client();
        for (std::int32_t p = 0; p < kPartitions; ++p) {
            for (std::int64_t i = 0; i < kBatches; ++i) {
                const Bytes batch = batchOf({.values = {std::string(900'000, static_cast<char>('a' + p))}});
                QCOMPARE(produce(client, "t", p, batch).errorCode, ErrorCode::kNone);
            }
        }
        for (const int turning : {0, 1, kPartitions - 1}) {
            std::array<std::int64_t, kPartitions> next{};
            std::int64_t got = 0;
            int round = 0;
            for (; round < 400 && got < kPartitions * kBatches; ++round) {
                auto request = fetchOf({.topic = "t", .partition = 0});
                request.maxBytes = 50'000'000;
                request.topics[0].partitions.clear();
                for (int n = 0; n < kPartitions; ++n) {
                    const std::int32_t p = (n + round * turning) % kPartitions;
                    request.topics[0].partitions.push_back({.partition = PartitionId(p),
                                                            .fetchOffset = Offset(next.at(p)),
                                                            .partitionMaxBytes = 1'048'576});
                }
                const auto response = client.call<FetchResponse>(request, 11);
                std::size_t total = 0;
                for (const auto& partition : response.responses.at(0).partitions) {
                    QCOMPARE(partition.highWatermark.value, kBatches);
                    total += partition.records.bytes().size();
                    const auto values = static_cast<std::int64_t>(valuesIn(partition.records.bytes()).size());
                    next.at(static_cast<std::size_t>(partition.partitionIndex.value)) += values;
                    got += values;
                }
                QVERIFY2(total <= 2'000'000, "an answer is much larger than it should be");
                const auto [least, most] = std::ranges::minmax(next);
                QVERIFY2(most < kBatches || least > 0, "a partition starves");
            }
            QCOMPARE(got, kPartitions * kBatches);
            QVERIFY2(round <= kPartitions * kBatches, "an answer brought nothing while there were records");
        }
    }

    /// What is waited for is more than a good answer, and the first two batches bring it to just below that.
    void anAnswerIsNotFullBeforeItsMinimum() {
        ServerFixture server;
        server.createTopic("t", 3);
        auto client = server.client();
        auto request = fetchOf({.topic = "t", .partition = 0});
        request.maxBytes = 50'000'000;
        request.minBytes = 1'830'000;
        request.topics[0].partitions.clear();
        for (std::int32_t p = 0; p < 3; ++p) {
            QCOMPARE(produce(client, "t", p, batchOf({.values = {std::string(900'000, 'a')}})).errorCode,
                     ErrorCode::kNone);
            request.topics[0].partitions.push_back(
                {.partition = PartitionId(p), .fetchOffset = Offset(0), .partitionMaxBytes = 1'048'576});
        }
        const auto response = client.call<FetchResponse>(request, 11);
        std::size_t total = 0;
        for (const auto& partition : response.responses.at(0).partitions) {
            total += partition.records.bytes().size();
        }
        QVERIFY(total >= 1'830'000);
    }

    void anAnswerOfOnePartitionIsAsLargeAsSuitsItsRecords_data() {
        QTest::addColumn<int>("recordSize");
        QTest::addColumn<int>("codec");
        QTest::addColumn<int>("sixteenths");
        QTest::newRow("records of 1 KiB: a mebibyte") << 1024 << 0 << 16;
        QTest::newRow("small records: two") << 100 << 0 << 32;
        QTest::newRow("compressed ones: half of one") << 1024 << 4 << 8;
    }
    void anAnswerOfOnePartitionIsAsLargeAsSuitsItsRecords() {
        QFETCH(int, recordSize);
        QFETCH(int, codec);
        QFETCH(int, sixteenths);
        constexpr int kBatch = 32 << 10;
        constexpr int kBatches = 160;
        ServerFixture server;
        server.createTopic("t", 2);
        auto client = server.client();
        SeededRandom random(1);
        const auto perBatch = static_cast<std::size_t>(kBatch / recordSize);
        const Bytes batch = batchOf({.values = noise(random, perBatch, static_cast<std::size_t>(recordSize)),
                                     .compression = static_cast<Compression>(codec)});
        for (int i = 0; i < kBatches; ++i) {
            QCOMPARE(produce(client, "t", 0, batch).errorCode, ErrorCode::kNone);
        }
        auto request = fetchOf({.topic = "t"});
        request.maxBytes = 50'000'000;
        request.topics[0].partitions[0].partitionMaxBytes = 10'000'000;
        request.topics[0].partitions.push_back({.partition = PartitionId(1), .partitionMaxBytes = 10'000'000});
        // What kind they are is known from the second answer on.
        std::size_t read = 0;
        for (const int expected : {16, sixteenths, sixteenths}) {
            request.topics[0].partitions[0].fetchOffset = Offset(static_cast<std::int64_t>(read));
            const auto response = client.call<FetchResponse>(request, 11);
            const ByteView records = response.responses.at(0).partitions.at(0).records.bytes();
            const std::size_t most = static_cast<std::size_t>(expected) << 16;
            QVERIFY2(records.size() <= most && records.size() + 2 * batch.size() > most,
                     qPrintable(QString::number(records.size()) + " bytes"));
            read += valuesIn(records).size();
        }
        // A client that takes less gets less, and who waits for more gets as much.
        request.topics[0].partitions[0].partitionMaxBytes = 100'000;
        auto response = client.call<FetchResponse>(request, 11);
        QVERIFY(response.responses.at(0).partitions.at(0).records.bytes().size() <= 100'000);
        request.topics[0].partitions[0].fetchOffset = Offset(0);
        request.topics[0].partitions[0].partitionMaxBytes = 10'000'000;
        request.minBytes = 3'000'000;
        response = client.call<FetchResponse>(request, 11);
        QVERIFY(response.responses.at(0).partitions.at(0).records.bytes().size() >= 2'900'000);
    }
};

QTEST_GUILESS_MAIN(TestFetchAnswers)
#include "tst_fetch_answers.moc"
