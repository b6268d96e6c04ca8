// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/publish/repeat_job.h"

#include <algorithm>

#include "app/jobs/pacer.h"
#include "app/serdes/visible_text.h"

namespace weir::app {

namespace {

/// The spec compiled; fills records in place.
class RecordTemplate {
public:
    static ClusterResult<RecordTemplate> compile(const RepeatSpec& spec) {
        RecordTemplate result(spec);
        if (auto done = add(spec.key, result.m_key, "key"); !done) {
            return fail(ClusterError(done.error()));
        }
        if (auto done = add(spec.value, result.m_value, "value"); !done) {
            return fail(ClusterError(done.error()));
        }
        for (const Header& header : spec.headers) {
            std::optional<TemplateText> text;
            if (header.value && !findInvalidUtf8(asText(*header.value))) {
                auto compiled = add(std::string(asText(*header.value)), text, "header");
                if (!compiled) {
                    return fail(ClusterError(compiled.error()));
                }
            }
            result.m_headers.push_back(std::move(text));
        }
        return result;
    }

    void fill(OutgoingRecord& record, std::int64_t sequence, Timestamp now, Random& random) {
        renderInto(m_key, record.key, sequence, now, random);
        renderInto(m_value, record.value, sequence, now, random);
        record.headers = m_spec->headers;
        for (std::size_t i = 0; i < m_headers.size(); ++i) {
            renderInto(m_headers[i], record.headers[i].value, sequence, now, random);
        }
        record.partition = m_spec->partition;
        record.timestamp = now;
    }

private:
    explicit RecordTemplate(const RepeatSpec& spec) : m_spec(&spec) {}

    static ClusterResult<void> add(const std::optional<std::string>& from, std::optional<TemplateText>& to,
                                   const char* what) {
        if (!from) {
            return {};
        }
        auto compiled = TemplateText::compile(*from);
        if (!compiled) {
            return fail(
                ClusterError{ClusterErrc::kInvalid, 0, std::string("In the ") + what + ": " + compiled.error()});
        }
        to = *std::move(compiled);
        return {};
    }
    void renderInto(std::optional<TemplateText>& from, std::optional<Bytes>& to, std::int64_t sequence, Timestamp now,
                    Random& random) {
        if (!from) {
            return;
        }
        from->render(sequence, now, random, m_text);
        const ByteView bytes = asBytes(m_text);
        if (!to) {
            to.emplace();
        }
        to->assign(bytes.begin(), bytes.end());
    }

    const RepeatSpec* m_spec;
    std::optional<TemplateText> m_key;
    std::optional<TemplateText> m_value;
    std::vector<std::optional<TemplateText>> m_headers;
    std::string m_text;
};

ClusterResult<void> encodeNumbered(const RecordEncoder& encoder, OutgoingRecord& record, std::int64_t sequence) {
    auto done = encoder.encode(record);
    if (!done) {
        ClusterError error(done.error());
        error.message.insert(0, "Record " + std::to_string(sequence) + ": ");
        return fail(std::move(error));
    }
    return done;
}

}  // namespace

ClusterResult<void> repeatPublish(Cluster& cluster, const Clock& clock, Random& random, const RepeatSpec& spec,
                                  JobControl& control) {
    auto compiled = RecordTemplate::compile(spec);
    if (!compiled) {
        return fail(ClusterError(compiled.error()));
    }
    RecordTemplate& record = *compiled;
    auto encoder = RecordEncoder::make(cluster, spec.keySchema, spec.valueSchema);
    if (!encoder) {
        return fail(ClusterError(encoder.error()));
    }
    if (spec.count > 0) {
        control.setTotal(spec.count);
    }
    Pacer pacer(std::clamp(spec.rate, 0.1, 100'000.0), clock.steadyNow());
    std::vector<OutgoingRecord> batch;
    std::int64_t sent = 0;
    bool isFirst = true;
    while (control.mayGoOn()) {
        // The first record goes at once: whoever repeats one in ten seconds wants to see it now.
        std::int64_t due = isFirst ? 1 : pacer.take(clock.steadyNow());
        isFirst = false;
        if (spec.count > 0) {
            due = std::min(due, spec.count - sent);
        }
        if (due > 0) {
            batch.resize(static_cast<std::size_t>(due));
            const Timestamp now(clock.wallNowMs());
            ClusterResult<void> fits;
            for (std::size_t i = 0; i < batch.size() && fits.ok(); ++i) {
                record.fill(batch[i], ++sent, now, random);
                fits = encodeNumbered(*encoder, batch[i], sent);
                if (!fits) {
                    batch.resize(i);
                }
            }
            auto published = cluster.produce(spec.topic, batch, spec.options);
            if (!published) {
                return fail(ClusterError(published.error()));
            }
            control.addDone(static_cast<std::int64_t>(batch.size()));
            if (!fits) {
                return fits;
            }
        }
        if (spec.count > 0 && sent >= spec.count) {
            break;
        }
        const bool wasPaused = control.isPaused();
        if (!control.waitFor(pacer.untilNext(clock.steadyNow()))) {
            break;
        }
        if (wasPaused || control.isPaused()) {
            control.mayGoOn();
            pacer.restart(clock.steadyNow());
        }
    }
    return {};
}

}  // namespace weir::app
