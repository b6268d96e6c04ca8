// SPDX-License-Identifier: GPL-3.0-or-later
// One measurement with librdkafka against one broker, printed as one line of JSON. compare.py pairs and repeats them.
//   bench_client produce --bootstrap HOST:PORT --size 100 --acks 1 --codec none --records 1000000 [--topic T]
//   bench_client consume --bootstrap HOST:PORT --records 1000000 --topic T
//   bench_client latency --bootstrap HOST:PORT --rate 1000 --seconds 5
//   bench_client transactions --bootstrap HOST:PORT --records 10 --seconds 3
// --mock instead of --bootstrap measures the client alone, against the mock cluster that librdkafka carries.
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using SteadyClock = std::chrono::steady_clock;
using Options = std::map<std::string, std::string>;

double secondsSince(SteadyClock::time_point start) {
    return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

double cpuSeconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

rd_kafka_conf_t* makeConf(const Options& options, const Options& more) {
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    Options all = more;
    if (options.count("mock") != 0) {
        all["test.mock.num.brokers"] = "1";
    } else {
        all["bootstrap.servers"] = options.at("bootstrap");
    }
    char error[512];
    for (const auto& [name, value] : all) {
        if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), error, sizeof error) != RD_KAFKA_CONF_OK) {
            throw std::runtime_error(error);
        }
    }
    return conf;
}

rd_kafka_t* make(rd_kafka_type_t type, rd_kafka_conf_t* conf) {
    char error[512];
    rd_kafka_t* client = rd_kafka_new(type, conf, error, sizeof error);
    if (client == nullptr) {
        throw std::runtime_error(error);
    }
    return client;
}

/// Lines of text that compress about three to one, as records of real systems do.
std::string makePayload(std::size_t size) {
    std::string text;
    for (std::size_t i = 0; text.size() < size; ++i) {
        text += "{\"symbol\":\"S" + std::to_string(i * 7919 % 50) +
                "\",\"price\":" + std::to_string(i * 104729 % 9973) + ",\"size\":" + std::to_string(i * 31 % 900) +
                "},";
    }
    return text.substr(0, size);
}

struct Delivery {
    std::atomic<std::int64_t> done{0};
    std::atomic<std::int64_t> failed{0};
};

std::string optionOr(const Options& options, const char* name, const char* standard) {
    const auto found = options.find(name);
    return found == options.end() ? standard : found->second;
}

int produce(const Options& options) {
    const std::int64_t count = std::stoll(options.at("records"));
    const std::string payload = makePayload(std::stoul(options.at("size")));
    rd_kafka_conf_t* conf = makeConf(options, {{"acks", options.at("acks")},
                                               {"compression.codec", options.at("codec")},
                                               {"linger.ms", optionOr(options, "linger", "5")},
                                               {"batch.num.messages", optionOr(options, "batch", "10000")},
                                               {"max.in.flight", optionOr(options, "in-flight", "1000000")},
                                               {"batch.size", "1000000"},
                                               {"queue.buffering.max.messages", "500000"},
                                               {"queue.buffering.max.kbytes", "1048576"},
                                               {"log_level", "3"}});
    Delivery delivery;
    rd_kafka_conf_set_opaque(conf, &delivery);
    rd_kafka_conf_set_dr_msg_cb(conf, [](rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
        auto* d = static_cast<Delivery*>(opaque);
        (message->err == RD_KAFKA_RESP_ERR_NO_ERROR ? d->done : d->failed).fetch_add(1, std::memory_order_relaxed);
    });
    rd_kafka_t* client = make(RD_KAFKA_PRODUCER, conf);
    if (options.count("mock") != 0) {
        rd_kafka_mock_topic_create(rd_kafka_handle_mock_cluster(client), options.at("topic").c_str(),
                                   std::stoi(optionOr(options, "partitions", "1")), 1);
    }
    rd_kafka_topic_t* topic = rd_kafka_topic_new(client, options.at("topic").c_str(), nullptr);
    const auto send = [&] {
        while (rd_kafka_produce(topic, RD_KAFKA_PARTITION_UA, 0, const_cast<char*>(payload.data()), payload.size(),
                                nullptr, 0, nullptr) != 0) {
            rd_kafka_poll(client, 5);
        }
    };
    // One record first, so that connecting and creating the topic are outside the measurement.
    send();
    rd_kafka_flush(client, 30000);
    const auto start = SteadyClock::now();
    const double cpu = cpuSeconds();
    for (std::int64_t i = 0; i < count; ++i) {
        send();
        if (i % 1000 == 0) {
            rd_kafka_poll(client, 0);
        }
    }
    rd_kafka_flush(client, 120000);
    const double seconds = secondsSince(start);
    std::printf("{\"records_per_s\":%.0f,\"mb_per_s\":%.2f,\"client_cpu_s\":%.3f,\"seconds\":%.3f,\"failed\":%lld}\n",
                static_cast<double>(count) / seconds, static_cast<double>(count * payload.size()) / seconds / 1e6,
                cpuSeconds() - cpu, seconds, static_cast<long long>(delivery.failed));
    rd_kafka_topic_destroy(topic);
    rd_kafka_destroy(client);
    return delivery.failed == 0 && delivery.done == count + 1 ? 0 : 1;
}

