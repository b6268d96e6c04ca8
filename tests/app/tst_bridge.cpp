// SPDX-License-Identifier: GPL-3.0-or-later
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <thread>

#include "app/bridge/app_backend.h"
#include "app/bridge/record_session.h"
#include "app/cluster/guarded_cluster.h"
#include "app/cluster/late_cluster.h"
#include "app/replay/replay_store.h"
#include "app/settings/app_settings.h"
#include "tests/app/support/memory_cluster.h"

using namespace weir;
using namespace weir::app;
using weir::test::MemoryCluster;

namespace {

constexpr std::int64_t kStart = 1'700'000'000'000;

/// A backend over a cluster in memory, guarded against calls on the GUI thread as in debug builds.
struct Fixture {
    std::shared_ptr<MemoryCluster> cluster = std::make_shared<MemoryCluster>();
    std::shared_ptr<GuardedCluster> guard =
        std::make_shared<GuardedCluster>(cluster, std::this_thread::get_id(), GuardedCluster::Reaction::kCount);
    SystemClock clock;
    SeededRandom random{1};
    AppSettings settings{{}, [](const QVariantMap&) {}};
    QTemporaryDir dir;
    std::unique_ptr<AppBackend> backend;

    Fixture() {
        backend = std::make_unique<AppBackend>(guard, settings, clock, random,
                                               BackendOptions{"1", {}, {}, true, dir.filePath(QStringLiteral("h.db"))});
    }
    ~Fixture() {
        backend.reset();
        // The proof that no part of the bridge calls the cluster on the GUI thread.
        if (guard->violations() != 0) {
            qFatal("the cluster was called on the GUI thread");
        }
    }
    void fill(int partitions, int records) {
        for (int i = 0; i < records; ++i) {
            cluster->add("t", i % partitions, kStart + i, "k" + std::to_string(i % 10),
                         R"({"n":)" + std::to_string(i) + R"(,"even":)" + (i % 2 == 0 ? "true" : "false") + "}");
        }
    }
};

/// One answer of the backend, waited for without blocking the event loop.
template <class T>
class Answer {
public:
    ui::Callback<T> take() {
        return [this](ClusterResult<T> result) { m_result.emplace(std::move(result)); };
    }
    bool wait() {
        return QTest::qWaitFor([this] { return m_result.has_value(); }, 10'000);
    }
    ClusterResult<T>& get() { return *m_result; }
    [[nodiscard]] bool isThere() const { return m_result.has_value(); }

private:
    std::optional<ClusterResult<T>> m_result;
};

GroupSnapshot group(const std::string& id, std::vector<std::pair<int, std::int64_t>> commits) {
    GroupSnapshot snapshot;
    snapshot.id = id;
    snapshot.state = GroupState::kEmpty;
    for (const auto& [partition, offset] : commits) {
        snapshot.offsets.push_back({{"t", PartitionId(partition)}, Offset(offset), kNoLeaderEpoch, {}, kNoTimestamp});
    }
    return snapshot;
}

std::vector<ui::RecordRow> rowsOf(ui::RecordFeed& feed, qint64 first, int count) {
    QSignalSpy failed(&feed, &ui::RecordFeed::failed);
    std::vector<ui::RecordRow> rows;
    bool isThere = false;
    const auto connection =
        QObject::connect(&feed, &ui::RecordFeed::rowsReady, [&](qint64 from, const std::vector<ui::RecordRow>& some) {
            isThere = from == first;
            rows = some;
        });
    feed.request(first, count);
    static_cast<void>(QTest::qWaitFor([&] { return isThere || failed.count() > 0; }, 10'000));
    QObject::disconnect(connection);
    return rows;
}

}  // namespace

class TstBridge : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void answersComeLaterAndNeverToTheGone() {
        Fixture f;
        Answer<void> created;
        f.backend->topics().create({"a", 1, 1, {}}, this, created.take());
        QVERIFY(!created.isThere());
        QVERIFY(created.wait());
        QVERIFY(created.get().ok());
        Answer<void> dropped;
        auto context = std::make_unique<QObject>();
        f.backend->topics().create({"b", 1, 1, {}}, context.get(), dropped.take());
        context.reset();
        Answer<void> after;
        QTRY_VERIFY(f.cluster->snapshot().value()->findTopic("b") != nullptr);
        f.backend->topics().remove("a", this, after.take());
        QVERIFY(after.wait());
        QVERIFY(!dropped.isThere());
    }

    void snapshotsArriveWithRatesAndTheChangeAtOnce() {
        Fixture f;
        QSignalSpy changed(&f.backend->live(), &ui::LiveFeed::changed);
        QTRY_VERIFY(changed.count() > 0);
        f.fill(2, 100);
        QTRY_VERIFY(f.backend->live().current()->findTopic("t") != nullptr);
        // The fake's steady clock makes 250 ms of every snapshot.
        QTRY_VERIFY(f.backend->live().topicRate("t").recordsIn > 0);
        QTRY_VERIFY(f.backend->live().totalRate().bytesIn > 0);
        QTRY_VERIFY(!f.backend->live().topicSpark("t").empty());
        QCOMPARE(f.backend->live().topicRate("absent").recordsIn, 0.0);
    }

    void aClusterThatGoesAwayIsSaidSoAndComesBack() {
        Fixture f;
        f.fill(1, 3);
        QTRY_VERIFY(f.backend->live().current()->findTopic("t") != nullptr);
        f.cluster->failWith(ClusterError{ClusterErrc::kUnreachable, 0, "Connection refused."});
        QTRY_VERIFY(f.backend->live().staleReason().contains("Connection refused."));
        QVERIFY(f.backend->live().current()->findTopic("t") != nullptr);
        f.cluster->failWith(std::nullopt);
        QTRY_VERIFY(f.backend->live().staleReason().isEmpty());
    }

    void rowsOfAllPartitionsAreMergedAndGrow() {
        Fixture f;
        f.fill(3, 300);
        auto feed = f.backend->records().makeFeed();
        QSignalSpy opened(feed.get(), &ui::RecordFeed::opened);
        ui::RecordQuery query;
        query.topic = "t";
        query.columns = {"n", "absent"};
        feed->open(query);
        QVERIFY(opened.wait());
        QCOMPARE(opened[0][0].toLongLong(), 299);
        QCOMPARE(feed->rowCount(), 300);
        const auto rows = rowsOf(*feed, 100, 50);
        QCOMPARE(rows.size(), std::size_t{50});
        for (std::size_t i = 0; i < rows.size(); ++i) {
            QCOMPARE(rows[i].columns[0], QString::number(100 + i));
            QVERIFY(rows[i].columns[1].isEmpty());
            QCOMPARE(rows[i].timestamp.value, kStart + 100 + static_cast<std::int64_t>(i));
        }
        f.cluster->add("t", 1, kStart + 1000, "new", "text");
        QTRY_COMPARE(feed->rowCount(), 301);
        QCOMPARE(rowsOf(*feed, 300, 5).front().value, QString("text"));
        feed->setPaused(true);
        f.cluster->add("t", 1, kStart + 1001, "new", "text");
        QTRY_COMPARE(feed->progress().notShown, 1);
        QCOMPARE(feed->rowCount(), 301);
        feed->setPaused(false);
        QCOMPARE(feed->rowCount(), 302);
        feed->stop();
        QVERIFY(!feed->progress().running);
    }

    void lateRecordsInvalidateTheRowsBehindThem() {
        Fixture f;
        f.fill(2, 100);
        auto feed = f.backend->records().makeFeed();
        QSignalSpy opened(feed.get(), &ui::RecordFeed::opened);
        QSignalSpy invalid(feed.get(), &ui::RecordFeed::rowsInvalidated);
        ui::RecordQuery query;
        query.topic = "t";
        feed->open(query);
        QVERIFY(opened.wait());
        f.cluster->add("t", 0, kStart + 5000, "later", "x");
        QTRY_COMPARE(feed->rowCount(), 101);
        QCOMPARE(invalid.count(), 0);
        f.cluster->add("t", 1, kStart + 4000, "late", "y");
        QTRY_COMPARE(feed->rowCount(), 102);
        QTRY_COMPARE(invalid.count(), 1);
        QCOMPARE(invalid[0][0].toLongLong(), 100);
        QCOMPARE(rowsOf(*feed, 100, 1).front().value, QString("y"));
    }

    void startsAreWhereTheyWereAskedFor_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<qint64>("row");
        QTest::newRow("beginning") << static_cast<int>(ui::StartKind::kBeginning) << qint64{0};
        QTest::newRow("newest") << static_cast<int>(ui::StartKind::kNewest) << qint64{299};
        QTest::newRow("time") << static_cast<int>(ui::StartKind::kTime) << qint64{120};
        QTest::newRow("offset") << static_cast<int>(ui::StartKind::kOffset) << qint64{150};
        QTest::newRow("group") << static_cast<int>(ui::StartKind::kGroup) << qint64{60};
    }
    void startsAreWhereTheyWereAskedFor() {
        QFETCH(int, kind);
        QFETCH(qint64, row);
        Fixture f;
        f.fill(3, 300);
        f.cluster->setGroup(group("g", {{0, 20}, {1, 30}, {2, 90}}));
        auto feed = f.backend->records().makeFeed();
        QSignalSpy opened(feed.get(), &ui::RecordFeed::opened);
        QSignalSpy located(feed.get(), &ui::RecordFeed::located);
        ui::RecordQuery query;
        query.topic = "t";
        query.start.kind = static_cast<ui::StartKind>(kind);
        query.start.time = Timestamp(kStart + 120);
        query.start.offset = Offset(50);
        query.start.group = "g";
        feed->open(query);
        QVERIFY(opened.wait());
        QCOMPARE(opened[0][0].toLongLong(), row);
        feed->locate(query.start);
        QVERIFY(located.wait());
        QCOMPARE(located[0][0].toLongLong(), row);
    }

