// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCryptographicHash>
#include <QDirIterator>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <map>
#include <random>
#include <set>

#include "app/cluster/folder_cluster.h"
#include "broker/api/broker.h"
#include "broker/base/clock.h"

using namespace weir;

namespace {

const SystemClock kClock;

/// What Apache Kafka served from the sample, by the first word of each line.
using Facts = std::map<std::string, std::vector<QStringList>>;

struct Seen {
    Timestamp timestamp;
    QString digest;
    bool operator==(const Seen&) const = default;
};
using Records = std::map<std::int64_t, Seen>;

void put(QCryptographicHash& hash, std::optional<ByteView> bytes) {
    std::array<std::byte, 4> size{};
    storeBigEndian(size.data(), static_cast<std::int32_t>(bytes ? static_cast<std::ptrdiff_t>(bytes->size()) : -1));
    hash.addData(QByteArrayView(size.data(), 4));
    if (bytes) {
        hash.addData(QByteArrayView(bytes->data(), static_cast<qsizetype>(bytes->size())));
    }
}

QString digest(const RecordView& record) {
    QCryptographicHash hash(QCryptographicHash::Md5);
    put(hash, record.key);
    put(hash, record.value);
    for (const Header& header : decodeHeaders(record)) {
        put(hash, asBytes(header.key));
        put(hash, header.value ? std::optional<ByteView>(*header.value) : std::nullopt);
    }
    return QString::fromLatin1(hash.result().toHex().left(12));
}

/// Everything of one partition, in reads of a few records.
Records readAll(app::Cluster& cluster, const TopicPartition& partition, Isolation isolation, QString& problem,
                std::set<TransactionOutcome>* outcomes = nullptr) {
    Records all;
    ReadRequest request;
    request.partition = partition;
    request.isolation = isolation;
    request.maxRecords = 37;
    request.maxBytes = 5000;
    const auto begin = cluster.offsetFor(partition, {OffsetSpecKind::kEarliest, {}});
    if (!begin) {
        problem = QString::fromStdString(begin.error().message);
        return all;
    }
    request.from = *begin;
    for (;;) {
        const auto chunk = cluster.read(request);
        if (!chunk) {
            problem = QString::fromStdString(chunk.error().message);
            return all;
        }
        for (const RecordView& record : (*chunk)->records) {
            all[record.offset.value] = {record.timestamp, digest(record)};
            if (outcomes != nullptr) {
                outcomes->insert((*chunk)->batches[record.batch].outcome);
            }
        }
        if ((*chunk)->next <= request.from) {
            return all;
        }
        request.from = (*chunk)->next;
    }
}

/// Name, size, time and content of every file.
QStringList fingerprint(const QString& folder) {
    QStringList all;
    QDirIterator it(folder, QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot, QDirIterator::Subdirectories);
    while (it.hasNext()) {
        it.next();
        QFile file(it.filePath());
        const bool isRead = it.fileInfo().isFile() && file.open(QIODevice::ReadOnly);
        all << it.filePath() + it.fileInfo().lastModified().toString(Qt::ISODateWithMs) +
                   (isRead ? QString::fromLatin1(
                                 QCryptographicHash::hash(file.readAll(), QCryptographicHash::Sha256).toHex())
                           : QString());
    }
    all.sort();
    return all;
}

QByteArray contentOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

bool write(const QString& path, const QByteArray& content) {
    QFile file(path);
    return file.open(QIODevice::WriteOnly | QIODevice::Truncate) && file.write(content) == content.size();
}

/// A folder that was opened.
struct Opened {
    explicit Opened(const QString& path)
        : folder(api::LogFolder::make(path.toStdString(), kClock)), cluster(folder, "copy") {}
    std::shared_ptr<api::LogFolder> folder;
    app::FolderCluster cluster;
};

}  // namespace

/// A log directory that Apache Kafka 4.2.1 wrote (make_sample.py), as it is and damaged.
class TstLogFolder : public QObject {
    Q_OBJECT

    QTemporaryDir m_dir;
    Facts m_facts;
    std::map<TopicPartition, Records> m_records;

