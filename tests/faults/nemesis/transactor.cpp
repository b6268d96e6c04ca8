// SPDX-License-Identifier: GPL-3.0-or-later
#include <vector>

#include "tests/faults/nemesis/workers.h"

namespace weir::nemesis {

namespace {

constexpr int kTimeoutMs = 10'000;
constexpr int kMostRecords = 6;
using Problem = std::unique_ptr<RdKafka::Error>;

/// One incarnation of a transactional producer, and the consumer whose position it moves.
class Transactor {
public:
    Transactor(const WorkerOptions& options, Journal& journal, std::minstd_rand& random, std::string incarnation)
        : m_options(options),
          m_journal(journal),
          m_deliveries(journal),
          m_random(random),
          m_incarnation(std::move(incarnation)) {
        const auto conf = makeConf(options.bootstrap, {{"transactional.id", options.worker},
                                                       {"retry.backoff.ms", "20"},
                                                       {"message.timeout.ms", "20000"},
                                                       {"transaction.timeout.ms", "20000"}});
        std::string error;
        conf->set("dr_cb", static_cast<RdKafka::DeliveryReportCb*>(&m_deliveries), error);
        m_producer.reset(RdKafka::Producer::create(conf.get(), error));
        m_consumer = makeConsumer(options.bootstrap, {{"group.id", group()}, {"isolation.level", "read_committed"}});
    }
    ~Transactor() { m_consumer->close(); }

    bool begin() {
        return retried([this] { return Problem(m_producer->init_transactions(kTimeoutMs)); }) && goToCommitted();
    }
    /// False: this incarnation is lost.
    bool runOne() {
        m_transaction = m_incarnation + "/t" + std::to_string(m_count++);
        if (const Problem problem{m_producer->begin_transaction()}) {
            return false;
        }
        note(checker::Deed::kBegin);
        const bool isMove = m_random() % 2 == 0;
        const int records = 1 + static_cast<int>(m_random() % kMostRecords);
        std::int64_t next = -1;
        bool isSent = true;
        for (int i = 0; i < records && isSent; ++i) {
            if (isMove) {
                const std::unique_ptr<RdKafka::Message> message(m_consumer->consume(20));
                if (message->err() != RdKafka::ERR_NO_ERROR) {
                    break;
                }
                checker::Event polled = pollEvent(*message, true);
                polled.transaction = m_transaction;
                m_journal.note(polled);
                next = message->offset() + 1;
            }
            isSent = send();
        }
        const bool wantsCommit = isSent && m_random() % 5 != 0;
        const bool isDone = wantsCommit && (next < 0 || moveTo(next)) && end(true);
        if (isDone) {
            return true;
        }
        return end(false) && goToCommitted();
    }

private:
    [[nodiscard]] std::string group() const { return m_options.worker + "-position"; }
    [[nodiscard]] std::int32_t ownPartition() const {
        return static_cast<std::int32_t>(m_options.worker.back()) % kPartitions;
    }
    void note(checker::Deed deed, bool flag = false) {
        checker::Event event = eventOf(deed);
        event.transaction = m_transaction;
        event.flag = flag;
        m_journal.note(event);
    }
    /// Repeats what may be repeated; false for what may not.
    template <class Call>
    bool retried(Call call) {
        while (!isToStop || m_isEnding) {
            const Problem problem = call();
            if (!problem) {
                return true;
            }
            m_needsAbort = problem->txn_requires_abort();
            if (!problem->is_retriable() && problem->code() != RdKafka::ERR__TIMED_OUT) {
                return false;
            }
        }
        return false;
    }
    bool send() {
        checker::Event event;
        event.deed = checker::Deed::kSend;
        event.place = {kTransactionTopic, static_cast<std::int32_t>(m_random() % kPartitions)};
        event.value = m_journal.nextValue();
        event.transaction = m_transaction;
        m_journal.note(event);
        std::string value = "moved";
        const auto code =
            m_producer->produce(kTransactionTopic, event.place.partition, RdKafka::Producer::RK_MSG_COPY, value.data(),
                                value.size(), event.value.data(), event.value.size(), 0, nullptr);
        m_producer->poll(0);
        return code == RdKafka::ERR_NO_ERROR;
    }
    bool moveTo(std::int64_t next) {
        checker::Event event;
        event.deed = checker::Deed::kCommit;
        event.group = group();
        event.place = {kPlainTopic, ownPartition()};
        event.offset = next;
        event.transaction = m_transaction;
        m_journal.note(event);
        const std::unique_ptr<RdKafka::TopicPartition> where(
            RdKafka::TopicPartition::create(kPlainTopic, ownPartition(), next));
        const std::unique_ptr<RdKafka::ConsumerGroupMetadata> metadata(m_consumer->groupMetadata());
        const bool isTaken = retried([&] {
            return Problem(m_producer->send_offsets_to_transaction({where.get()}, metadata.get(), kTimeoutMs));
        });
        if (isTaken) {
            event.deed = checker::Deed::kCommitted;
            m_journal.note(event);
        }
        return isTaken;
    }
    /// What has been asked to end is ended, whoever wants to stop.
    bool end(bool isCommit) {
        m_isEnding = true;
        note(checker::Deed::kEnd, isCommit);
        const bool isEnded = retried([this, isCommit] {
            return Problem(isCommit ? m_producer->commit_transaction(kTimeoutMs)
                                    : m_producer->abort_transaction(kTimeoutMs));
        });
        if (isEnded) {
            note(checker::Deed::kEnded, isCommit);
        }
        m_isEnding = false;
        return isEnded;
    }
    bool goToCommitted() {
        const std::unique_ptr<RdKafka::TopicPartition> where(
            RdKafka::TopicPartition::create(kPlainTopic, ownPartition()));
        std::vector<RdKafka::TopicPartition*> offsets{where.get()};
        const std::int64_t asked = monotonicNow();
        while (m_consumer->committed(offsets, kTimeoutMs) != RdKafka::ERR_NO_ERROR ||
               where->err() != RdKafka::ERR_NO_ERROR) {
            if (isToStop) {
                return true;
            }
        }
        checker::Event event;
        event.deed = checker::Deed::kFetched;
        event.group = group();
        event.place = {kPlainTopic, ownPartition()};
        event.offset = where->offset() < 0 ? -1 : where->offset();
        event.asked = asked;
        m_journal.note(event);
        event.deed = checker::Deed::kAssign;
        m_journal.note(event);
        if (where->offset() < 0) {
            where->set_offset(0);
        }
        return m_consumer->assign({where.get()}) == RdKafka::ERR_NO_ERROR;
    }

    const WorkerOptions& m_options;
    Journal& m_journal;
    Deliveries m_deliveries;
    std::minstd_rand& m_random;
    const std::string m_incarnation;
    std::unique_ptr<RdKafka::Producer> m_producer;
    std::unique_ptr<RdKafka::KafkaConsumer> m_consumer;
    std::string m_transaction;
    int m_count = 0;
    bool m_needsAbort = false;
    bool m_isEnding = false;
};

}  // namespace

int runTransactor(const WorkerOptions& options) {
    std::minstd_rand random(options.seed);
    for (int incarnation = 0; !isToStop; ++incarnation) {
        // A process of the history sends in order; a new producer of it is a new one to the history too.
        Journal journal(options.journal, options.name + "." + std::to_string(incarnation));
        Transactor transactor(options, journal, random, journal.process());
        if (transactor.begin()) {
            while (!isToStop && transactor.runOne()) {
            }
        }
    }
    return 0;
}

}  // namespace weir::nemesis
