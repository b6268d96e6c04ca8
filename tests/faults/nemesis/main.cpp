// SPDX-License-Identifier: GPL-3.0-or-later
// Several clients, each a process of its own, against a broker to which a nemesis does what happens to brokers: it is
// killed, stopped and goes on, loses its connections, gets a slow network, a full disk, another time; and its clients
// die. Faults that last may overlap with those that follow (--overlap yes). What all did and saw is judged at the end.
// One seed decides the faults and their order.
#include <signal.h>
#include <sys/prctl.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>

#include "tests/checker/checker.h"
#include "tests/faults/nemesis/field.h"
#include "tests/faults/nemesis/workers.h"

namespace {

using namespace weir::nemesis;
using std::chrono::milliseconds;

using Words = std::map<std::string, std::string>;

std::string wordOf(const Words& words, const std::string& name, const std::string& otherwise = {}) {
    const auto found = words.find(name);
    return found == words.end() ? otherwise : found->second;
}

int work(const Words& words) {
    // Whoever started this one may have died without a word.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGTERM, [](int) { isToStop = true; });
    WorkerOptions options;
    options.bootstrap = wordOf(words, "--bootstrap");
    options.name = wordOf(words, "--name");
    options.worker = wordOf(words, "--worker");
    options.journal = wordOf(words, "--journal");
    options.seed = static_cast<unsigned>(std::stoul(wordOf(words, "--seed", "1")));
    const std::string role = wordOf(words, "--role");
    return role == "producer"     ? runProducer(options)
           : role == "transactor" ? runTransactor(options)
                                  : runReader(options);
}

/// One fault, by the seed. Returns its name.
const char* disturb(Field& field, Crew& crew, std::mt19937& random) {
    const auto between = [&random](unsigned least, unsigned most) {
        return milliseconds(least + random() % (most - least));
    };
    switch (random() % 10) {
        case 0:
        case 1:
            field.killBroker();
            return "kill";
        case 2:
            field.pauseBroker(between(100, 1'500));
            return "pause";
        case 3:
            field.cutConnections();
            return "cut";
        case 4:
            field.slowNetwork(between(10, 300), between(300, 1'500));
            return "slow network";
        case 5:
            field.stallNetwork(between(100, 1'500));
            return "stall";
        case 6:
            if (field.canFillDisk()) {
                field.fillDisk(between(200, 1'500));
                return "full disk";
            }
            return "none";
        case 7:
            if (field.canShiftClock()) {
                // Within what a producer id lives (a day): whoever jumps further is right to forget it.
                field.shiftClock(std::chrono::seconds(static_cast<int>(random() % 36'000) - 18'000));
                return "clock";
            }
            return "none";
        default:
            crew.replace(random() % crew.size());
            return "dead client";
    }
}

int judge(const std::vector<std::string>& journals) {
    weir::checker::History history;
    for (const std::string& path : journals) {
        std::ifstream in(path);
        if (const auto read = readJournal(in, history); !read) {
            std::printf("%s: %s\n", path.c_str(), read.error().c_str());
            return -1;
        }
    }
    sortByTime(history);
    std::map<weir::checker::Deed, std::size_t> deeds;
    for (const auto& event : history) {
        ++deeds[event.deed];
    }
    using weir::checker::Deed;
    std::printf("%zu events: %zu sent, %zu acknowledged, %zu polled, %zu transactions ended, %zu commits answered\n",
                history.size(), deeds[Deed::kSend], deeds[Deed::kAck], deeds[Deed::kPoll], deeds[Deed::kEnded],
                deeds[Deed::kCommitted]);
    const auto findings = weir::checker::judge(history);
    constexpr std::size_t kShown = 20;
    for (std::size_t i = 0; i < std::min(kShown, findings.size()); ++i) {
        std::printf("%s: %s\n", nameOf(findings[i].what), findings[i].story.c_str());
    }
    const bool isSilent =
        deeds[Deed::kAck] == 0 || deeds[Deed::kPoll] == 0 || deeds[Deed::kEnded] == 0 || deeds[Deed::kCommitted] == 0;
    if (isSilent) {
        std::puts("some kind of worker did nothing");
    }
    return isSilent ? -1 : static_cast<int>(findings.size());
}

int run(const RunOptions& options) {
    std::filesystem::remove_all(options.work);
    std::filesystem::create_directories(options.work);
    std::printf("seed %u, %d faults\n", options.seed, options.faults);
    std::mt19937 random(options.seed);
    Field field(options);
    std::printf("%s", field.skipped().c_str());
    std::fflush(stdout);
    Crew crew(field.bootstrap(), options.work, options.seed);
    for (const char* role : {"producer", "producer", "transactor", "transactor", "reader", "reader", "reader"}) {
        crew.add(role);
    }
    std::map<std::string, int> done;
    field.wait(milliseconds(500));
    for (int i = 0; i < options.faults; ++i) {
        ++done[disturb(field, crew, random)];
        if (!options.mayOverlap) {
            field.calmInTime();
        }
        field.wait(milliseconds(100 + random() % 500));
    }
    field.calm();
    if (field.canShiftClock()) {
        field.shiftClock(std::chrono::seconds(0));
    }
    const int bad = crew.finish();
    WorkerOptions audit;
    audit.bootstrap = field.bootstrap();
    audit.name = "auditor";
    audit.journal = options.work + "/auditor.journal";
    const bool isWhole = readEverything(audit);
    auto journals = crew.journals();
    journals.push_back(audit.journal);
    for (const auto& [name, times] : done) {
        std::printf("%d x %s, ", times, name.c_str());
    }
    std::printf("slowest start %lld ms\n", static_cast<long long>(field.slowestStartMs()));
    const int anomalies = judge(journals);
    const bool isGood = bad == 0 && isWhole && anomalies == 0;
    if (!isGood) {
        // The disk in memory goes with this process.
        const std::string kept = options.work + "-failed-" + std::to_string(options.seed);
        std::filesystem::remove_all(kept);
        std::filesystem::copy(options.work, kept, std::filesystem::copy_options::recursive);
        std::printf("what was left is kept in %s\n", kept.c_str());
    }
    std::printf("seed %u: %d anomalies, %d workers that did not end well\n%d passed, %d failed\n", options.seed,
                anomalies, bad, isGood ? 1 : 0, isGood ? 0 : 1);
    std::fflush(stdout);
    return isGood ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    Words words;
    for (int i = 1; i + 1 < argc; i += 2) {
        words[argv[i]] = argv[i + 1];
    }
    if (words.contains("--role")) {
        return work(words);
    }
    RunOptions options;
    options.broker = wordOf(words, "--broker");
    options.work = std::filesystem::absolute(wordOf(words, "--work", options.work));
    options.clockShift = wordOf(words, "--clock-shift");
    options.mayOverlap = wordOf(words, "--overlap") == "yes";
    options.faults = std::stoi(wordOf(words, "--faults", "25"));
    options.seed =
        words.contains("--seed") ? static_cast<unsigned>(std::stoul(words.at("--seed"))) : std::random_device{}();
    const int runs = std::stoi(wordOf(words, "--runs", "1"));
    int failed = 0;
    for (int i = 0; i < runs; ++i, ++options.seed) {
        failed += run(options);
    }
    if (runs > 1) {
        std::printf("%d of %d runs passed\n", runs - failed, runs);
    }
    return failed == 0 ? 0 : 1;
}