    [[nodiscard]] QString sample() const { return m_dir.filePath("data"); }
    [[nodiscard]] QString segmentOf(const char* log, int index, const char* suffix = ".log") const {
        QStringList files = QDir(m_dir.filePath(QString("broken/%1").arg(log))).entryList({QString("*") + suffix});
        files.sort();
        return m_dir.filePath(QString("broken/%1/%2").arg(log, files.value(index < 0 ? files.size() + index : index)));
    }
    /// A copy to be damaged, in place of the one before.
    void copySample() {
        QDir(m_dir.filePath("broken")).removeRecursively();
        QProcess copy;
        copy.start("cp", {"-r", sample(), m_dir.filePath("broken")});
        QVERIFY(copy.waitForFinished() && copy.exitCode() == 0);
    }
    [[nodiscard]] const Records& expected(const TopicPartition& partition) const { return m_records.at(partition); }

    /// What is read is what Kafka served, and what is missing stands in the report.
    void compare(app::Cluster& cluster, const std::vector<FolderDamage>& damage,
                 const TopicPartition& partition) const {
        QString problem;
        const Records found = readAll(cluster, partition, Isolation::kReadUncommitted, problem);
        QCOMPARE(problem, QString());
        const Records& wanted = expected(partition);
        for (const auto& [offset, record] : found) {
            const auto known = wanted.find(offset);
            QVERIFY2(known != wanted.end(), qPrintable(QString("offset %1 is not Kafka's").arg(offset)));
            QVERIFY2(known->second == record, qPrintable(QString("offset %1 differs").arg(offset)));
        }
        for (const auto& [offset, record] : wanted) {
            const bool isReported = std::any_of(damage.begin(), damage.end(), [&](const FolderDamage& each) {
                return each.partition == partition && each.first.value <= offset && offset < each.next.value;
            });
            QVERIFY2(found.contains(offset) || isReported,
                     qPrintable(QString("offset %1 is lost without a word").arg(offset)));
        }
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(m_dir.isValid());
        QProcess tar;
        tar.start("tar", {"-xzf", QStringLiteral(WEIR_SAMPLE), "-C", m_dir.path()});
        QVERIFY(tar.waitForFinished() && tar.exitCode() == 0);
        for (const QByteArray& line : contentOf(m_dir.filePath("expected.txt")).split('\n')) {
            QStringList words = QString::fromUtf8(line).split(' ', Qt::SkipEmptyParts);
            if (!words.isEmpty()) {
                const std::string kind = words.takeFirst().toStdString();
                m_facts[kind].push_back(words);
            }
        }
        for (const QStringList& each : m_facts["record"]) {
            m_records[{each[0].toStdString(), PartitionId(each[1].toInt())}][each[2].toLongLong()] = {
                Timestamp(each[3].toLongLong()), each[4]};
        }
        QCOMPARE(m_records.size(), std::size_t{8});
        QVERIFY(m_facts["record"].size() > 1000);
    }

    void whatKafkaServedIsRead() {
        Opened opened(sample());
        QVERIFY(opened.folder->waitUntilRead().ok());
        const auto damage = opened.folder->damage();
        QVERIFY(damage.ok());
        for (const FolderDamage& each : *damage) {
            QFAIL(each.sentence().c_str());
        }
        std::set<TransactionOutcome> outcomes;
        for (const auto& [partition, records] : m_records) {
            QString problem;
            const Records found = readAll(opened.cluster, partition, Isolation::kReadUncommitted, problem, &outcomes);
            QCOMPARE(problem, QString());
            QCOMPARE(found.size(), records.size());
            QVERIFY(found == records);
        }
        QCOMPARE(outcomes, (std::set{TransactionOutcome::kNone, TransactionOutcome::kOpen,
                                     TransactionOutcome::kCommitted, TransactionOutcome::kAborted}));
    }

