// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/backend/settings.h"
#include "ui/widgets/card.h"

class QLabel;

namespace weir::ui {

class CodeView;
class SegmentedControl;
class StateChip;

/// The address, large, and code that uses it in the person's language, which is remembered.
class ConnectCard : public Card {
    Q_OBJECT

public:
    explicit ConnectCard(Settings& settings, QWidget* parent = nullptr);
    /// Known once the broker listens; a broker on a free port of the system's choice tells it late.
    void setBootstrap(const QString& bootstrap);
    /// An empty `why` means that the cluster answers.
    void setTrouble(const QString& why);

private:
    void showCode();

    Settings& m_settings;
    QString m_bootstrap;
    QLabel* m_address;
    StateChip* m_state;
    SegmentedControl* m_language;
    SegmentedControl* m_kind;
    CodeView* m_code;
};

}  // namespace weir::ui