    void aFilterFindsAllInOrderAndFollowsTheTail() {
        Fixture f;
        f.fill(3, 3000);
        auto feed = f.backend->records().makeFeed();
        ui::RecordQuery query;
        query.topic = "t";
        query.start.kind = ui::StartKind::kBeginning;
        query.filter = "value.even == true";
        query.isExpression = true;
        feed->open(query);
        QTRY_COMPARE(feed->rowCount(), 1500);
        QTRY_VERIFY(!feed->progress().running);
        QCOMPARE(feed->progress().scannedRecords, 3000);
        const auto rows = rowsOf(*feed, 700, 20);
        QCOMPARE(rows.size(), std::size_t{20});
        for (std::size_t i = 0; i < rows.size(); ++i) {
            QCOMPARE(rows[i].timestamp.value, kStart + 1400 + 2 * static_cast<std::int64_t>(i));
        }
        f.cluster->add("t", 0, kStart + 9000, "x", R"({"even":true})");
        f.cluster->add("t", 0, kStart + 9001, "x", R"({"even":false})");
        QTRY_COMPARE(feed->rowCount(), 1501);
        query.filter = "value.even ==";
        QSignalSpy failed(feed.get(), &ui::RecordFeed::failed);
        feed->open(query);
        QVERIFY(failed.wait());
        query.isExpression = false;
        query.filter = "nowhere";
        query.stopAtTime = Timestamp(kStart + 100);
        feed->open(query);
        QTRY_COMPARE(feed->progress().scannedRecords, 101);
        QCOMPARE(feed->rowCount(), 0);
    }