    void committedRecordsAreThoseOfKafka() {
        std::map<TopicPartition, std::set<std::int64_t>> wanted;
        for (const QStringList& each : m_facts["committed"]) {
            wanted[{each[0].toStdString(), PartitionId(each[1].toInt())}].insert(each[2].toLongLong());
        }
        Opened opened(sample());
        for (const auto& [partition, offsets] : wanted) {
            QString problem;
            std::set<std::int64_t> found;
            for (const auto& [offset, record] :
                 readAll(opened.cluster, partition, Isolation::kReadCommitted, problem)) {
                found.insert(offset);
            }
            QCOMPARE(problem, QString());
            QVERIFY(found == offsets);
        }
    }

    void offsetsAndTimesAreThoseOfKafka() {
        Opened opened(sample());
        const auto check = [&](const char* fact, OffsetSpecKind kind, int at) {
            for (const QStringList& each : m_facts[fact]) {
                OffsetSpec spec{kind, kNoTimestamp};
                if (kind == OffsetSpecKind::kAtTimestamp) {
                    spec.at = Timestamp(each[2].toLongLong());
                }
                const auto found =
                    opened.cluster.offsetFor({each[0].toStdString(), PartitionId(each[1].toInt())}, spec);
                QVERIFY(found.ok());
                QVERIFY2(found->value == each[at].toLongLong(),
                         qPrintable(QString("%1: %2, not %3").arg(fact, each.join(' ')).arg(found->value)));
            }
        };
        check("begin", OffsetSpecKind::kEarliest, 2);
        check("end", OffsetSpecKind::kLatest, 2);
        check("latest", OffsetSpecKind::kMaxTimestamp, 2);
        check("time", OffsetSpecKind::kAtTimestamp, 3);
        QVERIFY(opened.folder->waitUntilRead().ok());
        const auto snapshot = opened.cluster.snapshot();
        QVERIFY(snapshot.ok());
        for (const QStringList& each : m_facts["stable"]) {
            const TopicSnapshot* const topic = (*snapshot)->findTopic(each[0].toStdString());
            QVERIFY(topic != nullptr);
            QCOMPARE(topic->partitions.at(each[1].toUInt()).lastStable.value, each[2].toLongLong());
        }
        QVERIFY(opened.cluster.clusterId().size() == 22);
        QVERIFY((*snapshot)->problems.empty());
    }

    void aPartitionThatWasNotCopiedIsNamed() {
        copySample();
        QVERIFY(QDir(m_dir.filePath("broken/txn-1")).removeRecursively());
        Opened opened(m_dir.filePath("broken"));
        QVERIFY(opened.folder->waitUntilRead().ok());
        const auto problems = (*opened.cluster.snapshot())->problems;
        QCOMPARE(problems.size(), std::size_t{1});
        QCOMPARE(problems[0].message, std::string("1 partition of the cluster is not in this folder: txn-1."));
    }

    // As the controller wrote them into __cluster_metadata.
    void settingsOfTopicsAreThoseThatWereSet() {
        Opened opened(sample());
        const auto found = opened.cluster.describeTopicConfig("codecs");
        QVERIFY2(found.ok(), found.ok() ? "" : found.error().message.c_str());
        std::map<std::string, std::string> set;
        for (const ConfigEntry& each : *found) {
            QVERIFY(each.readOnly && !each.documentation.empty());
            if (each.source == ConfigEntry::Source::kTopic) {
                set[each.name] = each.value.value_or("null");
            } else {
                // A fresh cluster sets this one for all brokers (KIP-966).
                QCOMPARE(each.source, ConfigEntry::Source::kDynamicDefaultBroker);
                QCOMPARE(each.name, std::string("min.insync.replicas"));
            }
        }
        QCOMPARE(set, (std::map<std::string, std::string>{
                          {"index.interval.bytes", "200"}, {"retention.ms", "-1"}, {"segment.ms", "60000"}}));
        QVERIFY(opened.folder->waitUntilRead().ok());
        const auto snapshot = *opened.cluster.snapshot();
        QCOMPARE(snapshot->findTopic("codecs")->retentionMs, std::int64_t{-1});
        const auto compacted = std::find_if(snapshot->topics.begin(), snapshot->topics.end(), [](const auto& topic) {
            return topic->cleanupPolicy == "compact" && !topic->isInternal;
        });
        QVERIFY(compacted != snapshot->topics.end());
        // A log alone tells nothing of its topic.
        QCOMPARE(Opened(sample() + "/plain-1").cluster.describeTopicConfig("plain").error().code,
                 ClusterErrc::kUnsupported);
    }

