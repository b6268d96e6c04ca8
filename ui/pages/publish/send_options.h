// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "broker/model/admin.h"

class QComboBox;
class QLabel;
class QLineEdit;

namespace weir::ui {

/// Where and how a record is sent: partition, compression, acknowledgement, timestamp. Partition "Auto" says where the
/// key would go, with the hash that the Java client uses.
class SendOptions : public QWidget {
    Q_OBJECT

public:
    explicit SendOptions(QWidget* parent = nullptr);
    /// Which topic is meant: none yet, one that a record would create, or one with so many partitions.
    void setTopic(bool isChosen, int partitions);
    /// The key as it stands now, for the preview; nullopt: null.
    void setKey(const std::optional<Bytes>& key);
    /// nullopt: Auto.
    [[nodiscard]] std::optional<PartitionId> partition() const;
    [[nodiscard]] ProduceOptions produce() const;
    /// kNoTimestamp: now. An error when the text is neither a time nor milliseconds.
    [[nodiscard]] Result<Timestamp, QString> timestamp() const;
    void hideTimestamp();

private:
    void preview();

    bool m_hasTopic = false;
    int m_partitions = 0;
    std::optional<Bytes> m_key;
    QComboBox* m_partition;
    QComboBox* m_compression;
    QComboBox* m_acks;
    QLineEdit* m_time;
    QWidget* m_timeCell;
    QLabel* m_preview;
};

}  // namespace weir::ui
