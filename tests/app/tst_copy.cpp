// SPDX-License-Identifier: GPL-3.0-or-later
// T24: copies that are interrupted and go on. Started with --copy this program is the process that gets killed.
#include <sys/wait.h>

#include <QTemporaryDir>
#include <QTest>
#include <csignal>
#include <cstring>
#include <map>
#include <random>
#include <thread>
#include <utility>

#include "app/cluster/forwarding_cluster.h"
#include "app/replay/replay_store.h"
#include "app/search/ordered_reader.h"
#include "tests/app/support/memory_cluster.h"
#include "tests/app/support/remote_fixture.h"
#include "tests/app/support/suite_cluster.h"
#include "tests/support/child.h"
#include "tests/support/seed.h"

using namespace weir;
using namespace weir::app;
using weir::test::MemoryCluster;

namespace {

/// A cluster whose connection breaks while records are under way: some are written, in the order of their partition,
/// and nobody learns which.
class BreakingCluster final : public ForwardingCluster {
public:
    BreakingCluster(std::shared_ptr<Cluster> behind, std::mt19937& random)
        : m_behind(std::move(behind)), m_random(random) {}

    [[nodiscard]] std::string name() const override { return m_behind->name(); }
    [[nodiscard]] std::string bootstrap() const override { return m_behind->bootstrap(); }
    [[nodiscard]] std::string clusterId() const override { return m_behind->clusterId(); }
    [[nodiscard]] Capabilities capabilities() const override { return m_behind->capabilities(); }

    ClusterResult<std::vector<PublishedRecord>> produce(const std::string& topic,
                                                        const std::vector<OutgoingRecord>& records,
                                                        const ProduceOptions& options) override {
        if (breaks == 0 || m_random() % 3 != 0) {
            return m_behind->produce(topic, records, options);
        }
        --breaks;
        std::map<PartitionId, std::vector<OutgoingRecord>> byPartition;
        for (const OutgoingRecord& record : records) {
            byPartition[*record.partition].push_back(record);
        }
        for (auto& [partition, own] : byPartition) {
            own.resize(m_random() % (own.size() + 1));
            if (!own.empty() && !m_behind->produce(topic, own, options)) {
                qFatal("the cluster in memory refuses");
            }
        }
        return weir::fail(ClusterError{ClusterErrc::kUnreachable, 0, "The connection broke."});
    }