    void groupsAreDecodedWithTheirOffsets() {
        Opened opened(sample());
        QVERIFY(opened.folder->waitUntilRead().ok());
        const auto snapshot = *opened.cluster.snapshot();
        std::size_t offsets = 0;
        for (const auto& group : snapshot->groups) {
            offsets += group->offsets.size();
        }
        QCOMPARE(snapshot->groups.size(), m_facts["group"].size());
        QCOMPARE(offsets, m_facts["offset"].size());
        for (const QStringList& each : m_facts["group"]) {
            const GroupSnapshot* const group = snapshot->findGroup(each[0].toStdString());
            QVERIFY2(group != nullptr, qPrintable(each[0]));
            QCOMPARE(group->type, each[1] == "Consumer" ? GroupType::kConsumer : GroupType::kClassic);
        }
        for (const QStringList& each : m_facts["offset"]) {
            const GroupSnapshot* const group = snapshot->findGroup(each[0].toStdString());
            QVERIFY(group != nullptr);
            const TopicPartition partition{each[1].toStdString(), PartitionId(each[2].toInt())};
            const auto found = std::find_if(group->offsets.begin(), group->offsets.end(),
                                            [&](const CommittedOffset& one) { return one.partition == partition; });
            QVERIFY2(found != group->offsets.end(), qPrintable(each.join(' ')));
            QCOMPARE(found->offset.value, each[3].toLongLong());
            QCOMPARE(QString::fromStdString(found->metadata).replace(' ', '_'), each[4] == "-" ? QString() : each[4]);
        }
    }

    void transactionsAreTold() {
        Opened opened(sample());
        QVERIFY(opened.folder->waitUntilRead().ok());
        const auto transactions = (*opened.cluster.operations())->transactions();
        QVERIFY(transactions.ok());
        QCOMPARE(transactions->size(), m_facts["transaction"].size());
        const auto held = std::find_if(transactions->begin(), transactions->end(),
                                       [](const TransactionInfo& one) { return one.id == "tx-a"; });
        QVERIFY(held != transactions->end());
        QCOMPARE(held->state, TransactionState::kOngoing);
        QVERIFY(std::any_of(held->places.begin(), held->places.end(), [](const TransactionPlace& one) {
            return one.partition == TopicPartition{"txn", PartitionId(0)} && one.holdsReaders;
        }));
        const auto producers = (*opened.cluster.operations())->producers({"txn", PartitionId(1)});
        QVERIFY(producers.ok() && producers->size() == 2);
    }

    void nothingIsChangedAndNothingCanBe() {
        const QStringList before = fingerprint(sample());
        {
            Opened opened(sample());
            QVERIFY(opened.folder->waitUntilRead().ok());
            QVERIFY(opened.cluster.segments({"txn", PartitionId(0)}).ok());
            NewTopic topic;
            topic.name = "new";
            QCOMPARE(opened.cluster.createTopic(topic).error().code, ClusterErrc::kUnsupported);
            QCOMPARE(opened.cluster.produce("plain", {OutgoingRecord()}, {}).error().code, ClusterErrc::kUnsupported);
            QCOMPARE(opened.cluster.deleteGroup("readers").error().code, ClusterErrc::kUnsupported);
            api::Operations& ask = **opened.cluster.operations();
            QCOMPARE(ask.quorum().error().message, std::string(api::LogFolder::kNoBroker));
            QCOMPARE(ask.features().error().message, std::string(api::LogFolder::kNoBroker));
            QCOMPARE(ask.logDirs().error().message, std::string(api::LogFolder::kNoBroker));
            QVERIFY(!opened.cluster.capabilities().has(Feature::kEdit));
        }
        QCOMPARE(fingerprint(sample()), before);
    }

