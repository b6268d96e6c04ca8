// SPDX-License-Identifier: GPL-3.0-or-later
// A mixed load for as long as one likes, while the broker's memory, its file handles and the time of its answers are
// watched: what leaks or grows slow by the hour shows here.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <map>
#include <mutex>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "broker/protocol/messages/create_topics.h"
#include "broker/protocol/messages/delete_topics.h"
#include "broker/protocol/messages/list_offsets.h"
#include "broker/protocol/messages/offset_commit.h"
#include "tests/broker/server/server_fixture.h"
#include "tests/faults/process_tools.h"
#include "tests/support/broker_process.h"

namespace {

using namespace weir;
using weir::testing::WireClient;
using Steady = std::chrono::steady_clock;

constexpr const char* kTopic = "soaked";
constexpr int kWriters = 3;
/// Below that only the numbers are told: memory that warms up is no leak.
constexpr double kMinutesThatTell = 10;

/// Times of answers since they were last taken.
class Latencies {
public:
    void add(Steady::duration took) {
        const std::lock_guard lock(m_mutex);
        m_took.push_back(std::chrono::duration<double, std::milli>(took).count());
    }
    /// The 99th percentile in milliseconds.
    double takeP99() {
        std::vector<double> took;
        {
            const std::lock_guard lock(m_mutex);
            took.swap(m_took);
        }
        if (took.empty()) {
            return 0;
        }
        const auto at = took.begin() + static_cast<std::ptrdiff_t>(took.size() * 99 / 100);
        std::nth_element(took.begin(), at, took.end());
        return *at;
    }

private:
    std::mutex m_mutex;
    std::vector<double> m_took;
};

struct Shared {
    std::uint16_t port = 0;
    Latencies latencies;
    std::atomic<std::uint64_t> requests{0};
    std::atomic<int> problems{0};
    std::mutex mutex;
    std::condition_variable changed;
    bool isOver = false;

