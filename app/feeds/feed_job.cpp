// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/feeds/feed_job.h"

#include <algorithm>
#include <chrono>

#include "app/jobs/pacer.h"

namespace weir::app {

FeedJob::FeedJob(Cluster& cluster, const Clock& clock, const FeedInfo& info, const FeedOptions& options)
    : m_cluster(cluster), m_clock(clock), m_info(info), m_options(options), m_rate(options.rate) {}

ClusterResult<void> FeedJob::prepare() {
    for (const FeedTopic& topic : m_info.topics) {
        NewTopic request;
        request.name = topic.name;
        request.partitions = topic.partitions;
        auto created = m_cluster.createTopic(request);
        if (!created && created.error().code != ClusterErrc::kAlreadyExists) {
            return created;
        }
    }
    return {};
}

bool FeedJob::send(FeedBatch& batch, JobControl& control) {
    for (std::size_t i = 0; i < batch.topics(); ++i) {
        const auto& records = batch.take(i);
        if (records.empty()) {
            continue;
        }
        const auto count = static_cast<std::int64_t>(records.size());
        const auto sent = m_cluster.produce(m_info.topics[i].name, records, {Compression::kNone, Acks::kLeader});
        if (!sent) {
            control.addErrors(count);
            control.setMessage(sent.error().message);
            return false;
        }
        control.addDone(count);
    }
    return true;
}

void FeedJob::run(JobControl& control) {
    const auto source = makeFeed(m_info.id, m_options);
    FeedBatch batch(m_info.topics.size());
    double rate = m_rate;
    Pacer pacer(rate, m_clock.steadyNow());
    Timestamp last(m_clock.wallNowMs());
    bool isBroken = false;
    while (control.mayGoOn()) {
        const auto now = m_clock.steadyNow();
        const Timestamp wall(m_clock.wallNowMs());
        if (rate != m_rate) {
            rate = m_rate;
            pacer.setRate(rate, now);
            source->setRate(rate);
        }
        const std::int64_t due = pacer.take(now);
        if (due > 0) {
            batch.clear();
            source->generate(due, std::min(last, wall - 1), wall, batch);
            const bool isSent = send(batch, control);
            if (isSent && isBroken) {
                control.setMessage({});
            }
            isBroken = !isSent;
            if (isBroken && !control.waitFor(std::chrono::seconds(1))) {
                break;
            }
        }
        last = wall;
        const auto wait =
            std::min<std::chrono::microseconds>(pacer.untilNext(m_clock.steadyNow()), std::chrono::milliseconds(200));
        if (!control.waitFor(wait)) {
            break;
        }
    }
}

}  // namespace weir::app
