// SPDX-License-Identifier: GPL-3.0-or-later
// A large cluster over the wire: how long lists take to be there, what a sample costs from then on, and whether a read
// waits for any of it. bench_remote [TOPICS [PARTITIONS [GROUPS]]]; 9,000, 40,000 and 2,000 by default. Exits 1 above
// two seconds.
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include "app/cluster/remote/remote_cluster.h"
#include "broker/api/broker.h"

using namespace weir;

namespace {

using Seconds = std::chrono::duration<double>;

struct Size {
    int topics = 9000;
    int partitions = 40000;
    int groups = 2000;
};

const SystemClock kClock;

double since(Clock::Steady from) {
    return Seconds(kClock.steadyNow() - from).count();
}

std::string topicName(int index) {
    return "topic-" + std::to_string(index);
}

bool fill(api::Broker& broker, const Size& size) {
    const auto begin = kClock.steadyNow();
    int partitions = 0;
    for (int i = 0; i < size.topics; ++i) {
        NewTopic topic;
        topic.name = topicName(i);
        // What is left, spread evenly.
        topic.partitions = (size.partitions - partitions) / (size.topics - i);
        partitions += topic.partitions;
        if (const auto made = broker.createTopic(topic); !made) {
            std::fprintf(stderr, "%s\n", made.error().message.c_str());
            return false;
        }
    }
    std::printf("made %d topics with %d partitions in %.1f s\n", size.topics, partitions, since(begin));
    for (int i = 0; i < size.groups; ++i) {
        std::vector<OffsetChange> offsets;
        for (int p = 0; p < 10; ++p) {
            offsets.push_back({{topicName((i * 7 + p) % size.topics), PartitionId(0)}, Offset(0)});
        }
        if (const auto made = broker.alterGroupOffsets("group-" + std::to_string(i), offsets); !made) {
            std::fprintf(stderr, "%s\n", made.error().message.c_str());
            return false;
        }
    }
    OutgoingRecord record;
    record.value = Bytes(100);
    return broker.produce(topicName(0), {record}, {}).ok();
}

/// Reads one record over and over while the cluster is sampled.
class Reader {
public:
    explicit Reader(app::Cluster& cluster) : m_thread([this, &cluster] { run(cluster); }) {}
    ~Reader() { stop(); }
    void stop() {
        m_stop = true;
        if (m_thread.joinable()) {
            m_thread.join();
        }
    }
    [[nodiscard]] double longest() const { return m_longest; }
    [[nodiscard]] int reads() const { return m_reads; }

private:
    void run(app::Cluster& cluster) {
        ReadRequest request;
        request.partition = {topicName(0), PartitionId(0)};
        request.from = Offset(0);
        while (!m_stop) {
            const auto begin = kClock.steadyNow();
            if (cluster.read(request).ok()) {
                m_longest = std::max(m_longest, since(begin));
                ++m_reads;
            }
            std::this_thread::yield();
        }
    }
    std::atomic<bool> m_stop{false};
    double m_longest = 0;
    int m_reads = 0;
    std::thread m_thread;
};

int measure(app::RemoteCluster& cluster, const Size& size) {
    const auto begin = kClock.steadyNow();
    double topicsAt = -1;
    double groupsAt = -1;
    double longest = 0;
    int samples = 0;
    Reader reader(cluster);
    while (since(begin) < 20 && (groupsAt < 0 || samples < 20)) {
        const auto from = kClock.steadyNow();
        const auto snapshot = cluster.snapshot();
        if (!snapshot) {
            std::fprintf(stderr, "%s\n", snapshot.error().message.c_str());
            return 1;
        }
        longest = std::max(longest, since(from));
        samples += since(from) > 0.001 ? 1 : 0;
        if (topicsAt < 0 && (*snapshot)->topics.size() >= static_cast<std::size_t>(size.topics)) {
            topicsAt = since(begin);
        }
        if (groupsAt < 0 && (*snapshot)->groups.size() >= static_cast<std::size_t>(size.groups)) {
            groupsAt = since(begin);
        }
        std::this_thread::yield();
    }
    reader.stop();
    std::printf("topics listed after   %.2f s\n", topicsAt);
    std::printf("groups listed after   %.2f s\n", groupsAt);
    std::printf("longest sample        %.2f s of %d in %.1f s\n", longest, samples, since(begin));
    std::printf("longest read beside   %.2f s of %d\n", reader.longest(), reader.reads());
    const bool isFast = topicsAt >= 0 && topicsAt < 2 && groupsAt >= 0 && groupsAt < 2 && reader.longest() < 2;
    return isFast ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    Size size;
    int* const numbers[] = {&size.topics, &size.partitions, &size.groups};
    for (int i = 1; i < std::min(argc, 4); ++i) {
        *numbers[i - 1] = std::atoi(argv[i]);
    }
    const auto folder = std::filesystem::temp_directory_path() / ("bench-remote-" + std::to_string(::getpid()));
    api::BrokerOptions options;
    options.dataFolder = folder.string();
    options.listen = {{"127.0.0.1", 0}};
    int code = 1;
    if (auto broker = api::Broker::start(options); !broker) {
        std::fprintf(stderr, "%s\n", broker.error().message.c_str());
    } else if (fill(**broker, size)) {
        app::RemoteOptions remote;
        remote.name = "bench";
        remote.bootstrap = {{"127.0.0.1", (*broker)->port()}};
        app::RemoteCluster cluster(remote, kClock);
        code = measure(cluster, size);
        cluster.stop();
        (*broker)->stop();
    }
    std::filesystem::remove_all(folder);
    return code;
}
