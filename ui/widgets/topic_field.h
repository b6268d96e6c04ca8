// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QComboBox>

#include "broker/model/snapshot.h"

namespace weir::ui {

/// A topic's name, typed or picked; typing finds. Keeps its list in step with the snapshots it is given.
class TopicField : public QComboBox {
    Q_OBJECT

public:
    explicit TopicField(const QString& name, QWidget* parent = nullptr);
    void setTopics(const Snapshot& snapshot);
    [[nodiscard]] QString topic() const { return currentText().trimmed(); }
    void setTopic(const QString& topic) { setEditText(topic); }

Q_SIGNALS:
    void topicChanged(const QString& topic);

private:
    QStringList m_names;
};

}  // namespace weir::ui