int consume(const Options& options) {
    const std::int64_t count = std::stoll(options.at("records"));
    rd_kafka_conf_t* conf = makeConf(options, {{"group.id", "bench"},
                                               {"fetch.message.max.bytes", "4000000"},
                                               // A full queue would let it rest for a second, and be what is measured.
                                               {"queued.min.messages", "10000000"},
                                               {"queued.max.messages.kbytes", "2097151"},
                                               {"fetch.wait.max.ms", "50"},
                                               {"log_level", "3"}});
    rd_kafka_t* client = make(RD_KAFKA_CONSUMER, conf);
    rd_kafka_topic_t* topic = rd_kafka_topic_new(client, options.at("topic").c_str(), nullptr);
    const int partitions = options.count("partitions") != 0 ? std::stoi(options.at("partitions")) : 1;
    rd_kafka_queue_t* queue = rd_kafka_queue_new(client);
    // Connecting is outside. What the first answer costs is inside: of compressed records it can be a good part of all.
    std::int64_t low = 0;
    std::int64_t high = 0;
    rd_kafka_query_watermark_offsets(client, options.at("topic").c_str(), 0, &low, &high, 10'000);
    const auto start = SteadyClock::now();
    for (int p = 0; p < partitions; ++p) {
        rd_kafka_consume_start_queue(topic, p, RD_KAFKA_OFFSET_BEGINNING, queue);
    }
    std::int64_t got = 0;
    std::int64_t bytes = 0;
    std::vector<rd_kafka_message_t*> messages(10000);
    while (got < count && secondsSince(start) < 120) {
        const auto n = rd_kafka_consume_batch_queue(queue, 200, messages.data(), messages.size());
        for (std::int64_t i = 0; i < n; ++i) {
            if (messages[i]->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
                ++got;
                bytes += static_cast<std::int64_t>(messages[i]->len);
            } else {
                std::fprintf(stderr, "%s\n", rd_kafka_message_errstr(messages[i]));
            }
            rd_kafka_message_destroy(messages[i]);
        }
    }
    const double seconds = secondsSince(start);
    std::printf("{\"records_per_s\":%.0f,\"mb_per_s\":%.2f,\"seconds\":%.3f,\"records\":%lld}\n",
                static_cast<double>(got) / seconds, static_cast<double>(bytes) / seconds / 1e6, seconds,
                static_cast<long long>(got));
    for (int p = 0; p < partitions; ++p) {
        rd_kafka_consume_stop(topic, p);
    }
    rd_kafka_queue_destroy(queue);
    rd_kafka_topic_destroy(topic);
    rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    return got >= count ? 0 : 1;
}

double percentile(const std::vector<double>& sorted, double p) {
    return sorted.empty()
               ? 0
               : sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(p * static_cast<double>(sorted.size())))];
}

