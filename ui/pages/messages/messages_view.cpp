// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/messages/messages_view.h"

#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QMenu>
#include <QSplitter>
#include <QVBoxLayout>

#include "ui/pages/messages/filter_box.h"
#include "ui/pages/messages/record_inspector.h"
#include "ui/pages/messages/start_bar.h"
#include "ui/pages/messages/timeline_bar.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/format.h"
#include "ui/widgets/record_view/record_table.h"

namespace weir::ui {

namespace {

constexpr int kTimelineBuckets = 120;
constexpr int kTimelineEveryMs = 2000;

}  // namespace

MessagesView::MessagesView(Backend& backend, QString topic, QWidget* parent)
    : QWidget(parent), m_backend(backend), m_topic(std::move(topic)), m_feed(backend.records().makeFeed()) {
    m_source = new FeedRowSource(*m_feed, this);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    buildTools(column);
    buildList(column);
    connectList();
    connectInspector();
    connect(m_feed.get(), &RecordFeed::opened, this, &MessagesView::opened);
    connect(m_feed.get(), &RecordFeed::progressChanged, this, &MessagesView::showProgress);
    connect(m_feed.get(), &RecordFeed::rowCountChanged, this, &MessagesView::showProgress);
    connect(m_feed.get(), &RecordFeed::failed, this, [this](const QString& why) { m_banner->show(Mood::kError, why); });
    connect(m_feed.get(), &RecordFeed::located, this, [this](qint64 row) {
        if (row >= 0) {
            m_table->setFollow(false);
            m_table->scrollToTop(row);
            m_table->setCurrentRow(row);
        } else {
            Q_EMIT said(tr("That record is not among the rows."));
        }
    });
    connect(&m_backend.live(), &LiveFeed::changed, this, &MessagesView::topicChanged);
    m_timelineTimer.setSingleShot(true);
    m_timelineTimer.setInterval(kTimelineEveryMs);
    connect(&m_timelineTimer, &QTimer::timeout, this, &MessagesView::loadTimeline);
    m_columns = m_backend.settings().value(QStringLiteral("messages/columns/") + m_topic).toStringList();
    m_table->setFields(m_columns);
    topicChanged();
}

MessagesView::~MessagesView() = default;

void MessagesView::buildTools(QVBoxLayout* column) {
    auto* tools = new QHBoxLayout;
    tools->setContentsMargins(Theme::kPageMargin, Theme::kGap, Theme::kPageMargin, Theme::kGap);
    tools->setSpacing(Theme::kGap);
    m_start = new StartBar(this);
    m_filter = new FilterBox(m_backend.records(), m_backend.settings(), this);
    m_live = new LiveControl(this);
    auto* columns = makeIconButton(QStringLiteral("columns"), tr("JSON fields as columns"), this);
    auto* save = makeIconButton(QStringLiteral("export"), tr("Export what is listed"), this);
    tools->addWidget(m_start, 0, Qt::AlignTop);
    tools->addWidget(m_filter, 1);
    tools->addWidget(columns, 0, Qt::AlignTop);
    tools->addWidget(save, 0, Qt::AlignTop);
    tools->addWidget(m_live, 0, Qt::AlignTop);
    column->addLayout(tools);
    auto* timeline = new QHBoxLayout;
    timeline->setContentsMargins(Theme::kPageMargin, 0, Theme::kPageMargin, Theme::kSmallGap);
    m_timeline = new TimelineBar(this);
    timeline->addWidget(m_timeline);
    column->addLayout(timeline);
    connect(m_start, &StartBar::changed, this, &MessagesView::run);
    connect(m_filter, &FilterBox::applied, this, &MessagesView::run);
    connect(columns, &QToolButton::clicked, this, &MessagesView::chooseColumns);
    connect(save, &QToolButton::clicked, this, &MessagesView::exportRecords);
    connect(m_timeline, &TimelineBar::timeChosen, this, &MessagesView::seek);
    connect(m_timeline, &TimelineBar::rangeChosen, this, &MessagesView::setRange);
    connect(m_live, &LiveControl::pausedChanged, this, [this](bool paused) {
        m_feed->setPaused(paused);
        m_table->setFollow(!paused);
        showProgress();
    });
}

void MessagesView::buildList(QVBoxLayout* column) {
    m_banner = new Banner(this);
    column->addWidget(m_banner);
    m_splitter = new QSplitter(Qt::Horizontal, this);
    m_splitter->setChildrenCollapsible(false);
    m_table = new RecordTable(m_backend.settings(), QStringLiteral("messages"), m_splitter);
    m_table->setAccessibleName(tr("Records of %1").arg(m_topic));
    m_table->setSource(m_source);
    m_table->setCopyHandler([this](const std::vector<RowAddress>& rows, bool asJson) {
        copy(rows, asJson ? CopyForm::kJson : CopyForm::kText);
    });
    m_inspector = new RecordInspector(m_backend.records(), m_splitter);
    m_splitter->addWidget(m_table);
    m_splitter->addWidget(m_inspector);
    m_splitter->setStretchFactor(0, 3);
    m_splitter->setStretchFactor(1, 2);
    m_inspector->hide();
    column->addWidget(m_splitter, 1);
    m_empty = new EmptyState(QStringLiteral("record"), tr("Nothing was written to %1 yet.").arg(m_topic), this);
    m_empty->setDetail(
        tr("Records appear here as soon as a producer sends them. Publish one by hand, or point a client at "
           "the address below."));
    auto* publish = new QAction(tr("Publish a record"), this);
    m_empty->addStep(publish);
    connect(publish, &QAction::triggered, this, [this] {
        NavigationTarget target;
        target.kind = PageKind::kPublish;
        target.subject = m_topic;
        Q_EMIT navigationRequested(target);
    });
    m_empty->hide();
    column->addWidget(m_empty, 1);
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(Theme::kPageMargin, Theme::kSmallGap, Theme::kPageMargin, Theme::kSmallGap);
    m_strip = new ProgressStrip(this);
    m_note =
        makeLabel(tr("Looking joins no group and commits nothing"), FontRole::kSecondary, Tint::kTextSecondary, this);
    foot->addWidget(m_strip, 1);
    foot->addWidget(m_note);
    column->addLayout(foot);
    connect(m_strip, &ProgressStrip::stopRequested, this, [this] { m_feed->stop(); });
    connect(m_strip, &ProgressStrip::goOnRequested, this, [this] { m_feed->goOn(); });
    connect(m_strip, &ProgressStrip::newerRequested, this, [this] {
        m_feed->showNewer();
        m_table->scrollToTop(0);
    });
}

void MessagesView::connectList() {
    connect(m_table, &RecordTable::currentChanged, this, [this](qint64 row) { showInspector(row, false); });
    connect(m_table, &RecordTable::rowOpened, this, [this](qint64 row) { showInspector(row, true); });
    connect(m_table, &RecordTable::rowPreviewed, this, [this](qint64 row) {
        if (m_inspector->isVisible()) {
            m_inspector->hide();
        } else {
            showInspector(row, true);
        }
    });
    connect(m_source, &RowSource::rowsChanged, this, [this] {
        if (m_pendingRow >= 0 && m_source->row(m_pendingRow) != nullptr) {
            showInspector(m_pendingRow, true);
        }
    });
    connect(m_table, &RecordTable::menuRequested, this, &MessagesView::rowMenu);
    connect(m_table, &RecordTable::said, this, &MessagesView::said);
    connect(m_table, &RecordTable::followChanged, this, [this](bool following) {
        if (m_start->isLive() && following == m_live->isPaused()) {
            m_live->setPaused(!following);
            m_feed->setPaused(!following);
            showProgress();
        }
    });
}

void MessagesView::connectInspector() {
    connect(m_inspector, &RecordInspector::closeRequested, this, [this] {
        m_inspector->hide();
        m_table->setFocus();
    });
    connect(m_inspector, &RecordInspector::filterRequested, m_filter, &FilterBox::addCondition);
    connect(m_inspector, &RecordInspector::columnRequested, this, [this](const QString& path) {
        if (!m_columns.contains(path)) {
            setColumns(m_columns + QStringList{path});
        }
    });
    connect(m_inspector, &RecordInspector::failed, this, &MessagesView::said);
    connect(m_inspector, &RecordInspector::plotRequested, this, [this](const QString& path) {
        NavigationTarget target;
        target.kind = PageKind::kPlot;
        target.plot = PlotQuery{};
        target.plot->topic = m_topic;
        target.plot->valueField = path;
        Q_EMIT navigationRequested(target);
    });
    connect(m_inspector, &RecordInspector::schemaRequested, this, [this](const QString& subject) {
        NavigationTarget target;
        target.kind = PageKind::kSchemas;
        target.section = subject;
        Q_EMIT navigationRequested(target);
    });
    connect(m_inspector, &RecordInspector::publishRequested, this, [this](const OutgoingRecord& record) {
        NavigationTarget target;
        target.kind = PageKind::kPublish;
        target.subject = m_topic;
        target.record = record;
        Q_EMIT navigationRequested(target);
    });
}

void MessagesView::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (!m_everShown) {
        m_everShown = true;
        if (!m_query) {
            run();
        }
        loadTimeline();
    }
}