    void otherFoldersAreLogsToo() {
        // Several disks beside each other, a single log, and none at all.
        QVERIFY(QDir(m_dir.path()).mkpath("disks"));
        copySample();
        QVERIFY(QDir().rename(m_dir.filePath("broken"), m_dir.filePath("disks/disk1")));
        Opened disks(m_dir.filePath("disks"));
        QString problem;
        const TopicPartition cut{"cut", PartitionId(0)};
        QVERIFY(readAll(disks.cluster, cut, Isolation::kReadUncommitted, problem) == expected(cut));
        Opened one(sample() + "/plain-1/");
        const TopicPartition plain{"plain", PartitionId(1)};
        QVERIFY(readAll(one.cluster, plain, Isolation::kReadUncommitted, problem) == expected(plain));
        QVERIFY(QDir(m_dir.path()).mkpath("none"));
        QCOMPARE(Opened(m_dir.filePath("none")).cluster.snapshot().error().code, ClusterErrc::kNotFound);
        QVERIFY(!Opened(m_dir.filePath("absent")).cluster.snapshot().ok());
        Opened closed(sample());
        closed.folder->stop();
        QCOMPARE(closed.cluster.snapshot().error().code, ClusterErrc::kStopped);
    }

    void aFolderOfWeirIsReadAsWell() {
        const QTemporaryDir dir;
        api::BrokerOptions options;
        options.dataFolder = dir.path().toStdString();
        options.listen = {{"127.0.0.1", 0}};
        const TopicPartition partition{"orders", PartitionId(1)};
        std::string id;
        {
            auto broker = *api::Broker::start(options);
            NewTopic topic;
            topic.name = "orders";
            topic.partitions = 2;
            topic.configs = {{"retention.ms", "123456789012"}};
            QVERIFY(broker->createTopic(topic).ok());
            for (int i = 0; i < 300; ++i) {
                OutgoingRecord record;
                record.partition = PartitionId(i % 2);
                record.value = Bytes(40, static_cast<std::byte>(i));
                QVERIFY(broker->produce("orders", {record}, {static_cast<Compression>(i % 5), Acks::kAll}).ok());
            }
            QVERIFY(broker->alterGroupOffsets("readers", {{partition, Offset(17)}}).ok());
            id = broker->clusterId();
            broker->stop();
        }
        const QStringList before = fingerprint(dir.path());
        Opened opened(dir.path());
        QVERIFY(opened.folder->waitUntilRead().ok());
        const auto snapshot = *opened.cluster.snapshot();
        QVERIFY2(snapshot->problems.empty(), snapshot->problems.empty() ? "" : snapshot->problems[0].message.c_str());
        QString problem;
        QCOMPARE(readAll(opened.cluster, partition, Isolation::kReadCommitted, problem).size(), std::size_t{150});
        QCOMPARE(snapshot->groups.size(), std::size_t{1});
        QCOMPARE(snapshot->groups[0]->offsets.at(0).offset, Offset(17));
        QCOMPARE(opened.cluster.clusterId(), id);
        QCOMPARE(opened.cluster.describeTopicConfig("orders")->at(0).value, std::optional<std::string>("123456789012"));
        QCOMPARE(snapshot->findTopic("orders")->retentionMs, std::int64_t{123456789012});
        QCOMPARE(fingerprint(dir.path()), before);
    }

    void aTailThatIsCutIsNamed() {
        copySample();
        const QString path = segmentOf("codecs-0", -1);
        const QByteArray whole = contentOf(path);
        QVERIFY(write(path, whole.left(whole.size() - 7)));
        Opened opened(m_dir.filePath("broken"));
        QVERIFY(opened.folder->waitUntilRead().ok());
        const auto damage = *opened.folder->damage();
        QCOMPARE(damage.size(), std::size_t{1});
        QCOMPARE(QString::fromStdString(damage[0].file), QFileInfo(path).fileName());
        QVERIFY(damage[0].position + damage[0].bytes == static_cast<std::uint64_t>(whole.size() - 7));
        QVERIFY2(damage[0].what.find("cut off, 7 of its") != std::string::npos, damage[0].what.c_str());
        QCOMPARE(damage[0].next.value, expected({"codecs", PartitionId(0)}).rbegin()->first + 1);
        compare(opened.cluster, damage, {"codecs", PartitionId(0)});
        const auto snapshot = *opened.cluster.snapshot();
        QCOMPARE(snapshot->problems.size(), std::size_t{1});
        QCOMPARE(snapshot->problems[0].subject, std::string("codecs-0"));
        QCOMPARE(snapshot->problems[0].severity, Problem::Severity::kError);
    }

