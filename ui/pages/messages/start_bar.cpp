// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/messages/start_bar.h"

#include <QComboBox>
#include <QDateTime>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMenu>
#include <QSignalBlocker>
#include <QToolButton>
#include <QWidgetAction>

#include "ui/widgets/buttons.h"
#include "ui/widgets/format.h"

namespace weir::ui {

namespace {

constexpr int kMostMenuPartitions = 64;

/// "2026-01-31 12:00", "12:00" (today), "10m" (ago), or milliseconds.
std::optional<Timestamp> parseTime(const QString& raw) {
    const QString text = raw.trimmed();
    bool isNumber = false;
    const qlonglong milliseconds = text.toLongLong(&isNumber);
    if (isNumber) {
        return Timestamp(milliseconds);
    }
    static const QHash<QChar, qint64> kUnits{{QLatin1Char('s'), 1000},
                                             {QLatin1Char('m'), 60 * 1000},
                                             {QLatin1Char('h'), 3600 * 1000},
                                             {QLatin1Char('d'), 24 * 3600 * 1000}};
    if (text.size() > 1 && kUnits.contains(text.back())) {
        const qlonglong ago = text.chopped(1).toLongLong(&isNumber);
        if (isNumber) {
            return Timestamp(nowTimestamp().value - ago * kUnits.value(text.back()));
        }
    }
    const QTime clock =
        QTime::fromString(text, text.count(QLatin1Char(':')) == 2 ? QStringLiteral("H:mm:ss") : QStringLiteral("H:mm"));
    if (clock.isValid()) {
        return Timestamp(QDateTime(QDate::currentDate(), clock).toMSecsSinceEpoch());
    }
    QString iso = text;
    const QDateTime time = QDateTime::fromString(iso.replace(QLatin1Char(' '), QLatin1Char('T')), Qt::ISODateWithMs);
    return time.isValid() ? std::optional(Timestamp(time.toMSecsSinceEpoch())) : std::nullopt;
}

}  // namespace

StartBar::StartBar(QWidget* parent) : QWidget(parent) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(Theme::kGap);
    m_kind = new QComboBox(this);
    m_kind->addItems({tr("Newest"), tr("Beginning"), tr("From offset"), tr("From time"), tr("From group"), tr("Live")});
    m_kind->setAccessibleName(tr("Where to start"));
    m_detail = new QLineEdit(this);
    m_detail->setFont(Theme::of().font(FontRole::kMono));
    m_detail->setFixedWidth(Theme::of().px(150));
    m_group = new QComboBox(this);
    m_group->setAccessibleName(tr("Group whose position to start from"));
    m_partitions = new QToolButton(this);
    m_partitions->setPopupMode(QToolButton::InstantPopup);
    m_partitions->setToolButtonStyle(Qt::ToolButtonTextOnly);
    m_partitions->setAccessibleName(tr("Partitions"));
    m_partitionMenu = new QMenu(m_partitions);
    m_partitions->setMenu(m_partitionMenu);
    row->addWidget(m_kind);
    row->addWidget(m_detail);
    row->addWidget(m_group);
    row->addWidget(m_partitions);
    buildOptions();
    row->addWidget(m_options);
    connect(m_kind, &QComboBox::activated, this, [this] {
        showDetail();
        if (m_detail->isHidden() || !m_detail->text().isEmpty()) {
            Q_EMIT changed();
        } else {
            m_detail->setFocus();
        }
    });
    connect(m_detail, &QLineEdit::returnPressed, this, &StartBar::changed);
    connect(m_group, &QComboBox::activated, this, &StartBar::changed);
    showDetail();
    partitionsChanged();
}

