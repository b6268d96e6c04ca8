// SPDX-License-Identifier: GPL-3.0-or-later
// How fast records are searched in a real broker: texts, a pattern and expressions over one topic, plain and
// compressed, how long the first hit, a stop and a page of rows take, and what kcat with grep and ripgrep need for the
// same bytes. Argument: [records]. One line of JSON a figure; tests/bench/window.py holds them against what is
// promised.
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>

#include "app/cluster/embedded_cluster.h"
#include "app/feeds/feed.h"
#include "app/search/matcher.h"
#include "app/search/row_index.h"
#include "app/search/scanner.h"

using namespace weir;
using namespace weir::app;

namespace {

using Steady = std::chrono::steady_clock;

double secondsSince(Steady::time_point start) {
    return std::chrono::duration<double>(Steady::now() - start).count();
}

void print(const std::string& name, double value, const char* unit) {
    std::printf("{\"row\":\"%s\",\"value\":%.3f,\"unit\":\"%s\"}\n", name.c_str(), value, unit);
    std::fflush(stdout);
}

void feedBench() {
    constexpr std::int64_t kRecords = 2'000'000;
    const auto source = makeFeed("stocks", {100'000, 1, 0, 0});
    FeedBatch batch(3);
    const auto start = Steady::now();
    for (int i = 0; i < kRecords / 1000; ++i) {
        batch.clear();
        source->generate(1000, Timestamp(1'767'225'600'000 + i * 10), Timestamp(1'767'225'600'000 + (i + 1) * 10),
                         batch);
    }
    const double rate = kRecords / secondsSince(start);
    print("stock feed: made on one core", rate / 1e6, "M records/s");
}

bool fill(Cluster& cluster, const std::string& topic, std::int64_t records, Compression compression) {
    NewTopic request;
    request.name = topic;
    request.partitions = 4;
    // The feed's times lie in the past, where retention would take the records while they are searched.
    request.configs = {{"retention.ms", "-1"}};
    if (!cluster.createTopic(request)) {
        return false;
    }
    const auto source = makeFeed("stocks", {100'000, 7, 0, 0});
    FeedBatch batch(3);
    std::int64_t made = 0;
    for (std::int64_t tick = 0; made < records; ++tick) {
        batch.clear();
        const Timestamp from(1'767'225'600'000 + tick * 20);
        source->generate(2000, from, from + 20, batch);
        for (std::size_t part = 0; part < 2; ++part) {
            const auto& some = batch.take(part);
            if (!some.empty() && !cluster.produce(topic, some, {compression, Acks::kLeader})) {
                return false;
            }
            made += static_cast<std::int64_t>(some.size());
        }
    }
    return true;
}

std::vector<PartitionSpan> spansOf(Cluster& cluster, const std::string& topic) {
    std::vector<PartitionSpan> spans;
    const auto snapshot = cluster.snapshot();
    for (const PartitionSnapshot& partition : (*snapshot)->findTopic(topic)->partitions) {
        spans.push_back({partition.partition, partition.logStart, partition.highWatermark});
    }
    return spans;
}

double cpuSeconds() {
    timespec used{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

std::int64_t storedBytes(Cluster& cluster, const std::string& topic) {
    const auto snapshot = cluster.snapshot();
    return (*snapshot)->findTopic(topic)->sizeBytes();
}

struct Question {
    const char* name;
    const char* text;
    bool isExpression;
};

/// `logical`: what the records are without compression, which is what a person searches.
void scanBench(Cluster& cluster, const std::string& topic, const Question& question, std::int64_t logical) {
    const auto& [name, text, isExpression] = question;
    RowIndex index(cluster, topic);
    index.setSpans(spansOf(cluster, topic));
    const auto matcher = Matcher::make(text, isExpression, Timestamp(0));
    Scanner scanner(cluster, topic, *matcher, {0, Isolation::kReadUncommitted, false});
    ScanStats stats;
    JobControl control;
    const double cpuBefore = cpuSeconds();
    const auto start = Steady::now();
    double firstHit = -1;
    const auto done = scanner.run(index, 0, index.rowCount(), control, stats, [&](std::vector<Match>&&) {
        firstHit = firstHit < 0 ? secondsSince(start) : firstHit;
        return true;
    });
    const double seconds = secondsSince(start);
    if (!done || stats.records != index.rowCount()) {
        std::fprintf(stderr, "%s: not every record was read\n", name);
        std::exit(1);
    }
    const std::string row = topic + ", " + name;
    print(row + ": all records", seconds, "s");
    print(row + ": rate", static_cast<double>(logical) / 1e9 / seconds, "GB/s");
    print(row + ": rate", static_cast<double>(stats.records) / 1e6 / seconds, "M records/s");
    print(row + ": for a CPU-second", static_cast<double>(logical) / 1e9 / (cpuSeconds() - cpuBefore), "GB");
    if (firstHit >= 0) {
        print(row + ": first hit", firstHit * 1000, "ms");
    }
}

/// From pressing Stop until the scan has ended.
void stopBench(Cluster& cluster, const std::string& topic) {
    RowIndex index(cluster, topic);
    index.setSpans(spansOf(cluster, topic));
    const auto matcher = Matcher::make("value.price > 1e9", true, Timestamp(0));
    double worst = 0;
    for (int i = 1; i <= 10; ++i) {
        Scanner scanner(cluster, topic, *matcher, {0, Isolation::kReadUncommitted, false});
        ScanStats stats;
        JobControl control;
        std::thread scan([&] {
            static_cast<void>(
                scanner.run(index, 0, index.rowCount(), control, stats, [](std::vector<Match>&&) { return true; }));
        });
        while (stats.records < index.rowCount() * i / 20) {
            std::this_thread::yield();
        }
        const auto pressed = Steady::now();
        control.stop();
        scan.join();
        worst = std::max(worst, secondsSince(pressed) * 1000);
    }
    print(topic + ": stop, worst of ten", worst, "ms");
}

void rowBench(Cluster& cluster, const std::string& topic) {
    RowIndex index(cluster, topic);
    index.setSpans(spansOf(cluster, topic));
    double worst = 0;
    constexpr int kPages = 200;
    for (int i = 0; i < kPages; ++i) {
        const std::int64_t row = index.rowCount() * ((i * 7919) % kPages) / kPages;
        const auto start = Steady::now();
        static_cast<void>(index.rows(row, 60));
        worst = std::max(worst, secondsSince(start) * 1000);
    }
    print(topic + ": 60 rows anywhere, worst of 200", worst, "ms");
}

/// Seconds of a shell command; nothing when it does not run.
std::optional<double> timed(const std::string& command) {
    const auto start = Steady::now();
    return std::system(command.c_str()) == 0 ? std::optional(secondsSince(start)) : std::nullopt;
}

/// The same records with the tools that people have: kcat into grep, and ripgrep over a file that kcat wrote.
void peers(std::uint16_t port, const std::string& topic, const std::filesystem::path& folder) {
    const std::string file = (folder / "records.txt").string();
    const std::string kcat = "kcat -q -C -e -b 127.0.0.1:" + std::to_string(port) + " -t " + topic + " 2>/dev/null";
    if (const auto seconds = timed(kcat + " | (grep -c needle-in-a-haystack || true) >/dev/null")) {
        print("peer: kcat into grep, text, all records", *seconds, "s");
    }
    if (!timed(kcat + " >" + file)) {
        return;
    }
    for (const auto& [name, program] : {std::pair("ripgrep", "rg"), std::pair("grep", "grep")}) {
        if (timed(std::string("command -v ") + program + " >/dev/null")) {
            const auto seconds =
                timed(std::string("(") + program + " -c needle-in-a-haystack " + file + " || true) >/dev/null");
            print(std::string("peer: ") + name + " over the same values in a file", *seconds, "s");
        }
    }
    std::filesystem::remove(file);
}

}  // namespace

int main(int argc, char** argv) {
    const std::int64_t records = argc > 1 ? std::atoll(argv[1]) : 2'000'000;
    feedBench();
    const auto folder = std::filesystem::temp_directory_path() / ("weir-bench-search-" + std::to_string(::getpid()));
    api::BrokerOptions options;
    options.dataFolder = folder.string();
    options.listen = {{"127.0.0.1", 0}};
    auto broker = api::Broker::start(std::move(options));
    if (!broker) {
        std::fprintf(stderr, "%s\n", broker.error().message.c_str());
        return 1;
    }
    const std::uint16_t port = (*broker)->port();
    {
        EmbeddedCluster cluster(std::shared_ptr<api::Broker>(*std::move(broker)));
        // The first topic is not compressed.
        std::int64_t logical = 0;
        for (const auto& [topic, compression] :
             {std::pair("plain", Compression::kNone), std::pair("lz4", Compression::kLz4),
              std::pair("zstd", Compression::kZstd)}) {
            if (!fill(cluster, topic, records, compression)) {
                std::fprintf(stderr, "filling %s failed\n", topic);
                return 1;
            }
            logical = logical == 0 ? storedBytes(cluster, topic) : logical;
            for (const Question& question : {
                     Question{"text without a hit", "needle-in-a-haystack", false},
                     Question{"text, every 50th", "\"INTC\"", false},
                     Question{"regular expression", "value ~ \"INT[XY]+[0-9]\"", true},
                     Question{"expression", "value.price > 400 && key ~ \"^M\"", true},
                 }) {
                scanBench(cluster, topic, question, logical);
            }
            stopBench(cluster, topic);
            rowBench(cluster, topic);
            if (compression == Compression::kNone) {
                peers(port, topic, folder);
            }
        }
    }
    std::filesystem::remove_all(folder);
    return 0;
}
