// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "broker/server/fetch_session.h"
#include "tests/support/manual_clock.h"

using namespace weir;
using namespace weir::server;

namespace {

FetchTarget target(const std::string& topic, std::int32_t partition, std::int64_t offset = 0) {
    FetchTarget made;
    made.topic = topic;
    made.partition = PartitionId(partition);
    made.offset = Offset(offset);
    made.maxBytes = 1000;
    return made;
}

FetchOutcome quiet(std::int64_t highWatermark = 10) {
    return {.hasRecords = false,
            .hasError = false,
            .hasDivergingEpoch = false,
            .highWatermark = Offset(highWatermark),
            .logStart = Offset(0)};
}
FetchOutcome withRecords() {
    FetchOutcome made = quiet();
    made.hasRecords = true;
    return made;
}
FetchOutcome withError() {
    return {.hasRecords = false, .hasError = true};
}

struct Fixture {
    testing::ManualClock clock;
    SeededRandom random{7};
    FetchSessions sessions{{.capacity = 2, .evictAfter = std::chrono::minutes(2)}, clock, random};

    /// A session over the partitions 0..count-1 of "t".
    FetchSessionId open(std::int32_t count, bool byId = false) {
        FetchSessionRequest request;
        request.usesTopicIds = byId;
        for (std::int32_t i = 0; i < count; ++i) {
            request.targets.push_back(target("t", i));
        }
        FetchPlan plan = sessions.begin(std::move(request));
        return sessions.finish(plan, std::vector<FetchOutcome>(static_cast<std::size_t>(count), quiet())).id;
    }
    FetchPlan next(FetchSessionId id, std::int32_t epoch) {
        FetchSessionRequest request;
        request.id = id;
        request.epoch = FetchSessionEpoch(epoch);
        return sessions.begin(std::move(request));
    }
};

}  // namespace

class TestFetchSessions : public QObject {
    Q_OBJECT

private slots:
    void aFullFetchOpensASessionAndIncludesEverything() {
        Fixture f;
        FetchSessionRequest request;
        request.targets = {target("t", 0), target("t", 1)};
        FetchPlan plan = f.sessions.begin(request);
        QVERIFY(!plan.isIncremental);
        const auto verdict = f.sessions.finish(plan, {quiet(), quiet()});
        QVERIFY(verdict.id != kNoFetchSession);
        QCOMPARE(verdict.include, (std::vector<bool>{true, true}));
    }

    void epochMinusOneNeverOpensASessionAndClosesTheOld() {
        Fixture f;
        const auto id = f.open(1);
        QCOMPARE(f.sessions.count(), 1U);
        FetchSessionRequest request;
        request.id = id;
        request.epoch = FetchSessionEpoch(-1);
        request.targets = {target("t", 0)};
        FetchPlan plan = f.sessions.begin(request);
        QCOMPARE(f.sessions.finish(plan, {quiet()}).id, kNoFetchSession);
        QCOMPARE(f.sessions.count(), 0U);
    }

    void unchangedPartitionsAreLeftOut() {
        Fixture f;
        const auto id = f.open(3);
        FetchPlan plan = f.next(id, 1);
        QVERIFY(plan.isIncremental);
        QCOMPARE(plan.targets.size(), 3U);
        const auto verdict = f.sessions.finish(plan, {quiet(), quiet(11), withRecords()});
        QCOMPARE(verdict.include, (std::vector<bool>{false, true, true}));
        QCOMPARE(verdict.id, id);
    }

    void errorsAreAlwaysSentAndTheRecoveryAfterThem() {
        Fixture f;
        const auto id = f.open(1);
        FetchPlan plan = f.next(id, 1);
        QCOMPARE(f.sessions.finish(plan, {withError()}).include, (std::vector<bool>{true}));
        plan = f.next(id, 2);
        QCOMPARE(f.sessions.finish(plan, {withError()}).include, (std::vector<bool>{true}));
        plan = f.next(id, 3);
        QCOMPARE(f.sessions.finish(plan, {quiet()}).include, (std::vector<bool>{true}));
        plan = f.next(id, 4);
        QCOMPARE(f.sessions.finish(plan, {quiet()}).include, (std::vector<bool>{false}));
    }

