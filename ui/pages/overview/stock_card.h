// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/backend/backend.h"
#include "ui/widgets/card.h"

class QLabel;
class QPushButton;

namespace weir::ui {

class Sparkline;
class StateChip;

/// Live data with one click: the stock market feed (or the first feed there is), whether it runs and how fast.
class StockCard : public Card {
    Q_OBJECT

public:
    explicit StockCard(Backend& backend, QWidget* parent = nullptr);
    void showState();
    void start();

Q_SIGNALS:
    void feedsRequested();
    void topicRequested(const QString& topic);
    void failed(const QString& sentence);

private:
    Backend& m_backend;
    FeedDescription m_feed;
    StateChip* m_chip;
    QLabel* m_summary;
    QLabel* m_rate;
    Sparkline* m_spark;
    QPushButton* m_button;
    QPushButton* m_watch;
    bool m_waiting = false;
};

}  // namespace weir::ui
