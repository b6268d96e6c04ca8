// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/overview/stock_card.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/widgets/buttons.h"
#include "ui/widgets/forbid.h"
#include "ui/widgets/format.h"
#include "ui/widgets/tiles.h"

namespace weir::ui {
namespace {

FeedDescription firstFeed(const std::vector<FeedDescription>& feeds) {
    const auto stocks =
        std::find_if(feeds.begin(), feeds.end(), [](const auto& feed) { return feed.id == QLatin1String("stocks"); });
    return stocks != feeds.end() ? *stocks : feeds.empty() ? FeedDescription() : feeds.front();
}

}  // namespace

StockCard::StockCard(Backend& backend, QWidget* parent)
    : Card(firstFeed(backend.feeds().all()).title, parent),
      m_backend(backend),
      m_feed(firstFeed(backend.feeds().all())) {
    m_chip = new StateChip(this);
    head()->addWidget(m_chip);
    auto* middle = new QHBoxLayout;
    middle->setSpacing(12);
    m_rate = makeLabel(QString(), FontRole::kFigure, Tint::kText, this);
    m_spark = new Sparkline(Tint::kIn, this);
    m_spark->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_spark->setFixedHeight(Theme::of().px(28));
    middle->addWidget(m_rate);
    middle->addWidget(m_spark, 1);
    m_summary = makeLabel(m_feed.summary, FontRole::kBody, Tint::kTextSecondary, this);
    m_summary->setWordWrap(true);
    body()->addWidget(m_summary);
    body()->addLayout(middle);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(Theme::kGap);
    m_button = makeButton(QString(), ButtonKind::kPrimary, QString(), this);
    forbid(m_button, QString::fromStdString(backend.facts().capabilities.whyNot(Feature::kFeeds)));
    m_watch = makeButton(tr("Watch"), ButtonKind::kOrdinary, QStringLiteral("eye"), this);
    m_watch->setToolTip(tr("The records of %1, as they come").arg(m_feed.topics.value(0)));
    auto* all = makeButton(tr("All feeds"), ButtonKind::kQuiet, QString(), this);
    buttons->addWidget(m_button);
    buttons->addWidget(m_watch);
    buttons->addStretch(1);
    buttons->addWidget(all);
    body()->addLayout(buttons);
    connect(m_button, &QPushButton::clicked, this, [this] {
        if (m_backend.feeds().isRunning(m_feed.id)) {
            m_backend.feeds().stop(m_feed.id);
        } else {
            start();
        }
    });
    connect(m_watch, &QPushButton::clicked, this, [this] { Q_EMIT topicRequested(m_feed.topics.value(0)); });
    connect(all, &QPushButton::clicked, this, &StockCard::feedsRequested);
    connect(&backend.feeds(), &Feeds::changed, this, &StockCard::showState);
    setVisible(!m_feed.id.isEmpty());
    showState();
}

void StockCard::start() {
    if (m_feed.id.isEmpty() || m_waiting || m_backend.feeds().isRunning(m_feed.id)) {
        return;
    }
    m_waiting = true;
    FeedOptions options;
    options.rate = m_feed.defaultRate;
    m_backend.feeds().start(m_feed.id, options, this, [this](const ClusterResult<JobId>& answer) {
        m_waiting = false;
        if (!answer.ok()) {
            Q_EMIT failed(QString::fromStdString(answer.error().message));
        }
        showState();
    });
    showState();
}

void StockCard::showState() {
    const bool running = m_backend.feeds().isRunning(m_feed.id);
    m_chip->setState(running ? tr("Running") : tr("Off"), running ? Tint::kOk : Tint::kTextSecondary);
    double rate = 0;
    std::vector<double> history;
    for (const QString& topic : m_feed.topics) {
        rate += m_backend.live().topicRate(topic).recordsIn;
        const std::vector<double> spark = m_backend.live().topicSpark(topic);
        history.resize(std::max(history.size(), spark.size()));
        for (std::size_t i = 0; i < spark.size(); ++i) {
            history[history.size() - spark.size() + i] += spark[i];
        }
    }
    m_summary->setVisible(!running);
    m_rate->setVisible(running);
    m_spark->setVisible(running);
    m_rate->setText(formatRate(rate));
    m_spark->setValues(std::move(history));
    const QString title = m_feed.title.toLower();
    m_button->setText(running ? tr("Stop") : m_waiting ? tr("Starting…") : tr("Start %1 feed").arg(title));
    m_button->setAccessibleName(running ? tr("Stop %1 feed").arg(title) : m_button->text());
    m_button->setProperty("weirKind", running ? QByteArray() : QByteArray("primary"));
    m_button->setIcon(running ? Theme::of().icon(QStringLiteral("stop"))
                              : Theme::of().icon(QStringLiteral("play"), Tint::kOnAccent));
    m_button->setEnabled(!m_waiting);
    m_button->setToolTip(m_waiting ? tr("Waiting for the cluster.") : QString());
    m_watch->setVisible(running);
}

}  // namespace weir::ui
