// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QAction;
class QWidget;

namespace weir::ui {

/// Keeps a control off, whatever its page thinks of it, and says why in its tooltip: for what a read-only connection
/// or a folder of files can never do. An empty `whyNot` leaves it alone. GUI thread.
void forbid(QAction* action, const QString& whyNot);
void forbid(QWidget* control, const QString& whyNot);

}  // namespace weir::ui