    void aFilterFromTheNewestLooksBackAndLetsNewerOnesWait() {
        Fixture f;
        f.fill(3, 20'000);
        auto feed = f.backend->records().makeFeed();
        QSignalSpy invalid(feed.get(), &ui::RecordFeed::rowsInvalidated);
        ui::RecordQuery query;
        query.topic = "t";
        query.filter = "value.even == true";
        query.isExpression = true;
        feed->open(query);
        QTRY_COMPARE(feed->rowCount(), 10'000);
        QTRY_VERIFY(!feed->progress().running);
        QCOMPARE(feed->progress().scannedRecords, 20'000);
        for (const qint64 first : {qint64{0}, qint64{700}, qint64{9'980}}) {
            const auto rows = rowsOf(*feed, first, 20);
            QCOMPARE(rows.size(), std::size_t{20});
            for (std::size_t i = 0; i < rows.size(); ++i) {
                QCOMPARE(rows[i].timestamp.value, kStart + 19'998 - 2 * (first + static_cast<std::int64_t>(i)));
            }
        }
        f.cluster->add("t", 0, kStart + 90'000, "x", R"({"even":true,"n":"a"})");
        f.cluster->add("t", 0, kStart + 90'001, "x", R"({"even":false})");
        f.cluster->add("t", 0, kStart + 90'002, "x", R"({"even":true,"n":"b"})");
        QTRY_COMPARE(feed->progress().newer, 2);
        QCOMPARE(feed->rowCount(), 10'000);
        feed->showNewer();
        QTRY_COMPARE(feed->rowCount(), 10'002);
        QCOMPARE(feed->progress().newer, 0);
        QCOMPARE(invalid.back()[0].toLongLong(), 0);
        const auto rows = rowsOf(*feed, 0, 3);
        QCOMPARE(rows[0].timestamp.value, kStart + 90'002);
        QCOMPARE(rows[1].timestamp.value, kStart + 90'000);
        QCOMPARE(rows[2].timestamp.value, kStart + 19'998);
    }

    void aFullListWaitsUntilItIsToldToGoOn() {
        Fixture f;
        f.fill(2, 1000);
        ui::RecordQuery query;
        query.topic = "t";
        query.filter = "k";
        std::atomic<int> changes{0};
        RecordSession session(
            f.cluster, f.clock, query, [&changes] { ++changes; }, 300);
        QVERIFY(session.open().ok());
        std::thread scan([&session] { static_cast<void>(session.scan()); });
        QTRY_VERIFY(session.state().progress.isFull);
        QCOMPARE(session.state().rowCount, 300);
        QCOMPARE(session.rows(0, 1)->front().record.timestamp.value, kStart + 999);
        session.goOn();
        QTRY_VERIFY(session.state().progress.isFull && session.state().rowCount == 600);
        session.goOn();
        QTRY_VERIFY(session.state().progress.isFull && session.state().rowCount == 900);
        session.goOn();
        QTRY_COMPARE(session.state().rowCount, 1000);
        QTRY_VERIFY(!session.state().progress.running);
        QVERIFY(!session.state().progress.isFull);
        QCOMPARE(session.rows(999, 1)->front().record.timestamp.value, kStart);
        session.stop();
        scan.join();
    }

    void aFullListThatIsStoppedEnds() {
        Fixture f;
        f.fill(2, 1000);
        ui::RecordQuery query;
        query.topic = "t";
        query.latestPerKey = true;
        RecordSession session(
            f.cluster, f.clock, query, [] {}, 4);
        QVERIFY(session.open().ok());
        std::thread scan([&session] { static_cast<void>(session.scan()); });
        QTRY_VERIFY(session.state().progress.isFull);
        QCOMPARE(session.state().rowCount, 4);
        session.stop();
        scan.join();
        QVERIFY(!session.state().progress.isFull);
    }

    void latestPerKeySaysHowManyHaveNoKey() {
        Fixture f;
        f.fill(2, 100);
        for (int i = 0; i < 7; ++i) {
            f.cluster->add("t", 0, kStart + 200 + i, std::nullopt, "keyless");
        }
        auto feed = f.backend->records().makeFeed();
        ui::RecordQuery query;
        query.topic = "t";
        query.latestPerKey = true;
        feed->open(query);
        QTRY_COMPARE(feed->rowCount(), 10);
        QTRY_COMPARE(feed->progress().keyless, 7);
    }

    void copiedRecordsAreWholeAndInOrder() {
        Fixture f;
        const std::string large(3000, 'v');
        f.cluster->add("t", 0, kStart, "a\tb", large + "\n2", {{"h", toBytes("x")}});
        f.cluster->add("t", 1, kStart + 1, std::nullopt, "\xff\xfe");
        const std::vector<ui::RowAddress> rows{{{"t", PartitionId(1)}, Offset(0)}, {{"t", PartitionId(0)}, Offset(0)}};
        const auto copied = [&](ui::CopyForm form) {
            Answer<QString> answer;
            f.backend->records().copyText(rows, form, this, answer.take());
            return answer.wait() && answer.get().ok() ? answer.get().value() : QString();
        };
        const QString value = QString::fromStdString(large);
        QCOMPARE(copied(ui::CopyForm::kText), QStringLiteral("1\t0\t2023-11-14T22:13:20.001Z\tnull\tbase64://4=\t\n"
                                                             "0\t0\t2023-11-14T22:13:20.000Z\ta\\tb\t") +
                                                  value + QStringLiteral("\\n2\th=x"));
        QCOMPARE(copied(ui::CopyForm::kValue), QStringLiteral("base64://4=\n") + value + QStringLiteral("\n2"));
        QCOMPARE(copied(ui::CopyForm::kKey), QStringLiteral("\na\tb"));
        const QStringList json = copied(ui::CopyForm::kJson).split(QLatin1Char('\n'));
        QCOMPARE(json.size(), 2);
        QVERIFY(json[1].contains(value));
        QVERIFY(copied(ui::CopyForm::kKcat).contains(QStringLiteral("kcat -b memory:0 -t t")));
    }

    void latestPerKeyShowsOneRowAKey() {
        Fixture f;
        f.fill(2, 500);
        auto feed = f.backend->records().makeFeed();
        QSignalSpy invalid(feed.get(), &ui::RecordFeed::rowsInvalidated);
        ui::RecordQuery query;
        query.topic = "t";
        query.latestPerKey = true;
        feed->open(query);
        QTRY_COMPARE(feed->rowCount(), 10);
        QCOMPARE(rowsOf(*feed, 0, 10).front().timestamp.value, kStart + 490);
        f.cluster->add("t", 0, kStart + 900, "k0", "newest");
        QTRY_VERIFY(invalid.count() > 0 && rowsOf(*feed, 9, 1).front().value == "newest");
        QCOMPARE(feed->rowCount(), 10);
    }

    void inspectorKnowsTheRecordAndItsPredecessor() {
        Fixture f;
        f.fill(2, 100);
        Answer<ui::RecordDetail> detail;
        f.backend->records().inspect({{"t", PartitionId(0)}, Offset(40)}, this, detail.take());
        QVERIFY(detail.wait());
        QVERIFY(detail.get().ok());
        QCOMPARE(detail.get()->valueViews.front().decoder, QString("JSON"));
        QVERIFY(detail.get()->kcatCommand.contains("kcat -b memory:0 -t t"));
        Answer<std::optional<ui::RecordDetail>> previous;
        f.backend->records().previousOfKey({{"t", PartitionId(0)}, Offset(40)}, this, previous.take());
        QVERIFY(previous.wait());
        QCOMPARE((*previous.get())->address.offset, Offset(35));
        Answer<ui::RecordDetail> gone;
        f.backend->records().inspect({{"t", PartitionId(0)}, Offset(4000)}, this, gone.take());
        QVERIFY(gone.wait());
        QVERIFY(!gone.get().ok());
    }

    void timelineCountsEveryRecordOnce() {
        Fixture f;
        f.fill(3, 1000);
        Answer<std::vector<ui::TimelineBucket>> timeline;
        f.backend->records().timeline("t", 7, this, timeline.take());
        QVERIFY(timeline.wait());
        qint64 sum = 0;
        for (const ui::TimelineBucket& bucket : *timeline.get()) {
            QVERIFY(bucket.records > 140 && bucket.records < 146);
            sum += bucket.records;
        }
        QCOMPARE(sum, 1000);
    }

    void filterChecksAndTrialsSpeakPlainly() {
        Fixture f;
        f.fill(1, 10);
        const ui::FilterCheck bad = f.backend->records().checkFilter(QStringLiteral("key == \"ä\" && prize > 1"));
        QVERIFY(!bad.ok);
        QCOMPARE(bad.errorColumn, 14);
        QVERIFY(f.backend->records().checkFilter("value.n > 1").ok);
        Answer<ui::FilterTrial> trial;
        f.backend->records().tryFilter("value.n > 100", {{"t", PartitionId(0)}, Offset(7)}, this, trial.take());
        QVERIFY(trial.wait());
        QVERIFY(!trial.get()->matches);
        QCOMPARE(trial.get()->explanation, QString("value.n = 7, > 100 is false"));
        Answer<QStringList> fields;
        f.backend->records().fields("t", this, fields.take());
        QVERIFY(fields.wait());
        QCOMPARE(*fields.get(), (QStringList{"n", "even"}));
    }

    void resetsAreShownAppliedAndUndone_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QList<qint64>>("after");
        const auto row = [](const char* name, ui::ResetKind kind, const QList<qint64>& after) {
            QTest::newRow(name) << static_cast<int>(kind) << after;
        };
        row("earliest", ui::ResetKind::kEarliest, {0, 0});
        row("latest", ui::ResetKind::kLatest, {50, 50});
        row("offset", ui::ResetKind::kOffset, {45, 45});
        row("time", ui::ResetKind::kTime, {10, 10});
        row("shift", ui::ResetKind::kShiftBy, {5, 25});
        row("copy", ui::ResetKind::kCopyFromGroup, {20, 7});
    }
    void resetsAreShownAppliedAndUndone() {
        QFETCH(int, kind);
        QFETCH(QList<qint64>, after);
        Fixture f;
        f.fill(2, 100);
        f.cluster->setGroup(group("g", {{0, 20}, {1, 40}}));
        f.cluster->setGroup(group("other", {{1, 7}}));
        ui::ResetSpec spec;
        spec.group = "g";
        spec.kind = static_cast<ui::ResetKind>(kind);
        spec.offset = Offset(45);
        spec.time = Timestamp(kStart + 20);
        spec.shift = -15;
        spec.fromGroup = "other";
        Answer<std::vector<ui::OffsetBeforeAfter>> preview;
        f.backend->groups().previewReset(spec, this, preview.take());
        QVERIFY(preview.wait());
        QVERIFY(preview.get().ok());
        const auto rows = *preview.get();
        QCOMPARE(rows.size(), std::size_t{2});
        QCOMPARE(rows[0].before, std::optional(Offset(20)));
        QCOMPARE(rows[0].after->value, after[0]);
        QCOMPARE(rows[1].after->value, after[1]);
        Answer<void> applied;
        f.backend->groups().applyReset("g", rows, this, applied.take());
        QVERIFY(applied.wait());
        QVERIFY(applied.get().ok());
        QVERIFY(f.backend->groups().canUndoReset("g"));
        Answer<std::vector<ui::PartitionLag>> lag;
        f.backend->groups().lag("g", this, lag.take());
        QVERIFY(lag.wait());
        QCOMPARE((*lag.get())[0].lag, 50 - after[0]);
        QVERIFY((*lag.get())[0].lag == 0 ? (*lag.get())[0].timeLagMs == 0 : (*lag.get())[0].timeLagMs > 1'000'000);
        Answer<void> undone;
        f.backend->groups().undoReset("g", this, undone.take());
        QVERIFY(undone.wait());
        QVERIFY(!f.backend->groups().canUndoReset("g"));
        const auto snapshot = *f.cluster->snapshot();
        for (const CommittedOffset& commit : snapshot->findGroup("g")->offsets) {
            QCOMPARE(commit.offset.value, commit.partition.partition.value == 0 ? 20 : 40);
        }
    }

    void aResetOfAnActiveGroupIsRefusedAndNotUndoable() {
        Fixture f;
        f.fill(1, 10);
        GroupSnapshot active = group("g", {{0, 5}});
        active.members.emplace_back();
        f.cluster->setGroup(active);
        Answer<void> applied;
        f.backend->groups().applyReset("g", {{{"t", PartitionId(0)}, Offset(5), Offset(0), Offset(0), Offset(10)}},
                                       this, applied.take());
        QVERIFY(applied.wait());
        QCOMPARE(applied.get().error().code, ClusterErrc::kRefused);
        QVERIFY(!f.backend->groups().canUndoReset("g"));
    }

    void feedsRunAsJobsAndStop() {
        Fixture f;
        ui::Feeds& feeds = f.backend->feeds();
        QCOMPARE(feeds.all().size(), std::size_t{4});
        Answer<ui::JobId> started;
        feeds.start("stocks", {2000, 1, 0, 0}, this, started.take());
        Answer<ui::JobId> again;
        feeds.start("stocks", {2000, 1, 0, 0}, this, again.take());
        QVERIFY(started.wait() && again.wait());
        QVERIFY(started.get()->value == again.get()->value);
        QVERIFY(feeds.isRunning("stocks"));
        feeds.setRate("stocks", 5000);
        QCOMPARE(feeds.rateOf("stocks"), 5000.0);
        QTRY_VERIFY(f.backend->jobs().all().front().done > 500);
        QTRY_VERIFY(f.backend->live().topicRate("stocks.trades").recordsIn > 0);
        feeds.stop("stocks");
        QTRY_VERIFY(!feeds.isRunning("stocks"));
        QCOMPARE(f.backend->jobs().all().front().state, ui::JobState::kStopped);
        f.backend->jobs().clearEnded();
        QVERIFY(f.backend->jobs().all().empty());
        Answer<ui::JobId> unknown;
        feeds.start("nothing", {}, this, unknown.take());
        QVERIFY(unknown.wait());
        QVERIFY(!unknown.get().ok());
    }

    void publishingAndReplayingEndAsJobs() {
        Fixture f;
        f.fill(2, 100);
        OutgoingRecord record;
        record.value = toBytes("hello");
        Answer<PublishedRecord> published;
        f.backend->publisher().publish("t", record, {}, this, published.take());
        QVERIFY(published.wait());
        QCOMPARE(published.get()->offset, Offset(50));
        ui::RepeatSpec repeat;
        repeat.topic = "t";
        repeat.value = "{{seq}}";
        repeat.rate = 10'000;
        repeat.count = 50;
        f.backend->publisher().startRepeat(repeat);
        QTRY_COMPARE(f.backend->jobs().all().back().state, ui::JobState::kDone);
        QCOMPARE(*f.backend->publisher().previewTemplate("a{{seq}}"), QString("a1"));
        QVERIFY(!f.backend->publisher().previewTemplate("{{x}}").ok());
        ui::ReplaySpec replay;
        replay.fromTopic = "t";
        replay.toTopic = "copy";
        Answer<ui::DryRun> dry;
        f.backend->replayer().dryRun(replay, this, dry.take());
        QVERIFY(dry.wait());
        QCOMPARE(dry.get()->records, 151);
        f.backend->replayer().start(replay);
        QTRY_COMPARE(f.backend->jobs().all().back().state, ui::JobState::kDone);
        QCOMPARE(f.backend->jobs().all().back().done, 151);
        Answer<qint64> exported;
        ui::RecordQuery query;
        query.topic = "copy";
        f.backend->records().exportTo(query, f.dir.filePath("x.csv"), ui::ExportForm::kReadable, this, exported.take());
        QVERIFY(exported.wait());
        QCOMPARE(*exported.get(), 151);
        replay.fromTopic = "absent";
        f.backend->replayer().start(replay);
        QTRY_COMPARE(f.backend->jobs().all().back().state, ui::JobState::kFailed);
        QCOMPARE(f.backend->jobs().all().back().message, QString("Topic absent does not exist."));
    }

    void aReplayGoesOnAfterWeirEndedInTheMiddle() {
        Fixture f;
        f.fill(2, 400);
        BackendOptions options;
        options.replaysPath = f.dir.filePath(QStringLiteral("replays.db"));
        f.backend = std::make_unique<AppBackend>(f.guard, f.settings, f.clock, f.random, options);
        ui::ReplaySpec replay;
        replay.fromTopic = "t";
        replay.toTopic = "copy";
        replay.pace = ui::ReplayPace::kRate;
        replay.ratePerSecond = 1000;
        replay.maskedFields = QStringList{"value.n"};
        f.backend->replayer().start(replay);
        replay.toTopic = "hashed";
        replay.masksByHash = true;
        f.backend->replayer().start(replay);
        constexpr int kPatienceMs = 10'000;
        const auto sent = [&f](const char* topic) {
            return f.cluster->all(topic, 0).size() + f.cluster->all(topic, 1).size();
        };
        QTRY_VERIFY_WITH_TIMEOUT(sent("copy") > 0 && sent("hashed") > 0, kPatienceMs);
        QVERIFY(f.backend->replayer().unfinished().empty());
        // Weir ends, with both under way.
        f.backend.reset();
        f.backend = std::make_unique<AppBackend>(f.guard, f.settings, f.clock, f.random, options);
        QVERIFY(sent("copy") < 400 && sent("hashed") < 400);
        ui::Replayer& replayer = f.backend->replayer();
        QTRY_COMPARE_WITH_TIMEOUT(replayer.unfinished().size(), std::size_t{2}, kPatienceMs);
        const auto all = replayer.unfinished();
        const bool isFirst = all[0].title == "Replay t to copy";
        const ui::UnfinishedReplay copy = all[isFirst ? 0 : 1];
        const ui::UnfinishedReplay hashed = all[isFirst ? 1 : 0];
        QCOMPARE(copy.title, QString("Replay t to copy"));
        QVERIFY(copy.whyNot.isEmpty());
        QVERIFY(copy.sent > 0);
        // Its secret was never written down.
        QVERIFY(hashed.whyNot.contains("secret"));
        // Another Weir on the same settings cannot go on with it at the same time.
        AppBackend other(f.guard, f.settings, f.clock, f.random, options);
        QTRY_COMPARE_WITH_TIMEOUT(other.replayer().unfinished().size(), std::size_t{2}, kPatienceMs);
        const ui::JobId goesOn = replayer.goOn(copy.id);
        const std::size_t before = sent("copy");
        QTRY_VERIFY_WITH_TIMEOUT(sent("copy") > before, kPatienceMs);
        f.backend->jobs().pause(goesOn);
        other.replayer().goOn(copy.id);
        QTRY_COMPARE_WITH_TIMEOUT(other.jobs().all().back().state, ui::JobState::kFailed, kPatienceMs);
        QCOMPARE(other.jobs().all().back().message, QString("Another Weir runs this replay now."));
        f.backend->jobs().resume(goesOn);
        QTRY_COMPARE_WITH_TIMEOUT(f.backend->jobs().all().back().state, ui::JobState::kDone, kPatienceMs);
        for (int p = 0; p < 2; ++p) {
            const auto from = f.cluster->all("t", p);
            const auto to = f.cluster->all("copy", p);
            QCOMPARE(to.size(), from.size());
            for (std::size_t i = 0; i < to.size(); ++i) {
                QVERIFY(to[i].key == from[i].key && to[i].timestamp == from[i].timestamp);
            }
        }
        replayer.forget(hashed.id);
        QVERIFY(replayer.unfinished().empty());
        const auto file = ReplayStore::open(options.replaysPath.toStdString());
        QVERIFY(file.ok());
        QTRY_VERIFY_WITH_TIMEOUT((*file)->of({}).empty(), kPatienceMs);
    }

    void plotsFollowLive() {
        Fixture f;
        const std::int64_t now = f.clock.wallNowMs();
        f.cluster->add("t", 0, now - 1000, "A", R"({"price":5})");
        auto stream = f.backend->plots().makeStream();
        std::vector<ui::PlotUpdate> all;
        connect(stream.get(), &ui::PlotStream::updated, this,
                [&](const std::vector<ui::PlotUpdate>& some) { all.insert(all.end(), some.begin(), some.end()); });
        ui::PlotQuery query;
        query.topic = "t";
        query.kind = ui::PlotKind::kCandles;
        query.valueField = "price";
        stream->open(query);
        QTRY_COMPARE(all.size(), std::size_t{1});
        stream->setPaused(true);
        f.cluster->add("t", 0, now, "A", R"({"price":6})");
        stream->setPaused(false);
        QTRY_COMPARE(all.size(), std::size_t{2});
        QCOMPARE(all[1].candles.back().close, 6.0);
        QSignalSpy failed(stream.get(), &ui::PlotStream::failed);
        query.topic = "absent";
        stream->open(query);
        QVERIFY(failed.wait());
    }

    void historyAnswersFromItsFile() {
        Fixture f;
        f.fill(1, 10);
        QTRY_VERIFY(!f.backend->live().topicSpark("t").empty());
        ui::HistoryQuery query;
        query.series = ui::Series::kTotalRecordsIn;
        query.from = Timestamp(0);
        query.to = Timestamp(f.clock.wallNowMs());
        Answer<std::vector<ui::HistoryPoint>> points;
        f.backend->live().history(query, this, points.take());
        QVERIFY(points.wait());
        QVERIFY(points.get().ok());
    }

    void theWindowCanBeBuiltBeforeTheClusterIsThere() {
        auto late = std::make_shared<LateCluster>("This computer");
        auto memory = std::make_shared<MemoryCluster>();
        const SystemClock clock;
        SeededRandom random{1};
        AppSettings settings{{}, [](const QVariantMap&) {}};
        AppBackend backend(late, settings, clock, random, {});
        Answer<void> created;
        backend.topics().create({"early", 1, 1, {}}, this, created.take());
        QVERIFY(backend.facts().bootstrap.isEmpty());
        late->attach(memory);
        QVERIFY(created.wait());
        QVERIFY(created.get().ok());
        QCOMPARE(backend.facts().bootstrap, QString("memory:0"));
    }

    void aClusterThatNeverComesAnswersWithItsReason() {
        auto late = std::make_shared<LateCluster>("This computer");
        const SystemClock clock;
        SeededRandom random{1};
        AppSettings settings{{}, [](const QVariantMap&) {}};
        AppBackend backend(late, settings, clock, random, {});
        Answer<void> created;
        backend.topics().create({"early", 1, 1, {}}, this, created.take());
        late->fail({ClusterErrc::kUnreachable, 0, "Port 9092 is used by java (pid 4121)."});
        QVERIFY(created.wait());
        QCOMPARE(created.get().error().message, std::string("Port 9092 is used by java (pid 4121)."));
        QTRY_VERIFY(backend.live().staleReason().contains("Port 9092"));
    }

    void theGuardNoticesACallOnTheGuiThread() {
        GuardedCluster guard(std::make_shared<MemoryCluster>(), std::this_thread::get_id(),
                             GuardedCluster::Reaction::kCount);
        static_cast<void>(guard.snapshot());
        QCOMPARE(guard.violations(), 1);
        std::thread([&guard] { static_cast<void>(guard.snapshot()); }).join();
        QCOMPARE(guard.violations(), 1);
        QCOMPARE(guard.calls(), 2);
    }
};

QTEST_GUILESS_MAIN(TstBridge)
#include "tst_bridge.moc"
