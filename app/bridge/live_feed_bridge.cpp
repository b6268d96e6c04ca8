// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bridge/live_feed_bridge.h"

#include <QDateTime>

namespace weir::app {

namespace {

constexpr int kPollMs = 250;
/// Polls between two writes of the history file: about ten seconds.
constexpr int kFlushEvery = 40;

/// Between two announcements while nothing happens.
constexpr qint64 kQuietMs = 950;

bool isBusy(const LiveState& state) {
    return state.total.recordsIn > 0 || state.total.bytesIn > 0 || state.total.bytesOut > 0;
}

// Topics and groups that did not change are shared by both.
bool differs(const Snapshot& a, const Snapshot& b) {
    return a.topics != b.topics || a.groups != b.groups || a.connections.size() != b.connections.size() ||
           a.problems.size() != b.problems.size() || a.totals.errors != b.totals.errors;
}

HistoryKey keyOf(const ui::HistoryQuery& query) {
    // The two enumerations stand in the same order on purpose.
    return {static_cast<HistoryKind>(query.series), toStd(query.subject)};
}
static_assert(static_cast<int>(HistoryKind::kGroupLag) == static_cast<int>(ui::Series::kGroupLag));
static_assert(static_cast<int>(HistoryKind::kTopicRecordsIn) == static_cast<int>(ui::Series::kTopicRecordsIn));

}  // namespace

LiveFeedBridge::LiveFeedBridge(Workshop& workshop, const QString& historyPath)
    : m_workshop(workshop), m_strand(workshop.pool()), m_inside(std::make_shared<Inside>()) {
    m_strand.post([inside = m_inside, path = toStd(historyPath)] {
        if (path.empty()) {
            return;
        }
        if (auto store = HistoryStore::open(path)) {
            inside->history = *std::move(store);
        }
    });
    m_timer.setInterval(kPollMs);
    connect(&m_timer, &QTimer::timeout, this, &LiveFeedBridge::poll);
    m_timer.start();
    poll();
}

LiveFeedBridge::~LiveFeedBridge() = default;

void LiveFeedBridge::refresh() {
    m_askAgain = m_isAsking;
    poll();
}

void LiveFeedBridge::poll() {
    if (m_isAsking) {
        return;
    }
    m_isAsking = true;
    m_strand.post([this, workshop = &m_workshop, inside = m_inside, guard = Workshop::Guard(this)] {
        auto snapshot = workshop->cluster().snapshot();
        if (!snapshot) {
            const QString error = toQt(snapshot.error().message);
            workshop->toGui(guard, [this, error] { answer(nullptr, error); });
            return;
        }
        const Timestamp at = (*snapshot)->takenAt;
        LiveStatePtr state = inside->maker.add(*std::move(snapshot));
        workshop->toGui(guard, [this, state] { answer(state, {}); });
        if (inside->history == nullptr) {
            return;
        }
        if (const auto samples = inside->maker.takeSamples(); !samples.empty()) {
            inside->history->record(at, samples);
        }
        if (++inside->sinceFlush >= kFlushEvery) {
            inside->sinceFlush = 0;
            inside->history->flush();
        }
    });
}

void LiveFeedBridge::answer(LiveStatePtr state, const QString& error) {
    m_isAsking = false;
    const bool isNews = state == nullptr || !m_staleReason.isEmpty() || m_askAgain || isBusy(*state) ||
                        isBusy(*m_state) || differs(*state->snapshot, *m_state->snapshot);
    if (state != nullptr) {
        m_state = std::move(state);
        m_staleReason.clear();
        m_staleSince = 0;
    } else {
        if (m_staleSince == 0) {
            m_staleSince = QDateTime::currentMSecsSinceEpoch();
        }
        m_staleReason =
            tr("No answer since %1: %2")
                .arg(QDateTime::fromMSecsSinceEpoch(m_staleSince).toString(QStringLiteral("hh:mm:ss")), error);
    }
    announce(isNews);
    if (m_askAgain) {
        m_askAgain = false;
        poll();
    }
}

// Where nothing moves, only the words for times do, and once a second is enough for them: an idle window costs nothing.
void LiveFeedBridge::announce(bool isNews) {
    if (isNews || !m_sinceAnnounced.isValid() || m_sinceAnnounced.elapsed() >= kQuietMs) {
        m_sinceAnnounced.start();
        Q_EMIT changed();
    }
}

ui::Rate LiveFeedBridge::topicRate(const QString& topic) const {
    const auto found = m_state->topicRates.find(toStd(topic));
    return found == m_state->topicRates.end() ? ui::Rate{} : found->second;
}

std::vector<double> LiveFeedBridge::topicSpark(const QString& topic) const {
    const auto found = m_state->sparks.find(toStd(topic));
    return found == m_state->sparks.end() ? std::vector<double>{} : found->second;
}

std::int64_t LiveFeedBridge::groupLag(const QString& group) const {
    const auto found = m_state->groupLags.find(toStd(group));
    return found == m_state->groupLags.end() ? -1 : found->second;
}

void LiveFeedBridge::history(const ui::HistoryQuery& query, QObject* context,
                             ui::Callback<std::vector<ui::HistoryPoint>> done) {
    m_strand.post(
        [workshop = &m_workshop, inside = m_inside, query, guard = Workshop::Guard(context), done = std::move(done)] {
            std::vector<ui::HistoryPoint> points;
            if (inside->history != nullptr) {
                for (const HistoryValue& value :
                     inside->history->query(keyOf(query), query.from, query.to, query.maxPoints, workshop->now())) {
                    points.push_back({value.at, value.value});
                }
            }
            workshop->toGui(guard, [done, points = std::move(points)] { done(points); });
        });
}

}  // namespace weir::app
