// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <QVariant>

namespace weir::ui {

/// Remembered choices. Typed keys with defaults live in app/settings; pages use names like "topics/columns".
/// GUI thread only; writing never waits for the disk.
class Settings : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;
    [[nodiscard]] virtual QVariant value(const QString& key, const QVariant& fallback = {}) const = 0;
    virtual void setValue(const QString& key, const QVariant& value) = 0;

Q_SIGNALS:
    void changed(const QString& key);
};

}  // namespace weir::ui
