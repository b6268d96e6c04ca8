// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "ui/backend/backend.h"
#include "ui/pages/topics/topic_batch.h"
#include "ui/widgets/side_panel.h"

class QCheckBox;
class QLineEdit;
class QSpinBox;

namespace weir::ui {

/// Lists what goes and goes: deleting can be undone, so no name has to be typed. Says what was deleted with finished().
class DeleteTopicsPanel : public SidePanel {
    Q_OBJECT

public:
    DeleteTopicsPanel(Backend& backend, const QStringList& topics, QWidget* parent = nullptr);

Q_SIGNALS:
    void finished(const QStringList& deleted);

private:
    void run();

    Backend& m_backend;
    QStringList m_topics;
};

/// Deletes every record and keeps the topics. Cannot be undone: a word has to be typed. Topics that are only compacted
/// cannot be purged and are said to stay.
class PurgeTopicsPanel : public SidePanel {
    Q_OBJECT

public:
    PurgeTopicsPanel(Backend& backend, const QStringList& topics, QWidget* parent = nullptr);

Q_SIGNALS:
    void finished(const QStringList& purged);

private:
    void run();

    Backend& m_backend;
    QStringList m_topics;
    QString m_word;
    QLineEdit* m_confirm;
};

/// Another topic with the same settings and, if wanted, the same records, which a replay copies in the background.
class CloneTopicPanel : public SidePanel {
    Q_OBJECT

public:
    CloneTopicPanel(Backend& backend, const QString& topic, QWidget* parent = nullptr);

Q_SIGNALS:
    void finished(const QString& name, bool withRecords);

private:
    void check();
    void run();
    void create(const std::vector<ConfigEntry>& configs);

    Backend& m_backend;
    QString m_topic;
    QLineEdit* m_name;
    QCheckBox* m_config;
    QCheckBox* m_records;
};

/// More partitions, with what that does to the order of keyed records.
class AddPartitionsPanel : public SidePanel {
    Q_OBJECT

public:
    AddPartitionsPanel(Backend& backend, const QString& topic, int now, QWidget* parent = nullptr);

Q_SIGNALS:
    void finished(int total);

private:
    void run();

    Backend& m_backend;
    QString m_topic;
    QSpinBox* m_total;
};

/// Every record of the topics as NDJSON or CSV, one file a topic.
class ExportTopicsPanel : public SidePanel {
    Q_OBJECT

public:
    ExportTopicsPanel(Backend& backend, const QStringList& topics, QWidget* parent = nullptr);

Q_SIGNALS:
    void finished(const QString& sentence);

private:
    void browse();
    void run();

    Backend& m_backend;
    QStringList m_topics;
    QLineEdit* m_path;
};

}  // namespace weir::ui
