// SPDX-License-Identifier: GPL-3.0-or-later
// TxnOffsetCommit (KIP-447): which member's offsets a transaction may take along.
#include <QTest>

#include "tests/broker/groups/kip848_consumer.h"

using namespace weir;
using namespace weir::groups;
using namespace weir::groups::testing;

namespace {

OffsetCommitRequest inTransaction(const std::string& memberId = "", GenerationId generation = kNoGeneration,
                                  std::optional<std::string> instanceId = std::nullopt) {
    OffsetCommitRequest request;
    request.groupId = "g";
    request.memberId = memberId;
    request.generationOrEpoch = generation;
    request.instanceId = std::move(instanceId);
    request.topics = {{TopicId{}, "orders", {{PartitionId(0), Offset(7), kNoLeaderEpoch, ""}}}};
    request.transaction = OffsetCommitRequest::InTransaction{ProducerId(1), [] { return GroupErrc::kNone; }};
    return request;
}

}  // namespace

class TstGroupsTransactionMembers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whoNamesItselfMustBeAMember() {
        World world;
        Consumer a(world, "g", "a");
        a.instanceId = "ia";
        settle(world, {&a});
        QCOMPARE(onlyError(*world.commit(inTransaction())), GroupErrc::kNone);  // as before KIP-447
        QCOMPARE(onlyError(*world.commit(inTransaction(a.id, a.generation, "ia"))), GroupErrc::kNone);
        QCOMPARE(onlyError(*world.commit(inTransaction("nobody", a.generation))), GroupErrc::kUnknownMemberId);
        QCOMPARE(onlyError(*world.commit(inTransaction("nobody"))), GroupErrc::kUnknownMemberId);
        QCOMPARE(onlyError(*world.commit(inTransaction("", kNoGeneration, "ia"))), GroupErrc::kFencedInstanceId);
        QCOMPARE(onlyError(*world.commit(inTransaction(a.id, GenerationId(9)))), GroupErrc::kIllegalGeneration);
    }
    /// Kafka leaves the state of the group to the consumer's own commits: a transaction's needs the generation only.
    void aRebalanceDoesNotStopATransaction() {
        World world;
        Consumer a(world, "g", "a");
        a.join();
        world.advance(3s);
        QVERIFY(a.joined());
        QCOMPARE(world.state("g"), GroupState::kCompletingRebalance);
        QCOMPARE(onlyError(*a.commit({"orders", PartitionId(0)}, 1)), GroupErrc::kRebalanceInProgress);
        QCOMPARE(onlyError(*world.commit(inTransaction(a.id, a.generation))), GroupErrc::kNone);
    }
    void aStaleEpochIsAnIllegalGeneration() {
        World world;
        world.topics.put("orders", 1);
        NewConsumer a(world, "g", "a");
        QCOMPARE(a.beat(), GroupErrc::kNone);
        QCOMPARE(onlyError(*world.commit(inTransaction("a", GenerationId(a.epoch)))), GroupErrc::kNone);
        QCOMPARE(onlyError(*world.commit(inTransaction("a", GenerationId(a.epoch - 1)))),
                 GroupErrc::kIllegalGeneration);
    }
};

QTEST_APPLESS_MAIN(TstGroupsTransactionMembers)
#include "tst_groups_transaction_members.moc"