void MessagesView::run() {
    m_banner->clear();
    auto query = m_start->query();
    if (!query) {
        m_banner->show(Mood::kError, query.error());
        return;
    }
    if (!m_filter->isValid()) {
        return;
    }
    query->topic = m_topic;
    query->filter = m_filter->text();
    query->isExpression = m_filter->isExpression();
    query->columns = m_columns;
    if (m_stopAt != kNoTimestamp && query->stopAtTime == kNoTimestamp) {
        query->stopAtTime = m_stopAt;
    }
    m_stopAt = kNoTimestamp;
    m_query = *query;
    m_live->setVisible(m_start->isLive());
    m_live->setPaused(false);
    m_source->clear();
    m_table->setFollow(m_start->isLive());
    m_feed->open(*m_query);
    showProgress();
}

void MessagesView::opened(qint64 row) {
    if (m_start->isLive()) {
        m_table->setFollow(true);
        return;
    }
    if (m_query && m_query->start.kind == StartKind::kNewest) {
        m_table->ensureVisible(row);
        m_table->setCurrentRow(row);
    } else {
        m_table->scrollToTop(row);
        m_table->setCurrentRow(row);
    }
}

void MessagesView::openQuery(const RecordQuery& query) {
    m_start->setQuery(query);
    m_filter->setFilter(query.filter, query.isExpression);
    if (!query.columns.isEmpty()) {
        m_columns = query.columns;
        m_table->setFields(m_columns);
    }
    m_stopAt = query.stopAtTime;
    m_everShown = true;
    run();
    loadTimeline();
}

