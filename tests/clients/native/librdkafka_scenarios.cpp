// SPDX-License-Identifier: GPL-3.0-or-later
// librdkafka's C++ interface against the broker: the packaged version, as Debian and Ubuntu ship it.
#include <librdkafka/rdkafkacpp.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using Config = std::map<std::string, std::string>;

std::string g_bootstrap;
const std::string kRun = std::to_string(std::chrono::system_clock::now().time_since_epoch().count() % 100000000);

struct Row {
    bool hasKey = false;
    std::string key;
    bool hasValue = false;
    std::string value;
    bool operator==(const Row&) const = default;
};

void require(bool condition, const std::string& what) {
    if (!condition) {
        throw std::runtime_error(what);
    }
}

std::unique_ptr<RdKafka::Conf> makeConf(const Config& config) {
    std::unique_ptr<RdKafka::Conf> conf(RdKafka::Conf::create(RdKafka::Conf::CONF_GLOBAL));
    std::string error;
    Config all = config;
    all["bootstrap.servers"] = g_bootstrap;
    all["message.max.bytes"] = "2000000";
    for (const auto& [name, value] : all) {
        require(conf->set(name, value, error) == RdKafka::Conf::CONF_OK, error);
    }
    return conf;
}

class Reports : public RdKafka::DeliveryReportCb {
public:
    void dr_cb(RdKafka::Message& message) override {
        if (message.err() != RdKafka::ERR_NO_ERROR) {
            ++failed;
        } else {
            ++delivered;
        }
    }
    std::atomic<int> failed{0};
    std::atomic<int> delivered{0};
};

void produce(const std::string& topic, const std::vector<Row>& rows, Config config, std::int32_t partition = -1) {
    Reports reports;
    auto conf = makeConf(config);
    std::string error;
    require(conf->set("dr_cb", &reports, error) == RdKafka::Conf::CONF_OK, error);
    const std::unique_ptr<RdKafka::Producer> producer(RdKafka::Producer::create(conf.get(), error));
    require(producer != nullptr, error);
    for (const Row& row : rows) {
        auto* headers = RdKafka::Headers::create();
        headers->add("h", std::string("v"));
        headers->add("null", nullptr, 0);
        RdKafka::ErrorCode code = RdKafka::ERR__QUEUE_FULL;
        while (code == RdKafka::ERR__QUEUE_FULL) {
            code = producer->produce(topic, partition, RdKafka::Producer::RK_MSG_COPY,
                                     row.hasValue ? const_cast<char*>(row.value.data()) : nullptr, row.value.size(),
                                     row.hasKey ? row.key.data() : nullptr, row.key.size(), 0, headers, nullptr);
            producer->poll(code == RdKafka::ERR__QUEUE_FULL ? 10 : 0);
        }
        require(code == RdKafka::ERR_NO_ERROR, RdKafka::err2str(code));
    }
    producer->flush(30000);
    require(reports.failed == 0 && reports.delivered == static_cast<int>(rows.size()), "not all were delivered");
}

std::unique_ptr<RdKafka::KafkaConsumer> makeConsumer(const std::string& group, Config config = {}) {
    config.insert({{"group.id", group},
                   {"auto.offset.reset", "earliest"},
                   {"enable.auto.commit", "false"},
                   {"session.timeout.ms", "6000"},
                   {"heartbeat.interval.ms", "500"}});
    std::string error;
    std::unique_ptr<RdKafka::KafkaConsumer> consumer(RdKafka::KafkaConsumer::create(makeConf(config).get(), error));
    require(consumer != nullptr, error);
    return consumer;
}

bool waitFor(const std::function<bool()>& condition, int seconds = 45) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) {
            return false;
        }
        std::this_thread::yield();
    }
    return true;
}

std::vector<Row> take(const std::string& topic, std::size_t count) {
    auto consumer = makeConsumer("g-" + topic);
    consumer->subscribe({topic});
    std::vector<Row> rows;
    waitFor([&] {
        const std::unique_ptr<RdKafka::Message> message(consumer->consume(200));
        if (message->err() == RdKafka::ERR_NO_ERROR) {
            Row row;
            row.hasKey = message->key_pointer() != nullptr;
            row.key = row.hasKey ? *message->key() : "";
            row.hasValue = message->payload() != nullptr;
            row.value = std::string(static_cast<const char*>(message->payload()), message->len());
            require(message->headers() != nullptr && message->headers()->size() == 2, "headers are missing");
            require(message->headers()->get_last("null").value() == nullptr, "a null header came back as text");
            rows.push_back(row);
        }
        return rows.size() >= count;
    });
    consumer->close();
    return rows;
}

/// Produces once so that the topic exists, by the broker's automatic creation.
void codec(const std::string& name) {
    const std::string topic = "rd-codec-" + name + "-" + kRun;
    std::vector<Row> rows;
    for (const std::size_t size : {1U, 100U, 10000U, 1000000U}) {
        rows.push_back({true, "k" + std::to_string(size), true, std::string(size, static_cast<char>('a' + size % 7))});
    }
    rows.push_back({true, "tombstone", false, ""});
    rows.push_back({true, "empty", true, ""});
    produce(topic, rows, {{"compression.type", name}, {"enable.idempotence", "true"}}, 0);
    require(take(topic, rows.size()) == rows, "the records came back different");
}