    int breaks = 0;

protected:
    ClusterResult<std::shared_ptr<Cluster>> enter() override { return m_behind; }

private:
    std::shared_ptr<Cluster> m_behind;
    std::mt19937& m_random;
};

ReplaySpec randomSpec(std::mt19937& random) {
    ReplaySpec spec;
    spec.fromTopic = "from";
    spec.toTopic = "to";
    spec.keepPartitions = random() % 2 == 0;
    spec.filter = random() % 4 == 0 ? "1" : "";
    spec.shiftTimestampsToNow = random() % 5 == 0;
    if (random() % 4 == 0) {
        spec.masks.fields = {"headers.h"};
    }
    return spec;
}

/// Few keys, values and times, so that records are equal by the dozen and only their order tells them apart.
void fill(MemoryCluster& cluster, std::mt19937& random, int partitions) {
    const int records = 2000 + static_cast<int>(random() % 6000);
    for (int i = 0; i < records; ++i) {
        cluster.add("from", static_cast<int>(random() % static_cast<unsigned>(partitions)),
                    1'700'000'000'000 + static_cast<int>(random() % 40) + i / 50,
                    random() % 3 == 0 ? std::nullopt : std::optional("k" + std::to_string(random() % 9)),
                    random() % 9 == 0 ? std::nullopt : std::optional("v" + std::to_string(random() % 3)),
                    random() % 2 == 0 ? std::vector<Header>{} : std::vector<Header>{{"h", toBytes("1")}});
    }
}

std::string textOf(const MemoryCluster::Stored& record, bool withTime) {
    std::string text = record.key ? std::string(asText(*record.key)) : "-";
    text += ' ' + (record.value ? std::string(asText(*record.value)) : "-");
    for (const Header& header : record.headers) {
        text += ' ' + header.key + '=' + (header.value ? std::string(asText(*header.value)) : "-");
    }
    return withTime ? text + ' ' + std::to_string(record.timestamp.value) : text;
}

/// What a partition holds, but for what others wrote there.
std::vector<std::string> contentOf(const MemoryCluster& cluster, int partition, bool withTime) {
    std::vector<std::string> all;
    for (const auto& record : cluster.all("to", partition)) {
        if (std::string text = textOf(record, withTime); !text.starts_with("stranger")) {
            all.push_back(std::move(text));
        }
    }
    return all;
}

void makeTarget(MemoryCluster& cluster, int partitions) {
    NewTopic topic;
    topic.name = "to";
    topic.partitions = partitions;
    if (!cluster.createTopic(topic)) {
        qFatal("no topic");
    }
}

/// The copy of one process: from where the file says, as far as it comes. Of what it saves now and then something is
/// lost, as in a power cut.
ClusterResult<void> copyByFile(ReplayEnds ends, const std::string& file, std::uint32_t savesLost,
                               std::mt19937& random) {
    const auto opened = ReplayStore::open(file);
    if (!opened) {
        qFatal("%s", opened.error().c_str());
    }
    ReplayStore& store = **opened;
    std::vector<StoredReplay> left = store.of("window");
    if (left.size() != 1) {
        qFatal("%zu replays are left", left.size());
    }
    const SystemClock clock;
    bool isFirst = true;
    ReplayProgress progress([&](const ReplayCheckpoint& to) {
        // What was never written down has sent nothing yet.
        if (std::exchange(isFirst, false) || savesLost == 0 || random() % savesLost == 0) {
            if (auto moved = store.move(left[0].id, to, Timestamp(1)); !moved) {
                qFatal("%s", moved.error().c_str());
            }
        }
    });
    JobControl control;
    return runReplay(ends, clock, left[0].spec, control, &progress);
}

/// The first checkpoint must be in the file before the first record is in the target: runs that begin save it.
void beginFile(const std::string& file, const ReplaySpec& spec) {
    const auto opened = ReplayStore::open(file);
    if (!opened || !(*opened)->put({"id", "Replay", "window", "a", "target", "b", spec, Timestamp(0)})) {
        qFatal("the file cannot be written");
    }
}

int copyProcess(char** arguments) {
    const SystemClock clock;
    const auto connect = [&clock](const char* port) {
        RemoteOptions options;
        options.name = "Copy";
        options.bootstrap = {{"127.0.0.1", static_cast<std::uint16_t>(std::atoi(port))}};
        return std::make_shared<RemoteCluster>(options, clock);
    };
    const auto from = connect(arguments[2]);
    const auto to = connect(arguments[3]);
    std::mt19937 random(static_cast<std::uint32_t>(std::atoi(arguments[5])));
    const auto done = copyByFile({*from, *to}, arguments[4], 8, random);
    if (!done) {
        std::fprintf(stderr, "%s\n", done.error().message.c_str());
    }
    return done ? 0 : 1;
}

std::int64_t sumOfEnds(Cluster& cluster, const std::string& topic, int partitions) {
    std::int64_t sum = 0;
    for (int p = 0; p < partitions; ++p) {
        const auto end = cluster.offsetFor({topic, PartitionId(p)}, {OffsetSpecKind::kLatest, kNoTimestamp});
        sum += end ? end->value : 0;
    }
    return sum;
}

void fillOverTheWire(Cluster& cluster, std::int64_t records, int partitions, std::mt19937& random) {
    std::vector<OutgoingRecord> batch;
    for (std::int64_t i = 0; i < records; ++i) {
        OutgoingRecord& record = batch.emplace_back();
        record.partition = PartitionId(static_cast<std::int32_t>(random() % static_cast<unsigned>(partitions)));
        record.timestamp = Timestamp(1'700'000'000'000 + i / 100);
        if (random() % 4 != 0) {
            record.key = toBytes("k" + std::to_string(random() % 50));
        }
        if (random() % 20 != 0) {
            record.value = toBytes(std::string(random() % 60, 'x'));
        }
        if (random() % 3 == 0) {
            record.headers = {{"i", toBytes(std::to_string(i))}, {"null", std::nullopt}};
        }
        if (batch.size() == 5000 || i + 1 == records) {
            ProduceOptions options;
            options.compression = static_cast<Compression>(random() % 5);
            if (auto sent = cluster.produce("from", batch, options); !sent) {
                qFatal("%s", sent.error().message.c_str());
            }
            batch.clear();
        }
    }
}

/// How many records are equal, in order, partition by partition; -1 and a word when they are not.
std::int64_t equalRecords(Cluster& from, Cluster& to, int partitions) {
    const auto same = [](const std::optional<ByteView>& a, const std::optional<ByteView>& b) {
        return a.has_value() == b.has_value() && (!a || std::equal(a->begin(), a->end(), b->begin(), b->end()));
    };
    std::int64_t equal = 0;
    for (PartitionId p{0}; p.value < partitions; ++p) {
        const auto ends = [p](Cluster& cluster, const char* topic) {
            return std::vector<PartitionSpan>{
                {p, Offset(0), *cluster.offsetFor({topic, p}, {OffsetSpecKind::kLatest, kNoTimestamp})}};
        };
        OrderedReader left(from, "from", ends(from, "from"), Isolation::kReadUncommitted);
        OrderedReader right(to, "to", ends(to, "to"), Isolation::kReadUncommitted);
        for (;; ++equal) {
            const auto a = left.next();
            const auto b = right.next();
            if (!a || !b || a->has_value() != b->has_value()) {
                qWarning("partition %d differs in length after %lld records", p.value, static_cast<long long>(equal));
                return -1;
            }
            if (!*a) {
                break;
            }
            const RecordView& x = (*a)->record;
            const RecordView& y = (*b)->record;
            if (!same(x.key, y.key) || !same(x.value, y.value) || x.timestamp != y.timestamp ||
                decodeHeaders(x) != decodeHeaders(y)) {
                qWarning("partition %d differs at %lld", p.value, static_cast<long long>(x.offset.value));
                return -1;
            }
        }
    }
    return equal;
}

}  // namespace

