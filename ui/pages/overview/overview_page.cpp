// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/overview/overview_page.h"

#include <QAction>
#include <QHBoxLayout>
#include <QScrollArea>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/pages/overview/connect_card.h"
#include "ui/pages/overview/stock_card.h"
#include "ui/widgets/card.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/format.h"
#include "ui/widgets/history_chart.h"
#include "ui/widgets/mini_list.h"
#include "ui/widgets/tiles.h"

namespace weir::ui {
namespace {

constexpr std::size_t kMostListed = 4;
constexpr std::size_t kMostProblems = 3;
constexpr std::size_t kSparkPoints = 60;
const QString kSpanKey = QStringLiteral("overview/span");

void push(std::vector<double>& history, double value) {
    history.push_back(value);
    if (history.size() > kSparkPoints) {
        history.erase(history.begin());
    }
}

}  // namespace

OverviewPage::OverviewPage(Backend& backend, QWidget* parent) : Page(backend, QStringLiteral("overview"), parent) {
    setTitle(tr("Overview"));
    m_area = new QScrollArea(this);
    auto* area = m_area;
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* inside = new QWidget(area);
    auto* rows = new QVBoxLayout(inside);
    rows->setContentsMargins(Theme::kPageMargin, 0, Theme::kPageMargin, Theme::kPageMargin);
    rows->setSpacing(Theme::kGroupGap);
    buildTiles(rows);
    auto* columns = new QHBoxLayout;
    columns->setSpacing(Theme::kGroupGap);
    auto* left = new QVBoxLayout;
    auto* right = new QVBoxLayout;
    left->setSpacing(Theme::kGroupGap);
    right->setSpacing(Theme::kGroupGap);
    columns->addLayout(left, 8);
    columns->addLayout(right, 5);
    rows->addLayout(columns, 1);
    buildLeft(left);
    buildRight(right);
    area->setWidget(inside);
    area->setAccessibleName(tr("Overview"));
    setContent(area);
    connect(&backend.live(), &LiveFeed::changed, this, &OverviewPage::showState);
    showState();
}

void OverviewPage::buildTiles(QVBoxLayout* column) {
    auto* row = new QHBoxLayout;
    row->setSpacing(Theme::kGroupGap);
    const auto tile = [&](const QString& label, Tint tint, PageKind kind) {
        auto* made = new StatTile(label, this);
        made->setTint(tint);
        row->addWidget(made, tint == Tint::kAccent ? 2 : 3);
        if (kind != PageKind::kOverview) {
            made->setClickable(true);
            connect(made, &StatTile::clicked, this, [this, kind] { goTo(kind); });
        }
        return made;
    };
    m_in = tile(tr("In"), Tint::kIn, PageKind::kOverview);
    m_out = tile(tr("Out"), Tint::kOut, PageKind::kOverview);
    m_topicTile = tile(tr("Topics"), Tint::kAccent, PageKind::kTopics);
    m_groupTile = tile(tr("Groups"), Tint::kAccent, PageKind::kGroups);
    m_clientTile = tile(tr("Clients"), Tint::kAccent, PageKind::kClients);
    m_disk = tile(tr("On disk"), Tint::kAccent, PageKind::kSettings);
    column->addLayout(row);
}

void OverviewPage::buildLeft(QVBoxLayout* column) {
    m_connect = new ConnectCard(backend().settings(), this);
    column->addWidget(m_connect);
    // Nobody connects to a folder.
    m_connect->setHidden(backend().facts().isFolder);
    auto* card = new Card(tr("Throughput"), this);
    m_chart = new HistoryChart(backend().live(), card);
    m_chart->addSeries(tr("In"), Series::kTotalBytesIn, {}, Tint::kIn);
    m_chart->addSeries(tr("Out"), Series::kTotalBytesOut, {}, Tint::kOut);
    m_chart->setFormat([](double value) { return formatByteRate(value); });
    m_chart->setMinimumHeight(Theme::of().px(120));
    m_chart->setSpan(backend().settings().value(kSpanKey, 1).toInt());
    card->head()->addWidget(m_chart->spans());
    card->body()->addWidget(m_chart, 1);
    column->addWidget(card, 1);
    connect(m_chart, &HistoryChart::spanChosen, this,
            [this](int index) { backend().settings().setValue(kSpanKey, index); });
    connect(m_chart, &HistoryChart::failed, this, &OverviewPage::showProblem);
}

Card* OverviewPage::listCard(const QString& title, const QString& whenEmpty, PageKind all, MiniList** list) {
    auto* card = new Card(title, this);
    card->setFlush();
    *list = new MiniList(title, whenEmpty, card);
    card->body()->addWidget(*list);
    if (all != PageKind::kOverview) {
        auto* button = makeButton(tr("All"), ButtonKind::kQuiet, QString(), card);
        button->setAccessibleName(tr("All: %1").arg(title));
        connect(button, &QPushButton::clicked, this, [this, all] { goTo(all); });
        card->head()->addWidget(button);
    }
    return card;
}

void OverviewPage::buildRight(QVBoxLayout* column) {
    m_right = column;
    m_problemCard = listCard(tr("Problems"), QString(), PageKind::kOverview, &m_problems);
    m_stocks = new StockCard(backend(), this);
    // Made-up trades are for a broker of one's own; the Feeds page starts them anywhere, by choice.
    m_stocks->setHidden(!backend().facts().isEmbedded);
    m_topicCard = listCard(tr("Busiest topics"), tr("Nothing is written at the moment."), PageKind::kTopics, &m_topics);
    m_groupCard =
        listCard(tr("Groups that fall behind"), tr("Every group has caught up."), PageKind::kGroups, &m_groups);
    m_clientCard = listCard(tr("Connected clients"),
                            backend().facts().capabilities.has(Feature::kLiveClients)
                                ? tr("No client is connected.")
                                : tr("Only the broker inside Weir tells who is connected."),
                            PageKind::kClients, &m_clients);
    buildFirstSteps();
    for (Card* card :
         {m_problemCard, static_cast<Card*>(m_stocks), m_firstSteps, m_topicCard, m_groupCard, m_clientCard}) {
        column->addWidget(card);
    }
    column->addStretch(1);
    connect(m_stocks, &StockCard::feedsRequested, this, [this] { goTo(PageKind::kFeeds); });
    connect(m_stocks, &StockCard::topicRequested, this,
            [this](const QString& topic) { openTopic(topic, QStringLiteral("messages")); });
    connect(m_stocks, &StockCard::failed, this, &OverviewPage::showProblem);
    connect(m_topics, &MiniList::opened, this, [this](const QString& id) { openTopic(id); });
    connect(m_groups, &MiniList::opened, this, [this](const QString& id) { openGroup(id); });
    connect(m_clients, &MiniList::opened, this, [this](const QString& id) { goTo(PageKind::kClients, id); });
    connect(m_problems, &MiniList::opened, this, [this](const QString& id) {
        if (backend().live().current()->findTopic(id.toStdString()) != nullptr) {
            openTopic(id, QStringLiteral("partitions"));
        } else {
            goTo(PageKind::kSettings);
        }
    });
}

void OverviewPage::buildFirstSteps() {
    m_firstSteps = new Card(tr("First steps"), this);
    const auto step = [this](const QString& icon, const QString& text, const QString& why, auto slot) {
        auto* button = makeButton(text, ButtonKind::kOrdinary, icon, m_firstSteps);
        connect(button, &QPushButton::clicked, this, slot);
        m_firstSteps->body()->addWidget(button, 0, Qt::AlignLeft);
        auto* label = makeLabel(why, FontRole::kSecondary, Tint::kTextSecondary, m_firstSteps);
        label->setWordWrap(true);
        m_firstSteps->body()->addWidget(label);
        m_firstSteps->body()->addSpacing(Theme::kGap);
    };
    step(QStringLiteral("add"), tr("Create a topic"), tr("Where records go, with as many partitions as you like."),
         [this] {
             NavigationTarget target;
             target.kind = PageKind::kTopics;
             target.section = QStringLiteral("create");
             go(target);
         });
    step(QStringLiteral("publish"), tr("Publish a record"), tr("By hand, from a template at a rate, or from a file."),
         [this] { openPublish(QString()); });
    auto* own = makeLabel(tr("Or run the code on the left: topics appear here as soon as a client writes to them."),
                          FontRole::kBody, Tint::kTextSecondary, m_firstSteps);
    own->setWordWrap(true);
    m_firstSteps->body()->addWidget(own);
}

void OverviewPage::showState() {
    const SnapshotPtr snapshot = backend().live().current();
    const ClusterFacts facts = backend().facts();
    setFacts(facts.isEmbedded ? tr("%1 · Weir %2").arg(facts.name, facts.version)
                              : tr("%1 · %2").arg(facts.name, facts.clusterId));
    m_connect->setBootstrap(facts.bootstrap);
    m_connect->setTrouble(backend().live().staleReason());
    m_stocks->showState();
    showTiles(*snapshot);
    const bool isNew = std::none_of(snapshot->topics.begin(), snapshot->topics.end(),
                                    [](const auto& topic) { return !topic->isInternal; });
    m_firstSteps->setVisible(isNew);
    m_topicCard->setVisible(!isNew);
    m_groupCard->setVisible(!isNew || !snapshot->groups.empty());
    m_clientCard->setVisible(!isNew || !snapshot->connections.empty());
    m_problemCard->setVisible(!snapshot->problems.empty());
    // Showing tells how many rows each list could fill, and a change of that shares the room anew.
    for (auto before = m_wanted;; before = m_wanted) {
        shareRoom();
        showProblems(*snapshot);
        showTopics(*snapshot);
        showGroups(*snapshot);
        showClients(*snapshot);
        if (m_wanted == before) {
            break;
        }
    }
}

// One row each first, then one more each in turn, the most urgent list first, while there is room.
void OverviewPage::shareRoom() {
    if (!isVisible()) {
        m_room.fill(kMostListed);
        return;
    }
    const int rowHeight = Theme::of().px(28);
    int left = m_area->viewport()->height() - m_in->sizeHint().height() - Theme::kPageMargin;
    const std::array<std::pair<Card*, MiniList*>, kLists> lists{
        {{m_problemCard, m_problems}, {m_topicCard, m_topics}, {m_groupCard, m_groups}, {m_clientCard, m_clients}}};
    for (Card* card : {static_cast<Card*>(m_stocks), m_firstSteps}) {
        left -= card->isHidden() ? 0 : card->sizeHint().height() + Theme::kGroupGap;
    }
    for (std::size_t i = 0; i < lists.size(); ++i) {
        const auto& [card, list] = lists[i];
        const int chrome = card->sizeHint().height() - list->sizeHint().height();
        left -= card->isHidden() ? 0 : chrome + Theme::kGroupGap + rowHeight + 4;
        m_room[i] = 1;
    }
    for (bool gave = true; gave && left >= rowHeight;) {
        gave = false;
        for (std::size_t i = 0; i < lists.size() && left >= rowHeight; ++i) {
            const std::size_t most = i == kProblems ? kMostProblems : kMostListed;
            if (!lists[i].first->isHidden() && m_room[i] < std::min(most, m_wanted[i])) {
                ++m_room[i];
                left -= rowHeight;
                gave = true;
            }
        }
    }
}

void OverviewPage::resizeEvent(QResizeEvent* event) {
    Page::resizeEvent(event);
    showState();
}

void OverviewPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    showState();
    if (!m_hasHistory) {
        m_hasHistory = true;
        loadHistory();
    }
}

