// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/feeds/feeds_page.h"

#include <QGridLayout>
#include <QScrollArea>
#include <algorithm>

#include "ui/pages/feeds/feed_card.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/format.h"

namespace weir::ui {

FeedsPage::FeedsPage(Backend& backend, QWidget* parent) : Page(backend, QStringLiteral("feeds"), parent) {
    setTitle(tr("Feeds"));
    auto* area = new QScrollArea(this);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setAccessibleName(tr("Feeds"));
    auto* inside = new QWidget(area);
    auto* grid = new QGridLayout(inside);
    grid->setContentsMargins(Theme::kPageMargin, 0, Theme::kPageMargin, Theme::kPageMargin);
    grid->setSpacing(Theme::kGroupGap);
    for (const FeedDescription& feed : backend.feeds().all()) {
        const int n = static_cast<int>(m_cards.size());
        m_cards.push_back(makeCard(feed));
        grid->addWidget(m_cards.back(), n / 2, n % 2);
    }
    grid->setColumnStretch(0, 1);
    grid->setColumnStretch(1, 1);
    grid->setRowStretch(grid->rowCount(), 1);
    area->setWidget(inside);
    setContent(area);
    setEmptyState(new EmptyState(QStringLiteral("feeds"), tr("This cluster has no feeds."), this));
    if (m_cards.empty()) {
        showEmpty();
    }
    connect(&backend.feeds(), &Feeds::changed, this, &FeedsPage::showState);
    connect(&backend.live(), &LiveFeed::changed, this, &FeedsPage::showState);
    showState();
}

FeedCard* FeedsPage::makeCard(const FeedDescription& feed) {
    auto* card = new FeedCard(feed, this);
    card->setForbidden(forbidden(Feature::kFeeds));
    connect(card, &FeedCard::startRequested, this, [this, card] { start(card); });
    connect(card, &FeedCard::stopRequested, this, [this, id = feed.id] { backend().feeds().stop(id); });
    connect(card, &FeedCard::rateRequested, this,
            [this, id = feed.id](double rate) { backend().feeds().setRate(id, rate); });
    connect(card, &FeedCard::topicRequested, this, [this](const QString& topic) {
        if (backend().live().current()->findTopic(topic.toStdString()) == nullptr) {
            say(tr("%1 does not exist yet: start the feed first.").arg(topic));
            return;
        }
        openTopic(topic, QStringLiteral("messages"));
    });
    connect(card, &FeedCard::plotRequested, this, [this, topics = feed.topics] {
        NavigationTarget target;
        target.kind = PageKind::kPlot;
        target.plot = PlotQuery{};
        target.plot->topic = topics.value(0);
        target.plot->kind = PlotKind::kCandles;
        target.plot->valueField = QStringLiteral("price");
        target.plot->volumeField = QStringLiteral("size");
        go(target);
    });
    return card;
}

void FeedsPage::start(FeedCard* card) {
    card->setBusy(true);
    clearProblem();
    backend().feeds().start(card->feed().id, card->options(), card, [this, card](const ClusterResult<JobId>& answer) {
        card->setBusy(false);
        if (!answer.ok()) {
            showProblem(QString::fromStdString(answer.error().message));
        }
        showState();
    });
}

void FeedsPage::showState() {
    Feeds& feeds = backend().feeds();
    LiveFeed& live = backend().live();
    int running = 0;
    double total = 0;
    for (FeedCard* card : m_cards) {
        const FeedDescription& feed = card->feed();
        double rate = 0;
        std::vector<double> history;
        for (const QString& topic : feed.topics) {
            rate += live.topicRate(topic).recordsIn;
            const std::vector<double> spark = live.topicSpark(topic);
            history.resize(std::max(history.size(), spark.size()));
            for (std::size_t i = 0; i < spark.size(); ++i) {
                history[history.size() - spark.size() + i] += spark[i];
            }
        }
        const bool isRunning = feeds.isRunning(feed.id);
        running += isRunning ? 1 : 0;
        total += isRunning ? rate : 0;
        card->setRunning(isRunning, feeds.rateOf(feed.id), rate, std::move(history));
    }
    setFacts(running == 0 ? tr("Live data at the press of a button: realistic, repeatable, keyed")
                          : tr("%1 running · %2").arg(plural(running, tr("feed"), tr("feeds")), formatRate(total)));
}

}  // namespace weir::ui
