// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <QtCore/QByteArray>

#include "broker/base/random.h"
#include "broker/groups/consumer_protocol.h"

using namespace weir;
using namespace weir::groups;

namespace {

Bytes hex(const char* digits) {
    const auto raw = QByteArray::fromHex(digits);
    return toBytes(std::string_view(raw.data(), static_cast<std::size_t>(raw.size())));
}

}  // namespace

class TstGroupsConsumerProtocol : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void publishedLayoutOfASubscriptionIsRead() {
        const auto v0 = parseSubscription(hex("0000 00000002 0001 61 0002 6262 ffffffff"));
        QCOMPARE(v0->topics, (std::vector<std::string>{"a", "bb"}));
        QVERIFY(v0->userData.empty() && v0->owned.empty());
        const auto v3 = parseSubscription(
            hex("0003 00000001 0001 61 00000002 0102 00000001 0001 61 00000002 00000000 00000003 00000007 0002 7231"));
        QCOMPARE(v3->version, std::int16_t(3));
        QCOMPARE(v3->userData.size(), 2U);
        QCOMPARE(v3->owned, (std::vector<TopicPartition>{{"a", PartitionId(0)}, {"a", PartitionId(3)}}));
        QCOMPARE(v3->generation, GenerationId(7));
        QCOMPARE(*v3->rackId, std::string("r1"));
    }
    void publishedLayoutOfAnAssignmentIsRead() {
        const auto assignment = parseAssignment(hex("0001 00000001 0001 61 00000002 00000000 00000001 ffffffff"));
        QCOMPARE(assignment->partitions, (std::vector<TopicPartition>{{"a", PartitionId(0)}, {"a", PartitionId(1)}}));
    }
    void laterVersionIsReadAsTheLatestKnown() {
        ConsumerSubscription subscription;
        subscription.version = 3;
        subscription.topics = {"t"};
        auto bytes = writeSubscription(subscription);
        bytes[1] = std::byte{9};
        bytes.push_back(std::byte{0x55});
        QCOMPARE(parseSubscription(bytes)->topics, subscription.topics);
    }
    void subscriptionWithoutItsTailIsStillUnderstood() {
        QCOMPARE(parseSubscription(hex("0000 00000001 0001 61"))->topics, std::vector<std::string>{"a"});
        QCOMPARE(parseSubscription(hex("0001 00000001 0001 61 ffffffff"))->topics, std::vector<std::string>{"a"});
        QVERIFY(parseAssignment(hex("0000 00000000")));
    }
    void hostileBytesAreRefused() {
        QVERIFY(!parseSubscription({}));
        QVERIFY(!parseSubscription(hex("ffff 00000000 ffffffff")));
        QVERIFY(!parseSubscription(hex("0000 7fffffff 0001 61")));
        QVERIFY(!parseSubscription(hex("0000 ffffffff")));
        QVERIFY(!parseSubscription(hex("0000 00000001 7fff 61")));
        QVERIFY(!parseSubscription(hex("0000 00000001 ffff")));
        QVERIFY(!parseSubscription(hex("0000 00000001 0001 61 fffffffe")));
        QVERIFY(!parseAssignment(hex("0000 00000001 0001 61 7fffffff 00000000")));
        SeededRandom random(7);
        for (int round = 0; round < 20'000; ++round) {
            Bytes bytes(random.next() % 40);
            for (auto& byte : bytes) {
                byte = static_cast<std::byte>(random.next() % (round % 2 == 0 ? 4 : 256));
            }
            (void)parseSubscription(bytes);
            (void)parseAssignment(bytes);
        }
    }
    void whatIsWrittenIsRead() {
        for (std::int16_t version = 0; version <= 3; ++version) {
            ConsumerSubscription subscription;
            subscription.version = version;
            subscription.topics = {"orders", "payments"};
            subscription.userData = toBytes("user");
            subscription.owned = {{"orders", PartitionId(1)}, {"payments", PartitionId(0)}};
            subscription.generation = GenerationId(5);
            subscription.rackId = "rack";
            const auto read = parseSubscription(writeSubscription(subscription));
            QCOMPARE(read->topics, subscription.topics);
            QCOMPARE(read->userData, subscription.userData);
            QCOMPARE(read->owned, version >= 1 ? subscription.owned : std::vector<TopicPartition>{});
            QCOMPARE(read->generation, version >= 2 ? GenerationId(5) : GenerationId(-1));
            QCOMPARE(read->rackId.has_value(), version >= 3);
        }
        ConsumerAssignment assignment;
        assignment.partitions = {{"a", PartitionId(0)}, {"a", PartitionId(2)}, {"b", PartitionId(1)}};
        QCOMPARE(parseAssignment(writeAssignment(assignment))->partitions, assignment.partitions);
    }
};

QTEST_APPLESS_MAIN(TstGroupsConsumerProtocol)
#include "tst_groups_consumer_protocol.moc"
