// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QString>
#include <QtWidgets/QWidget>

namespace weir::ui::test {

/// The visible control of this kind that a screen reader calls `name`; nullptr: there is none.
template <class T>
T* named(const QWidget& in, const QString& name) {
    for (T* each : in.findChildren<T*>()) {
        if (each->accessibleName() == name && each->isVisible()) {
            return each;
        }
    }
    return nullptr;
}

}  // namespace weir::ui::test
