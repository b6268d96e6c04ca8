// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/feeds/feed_card.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QPainter>
#include <QVBoxLayout>

#include "ui/widgets/buttons.h"
#include "ui/widgets/forbid.h"
#include "ui/widgets/format.h"
#include "ui/widgets/rate_slider.h"
#include "ui/widgets/tiles.h"

namespace weir::ui {

namespace {

constexpr double kSlowest = 10;
/// What a ticked box means; the finer shares are for feed definitions in files.
constexpr double kHotShare = 0.5;
constexpr double kPoisonShare = 0.01;

QString iconOf(const QString& feed) {
    if (feed == QLatin1String("stocks")) {
        return QStringLiteral("stocks");
    }
    if (feed == QLatin1String("orders")) {
        return QStringLiteral("cart");
    }
    if (feed == QLatin1String("iot")) {
        return QStringLiteral("sensor");
    }
    return QStringLiteral("click");
}

}  // namespace

FeedCard::FeedCard(const FeedDescription& feed, QWidget* parent) : QWidget(parent), m_feed(feed) {
    setAccessibleName(feed.title);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(12);
    buildHead(column);
    auto* sample = makeLabel(feed.sample, FontRole::kMono, Tint::kTextSecondary, this);
    sample->setTextInteractionFlags(Qt::TextSelectableByMouse);
    sample->setAccessibleName(tr("A record of %1").arg(feed.title));
    sample->setWordWrap(true);
    column->addWidget(sample);
    buildTopics(column);
    column->addStretch(1);
    column->addWidget(makeHairline(Qt::Horizontal, this));
    buildControls(column);
}

void FeedCard::buildHead(QVBoxLayout* column) {
    auto* head = new QHBoxLayout;
    head->setSpacing(Theme::kGap);
    auto* icon = new QLabel(this);
    icon->setPixmap(Theme::of().pixmap(iconOf(m_feed.id), 20, Tint::kAccent, devicePixelRatioF()));
    head->addWidget(icon);
    head->addWidget(makeLabel(m_feed.title, FontRole::kTitle, Tint::kText, this));
    head->addStretch(1);
    m_spark = new Sparkline(Tint::kIn, this);
    m_live = makeLabel(QString(), FontRole::kMono, Tint::kIn, this);
    m_chip = new StateChip(this);
    head->addWidget(m_spark);
    head->addWidget(m_live);
    head->addWidget(m_chip);
    column->addLayout(head);
    auto* summary = makeLabel(m_feed.summary, FontRole::kBody, Tint::kTextSecondary, this);
    summary->setWordWrap(true);
    column->addWidget(summary);
}

void FeedCard::buildTopics(QVBoxLayout* column) {
    auto* row = new QHBoxLayout;
    row->setSpacing(Theme::kSmallGap);
    for (const QString& topic : m_feed.topics) {
        auto* button = makeButton(topic, ButtonKind::kQuiet, QStringLiteral("topics"), this);
        button->setFont(Theme::of().font(FontRole::kMono));
        button->setToolTip(tr("Show the records of %1").arg(topic));
        connect(button, &QPushButton::clicked, this, [this, topic] { Q_EMIT topicRequested(topic); });
        row->addWidget(button);
    }
    row->addStretch(1);
    column->addLayout(row);
}

void FeedCard::buildControls(QVBoxLayout* column) {
    auto* rateRow = new QHBoxLayout;
    rateRow->setSpacing(12);
    m_rate = new RateSlider(kSlowest, m_feed.maxRate, this);
    m_rate->setRate(m_feed.defaultRate);
    rateRow->addWidget(makeLabel(tr("Records a second"), FontRole::kBody, Tint::kText, this));
    rateRow->addWidget(m_rate, 1);
    column->addLayout(rateRow);
    auto* last = new QHBoxLayout;
    last->setSpacing(16);
    m_hotKey = new QCheckBox(tr("Hot key"), this);
    m_hotKey->setToolTip(tr("Half of all records carry the same key, so that one partition gets most of the work."));
    m_poison = new QCheckBox(tr("Poison records"), this);
    m_poison->setToolTip(tr("One record in a hundred cannot be parsed, to see how a consumer takes it."));
    last->addWidget(m_hotKey);
    last->addWidget(m_poison);
    last->addStretch(1);
    if (m_feed.id == QLatin1String("stocks")) {
        auto* plot = makeButton(tr("Open candles"), ButtonKind::kQuiet, QStringLiteral("plot"), this);
        connect(plot, &QPushButton::clicked, this, &FeedCard::plotRequested);
        last->addWidget(plot);
    }
    m_button = makeButton(QString(), ButtonKind::kPrimary, QString(), this);
    connect(m_button, &QPushButton::clicked, this, [this] {
        if (m_running) {
            Q_EMIT stopRequested();
        } else {
            Q_EMIT startRequested();
        }
    });
    last->addWidget(m_button);
    column->addLayout(last);
    connect(m_rate, &RateSlider::rateChanged, this, [this](double rate) {
        if (m_running) {
            Q_EMIT rateRequested(rate);
        }
    });
    setRunning(false, m_feed.defaultRate, 0, {});
}

FeedOptions FeedCard::options() const {
    FeedOptions options;
    options.rate = m_rate->rate();
    options.hotKeyShare = m_hotKey->isChecked() ? kHotShare : 0;
    options.poisonShare = m_poison->isChecked() ? kPoisonShare : 0;
    return options;
}

void FeedCard::setRunning(bool running, double wantedRate, double rate, std::vector<double> history) {
    if (running && !m_running) {
        m_rate->setRate(wantedRate);
    }
    m_running = running;
    m_chip->setState(running ? tr("Running") : tr("Off"), running ? Tint::kOk : Tint::kTextSecondary);
    m_live->setText(running ? formatRate(rate) : QString());
    m_spark->setVisible(running);
    m_spark->setValues(std::move(history));
    m_button->setText(running ? tr("Stop %1").arg(m_feed.title.toLower()) : tr("Start %1").arg(m_feed.title.toLower()));
    const QString why = running ? tr("Stop the feed to change this.") : QString();
    for (QCheckBox* box : {m_hotKey, m_poison}) {
        box->setEnabled(!running);
        if (running) {
            box->setToolTip(why);
        }
    }
}

void FeedCard::setBusy(bool busy) {
    m_button->setEnabled(!busy);
    m_button->setToolTip(busy ? tr("Waiting for the cluster.") : QString());
}

void FeedCard::setForbidden(const QString& whyNot) {
    forbid(m_button, whyNot);
}

void FeedCard::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::of();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme.color(m_running ? Tint::kOk : Tint::kLine));
    painter.setBrush(theme.color(Tint::kPanel));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), Theme::kRadius, Theme::kRadius);
}

}  // namespace weir::ui
