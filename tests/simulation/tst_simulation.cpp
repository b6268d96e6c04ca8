// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QTemporaryDir>
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "broker/catalog/catalog.h"
#include "tests/simulation/catalog_disk.h"
#include "tests/simulation/world.h"
#include "tests/support/fast_folder.h"
#include "tests/support/seed.h"

namespace weir::simulation {

class SimulationTest : public QObject {
    Q_OBJECT

private slots:
    /// Answers name files: their paths are the same in every run.
    void initTestCase() { QVERIFY(QDir::setCurrent(m_folder.path())); }
    void everySeedKeepsEveryPromise();
    void aSeedRepeatsItsRun();
    void aCatalogThatCannotBeReadForAMomentIsKept();
    void aRescueLosesNothingWhereverItIsCutShort();

private:
    [[nodiscard]] Outcome run(std::uint64_t seed, std::FILE* trace = nullptr) {
        return World({.seed = seed,
                      .folder = "seed-" + std::to_string(seed),
                      .traceFile = trace,
                      .logsToStandardError = std::getenv("WEIR_SIMULATION_LOG") != nullptr})
            .run();
    }

    QTemporaryDir m_folder{testing::fastFolder()};
};

namespace {

std::uint64_t numberFrom(const char* variable, std::uint64_t otherwise) {
    const char* const given = std::getenv(variable);
    return given != nullptr ? std::strtoull(given, nullptr, 10) : otherwise;
}

/// Of a run of one seed, where somebody wants to see it.
std::FILE* traceFile() {
    const char* const name = std::getenv("WEIR_SIMULATION_TRACE");
    return name != nullptr ? std::fopen(name, "w") : nullptr;
}

}  // namespace

void SimulationTest::everySeedKeepsEveryPromise() {
    const std::uint64_t first = numberFrom("WEIR_SIMULATION_FIRST", 1);
    const std::uint64_t count = numberFrom("WEIR_SIMULATION_SEEDS", WEIR_SIMULATION_SEEDS);
    std::atomic<std::uint64_t> next{first};
    std::mutex mutex;
    std::string broken;
    Outcome sum;
    const auto work = [&] {
        for (std::uint64_t seed = next++; seed < first + count; seed = next++) {
            std::FILE* const trace = count == 1 ? traceFile() : nullptr;
            const Outcome outcome = run(seed, trace);
            if (trace != nullptr) {
                std::fclose(trace);
            }
            const std::lock_guard lock(mutex);
            if (!outcome.anomalies.empty()) {
                const std::string story = "seed " + std::to_string(seed) + ":\n" + outcome.anomalies;
                // At once: a long run may not come to its end.
                std::fputs(story.c_str(), stderr);
                broken += story;
            }
            sum.events += outcome.events;
            sum.crashes += outcome.crashes;
            sum.acknowledged += outcome.acknowledged;
            sum.commits += outcome.commits;
            sum.transactions += outcome.transactions;
            sum.compactions += outcome.compactions;
            sum.changesOfTopics += outcome.changesOfTopics;
        }
    };
    std::thread other(work);
    work();
    other.join();
    std::printf(
        "%llu seeds from %llu: %llu events, %llu crashes, %llu records acknowledged, %llu commits, "
        "%llu transactions, %llu compactions, %llu changes of topics\n",
        static_cast<unsigned long long>(count), static_cast<unsigned long long>(first),
        static_cast<unsigned long long>(sum.events), static_cast<unsigned long long>(sum.crashes),
        static_cast<unsigned long long>(sum.acknowledged), static_cast<unsigned long long>(sum.commits),
        static_cast<unsigned long long>(sum.transactions), static_cast<unsigned long long>(sum.compactions),
        static_cast<unsigned long long>(sum.changesOfTopics));
    QVERIFY2(broken.empty(), broken.c_str());
    QVERIFY(sum.acknowledged > 0);
}

void SimulationTest::aSeedRepeatsItsRun() {
    const std::uint64_t first = numberFrom("WEIR_SIMULATION_FIRST", testing::printedSeed());
    const std::uint64_t count = numberFrom("WEIR_SIMULATION_REPEATS", WEIR_SIMULATION_REPEATS);
    std::atomic<std::uint64_t> next{first};
    std::atomic<std::uint64_t> different{0};
    const auto work = [&] {
        for (std::uint64_t seed = next++; seed < first + count; seed = next++) {
            if (run(seed).traceHash != run(seed).traceHash) {
                std::printf("seed %llu has two traces\n", static_cast<unsigned long long>(seed));
                ++different;
            }
        }
    };
    std::thread other(work);
    work();
    other.join();
    std::printf("%llu of %llu seeds have the same trace twice\n", static_cast<unsigned long long>(count - different),
                static_cast<unsigned long long>(count));
    QCOMPARE(different.load(), std::uint64_t{0});
}

/// Found by the first seeds: a disk that failed for a moment at a start made a sound catalog be set aside.
void SimulationTest::aCatalogThatCannotBeReadForAMomentIsKept() {
    const QTemporaryDir folder(testing::fastFolder());
    std::optional<int> left;
    CatalogDisk disk([&left](CatalogCall call) -> std::optional<CatalogFault> {
        const bool fails = left && call == CatalogCall::kRead && --*left < 0;
        return fails ? std::optional(CatalogFault::kIo) : std::nullopt;
    });
    testing::ManualClock clock;
    SeededRandom random(1);
    const auto open = [&] {
        return catalog::Catalog::open(
            {.folder = folder.path().toStdString(), .threads = Threads::kNone, .vfs = disk.name()}, clock, random,
            Logger());
    };
    // Never closed: each start looks through the whole file.
    const std::string clusterId = (*open())->clusterId();
    bool hasFailed = false;
    constexpr int kMostReads = 80;
    for (int i = 0; i < kMostReads; ++i) {
        left = i;
        const auto opened = open();
        hasFailed = hasFailed || !opened;
        QVERIFY2(opened || opened.error().code != catalog::CatalogErrc::kDamaged,
                 opened ? "" : opened.error().message.c_str());
        QVERIFY(!QDir(folder.path()).exists(QStringLiteral("weir.db.damaged")));
    }
    left.reset();
    const auto healed = open();
    QVERIFY(hasFailed && healed);
    QCOMPARE((*healed)->clusterId(), clusterId);
}

/// A disk that stops answering in the middle of a rescue left an empty catalog behind.
void SimulationTest::aRescueLosesNothingWhereverItIsCutShort() {
    const QTemporaryDir folder(testing::fastFolder());
    const std::filesystem::path file = std::filesystem::path(folder.path().toStdString()) / "weir.db";
    std::optional<int> left;
    CatalogDisk disk([&left](CatalogCall) -> std::optional<CatalogFault> {
        return left && --*left < 0 ? std::optional(CatalogFault::kIo) : std::nullopt;
    });
    testing::ManualClock clock;
    SeededRandom random(1);
    const auto open = [&] {
        return catalog::Catalog::open({.folder = file.parent_path(), .threads = Threads::kNone, .vfs = disk.name()},
                                      clock, random, Logger());
    };
    constexpr int kTopics = 150;
    {
        const auto whole = open();
        for (int i = 0; i < kTopics; ++i) {
            QVERIFY((*whole)
                        ->createTopics({{Uuid::random(random), "topic-" + std::to_string(i), 1, Timestamp(0), {}}})
                        .ok());
        }
        QVERIFY((*whole)->flush().ok());
    }
    // Never closed, so that its start reads it, and finds the last page of it spoiled.
    std::string damaged;
    {
        std::ifstream in(file, std::ios::binary);
        damaged.assign(std::istreambuf_iterator<char>(in), {});
    }
    constexpr std::size_t kPage = 4096;
    QVERIFY(damaged.size() > 8 * kPage);
    std::fill(damaged.end() - kPage, damaged.end(), '\xa5');
    std::optional<std::size_t> known;
    bool isCut = true;
    constexpr int kStride = 3;
    for (int calls = 0; isCut; calls += kStride) {
        for (const auto& entry : std::filesystem::directory_iterator(file.parent_path())) {
            std::filesystem::remove(entry.path());
        }
        std::ofstream(file, std::ios::binary) << damaged;
        if (known) {
            left = calls;
            const auto cutShort = open();
            isCut = *left < 0;
            left.reset();
        }
        const auto rescued = open();
        QVERIFY2(rescued, rescued ? "" : rescued.error().message.c_str());
        const std::size_t topics = (*rescued)->topics()->size();
        QVERIFY(topics > 0);
        QCOMPARE(topics, known.value_or(topics));
        known = topics;
    }
}

}  // namespace weir::simulation

int main(int argc, char** argv) {
    // Ten thousand seeds take longer than Qt lets one function run; ctest has a limit of its own.
    if (!qEnvironmentVariableIsSet("QTEST_FUNCTION_TIMEOUT")) {
        qputenv("QTEST_FUNCTION_TIMEOUT", "7200000");
    }
    const QCoreApplication application(argc, argv);
    weir::simulation::SimulationTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_simulation.moc"
