// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include "ui/backend/change_lock.h"

namespace weir::ui {

/// Opens the lock of a production cluster to whoever types its name. Deletes itself.
class UnlockDialog : public QDialog {
    Q_OBJECT

public:
    UnlockDialog(ChangeLock& lock, QWidget* parent);
};

}  // namespace weir::ui
