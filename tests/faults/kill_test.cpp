// SPDX-License-Identifier: GPL-3.0-or-later
#include <librdkafka/rdkafkacpp.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/faults/nemesis/chaos_proxy.h"
#include "tests/faults/rdkafka_conf.h"
#include "tests/faults/registrar.h"
#include "tests/support/broker_process.h"

namespace {

using weir::test::makeConf;

constexpr int kProducers = 3;
constexpr int kPartitions = 3;
constexpr int kBurst = 100;
constexpr const char* kTopic = "kill";
constexpr const char* kGroup = "kill-group";

/// A record as its producer numbered it: "producer:sequence".
struct Acked {
    std::int64_t offset = -1;
    std::int32_t partition = -1;
};

using Journal = std::map<std::int64_t, Acked>;

/// Sends numbered records without pause and writes down what was acknowledged, and where.
class Producer : RdKafka::DeliveryReportCb {
public:
    Producer(int id, const std::string& bootstrap) : m_id(id) {
        auto conf = makeConf(bootstrap, {{"enable.idempotence", "true"},
                                         {"linger.ms", "1"},
                                         {"retry.backoff.ms", "20"},
                                         {"message.timeout.ms", "120000"},
                                         {"queue.buffering.max.messages", "5000"}});
        std::string error;
        conf->set("dr_cb", static_cast<RdKafka::DeliveryReportCb*>(this), error);
        m_producer.reset(RdKafka::Producer::create(conf.get(), error));
        m_thread = std::thread([this] { run(); });
    }
    /// Stops sending and waits until everything sent is acknowledged or failed for good.
    void finish() {
        m_stop = true;
        m_thread.join();
        m_producer->flush(60000);
    }
    void dr_cb(RdKafka::Message& message) override {
        if (message.err() != RdKafka::ERR_NO_ERROR) {
            ++failed;
            return;
        }
        const auto sequence = static_cast<std::int64_t>(reinterpret_cast<std::intptr_t>(message.msg_opaque()));
        const std::lock_guard lock(m_mutex);
        acked[sequence] = {message.offset(), message.partition()};
    }
    [[nodiscard]] std::size_t ackedCount() {
        const std::lock_guard lock(m_mutex);
        return acked.size();
    }

    Journal acked;
    std::atomic<int> failed{0};

private:
    void run() {
        std::int64_t sequence = 0;
        while (!m_stop) {
            std::string value = std::to_string(m_id) + ":" + std::to_string(sequence) + ":" + std::string(100, 'x');
            const auto code = m_producer->produce(kTopic, m_id % kPartitions, RdKafka::Producer::RK_MSG_COPY,
                                                  value.data(), value.size(), nullptr, 0, 0,
                                                  reinterpret_cast<void*>(static_cast<std::intptr_t>(sequence)));
            if (code == RdKafka::ERR_NO_ERROR) {
                ++sequence;
            }
            // A pace of some ten thousand a second: the kills are what is tested, and all of it is read at the end.
            m_producer->poll(code != RdKafka::ERR_NO_ERROR || sequence % kBurst == 0 ? 5 : 0);
        }
    }

    int m_id;
    std::mutex m_mutex;
    std::atomic<bool> m_stop{false};
    std::unique_ptr<RdKafka::Producer> m_producer;
    std::thread m_thread;
};

/// A consumer group of one that commits as it goes and remembers the highest acknowledged commit.
class Member {
public:
    explicit Member(const std::string& bootstrap) {
        std::string error;
        m_consumer.reset(RdKafka::KafkaConsumer::create(makeConf(bootstrap, {{"group.id", kGroup},
                                                                             {"auto.offset.reset", "earliest"},
                                                                             {"enable.auto.commit", "false"},
                                                                             {"session.timeout.ms", "6000"}})
                                                            .get(),
                                                        error));
        m_thread = std::thread([this] { run(); });
    }
    void finish() {
        m_stop = true;
        m_thread.join();
        m_consumer->close();
    }
    std::map<std::int32_t, std::int64_t> committed;
    std::int64_t commits = 0;

private:
    void run() {
        m_consumer->subscribe({kTopic});
        int sinceCommit = 0;
        while (!m_stop) {
            const std::unique_ptr<RdKafka::Message> message(m_consumer->consume(50));
            if (message->err() != RdKafka::ERR_NO_ERROR || ++sinceCommit < 200) {
                continue;
            }
            sinceCommit = 0;
            const std::unique_ptr<RdKafka::TopicPartition> where(
                RdKafka::TopicPartition::create(kTopic, message->partition(), message->offset() + 1));
            std::vector<RdKafka::TopicPartition*> offsets{where.get()};
            if (m_consumer->commitSync(offsets) == RdKafka::ERR_NO_ERROR) {
                committed[message->partition()] = message->offset() + 1;
                ++commits;
            }
        }
    }

