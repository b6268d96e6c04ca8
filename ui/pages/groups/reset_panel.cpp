// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/groups/reset_panel.h"

#include <QComboBox>
#include <QDateTimeEdit>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QRegularExpressionValidator>
#include <QSpinBox>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <array>

#include "ui/pages/groups/group_words.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/data_table.h"
#include "ui/widgets/format.h"

namespace weir::ui {
namespace {

constexpr std::array<qint64, 4> kUnitMs = {1'000, 60'000, 3'600'000, 86'400'000};
/// What a stack of editors shows for each ResetKind.
enum ValuePage { kNothing, kOffsetPage, kTimePage, kShiftPage, kDurationPage, kGroupPage };
constexpr std::array<ValuePage, 7> kPageOf = {kNothing,   kNothing,      kOffsetPage, kTimePage,
                                              kShiftPage, kDurationPage, kGroupPage};

QString worded(const std::optional<Offset>& offset) {
    return offset ? formatCount(offset->value) : kNone;
}

std::vector<KeyedColumn<ResetRow>> resetColumns() {
    const auto number = [](auto value) {
        return [value](const ResetRow& row, int role) -> QVariant {
            const std::optional<Offset> offset = value(row.offsets);
            return role == Qt::DisplayRole ? QVariant(worded(offset))
                   : role == kSortRole     ? QVariant::fromValue<qint64>(offset ? offset->value : -1)
                                           : QVariant();
        };
    };
    std::vector<KeyedColumn<ResetRow>> columns;
    columns.push_back(
        {ResetPanel::tr("Partition"), [](const ResetRow& row, int role) -> QVariant {
             const TopicPartition& p = row.offsets.partition;
             return role == Qt::DisplayRole
                        ? QVariant(QStringLiteral("%1-%2").arg(QString::fromStdString(p.topic)).arg(p.partition.value))
                    : role == kMonoRole   ? QVariant(true)
                    : role == kSeriesRole ? QVariant(p.partition.value)
                                          : QVariant();
         }});
    columns.push_back(
        {ResetPanel::tr("Before"), number([](const OffsetBeforeAfter& o) { return o.before; }), {}, true});
    columns.push_back({ResetPanel::tr("After"), number([](const OffsetBeforeAfter& o) { return o.after; }), {}, true});
    columns.push_back({ResetPanel::tr("Moves by"),
                       [](const ResetRow& row, int role) -> QVariant {
                           if (!row.offsets.before || !row.offsets.after) {
                               return role == Qt::DisplayRole
                                          ? QVariant(row.offsets.after ? ResetPanel::tr("new") : QString(kNone))
                                          : QVariant();
                           }
                           const qint64 delta = *row.offsets.after - *row.offsets.before;
                           switch (role) {
                               case Qt::DisplayRole:
                                   return delta > 0 ? QLatin1Char('+') + formatCount(delta) : formatCount(delta);
                               case kSortRole:
                                   return delta;
                               case kTintRole:
                                   return static_cast<int>(delta < 0   ? Tint::kWarnText
                                                           : delta > 0 ? Tint::kBadText
                                                                       : Tint::kTextSecondary);
                               case Qt::ToolTipRole:
                                   return delta < 0   ? ResetPanel::tr("These records are read again.")
                                          : delta > 0 ? ResetPanel::tr("These records are never read by this group.")
                                                      : ResetPanel::tr("Stays where it is.");
                               default:
                                   return {};
                           }
                       },
                       {},
                       true});
    columns.push_back({ResetPanel::tr("Lag then"),
                       [](const ResetRow& row, int role) -> QVariant {
                           const qint64 lag = row.offsets.after ? row.offsets.end - *row.offsets.after : -1;
                           return role == Qt::DisplayRole ? QVariant(formatCountOrNone(lag))
                                  : role == kSortRole     ? QVariant(lag)
                                                          : QVariant();
                       },
                       {},
                       true});
    return columns;
}

}  // namespace

ResetPanel::ResetPanel(Backend& backend, const QString& group, QWidget* parent)
    : SidePanel(tr("Reset offsets of %1").arg(group), parent), m_backend(backend), m_group(group) {
    setWide(true);
    body()->setAlignment({});
    buildScope();
    buildStrategy();
    buildPreview();
    fillScope();
    setPrimary(tr("Apply"), ButtonKind::kDanger);
    m_pause.setSingleShot(true);
    m_pause.setInterval(150);
    connect(&m_pause, &QTimer::timeout, this, &ResetPanel::preview);
    connect(&backend.live(), &LiveFeed::changed, this, &ResetPanel::check);
    connect(this, &SidePanel::accepted, this, &ResetPanel::apply);
    controlsChanged();
    preview();
}

void ResetPanel::buildScope() {
    m_scope = new SegmentedControl({tr("Everything"), tr("One topic"), tr("Chosen partitions")}, this);
    addField(tr("Which offsets"), m_scope);
    m_scopeDetail = new QStackedWidget(this);
    m_scopeDetail->addWidget(new QWidget(m_scopeDetail));
    m_topic = new QComboBox(m_scopeDetail);
    m_topic->setAccessibleName(tr("Topic"));
    m_scopeDetail->addWidget(m_topic);
    m_partitions = new QListWidget(m_scopeDetail);
    m_partitions->setAccessibleName(tr("Partitions"));
    m_partitions->setFont(Theme::of().font(FontRole::kMono));
    m_scopeDetail->addWidget(m_partitions);
    m_scopeDetail->hide();
    body()->addWidget(m_scopeDetail);
    connect(m_scope, &SegmentedControl::chosen, this, [this](int scope) {
        m_scopeDetail->setCurrentIndex(scope);
        m_scopeDetail->setVisible(scope > 0);
        m_scopeDetail->setFixedHeight(scope == 2 ? Theme::of().px(140) : Theme::of().controlHeight());
        controlsChanged();
    });
    connect(m_topic, &QComboBox::currentIndexChanged, this, &ResetPanel::controlsChanged);
    connect(m_partitions, &QListWidget::itemChanged, this, &ResetPanel::controlsChanged);
}

void ResetPanel::buildStrategy() {
    m_kind = new QComboBox(this);
    m_kind->addItems({tr("Earliest"), tr("Latest"), tr("Specific offset"), tr("Specific time"), tr("Shift by"),
                      tr("By duration"), tr("Copy from group")});
    m_kind->setMaxVisibleItems(8);
    addField(tr("Where to"), m_kind);
    m_meaning = makeLabel(QString(), FontRole::kSecondary, Tint::kTextSecondary, this);
    m_meaning->setWordWrap(true);
    body()->addWidget(m_meaning);
    m_value = new QStackedWidget(this);
    m_value->setFixedHeight(Theme::of().controlHeight());
    const auto number = [this](const QString& pattern, const QString& start, const QString& name) {
        auto* line = new QLineEdit(start, m_value);
        line->setFont(Theme::of().font(FontRole::kMono));
        line->setValidator(new QRegularExpressionValidator(QRegularExpression(pattern), line));
        line->setAccessibleName(name);
        connect(line, &QLineEdit::textChanged, this, &ResetPanel::controlsChanged);
        return line;
    };
    m_offset = number(QStringLiteral("\\d{1,18}"), QStringLiteral("0"), tr("Offset"));
    m_time = new QDateTimeEdit(QDateTime::currentDateTime().addSecs(-3600), m_value);
    m_time->setDisplayFormat(QStringLiteral("yyyy-MM-dd HH:mm:ss"));
    m_time->setCalendarPopup(true);
    m_time->setAccessibleName(tr("Time"));
    m_shift = number(QStringLiteral("[+-]?\\d{1,18}"), QStringLiteral("-100"), tr("Records"));
    auto* duration = new QWidget(m_value);
    auto* row = new QHBoxLayout(duration);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(Theme::kGap);
    m_duration = new QSpinBox(duration);
    m_duration->setRange(1, 100'000);
    m_duration->setValue(10);
    m_duration->setAccessibleName(tr("How far back"));
    m_unit = new QComboBox(duration);
    m_unit->addItems({tr("seconds back"), tr("minutes back"), tr("hours back"), tr("days back")});
    m_unit->setCurrentIndex(1);
    m_unit->setAccessibleName(tr("Unit"));
    row->addWidget(m_duration);
    row->addWidget(m_unit);
    row->addStretch(1);
    m_from = new QComboBox(m_value);
    m_from->setAccessibleName(tr("Copy from group"));
    for (QWidget* page : {new QWidget(m_value), static_cast<QWidget*>(m_offset), static_cast<QWidget*>(m_time),
                          static_cast<QWidget*>(m_shift), duration, static_cast<QWidget*>(m_from)}) {
        m_value->addWidget(page);
    }
    body()->addWidget(m_value);
    connect(m_kind, &QComboBox::currentIndexChanged, this, &ResetPanel::controlsChanged);
    connect(m_time, &QDateTimeEdit::dateTimeChanged, this, &ResetPanel::controlsChanged);
    connect(m_duration, &QSpinBox::valueChanged, this, &ResetPanel::controlsChanged);
    connect(m_unit, &QComboBox::currentIndexChanged, this, &ResetPanel::controlsChanged);
    connect(m_from, &QComboBox::currentIndexChanged, this, &ResetPanel::controlsChanged);
}

void ResetPanel::buildPreview() {
    addSection(tr("Before and after"));
    m_summary = makeLabel(QString(), FontRole::kBody, Tint::kTextSecondary, this);
    m_summary->setWordWrap(true);
    body()->addWidget(m_summary);
    body()->addSpacing(Theme::kSmallGap);
    m_model = new KeyedModel<ResetRow>(resetColumns(), this);
    m_table = new DataTable(m_backend.settings(), QStringLiteral("groups/reset"), this);
    m_table->setDefaultSort(0, Qt::AscendingOrder);
    m_table->setDefaultWidths({220, 100, 100, 90, 90});
    m_table->setStretchColumn(0);
    m_table->setSource(m_model);
    m_table->setAccessibleName(tr("Before and after"));
    m_table->setMinimumHeight(Theme::of().px(200));
    body()->addWidget(m_table, 1);
}

void ResetPanel::fillScope() {
    const SnapshotPtr snapshot = m_backend.live().current();
    if (const GroupSnapshot* group = snapshot->findGroup(m_group.toStdString())) {
        for (const CommittedOffset& commit : group->offsets) {
            m_all.push_back(commit.partition);
        }
    }
    std::sort(m_all.begin(), m_all.end());
    for (const TopicPartition& partition : m_all) {
        const QString topic = QString::fromStdString(partition.topic);
        if (m_topic->findText(topic) < 0) {
            m_topic->addItem(topic);
        }
        auto* item =
            new QListWidgetItem(QStringLiteral("%1-%2").arg(topic).arg(partition.partition.value), m_partitions);
        item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
        item->setCheckState(Qt::Checked);
    }
    for (const auto& group : snapshot->groups) {
        if (group->id != m_group.toStdString()) {
            m_from->addItem(QString::fromStdString(group->id));
        }
    }
}

std::vector<TopicPartition> ResetPanel::chosenPartitions() const {
    std::vector<TopicPartition> chosen;
    for (std::size_t i = 0; i < m_all.size(); ++i) {
        const bool taken = m_scope->current() == 1
                               ? QString::fromStdString(m_all[i].topic) == m_topic->currentText()
                               : m_partitions->item(static_cast<int>(i))->checkState() == Qt::Checked;
        if (taken) {
            chosen.push_back(m_all[i]);
        }
    }
    return chosen;
}

ResetSpec ResetPanel::spec() const {
    ResetSpec spec;
    spec.group = m_group;
    spec.kind = static_cast<ResetKind>(m_kind->currentIndex());
    spec.offset = Offset(m_offset->text().toLongLong());
    spec.time = Timestamp(m_time->dateTime().toMSecsSinceEpoch());
    spec.shift = m_shift->text().toLongLong();
    spec.durationMs = m_duration->value() * kUnitMs[static_cast<std::size_t>(m_unit->currentIndex())];
    spec.fromGroup = m_from->currentText();
    if (m_scope->current() > 0) {
        spec.partitions = chosenPartitions();
    }
    return spec;
}

void ResetPanel::controlsChanged() {
    const QStringList meanings = {tr("The oldest record that is still there: everything is read again."),
                                  tr("Behind the newest record: what waits now is never read."),
                                  tr("The same offset in each chosen partition, kept within what is there."),
                                  tr("The first record at or after this time."),
                                  tr("So many records forward, or back with a minus."),
                                  tr("The first record that is at most so old."),
                                  tr("Where the other group stands.")};
    m_meaning->setText(meanings.value(m_kind->currentIndex()));
    m_value->setCurrentIndex(kPageOf[static_cast<std::size_t>(m_kind->currentIndex())]);
    m_value->setVisible(m_value->currentIndex() != kNothing);
    m_isCurrent = false;
    // An answer that is still under way is one to the old question.
    ++m_asked;
    m_pause.start();
    check();
}

void ResetPanel::preview() {
    m_pause.stop();
    const ResetSpec wanted = spec();
    if (m_scope->current() > 0 && wanted.partitions.empty()) {
        showPreview({});
        return;
    }
    const int asked = ++m_asked;
    m_backend.groups().previewReset(wanted, this,
                                    [this, asked](const ClusterResult<std::vector<OffsetBeforeAfter>>& answer) {
                                        if (asked != m_asked) {
                                            return;
                                        }
                                        if (answer.ok()) {
                                            clearError();
                                            showPreview(answer.value());
                                        } else {
                                            m_model->setRows({});
                                            check();
                                            showError(QString::fromStdString(answer.error().message));
                                        }
                                    });
}

void ResetPanel::showPreview(const std::vector<OffsetBeforeAfter>& answer) {
    const std::vector<TopicPartition> wanted =
        m_scope->current() > 0 ? chosenPartitions() : std::vector<TopicPartition>();
    std::vector<ResetRow> rows;
    qint64 again = 0;
    qint64 skipped = 0;
    for (const OffsetBeforeAfter& each : answer) {
        // What is applied is what is listed, so nothing may be listed that was not chosen.
        if (m_scope->current() > 0 && !std::binary_search(wanted.begin(), wanted.end(), each.partition)) {
            continue;
        }
        const qint64 delta = each.before && each.after ? *each.after - *each.before : 0;
        again += std::max<qint64>(0, -delta);
        skipped += std::max<qint64>(0, delta);
        rows.push_back({each});
    }
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.key() < b.key(); });
    m_model->setRows(std::move(rows));
    m_summary->setText(m_model->rowCount() == 0 ? tr("No partition is chosen.")
                       : again == 0 && skipped == 0
                           ? tr("Nothing moves.")
                           : tr("%1 read again, %2 skipped.")
                                 .arg(plural(again, tr("record is"), tr("records are")), formatCount(skipped)));
    m_isCurrent = true;
    check();
}