    void partitionsWithRecordsMoveToTheEnd() {
        Fixture f;
        const auto id = f.open(3);
        FetchPlan plan = f.next(id, 1);
        f.sessions.finish(plan, {withRecords(), quiet(), quiet()});
        plan = f.next(id, 2);
        QCOMPARE(plan.targets[0].partition, PartitionId(1));
        QCOMPARE(plan.targets[2].partition, PartitionId(0));
    }

    void forgottenPartitionsGoAndAnEmptySessionEnds() {
        Fixture f;
        const auto id = f.open(2);
        FetchSessionRequest request;
        request.id = id;
        request.epoch = FetchSessionEpoch(1);
        request.forgotten = {{"t", {}, PartitionId(0)}};
        QCOMPARE(f.sessions.begin(request).targets.size(), 1U);
        request.epoch = FetchSessionEpoch(2);
        request.forgotten = {{"t", {}, PartitionId(1)}};
        const FetchPlan plan = f.sessions.begin(request);
        QVERIFY(plan.targets.empty());
        QCOMPARE(f.sessions.count(), 0U);
    }

    void wrongIdsEpochsAndKindsAreRefused() {
        Fixture f;
        const auto id = f.open(1);
        QCOMPARE(f.next(FetchSessionId(id.value ^ 1), 1).error, FetchSessionErrc::kSessionIdNotFound);
        QCOMPARE(f.next(id, 7).error, FetchSessionErrc::kInvalidSessionEpoch);
        FetchSessionRequest request;
        request.id = id;
        request.epoch = FetchSessionEpoch(1);
        request.usesTopicIds = true;
        QCOMPARE(f.sessions.begin(request).error, FetchSessionErrc::kSessionTopicIdError);
        QCOMPARE(f.next(id, 1).error, FetchSessionErrc::kNone);
    }

    void twoRequestsOfOneEpochCannotBothBeAnswered() {
        Fixture f;
        const auto id = f.open(1);
        FetchPlan first = f.next(id, 1);
        FetchPlan second = f.next(id, 2);
        QCOMPARE(f.sessions.finish(first, {quiet()}).error, FetchSessionErrc::kInvalidSessionEpoch);
        QCOMPARE(f.sessions.finish(second, {quiet()}).error, FetchSessionErrc::kNone);
    }

    void aFullCacheRefusesUntilASessionIsOld() {
        Fixture f;
        const auto old = f.open(1);
        f.open(1);
        QCOMPARE(f.open(1), kNoFetchSession);
        f.clock.advance(std::chrono::minutes(3));
        QVERIFY(f.open(1) != kNoFetchSession);
        QCOMPARE(f.sessions.count(), 2U);
        Q_UNUSED(old)
    }

    void aNameOnceFoundIsRemembered() {
        Fixture f;
        SeededRandom random(3);
        FetchSessionRequest request;
        request.usesTopicIds = true;
        request.targets = {target("", 0)};
        request.targets[0].topicId = Uuid::random(random);
        FetchPlan plan = f.sessions.begin(request);
        plan.targets[0].topic = "t";  // the handler found it
        const auto id = f.sessions.finish(plan, {quiet()}).id;
        FetchPlan next = f.next(id, 1);
        QCOMPARE(next.error, FetchSessionErrc::kSessionTopicIdError);
        FetchSessionRequest again;
        again.id = id;
        again.epoch = FetchSessionEpoch(1);
        again.usesTopicIds = true;
        next = f.sessions.begin(again);
        QCOMPARE(next.targets[0].topic, std::string("t"));
        QVERIFY(next.targets[0].isFromSession);
    }
};

QTEST_APPLESS_MAIN(TestFetchSessions)
#include "tst_fetch_sessions.moc"