void MessagesView::showProgress() {
    const ScanProgress progress = m_feed->progress();
    const bool filtered = m_query && (!m_query->filter.isEmpty() || m_query->latestPerKey);
    m_strip->setVisible(filtered || progress.running);
    if (filtered || progress.running) {
        m_strip->setProgress(progress);
    }
    m_live->setNote(m_live->isPaused() || progress.notShown > 0
                        ? tr("%1 not shown, %2 lost").arg(formatCount(progress.notShown), formatCount(progress.lost))
                        : formatRate(m_backend.live().topicRate(m_topic).recordsIn));
    topicChanged();
}

void MessagesView::topicChanged() {
    const SnapshotPtr now = m_backend.live().current();
    const TopicSnapshot* topic = now->findTopic(m_topic.toStdString());
    const qint64 records = topic != nullptr ? topic->recordCount() : 0;
    if (topic != nullptr) {
        m_start->setTopic(*topic, *now);
    }
    const bool nothing = records == 0 && m_feed->rowCount() == 0;
    m_empty->setVisible(nothing);
    m_splitter->setVisible(!nothing);
    m_timeline->setVisible(!nothing);
    if (records != m_timelineRecords && m_everShown && !m_timelineTimer.isActive()) {
        m_timelineTimer.start();
    }
}

void MessagesView::loadTimeline() {
    if (!isVisible()) {
        return;
    }
    const TopicSnapshot* topic = m_backend.live().current()->findTopic(m_topic.toStdString());
    m_timelineRecords = topic != nullptr ? topic->recordCount() : 0;
    m_backend.records().timeline(m_topic, kTimelineBuckets, this,
                                 [this](const ClusterResult<std::vector<TimelineBucket>>& answer) {
                                     if (answer.ok()) {
                                         m_timeline->setBuckets(answer.value());
                                     }
                                 });
}

