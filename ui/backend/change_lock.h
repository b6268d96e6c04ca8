// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

namespace weir::ui {

/// A production cluster is shown locked: nothing in it is changed before somebody typed its name. Opening lasts for a
/// while and ends by itself.
class ChangeLock : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;
    [[nodiscard]] virtual bool isLocked() const = 0;
    /// What has to be typed.
    [[nodiscard]] virtual QString word() const = 0;
    /// False when `typed` is not the word.
    virtual bool unlock(const QString& typed) = 0;
    virtual void lock() = 0;
    [[nodiscard]] virtual int minutes() const = 0;

Q_SIGNALS:
    void changed();
    /// Somebody tried to change something while it was locked; the attempt was refused.
    void refused();
};

}  // namespace weir::ui