    std::atomic<bool> m_stop{false};
    std::unique_ptr<RdKafka::KafkaConsumer> m_consumer;
    std::thread m_thread;
};

/// What stands in the log: producer -> (sequence -> where), and how often something was wrong on the way.
struct Log {
    std::vector<Journal> byProducer{std::vector<Journal>(kProducers)};
    int duplicates = 0;
    int outOfOrder = 0;
    int offsetGaps = 0;
};

Log readLog(const std::string& bootstrap) {
    std::string error;
    const std::unique_ptr<RdKafka::KafkaConsumer> consumer(RdKafka::KafkaConsumer::create(
        makeConf(bootstrap, {{"group.id", "judge"}, {"enable.partition.eof", "true"}}).get(), error));
    Log log;
    for (int partition = 0; partition < kPartitions; ++partition) {
        const std::unique_ptr<RdKafka::TopicPartition> where(RdKafka::TopicPartition::create(kTopic, partition, 0));
        consumer->assign({where.get()});
        std::map<int, std::int64_t> last;
        std::int64_t expected = 0;
        while (true) {
            const std::unique_ptr<RdKafka::Message> message(consumer->consume(20000));
            if (message->err() != RdKafka::ERR_NO_ERROR) {
                break;  // the end of the partition, or a time-out that shows as missing records
            }
            const std::string value(static_cast<const char*>(message->payload()), message->len());
            const int producer = std::stoi(value);
            const std::int64_t sequence = std::stoll(value.substr(value.find(':') + 1));
            log.offsetGaps += message->offset() == expected ? 0 : 1;
            expected = message->offset() + 1;
            const bool first = log.byProducer[producer].emplace(sequence, Acked{message->offset(), partition}).second;
            log.duplicates += first ? 0 : 1;
            const auto before = last.find(producer);
            log.outOfOrder += first && before != last.end() && before->second > sequence ? 1 : 0;
            last[producer] = sequence;
        }
    }
    consumer->close();
    return log;
}

std::int64_t committedAt(const std::string& bootstrap, std::int32_t partition) {
    std::string error;
    const std::unique_ptr<RdKafka::KafkaConsumer> consumer(
        RdKafka::KafkaConsumer::create(makeConf(bootstrap, {{"group.id", kGroup}}).get(), error));
    const std::unique_ptr<RdKafka::TopicPartition> where(RdKafka::TopicPartition::create(kTopic, partition));
    std::vector<RdKafka::TopicPartition*> offsets{where.get()};
    consumer->committed(offsets, 20000);
    return where->offset();
}

struct Options {
    std::string broker;
    std::string work = "kill-work";
    int rounds = 50;
    unsigned seed = 1;
    /// "kills", or "all": pauses and cut connections too, which take a proxy between the clients and the broker.
    std::string faults = "kills";
};

struct Done {
    int kills = 0;
    int pauses = 0;
    int cuts = 0;
};

int judge(std::vector<std::unique_ptr<Producer>>& producers, const Member& member, const Registrar& registrar,
          const std::string& bootstrap, const Options& options, const Done& done) {
    const Log log = readLog(bootstrap);
    std::size_t acked = 0;
    int lost = 0;
    int moved = 0;
    int failed = 0;
    for (int id = 0; id < kProducers; ++id) {
        acked += producers[id]->acked.size();
        failed += producers[id]->failed;
        for (const auto& [sequence, where] : producers[id]->acked) {
            const auto found = log.byProducer[id].find(sequence);
            if (found == log.byProducer[id].end()) {
                ++lost;
            } else if (where.offset >= 0 && found->second.offset != where.offset) {
                ++moved;
            }
        }
    }
    int wentBack = 0;
    for (const auto& [partition, offset] : member.committed) {
        wentBack += committedAt(bootstrap, partition) < offset ? 1 : 0;
    }
    std::printf(
        "seed %u, %d kills, %d pauses, %d cuts: %zu acknowledged, %d lost, %d moved, %d duplicates, %d out of order, "
        "%d offset gaps, "
        "%d failed sends, %lld commits, %d went back\n",
        options.seed, done.kills, done.pauses, done.cuts, acked, lost, moved, log.duplicates, log.outOfOrder,
        log.offsetGaps, failed, static_cast<long long>(member.commits), wentBack);
    const Registrar::Verdict schemas = registrar.judge();
    std::printf("%zu schemas acknowledged, %d lost, %d ids shared, %d refused\n", schemas.acknowledged, schemas.lost,
                schemas.shared, schemas.refused);
    const bool schemasGood = schemas.acknowledged > 0 && schemas.lost + schemas.shared + schemas.refused == 0;
    const bool good = schemasGood && acked > 0 && member.commits > 0 &&
                      lost + moved + log.duplicates + log.outOfOrder + log.offsetGaps + failed + wentBack == 0;
    std::puts(good ? "1 passed, 0 failed" : "0 passed, 1 failed");
    return good ? 0 : 1;
}

Options parse(int argc, char** argv) {
    Options options;
    options.seed = std::random_device{}();
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string name = argv[i];
        const std::string value = argv[i + 1];
        if (name == "--broker") {
            options.broker = value;
        } else if (name == "--work") {
            options.work = value;
        } else if (name == "--rounds") {
            options.rounds = std::stoi(value);
        } else if (name == "--seed") {
            options.seed = static_cast<unsigned>(std::stoul(value));
        } else if (name == "--faults") {
            options.faults = value;
        }
    }
    return options;
}

