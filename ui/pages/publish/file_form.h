// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/backend/publisher.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;

namespace weir::ui {

class RateSlider;
class SchemaPicker;

/// Records from a file: chosen, typed or dropped; shows what its first lines would become.
class FileForm : public QWidget {
    Q_OBJECT

public:
    FileForm(Publisher& publisher, Schemas& schemas, QWidget* parent = nullptr);
    void setTopic(const QString& name);
    /// What the registry has may have changed.
    void refreshSchemas();
    /// Topic left empty.
    [[nodiscard]] FileSpec spec() const;
    [[nodiscard]] bool hasFile() const;
    void setPath(const QString& path);

Q_SIGNALS:
    void changed();

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void choose();
    void preview();

    Publisher& m_publisher;
    int m_asked = 0;
    QLineEdit* m_path;
    QComboBox* m_format;
    QLineEdit* m_keyField;
    QString m_topic;
    SchemaPicker* m_keySchema;
    SchemaPicker* m_valueSchema;
    QComboBox* m_compression;
    QComboBox* m_pace;
    RateSlider* m_rate;
    QPlainTextEdit* m_preview;
    QLabel* m_problem;
};

}  // namespace weir::ui
