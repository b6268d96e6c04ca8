// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/plot/plot_page.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QListWidget>
#include <QSignalBlocker>
#include <QSplitter>
#include <QStackedWidget>
#include <algorithm>
#include <array>

#include "ui/widgets/candle_chart.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/format.h"
#include "ui/widgets/time_series.h"
#include "ui/widgets/topic_field.h"

namespace weir::ui {

namespace {

constexpr std::array<std::int64_t, 4> kSpansMs{60 * 1000, 5 * 60 * 1000, 15 * 60 * 1000, 60 * 60 * 1000};
constexpr std::array<std::int64_t, 5> kCandlesMs{1000, 5 * 1000, 15 * 1000, 60 * 1000, 5 * 60 * 1000};
constexpr int kDefaultSpan = 1;
constexpr std::size_t kKeptCandles = 5000;

}  // namespace

PlotPage::PlotPage(Backend& backend, QWidget* parent)
    : Page(backend, QStringLiteral("plot"), parent), m_stream(backend.plots().makeStream()) {
    setTitle(tr("Plot"));
    setFacts(tr("Numbers of a topic as they arrive; drag over a stretch to look closer"));
    buildTools();
    setContent(buildCharts());
    auto* empty = new EmptyState(QStringLiteral("plot"), tr("There is no topic to plot yet."), this);
    empty->setDetail(tr("Start the stock feed, and its prices can be plotted at once."));
    auto* feeds = new QAction(tr("Open feeds"), this);
    empty->addStep(feeds);
    setEmptyState(empty);
    connect(feeds, &QAction::triggered, this, [this] { go({PageKind::kFeeds, {}, {}, {}, {}, {}, {}}); });
    connect(m_stream.get(), &PlotStream::updated, this, &PlotPage::received);
    connect(m_stream.get(), &PlotStream::keysSeen, this, &PlotPage::keysSeen);
    connect(m_stream.get(), &PlotStream::failed, this, &PlotPage::showProblem);
    connect(&backend.live(), &LiveFeed::changed, this, &PlotPage::tick);
    tick();
}

PlotPage::~PlotPage() = default;

void PlotPage::buildTools() {
    m_kind = new SegmentedControl({tr("Lines"), tr("Candles")}, this);
    m_kind->setAccessibleName(tr("Kind of plot"));
    m_live = new LiveControl(this);
    addHeaderWidget(m_kind);
    m_records = new QAction(tr("Show records"), this);
    m_records->setIcon(Theme::of().icon(QStringLiteral("record")));
    connect(m_records, &QAction::triggered, this, [this] {
        RecordQuery records;
        records.topic = m_topic->topic();
        records.start.kind = StartKind::kTime;
        records.start.time = m_range->from;
        records.stopAtTime = m_range->to;
        openMessages(records);
    });
    addHeaderAction(m_records);
    rangeChosen(std::nullopt);
    addHeaderWidget(m_live);
    m_topic = new TopicField(tr("Topic"), this);
    m_field = new QComboBox(this);
    m_field->setAccessibleName(tr("Field"));
    m_volume = new QComboBox(this);
    m_volume->setAccessibleName(tr("Volume"));
    m_span = new QComboBox(this);
    m_span->addItems({tr("Last minute"), tr("Last 5 minutes"), tr("Last 15 minutes"), tr("Last hour")});
    m_span->setCurrentIndex(kDefaultSpan);
    m_span->setAccessibleName(tr("How far back"));
    m_candle = new QComboBox(this);
    m_candle->addItems({tr("1 s"), tr("5 s"), tr("15 s"), tr("1 min"), tr("5 min")});
    m_candle->setAccessibleName(tr("Candle length"));
    QHBoxLayout* row = toolRow();
    row->addWidget(makeLabel(tr("Topic"), FontRole::kBodyMedium, Tint::kText, this));
    row->addWidget(m_topic, 1);
    row->addWidget(makeLabel(tr("Field"), FontRole::kBodyMedium, Tint::kText, this));
    row->addWidget(m_field);
    row->addWidget(m_volume);
    row->addWidget(m_candle);
    row->addWidget(m_span);
    m_volume->hide();
    m_candle->hide();
    connect(m_topic, &TopicField::topicChanged, this, &PlotPage::topicChosen);
    for (QComboBox* box : {m_field, m_volume, m_span, m_candle}) {
        connect(box, &QComboBox::activated, this, &PlotPage::openStream);
    }
    connect(m_kind, &SegmentedControl::chosen, this, [this](int kind) {
        m_volume->setVisible(kind == 1);
        m_candle->setVisible(kind == 1);
        openStream();
    });
    connect(m_live, &LiveControl::pausedChanged, this, [this](bool paused) { m_stream->setPaused(paused); });
}

QWidget* PlotPage::buildCharts() {
    auto* splitter = new QSplitter(Qt::Horizontal, this);
    splitter->setChildrenCollapsible(false);
    m_charts = new QStackedWidget(splitter);
    m_charts->setContentsMargins(Theme::kPageMargin, 0, 0, Theme::kPageMargin);
    m_lines = new TimeSeries(m_charts);
    m_lines->setZeroBased(false);
    m_lines->setEmptyText(tr("Pick a topic and a field with numbers."));
    m_candles = new CandleChart(m_charts);
    m_candles->setEmptyText(tr("Pick a topic, a price field and a key."));
    m_charts->addWidget(m_lines);
    m_charts->addWidget(m_candles);
    m_keys = new QListWidget(splitter);
    m_keys->setAccessibleName(tr("Keys"));
    m_keys->setFont(Theme::of().font(FontRole::kMono));
    m_keys->setMinimumWidth(Theme::of().px(140));
    m_keys->setMaximumWidth(Theme::of().px(260));
    splitter->addWidget(m_charts);
    splitter->addWidget(m_keys);
    splitter->setStretchFactor(0, 1);
    connect(m_keys, &QListWidget::itemChanged, this, &PlotPage::keyToggled);
    connect(m_keys, &QListWidget::currentTextChanged, this, &PlotPage::showKey);
    for (ChartBase* chart : {static_cast<ChartBase*>(m_lines), static_cast<ChartBase*>(m_candles)}) {
        connect(chart, &ChartBase::rangeSelected, this, [this](const TimeRange& range) { rangeChosen(range); });
        connect(chart, &ChartBase::rangeReset, this, [this] { rangeChosen(std::nullopt); });
    }
    return splitter;
}

void PlotPage::tick() {
    const SnapshotPtr now = backend().live().current();
    m_topic->setTopics(*now);
    if (!m_chosen && m_topic->topic().isEmpty() && !now->topics.empty()) {
        chooseBusiest(*now);
    }
    const Timestamp at = nowTimestamp();
    if (!m_live->isPaused()) {
        m_lines->setNow(at);
        m_candles->setNow(at);
    }
    m_live->setNote(formatRate(backend().live().topicRate(m_topic->topic()).recordsIn));
    if (now->topics.empty() && m_topic->topic().isEmpty()) {
        showEmpty();
    } else {
        showContent();
    }
}

void PlotPage::chooseBusiest(const Snapshot& now) {
    m_chosen = true;
    double most = -1;
    QString busiest;
    for (const auto& topic : now.topics) {
        const QString name = QString::fromStdString(topic->name);
        const double rate = backend().live().topicRate(name).recordsIn;
        if (!topic->isInternal && topic->recordCount() > 0 && rate > most) {
            most = rate;
            busiest = name;
        }
    }
    if (!busiest.isEmpty()) {
        m_topic->setTopic(busiest);
    }
}

void PlotPage::topicChosen() {
    const QString topic = m_topic->topic();
    if (backend().live().current()->findTopic(topic.toStdString()) == nullptr) {
        return;
    }
    const int asked = ++m_asked;
    backend().plots().numericFields(topic, this, [this, asked](const ClusterResult<QStringList>& answer) {
        if (asked != m_asked) {
            return;
        }
        if (!answer.ok()) {
            showProblem(QString::fromStdString(answer.error().message));
            return;
        }
        clearProblem();
        const QStringList& fields = answer.value();
        m_field->clear();
        m_volume->clear();
        m_field->addItems(fields);
        m_volume->addItem(tr("No volume"));
        m_volume->addItems(fields);
        const QString wanted = m_wantedField.isEmpty() ? QStringLiteral("price") : m_wantedField;
        m_field->setCurrentIndex(std::max(0, static_cast<int>(fields.indexOf(wanted))));
        const QString volume = m_wantedVolume.isEmpty() ? QStringLiteral("size") : m_wantedVolume;
        m_volume->setCurrentIndex(static_cast<int>(fields.indexOf(volume)) + 1);
        openStream();
    });
}

PlotQuery PlotPage::query() const {
    PlotQuery query;
    query.topic = m_topic->topic();
    query.kind = m_kind->current() == 1 ? PlotKind::kCandles : PlotKind::kLine;
    query.valueField = m_field->currentText();
    query.volumeField = m_volume->currentIndex() > 0 ? m_volume->currentText() : QString();
    query.candleMs = kCandlesMs[static_cast<std::size_t>(std::max(0, m_candle->currentIndex()))];
    query.historyMs = kSpansMs[static_cast<std::size_t>(std::max(0, m_span->currentIndex()))];
    return query;
}

void PlotPage::openStream() {
    if (m_topic->topic().isEmpty() || m_field->count() == 0) {
        return;
    }
    const PlotQuery wanted = query();
    m_lines->clearSeries();
    m_candles->setCandles({});
    m_series.clear();
    m_candlesByKey.clear();
    m_lines->setVisibleSpan(wanted.historyMs);
    m_candles->setVisibleSpan(wanted.historyMs);
    m_candles->setCandleSpan(wanted.candleMs);
    m_charts->setCurrentWidget(wanted.kind == PlotKind::kCandles ? static_cast<QWidget*>(m_candles) : m_lines);
    m_live->setPaused(false);
    m_stream->open(wanted);
}

int PlotPage::seriesOf(const QString& key) {
    const auto found = m_series.constFind(key);
    if (found != m_series.constEnd()) {
        return *found;
    }
    const int series = m_lines->addSeries(key.isEmpty() ? tr("(no key)") : key, static_cast<int>(m_series.size()));
    m_series.insert(key, series);
    return series;
}

void PlotPage::received(const std::vector<PlotUpdate>& updates) {
    const PlotQuery now = query();
    QStringList keys;
    for (const PlotUpdate& update : updates) {
        keys << update.key;
        if (!update.points.empty()) {
            std::vector<TimePoint> points;
            points.reserve(update.points.size());
            std::transform(update.points.begin(), update.points.end(), std::back_inserter(points),
                           [](const PlotPoint& p) {
                               return TimePoint{p.at, p.value};
                           });
            m_lines->appendPoints(seriesOf(update.key), points, 2 * now.historyMs);
        }
        std::vector<Candle>& kept = m_candlesByKey[update.key];
        for (const Candle& candle : update.candles) {
            if (!kept.empty() && kept.back().at == candle.at) {
                kept.back() = candle;
            } else {
                kept.push_back(candle);
            }
        }
        if (kept.size() > kKeptCandles) {
            kept.erase(kept.begin(), kept.end() - static_cast<std::ptrdiff_t>(kKeptCandles));
        }
        if (update.key == m_candleKey && !update.candles.empty()) {
            m_candles->appendCandles(update.candles);
        }
    }
    keysSeen(keys);
}

void PlotPage::keysSeen(const QStringList& keys) {
    const QSignalBlocker quiet(m_keys);
    for (const QString& key : keys) {
        if (m_keys->findItems(key, Qt::MatchExactly).isEmpty()) {
            auto* item = new QListWidgetItem(key, m_keys);
            item->setFlags(item->flags() | Qt::ItemIsUserCheckable);
            item->setCheckState(Qt::Checked);
        }
    }
    if (m_candleKey.isEmpty() && m_keys->count() > 0) {
        m_keys->setCurrentRow(0);
        showKey(m_keys->item(0)->text());
    }
}

void PlotPage::keyToggled(QListWidgetItem* item) {
    const auto series = m_series.constFind(item->text());
    if (series != m_series.constEnd()) {
        m_lines->setSeriesVisible(*series, item->checkState() == Qt::Checked);
    }
}

void PlotPage::showKey(const QString& key) {
    m_candleKey = key;
    m_candles->setName(key);
    m_candles->setCandles(m_candlesByKey.value(key));
}

void PlotPage::rangeChosen(std::optional<TimeRange> range) {
    m_range = range;
    m_records->setEnabled(range.has_value());
    m_records->setToolTip(range ? QString() : tr("Drag over the chart to choose a stretch first."));
}

void PlotPage::open(const NavigationTarget& target) {
    Page::open(target);
    if (!target.plot) {
        return;
    }
    m_wantedField = target.plot->valueField;
    m_wantedVolume = target.plot->volumeField;
    m_kind->setCurrent(target.plot->kind == PlotKind::kCandles ? 1 : 0);
    m_volume->setVisible(m_kind->current() == 1);
    m_candle->setVisible(m_kind->current() == 1);
    const bool same = m_topic->topic() == target.plot->topic;
    m_topic->setTopic(target.plot->topic);
    if (same) {
        topicChosen();
    }
}

void PlotPage::focusSearch() {
    m_topic->setFocus(Qt::ShortcutFocusReason);
}

QVariantMap PlotPage::saveState() const {
    return {{QStringLiteral("topic"), m_topic->topic()},
            {QStringLiteral("field"), m_field->currentText()},
            {QStringLiteral("candles"), m_kind->current() == 1}};
}

void PlotPage::restoreState(const QVariantMap& state) {
    if (state.value(QStringLiteral("topic")).toString().isEmpty()) {
        return;
    }
    NavigationTarget target;
    target.kind = PageKind::kPlot;
    target.plot = PlotQuery{};
    target.plot->topic = state.value(QStringLiteral("topic")).toString();
    target.plot->valueField = state.value(QStringLiteral("field")).toString();
    target.plot->kind = state.value(QStringLiteral("candles")).toBool() ? PlotKind::kCandles : PlotKind::kLine;
    open(target);
}

}  // namespace weir::ui