class TstCopy : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;
    [[nodiscard]] std::string fileIn(const QString& name) const { return m_dir.filePath(name).toStdString(); }

private Q_SLOTS:
    void aCopyThatBreaksAnywhereEndsAsOneThatDidNot() {
        const std::uint32_t first = weir::testing::printedSeed();
        const int seeds = qEnvironmentVariable("WEIR_COPY") == "full" ? 2000 : 40;
        int broken = 0;
        for (int i = 0; i < seeds; ++i) {
            std::mt19937 random(first + static_cast<std::uint32_t>(i));
            const int sources = 1 + static_cast<int>(random() % 5);
            const int targets = 1 + static_cast<int>(random() % 6);
            MemoryCluster from;
            fill(from, random, sources);
            const ReplaySpec spec = randomSpec(random);
            const SystemClock clock;
            MemoryCluster whole;
            makeTarget(whole, targets);
            JobControl control;
            QVERIFY(runReplay({from, whole}, clock, spec, control).ok());

            const auto to = std::make_shared<MemoryCluster>();
            makeTarget(*to, targets);
            // Something like it was there before, which is not this copy's.
            to->add("to", 0, 1'700'000'000'000, "k1", "v1");
            QVERIFY(to->deleteRecordsBefore({"to", PartitionId(0)}, Offset(1)).ok());
            BreakingCluster target(to, random);
            target.breaks = static_cast<int>(random() % 5);
            const std::string file = fileIn(QString("seed%1.db").arg(i));
            beginFile(file, spec);
            const std::uint32_t savesLost = random() % 2 == 0 ? 0 : 3;
            bool isDone = false;
            for (int run = 0; run < 10 && !isDone; ++run) {
                const auto ended = copyByFile({from, target}, file, savesLost, random);
                isDone = ended.ok();
                broken += isDone ? 0 : 1;
                if (!isDone) {
                    QCOMPARE(ended.error().code, ClusterErrc::kUnreachable);
                    to->add("to", static_cast<int>(random() % static_cast<unsigned>(targets)), 5, "stranger", "x");
                    from.add("from", 0, 1'800'000'000'000, "k1", "came in meanwhile");
                }
            }
            QVERIFY(isDone);
            for (int p = 0; p < targets; ++p) {
                const bool withTime = !spec.shiftTimestampsToNow;
                const auto expected = contentOf(whole, p, withTime);
                const auto got = contentOf(*to, p, withTime);
                QVERIFY2(got == expected, qPrintable(QString("WEIR_SEED=%1 partition %2: %3 records, not %4")
                                                         .arg(first + static_cast<std::uint32_t>(i))
                                                         .arg(p)
                                                         .arg(got.size())
                                                         .arg(expected.size())));
            }
        }
        QVERIFY(broken > 0);
        qInfo("%d copies, broken %d times: each target equal to that of a copy that was not", seeds, broken);
    }

    void aCopyWhoseProcessIsKilledGoesOnWithoutLossOrRepetition() {
        const std::uint32_t seed = weir::testing::printedSeed();
        std::mt19937 random(seed);
        const std::int64_t records =
            std::max<std::int64_t>(1000, qEnvironmentVariable("WEIR_COPY_RECORDS", "120000").toLongLong());
        constexpr int kPartitions = 3;
        test::RemoteFixture from;
        test::SuiteCluster to({}, qEnvironmentVariable("WEIR_SUITE_OVER", "weir-plain"));
        test::createTopic(*from.cluster, "from", kPartitions);
        to.create("to", kPartitions);
        fillOverTheWire(*from.cluster, records, kPartitions, random);
        ReplaySpec spec;
        spec.fromTopic = "from";
        spec.toTopic = "to";
        const std::string file = fileIn("killed.db");
        beginFile(file, spec);
        int kills = 0;
        for (bool isDone = false; !isDone;) {
            const std::int64_t reached = sumOfEnds(*to.cluster, "to", kPartitions);
            const std::int64_t killAt =
                reached + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(records / 3));
            const pid_t child = test::startChild({QCoreApplication::applicationFilePath().toStdString(), "--copy",
                                                  std::to_string(from.options().bootstrap[0].port),
                                                  std::to_string(to.options().bootstrap[0].port), file,
                                                  std::to_string(random() % 1000)});
            int status = 0;
            pid_t ended = 0;
            while ((ended = waitpid(child, &status, WNOHANG)) == 0 &&
                   sumOfEnds(*to.cluster, "to", kPartitions) < killAt) {
            }
            if (ended == 0) {
                ::kill(child, SIGKILL);
                QCOMPARE(waitpid(child, &status, 0), child);
            }
            const bool wasKilled = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
            QVERIFY2(wasKilled || (WIFEXITED(status) && WEXITSTATUS(status) == 0), "the copy failed");
            kills += wasKilled ? 1 : 0;
            isDone = !wasKilled;
        }
        QCOMPARE(equalRecords(*from.cluster, *to.cluster, kPartitions), records);
        qInfo("%lld records over the wire, the copying process killed %d times: equal, in order, none twice",
              static_cast<long long>(records), kills);
    }

    void aTargetThatIsRestartedUnderACopyGetsEveryRecordOnce() {
        std::mt19937 random(weir::testing::printedSeed());
        constexpr int kPartitions = 2;
        constexpr std::int64_t kRecords = 60'000;
        test::RemoteFixture from;
        test::RemoteFixture to;
        NewTopic wanted;
        wanted.name = "from";
        wanted.partitions = kPartitions;
        wanted.configs = {{"retention.ms", "-1"}};
        QVERIFY(from.cluster->createTopic(wanted).ok());
        wanted.name = "to";
        QVERIFY(to.cluster->createTopic(wanted).ok());
        fillOverTheWire(*from.cluster, kRecords, kPartitions, random);
        const SystemClock clock;
        ReplaySpec spec;
        spec.fromTopic = "from";
        spec.toTopic = "to";
        JobControl control;
        ReplayProgress progress;
        ClusterResult<void> done;
        std::thread copying([&] {
            // As often as it takes: what the wire's own patience does not bridge is gone on with.
            do {
                spec.resume = progress.checkpoint();
                done = runReplay({*from.cluster, *to.cluster}, clock, spec, control, &progress);
            } while (!done && done.error().code == ClusterErrc::kUnreachable);
        });
        for (int restarts = 0; restarts < 3; ++restarts) {
            const std::int64_t at = control.done() + static_cast<std::int64_t>(random() % 15'000);
            while (control.done() < std::min(at, kRecords)) {
                std::this_thread::yield();
            }
            to.restart();
        }
        copying.join();
        QVERIFY2(done.ok(), done.ok() ? "" : done.error().message.c_str());
        QCOMPARE(equalRecords(*from.cluster, *to.cluster, kPartitions), kRecords);
    }

    // What is still on its way when a copy goes on is refused when it arrives.
    void aBatchThatArrivesLateIsNotWrittenTwice() {
        test::RemoteFixture to;
        NewTopic wanted;
        wanted.name = "to";
        wanted.partitions = 1;
        QVERIFY(to.cluster->createTopic(wanted).ok());
        const auto batch = [](int size) {
            std::vector<OutgoingRecord> records(static_cast<std::size_t>(size));
            for (int i = 0; i < size; ++i) {
                records[static_cast<std::size_t>(i)].value = toBytes(std::to_string(i));
                records[static_cast<std::size_t>(i)].partition = PartitionId(0);
            }
            return records;
        };
        ProducerNumbers remembered;
        QVERIFY(to.cluster->produce("to", batch(5), {.numbers = &remembered}).ok());
        QVERIFY(remembered.id != kNoProducerId);
        ProducerNumbers goesOn = remembered;
        QVERIFY(to.cluster->produce("to", batch(7), {.numbers = &goesOn}).ok());
        QCOMPARE(sumOfEnds(*to.cluster, "to", 1), 12);
        // The same again, by another connection that knows only what was remembered; and one cut in another way.
        const auto other = to.connect(to.options());
        ProducerNumbers late = remembered;
        QVERIFY(other->produce("to", batch(7), {.numbers = &late}).ok());
        late = remembered;
        const auto cutOtherwise = other->produce("to", batch(6), {.numbers = &late});
        QVERIFY(!cutOtherwise.ok());
        QCOMPARE(cutOtherwise.error().kafkaCode, std::int16_t{45});
        other->stop();
        QCOMPARE(sumOfEnds(*to.cluster, "to", 1), 12);
    }

    void whatCannotBeToldIsSaidInsteadOfGuessed() {
        const SystemClock clock;
        MemoryCluster from;
        for (int i = 0; i < 10; ++i) {
            from.add("from", 0, i, "k", std::to_string(i));
        }
        MemoryCluster to;
        makeTarget(to, 1);
        ReplaySpec spec;
        spec.fromTopic = "from";
        spec.toTopic = "to";
        ReplayProgress progress;
        JobControl control;
        QVERIFY(runReplay({from, to}, clock, spec, control, &progress).ok());
        spec.resume = progress.checkpoint();
        QCOMPARE(spec.resume.sent, 10);
        const auto why = [&](Cluster& target) {
            JobControl again;
            const auto ended = runReplay({from, target}, clock, spec, again);
            return ended ? std::string() : ended.error().message;
        };
        QCOMPARE(why(to), std::string());
        QCOMPARE(to.all("to", 0).size(), std::size_t{10});
        MemoryCluster shorter;
        makeTarget(shorter, 1);
        QVERIFY(why(shorter).find("lost records that it had: it ended at 10 and ends at 0") != std::string::npos);
        MemoryCluster none;
        QVERIFY(why(none).find("was deleted since") != std::string::npos);
        to.add("to", 0, 1, "k", "more");
        QVERIFY(to.deleteRecordsBefore({"to", PartitionId(0)}, Offset(11)).ok());
        QVERIFY(why(to).find("it was deleted") != std::string::npos);
    }

    void theFileKeepsEverythingButSecrets() {
        const std::string file = fileIn("kept.db");
        StoredReplay replay{"id", "Replay a to b in C", "window", "cluster", "target", "other", {}, Timestamp(77)};
        ReplaySpec& spec = replay.spec;
        spec.fromTopic = "a";
        spec.toTopic = "b";
        spec.filter = "value.x > '\n'";
        spec.filterIsExpression = true;
        spec.pace = ReplayPace::kRate;
        spec.factor = 2.5;
        spec.ratePerSecond = 1e9;
        spec.keepPartitions = false;
        spec.shiftTimestampsToNow = true;
        spec.loop = true;
        spec.masks = {{"value.email", "headers.auth"}, MaskKind::kHash, toBytes("the-secret-of-the-hash")};
        ReplayCheckpoint at;
        at.sources[PartitionId(3)] = {Offset(1), Offset(2), Offset(3), 4};
        at.ends = {{PartitionId(0), Offset(5)}, {PartitionId(1), Offset(6)}};
        at.from.bytes.fill(std::byte{7});
        at.producer = {ProducerId(1LL << 40), ProducerEpoch(3), {{{"b", PartitionId(1)}, Sequence(9)}}};
        at.sent = 123;
        {
            const auto store = ReplayStore::open(file);
            QVERIFY(store.ok());
            QVERIFY((*store)->put(replay).ok());
            QVERIFY((*store)->move("id", at, Timestamp(99)).ok());
            QVERIFY((*store)->move("unknown", at, Timestamp(99)).ok());
        }
        QFile raw(QString::fromStdString(file));
        QVERIFY(raw.open(QIODevice::ReadOnly));
        QVERIFY(!raw.readAll().contains("the-secret"));
        const auto store = ReplayStore::open(file);
        QVERIFY((*store)->of("elsewhere").empty());
        const auto all = (*store)->of("window");
        QCOMPARE(all.size(), std::size_t{1});
        const ReplaySpec& got = all[0].spec;
        QCOMPARE(all[0].title, replay.title);
        QCOMPARE(all[0].targetCluster, std::string("other"));
        QCOMPARE(all[0].at, Timestamp(99));
        QVERIFY(got.filter == spec.filter && got.filterIsExpression && got.pace == spec.pace && got.factor == 2.5);
        QVERIFY(got.ratePerSecond == 1e9 && !got.keepPartitions && got.shiftTimestampsToNow && got.loop);
        QVERIFY(got.masks.fields == spec.masks.fields && got.masks.kind == MaskKind::kHash && got.masks.secret.empty());
        QVERIFY(got.resume.sources == at.sources && got.resume.ends == at.ends && got.resume.from == at.from);
        QVERIFY(got.resume.producer.id == at.producer.id && got.resume.producer.epoch == at.producer.epoch);
        QVERIFY(got.resume.producer.next == at.producer.next && got.resume.sent == 123);
        QVERIFY((*store)->remove("id").ok());
        QVERIFY((*store)->of("window").empty());
    }

    void aDamagedFileIsKeptAsideAndANewOneBegun() {
        const std::string file = fileIn("damaged.db");
        QFile raw(QString::fromStdString(file));
        QVERIFY(raw.open(QIODevice::WriteOnly));
        raw.write(QByteArray(4096, 'x'));
        raw.close();
        const auto store = ReplayStore::open(file);
        QVERIFY(store.ok());
        QVERIFY((*store)->of("window").empty());
        QVERIFY(QFile::exists(raw.fileName() + ".kept"));
    }
};

int main(int argc, char** argv) {
    if (argc == 6 && std::strcmp(argv[1], "--copy") == 0) {
        return copyProcess(argv);
    }
    QCoreApplication application(argc, argv);
    TstCopy test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_copy.moc"
