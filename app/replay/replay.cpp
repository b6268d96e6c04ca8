// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/replay/replay.h"

#include <algorithm>
#include <optional>

#include "app/cluster/schema_reader.h"
#include "app/replay/already_there.h"
#include "app/replay/replay_plan.h"
#include "broker/model/partitioner.h"

namespace weir::app {

namespace {

constexpr std::size_t kBatchRecords = 1000;
constexpr std::size_t kBatchBytes = 512 << 10;
constexpr std::chrono::milliseconds kTick{10};
const char* const kNotMasked = "Some records are left out: what is to be masked in them is no JSON.";

/// What all passes of one run share.
struct Run {
    ReplayEnds ends;
    const Clock& clock;
    const ReplaySpec& spec;
    const ReplayPlan& plan;
    JobControl& control;
    ReplayProgress* progress;
    /// Runs ahead of what is acknowledged; `progress` learns of it when all of it is.
    ReplayCheckpoint& at;
    /// Of a run that goes on, until everything in the target is recognised.
    std::optional<AlreadyThere>& already;
};

/// One pass over a range.
class Pass {
public:
    Pass(Run& run, const std::vector<PartitionSpan>& spans)
        : m_run(run),
          m_spec(run.spec),
          m_clock(run.clock),
          m_control(run.control),
          m_reader(run.ends.from, run.spec.fromTopic, spans, Isolation::kReadCommitted),
          m_schemas(run.ends.from, run.spec.fromTopic),
          m_timing(run.spec.pace, run.spec.factor, run.spec.ratePerSecond, run.clock.steadyNow()),
          m_startWall(run.clock.wallNowMs()) {}

    ClusterResult<void> run() {
        while (m_control.mayGoOn()) {
            const auto item = m_reader.next();
            if (!item) {
                return fail(ClusterError(item.error()));
            }
            if (!*item) {
                return send();
            }
            if (!m_run.plan.matcher.matches(m_schemas.readable((*item)->record), (*item)->partition, m_scratch)) {
                continue;
            }
            OutgoingRecord record;
            if (!make(record, **item)) {
                m_control.addErrors(1);
                m_control.setMessage(kNotMasked);
                passed(**item);
                continue;
            }
            const auto isThere = isAlreadyThere(record, **item);
            if (!isThere) {
                return fail(ClusterError(isThere.error()));
            }
            if (*isThere) {
                continue;
            }
            if (auto ready = waitUntilDue((*item)->record.timestamp); !ready) {
                return ready;
            }
            if (m_control.isStopped()) {
                return {};
            }
            if (auto added = add(std::move(record), **item); !added) {
                return added;
            }
        }
        return {};
    }

private:
    // Records due within one tick go together; before a longer wait what is there is sent.
    ClusterResult<void> waitUntilDue(Timestamp stamp) {
        const auto due = m_timing.dueAt(m_index++, stamp);
        while (!m_control.isStopped()) {
            const auto now = m_clock.steadyNow();
            if (m_control.isPaused()) {
                if (auto sent = send(); !sent) {
                    return sent;
                }
                m_control.mayGoOn();
                const auto pause = m_clock.steadyNow() - now;
                m_timing.shift(pause);
                --m_index;
                return waitUntilDue(stamp);
            }
            if (m_spec.pace == ReplayPace::kAsFastAsPossible || due <= now + kTick / 2) {
                return {};
            }
            if (auto sent = send(); !sent) {
                return sent;
            }
            const auto wait = std::chrono::duration_cast<std::chrono::microseconds>(due - now);
            m_control.waitFor(std::max<std::chrono::microseconds>(wait, kTick));
        }
        return {};
    }

    // The record as it is to be written, but for its timestamp. False: what is to be masked in it cannot be found.
    bool make(OutgoingRecord& record, const OrderedReader::Item& item) {
        copyInto(record, item);
        if (!m_run.plan.masking.apply(record)) {
            return false;
        }
        // Chosen here, so that a run that goes on chooses the same.
        const std::int32_t count = m_run.plan.targetPartitions;
        record.partition = m_spec.keepPartitions && item.partition.value < count ? item.partition
                           : record.key                                          ? partitionForKey(*record.key, count)
                                        : PartitionId(static_cast<std::int32_t>(item.record.offset.value % count));
        return true;
    }

    ClusterResult<bool> isAlreadyThere(const OutgoingRecord& record, const OrderedReader::Item& item) {
        if (!m_run.already) {
            return false;
        }
        const auto behind = m_run.already->find(*record.partition, record, m_run.at.producer);
        if (!behind) {
            return fail(ClusterError(behind.error()));
        }
        if (*behind == kNoOffset) {
            return false;
        }
        passed(item);
        m_run.at.ends[*record.partition] = *behind;
        ++m_found;
        return true;
    }

    void passed(const OrderedReader::Item& item) {
        ReplayCheckpoint::Source& source = m_run.at.sources[item.partition];
        source.next = item.record.offset + 1;
        source.latest = std::max(source.latest, item.record.timestamp.value);
    }

    ClusterResult<void> add(OutgoingRecord record, const OrderedReader::Item& item) {
        passed(item);
        if (m_firstStamp == kNoTimestamp) {
            m_firstStamp = record.timestamp;
        }
        if (m_spec.shiftTimestampsToNow) {
            const auto apart = static_cast<double>(record.timestamp - m_firstStamp) / m_spec.factor;
            record.timestamp = m_spec.pace == ReplayPace::kOriginalTiming
                                   ? Timestamp(m_startWall + static_cast<std::int64_t>(apart))
                                   : Timestamp(m_clock.wallNowMs());
        }
        m_batchBytes += (record.key ? record.key->size() : 0) + (record.value ? record.value->size() : 0);
        m_batch.push_back(std::move(record));
        return m_batch.size() >= kBatchRecords || m_batchBytes >= kBatchBytes ? send() : ClusterResult<void>();
    }

