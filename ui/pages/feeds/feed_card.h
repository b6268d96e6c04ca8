// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/backend/feeds.h"

class QCheckBox;
class QLabel;
class QPushButton;
class QVBoxLayout;

namespace weir::ui {

class RateSlider;
class Sparkline;
class StateChip;

/// One feed: what it sends and where, a record of it, how fast, and Start or Stop.
class FeedCard : public QWidget {
    Q_OBJECT

public:
    explicit FeedCard(const FeedDescription& feed, QWidget* parent = nullptr);
    [[nodiscard]] const FeedDescription& feed() const { return m_feed; }
    [[nodiscard]] FeedOptions options() const;
    /// `rate` is what really arrives in the feed's topics now; `history` the last minute of it.
    void setRunning(bool running, double wantedRate, double rate, std::vector<double> history);
    /// Between a click and its answer.
    void setBusy(bool busy);
    /// It cannot be started, because of `whyNot` unless that is empty.
    void setForbidden(const QString& whyNot);

Q_SIGNALS:
    void startRequested();
    void stopRequested();
    void rateRequested(double rate);
    void topicRequested(const QString& topic);
    void plotRequested();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void buildHead(QVBoxLayout* column);
    void buildTopics(QVBoxLayout* column);
    void buildControls(QVBoxLayout* column);

    FeedDescription m_feed;
    bool m_running = false;
    StateChip* m_chip;
    QLabel* m_live;
    Sparkline* m_spark;
    RateSlider* m_rate;
    QCheckBox* m_hotKey;
    QCheckBox* m_poison;
    QPushButton* m_button;
};

}  // namespace weir::ui
