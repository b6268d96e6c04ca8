// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/faults/nemesis/workers.h"

#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <utility>
#include <vector>

namespace weir::nemesis {

namespace {

constexpr std::chrono::seconds kAuditLimit{60};

/// Reads one partition until its end and returns that; -1 when nothing came for long.
std::int64_t readPartition(RdKafka::KafkaConsumer& consumer, Journal& journal, const checker::Place& place,
                           bool isCommitted) {
    const std::unique_ptr<RdKafka::TopicPartition> where(
        RdKafka::TopicPartition::create(place.topic, place.partition, 0));
    journal.note(eventOf(checker::Deed::kAssign, place));
    consumer.assign({where.get()});
    for (;;) {
        const std::unique_ptr<RdKafka::Message> message(consumer.consume(20'000));
        if (message->err() == RdKafka::ERR_NO_ERROR) {
            journal.note(pollEvent(*message, isCommitted));
        } else if (message->err() == RdKafka::ERR__PARTITION_EOF) {
            return message->offset();
        } else if (message->err() == RdKafka::ERR__TIMED_OUT) {
            return -1;
        }
    }
}

/// Where a read of the partition ends now.
std::int64_t endOf(const std::string& bootstrap, const checker::Place& place, bool isCommitted) {
    const auto consumer =
        makeConsumer(bootstrap, {{"group.id", "auditor"},
                                 {"enable.partition.eof", "true"},
                                 {"isolation.level", isCommitted ? "read_committed" : "read_uncommitted"}});
    std::int64_t low = 0;
    std::int64_t high = -1;
    consumer->query_watermark_offsets(place.topic, place.partition, &low, &high, 20'000);
    consumer->close();
    return high;
}

}  // namespace

std::atomic<bool> isToStop{false};

std::unique_ptr<RdKafka::KafkaConsumer> makeConsumer(const std::string& bootstrap,
                                                     std::map<std::string, std::string> config,
                                                     RdKafka::RebalanceCb* rebalance) {
    config["enable.auto.commit"] = "false";
    config["auto.offset.reset"] = "earliest";
    config["check.crcs"] = "true";
    config["session.timeout.ms"] = "6000";
    config["heartbeat.interval.ms"] = "500";
    config["fetch.wait.max.ms"] = "50";
    const auto conf = makeConf(bootstrap, std::move(config));
    std::string error;
    if (rebalance != nullptr) {
        conf->set("rebalance_cb", rebalance, error);
    }
    std::unique_ptr<RdKafka::KafkaConsumer> consumer(RdKafka::KafkaConsumer::create(conf.get(), error));
    if (!consumer) {
        throw std::runtime_error(error);
    }
    return consumer;
}

checker::Event eventOf(checker::Deed deed, checker::Place place) {
    checker::Event event;
    event.deed = deed;
    event.place = std::move(place);
    return event;
}

checker::Event pollEvent(const RdKafka::Message& message, bool isCommitted) {
    checker::Event event = eventOf(checker::Deed::kPoll, {message.topic_name(), message.partition()});
    event.offset = message.offset();
    event.value = message.key() != nullptr ? *message.key() : std::string("nothing");
    event.flag = isCommitted;
    return event;
}

void Deliveries::dr_cb(RdKafka::Message& message) {
    checker::Event event;
    event.place = {message.topic_name(), message.partition()};
    event.value = *message.key();
    if (message.err() == RdKafka::ERR_NO_ERROR) {
        event.deed = checker::Deed::kAck;
        event.offset = message.offset();
        m_journal.note(event);
    } else if (message.status() == RdKafka::Message::MSG_STATUS_NOT_PERSISTED) {
        event.deed = checker::Deed::kRefuse;
        m_journal.note(event);
    }
}

bool readEverything(const WorkerOptions& options) {
    Journal journal(options.journal, options.name);
    const auto limit = std::chrono::steady_clock::now() + kAuditLimit;
    bool isGood = true;
    for (const char* topic : {kPlainTopic, kTransactionTopic}) {
        for (std::int32_t partition = 0; partition < kPartitions; ++partition) {
            const checker::Place place{topic, partition};
            while (endOf(options.bootstrap, place, true) != endOf(options.bootstrap, place, false)) {
                if (std::chrono::steady_clock::now() > limit) {
                    std::printf("%s-%d: a transaction has stayed open\n", topic, partition);
                    return false;
                }
            }
            for (const bool isCommitted : {true, false}) {
                const auto consumer = makeConsumer(
                    options.bootstrap, {{"group.id", "auditor"},
                                        {"enable.partition.eof", "true"},
                                        {"isolation.level", isCommitted ? "read_committed" : "read_uncommitted"}});
                const std::int64_t end = readPartition(*consumer, journal, place, isCommitted);
                checker::Event whole = eventOf(checker::Deed::kWhole, place);
                whole.offset = end;
                whole.flag = isCommitted;
                journal.note(whole);
                consumer->close();
                if (end < 0) {
                    std::printf("%s-%d cannot be read to its end\n", topic, partition);
                    isGood = false;
                }
            }
        }
    }
    return isGood;
}

}  // namespace weir::nemesis