void MessagesView::seek(Timestamp at) {
    StartAt where;
    where.kind = StartKind::kTime;
    where.time = at;
    m_timeline->setMark(at);
    if (m_query && m_query->filter.isEmpty() && !m_start->isLive()) {
        m_feed->locate(where);
        return;
    }
    RecordQuery query = m_query.value_or(RecordQuery{});
    query.start = where;
    openQuery(query);
}

void MessagesView::setRange(Timestamp from, Timestamp until) {
    RecordQuery query = m_query.value_or(RecordQuery{});
    query.start = StartAt{};
    query.start.kind = StartKind::kTime;
    query.start.time = from;
    query.stopAtTime = until;
    openQuery(query);
    Q_EMIT said(tr("Only %1 to %2. Choose another start to see more.").arg(formatClock(from), formatClock(until)));
}

void MessagesView::showInspector(qint64 row, bool force) {
    const RecordRow* record = m_source->row(row);
    m_filter->setSample(record != nullptr ? std::optional(RowAddress{record->partition, record->offset})
                                          : std::nullopt);
    const bool wanted = force || m_inspector->isVisible();
    m_pendingRow = record == nullptr && wanted ? row : -1;
    if (record == nullptr || !wanted) {
        return;
    }
    if (m_inspector->isHidden()) {
        m_inspector->show();
        m_splitter->setSizes({m_splitter->width() * 3 / 5, m_splitter->width() * 2 / 5});
        m_table->ensureVisible(row);
    }
    m_timeline->setMark(record->timestamp);
    m_inspector->inspect(RowAddress{record->partition, record->offset});
}

void MessagesView::chooseColumns() {
    m_backend.records().fields(m_topic, this, [this](const ClusterResult<QStringList>& answer) {
        auto* menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        QStringList fields = answer.ok() ? answer.value() : QStringList();
        for (const QString& chosen : m_columns) {
            if (!fields.contains(chosen)) {
                fields << chosen;
            }
        }
        if (fields.isEmpty()) {
            menu->addAction(tr("The newest records hold no JSON fields"))->setEnabled(false);
        }
        for (const QString& field : fields) {
            QAction* action = menu->addAction(field);
            action->setCheckable(true);
            action->setChecked(m_columns.contains(field));
            connect(action, &QAction::toggled, this, [this, field](bool on) {
                QStringList paths = m_columns;
                paths.removeAll(field);
                if (on) {
                    paths << field;
                }
                setColumns(paths);
            });
        }
        menu->popup(QCursor::pos());
    });
}

void MessagesView::setColumns(const QStringList& paths) {
    m_columns = paths;
    m_backend.settings().setValue(QStringLiteral("messages/columns/") + m_topic, paths);
    m_table->setFields(paths);
    run();
}

