// SPDX-License-Identifier: GPL-3.0-or-later
#include <vector>

#include "tests/faults/nemesis/workers.h"

namespace weir::nemesis {

namespace {

constexpr const char* kGroup = "readers";
constexpr int kTimeoutMs = 5'000;

/// One consumer. As one of the group it notes every assignment; on its own it chooses one now and then.
class Reader : RdKafka::RebalanceCb {
public:
    Reader(const WorkerOptions& options, std::minstd_rand& random)
        : m_journal(options.journal, options.name), m_random(random), m_isCommitted(random() % 2 == 0) {
        m_consumer = makeConsumer(
            options.bootstrap,
            {{"group.id", kGroup},
             {"isolation.level", m_isCommitted ? "read_committed" : "read_uncommitted"},
             {"partition.assignment.strategy", random() % 2 == 0 ? "range,roundrobin" : "roundrobin,range"}},
            this);
    }

    /// For a while, then it leaves in order.
    void read(int polls) {
        const bool isMember = m_random() % 3 != 0;
        if (isMember) {
            m_consumer->subscribe({kPlainTopic, kTransactionTopic});
        } else {
            chooseAPlace();
        }
        int sinceDeed = 0;
        for (int i = 0; i < polls && !isToStop; ++i) {
            const std::unique_ptr<RdKafka::Message> message(m_consumer->consume(50));
            if (message->err() != RdKafka::ERR_NO_ERROR) {
                continue;
            }
            m_journal.note(pollEvent(*message, m_isCommitted));
            if (++sinceDeed < 100) {
                continue;
            }
            sinceDeed = 0;
            if (isMember) {
                commit(*message);
            } else if (m_random() % 8 == 0) {
                chooseAPlace();
            }
        }
        m_consumer->close();
    }

private:
    void rebalance_cb(RdKafka::KafkaConsumer* consumer, RdKafka::ErrorCode code,
                      std::vector<RdKafka::TopicPartition*>& partitions) override {
        if (code == RdKafka::ERR__ASSIGN_PARTITIONS) {
            for (const RdKafka::TopicPartition* each : partitions) {
                m_journal.note(eventOf(checker::Deed::kAssign, {each->topic(), each->partition()}));
            }
            consumer->assign(partitions);
        } else {
            consumer->unassign();
        }
    }

    void chooseAPlace() {
        const checker::Place place{m_random() % 2 == 0 ? kPlainTopic : kTransactionTopic,
                                   static_cast<std::int32_t>(m_random() % kPartitions)};
        std::int64_t low = 0;
        std::int64_t high = 0;
        if (m_consumer->query_watermark_offsets(place.topic, place.partition, &low, &high, kTimeoutMs) !=
            RdKafka::ERR_NO_ERROR) {
            high = 0;
        }
        const std::int64_t from = high <= 0 ? 0 : static_cast<std::int64_t>(m_random()) % high;
        const std::unique_ptr<RdKafka::TopicPartition> where(
            RdKafka::TopicPartition::create(place.topic, place.partition, from));
        m_journal.note(eventOf(checker::Deed::kAssign, place));
        m_consumer->assign({where.get()});
    }

    /// Up to and with the message, and now and then a look at what the group has.
    void commit(const RdKafka::Message& message) {
        checker::Event event;
        event.deed = checker::Deed::kCommit;
        event.group = kGroup;
        event.place = {message.topic_name(), message.partition()};
        event.offset = message.offset() + 1;
        m_journal.note(event);
        const std::unique_ptr<RdKafka::TopicPartition> where(
            RdKafka::TopicPartition::create(event.place.topic, event.place.partition, event.offset));
        std::vector<RdKafka::TopicPartition*> offsets{where.get()};
        if (m_consumer->commitSync(offsets) == RdKafka::ERR_NO_ERROR && where->err() == RdKafka::ERR_NO_ERROR) {
            event.deed = checker::Deed::kCommitted;
            m_journal.note(event);
        }
        event.asked = monotonicNow();
        where->set_offset(-1001);
        if (m_random() % 2 == 0 && m_consumer->committed(offsets, kTimeoutMs) == RdKafka::ERR_NO_ERROR &&
            where->err() == RdKafka::ERR_NO_ERROR) {
            event.deed = checker::Deed::kFetched;
            event.offset = where->offset() < 0 ? -1 : where->offset();
            m_journal.note(event);
        }
    }

    Journal m_journal;
    std::minstd_rand& m_random;
    bool m_isCommitted;
    std::unique_ptr<RdKafka::KafkaConsumer> m_consumer;
};

}  // namespace

int runReader(const WorkerOptions& options) {
    std::minstd_rand random(options.seed);
    for (int life = 0; !isToStop; ++life) {
        WorkerOptions own = options;
        own.name += "." + std::to_string(life);
        Reader(own, random).read(2'000);
    }
    return 0;
}

}  // namespace weir::nemesis
