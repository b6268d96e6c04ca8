// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/backend/backend.h"
#include "ui/widgets/side_panel.h"

namespace weir::ui {

/// Says what an abort does to whom, and does it.
class AbortPanel : public SidePanel {
    Q_OBJECT

public:
    AbortPanel(Backend& backend, TransactionInfo transaction, QWidget* parent = nullptr);

Q_SIGNALS:
    void finished();

private:
    void run();

    Backend& m_backend;
    TransactionInfo m_transaction;
};

}  // namespace weir::ui
