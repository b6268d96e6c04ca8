// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/backend/backend.h"

class QComboBox;
class QLabel;
class QStackedWidget;
class QToolButton;
class QVBoxLayout;

namespace weir::ui {

class DiffView;
class ElidedLabel;
class JsonView;
class SegmentedControl;

/// One subject: its compatibility, a version's text, and what changed between two versions.
class SchemaDetail : public QWidget {
    Q_OBJECT

public:
    explicit SchemaDetail(Backend& backend, QWidget* parent = nullptr);
    /// Loads its versions where they are others than before; the version that is looked at stays.
    void show(const SchemaSubject& subject, const QString& levelOfAll);
    void clear();
    [[nodiscard]] const QString& subject() const { return m_name; }
    /// Of the version that is looked at; null before it is there.
    [[nodiscard]] const SchemaVersion* current() const;
    [[nodiscard]] bool isOnlyVersion() const { return m_versions.size() == 1; }

Q_SIGNALS:
    void failed(const QString& sentence);
    /// Something was set; the page asks again.
    void changed();
    void removeVersionRequested();

private:
    void buildHead(QVBoxLayout* column);
    void buildVersions(QVBoxLayout* column);
    void load();
    void fillVersions();
    void fillLevels();
    void showText();
    void setLevel(int index);
    [[nodiscard]] const SchemaVersion* versionOf(const QComboBox& box) const;

    Backend& m_backend;
    int m_asked = 0;
    QString m_name;
    QString m_levelOfAll;
    SchemaSubject m_subject;
    std::vector<SchemaVersion> m_versions;
    ElidedLabel* m_title;
    QLabel* m_facts;
    QComboBox* m_level;
    QLabel* m_meaning;
    QComboBox* m_version;
    QLabel* m_since;
    QComboBox* m_before;
    SegmentedControl* m_mode;
    QToolButton* m_remove;
    QStackedWidget* m_views;
    JsonView* m_text;
    DiffView* m_diff;
    QLabel* m_references;
};

}  // namespace weir::ui
