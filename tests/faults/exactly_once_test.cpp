// SPDX-License-Identifier: GPL-3.0-or-later
// Records are copied from one topic to another in transactions that carry the position along, while the broker is
// killed again and again. Each record arrives exactly once.
#include <librdkafka/rdkafkacpp.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/faults/rdkafka_conf.h"
#include "tests/support/broker_process.h"

namespace {

using weir::test::makeConf;

constexpr const char* kFrom = "eos-from";
constexpr const char* kTo = "eos-to";
constexpr const char* kGroup = "eos-copier";
constexpr int kRecordsPerTransaction = 25;
constexpr int kTimeoutMs = 10'000;

std::unique_ptr<RdKafka::KafkaConsumer> makeConsumer(const std::string& bootstrap) {
    std::string error;
    return std::unique_ptr<RdKafka::KafkaConsumer>(
        RdKafka::KafkaConsumer::create(makeConf(bootstrap, {{"group.id", kGroup},
                                                            {"auto.offset.reset", "earliest"},
                                                            {"isolation.level", "read_committed"},
                                                            {"enable.partition.eof", "true"},
                                                            {"enable.auto.commit", "false"}})
                                           .get(),
                                       error));
}

/// Null when it went well.
using Problem = std::unique_ptr<RdKafka::Error>;

/// One copier at a time; on a fatal error the next one takes over under the same transactional id.
class Copier {
public:
    Copier(const std::string& bootstrap, int total) : m_bootstrap(bootstrap), m_total(total) {}

    void run() {
        while (m_done < m_total) {
            std::string error;
            m_consumer = makeConsumer(m_bootstrap);
            m_producer.reset(RdKafka::Producer::create(
                makeConf(m_bootstrap,
                         {{"transactional.id", "eos"}, {"retry.backoff.ms", "20"}, {"transaction.timeout.ms", "30000"}})
                    .get(),
                error));
            if (retried([this] { return Problem(m_producer->init_transactions(kTimeoutMs)); })) {
                while (m_done < m_total && seekToCommitted() && copySome()) {
                }
            }
            m_consumer->close();
        }
    }
    int commits = 0;
    int aborts = 0;

private:
    /// Repeats what may be repeated; false for what may not.
    template <class Call>
    bool retried(Call call, bool* abortable = nullptr) {
        for (;;) {
            const Problem problem = call();
            if (!problem) {
                return true;
            }
            if (problem->is_retriable() || problem->code() == RdKafka::ERR__TIMED_OUT) {
                continue;
            }
            if (abortable != nullptr) {
                *abortable = problem->txn_requires_abort();
            }
            return false;
        }
    }
    bool seekToCommitted() {
        const std::unique_ptr<RdKafka::TopicPartition> where(RdKafka::TopicPartition::create(kFrom, 0));
        std::vector<RdKafka::TopicPartition*> offsets{where.get()};
        while (m_consumer->committed(offsets, kTimeoutMs) != RdKafka::ERR_NO_ERROR) {
        }
        if (where->err() != RdKafka::ERR_NO_ERROR) {
            return false;
        }
        if (where->offset() < 0) {
            where->set_offset(0);
        }
        m_done = static_cast<int>(where->offset());
        return m_consumer->assign({where.get()}) == RdKafka::ERR_NO_ERROR;
    }
    /// One transaction. False: this producer is lost.
    bool copySome() {
        if (const Problem problem{m_producer->begin_transaction()}) {
            return false;
        }
        std::int64_t next = -1;
        for (int i = 0; i < kRecordsPerTransaction;) {
            const std::unique_ptr<RdKafka::Message> message(m_consumer->consume(1000));
            if (message->err() == RdKafka::ERR__PARTITION_EOF) {
                break;
            }
            if (message->err() != RdKafka::ERR_NO_ERROR) {
                continue;
            }
            if (m_producer->produce(kTo, 0, RdKafka::Producer::RK_MSG_COPY, message->payload(), message->len(), nullptr,
                                    0, 0, nullptr) == RdKafka::ERR_NO_ERROR) {
                next = message->offset() + 1;
                ++i;
            }
        }
        bool abortable = true;
        const std::unique_ptr<RdKafka::TopicPartition> where(RdKafka::TopicPartition::create(kFrom, 0, next));
        const std::unique_ptr<RdKafka::ConsumerGroupMetadata> group(m_consumer->groupMetadata());
        const bool committed =
            next >= 0 &&
            retried(
                [&] {
                    return Problem(m_producer->send_offsets_to_transaction({where.get()}, group.get(), kTimeoutMs));
                },
                &abortable) &&
            retried([&] { return Problem(m_producer->commit_transaction(kTimeoutMs)); }, &abortable);
        if (committed) {
            ++commits;
            return true;
        }
        ++aborts;
        return abortable && retried([&] { return Problem(m_producer->abort_transaction(kTimeoutMs)); });
    }

