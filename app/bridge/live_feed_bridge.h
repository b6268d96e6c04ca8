// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QTimer>

#include "app/bridge/live_state.h"
#include "app/bridge/workshop.h"
#include "ui/backend/live_feed.h"

namespace weir::app {

/// Asks the cluster for a snapshot every 250 ms on a worker, one question at a time, and shows the newest answer.
class LiveFeedBridge final : public ui::LiveFeed {
    Q_OBJECT

public:
    /// An empty `historyPath` keeps no history.
    LiveFeedBridge(Workshop& workshop, const QString& historyPath);
    ~LiveFeedBridge() override;

    [[nodiscard]] SnapshotPtr current() const override { return m_state->snapshot; }
    [[nodiscard]] ui::Rate totalRate() const override { return m_state->total; }
    [[nodiscard]] ui::Rate topicRate(const QString& topic) const override;
    [[nodiscard]] std::vector<double> topicSpark(const QString& topic) const override;
    [[nodiscard]] std::int64_t groupLag(const QString& group) const override;
    void history(const ui::HistoryQuery& query, QObject* context,
                 ui::Callback<std::vector<ui::HistoryPoint>> done) override;
    [[nodiscard]] QString staleReason() const override { return m_staleReason; }

    /// Now instead of at the next tick: after a change that the person made.
    void refresh();

private:
    /// Touched by the strand only.
    struct Inside {
        LiveStateMaker maker;
        std::unique_ptr<HistoryStore> history;
        int sinceFlush = 0;
    };
    void poll();
    void answer(LiveStatePtr state, const QString& error);
    void announce(bool isNews);

    Workshop& m_workshop;
    Strand m_strand;
    std::shared_ptr<Inside> m_inside;
    LiveStatePtr m_state = std::make_shared<const LiveState>();
    QString m_staleReason;
    qint64 m_staleSince = 0;
    QTimer m_timer;
    bool m_isAsking = false;
    bool m_askAgain = false;
    QElapsedTimer m_sinceAnnounced;
};

}  // namespace weir::app
