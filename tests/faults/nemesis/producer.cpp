// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>

#include "tests/faults/nemesis/workers.h"

namespace weir::nemesis {

namespace {

/// Bursts and rests, some two thousand a second: the faults are what is tested, and all of it is judged at the end.
constexpr int kBurst = 20;
constexpr int kRestMs = 8;
constexpr int kFlushMs = 60'000;

}  // namespace

int runProducer(const WorkerOptions& options) {
    Journal journal(options.journal, options.name);
    Deliveries deliveries(journal);
    std::minstd_rand random(options.seed);
    const auto conf = makeConf(options.bootstrap, {{"enable.idempotence", "true"},
                                                   {"linger.ms", "1"},
                                                   {"retry.backoff.ms", "20"},
                                                   {"message.timeout.ms", "300000"},
                                                   {"queue.buffering.max.messages", "2000"}});
    std::string error;
    conf->set("dr_cb", static_cast<RdKafka::DeliveryReportCb*>(&deliveries), error);
    const std::unique_ptr<RdKafka::Producer> producer(RdKafka::Producer::create(conf.get(), error));
    const std::string filling(100, 'x');
    for (int sent = 0; !isToStop;) {
        checker::Event send;
        send.deed = checker::Deed::kSend;
        send.place = {kPlainTopic, static_cast<std::int32_t>(random() % kPartitions)};
        send.value = journal.nextValue();
        journal.note(send);
        RdKafka::ErrorCode code = RdKafka::ERR__QUEUE_FULL;
        while (code == RdKafka::ERR__QUEUE_FULL && !isToStop) {
            code = producer->produce(kPlainTopic, send.place.partition, RdKafka::Producer::RK_MSG_COPY,
                                     const_cast<char*>(filling.data()), 20 + random() % 80, send.value.data(),
                                     send.value.size(), 0, nullptr);
            producer->poll(code == RdKafka::ERR__QUEUE_FULL ? 50 : 0);
        }
        if (code != RdKafka::ERR_NO_ERROR) {
            // It never left this process.
            send.deed = checker::Deed::kRefuse;
            journal.note(send);
        }
        if (code == RdKafka::ERR__FATAL) {
            break;
        }
        if (++sent % kBurst == 0) {
            producer->poll(kRestMs);
        }
    }
    producer->flush(kFlushMs);
    std::string why;
    if (const auto code = producer->fatal_error(why); code != RdKafka::ERR_NO_ERROR) {
        std::printf("%s: %s\n", options.name.c_str(), why.c_str());
        return 1;
    }
    return 0;
}

}  // namespace weir::nemesis