void ResetPanel::check() {
    const GroupSnapshot* group = m_backend.live().current()->findGroup(m_group.toStdString());
    QStringList members;
    if (group != nullptr) {
        for (const GroupMemberSnapshot& member : group->members) {
            members.append(QString::fromStdString(member.clientId.empty() ? member.memberId : member.clientId));
        }
    }
    const bool moves = std::any_of(m_model->rows().begin(), m_model->rows().end(),
                                   [](const ResetRow& row) { return row.offsets.before != row.offsets.after; });
    const QString why = !members.isEmpty()
                            ? tr("Stop the consumers first. Active members: %1").arg(shortList(members, 5))
                        : !m_isCurrent ? tr("The preview is being made.")
                        : !moves       ? tr("Nothing would change.")
                                       : QString();
    setPrimary(tr("Reset %1").arg(plural(m_model->rowCount(), tr("partition"), tr("partitions"))), ButtonKind::kDanger);
    setPrimaryEnabled(why.isEmpty(), why);
    if (!members.isEmpty()) {
        showError(why);
    }
}

void ResetPanel::apply() {
    check();
    const GroupSnapshot* group = m_backend.live().current()->findGroup(m_group.toStdString());
    if (!m_isCurrent || m_model->rowCount() == 0 || (group != nullptr && !group->members.empty())) {
        return;
    }
    std::vector<OffsetBeforeAfter> rows;
    for (const ResetRow& row : m_model->rows()) {
        rows.push_back(row.offsets);
    }
    setBusy(true);
    clearError();
    m_backend.groups().applyReset(m_group, rows, this,
                                  [this, count = static_cast<int>(rows.size())](const ClusterResult<void>& answer) {
                                      if (answer.ok()) {
                                          Q_EMIT finished(count);
                                          close();
                                      } else {
                                          showError(QString::fromStdString(answer.error().message));
                                      }
                                  });
}

}  // namespace weir::ui
