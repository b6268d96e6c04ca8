// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bridge/plot_bridge.h"

namespace weir::app {

namespace {

constexpr int kPollMs = 250;

PlotSpec specOf(const ui::PlotQuery& from) {
    PlotSpec to;
    to.topic = toStd(from.topic);
    to.isCandles = from.kind == ui::PlotKind::kCandles;
    to.valueField = toStd(from.valueField);
    to.volumeField = toStd(from.volumeField);
    to.keyField = toStd(from.keyField);
    for (const QString& key : from.keys) {
        to.keys.push_back(toStd(key));
    }
    to.candleMs = from.candleMs;
    to.historyMs = from.historyMs;
    return to;
}

std::vector<ui::PlotUpdate> updatesOf(const std::vector<SeriesUpdate>& from) {
    std::vector<ui::PlotUpdate> to;
    for (const SeriesUpdate& series : from) {
        ui::PlotUpdate update;
        update.key = toQt(series.key);
        for (const SeriesPoint& point : series.points) {
            update.points.push_back({point.at, point.value});
        }
        for (const SeriesCandle& candle : series.candles) {
            update.candles.push_back({candle.at, candle.open, candle.high, candle.low, candle.close, candle.volume});
        }
        to.push_back(std::move(update));
    }
    return to;
}

}  // namespace

PlotStreamBridge::PlotStreamBridge(Workshop& workshop)
    : m_workshop(workshop), m_strand(workshop.pool()), m_inside(std::make_shared<Inside>()) {
    m_timer.setInterval(kPollMs);
    connect(&m_timer, &QTimer::timeout, this, &PlotStreamBridge::poll);
}

void PlotStreamBridge::open(const ui::PlotQuery& query) {
    ++m_generation;
    m_keyCount = 0;
    m_lastError.clear();
    m_isAsking = false;
    m_strand.post(
        [this, workshop = &m_workshop, inside = m_inside, spec = specOf(query), guard = Workshop::Guard(this)] {
            inside->reader.reset();
            auto made = PlotReader::make(workshop->cluster(), spec);
            if (made) {
                inside->reader.emplace(*std::move(made));
                return;
            }
            workshop->toGui(guard, [this, sentence = toQt(made.error())] { Q_EMIT failed(sentence); });
        });
    m_timer.start();
    poll();
}

void PlotStreamBridge::setPaused(bool paused) {
    // Nothing is read while paused; afterwards the reader goes on where it stood.
    m_isPaused = paused;
    if (!paused) {
        poll();
    }
}

void PlotStreamBridge::poll() {
    if (m_isAsking || m_isPaused) {
        return;
    }
    m_isAsking = true;
    m_strand.post(
        [this, workshop = &m_workshop, inside = m_inside, generation = m_generation, guard = Workshop::Guard(this)] {
            auto result = std::make_shared<ClusterResult<PlotReader::Update>>(PlotReader::Update{});
            if (inside->reader) {
                *result = inside->reader->poll(workshop->now());
            }
            workshop->toGui(guard, [this, generation, result] { answer(generation, result); });
        });
}

void PlotStreamBridge::answer(std::uint64_t generation,
                              const std::shared_ptr<ClusterResult<PlotReader::Update>>& result) {
    if (generation != m_generation) {
        return;
    }
    m_isAsking = false;
    if (!*result) {
        const QString sentence = toQt(result->error().message);
        // The same trouble every 250 ms is said once.
        if (sentence != m_lastError) {
            m_lastError = sentence;
            Q_EMIT failed(sentence);
        }
        return;
    }
    m_lastError.clear();
    const PlotReader::Update& update = **result;
    QStringList keys;
    for (const std::string& key : update.keys) {
        keys.append(toQt(key));
    }
    // Their order by busyness changes all the time; only a new key is news.
    if (keys.size() != m_keyCount) {
        m_keyCount = keys.size();
        Q_EMIT keysSeen(keys);
    }
    if (!update.series.empty()) {
        Q_EMIT updated(updatesOf(update.series));
    }
    if (update.isBehind) {
        poll();
    }
}

void PlotBridge::numericFields(const QString& topic, QObject* context, ui::Callback<QStringList> done) {
    m_workshop.ask<QStringList>(context, std::move(done),
                                [workshop = &m_workshop, name = toStd(topic)]() -> ClusterResult<QStringList> {
                                    const auto fields = app::numericFields(workshop->cluster(), name);
                                    if (!fields) {
                                        return fail(ClusterError(fields.error()));
                                    }
                                    QStringList paths;
                                    for (const std::string& field : *fields) {
                                        paths.append(toQt(field));
                                    }
                                    return paths;
                                });
}

}  // namespace weir::app