/// Open loop: record n is due at start + n / rate, and its latency counts from then, sent late or not.
int latency(const Options& options) {
    const double rate = std::stod(options.at("rate"));
    const auto count = static_cast<std::int64_t>(rate * std::stod(options.at("seconds")));
    rd_kafka_t* producer =
        make(RD_KAFKA_PRODUCER, makeConf(options, {{"acks", "1"}, {"linger.ms", "0"}, {"log_level", "3"}}));
    rd_kafka_t* consumer = make(
        RD_KAFKA_CONSUMER,
        makeConf(options,
                 {{"group.id", "bench"}, {"fetch.wait.max.ms", "500"}, {"fetch.min.bytes", "1"}, {"log_level", "3"}}));
    const std::string name = options.at("topic");
    rd_kafka_topic_t* out = rd_kafka_topic_new(producer, name.c_str(), nullptr);
    rd_kafka_topic_t* in = rd_kafka_topic_new(consumer, name.c_str(), nullptr);
    rd_kafka_produce(out, 0, RD_KAFKA_MSG_F_COPY, const_cast<char*>("warm"), 4, nullptr, 0, nullptr);
    rd_kafka_flush(producer, 30000);
    rd_kafka_consume_start(in, 0, RD_KAFKA_OFFSET_BEGINNING);
    for (rd_kafka_message_t* warm = nullptr; warm == nullptr;) {
        warm = rd_kafka_consume(in, 0, 1000);
        if (warm != nullptr) {
            rd_kafka_message_destroy(warm);
        }
    }
    std::vector<double> micros;
    micros.reserve(static_cast<std::size_t>(count));
    const auto start = SteadyClock::now() + std::chrono::milliseconds(100);
    std::thread reader([&] {
        while (static_cast<std::int64_t>(micros.size()) < count && secondsSince(start) < 60) {
            rd_kafka_message_t* message = rd_kafka_consume(in, 0, 1000);
            if (message == nullptr) {
                continue;
            }
            if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR && message->len >= 8) {
                std::int64_t due = 0;
                std::memcpy(&due, message->payload, 8);
                micros.push_back(static_cast<double>(SteadyClock::now().time_since_epoch().count() - due) / 1000.0);
            }
            rd_kafka_message_destroy(message);
        }
    });
    std::string value(100, 'x');
    for (std::int64_t n = 0; n < count; ++n) {
        const auto due =
            start + std::chrono::nanoseconds(static_cast<std::int64_t>(static_cast<double>(n) * 1e9 / rate));
        std::this_thread::sleep_until(due);
        const std::int64_t stamp = due.time_since_epoch().count();
        std::memcpy(value.data(), &stamp, 8);
        while (rd_kafka_produce(out, 0, RD_KAFKA_MSG_F_COPY, value.data(), value.size(), nullptr, 0, nullptr) != 0) {
            rd_kafka_poll(producer, 1);
        }
        rd_kafka_poll(producer, 0);
    }
    rd_kafka_flush(producer, 30000);
    reader.join();
    std::sort(micros.begin(), micros.end());
    std::printf("{\"p50_us\":%.0f,\"p99_us\":%.0f,\"p999_us\":%.0f,\"max_us\":%.0f,\"records\":%zu}\n",
                percentile(micros, 0.5), percentile(micros, 0.99), percentile(micros, 0.999),
                micros.empty() ? 0 : micros.back(), micros.size());
    rd_kafka_consume_stop(in, 0);
    rd_kafka_topic_destroy(in);
    rd_kafka_topic_destroy(out);
    rd_kafka_destroy(consumer);
    rd_kafka_destroy(producer);
    return static_cast<std::int64_t>(micros.size()) == count ? 0 : 1;
}

void check(rd_kafka_error_t* error) {
    if (error != nullptr) {
        throw std::runtime_error(rd_kafka_error_string(error));
    }
}

/// Transactions one after the other, of so many records each.
int transactions(const Options& options) {
    const std::int64_t each = std::stoll(options.at("records"));
    const double time = std::stod(options.at("seconds"));
    rd_kafka_t* client = make(
        RD_KAFKA_PRODUCER, makeConf(options, {{"transactional.id", "bench"}, {"linger.ms", "0"}, {"log_level", "3"}}));
    check(rd_kafka_init_transactions(client, 30000));
    rd_kafka_topic_t* topic = rd_kafka_topic_new(client, options.at("topic").c_str(), nullptr);
    std::string value(100, 'x');
    const auto one = [&] {
        check(rd_kafka_begin_transaction(client));
        for (std::int64_t i = 0; i < each; ++i) {
            rd_kafka_produce(topic, 0, RD_KAFKA_MSG_F_COPY, value.data(), value.size(), nullptr, 0, nullptr);
        }
        check(rd_kafka_commit_transaction(client, 30000));
    };
    one();
    const auto start = SteadyClock::now();
    std::vector<double> micros;
    while (secondsSince(start) < time) {
        const auto begun = SteadyClock::now();
        one();
        micros.push_back(secondsSince(begun) * 1e6);
    }
    const double seconds = secondsSince(start);
    std::sort(micros.begin(), micros.end());
    std::printf("{\"transactions_per_s\":%.0f,\"p50_us\":%.0f,\"p99_us\":%.0f}\n",
                static_cast<double>(micros.size()) / seconds, percentile(micros, 0.5), percentile(micros, 0.99));
    rd_kafka_topic_destroy(topic);
    rd_kafka_destroy(client);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    Options options{{"topic", "bench"}};
    for (int i = 2; i < argc; ++i) {
        std::string name = std::string(argv[i]).substr(2);
        options[name] = name == "mock" ? "1" : argv[++i];
    }
    const std::string what = argc > 1 ? argv[1] : "";
    try {
        return what == "produce"        ? produce(options)
               : what == "consume"      ? consume(options)
               : what == "latency"      ? latency(options)
               : what == "transactions" ? transactions(options)
                                        : 2;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
