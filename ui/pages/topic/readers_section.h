// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "broker/model/snapshot.h"
#include "ui/backend/settings.h"
#include "ui/widgets/keyed_model.h"

class QStackedWidget;

namespace weir::ui {

class DataTable;

struct ReaderRow {
    std::string group;
    GroupState state = GroupState::kUnknown;
    int members = 0;
    int partitions = 0;
    std::int64_t lag = -1;

    [[nodiscard]] const std::string& key() const { return group; }
    bool operator==(const ReaderRow&) const = default;
};
/// Groups that have committed offsets of the topic, or read it now.
std::vector<ReaderRow> readersOf(const Snapshot& snapshot, const std::string& topic);

/// The groups that read one topic, with how far behind they are in it.
class ReadersSection : public QWidget {
    Q_OBJECT

public:
    ReadersSection(Settings& settings, const QString& topic, QWidget* parent = nullptr);
    void show(const Snapshot& snapshot);
    using QWidget::show;

Q_SIGNALS:
    void opened(const QString& group);

private:
    QString m_topic;
    KeyedModel<ReaderRow>* m_model;
    DataTable* m_table;
    QStackedWidget* m_stack;
};

}  // namespace weir::ui
