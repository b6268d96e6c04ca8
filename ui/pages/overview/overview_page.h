// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include "ui/widgets/page.h"

class QScrollArea;

namespace weir::ui {

class Card;
class ConnectCard;
class HistoryChart;
class MiniList;
class StatTile;
class StockCard;

/// Is it alive, what flows, who falls behind, and how to connect. The first thing that a person sees.
class OverviewPage : public Page {
    Q_OBJECT

public:
    explicit OverviewPage(Backend& backend, QWidget* parent = nullptr);
    void refresh() override;

protected:
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    enum List { kProblems, kTopics, kGroups, kClients, kLists };

    /// What the tiles' lines showed before the page was opened.
    void loadHistory();
    /// How many rows each list may show so that the page stands on the screen without scrolling.
    void shareRoom();
    void buildTiles(QVBoxLayout* column);
    void buildLeft(QVBoxLayout* column);
    void buildRight(QVBoxLayout* column);
    Card* listCard(const QString& title, const QString& whenEmpty, PageKind all, MiniList** list);
    void buildFirstSteps();
    void showState();
    void showTiles(const Snapshot& snapshot);
    void showTopics(const Snapshot& snapshot);
    void showGroups(const Snapshot& snapshot);
    void showClients(const Snapshot& snapshot);
    void showProblems(const Snapshot& snapshot);
    void goTo(PageKind kind, const QString& subject = {});

    QScrollArea* m_area = nullptr;
    QVBoxLayout* m_right = nullptr;
    std::array<std::size_t, kLists> m_wanted{};
    std::array<std::size_t, kLists> m_room{};
    bool m_hasHistory = false;
    ConnectCard* m_connect = nullptr;
    StockCard* m_stocks = nullptr;
    HistoryChart* m_chart = nullptr;
    StatTile* m_in = nullptr;
    StatTile* m_out = nullptr;
    StatTile* m_topicTile = nullptr;
    StatTile* m_groupTile = nullptr;
    StatTile* m_clientTile = nullptr;
    StatTile* m_disk = nullptr;
    Card* m_problemCard = nullptr;
    Card* m_topicCard = nullptr;
    Card* m_groupCard = nullptr;
    Card* m_clientCard = nullptr;
    Card* m_firstSteps = nullptr;
    MiniList* m_problems = nullptr;
    MiniList* m_topics = nullptr;
    MiniList* m_groups = nullptr;
    MiniList* m_clients = nullptr;
    /// One value a second of the rates in the tiles.
    std::vector<double> m_inHistory;
    std::vector<double> m_outHistory;
    Timestamp m_lastTick = kNoTimestamp;
};

}  // namespace weir::ui