/// One fault. A kill every time, where nothing else is asked for.
void disturb(weir::test::BrokerProcess& broker, weir::nemesis::ChaosProxy* proxy, std::mt19937& random,
             const std::function<void(int)>& wait, Done& done) {
    switch (proxy == nullptr ? 0U : static_cast<unsigned>(random() % 4)) {
        case 1:
            kill(broker.pid(), SIGSTOP);
            wait(100 + static_cast<int>(random() % 900));
            kill(broker.pid(), SIGCONT);
            ++done.pauses;
            break;
        case 2:
            proxy->cut();
            ++done.cuts;
            break;
        default:
            broker.end(SIGKILL);
            broker.start();
            ++done.kills;
    }
}

}  // namespace

int main(int argc, char** argv) {
    const Options options = parse(argc, argv);
    std::filesystem::remove_all(options.work);
    std::filesystem::create_directories(options.work);
    std::mt19937 random(options.seed);
    std::unique_ptr<weir::nemesis::ChaosProxy> proxy;
    std::vector<std::string> settings{"--set", "num.partitions=" + std::to_string(kPartitions),
                                      "--set", "group.initial.rebalance.delay.ms=0",
                                      "--set", "log.segment.bytes=4194304",
                                      "--set", "weir.schema.registry.port=0"};
    if (options.faults == "all") {
        proxy = std::make_unique<weir::nemesis::ChaosProxy>();
        settings.insert(settings.end(),
                        {"--set", "advertised.listeners=PLAINTEXT://127.0.0.1:" + std::to_string(proxy->port())});
    }
    weir::test::BrokerProcess broker(options.broker, options.work, settings);
    if (proxy) {
        broker.keepOwnPort();
    }
    broker.start();
    if (proxy) {
        proxy->setTarget(broker.port());
    }
    const std::string bootstrap = proxy ? "127.0.0.1:" + std::to_string(proxy->port()) : broker.bootstrap();
    std::vector<std::unique_ptr<Producer>> producers;
    for (int id = 0; id < kProducers; ++id) {
        producers.push_back(std::make_unique<Producer>(id, bootstrap));
    }
    Member member(bootstrap);
    Registrar registrar(broker.registryPort());
    std::mutex mutex;
    std::condition_variable never;
    const auto wait = [&](int milliseconds) {
        std::unique_lock lock(mutex);
        never.wait_for(lock, std::chrono::milliseconds(milliseconds));
    };
    Done done;
    for (int round = 0; round < options.rounds; ++round) {
        // Progress first, so that every kill falls into traffic; then a random moment.
        const std::size_t before = producers[0]->ackedCount();
        const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (producers[0]->ackedCount() <= before && std::chrono::steady_clock::now() < limit) {
            std::this_thread::yield();
        }
        wait(50 + static_cast<int>(random() % 450));
        disturb(broker, proxy.get(), random, wait, done);
        registrar.setPort(broker.registryPort());
    }
    registrar.finish();
    for (auto& producer : producers) {
        producer->finish();
    }
    member.finish();
    return judge(producers, member, registrar, bootstrap, options, done);
}
