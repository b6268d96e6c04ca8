// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <librdkafka/rdkafkacpp.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>

#include "tests/faults/nemesis/journal.h"
#include "tests/faults/rdkafka_conf.h"

/// The clients of a nemesis run. Each is a process of its own around librdkafka, which is ended by SIGTERM and may be
/// killed at any moment.
namespace weir::nemesis {

inline constexpr const char* kPlainTopic = "plain";
inline constexpr const char* kTransactionTopic = "moved";
inline constexpr std::int32_t kPartitions = 3;

struct WorkerOptions {
    std::string bootstrap;
    /// The process's name in the history: the worker's and how often it was started.
    std::string name;
    /// The worker's name, the same after each start: its transactional id, its group.
    std::string worker;
    std::string journal;
    unsigned seed = 1;
};

/// Set by SIGTERM.
extern std::atomic<bool> isToStop;

/// Numbered records into random partitions, idempotent and without end. 0, or 1 when the client gave up for good.
int runProducer(const WorkerOptions& options);
/// Transactions over several partitions, some of which move records and carry their position along.
int runTransactor(const WorkerOptions& options);
/// Reads: as one of a group that shares partitions and commits, or from places of its own choice.
int runReader(const WorkerOptions& options);
/// Reads every partition from its start to its end, committed and uncommitted, into the journal. False when the two
/// ends do not meet within a minute: a transaction has stayed open.
bool readEverything(const WorkerOptions& options);

using test::makeConf;
/// `config`, and what all readers have.
std::unique_ptr<RdKafka::KafkaConsumer> makeConsumer(const std::string& bootstrap,
                                                     std::map<std::string, std::string> config,
                                                     RdKafka::RebalanceCb* rebalance = nullptr);
/// For the history; what is not named here is filled in by who has it.
checker::Event eventOf(checker::Deed deed, checker::Place place = {});
/// "Poll" for the history.
checker::Event pollEvent(const RdKafka::Message& message, bool isCommitted);

/// Notes what became of each record that was produced with its value as key.
class Deliveries : public RdKafka::DeliveryReportCb {
public:
    explicit Deliveries(Journal& journal) : m_journal(journal) {}
    void dr_cb(RdKafka::Message& message) override;

private:
    Journal& m_journal;
};

}  // namespace weir::nemesis
