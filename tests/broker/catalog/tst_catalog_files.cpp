// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <QtCore/QElapsedTimer>

#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <map>

#include "tests/broker/catalog/catalog_fixture.h"

using namespace weir;
using namespace weir::catalog;

namespace {

/// Every file of a folder with its size and time of change, to prove that nothing was touched.
std::map<std::string, std::pair<std::uintmax_t, std::filesystem::file_time_type>> stateOf(
    const std::filesystem::path& folder) {
    std::map<std::string, std::pair<std::uintmax_t, std::filesystem::file_time_type>> result;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        result[entry.path().filename().string()] = {entry.is_directory() ? 0 : entry.file_size(),
                                                    entry.last_write_time()};
    }
    return result;
}

void executeOn(const std::filesystem::path& file, const char* sql) {
    sqlite3* database = nullptr;
    QCOMPARE(sqlite3_open(file.c_str(), &database), SQLITE_OK);
    QCOMPARE(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(database);
}

/// Of the database's own files.
std::map<std::string, std::uintmax_t> sizesBeside(const std::filesystem::path& file) {
    std::map<std::string, std::uintmax_t> sizes;
    for (const auto& entry : std::filesystem::directory_iterator(file.parent_path())) {
        if (entry.path().filename().string().starts_with(file.filename().string())) {
            sizes[entry.path().filename().string()] = entry.file_size();
        }
    }
    return sizes;
}

/// Runs `body` in a process of its own that is there to be killed. `body` gets the end of a pipe to report through.
class Victim {
public:
    template <class Body>
    explicit Victim(Body body) {
        int ends[2];
        WEIR_ASSERT(::pipe(ends) == 0);
        m_process = ::fork();
        WEIR_ASSERT(m_process >= 0);
        if (m_process == 0) {
            ::close(ends[0]);
            body(ends[1]);
            ::_exit(0);
        }
        ::close(ends[1]);
        m_reports = ends[0];
    }
    Victim(const Victim&) = delete;
    Victim& operator=(const Victim&) = delete;
    ~Victim() {
        kill();
        ::close(m_reports);
    }

    [[nodiscard]] pid_t process() const { return m_process; }
    /// The next report; nothing when the process has ended.
    std::optional<std::int64_t> next() {
        std::int64_t value = 0;
        return ::read(m_reports, &value, sizeof value) == sizeof value ? std::optional(value) : std::nullopt;
    }
    void kill() {
        if (m_process > 0) {
            ::kill(m_process, SIGKILL);
            ::waitpid(m_process, nullptr, 0);
            m_process = 0;
        }
    }

private:
    pid_t m_process = 0;
    int m_reports = -1;
};

/// Fills a page near the end of a file that has many with noise.
void ruinAPage(const CatalogFixture& fixture) {
    std::string bytes = fixture.readFile();
    const std::size_t pages = bytes.size() / 4096;
    QVERIFY(pages > 12);
    for (std::size_t i = (pages - 3) * 4096; i < (pages - 2) * 4096; ++i) {
        bytes[i] = static_cast<char>(0xa5);
    }
    fixture.writeFile(bytes);
}

}  // namespace

