// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/backend/replayer.h"

class QVBoxLayout;

namespace weir::ui {

/// Replays that did not come to their end, each with Go on and Forget, and with the reason where it cannot go on. Hides
/// itself while there is none.
class UnfinishedList : public QWidget {
    Q_OBJECT

public:
    explicit UnfinishedList(QWidget* parent = nullptr);
    void setReplays(const std::vector<UnfinishedReplay>& replays);

Q_SIGNALS:
    void goOnAsked(const QString& id, const QString& title);
    void forgetAsked(const QString& id);

private:
    [[nodiscard]] QWidget* makeRow(const UnfinishedReplay& replay);

    std::vector<UnfinishedReplay> m_shown;
    QVBoxLayout* m_rows;
};

}  // namespace weir::ui