void order() {
    const std::string topic = "rd-order-" + kRun;
    std::vector<Row> rows;
    for (int i = 0; i < 100000; ++i) {
        rows.push_back({true, "k", true, std::to_string(i)});
    }
    produce(topic, rows, {{"linger.ms", "5"}, {"enable.idempotence", "true"}}, 0);
    require(take(topic, rows.size()) == rows, "order or content differs");
}

/// One consumer on a thread of its own, until told to leave.
class Member {
public:
    Member(const std::string& topic, std::set<std::string>& seen, std::mutex& mutex)
        : m_thread([this, topic, &seen, &mutex] {
              auto consumer = makeConsumer("g-" + topic);
              consumer->subscribe({topic});
              while (!m_leave) {
                  const std::unique_ptr<RdKafka::Message> message(consumer->consume(100));
                  if (message->err() == RdKafka::ERR_NO_ERROR) {
                      const std::lock_guard lock(mutex);
                      seen.emplace(static_cast<const char*>(message->payload()), message->len());
                  }
                  std::vector<RdKafka::TopicPartition*> parts;
                  consumer->assignment(parts);
                  m_owned = static_cast<int>(parts.size());
                  RdKafka::TopicPartition::destroy(parts);
              }
              m_owned = 0;
              consumer->close();
          }) {}
    ~Member() { leave(); }
    void leave() {
        m_leave = true;
        if (m_thread.joinable()) {
            m_thread.join();
        }
    }
    [[nodiscard]] int owned() const { return m_owned; }

private:
    std::atomic<bool> m_leave{false};
    std::atomic<int> m_owned{0};
    std::thread m_thread;
};

void group() {
    const std::string topic = "rd-group-" + kRun;
    std::set<std::string> seen;
    std::mutex mutex;
    const auto count = [&] {
        const std::lock_guard lock(mutex);
        return seen.size();
    };
    const auto batch = [&](int from) {
        std::vector<Row> rows;
        for (int i = from; i < from + 600; ++i) {
            rows.push_back({true, "k" + std::to_string(i), true, std::to_string(i)});
        }
        produce(topic, rows, {});
    };
    batch(0);
    auto a = std::make_unique<Member>(topic, seen, mutex);
    auto b = std::make_unique<Member>(topic, seen, mutex);
    require(waitFor([&] { return count() == 600; }), "first batch was not seen");
    b->leave();
    const Member late(topic, seen, mutex);
    batch(600);
    require(waitFor([&] { return count() == 1200; }), "second batch was not seen");
    require(a->owned() + late.owned() >= 1, "nobody owns a partition");
}

void commit() {
    produce("rd-keeper", {{true, "a", true, "1"}, {true, "b", true, "2"}, {true, "c", true, "3"}}, {}, 0);
    auto consumer = makeConsumer("rd-keepers");
    const std::unique_ptr<RdKafka::TopicPartition> two(RdKafka::TopicPartition::create("rd-keeper", 0, 2));
    std::vector<RdKafka::TopicPartition*> offsets{two.get()};
    const auto code = consumer->commitSync(offsets);
    require(code == RdKafka::ERR_NO_ERROR, RdKafka::err2str(code));
    consumer->close();
}

void commitKept() {
    auto consumer = makeConsumer("rd-keepers");
    const std::unique_ptr<RdKafka::TopicPartition> where(RdKafka::TopicPartition::create("rd-keeper", 0));
    std::vector<RdKafka::TopicPartition*> offsets{where.get()};
    require(consumer->committed(offsets, 10000) == RdKafka::ERR_NO_ERROR, "committed() failed");
    require(where->offset() == 2, "the offset is " + std::to_string(where->offset()));
    std::int64_t low = 0;
    std::int64_t high = 0;
    consumer->query_watermark_offsets("rd-keeper", 0, &low, &high, 10000);
    require(low == 0 && high == 3, "watermarks moved over the restart");
    consumer->close();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fputs("usage: librdkafka_scenarios main|restarted HOST:PORT\n", stderr);
        return 2;
    }
    g_bootstrap = argv[2];
    std::vector<std::pair<std::string, std::function<void()>>> scenarios;
    if (std::string(argv[1]) == "main") {
        for (const char* name : {"none", "gzip", "snappy", "lz4", "zstd"}) {
            scenarios.emplace_back(std::string("codec-") + name, [name] { codec(name); });
        }
        scenarios.insert(scenarios.end(), {{"order", order}, {"group", group}, {"commit", commit}});
    } else {
        scenarios.emplace_back("commit-kept", commitKept);
    }
    int failures = 0;
    for (const auto& [name, run] : scenarios) {
        try {
            run();
            std::printf("PASS %s\n", name.c_str());
        } catch (const std::exception& error) {
            ++failures;
            std::printf("FAIL %s: %s\n", name.c_str(), error.what());
        }
        std::fflush(stdout);
    }
    return failures == 0 ? 0 : 1;
}