    /// False once all is over.
    bool rest(std::chrono::milliseconds time) {
        std::unique_lock lock(mutex);
        return !changed.wait_for(lock, time, [this] { return isOver; });
    }
    void end() {
        const std::lock_guard lock(mutex);
        isOver = true;
        changed.notify_all();
    }
};

void createTopic(WireClient& client, const std::string& name, int partitions) {
    protocol::CreateTopicsRequest request;
    auto& topic = request.topics.emplace_back();
    topic.name = name;
    topic.numPartitions = partitions;
    topic.replicationFactor = 1;
    client.call<protocol::CreateTopicsResponse>(request, 7);
}

void commit(WireClient& client, int writer, std::int64_t offset) {
    protocol::OffsetCommitRequest request;
    request.groupId = "soakers-" + std::to_string(writer);
    request.generationIdOrMemberEpoch = GenerationId(-1);
    auto& topic = request.topics.emplace_back();
    topic.name = kTopic;
    auto& partition = topic.partitions.emplace_back();
    partition.partitionIndex = PartitionId(writer);
    partition.committedOffset = Offset(offset);
    client.call<protocol::OffsetCommitResponse>(request, 8);
}

/// Writes at a pace, reads back, commits; now and then over a new connection.
void write(Shared& shared, int writer) {
    std::int64_t expected = -1;
    for (int round = 0;; ++round) {
        WireClient client(shared.port);
        for (int i = 0; i < 200; ++i) {
            const Bytes batch = testing::batchOf(
                {.values = std::vector<std::string>(20, std::string(100, static_cast<char>('a' + i % 26)))});
            const auto begin = Steady::now();
            const auto written = testing::produce(client, kTopic, writer, batch);
            shared.latencies.add(Steady::now() - begin);
            const std::int64_t at = written.baseOffset.value;
            const auto read = client.call<protocol::FetchResponse>(
                testing::fetchOf({.topic = kTopic, .offset = at, .partition = writer}), 12);
            const bool isGood = written.errorCode == protocol::ErrorCode::kNone && (expected < 0 || at == expected) &&
                                testing::valuesIn(read.responses.at(0).partitions.at(0).records.bytes()).size() == 20;
            shared.problems += isGood ? 0 : 1;
            expected = at + 20;
            shared.requests += 2;
            if (i % 10 == 9) {
                commit(client, writer, expected);
                ++shared.requests;
            }
            if (!shared.rest(std::chrono::milliseconds(4))) {
                return;
            }
        }
    }
}

/// Topics that come and go.
void administer(Shared& shared) {
    WireClient client(shared.port);
    for (int i = 0; shared.rest(std::chrono::milliseconds(250)); ++i) {
        const std::string name = "passing-" + std::to_string(i);
        createTopic(client, name, 3);
        testing::produce(client, name, 0, testing::batchOf({}));
        protocol::DeleteTopicsRequest request;
        request.topics.emplace_back().name = name;
        const auto gone = client.call<protocol::DeleteTopicsResponse>(request, 6);
        shared.problems += gone.responses.at(0).errorCode == protocol::ErrorCode::kNone ? 0 : 1;
        shared.requests += 3;
    }
}

struct Sample {
    double hours = 0;
    double mebibytes = 0;
    std::size_t handles = 0;
    double p99 = 0;
};

/// MiB an hour, the straight line through the samples.
double slopeOf(const std::vector<Sample>& samples) {
    const double n = static_cast<double>(samples.size());
    double x = 0;
    double y = 0;
    for (const Sample& each : samples) {
        x += each.hours / n;
        y += each.mebibytes / n;
    }
    double above = 0;
    double below = 0;
    for (const Sample& each : samples) {
        above += (each.hours - x) * (each.mebibytes - y);
        below += (each.hours - x) * (each.hours - x);
    }
    return below > 0 ? above / below : 0;
}

double p99Of(std::vector<Sample>::const_iterator begin, std::vector<Sample>::const_iterator end) {
    std::vector<double> values;
    std::transform(begin, end, std::back_inserter(values), [](const Sample& each) { return each.p99; });
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
    return values[values.size() / 2];
}

int judge(const std::vector<Sample>& all, const Shared& shared, double minutes) {
    // The first quarter warms up.
    const std::vector<Sample> samples(all.begin() + static_cast<std::ptrdiff_t>(all.size() / 4), all.end());
    const auto third = static_cast<std::ptrdiff_t>(std::max<std::size_t>(samples.size() / 3, 1));
    const double early = p99Of(samples.begin(), samples.begin() + third);
    const double late = p99Of(samples.end() - third, samples.end());
    const auto [fewest, most] = std::minmax_element(
        samples.begin(), samples.end(), [](const Sample& a, const Sample& b) { return a.handles < b.handles; });
    const double slope = slopeOf(samples);
    const double drift = early > 0 ? late / early - 1 : 0;
    std::printf(
        "T48: %.1f minutes, %llu requests, %d wrong; private memory %.1f MiB, slope %.2f MiB/h; %zu to %zu handles; "
        "p99 %.2f ms, then %.2f ms (%+.0f %%)\n",
        minutes, static_cast<unsigned long long>(shared.requests.load()), shared.problems.load(),
        samples.back().mebibytes, slope, fewest->handles, most->handles, early, late, drift * 100);
    const bool tells = minutes >= kMinutesThatTell;
    // A passing topic has a few files open while a sample is taken.
    constexpr std::size_t kPassing = 24;
    const bool isGood = shared.problems == 0 && shared.requests > 0 && most->handles - fewest->handles <= kPassing &&
                        (!tells || (slope <= 1.0 && drift <= 0.1));
    std::puts(isGood ? "1 passed, 0 failed" : "0 passed, 1 failed");
    return isGood ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    std::map<std::string, std::string> words{{"--work", "soak-work"}, {"--minutes", "60"}};
    for (int i = 1; i + 1 < argc; i += 2) {
        words[argv[i]] = argv[i + 1];
    }
    const double minutes = std::stod(words["--minutes"]);
    std::filesystem::remove_all(words["--work"]);
    std::filesystem::create_directories(words["--work"]);
    test::BrokerProcess broker(words["--broker"], words["--work"] + "/data",
                               {"--set", "log.segment.bytes=1048576", "--set", "log.retention.bytes=4194304", "--set",
                                "log.retention.check.interval.ms=2000", "--set", "weir.undo.ms=1000"});
    broker.logTo(words["--work"] + "/log");
    broker.start();
    Shared shared;
    shared.port = broker.port();
    {
        WireClient client(shared.port);
        createTopic(client, kTopic, kWriters);
    }
    std::vector<std::thread> threads;
    for (int writer = 0; writer < kWriters; ++writer) {
        threads.emplace_back([&shared, writer] { write(shared, writer); });
    }
    threads.emplace_back([&shared] { administer(shared); });
    std::vector<Sample> samples;
    const auto begin = Steady::now();
    const auto length = std::chrono::duration<double>(minutes * 60);
    const auto step = std::chrono::duration_cast<std::chrono::milliseconds>(length / 60);
    while (Steady::now() - begin < length) {
        shared.rest(step);
        samples.push_back({std::chrono::duration<double, std::ratio<3600>>(Steady::now() - begin).count(),
                           static_cast<double>(test::privateBytesOf(broker.pid())) / (1 << 20),
                           test::handlesOf(broker.pid()), shared.latencies.takeP99()});
    }
    shared.end();
    for (std::thread& thread : threads) {
        thread.join();
    }
    const int verdict = judge(samples, shared, minutes);
    return broker.end(SIGTERM) == 0 ? verdict : 1;
}
