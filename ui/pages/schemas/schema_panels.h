// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>

#include "ui/backend/backend.h"
#include "ui/widgets/side_panel.h"

class QLabel;
class QLineEdit;
class QPlainTextEdit;

namespace weir::ui {

class SegmentedControl;

/// Registers a schema. Whether it will be taken, and if not why, stands below the text while it is written; nothing is
/// kept before the button is pressed.
class NewSchemaPanel : public SidePanel {
    Q_OBJECT

public:
    /// With `from` its text is what one begins with.
    NewSchemaPanel(Backend& backend, const std::optional<SchemaVersion>& from, QWidget* parent = nullptr);

Q_SIGNALS:
    void registered(const weir::SchemaVersion& version);

private:
    void edited();
    void check();
    void showVerdict(const ClusterResult<SchemaVerdict>& answer);
    void say(const QString& sentence, Tint tint, bool canRegister);
    void run();
    [[nodiscard]] NewSchema schema() const;
    [[nodiscard]] QString whyIncomplete() const;

    Backend& m_backend;
    int m_asked = 0;
    QTimer m_pause;
    QLineEdit* m_subject;
    SegmentedControl* m_type;
    QPlainTextEdit* m_text;
    QPlainTextEdit* m_references;
    QLabel* m_verdict;
};

/// Says what deleting subjects, or one version of one, means, and does it.
class RemoveSchemasPanel : public SidePanel {
    Q_OBJECT

public:
    struct Removed {
        SchemaSubject subject;
        std::vector<int> versions;
    };
    /// `version` only with a single subject.
    RemoveSchemasPanel(Backend& backend, std::vector<SchemaSubject> subjects, std::optional<int> version,
                       QWidget* parent = nullptr);
    [[nodiscard]] const std::vector<Removed>& removed() const { return m_removed; }

Q_SIGNALS:
    void finished();

private:
    void run();
    void answered(const SchemaSubject& subject, const ClusterResult<std::vector<int>>& answer);

    Backend& m_backend;
    std::vector<SchemaSubject> m_subjects;
    std::optional<int> m_version;
    std::vector<Removed> m_removed;
    std::size_t m_open = 0;
    QStringList m_failures;
};

}  // namespace weir::ui