void StartBar::buildOptions() {
    m_options = makeIconButton(QStringLiteral("settings"), tr("How to read"), this);
    m_options->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(m_options);
    m_latest = menu->addAction(tr("Latest record per key only"));
    m_latest->setCheckable(true);
    m_committed = menu->addAction(tr("Committed records only (read_committed)"));
    m_committed->setCheckable(true);
    m_markers = menu->addAction(tr("Show where transactions end"));
    m_markers->setCheckable(true);
    m_markers->setChecked(true);
    m_markers->setToolTip(tr("Commits and aborts take an offset each; aborted records are struck through."));
    menu->addSeparator();
    auto* box = new QWidget(menu);
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(12, 4, 12, 4);
    m_until = new QLineEdit(box);
    m_until->setPlaceholderText(tr("none"));
    m_until->setToolTip(tr("An offset (@1000), a number of matches (500), or a time (2026-01-31 12:00, 10m)."));
    m_until->setAccessibleName(tr("Stop at"));
    row->addWidget(makeLabel(tr("Stop at"), FontRole::kBody, Tint::kTextSecondary, box));
    row->addWidget(m_until);
    auto* action = new QWidgetAction(menu);
    action->setDefaultWidget(box);
    menu->addAction(action);
    m_options->setMenu(menu);
    connect(m_latest, &QAction::toggled, this, &StartBar::changed);
    connect(m_committed, &QAction::toggled, this, &StartBar::changed);
    connect(m_committed, &QAction::toggled, m_markers, [this](bool on) { m_markers->setEnabled(!on); });
    connect(m_markers, &QAction::toggled, this, &StartBar::changed);
    connect(m_until, &QLineEdit::returnPressed, this, [this, menu] {
        menu->close();
        Q_EMIT changed();
    });
}

void StartBar::setTopic(const TopicSnapshot& topic, const Snapshot& snapshot) {
    QStringList groups;
    for (const auto& group : snapshot.groups) {
        const bool reads = std::any_of(group->offsets.begin(), group->offsets.end(),
                                       [&](const CommittedOffset& o) { return o.partition.topic == topic.name; });
        if (reads) {
            groups << QString::fromStdString(group->id);
        }
    }
    if (groups != m_groups) {
        m_groups = groups;
        const QString before = m_group->currentText();
        m_group->clear();
        m_group->addItems(groups);
        m_group->setCurrentText(before);
    }
    if (m_partitionCount != static_cast<int>(topic.partitions.size())) {
        m_partitionCount = static_cast<int>(topic.partitions.size());
        buildPartitions();
    }
}

void StartBar::buildPartitions() {
    m_partitionMenu->clear();
    QAction* all = m_partitionMenu->addAction(tr("All, merged by time"));
    connect(all, &QAction::triggered, this, [this] {
        for (QAction* action : m_partitionMenu->actions()) {
            action->setChecked(false);
        }
        partitionsChanged();
        Q_EMIT changed();
    });
    m_partitionMenu->addSeparator();
    for (int p = 0; p < std::min(m_partitionCount, kMostMenuPartitions); ++p) {
        QAction* action = m_partitionMenu->addAction(tr("Partition %1").arg(p));
        action->setCheckable(true);
        action->setData(p);
        connect(action, &QAction::triggered, this, [this] {
            partitionsChanged();
            Q_EMIT changed();
        });
    }
    partitionsChanged();
}

void StartBar::partitionsChanged() {
    QStringList chosen;
    for (const QAction* action : m_partitionMenu->actions()) {
        if (action->isChecked()) {
            chosen << QString::number(action->data().toInt());
        }
    }
    m_partitions->setText(chosen.isEmpty()     ? tr("All partitions")
                          : chosen.size() > 3  ? plural(chosen.size(), tr("partition"), tr("partitions"))
                          : chosen.size() == 1 ? tr("Partition %1").arg(chosen.first())
                                               : tr("Partitions %1").arg(chosen.join(QStringLiteral(", "))));
}