void OverviewPage::loadHistory() {
    HistoryQuery query;
    query.to = nowTimestamp();
    query.from = query.to - static_cast<std::int64_t>(kSparkPoints) * 1000;
    query.maxPoints = static_cast<int>(kSparkPoints);
    for (const auto& [series, values] :
         {std::pair(Series::kTotalBytesIn, &m_inHistory), std::pair(Series::kTotalBytesOut, &m_outHistory)}) {
        query.series = series;
        backend().live().history(
            query, this, [this, query, values = values](const ClusterResult<std::vector<HistoryPoint>>& answer) {
                if (!answer.ok() || answer->empty()) {
                    return;
                }
                // A second without a point was one without a broker: nothing flowed.
                std::vector<double> before(kSparkPoints, 0.0);
                for (const HistoryPoint& point : answer.value()) {
                    const std::int64_t second = (point.at - query.from) / 1000;
                    before[static_cast<std::size_t>(std::clamp<std::int64_t>(
                        second, 0, static_cast<std::int64_t>(kSparkPoints) - 1))] = point.value;
                }
                for (const double value : *values) {
                    push(before, value);
                }
                *values = std::move(before);
                showState();
            });
    }
}

void OverviewPage::showTiles(const Snapshot& snapshot) {
    const Rate rate = backend().live().totalRate();
    if (m_lastTick.value < 0 || snapshot.takenAt - m_lastTick >= 950) {
        push(m_inHistory, rate.bytesIn);
        push(m_outHistory, rate.bytesOut);
        m_lastTick = snapshot.takenAt;
    }
    // What flows is kept second by second: the chart begins a moment after the tiles.
    m_chart->setEmptyText(rate.bytesIn + rate.bytesOut > 0 ? tr("Counting the first seconds…")
                                                           : tr("Nothing has flowed yet."));
    const bool knowsBytes = backend().facts().capabilities.has(Feature::kByteRates);
    m_in->setFigure((knowsBytes ? QString() : QStringLiteral("~")) + formatByteRate(rate.bytesIn));
    m_in->setDetail(tr("%1 records a second").arg(formatCount(static_cast<qint64>(rate.recordsIn + 0.5))));
    m_in->setValues(m_inHistory);
    m_out->setFigure(knowsBytes ? formatByteRate(rate.bytesOut) : QStringLiteral("–"));
    m_out->setDetail(knowsBytes ? tr("%1 in total").arg(formatBytes(snapshot.totals.bytesOut))
                                : tr("This cluster does not tell"));
    m_out->setValues(m_outHistory);
    qint64 topics = 0;
    qint64 partitions = 0;
    for (const auto& topic : snapshot.topics) {
        if (!topic->isInternal) {
            ++topics;
            partitions += static_cast<qint64>(topic->partitions.size());
        }
    }
    m_topicTile->setFigure(formatCount(topics));
    m_topicTile->setDetail(plural(partitions, tr("partition"), tr("partitions")));
    qint64 behind = 0;
    for (const auto& group : snapshot.groups) {
        behind += backend().live().groupLag(QString::fromStdString(group->id)) > 0 ? 1 : 0;
    }
    m_groupTile->setFigure(formatCount(static_cast<qint64>(snapshot.groups.size())));
    m_groupTile->setDetail(behind == 0 ? tr("none behind") : tr("%1 behind").arg(formatCount(behind)));
    const bool knowsClients = backend().facts().capabilities.has(Feature::kLiveClients);
    m_clientTile->setFigure(knowsClients ? formatCount(static_cast<qint64>(snapshot.connections.size()))
                                         : QStringLiteral("–"));
    m_clientTile->setDetail(!knowsClients                 ? tr("This cluster does not tell")
                            : snapshot.totals.errors == 0 ? tr("no errors")
                                                          : plural(snapshot.totals.errors, tr("error"), tr("errors")));
    m_disk->setFigure(formatBytes(snapshot.totals.diskBytes));
    m_disk->setDetail(tr("%1 free").arg(formatBytes(snapshot.totals.diskFreeBytes)));
}

