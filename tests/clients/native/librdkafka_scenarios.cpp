// SPDX-License-Identifier: GPL-3.0-or-later
// librdkafka's C++ interface against the broker: the packaged version, as Debian and Ubuntu ship it.
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafkacpp.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iostream>
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
    all.insert({{"bootstrap.servers", g_bootstrap}, {"log_level", "0"}});
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

/// A variable that run_matrix.py sets.
std::string given(const char* name) {
    const char* const value = std::getenv(name);
    require(value != nullptr, std::string(name) + " is not set");
    return value;
}

/// With as many partitions as a scenario needs: the C++ interface makes no topics, its C side does.
void create(const std::string& topic, int partitions, const Config& login = {}) {
    std::string error;
    const std::unique_ptr<RdKafka::Producer> admin(RdKafka::Producer::create(makeConf(login).get(), error));
    require(admin != nullptr, error);
    rd_kafka_t* const handle = admin->c_ptr();
    rd_kafka_queue_t* const queue = rd_kafka_queue_new(handle);
    rd_kafka_NewTopic_t* one = rd_kafka_NewTopic_new(topic.c_str(), partitions, 1, nullptr, 0);
    rd_kafka_CreateTopics(handle, &one, 1, nullptr, queue);
    constexpr int kPatienceMs = 20'000;
    rd_kafka_event_t* const answer = rd_kafka_queue_poll(queue, kPatienceMs);
    const std::string why = answer == nullptr                   ? "nobody answered"
                            : rd_kafka_event_error(answer) != 0 ? rd_kafka_event_error_string(answer)
                                                                : "";
    if (answer != nullptr) {
        rd_kafka_event_destroy(answer);
    }
    rd_kafka_NewTopic_destroy(one);
    rd_kafka_queue_destroy(queue);
    require(why.empty(), why);
}

