// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/backend/backend.h"
#include "ui/widgets/keyed_model.h"
#include "ui/widgets/pace.h"

class QLabel;

namespace weir::ui {

class DataTable;

struct SubtopologyRow {
    Subtopology part;
    /// Tasks that run now.
    int tasks = 0;

    [[nodiscard]] const std::string& key() const { return part.id; }
    bool operator==(const SubtopologyRow&) const = default;
};
struct StreamsMemberRow {
    StreamsMember member;

    [[nodiscard]] const std::string& key() const { return member.memberId; }
    bool operator==(const StreamsMemberRow&) const = default;
};

/// A streams application: the parts of its topology with what they read, write and keep, and who runs which tasks.
class TasksSection : public QWidget {
    Q_OBJECT

public:
    TasksSection(Backend& backend, const QString& group, QWidget* parent = nullptr);
    /// Asks if it is time to, and the section can be seen.
    void update();

Q_SIGNALS:
    void failed(const QString& sentence);

private:
    void show(const StreamsInfo& info);

    Backend& m_backend;
    QString m_group;
    QLabel* m_note;
    KeyedModel<SubtopologyRow>* m_parts;
    KeyedModel<StreamsMemberRow>* m_members;
    Pace m_pace{1000};
};

}  // namespace weir::ui