    std::string m_bootstrap;
    int m_total;
    int m_done = 0;
    std::unique_ptr<RdKafka::KafkaConsumer> m_consumer;
    std::unique_ptr<RdKafka::Producer> m_producer;
};

void fill(const std::string& bootstrap, int total) {
    std::string error;
    const std::unique_ptr<RdKafka::Producer> producer(
        RdKafka::Producer::create(makeConf(bootstrap, {{"enable.idempotence", "true"}}).get(), error));
    for (int i = 0; i < total;) {
        std::string value = std::to_string(i);
        i += producer->produce(kFrom, 0, RdKafka::Producer::RK_MSG_COPY, value.data(), value.size(), nullptr, 0, 0,
                               nullptr) == RdKafka::ERR_NO_ERROR;
        producer->poll(0);
    }
    producer->flush(30'000);
}

/// Every committed value of the copy, in order.
std::vector<int> readCopy(const std::string& bootstrap) {
    const auto consumer = makeConsumer(bootstrap);
    const std::unique_ptr<RdKafka::TopicPartition> where(RdKafka::TopicPartition::create(kTo, 0, 0));
    consumer->assign({where.get()});
    std::vector<int> values;
    for (;;) {
        const std::unique_ptr<RdKafka::Message> message(consumer->consume(20'000));
        if (message->err() != RdKafka::ERR_NO_ERROR) {
            break;
        }
        values.push_back(std::stoi(std::string(static_cast<const char*>(message->payload()), message->len())));
    }
    consumer->close();
    return values;
}

}  // namespace

int main(int argc, char** argv) {
    std::string program;
    std::string work = "eos-work";
    int rounds = 10;
    unsigned seed = std::random_device{}();
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string name = argv[i];
        if (name == "--broker") {
            program = argv[i + 1];
        } else if (name == "--work") {
            work = argv[i + 1];
        }
        rounds = name == "--rounds" ? std::stoi(argv[i + 1]) : rounds;
        seed = name == "--seed" ? static_cast<unsigned>(std::stoul(argv[i + 1])) : seed;
    }
    const int total = 400 * rounds;
    std::filesystem::remove_all(work);
    std::filesystem::create_directories(work);
    std::mt19937 random(seed);
    weir::test::BrokerProcess broker(program, work,
                                     {"--set", "num.partitions=1", "--set", "log.segment.bytes=1048576"});
    broker.start();
    fill(broker.bootstrap(), total);
    Copier copier(broker.bootstrap(), total);
    std::mutex mutex;
    std::condition_variable changed;
    bool finished = false;
    std::thread copying([&] {
        copier.run();
        const std::lock_guard lock(mutex);
        finished = true;
        changed.notify_all();
    });
    int kills = 0;
    {
        std::unique_lock lock(mutex);
        for (; kills < rounds && !finished; ++kills) {
            changed.wait_for(lock, std::chrono::milliseconds(100 + random() % 500), [&] { return finished; });
            lock.unlock();
            broker.end(SIGKILL);
            broker.start();
            lock.lock();
        }
    }
    copying.join();
    const std::vector<int> values = readCopy(broker.bootstrap());
    int wrong = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        wrong += values[i] == static_cast<int>(i) ? 0 : 1;
    }
    const bool good = kills > 0 && values.size() == static_cast<std::size_t>(total) && wrong == 0;
    std::printf(
        "seed %u, %d kills, %d commits, %d aborts: %zu of %d records, %d not in their place\n%d passed, %d failed\n",
        seed, kills, copier.commits, copier.aborts, values.size(), total, wrong, good ? 1 : 0, good ? 0 : 1);
    return good ? 0 : 1;
}
