// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/replay/replay_form.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDateTime>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLineEdit>
#include <QSignalBlocker>
#include <algorithm>

#include "ui/widgets/buttons.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/format.h"
#include "ui/widgets/rate_slider.h"
#include "ui/widgets/topic_field.h"

namespace weir::ui {

namespace {

enum Range { kEverything, kByTime, kByOffset };

Result<Timestamp, QString> parseTime(const QString& text) {
    if (text.trimmed().isEmpty()) {
        return kNoTimestamp;
    }
    bool isNumber = false;
    const qlonglong milliseconds = text.trimmed().toLongLong(&isNumber);
    if (isNumber) {
        return Timestamp(milliseconds);
    }
    const QDateTime time =
        QDateTime::fromString(text.trimmed().replace(QLatin1Char(' '), QLatin1Char('T')), Qt::ISODateWithMs);
    if (!time.isValid()) {
        return fail(
            ReplayForm::tr("“%1” is no time. Write 2026-01-31 12:00:00, or milliseconds since 1970.").arg(text));
    }
    return Timestamp(time.toMSecsSinceEpoch());
}

Result<Offset, QString> parseOffset(const QString& text) {
    if (text.trimmed().isEmpty()) {
        return kNoOffset;
    }
    bool good = false;
    const qlonglong offset = text.trimmed().toLongLong(&good);
    if (!good || offset < 0) {
        return fail(ReplayForm::tr("“%1” is no offset.").arg(text));
    }
    return Offset(offset);
}

QString timeText(Timestamp at) {
    return at == kNoTimestamp
               ? QString()
               : QDateTime::fromMSecsSinceEpoch(at.value).toString(QStringLiteral("yyyy-MM-dd HH:mm:ss.zzz"));
}

QString offsetText(Offset offset) {
    return offset == kNoOffset ? QString() : QString::number(offset.value);
}

}  // namespace

ReplayForm::ReplayForm(RecordBrowser& records, QWidget* parent) : QWidget(parent), m_records(records) {
    auto* form = new QFormLayout(this);
    form->setContentsMargins(0, 0, 0, 0);
    form->setVerticalSpacing(12);
    form->setHorizontalSpacing(16);
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    buildSource(*form);
    buildTarget(*form);
    buildPace(*form);
    showPace();
}

void ReplayForm::buildSource(QFormLayout& form) {
    form.addRow(makeLabel(tr("What"), FontRole::kSection, Tint::kText, this));
    m_from = new TopicField(tr("Topic to replay"), this);
    form.addRow(tr("From topic"), m_from);
    m_partitions = new QLineEdit(this);
    m_partitions->setPlaceholderText(tr("all, or 0, 2, 5"));
    m_partitions->setAccessibleName(tr("Partitions"));
    form.addRow(tr("Partitions"), m_partitions);
    m_range = new QComboBox(this);
    m_range->addItems({tr("Everything"), tr("Between two times"), tr("Between two offsets")});
    m_range->setAccessibleName(tr("Range"));
    m_rangeFrom = new QLineEdit(this);
    m_rangeFrom->setPlaceholderText(tr("start"));
    m_rangeFrom->setAccessibleName(tr("Range start"));
    m_rangeUntil = new QLineEdit(this);
    m_rangeUntil->setPlaceholderText(tr("end, left out"));
    m_rangeUntil->setAccessibleName(tr("Range end"));
    auto* range = new QHBoxLayout;
    range->setSpacing(Theme::kGap);
    range->addWidget(m_range);
    range->addWidget(m_rangeFrom, 1);
    range->addWidget(m_rangeUntil, 1);
    form.addRow(tr("Range"), range);
    m_filter = new QLineEdit(this);
    m_filter->setPlaceholderText(tr("every record"));
    m_filter->setAccessibleName(tr("Filter"));
    m_expression = new QCheckBox(tr("Expression"), this);
    m_expression->setToolTip(tr("value.price > 100 && key ~ \"^AAP\"; without it, records that contain the text."));
    auto* filter = new QHBoxLayout;
    filter->setSpacing(Theme::kGap);
    filter->addWidget(m_filter, 1);
    filter->addWidget(m_expression);
    form.addRow(tr("Filter"), filter);
    m_filterProblem = makeLabel(QString(), FontRole::kSecondary, Tint::kBadText, this);
    m_filterProblem->hide();
    form.addRow(QString(), m_filterProblem);
    connect(m_from, &TopicField::topicChanged, this, &ReplayForm::changed);
    connect(m_range, &QComboBox::currentIndexChanged, this, [this](int index) {
        m_rangeFrom->setVisible(index != kEverything);
        m_rangeUntil->setVisible(index != kEverything);
        Q_EMIT changed();
    });
    for (QLineEdit* edit : {m_partitions, m_rangeFrom, m_rangeUntil}) {
        connect(edit, &QLineEdit::textChanged, this, &ReplayForm::changed);
    }
    connect(m_filter, &QLineEdit::textChanged, this, &ReplayForm::checkFilter);
    connect(m_expression, &QCheckBox::toggled, this, &ReplayForm::checkFilter);
    m_rangeFrom->hide();
    m_rangeUntil->hide();
}

void ReplayForm::buildTarget(QFormLayout& form) {
    form.addRow(makeLabel(tr("Where to"), FontRole::kSection, Tint::kText, this));
    m_target = new QComboBox(this);
    m_target->setAccessibleName(tr("Cluster to write to"));
    form.addRow(tr("To cluster"), m_target);
    m_targetProblem = makeLabel(QString(), FontRole::kSecondary, Tint::kWarnText, this);
    m_targetProblem->setWordWrap(true);
    form.addRow(QString(), m_targetProblem);
    connect(m_target, &QComboBox::currentIndexChanged, this, [this] {
        showTarget();
        Q_EMIT changed();
    });
    m_to = new TopicField(tr("Topic to write to"), this);
    form.addRow(tr("To topic"), m_to);
    m_keepPartitions = new QCheckBox(tr("Keep partitions"), this);
    m_keepPartitions->setToolTip(tr("Each record goes to the partition it came from; otherwise its key decides."));
    m_keepPartitions->setChecked(true);
    m_shift = new QCheckBox(tr("Timestamps become now"), this);
    m_shift->setToolTip(
        tr("The first record gets the present time and the distances stay; otherwise timestamps are kept."));
    m_loop = new QCheckBox(tr("Begin again at the end"), this);
    auto* row = new QHBoxLayout;
    row->setSpacing(16);
    row->addWidget(m_keepPartitions);
    row->addWidget(m_shift);
    row->addWidget(m_loop);
    row->addStretch(1);
    form.addRow(QString(), row);
    buildMasks(form);
    connect(m_to, &TopicField::topicChanged, this, &ReplayForm::changed);
    for (QCheckBox* box : {m_keepPartitions, m_shift, m_loop}) {
        connect(box, &QCheckBox::toggled, this, &ReplayForm::changed);
    }
}

void ReplayForm::buildMasks(QFormLayout& form) {
    m_masks = new QLineEdit(this);
    m_masks->setPlaceholderText(tr("nothing, or value.email, value.card.number, headers.auth"));
    m_masks->setToolTip(
        tr("What must not leave with the records: fields of the JSON in a key or value, whole keys, values or headers. "
           "A record in which a field cannot be looked for is left out."));
    m_masks->setAccessibleName(tr("Fields to mask"));
    m_maskKind = new QComboBox(this);
    m_maskKind->addItems({tr("Blank out"), tr("Replace by a hash")});
    m_maskKind->setToolTip(tr("By a hash equal values stay equal within this replay; it cannot be undone."));
    m_maskKind->setAccessibleName(tr("How to mask"));
    auto* row = new QHBoxLayout;
    row->setSpacing(Theme::kGap);
    row->addWidget(m_masks, 1);
    row->addWidget(m_maskKind);
    form.addRow(tr("Mask"), row);
    connect(m_masks, &QLineEdit::textChanged, this, &ReplayForm::changed);
    connect(m_maskKind, &QComboBox::currentIndexChanged, this, &ReplayForm::changed);
}

void ReplayForm::setTargets(const QString& own, const QString& whyNotOwn, const std::vector<ReplayTarget>& others) {
    std::vector<ReplayTarget> all{{QString(), own, whyNotOwn}};
    all.insert(all.end(), others.begin(), others.end());
    if (all == m_targets) {
        return;
    }
    const QString chosen = m_target->currentData().toString();
    m_targets = std::move(all);
    const QSignalBlocker quiet(m_target);
    m_target->clear();
    for (const ReplayTarget& each : m_targets) {
        m_target->addItem(each.id.isEmpty() ? tr("%1 (this cluster)").arg(each.name) : each.name, each.id);
    }
    m_target->setCurrentIndex(std::max(0, m_target->findData(chosen)));
    showTarget();
}

QString ReplayForm::whyNotTarget() const {
    const auto chosen = static_cast<std::size_t>(std::max(0, m_target->currentIndex()));
    return chosen < m_targets.size() ? m_targets[chosen].whyNot : QString();
}

void ReplayForm::showTarget() {
    m_targetProblem->setText(whyNotTarget());
    m_targetProblem->setVisible(!whyNotTarget().isEmpty());
}

void ReplayForm::buildPace(QFormLayout& form) {
    form.addRow(makeLabel(tr("How fast"), FontRole::kSection, Tint::kText, this));
    m_pace = new SegmentedControl({tr("As fast as possible"), tr("Original timing"), tr("At a rate")}, this);
    m_pace->setAccessibleName(tr("Pace"));
    auto* pace = new QHBoxLayout;
    pace->addWidget(m_pace);
    pace->addStretch(1);
    form.addRow(tr("Pace"), pace);
    m_factor = new QDoubleSpinBox(this);
    m_factor->setRange(0.1, 100);
    m_factor->setDecimals(1);
    m_factor->setSingleStep(0.5);
    m_factor->setValue(1);
    m_factor->setPrefix(QStringLiteral("× "));
    m_factor->setToolTip(tr("2 is twice as fast as it was, 0.5 half as fast."));
    m_factor->setAccessibleName(tr("Speed factor"));
    m_rate = new RateSlider(1, 100000, this);
    m_rate->setRate(1000);
    auto* detail = new QHBoxLayout;
    detail->addWidget(m_factor);
    detail->addWidget(m_rate, 1);
    detail->addStretch(0);
    form.addRow(QString(), detail);
    connect(m_pace, &SegmentedControl::chosen, this, [this] {
        showPace();
        Q_EMIT changed();
    });
    connect(m_factor, &QDoubleSpinBox::valueChanged, this, &ReplayForm::changed);
    connect(m_rate, &RateSlider::rateChanged, this, &ReplayForm::changed);
}

void ReplayForm::showPace() {
    const auto pace = static_cast<ReplayPace>(m_pace->current());
    m_factor->setVisible(pace == ReplayPace::kOriginalTiming);
    m_rate->setVisible(pace == ReplayPace::kRate);
}

void ReplayForm::checkFilter() {
    const FilterCheck check = m_expression->isChecked() && !m_filter->text().isEmpty()
                                  ? m_records.checkFilter(m_filter->text())
                                  : FilterCheck{};
    m_filterProblem->setVisible(!check.ok);
    m_filterProblem->setText(check.error);
    Q_EMIT changed();
}

void ReplayForm::setTopics(const Snapshot& snapshot) {
    m_from->setTopics(snapshot);
    m_to->setTopics(snapshot);
}

void ReplayForm::fill(const ReplaySpec& spec) {
    m_from->setTopic(spec.fromTopic);
    m_to->setTopic(spec.toTopic);
    QStringList partitions;
    for (const PartitionId p : spec.partitions) {
        partitions << QString::number(p.value);
    }
    m_partitions->setText(partitions.join(QStringLiteral(", ")));
    const bool byTime = spec.fromTime != kNoTimestamp || spec.untilTime != kNoTimestamp;
    const bool byOffset = spec.fromOffset != kNoOffset || spec.untilOffset != kNoOffset;
    m_range->setCurrentIndex(byTime ? kByTime : byOffset ? kByOffset : kEverything);
    m_rangeFrom->setText(byTime ? timeText(spec.fromTime) : offsetText(spec.fromOffset));
    m_rangeUntil->setText(byTime ? timeText(spec.untilTime) : offsetText(spec.untilOffset));
    m_filter->setText(spec.filter);
    m_expression->setChecked(spec.filterIsExpression);
    m_target->setCurrentIndex(std::max(0, m_target->findData(spec.toCluster)));
    m_masks->setText(spec.maskedFields.join(QStringLiteral(", ")));
    m_maskKind->setCurrentIndex(spec.masksByHash ? 1 : 0);
    m_keepPartitions->setChecked(spec.keepPartitions);
    m_shift->setChecked(spec.shiftTimestampsToNow);
    m_loop->setChecked(spec.loop);
    m_pace->setCurrent(static_cast<int>(spec.pace));
    m_factor->setValue(spec.factor);
    if (spec.ratePerSecond > 0) {
        m_rate->setRate(spec.ratePerSecond);
    }
    showPace();
}

Result<ReplaySpec, QString> ReplayForm::spec() const {
    ReplaySpec spec;
    spec.fromTopic = m_from->topic();
    spec.toTopic = m_to->topic();
    if (spec.fromTopic.isEmpty() || spec.toTopic.isEmpty()) {
        return fail(tr("Pick a topic to replay and a topic to write to."));
    }
    for (const QString& part : m_partitions->text().split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        bool good = false;
        spec.partitions.emplace_back(part.trimmed().toInt(&good));
        if (!good || spec.partitions.back() < PartitionId(0)) {
            return fail(tr("“%1” is no partition. Write numbers with commas between.").arg(part.trimmed()));
        }
    }
    if (m_range->currentIndex() == kByTime) {
        auto from = parseTime(m_rangeFrom->text());
        auto until = parseTime(m_rangeUntil->text());
        if (!from || !until) {
            return fail(from ? until.error() : from.error());
        }
        spec.fromTime = *from;
        spec.untilTime = *until;
    } else if (m_range->currentIndex() == kByOffset) {
        auto from = parseOffset(m_rangeFrom->text());
        auto until = parseOffset(m_rangeUntil->text());
        if (!from || !until) {
            return fail(from ? until.error() : from.error());
        }
        spec.fromOffset = *from;
        spec.untilOffset = *until;
    }
    spec.filter = m_filter->text();
    spec.filterIsExpression = m_expression->isChecked();
    const FilterCheck check =
        spec.filterIsExpression && !spec.filter.isEmpty() ? m_records.checkFilter(spec.filter) : FilterCheck{};
    if (!check.ok) {
        return fail(check.error);
    }
    spec.pace = static_cast<ReplayPace>(m_pace->current());
    spec.factor = m_factor->value();
    spec.ratePerSecond = m_rate->rate();
    spec.toCluster = m_target->currentData().toString();
    for (const QString& field : m_masks->text().split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        if (!field.trimmed().isEmpty()) {
            spec.maskedFields << field.trimmed();
        }
    }
    spec.masksByHash = m_maskKind->currentIndex() == 1;
    spec.keepPartitions = m_keepPartitions->isChecked();
    spec.shiftTimestampsToNow = m_shift->isChecked();
    spec.loop = m_loop->isChecked();
    if (spec.loop && spec.toCluster.isEmpty() && spec.fromTopic == spec.toTopic && spec.untilOffset == kNoOffset &&
        spec.untilTime == kNoTimestamp) {
        return fail(tr("A loop into the same topic would never see its end. Give the range an end, or another topic."));
    }
    return spec;
}

void ReplayForm::focusSource() {
    m_from->setFocus(Qt::ShortcutFocusReason);
}

}  // namespace weir::ui
