// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/publish/send_options.h"

#include <QComboBox>
#include <QDateTime>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include "broker/model/partitioner.h"
#include "ui/widgets/buttons.h"

namespace weir::ui {

namespace {

QWidget* cell(const QString& label, QWidget* control, QHBoxLayout* row, QWidget* parent) {
    auto* box = new QWidget(parent);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(Theme::kSmallGap);
    column->addWidget(makeLabel(label, FontRole::kSecondary, Tint::kTextSecondary, box));
    column->addWidget(control);
    control->setAccessibleName(label);
    row->addWidget(box, 1);
    return box;
}

}  // namespace

SendOptions::SendOptions(QWidget* parent) : QWidget(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(Theme::kSmallGap);
    auto* row = new QHBoxLayout;
    row->setSpacing(Theme::kGap);
    m_partition = new QComboBox(this);
    m_compression = new QComboBox(this);
    m_compression->addItems(
        {tr("None"), QStringLiteral("gzip"), QStringLiteral("snappy"), QStringLiteral("lz4"), QStringLiteral("zstd")});
    m_acks = new QComboBox(this);
    m_acks->addItem(tr("All"), static_cast<int>(Acks::kAll));
    m_acks->addItem(tr("Leader"), static_cast<int>(Acks::kLeader));
    m_acks->addItem(tr("None"), static_cast<int>(Acks::kNone));
    m_acks->setToolTip(tr("Who must have the record before it counts as published. With None, nobody answers."));
    m_time = new QLineEdit(this);
    m_time->setPlaceholderText(tr("now"));
    m_time->setToolTip(tr("Empty for now; or a time such as 2026-01-31 12:00:00; or milliseconds since 1970."));
    cell(tr("Partition"), m_partition, row, this);
    cell(tr("Compression"), m_compression, row, this);
    cell(tr("Acknowledged by"), m_acks, row, this);
    m_timeCell = cell(tr("Timestamp"), m_time, row, this);
    column->addLayout(row);
    m_preview = makeLabel(QString(), FontRole::kSecondary, Tint::kTextSecondary, this);
    m_preview->setAccessibleName(tr("Where the record goes"));
    column->addWidget(m_preview);
    connect(m_partition, &QComboBox::currentIndexChanged, this, &SendOptions::preview);
    setTopic(false, 0);
}

void SendOptions::setTopic(bool isChosen, int count) {
    if (m_partition->count() > 0 && count == m_partitions && isChosen == m_hasTopic) {
        return;
    }
    m_hasTopic = isChosen;
    const int before = m_partition->currentIndex();
    {
        const QSignalBlocker quiet(m_partition);
        m_partitions = count;
        m_partition->clear();
        m_partition->addItem(tr("Auto"));
        for (int p = 0; p < count; ++p) {
            m_partition->addItem(QString::number(p));
        }
        m_partition->setCurrentIndex(before > 0 && before <= count ? before : 0);
    }
    preview();
}

void SendOptions::setKey(const std::optional<Bytes>& key) {
    m_key = key;
    preview();
}

void SendOptions::preview() {
    if (m_partition->currentIndex() > 0) {
        m_preview->setText(tr("Goes to partition %1, whatever the key.").arg(m_partition->currentIndex() - 1));
    } else if (!m_key) {
        m_preview->setText(tr("No key: partitions take turns."));
    } else if (m_partitions == 0) {
        m_preview->setText(m_hasTopic ? tr("The topic does not exist yet; it is created with the broker's default.")
                                      : tr("Pick a topic to see where the key goes."));
    } else {
        m_preview->setText(tr("This key goes to partition %1 of %2 (murmur2 %3, as the Java client hashes it).")
                               .arg(partitionForKey(*m_key, m_partitions).value)
                               .arg(m_partitions)
                               .arg(murmur2(*m_key)));
    }
}

std::optional<PartitionId> SendOptions::partition() const {
    const int index = m_partition->currentIndex();
    return index > 0 ? std::optional(PartitionId(index - 1)) : std::nullopt;
}

ProduceOptions SendOptions::produce() const {
    return {static_cast<Compression>(m_compression->currentIndex()), static_cast<Acks>(m_acks->currentData().toInt())};
}

Result<Timestamp, QString> SendOptions::timestamp() const {
    const QString text = m_time->text().trimmed();
    if (text.isEmpty() || m_timeCell->isHidden()) {
        return kNoTimestamp;
    }
    bool isNumber = false;
    const qlonglong milliseconds = text.toLongLong(&isNumber);
    if (isNumber && milliseconds >= 0) {
        return Timestamp(milliseconds);
    }
    QString iso = text;
    const QDateTime time = QDateTime::fromString(iso.replace(QLatin1Char(' '), QLatin1Char('T')), Qt::ISODateWithMs);
    if (!time.isValid()) {
        return fail(tr("“%1” is no timestamp. Write 2026-01-31 12:00:00, or milliseconds since 1970.").arg(text));
    }
    return Timestamp(time.toMSecsSinceEpoch());
}

void SendOptions::hideTimestamp() {
    m_timeCell->hide();
}

}  // namespace weir::ui
