// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <memory>

#include "app/bridge/record_session.h"
#include "app/bridge/workshop.h"
#include "ui/backend/records.h"

namespace weir::app {

/// A RecordSession as the window sees it: asked on a strand, answered by signals, the newest question first.
class RecordFeedBridge final : public ui::RecordFeed {
    Q_OBJECT

public:
    explicit RecordFeedBridge(Workshop& workshop);
    ~RecordFeedBridge() override;

    void open(const ui::RecordQuery& query) override;
    void stop() override;
    void setPaused(bool paused) override;
    void goOn() override;
    void showNewer() override;
    [[nodiscard]] qint64 rowCount() const override { return m_rowCount; }
    void request(qint64 firstRow, int count) override;
    void locate(const ui::StartAt& where) override;
    [[nodiscard]] ui::ScanProgress progress() const override { return m_progress; }

private:
    struct Open;

    void onOpened(const std::shared_ptr<Open>& open, const ClusterResult<std::int64_t>& row);
    void startScan(const std::shared_ptr<Open>& open);
    void refresh();
    void update();

    Workshop& m_workshop;
    Strand m_strand;
    /// What is open now; replaced by open(), so late answers of an older one are told by comparing.
    std::shared_ptr<Open> m_open;
    QTimer m_timer;
    qint64 m_rowCount = 0;
    qint64 m_knownRows = 0;
    ui::ScanProgress m_progress;
    QString m_lastFailure;
    bool m_isPaused = false;
    bool m_isRefreshing = false;
};

}  // namespace weir::app