/// A producer to partition 0 that notes what was acknowledged.
class Sender {
public:
    explicit Sender(const Config& config) {
        auto conf = makeConf(config);
        std::string error;
        require(conf->set("dr_cb", &reports, error) == RdKafka::Conf::CONF_OK, error);
        producer.reset(RdKafka::Producer::create(conf.get(), error));
        require(producer != nullptr, error);
    }
    void send(const std::string& topic, const std::string& value, std::int32_t partition = 0) {
        RdKafka::ErrorCode code = RdKafka::ERR__QUEUE_FULL;
        while (code == RdKafka::ERR__QUEUE_FULL) {
            code = producer->produce(topic, partition, RdKafka::Producer::RK_MSG_COPY, const_cast<char*>(value.data()),
                                     value.size(), nullptr, 0, 0, nullptr);
            producer->poll(code == RdKafka::ERR__QUEUE_FULL ? 10 : 0);
        }
        require(code == RdKafka::ERR_NO_ERROR, RdKafka::err2str(code));
    }
    void flush() {
        require(producer->flush(60'000) == RdKafka::ERR_NO_ERROR, "not everything was sent");
        require(reports.failed == 0, "a record was refused");
    }

    Reports reports;
    std::unique_ptr<RdKafka::Producer> producer;
};

/// Everything of partition 0 before a marker that is written now, as readers of committed data see it.
std::vector<std::string> read(const std::string& topic, Config login = {}) {
    Sender marker(login);
    marker.send(topic, "end");
    marker.flush();
    login["isolation.level"] = "read_committed";
    auto consumer = makeConsumer("reader-" + topic, login);
    const std::unique_ptr<RdKafka::TopicPartition> start(RdKafka::TopicPartition::create(topic, 0, 0));
    consumer->assign({start.get()});
    std::vector<std::string> got;
    const bool isWhole = waitFor(
        [&] {
            const std::unique_ptr<RdKafka::Message> message(consumer->consume(200));
            if (message->err() == RdKafka::ERR_NO_ERROR) {
                got.emplace_back(static_cast<const char*>(message->payload()), message->len());
            }
            return !got.empty() && got.back() == "end";
        },
        60);
    require(isWhole, "the marker never came");
    consumer->close();
    got.pop_back();
    return got;
}

std::vector<std::string> numbered(int count) {
    std::vector<std::string> all;
    for (int i = 0; i < count; ++i) {
        all.push_back(std::to_string(i));
    }
    return all;
}

void idempotence() {
    const std::string topic = "rd-idem-" + kRun;
    create(topic, 1);
    Sender sender({{"enable.idempotence", "true"}, {"batch.num.messages", "7"}});
    for (const std::string& value : numbered(3000)) {
        sender.send(topic, value);
    }
    sender.flush();
    require(read(topic) == numbered(3000), "records are missing, or there twice");
}

void allRight(RdKafka::Error* error) {
    const std::unique_ptr<RdKafka::Error> owned(error);
    require(owned == nullptr, owned ? owned->str() : "");
}

void transactions() {
    const std::string topic = "rd-txn-" + kRun;
    create(topic, 1);
    Sender sender({{"transactional.id", topic}});
    allRight(sender.producer->init_transactions(60'000));
    for (const char* value : {"a", "b", "c"}) {
        allRight(sender.producer->begin_transaction());
        sender.send(topic, value);
        allRight(*value == 'b' ? sender.producer->abort_transaction(60'000)
                               : sender.producer->commit_transaction(60'000));
    }
    require(read(topic) == std::vector<std::string>{"a", "c"}, "other records than the committed ones");
}

void fencing() {
    const std::string topic = "rd-fence-" + kRun;
    create(topic, 1);
    Sender old({{"transactional.id", topic}});
    Sender young({{"transactional.id", topic}});
    allRight(old.producer->init_transactions(60'000));
    allRight(old.producer->begin_transaction());
    old.send(topic, "of the old one");
    allRight(young.producer->init_transactions(60'000));
    const std::unique_ptr<RdKafka::Error> refusal(old.producer->commit_transaction(60'000));
    require(refusal != nullptr && refusal->is_fatal(), "the older producer was not fenced");
    allRight(young.producer->begin_transaction());
    young.send(topic, "of the new one");
    allRight(young.producer->commit_transaction(60'000));
    require(read(topic) == std::vector<std::string>{"of the new one"}, "other records than the committed ones");
}

/// A consumer of a group on a thread of its own that tells what it owns and has seen.
class Reader {
public:
    Reader(const std::string& group, const std::string& topic, const Config& config, std::set<std::string>& seen,
           std::mutex& mutex)
        : m_thread([this, group, topic, config, &seen, &mutex] {
              auto consumer = makeConsumer(group, config);
              consumer->subscribe({topic});
              while (!m_leave) {
                  const std::unique_ptr<RdKafka::Message> message(consumer->consume(100));
                  const std::lock_guard lock(mutex);
                  if (message->err() == RdKafka::ERR_NO_ERROR) {
                      seen.emplace(static_cast<const char*>(message->payload()), message->len());
                      consumer->commitAsync(message.get());
                  }
                  std::vector<RdKafka::TopicPartition*> parts;
                  consumer->assignment(parts);
                  owned.clear();
                  for (const RdKafka::TopicPartition* each : parts) {
                      owned.insert(each->partition());
                  }
                  RdKafka::TopicPartition::destroy(parts);
              }
              consumer->close();
          }) {}
    ~Reader() {
        m_leave = true;
        m_thread.join();
    }

    /// Behind the mutex.
    std::set<int> owned;

private:
    std::atomic<bool> m_leave{false};
    std::thread m_thread;
};

/// Readers of one topic.
struct Crowd {
    explicit Crowd(std::string name) : topic(std::move(name)) {}
    void join(const Config& config = {}) {
        readers.push_back(std::make_unique<Reader>("g-" + topic, topic, config, seen, mutex));
    }
    [[nodiscard]] bool isShared(int partitions) {
        const std::lock_guard lock(mutex);
        std::multiset<int> all;
        for (const auto& each : readers) {
            if (each->owned.empty()) {
                return false;
            }
            all.insert(each->owned.begin(), each->owned.end());
        }
        return static_cast<int>(all.size()) == partitions && std::set<int>(all.begin(), all.end()).size() == all.size();
    }
    void settle(int partitions) {
        require(waitFor([&] { return isShared(partitions); }, 60), "the partitions were never shared");
    }
    [[nodiscard]] std::set<int> owned(std::size_t reader) {
        const std::lock_guard lock(mutex);
        return readers[reader]->owned;
    }
    [[nodiscard]] std::size_t count() {
        const std::lock_guard lock(mutex);
        return seen.size();
    }

    std::string topic;
    std::set<std::string> seen;
    std::mutex mutex;
    std::vector<std::unique_ptr<Reader>> readers;
};

void staticMembers() {
    Crowd crowd("rd-static-" + kRun);
    create(crowd.topic, 4);
    const auto named = [](const char* name) {
        return Config{{"group.instance.id", name}, {"session.timeout.ms", "30000"}};
    };
    crowd.join(named("one"));
    crowd.join(named("two"));
    crowd.settle(4);
    const std::set<int> kept = crowd.owned(1);
    crowd.readers.pop_back();
    crowd.join(named("two"));
    crowd.settle(4);
    require(crowd.owned(1) == kept, "the member that came back has other partitions");
}

void cooperative() {
    Crowd crowd("rd-coop-" + kRun);
    create(crowd.topic, 6);
    int sent = 0;
    const auto batch = [&] {
        Sender sender({});
        for (int i = 0; i < 300; ++i) {
            sender.send(crowd.topic, std::to_string(sent++), i % 6);
        }
        sender.flush();
    };
    const Config config{{"partition.assignment.strategy", "cooperative-sticky"}};
    crowd.join(config);
    crowd.join(config);
    crowd.settle(6);
    for (int round = 0; round < 3; ++round) {
        batch();
        crowd.join(config);
        crowd.settle(6);
        batch();
        crowd.readers.erase(crowd.readers.begin());
        crowd.settle(6);
    }
    require(waitFor([&] { return crowd.count() == static_cast<std::size_t>(sent); }), "not everything was seen");
}

/// Creates, writes and reads with a login, at another address than the plain one.
void greet(const char* address, const std::string& topic, Config login) {
    login["bootstrap.servers"] = given(address);
    create(topic, 1, login);
    Sender sender(login);
    sender.send(topic, "hello");
    sender.flush();
    require(read(topic, login) == std::vector<std::string>{"hello"}, "the record did not come back");
}

void refuse(const char* address, Config login) {
    login["bootstrap.servers"] = given(address);
    std::string error;
    const std::unique_ptr<RdKafka::Producer> client(RdKafka::Producer::create(makeConf(login).get(), error));
    RdKafka::Metadata* found = nullptr;
    const auto code = client->metadata(true, nullptr, &found, 3000);
    delete found;
    require(code != RdKafka::ERR_NO_ERROR, "the login was accepted");
}

// PLAIN alone: librdkafka sent a wrong nonce by SCRAM until 2.6.1, which Apache Kafka refuses since 4.0 too.
void sasl() {
    Config login{{"security.protocol", "SASL_SSL"},
                 {"ssl.ca.location", given("WEIR_CA")},
                 {"sasl.mechanism", "PLAIN"},
                 {"sasl.username", given("WEIR_USER")},
                 {"sasl.password", given("WEIR_PASSWORD")}};
    greet("WEIR_SASL_SSL", "rd-plain-" + kRun, login);
    login["sasl.password"] = "wrong";
    refuse("WEIR_SASL_SSL", login);
}

void tls() {
    Config login{{"security.protocol", "SSL"}, {"ssl.ca.location", given("WEIR_CA")}};
    refuse("WEIR_SSL", login);
    login["ssl.certificate.location"] = given("WEIR_CERT");
    login["ssl.key.location"] = given("WEIR_KEY");
    greet("WEIR_SSL", "rd-tls-" + kRun, login);
}

void restart() {
    Crowd crowd("rd-restart-" + kRun);
    create(crowd.topic, 1);
    crowd.join();
    crowd.settle(1);
    constexpr int kTotal = 2000;
    Sender sender({{"enable.idempotence", "true"}, {"linger.ms", "1"}});
    for (int i = 0; i < kTotal; ++i) {
        if (i == kTotal / 2) {
            require(waitFor([&] {
                        sender.producer->poll(10);
                        return sender.reports.delivered > 0;
                    }),
                    "nothing was acknowledged");
            std::puts("RESTART");
            std::fflush(stdout);
            std::string answer;
            std::getline(std::cin, answer);
            require(answer == "restarted", "nobody restarted the broker");
        }
        sender.send(crowd.topic, std::to_string(i));
    }
    sender.flush();
    require(read(crowd.topic) == numbered(kTotal), "records are missing, or there twice");
    // The marker is the one more.
    require(waitFor([&] { return crowd.count() == kTotal + 1; }), "the group did not get on");
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fputs("usage: librdkafka_scenarios main|restarted|matrix HOST:PORT\n", stderr);
        return 2;
    }
    g_bootstrap = argv[2];
    std::vector<std::pair<std::string, std::function<void()>>> scenarios;
    if (std::string(argv[1]) == "main") {
        for (const char* name : {"none", "gzip", "snappy", "lz4", "zstd"}) {
            scenarios.emplace_back(std::string("codec-") + name, [name] { codec(name); });
        }
        scenarios.insert(scenarios.end(), {{"order", order}, {"group", group}, {"commit", commit}});
    } else if (std::string(argv[1]) == "matrix") {
        scenarios = {{"idempotence", idempotence},
                     {"transactions", transactions},
                     {"fencing", fencing},
                     {"static", staticMembers},
                     {"cooperative", cooperative},
                     {"sasl", sasl},
                     {"tls", tls},
                     {"restart", restart}};
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
