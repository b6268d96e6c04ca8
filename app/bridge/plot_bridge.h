// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <atomic>

#include "app/bridge/workshop.h"
#include "app/plot/plot_reader.h"
#include "ui/backend/plots.h"

namespace weir::app {

/// One live plot: asks a PlotReader every 250 ms on a worker, sooner while it is behind.
class PlotStreamBridge final : public ui::PlotStream {
    Q_OBJECT

public:
    explicit PlotStreamBridge(Workshop& workshop);
    void open(const ui::PlotQuery& query) override;
    void setPaused(bool paused) override;

private:
    /// Touched by the strand only.
    struct Inside {
        std::optional<PlotReader> reader;
    };
    void poll();
    void answer(std::uint64_t generation, const std::shared_ptr<ClusterResult<PlotReader::Update>>& result);

    Workshop& m_workshop;
    Strand m_strand;
    std::shared_ptr<Inside> m_inside;
    QTimer m_timer;
    std::uint64_t m_generation = 0;
    qsizetype m_keyCount = 0;
    QString m_lastError;
    bool m_isAsking = false;
    bool m_isPaused = false;
};

class PlotBridge final : public ui::Plots {
public:
    explicit PlotBridge(Workshop& workshop) : m_workshop(workshop) {}
    std::unique_ptr<ui::PlotStream> makeStream() override { return std::make_unique<PlotStreamBridge>(m_workshop); }
    void numericFields(const QString& topic, QObject* context, ui::Callback<QStringList> done) override;

private:
    Workshop& m_workshop;
};

}  // namespace weir::app
