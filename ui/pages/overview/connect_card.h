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
    ConnectCard(Settings& settings, const QString& bootstrap, QWidget* parent = nullptr);
    /// An empty `why` means that the cluster answers.
    void setTrouble(const QString& why);

private:
    void showCode();

    Settings& m_settings;
    QString m_bootstrap;
    StateChip* m_state;
    SegmentedControl* m_language;
    SegmentedControl* m_kind;
    CodeView* m_code;
};

}  // namespace weir::ui