void MessagesView::exportRecords() {
    if (!m_query) {
        return;
    }
    auto* dialog = new QFileDialog(this, tr("Export what is listed"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    const QStringList asStored{tr("NDJSON, can be published again (*.ndjson)"), tr("CSV as stored (*.csv)")};
    const QStringList readable{tr("NDJSON, schemas read (*.ndjson)"), tr("CSV for spreadsheets, schemas read (*.csv)")};
    dialog->setNameFilters(QStringList{readable[0], asStored[0], readable[1], asStored[1]});
    dialog->setDefaultSuffix(QStringLiteral("ndjson"));
    dialog->selectFile(m_topic + QStringLiteral(".ndjson"));
    connect(dialog, &QFileDialog::fileSelected, this, [this, dialog, asStored](const QString& path) {
        Q_EMIT said(tr("Exporting to %1.").arg(path));
        const auto form = asStored.contains(dialog->selectedNameFilter()) ? ExportForm::kStored : ExportForm::kReadable;
        m_backend.records().exportTo(*m_query, path, form, this, [this, path](const ClusterResult<qint64>& answer) {
            Q_EMIT said(answer.ok()
                            ? tr("Exported %1 to %2.").arg(plural(answer.value(), tr("record"), tr("records")), path)
                            : QString::fromStdString(answer.error().message));
        });
    });
    dialog->open();
}

void MessagesView::copy(const std::vector<RowAddress>& rows, CopyForm form) {
    m_backend.records().copyText(
        rows, form, this, [this, form, count = static_cast<qint64>(rows.size())](const ClusterResult<QString>& answer) {
            if (!answer.ok()) {
                Q_EMIT said(QString::fromStdString(answer.error().message));
                return;
            }
            QGuiApplication::clipboard()->setText(answer.value());
            Q_EMIT said(form == CopyForm::kKey     ? tr("Copied the key.")
                        : form == CopyForm::kValue ? tr("Copied the value.")
                        : form == CopyForm::kKcat  ? tr("Copied the kcat command.")
                                                   : tr("Copied %1.").arg(plural(count, tr("record"), tr("records"))));
        });
}

void MessagesView::addCopyActions(QMenu& menu, const RecordRow& record) {
    const std::vector<RowAddress> one{{record.partition, record.offset}};
    QAction* text = menu.addAction(tr("Copy as text"));
    text->setShortcut(QKeySequence::Copy);
    connect(text, &QAction::triggered, this, [this] { m_table->copySelection(false); });
    QAction* json = menu.addAction(tr("Copy as JSON"));
    json->setShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C));
    connect(json, &QAction::triggered, this, [this] { m_table->copySelection(true); });
    const auto add = [this, &menu, &one](const QString& label, CopyForm form, bool isThere) {
        QAction* action = menu.addAction(label);
        action->setEnabled(isThere);
        connect(action, &QAction::triggered, this, [this, one, form] { copy(one, form); });
    };
    add(tr("Copy key"), CopyForm::kKey, !record.keyIsNull && !record.isMissing);
    add(tr("Copy value"), CopyForm::kValue, !record.valueIsNull && !record.isMissing);
    connect(menu.addAction(tr("Copy offset")), &QAction::triggered, this, [this, offset = record.offset.value] {
        QGuiApplication::clipboard()->setText(QString::number(offset));
        Q_EMIT said(tr("Copied the offset %1.").arg(formatCount(offset)));
    });
    add(tr("Copy as stored"), CopyForm::kStored, !record.isMissing);
    add(tr("Copy as kcat command"), CopyForm::kKcat, !record.isMissing);
}

void MessagesView::rowMenu(qint64 row, const QString& columnId, const QPoint& at) {
    const RecordRow* record = m_source->row(row);
    if (record == nullptr) {
        return;
    }
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    connect(menu->addAction(tr("Inspect")), &QAction::triggered, this, [this, row] { showInspector(row, true); });
    if (!record->keyIsNull) {
        connect(menu->addAction(tr("Only this key")), &QAction::triggered, this, [this, key = record->key] {
            QString quoted = key;
            m_filter->addCondition(
                QStringLiteral("key == \"%1\"").arg(quoted.replace(QLatin1Char('"'), QLatin1String("\\\""))));
        });
    }
    menu->addSeparator();
    addCopyActions(*menu, *record);
    menu->addSeparator();
    connect(menu->addAction(tr("Replay from here")), &QAction::triggered, this, [this, time = record->timestamp] {
        NavigationTarget target;
        target.kind = PageKind::kReplay;
        target.replay = ReplaySpec{};
        target.replay->fromTopic = m_topic;
        target.replay->fromTime = time;
        Q_EMIT navigationRequested(target);
    });
    Q_UNUSED(columnId);
    menu->popup(at);
}

void MessagesView::focusSearch() {
    m_filter->focus();
}

void MessagesView::refresh() {
    run();
    loadTimeline();
}

QVariantMap MessagesView::saveState() const {
    return {{QStringLiteral("filter"), m_filter->text()}, {QStringLiteral("expression"), m_filter->isExpression()}};
}

void MessagesView::restoreState(const QVariantMap& state) {
    m_filter->setFilter(state.value(QStringLiteral("filter")).toString(),
                        state.value(QStringLiteral("expression")).toBool());
}

}  // namespace weir::ui