class TstCatalogFiles : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aSecondProcessIsRefusedAtOnceAndToldTheFirst() {
        CatalogFixture fixture;
        Victim first([&](int reports) {
            auto catalog = fixture.open();
            const std::int64_t ready = 1;
            WEIR_ASSERT(::write(reports, &ready, sizeof ready) == sizeof ready);
            ::pause();
        });
        QVERIFY(first.next().has_value());
        const auto before = stateOf(fixture.folder());
        QElapsedTimer timer;
        timer.start();
        const auto second = fixture.tryOpen();
        QVERIFY(timer.elapsed() < 100);
        QVERIFY(!second.ok());
        QVERIFY(second.error().code == CatalogErrc::kInUse);
        QVERIFY(QString::fromStdString(second.error().message).contains(QString::number(first.process())));
        QCOMPARE(stateOf(fixture.folder()), before);
        first.kill();
        QVERIFY(fixture.tryOpen().ok());
    }
    void twoBrokersOfOneProcessDoNotShareAFolder() {
        CatalogFixture fixture;
        auto first = fixture.open();
        QVERIFY(fixture.tryOpen().error().code == CatalogErrc::kInUse);
        first.reset();
        QVERIFY(fixture.tryOpen().ok());
    }
    void whatWasAnsweredSurvivesAKill() {
        SeededRandom random(7);
        CatalogFixture fixture;
        std::int64_t known = 0;
        for (int round = 0; round < 10; ++round) {
            Victim victim([&](int reports) {
                auto catalog = fixture.open();
                for (std::int64_t i = known + 1;; ++i) {
                    WEIR_ASSERT(writeGroup(*catalog, commitOf("g", offsetRow("t", 0, i))).ok());
                    WEIR_ASSERT(::write(reports, &i, sizeof i) == sizeof i);
                }
            });
            for (std::uint64_t reports = 1 + random.next() % 200; reports > 0; --reports) {
                const auto report = victim.next();
                QVERIFY(report.has_value());
                known = *report;
            }
            victim.kill();
            while (const auto report = victim.next()) {
                known = *report;
            }
            auto catalog = fixture.open();
            QVERIFY(catalog->report().setAside.empty());
            const std::int64_t stored = catalog->groups()->at(0).offsets.at(0).committed.offset.value;
            QVERIFY2(stored >= known, qPrintable(QString("stored %1, answered %2").arg(stored).arg(known)));
            known = stored;
        }
    }
    void filesAreForTheirOwnerOnly() {
        const mode_t before = ::umask(0);
        CatalogFixture fixture;
        auto catalog = fixture.open();
        ::umask(before);
        QVERIFY(writeGroup(*catalog, commitOf("g", offsetRow("t", 0, 1))).ok());
        struct stat info {};
        QCOMPARE(::stat(fixture.folder().c_str(), &info), 0);
        QCOMPARE(static_cast<int>(info.st_mode & 0777), 0700);
        for (const auto& entry : std::filesystem::directory_iterator(fixture.folder())) {
            QCOMPARE(::stat(entry.path().c_str(), &info), 0);
            QVERIFY2((info.st_mode & 0777) == 0600, entry.path().c_str());
        }
    }
    void aFileThatIsNoDatabaseIsSetAside() {
        CatalogFixture fixture;
        fixture.writeFile(
            "this is not a database, it is a text of more than a hundred bytes ..........................");
        const auto refused = fixture.tryOpen(OnDamage::kRefuse);
        QVERIFY(refused.error().code == CatalogErrc::kDamaged);
        QVERIFY(fixture.readFile().starts_with("this is not"));
        auto catalog = fixture.open();
        QVERIFY(catalog->report().isNew);
        QVERIFY(!catalog->report().damage.empty());
        std::ifstream kept(catalog->report().setAside);
        std::string word;
        kept >> word;
        QCOMPARE(word, std::string("this"));
    }
    void whatCanBeReadOfADamagedFileIsTakenOver() {
        CatalogFixture fixture;
        std::string clusterId;
        {
            auto catalog = fixture.open();
            clusterId = catalog->clusterId();
            for (int i = 0; i < 300; ++i) {
                QVERIFY(catalog->createTopics({topicRow(fixture.random(), "topic-" + std::to_string(i))}).ok());
                QVERIFY(writeGroup(*catalog, commitOf("g", offsetRow("topic-" + std::to_string(i), 0, i))).ok());
            }
            (void)catalog->allocateProducerIds(5);
            QVERIFY(catalog->close().ok());
        }
        executeOn(fixture.file(), "UPDATE meta SET value = 0 WHERE key = 'clean'; PRAGMA wal_checkpoint(TRUNCATE)");
        ruinAPage(fixture);
        auto catalog = fixture.open();
        QVERIFY(!catalog->report().setAside.empty());
        QVERIFY(catalog->report().rowsSaved > 100);
        QCOMPARE(catalog->clusterId(), clusterId);
        QVERIFY(catalog->topics()->size() + catalog->groups()->at(0).offsets.size() > 100);
        QVERIFY(std::filesystem::exists(catalog->report().setAside));
        // A second accident finds the first name taken.
        const std::string first = catalog->report().setAside;
        catalog.reset();
        fixture.writeFile(std::string(5000, 'x'));
        catalog = fixture.open();
        QVERIFY(catalog->report().setAside != first);
        QVERIFY(std::filesystem::exists(first));
    }
    /// After a clean stop, too: a small file is always looked at.
    void aDamagedPageIsFoundAfterACleanStop() {
        CatalogFixture fixture;
        {
            auto catalog = fixture.open();
            for (int i = 0; i < 300; ++i) {
                QVERIFY(catalog->createTopics({topicRow(fixture.random(), "topic-" + std::to_string(i))}).ok());
            }
            QVERIFY(catalog->close().ok());
        }
        executeOn(fixture.file(), "PRAGMA wal_checkpoint(TRUNCATE)");
        ruinAPage(fixture);
        auto catalog = fixture.open();
        QVERIFY(!catalog->report().setAside.empty());
        QVERIFY(catalog->topics()->size() > 100);
    }
    /// A flipped bit in the words that a table is made with: SQLite sees another column and no damage.
    void aFlippedWordOfATableCostsNoRow_data() {
        QTest::addColumn<QString>("word");
        QTest::addColumn<QString>("flipped");
        QTest::newRow("a column") << "leader_epoch"
                                  << "leader_epocx";
        QTest::newRow("a table") << "CREATE TABLE topics("
                                 << "CREATE TABLE toqics(";
        QTest::newRow("no sense at all") << "partitions INTEGER"
                                         << "partitions,INTEGER";
        QTest::newRow("no table") << "CREATE"
                                  << "CRE@TE";
    }
    void aFlippedWordOfATableCostsNoRow() {
        QFETCH(QString, word);
        QFETCH(QString, flipped);
        CatalogFixture fixture;
        {
            auto catalog = fixture.open();
            for (int i = 0; i < 50; ++i) {
                QVERIFY(catalog->createTopics({topicRow(fixture.random(), "topic-" + std::to_string(i))}).ok());
                QVERIFY(writeGroup(*catalog, commitOf("g", offsetRow("topic-" + std::to_string(i), 0, i))).ok());
            }
            QVERIFY(catalog->close().ok());
        }
        executeOn(fixture.file(), "PRAGMA wal_checkpoint(TRUNCATE)");
        std::string bytes = fixture.readFile();
        const std::size_t at = bytes.find(word.toStdString());
        QVERIFY(at != std::string::npos);
        bytes.replace(at, static_cast<std::size_t>(word.size()), flipped.toStdString());
        fixture.writeFile(bytes);
        auto catalog = fixture.open();
        QVERIFY(!catalog->report().setAside.empty());
        QCOMPARE(catalog->topics()->size(), std::size_t{50});
        QCOMPARE(catalog->groups()->at(0).offsets.size(), std::size_t{50});
    }
    /// The damaged file has been set aside, but for its log, and then the process was killed.
    void aRescueThatWasCutShortIsPutInPlace() {
        CatalogFixture fixture;
        std::string clusterId;
        {
            auto catalog = fixture.open();
            clusterId = catalog->clusterId();
            QVERIFY(catalog->createTopics({topicRow(fixture.random(), "kept")}).ok());
            QVERIFY(catalog->close().ok());
        }
        const std::string file = fixture.file().string();
        std::filesystem::rename(file, file + ".rescue");
        std::ofstream(file + ".damaged") << "an older accident";
        std::ofstream(file + ".damaged.1") << "damaged";
        std::ofstream(file + "-wal") << "of the damaged one";
        // A folder whose catalog is on its way may hold anything, as one that has it.
        std::ofstream(fixture.folder() / "note.txt") << "mine";
        auto catalog = fixture.open();
        QCOMPARE(catalog->clusterId(), clusterId);
        QCOMPARE(catalog->topics()->size(), std::size_t{1});
        QVERIFY(catalog->report().isNew);
        QCOMPARE(catalog->report().setAside, file + ".damaged.1");
        QVERIFY(std::filesystem::exists(file + ".damaged.1-wal"));
        QVERIFY(!std::filesystem::exists(file + ".rescue"));
    }
    void aRescueThatFindsNoRoomChangesNothing() {
        CatalogFixture fixture;
        fixture.writeFile(std::string(5000, 'x'));
        // Where the copy would be, nothing can be written.
        std::filesystem::create_directories(fixture.file().string() + ".copy/in the way");
        const auto refused = fixture.tryOpen();
        QVERIFY(!refused.ok());
        QVERIFY(refused.error().code == CatalogErrc::kIo);
        QCOMPARE(fixture.readFile(), std::string(5000, 'x'));
        std::filesystem::remove_all(fixture.file().string() + ".copy");
        QVERIFY(fixture.tryOpen().ok());
    }
    /// The disk may have filled up since: nothing that a start and the first changes write may need room of its own.
    void aStartAfterACleanStopNeedsNoRoom() {
        CatalogFixture fixture;
        QVERIFY(fixture.open()->allocateProducerIds(1000).ok());
        QVERIFY(fixture.open()->close().ok());
        for (int round = 0; round < 4; ++round) {
            const auto before = sizesBeside(fixture.file());
            QVERIFY(before.contains("weir.db-wal") && before.contains("weir.db-shm"));
            QVERIFY(before.at("weir.db-wal") > 8 * 4096 && before.at("weir.db-wal") <= std::uintmax_t{1} << 20);
            const auto catalog = fixture.open();
            QVERIFY(catalog->allocateProducerIds(1000).ok());
            QVERIFY(sizesBeside(fixture.file()) == before);
            QVERIFY(round % 2 == 0 || catalog->close().ok());
        }
    }
    void aDiskThatCannotBeReadIsNoDamage() {
        CatalogFixture fixture;
        QVERIFY(fixture.open()->close().ok());
        // SQLite must open these, and finds folders instead.
        for (const char* tail : {"-wal", "-shm"}) {
            std::filesystem::remove(fixture.file().string() + tail);
            std::filesystem::create_directory(fixture.file().string() + tail);
        }
        const auto refused = fixture.tryOpen();
        QVERIFY(!refused.ok());
        QVERIFY(refused.error().code != CatalogErrc::kDamaged);
        QVERIFY2(refused.error().message.find("damaged") == std::string::npos, refused.error().message.c_str());
        for (const char* tail : {"-wal", "-shm"}) {
            std::filesystem::remove(fixture.file().string() + tail);
        }
        QVERIFY(fixture.open()->report().setAside.empty());
    }
    void producerIdsDoNotRepeatAfterTheirCounterWasLost() {
        CatalogFixture fixture;
        const std::int64_t before = fixture.open()->allocateProducerIds(1000)->value;
        std::filesystem::remove(fixture.file().string() + "-wal");
        fixture.writeFile(std::string(5000, 'x'));
        QVERIFY(fixture.open()->allocateProducerIds(1)->value > before + 1000);
    }
    void aNewerFileIsRefusedUntouched() {
        CatalogFixture fixture;
        QVERIFY(fixture.open()->close().ok());
        executeOn(fixture.file(), "PRAGMA user_version = 99");
        executeOn(fixture.file(), "PRAGMA wal_checkpoint(TRUNCATE)");
        const std::string before = fixture.readFile();
        const auto refused = fixture.tryOpen();
        QVERIFY(!refused.ok());
        QVERIFY(refused.error().code == CatalogErrc::kNewer);
        QVERIFY(QString::fromStdString(refused.error().message).contains("newer Weir"));
        QVERIFY(fixture.readFile() == before);
    }
    void somebodyElsesDatabaseIsRefusedUntouched() {
        CatalogFixture fixture;
        std::filesystem::create_directories(fixture.folder());
        executeOn(fixture.file(), "CREATE TABLE photos(id INTEGER PRIMARY KEY)");
        const std::string before = fixture.readFile();
        const auto refused = fixture.tryOpen();
        QVERIFY(refused.error().code == CatalogErrc::kForeign);
        QVERIFY(fixture.readFile() == before);
    }
    void aFolderWithOtherFilesIsRefusedUntouched() {
        CatalogFixture fixture;
        std::filesystem::create_directories(fixture.folder() / "photos-2021");
        std::ofstream(fixture.folder() / "photos-2021" / "beach.jpg") << "x";
        const auto before = stateOf(fixture.folder());
        const auto refused = fixture.tryOpen();
        QVERIFY(refused.error().code == CatalogErrc::kForeign);
        QVERIFY(QString::fromStdString(refused.error().message).contains("photos-2021"));
        QCOMPARE(stateOf(fixture.folder()), before);
    }
    void aKafkaBrokersFolderIsAccepted() {
        CatalogFixture fixture;
        std::filesystem::create_directories(fixture.folder() / "orders-0");
        std::ofstream(fixture.folder() / "orders-0" / "00000000000000000000.log") << "";
        std::ofstream(fixture.folder() / "meta.properties") << "version=1\n";
        std::ofstream(fixture.folder() / "recovery-point-offset-checkpoint") << "0\n0\n";
        auto opened = fixture.tryOpen();
        QVERIFY2(opened.ok(), opened.ok() ? "" : opened.error().message.c_str());
        QVERIFY((*opened)->report().isNew);
    }
    void aFileWhereTheFolderShouldBeIsNamed() {
        CatalogFixture fixture;
        std::ofstream(fixture.folder()) << "x";
        const auto refused = fixture.tryOpen();
        QVERIFY(refused.error().code == CatalogErrc::kUnusable);
        QVERIFY(QString::fromStdString(refused.error().message).contains("data"));
    }
    void everyCutOfTheFileIsSurvived() {
        CatalogFixture fixture;
        {
            auto catalog = fixture.open();
            QVERIFY(catalog->createTopics({topicRow(fixture.random(), "t", 2)}).ok());
            QVERIFY(catalog->close().ok());
        }
        const std::string whole = fixture.readFile();
        for (std::size_t size = 1; size < whole.size(); size += 1999) {
            fixture.writeFile(whole.substr(0, size));
            auto opened = fixture.tryOpen();
            QVERIFY2(opened.ok(), qPrintable(QString::number(size)));
            QVERIFY((*opened)->topics().ok());
            QVERIFY(writeGroup(**opened, commitOf("g", offsetRow("t", 0, 1))).ok());
        }
    }
    void durableCommitsAreOnTheDiskWhenAnswered() {
        CatalogFixture fixture;
        auto catalog = fixture.tryOpen(OnDamage::kSetAside, SyncMode::kDisk);
        QVERIFY(catalog.ok());
        QElapsedTimer timer;
        timer.start();
        std::atomic<int> answered{0};
        for (int i = 0; i < 2000; ++i) {
            (*catalog)->writeGroup(commitOf("g", offsetRow("t", i, i)), [&](CatalogResult<void>) { ++answered; });
        }
        QVERIFY((*catalog)->flush().ok());
        QCOMPARE(answered.load(), 2000);
        qInfo() << "2000 durable commits in" << timer.elapsed() << "ms," << (*catalog)->transactions()
                << "transactions";
        QVERIFY((*catalog)->transactions() < 500);
    }
};

QTEST_APPLESS_MAIN(TstCatalogFiles)
#include "tst_catalog_files.moc"
