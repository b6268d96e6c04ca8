// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <optional>
#include <vector>

#include "ui/backend/schemas.h"

class QComboBox;

namespace weir::ui {

/// With which schema a text is encoded: none, or a subject's, its latest version or an older one. Not there where the
/// registry has no subjects.
class SchemaPicker : public QWidget {
    Q_OBJECT

public:
    /// `what` is encoded: "Key", "Value".
    SchemaPicker(Schemas& schemas, const QString& what, QWidget* parent = nullptr);

    using Choice = SchemaChoice;
    /// Nothing: the text goes as it is.
    [[nodiscard]] std::optional<Choice> chosen() const;
    /// Asks the registry what there is. `subject`, the topic's own, stands first.
    void refresh(const QString& subject);

Q_SIGNALS:
    void changed();
    /// Whether there is anything to pick, and with it whether the picker is shown: for a label beside it.
    void offered(bool any);

private:
    void show(const SchemaRegistryState& state);
    void showVersions();

    Schemas& m_schemas;
    QString m_own;
    QComboBox* m_subject;
    QComboBox* m_version;
};

}  // namespace weir::ui