void OverviewPage::showTopics(const Snapshot& snapshot) {
    std::vector<std::pair<double, const TopicSnapshot*>> busiest;
    for (const auto& topic : snapshot.topics) {
        const double rate = backend().live().topicRate(QString::fromStdString(topic->name)).recordsIn;
        if (!topic->isInternal && rate > 0) {
            busiest.emplace_back(rate, topic.get());
        }
    }
    m_wanted[kTopics] = busiest.size();
    const auto count = std::min(m_room[kTopics], busiest.size());
    std::partial_sort(busiest.begin(), busiest.begin() + static_cast<std::ptrdiff_t>(count), busiest.end(),
                      [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<MiniRow> rows;
    for (std::size_t i = 0; i < count; ++i) {
        const auto& [rate, topic] = busiest[i];
        MiniRow row;
        row.id = row.name = QString::fromStdString(topic->name);
        row.detail = tr("%1 records").arg(formatShortCount(static_cast<double>(topic->recordCount())));
        row.value = formatRate(rate);
        row.spark = backend().live().topicSpark(row.name);
        row.tooltip = tr("Open %1").arg(row.name);
        rows.push_back(std::move(row));
    }
    m_topics->setRows(std::move(rows));
}

void OverviewPage::showGroups(const Snapshot& snapshot) {
    std::vector<std::pair<std::int64_t, const GroupSnapshot*>> behind;
    for (const auto& group : snapshot.groups) {
        const std::int64_t lag = backend().live().groupLag(QString::fromStdString(group->id));
        if (lag > 0) {
            behind.emplace_back(lag, group.get());
        }
    }
    std::sort(behind.begin(), behind.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<MiniRow> rows;
    m_wanted[kGroups] = behind.size();
    for (std::size_t i = 0; i < std::min(m_room[kGroups], behind.size()); ++i) {
        const auto& [lag, group] = behind[i];
        MiniRow row;
        row.id = row.name = QString::fromStdString(group->id);
        row.detail = group->members.empty()
                         ? tr("nobody reads")
                         : plural(static_cast<qint64>(group->members.size()), tr("member"), tr("members"));
        row.value = tr("%1 behind").arg(formatCount(lag));
        row.tint = Tint::kWarnText;
        row.tooltip = tr("Open %1").arg(row.name);
        rows.push_back(std::move(row));
    }
    m_groups->setRows(std::move(rows));
}

void OverviewPage::showClients(const Snapshot& snapshot) {
    std::vector<MiniRow> rows;
    m_wanted[kClients] = snapshot.connections.size();
    for (const ConnectionSnapshot& client : snapshot.connections) {
        if (rows.size() == m_room[kClients]) {
            break;
        }
        MiniRow row;
        row.id = QString::number(client.id);
        row.name = QString::fromStdString(client.clientId.empty() ? client.remoteAddress : client.clientId);
        row.detail = QString::fromStdString(client.softwareName + ' ' + client.softwareVersion).trimmed();
        row.value = formatBytes(client.bytesIn + client.bytesOut);
        row.tint = Tint::kTextSecondary;
        row.tooltip = tr("%1, received %2, sent %3")
                          .arg(QString::fromStdString(client.remoteAddress), formatBytes(client.bytesIn),
                               formatBytes(client.bytesOut));
        rows.push_back(std::move(row));
    }
    m_clients->setRows(std::move(rows));
}

void OverviewPage::showProblems(const Snapshot& snapshot) {
    std::vector<MiniRow> rows;
    m_wanted[kProblems] = snapshot.problems.size();
    for (const Problem& problem : snapshot.problems) {
        if (rows.size() == m_room[kProblems]) {
            break;
        }
        MiniRow row;
        row.id = row.name = QString::fromStdString(problem.subject);
        row.detail = QString::fromStdString(problem.message);
        row.value = problem.severity == Problem::Severity::kError     ? tr("Error")
                    : problem.severity == Problem::Severity::kWarning ? tr("Warning")
                                                                      : tr("Note");
        row.tint = problem.severity == Problem::Severity::kError     ? Tint::kBadText
                   : problem.severity == Problem::Severity::kWarning ? Tint::kWarnText
                                                                     : Tint::kTextSecondary;
        row.tooltip = row.detail;
        rows.push_back(std::move(row));
    }
    m_problemCard->setVisible(!snapshot.problems.empty());
    m_problems->setRows(std::move(rows));
}

void OverviewPage::goTo(PageKind kind, const QString& subject) {
    NavigationTarget target;
    target.kind = kind;
    target.subject = subject;
    go(target);
}

void OverviewPage::refresh() {
    m_chart->reload();
    showState();
}

}  // namespace weir::ui