    // A segment from the middle, one of which the index is left, and the last one.
    void aSegmentThatIsMissingIsNamed_data() {
        QTest::addColumn<int>("which");
        QTest::addColumn<bool>("leavesItsIndex");
        QTest::newRow("in the middle") << 3 << false;
        QTest::newRow("in the middle, its index is there") << 3 << true;
        QTest::newRow("the first, its index is there") << 0 << true;
        QTest::newRow("the last") << -1 << false;
        QTest::newRow("the last, its index is there") << -1 << true;
    }
    void aSegmentThatIsMissingIsNamed() {
        QFETCH(int, which);
        QFETCH(bool, leavesItsIndex);
        copySample();
        const QString log = segmentOf("codecs-0", which);
        QVERIFY(QFile::remove(log));
        if (!leavesItsIndex) {
            QVERIFY(QFile::remove(QString(log).replace(".log", ".index")));
        }
        Opened opened(m_dir.filePath("broken"));
        QVERIFY(opened.folder->waitUntilRead().ok());
        const auto damage = *opened.folder->damage();
        QCOMPARE(damage.size(), std::size_t{1});
        QCOMPARE(QString::fromStdString(damage[0].file), QFileInfo(log).fileName());
        QVERIFY2(damage[0].hidesRecords() && damage[0].what.find("missing") != std::string::npos,
                 damage[0].what.c_str());
        compare(opened.cluster, damage, {"codecs", PartitionId(0)});
    }

    // What a crash leaves between the end of a compaction and its last rename: Kafka takes the outcome.
    void theOutcomeOfACompactionIsReadWhereItWaits() {
        copySample();
        const TopicPartition partition{"codecs", PartitionId(0)};
        const QString folder = m_dir.filePath("broken/codecs-0");
        const QString first = segmentOf("codecs-0", 2);
        const QString second = segmentOf("codecs-0", 3);
        const QByteArray both = contentOf(first) + contentOf(second);
        QVERIFY(write(first + ".swap", both));
        // The first had made room already, the second had not.
        QVERIFY(QFile::rename(first, first + ".deleted"));
        Opened opened(m_dir.filePath("broken"));
        QVERIFY(opened.folder->waitUntilRead().ok());
        const auto damage = *opened.folder->damage();
        QVERIFY(std::none_of(damage.begin(), damage.end(), [](const auto& each) { return each.hidesRecords(); }));
        QVERIFY(std::any_of(damage.begin(), damage.end(), [](const auto& each) {
            return each.what.find("its outcome is read") != std::string::npos;
        }));
        QString problem;
        QVERIFY(readAll(opened.cluster, partition, Isolation::kReadUncommitted, problem) == expected(partition));
        QCOMPARE(problem, QString());
        // One that is damaged is not taken.
        QVERIFY(QFile::rename(first + ".deleted", first));
        QByteArray broken = both;
        broken[100] = static_cast<char>(broken[100] ^ 1);
        QVERIFY(write(first + ".swap", broken));
        Opened again(m_dir.filePath("broken"));
        QVERIFY(again.folder->waitUntilRead().ok());
        QVERIFY(readAll(again.cluster, partition, Isolation::kReadUncommitted, problem) == expected(partition));
        QVERIFY(QDir(folder).exists());
    }

