// SPDX-License-Identifier: GPL-3.0-or-later
// One member of a group on librdkafka, as slow as told: weir_demo_member BOOTSTRAP GROUP TOPIC DELAY_MS.
// Ends on SIGTERM. Says "FIRST partition offset timestamp" for the first record of each partition.
#include <librdkafka/rdkafkacpp.h>
#include <poll.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <set>
#include <string>

namespace {

constexpr int kArguments = 5;
constexpr int kPollMs = 200;
volatile std::sig_atomic_t g_isEnding = 0;

void onSignal(int) {
    g_isEnding = 1;
}

std::unique_ptr<RdKafka::KafkaConsumer> makeConsumer(char** argv, bool isSlow) {
    const std::unique_ptr<RdKafka::Conf> conf(RdKafka::Conf::create(RdKafka::Conf::CONF_GLOBAL));
    const std::map<std::string, std::string> settings{{"bootstrap.servers", argv[1]},
                                                      {"group.id", argv[2]},
                                                      {"client.id", isSlow ? "librdkafka-slow" : "librdkafka-fast"},
                                                      {"auto.offset.reset", "earliest"},
                                                      {"auto.commit.interval.ms", "500"},
                                                      {"session.timeout.ms", "10000"},
                                                      {"heartbeat.interval.ms", "500"},
                                                      {"queued.min.messages", isSlow ? "10" : "10000"}};
    std::string error;
    for (const auto& [name, value] : settings) {
        if (conf->set(name, value, error) != RdKafka::Conf::CONF_OK) {
            std::printf("FAILED %s\n", error.c_str());
            return nullptr;
        }
    }
    return std::unique_ptr<RdKafka::KafkaConsumer>(RdKafka::KafkaConsumer::create(conf.get(), error));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != kArguments) {
        return EXIT_FAILURE;
    }
    const int delayMs = std::atoi(argv[4]);
    std::signal(SIGTERM, onSignal);
    const auto consumer = makeConsumer(argv, delayMs > 0);
    if (consumer == nullptr || consumer->subscribe({argv[3]}) != RdKafka::ERR_NO_ERROR) {
        return EXIT_FAILURE;
    }
    std::set<int> seen;
    while (g_isEnding == 0) {
        const std::unique_ptr<RdKafka::Message> message(consumer->consume(kPollMs));
        if (message->err() != RdKafka::ERR_NO_ERROR) {
            continue;
        }
        if (seen.insert(message->partition()).second) {
            std::printf("FIRST %d %lld %lld\n", message->partition(), static_cast<long long>(message->offset()),
                        static_cast<long long>(message->timestamp().timestamp));
            std::fflush(stdout);
        }
        if (delayMs > 0) {
            // The work of a slow member, which a signal ends early.
            poll(nullptr, 0, delayMs);
        }
    }
    consumer->close();
    return EXIT_SUCCESS;
}