    ClusterResult<void> send() {
        if (!m_batch.empty()) {
            ProduceOptions options;
            options.numbers = &m_run.at.producer;
            const auto sent = m_run.ends.to.produce(m_spec.toTopic, m_batch, options);
            if (!sent) {
                return fail(ClusterError(sent.error()));
            }
            if (auto noted = noteEnds(*sent); !noted) {
                return noted;
            }
        }
        const auto done = static_cast<std::int64_t>(m_batch.size()) + m_found;
        m_control.addDone(done);
        m_run.at.sent += done;
        m_batch.clear();
        m_batchBytes = 0;
        m_found = 0;
        if (m_run.progress != nullptr) {
            m_run.progress->moved(m_run.at);
        }
        return {};
    }

    ClusterResult<void> noteEnds(const std::vector<PublishedRecord>& published) {
        for (const PublishedRecord& one : published) {
            Offset end = one.offset + 1;
            // A repetition that the cluster had already may come back without its place.
            if (one.offset == kNoOffset) {
                const auto now =
                    m_run.ends.to.offsetFor({m_spec.toTopic, one.partition}, {OffsetSpecKind::kLatest, kNoTimestamp});
                if (!now) {
                    return fail(ClusterError(now.error()));
                }
                end = *now;
            }
            Offset& known = m_run.at.ends[one.partition];
            known = std::max(known, end);
        }
        return {};
    }

    Run& m_run;
    const ReplaySpec& m_spec;
    const Clock& m_clock;
    JobControl& m_control;
    OrderedReader m_reader;
    SchemaReader m_schemas;
    Matcher::Scratch m_scratch;
    ReplayTiming m_timing;
    std::int64_t m_startWall;
    std::int64_t m_index = 0;
    Timestamp m_firstStamp = kNoTimestamp;
    std::vector<OutgoingRecord> m_batch;
    std::size_t m_batchBytes = 0;
    /// Recognised in the target since the last batch.
    std::int64_t m_found = 0;
};

// The target as it is before the first record.
ClusterResult<void> makeTarget(ReplayEnds ends, const ReplaySpec& spec, ReplayPlan& plan) {
    NewTopic target;
    target.name = spec.toTopic;
    target.partitions = plan.sourcePartitions;
    if (auto created = ends.to.createTopic(target); !created) {
        return created;
    }
    plan.targetPartitions = plan.sourcePartitions;
    const auto there = ends.to.snapshot();
    if (const TopicSnapshot* const made = there ? (*there)->findTopic(spec.toTopic) : nullptr) {
        plan.to = made->id;
    }
    return {};
}

ClusterResult<ReplayCheckpoint> begin(ReplayEnds ends, const ReplaySpec& spec, ReplayPlan& plan) {
    const bool isNew = plan.targetPartitions == 0;
    if (isNew) {
        if (auto made = makeTarget(ends, spec, plan); !made) {
            return fail(ClusterError(made.error()));
        }
    }
    ReplayCheckpoint at;
    at.from = plan.from;
    at.to = plan.to;
    for (const PartitionSpan& span : plan.whole) {
        at.sources[span.partition] = {span.start, span.start, span.end, -1};
    }
    for (PartitionId p{0}; p.value < plan.targetPartitions; ++p) {
        const auto end = isNew ? ClusterResult<Offset>(Offset(0))
                               : ends.to.offsetFor({spec.toTopic, p}, {OffsetSpecKind::kLatest, kNoTimestamp});
        if (!end) {
            return fail(ClusterError(end.error()));
        }
        at.ends[p] = *end;
    }
    return at;
}

void beginAgain(ReplayCheckpoint& at) {
    for (auto& [partition, source] : at.sources) {
        source.next = source.start;
        source.latest = -1;
    }
}

}  // namespace

ClusterResult<void> runReplay(ReplayEnds ends, const Clock& clock, const ReplaySpec& spec, JobControl& control,
                              ReplayProgress* progress) {
    auto plan = makeReplayPlan(ends, clock, spec);
    if (!plan) {
        return fail(ClusterError(plan.error()));
    }
    ReplayCheckpoint at = spec.resume;
    std::optional<AlreadyThere> already;
    if (at.isEmpty()) {
        auto begun = begin(ends, spec, *plan);
        if (!begun) {
            return fail(ClusterError(begun.error()));
        }
        at = *std::move(begun);
    } else {
        auto found =
            AlreadyThere::look(ends.to, spec.toTopic, at,
                               spec.shiftTimestampsToNow ? AlreadyThere::Times::kDiffer : AlreadyThere::Times::kKept);
        if (!found) {
            return fail(ClusterError(found.error()));
        }
        already = *std::move(found);
    }
    if (progress != nullptr) {
        progress->moved(at);
    }
    if (plan->deleted > 0) {
        control.setMessage(std::to_string(plan->deleted) + " offsets were deleted from " + spec.fromTopic +
                           " before they could be replayed.");
    }
    if (!spec.loop && spec.filter.empty()) {
        control.setTotal(plan->offsets);
    }
    Run run{ends, clock, spec, *plan, control, progress, at, already};
    for (bool isWhole = spec.resume.isEmpty();; isWhole = true) {
        const std::int64_t before = control.done();
        if (auto done = Pass(run, isWhole ? plan->whole : plan->spans).run(); !done) {
            return done;
        }
        // A range in which nothing matches would spin for ever.
        if (!spec.loop || control.isStopped() || (isWhole && control.done() == before)) {
            return {};
        }
        beginAgain(at);
    }
}

}  // namespace weir::app