void StartBar::showDetail() {
    const auto kind = static_cast<StartKind>(m_kind->currentIndex());
    m_detail->setVisible(kind == StartKind::kOffset || kind == StartKind::kTime);
    m_group->setVisible(kind == StartKind::kGroup);
    m_detail->setPlaceholderText(kind == StartKind::kOffset ? tr("offset") : tr("2026-01-31 12:00, 10m"));
    m_detail->setAccessibleName(kind == StartKind::kOffset ? tr("Offset") : tr("Time"));
}

bool StartBar::isLive() const {
    return m_kind->currentIndex() == static_cast<int>(StartKind::kLive);
}

Result<RecordQuery, QString> StartBar::query() const {
    RecordQuery query;
    query.start.kind = static_cast<StartKind>(m_kind->currentIndex());
    if (query.start.kind == StartKind::kOffset) {
        bool good = false;
        query.start.offset = Offset(m_detail->text().trimmed().remove(QLatin1Char(',')).toLongLong(&good));
        if (!good) {
            return fail(tr("“%1” is no offset.").arg(m_detail->text()));
        }
    } else if (query.start.kind == StartKind::kTime) {
        const auto time = parseTime(m_detail->text());
        if (!time) {
            return fail(tr("“%1” is no time. Write 2026-01-31 12:00, 12:00, or 10m for ten minutes ago.")
                            .arg(m_detail->text()));
        }
        query.start.time = *time;
    } else if (query.start.kind == StartKind::kGroup) {
        query.start.group = m_group->currentText();
        if (query.start.group.isEmpty()) {
            return fail(tr("No group has committed an offset for this topic."));
        }
    }
    for (const QAction* action : m_partitionMenu->actions()) {
        if (action->isChecked()) {
            query.partitions.emplace_back(action->data().toInt());
        }
    }
    query.isolation = m_committed->isChecked() ? Isolation::kReadCommitted : Isolation::kReadUncommitted;
    query.latestPerKey = m_latest->isChecked();
    query.showMarkers = m_markers->isChecked();
    const QString until = m_until->text().trimmed();
    bool isCount = false;
    const qlonglong count = until.toLongLong(&isCount);
    if (until.startsWith(QLatin1Char('@'))) {
        query.stopAtOffset = Offset(until.mid(1).toLongLong());
    } else if (isCount) {
        query.stopAfterMatches = count;
    } else if (!until.isEmpty()) {
        const auto time = parseTime(until);
        if (!time) {
            return fail(tr("“%1” is nothing to stop at: write @1000, 500, or a time.").arg(until));
        }
        query.stopAtTime = *time;
    }
    return query;
}

void StartBar::setQuery(const RecordQuery& query) {
    m_kind->setCurrentIndex(static_cast<int>(query.start.kind));
    if (query.start.kind == StartKind::kOffset) {
        m_detail->setText(QString::number(query.start.offset.value));
    } else if (query.start.kind == StartKind::kTime) {
        m_detail->setText(
            QDateTime::fromMSecsSinceEpoch(query.start.time.value).toString(QStringLiteral("yyyy-MM-dd HH:mm:ss.zzz")));
    } else if (query.start.kind == StartKind::kGroup) {
        m_group->setCurrentText(query.start.group);
    }
    const QSignalBlocker quietLatest(m_latest);
    const QSignalBlocker quietCommitted(m_committed);
    const QSignalBlocker quietMarkers(m_markers);
    m_markers->setChecked(query.showMarkers);
    m_markers->setEnabled(query.isolation != Isolation::kReadCommitted);
    m_latest->setChecked(query.latestPerKey);
    m_committed->setChecked(query.isolation == Isolation::kReadCommitted);
    for (QAction* action : m_partitionMenu->actions()) {
        if (action->isCheckable()) {
            const auto it =
                std::find(query.partitions.begin(), query.partitions.end(), PartitionId(action->data().toInt()));
            action->setChecked(it != query.partitions.end());
        }
    }
    partitionsChanged();
    showDetail();
}

}  // namespace weir::ui