    void indexFilesThatAreMissingOrWrongAreNamed() {
        copySample();
        const QString missing = segmentOf("plain-0", 0, ".index");
        QVERIFY(QFile::remove(missing));
        const QString wrong = segmentOf("plain-1", 0, ".index");
        QByteArray index = contentOf(wrong);
        QVERIFY(index.size() >= 16);
        index[15] = static_cast<char>(index[15] ^ 1);
        QVERIFY(write(wrong, index));
        const QString late = segmentOf("plain-2", 0, ".timeindex");
        QByteArray times = contentOf(late);
        QVERIFY(times.size() >= 24);
        times[12 + 5] = static_cast<char>(times[12 + 5] ^ 0x40);
        QVERIFY(write(late, times));
        const QString aborted = segmentOf("txn-1", 0, ".txnindex");
        QVERIFY(QFile::remove(aborted));
        Opened opened(m_dir.filePath("broken"));
        QVERIFY(opened.folder->waitUntilRead().ok());
        std::map<std::string, std::string> found;
        const auto damage = *opened.folder->damage();
        for (const FolderDamage& each : damage) {
            QVERIFY(!each.hidesRecords());
            found[each.partition.topic + '-' + std::to_string(each.partition.partition.value) + '/' + each.file] =
                each.what;
        }
        for (const QString& path : {missing, wrong, late, aborted}) {
            const QString name = path.section('/', -2);
            QVERIFY2(found.contains(name.toStdString()), qPrintable(name));
        }
        QCOMPARE(found.size(), std::size_t{4});
        for (const auto& [partition, records] : m_records) {
            compare(opened.cluster, {}, partition);
        }
        QString problem;
        std::set<std::int64_t> committed;
        const Records records = readAll(opened.cluster, {"txn", PartitionId(1)}, Isolation::kReadCommitted, problem);
        for (const auto& [offset, record] : records) {
            committed.insert(offset);
        }
        const auto wanted = std::count_if(m_facts["committed"].begin(), m_facts["committed"].end(),
                                          [](const QStringList& each) { return each[0] == "txn" && each[1] == "1"; });
        QCOMPARE(static_cast<std::ptrdiff_t>(committed.size()), wanted);
    }

    void whateverIsDamagedTheRestIsReadAndTheLossIsNamed() {
        const auto seed = std::random_device()();
        qInfo("seed %u", seed);
        std::mt19937 random(seed);
        const auto pick = [&random](qsizetype below) {
            return static_cast<qsizetype>(random() % static_cast<std::uint64_t>(below));
        };
        const std::vector<TopicPartition> logs{
            {"codecs", PartitionId(0)}, {"txn", PartitionId(0)}, {"plain", PartitionId(0)}};
        copySample();
        for (int round = 0; round < 150; ++round) {
            const TopicPartition& log = logs[static_cast<std::size_t>(round) % logs.size()];
            const QString folder = QString("%1-%2").arg(log.topic.c_str()).arg(log.partition.value);
            const QStringList files = QDir(m_dir.filePath("broken/" + folder)).entryList({"*.log"});
            const QString path = m_dir.filePath("broken/" + folder + '/' + files[pick(files.size())]);
            const QByteArray whole = contentOf(path);
            if (whole.isEmpty()) {
                continue;
            }
            QByteArray broken = whole;
            const qsizetype at = pick(whole.size());
            const char* how = "a flipped bit";
            if (round % 5 == 4) {
                how = "zeros";
                broken.replace(at, std::min<qsizetype>(300, whole.size() - at),
                               QByteArray(std::min<qsizetype>(300, whole.size() - at), '\0'));
            } else {
                broken[at] = static_cast<char>(broken[at] ^ (1 << pick(8)));
            }
            QVERIFY(write(path, broken));
            Opened opened(m_dir.filePath("broken/" + folder));
            QVERIFY(opened.folder->waitUntilRead().ok());
            compare(opened.cluster, *opened.folder->damage(), log);
            if (QTest::currentTestFailed()) {
                qInfo("round %d: %s at byte %lld of %s", round, how, static_cast<long long>(at), qPrintable(path));
                return;
            }
            QVERIFY(write(path, whole));
        }
    }
};

QTEST_GUILESS_MAIN(TstLogFolder)
#include "tst_log_folder.moc"
