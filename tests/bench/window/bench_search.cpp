// SPDX-License-Identifier: GPL-3.0-or-later
// How fast records are searched in a real broker: texts, a pattern and expressions over one topic, plain and
// compressed, and how long the first hit and a page of rows take. Argument: [records].
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
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
    std::printf("stock feed: %.2f M records/s made on one core; 100,000/s take %.1f %% of it\n", rate / 1e6,
                100'000 / rate * 100);
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
void scanBench(Cluster& cluster, const std::string& topic, const Question& question, std::int64_t logical,
               int threads) {
    const auto& [name, text, isExpression] = question;
    RowIndex index(cluster, topic);
    index.setSpans(spansOf(cluster, topic));
    const auto matcher = Matcher::make(text, isExpression, Timestamp(0));
    Scanner scanner(cluster, topic, *matcher, {threads, Isolation::kReadUncommitted, false});
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
    const double cpu = cpuSeconds() - cpuBefore;
    const auto bytes = static_cast<double>(logical);
    std::printf(
        "%-32s %d threads: %6.3f s  %5.2f GB/s (%5.2f per CPU-second)  %6.2f M records/s  %8lld matches  "
        "first hit %.1f ms%s\n",
        name, threads, seconds, bytes / 1e9 / seconds, bytes / 1e9 / cpu,
        static_cast<double>(stats.records) / 1e6 / seconds, static_cast<long long>(stats.matched), firstHit * 1000,
        done ? "" : "  FAILED");
}

void rowBench(Cluster& cluster, const std::string& topic) {
    RowIndex index(cluster, topic);
    index.setSpans(spansOf(cluster, topic));
    double worst = 0;
    double sum = 0;
    constexpr int kPages = 200;
    for (int i = 0; i < kPages; ++i) {
        const std::int64_t row = index.rowCount() * ((i * 7919) % kPages) / kPages;
        const auto start = Steady::now();
        static_cast<void>(index.rows(row, 60));
        const double ms = secondsSince(start) * 1000;
        worst = std::max(worst, ms);
        sum += ms;
    }
    std::printf("60 rows anywhere among %lld, 4 partitions by time: mean %.2f ms, worst %.2f ms\n",
                static_cast<long long>(index.rowCount()), sum / kPages, worst);
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
    {
        EmbeddedCluster cluster(std::shared_ptr<api::Broker>(*std::move(broker)));
        // The first topic is not compressed.
        std::int64_t logical = 0;
        const int threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
        for (const auto& [topic, compression] :
             {std::pair("plain", Compression::kNone), std::pair("lz4", Compression::kLz4),
              std::pair("zstd", Compression::kZstd)}) {
            if (!fill(cluster, topic, records, compression)) {
                std::fprintf(stderr, "filling %s failed\n", topic);
                return 1;
            }
            const std::int64_t stored = storedBytes(cluster, topic);
            logical = logical == 0 ? stored : logical;
            std::printf("-- %s, %lld records, %.2f GB, %.2f GB stored\n", topic, static_cast<long long>(records),
                        static_cast<double>(logical) / 1e9, static_cast<double>(stored) / 1e9);
            const Question questions[] = {
                {"text, no hit", "needle-in-a-haystack", false},
                {"text, every 50th", "\"INTC\"", false},
                {"regular expression, no hit", "value ~ \"INT[XY]+[0-9]\"", true},
                {"value.symbol == INTC", "value.symbol == \"INTC\"", true},
                {"value.price > 400 && key ~ ^M", "value.price > 400 && key ~ \"^M\"", true},
            };
            for (const Question& question : questions) {
                for (const int count : {1, threads}) {
                    scanBench(cluster, topic, question, logical, count);
                }
            }
            rowBench(cluster, topic);
        }
    }
    std::filesystem::remove_all(folder);
    return 0;
}
